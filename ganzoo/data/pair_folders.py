"""Pairs in folders: AB files side by side, or A/ and B/ matched by stem, each also in train/ and test/."""

from collections import Counter
from contextlib import suppress
from functools import partial
from pathlib import Path

from PIL import Image

from ganzoo.data.decode import UNREADABLE, PairReader, first_ten
from ganzoo.data.folders import SPLITS, SUFFIXES, child, two_sides
from ganzoo.data.registry import FEWEST
from ganzoo.errors import GanzooError
from ganzoo.images import open_picture, pixels


def folder_splits(folder: Path, other: str = "") -> dict[str, list[tuple[str, PairReader]]]:
    """{split: [(name, reader)]} of a folder: train/ val/ test/ of AB files or of A/ B/, trainA/ trainB/, or just one set.
    `other` is the name of one more split to look for."""
    splits = {}
    for split in dict.fromkeys((*SPLITS, other) if other else SPLITS):
        sides, place = two_sides(folder, split), child(folder, split)
        if sides:
            splits[split] = two_folders(*sides)
        elif place:
            splits[split] = one_split(place)
    splits = {split: pairs for split, pairs in splits.items() if pairs} or {"train": one_split(folder)}
    if splits == {"train": []}:
        raise GanzooError("no_pairs", folder=folder)
    return splits


def one_split(folder: Path) -> list[tuple[str, PairReader]]:
    sides = two_sides(folder)
    if sides:
        return two_folders(*sides)
    pairs = [(path.name, lambda path=path: halves(open_picture(path), path.name)) for path in files_of(folder)]
    refuse_wide_photos(str(folder), pairs)
    return pairs


def two_folders(a: Path, b: Path) -> list[tuple[str, PairReader]]:
    """Files of A and B matched by stem. A stem without its partner is an error that names it."""
    for side in (a, b):
        stems = Counter(path.stem for path in files_of(side))
        twice = [path.name for path in files_of(side) if stems[path.stem] > 1]
        if twice:
            raise GanzooError("same_stem_twice", folder=side, names=first_ten(twice))
    left, right = ({path.stem: path for path in files_of(side)} for side in (a, b))
    alone = [f"{a.name}/{left[s].name}" for s in sorted(left.keys() - right.keys())]
    alone += [f"{b.name}/{right[s].name}" for s in sorted(right.keys() - left.keys())]
    if alone:
        raise GanzooError("pairs_without_partner", count=len(alone), folder=a.parent, names=first_ten(alone))

    def read(stem: str) -> tuple[Image.Image, Image.Image]:
        names = (f"{path.parent.name}/{path.name}" for path in (left[stem], right[stem]))
        return one_shape(open_picture(left[stem]), open_picture(right[stem]), *names)

    return [(stem, partial(read, stem)) for stem in sorted(left)]


def files_of(folder: Path) -> list[Path]:
    """The pictures of a folder by name; a link to nowhere is among them and will be named, a pipe or a folder is none."""
    found = (p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES and not p.name.startswith("."))
    return sorted(p for p in found if p.is_file() or p.is_symlink())


def halves(picture: Image.Image, name: str) -> tuple[Image.Image, Image.Image]:
    """An AB picture, A at the left and B at the right -> (A, B)."""
    width, height = picture.size
    if not wide(picture):
        raise GanzooError("not_side_by_side", name=name, width=width, height=height)
    return picture.crop((0, 0, width // 2, height)), picture.crop((width // 2, 0, width, height))


def wide(picture: Image.Image) -> bool:
    return picture.width % 2 == 0 and 1.8 <= picture.width / picture.height <= 2.2


SEAM = 2.2  # measured: of wide photos the middle is 0.5 to 2.2 usual steps, of pairs (facades, maps) 3.2 and more


def refuse_wide_photos(data: str, pairs: list[tuple[str, PairReader]]) -> None:
    """GanzooError where AB pictures are photos of 2:1: their middle changes no more than what is beside it."""
    steps = []
    for name, read in pairs[:: max(1, len(pairs) // 16)][:16]:
        with suppress(*UNREADABLE):
            left, right = (side.convert("L") for side in read())
            strip = Image.new("L", (8, left.height))
            strip.paste(left.crop((left.width - 4, 0, left.width, left.height)), (0, 0))
            strip.paste(right.crop((0, 0, 4, right.height)), (4, 0))
            columns = pixels(strip)[0].float()
            change = columns.diff(dim=1).abs().mean(0)
            beside = float(change.sum() - change[3]) / 6
            # plain borders, as drawings have them, say nothing
            if min(columns[:, 3].std(), columns[:, 4].std()) > 8 and beside > 1:
                steps.append((float(change[3]) / beside, name))
    if len(steps) >= FEWEST and max(steps)[0] < SEAM:
        raise GanzooError("halves_of_one_photo", data=data, names=first_ten([name for _, name in steps]))


def one_shape(one: Image.Image, other: Image.Image, name: str, partner: str) -> tuple[Image.Image, Image.Image]:
    if abs(one.width / one.height - other.width / other.height) > 0.02 * one.width / one.height:
        size, its = f"{one.width}x{one.height}", f"{other.width}x{other.height}"
        raise GanzooError("pair_shapes_differ", name=name, size=size, partner=partner, other=its)
    return one, other
