"""A visitor's pairs: one small AB picture each, in a folder of their visit."""

import shutil
from pathlib import Path

from PIL import Image

from ganzoo.images import open_picture

from . import uploads

Pair = tuple[Image.Image, Image.Image]


class PairSet:
    """`swapped`: the right side is the input. `kind`: of made_pairs, where the pairs were made of photos."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.clear()

    def clear(self, kind: str = "") -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.swapped, self.kind, self.left_out = False, kind, []

    def files(self) -> list[Path]:
        return sorted(self.folder.glob("*.png"))

    def __len__(self) -> int:
        return len(self.files())

    def add(self, pair: Pair, split: str = "train") -> None:
        """A new pair lies as it is shown, so the sides of one that joins swapped pairs are swapped back."""
        self.folder.mkdir(exist_ok=True)
        number = 1 + max((int(path.name.split("-")[0]) for path in self.files()), default=-1)
        sides = pair[::-1] if self.swapped else pair
        uploads.sheet(*sides).save(self.folder / f"{number:03d}-{split}.png", compress_level=1)

    def remove(self, index: int) -> None:
        self.files()[index].unlink()

    def pairs(self, split: str = "") -> list[Pair]:
        """(input, target) of all, or of one split."""
        found = [uploads.sides(open_picture(path)) for path in self.files() if split in path.stem]
        return [pair[::-1] for pair in found] if self.swapped else found

    def write(self, folder: Path) -> None:
        uploads.write(folder, self.pairs("train"), self.pairs("test"))
