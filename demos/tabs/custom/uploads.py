"""A visitor's pairs: one small AB picture each in a folder of their visit; and what they upload, read and bounded.

AB files, a zip of them, or a zip with A/ and B/ (also inside train/ and test/), read by ganzoo's own loaders; every refusal
is a sentence. The files as they came live only while they are read.
"""

import shutil
import tempfile
import zipfile
from pathlib import Path

from PIL import Image, ImageOps

from ganzoo import GanzooError
from ganzoo.data import made_pairs, zips
from ganzoo.data.decode import UNREADABLE
from ganzoo.data.folders import SUFFIXES, unwrapped
from ganzoo.data.pair_folders import folder_splits, halves
from ganzoo.data.paired import JITTER
from ganzoo.data.registry import FEWEST as ACCEPTED
from ganzoo.images import header_size, open_picture

from ...ui.words import Trouble

LARGEST = 128  # the largest side that is trained
KEPT = round(LARGEST * JITTER)
# pairs: fewer cannot be learned from at all; fewer are learned by heart; more are refused
FEWEST, ENOUGH, MOST = 3, 20, 200
UNPACKED, ENTRIES, MEGAPIXELS = 200 << 20, 2000, 40
ARCHIVES = {".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar"}
NAMED = 10  # files that a sentence names
KNOWN = {"pairs_without_partner": "own_alone", "no_pairs": "own_no_pairs", "folder_empty": "own_no_photos",
         "not_side_by_side": "own_not_ab", "pair_shapes_differ": "own_shape"}  # fmt: skip


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
        sheet(*sides).save(self.folder / f"{number:03d}-{split}.png", compress_level=1)

    def remove(self, index: int) -> None:
        """One of them, if there is one at that place (-1: none is meant)."""
        for path in self.files()[index : index + 1]:
            path.unlink()

    def swap(self) -> None:
        """The targets become the inputs."""
        self.swapped = not self.swapped

    def pairs(self, split: str = "") -> list[Pair]:
        """(input, target) of all, or of one split."""
        found = [opened(path) for path in self.files() if split in path.stem]
        return [pair[::-1] for pair in found] if self.swapped else found


# --- what is uploaded -------------------------------------------------------------------------------------------


def _explained(error: Exception) -> Trouble:
    """A loader's error as a sentence of the pages, without the places of files."""
    code, values = getattr(error, "code", ""), getattr(error, "values", {})
    name = Path(values["picture"]).name if code == "picture_damaged" else values.get("name", "?")
    size = f"{values.get('width')}x{values.get('height')}"
    return Trouble(KNOWN.get(code, "own_unreadable"), name=name, names=str(values.get("names"))[:300], size=size)


def read(uploads: list[Path], folder: Path, kind: str = "") -> tuple[dict[str, list], list[str]]:
    """Uploaded files -> ({"train": pairs, "test": pairs}, the names of what could not be read and is left out); in the
    meantime they lie in `folder`. With a `kind` of made_pairs they are photos, each a pair with what is made of it. Raises
    Trouble."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        rough = Path(name)
        gather(uploads, rough)
        try:
            splits = made_pairs.in_folder(rough) if kind else folder_splits(unwrapped(rough))
        except GanzooError as error:
            raise _explained(error) from error
        train = splits.get("train") or next(iter(splits.values()))
        held = next((splits[s] for s in ("test", "val", "validation") if splits.get(s)), [])
        groups = {"train": train, "test": [] if held is train else held}
        count = sum(map(len, groups.values()))
        if count > MOST:
            raise Trouble("own_many", count=f"{count:,}", most=MOST)
        good, bad = {"train": [], "test": []}, {}
        for split, group in groups.items():
            for file, reader in made_pairs.pairs_of(group, kind, KEPT) if kind else group:
                try:
                    good[split].append(small(*reader()))
                except UNREADABLE as error:
                    bad[file] = error
        if not good["train"]:
            raise _explained(next(iter(bad.values()))) if bad else Trouble("own_no_pairs")
        enough(len(good["train"]) + len(good["test"]))
        return good, list(bad)


def gather(uploads: list[Path], rough: Path) -> None:
    zips = [path for path in uploads if path.suffix.lower() == ".zip"]
    pictures = [path for path in uploads if path.suffix.lower() in SUFFIXES]
    if len(zips) + len(pictures) < len(uploads) or (zips and len(uploads) > 1) or not uploads:
        raise Trouble("own_kinds")
    try:
        if zips:
            unpack(zips[0], rough)
        elif len(pictures) > MOST:
            raise Trouble("own_many", count=f"{len(pictures):,}", most=MOST)
        elif sum(path.stat().st_size for path in pictures) > UNPACKED:
            raise Trouble("own_heavy", most=UNPACKED >> 20)
        else:
            for number, path in enumerate(pictures):  # two uploads may have one name
                twice = (rough / path.name).exists()
                shutil.copyfile(path, rough / (f"{path.stem}-{number}{path.suffix}" if twice else path.name))
    except FileNotFoundError as error:  # another visitor uploaded the very same file, and it was removed after reading
        raise Trouble("own_gone") from error
    for path in rough.rglob("*"):
        if path.is_file():
            bounded(path)


def unpack(archive: Path, rough: Path) -> None:
    """A zip -> its pictures in `rough`. What may not be unpacked is refused before anything is."""
    try:
        with zipfile.ZipFile(archive) as opened:
            if len(opened.infolist()) > ENTRIES:
                raise Trouble("own_entries", count=f"{len(opened.infolist()):,}", most=f"{ENTRIES:,}")
            entries = zips.files(opened)
            for entry in entries:
                if not zips.safe(entry.filename):
                    raise Trouble("own_path", name=entry.filename[:80])
                if Path(entry.filename).suffix.lower() in ARCHIVES:
                    raise Trouble("own_nested", name=entry.filename[:80])
            if sum(entry.file_size for entry in entries) > UNPACKED:
                raise Trouble("own_heavy", most=UNPACKED >> 20)
            for entry in zips.pictures(opened):
                opened.extract(entry, rough)  # no more bytes than the entry's size says
    except FileNotFoundError:
        raise
    except (*zips.DAMAGED, OSError) as error:
        raise Trouble("own_bad_zip") from error


def bounded(path: Path) -> None:
    """Refuse by its header what would take too much memory; what is no picture is left to the loader's sentence."""
    try:
        width, height = header_size(path)
        large = width * height > MEGAPIXELS * 10**6
    except GanzooError as error:
        large = error.code == "picture_too_large"
    if large:
        raise Trouble("own_large", name=path.name[:80], megapixels=MEGAPIXELS)


# --- pairs as pictures ------------------------------------------------------------------------------------------


def small(a: Image.Image, b: Image.Image) -> Pair:
    """The middle squares of a pair, at the size that is kept."""
    side = (KEPT, KEPT)
    return tuple(ImageOps.fit(picture.convert("RGB"), side, Image.Resampling.BICUBIC) for picture in (a, b))


def enough(count: int) -> None:
    if count < FEWEST:
        raise Trouble("own_few", count=count, fewest=FEWEST)


def sheet(a: Image.Image, b: Image.Image) -> Image.Image:
    """Both sides of a pair in one picture."""
    both = Image.new("RGB", (a.width + b.width, a.height))
    both.paste(a, (0, 0))
    both.paste(b, (a.width, 0))
    return both


def opened(path: Path) -> Pair:
    return halves(open_picture(path), path.name)


def write(folder: Path, train: list, test: list) -> None:
    """Pairs as AB files in train/ and test/. Without a test split every tenth is held out, never trained on; few pairs
    are repeated until the trainer accepts them."""
    enough(len(train) + len(test))
    train, test = (train, test) if train else (test, [])
    if not test:
        held = max(1, min(12, len(train) // 10))
        step = len(train) / held
        at = {int(step * (i + 0.5)) for i in range(held)}
        test, train = [p for i, p in enumerate(train) if i in at], [p for i, p in enumerate(train) if i not in at]
    shutil.rmtree(folder, ignore_errors=True)
    train = train * -(-ACCEPTED // len(train))
    for split, group in (("train", train), ("test", test)):
        (folder / split).mkdir(parents=True)
        for i, pair in enumerate(group):
            sheet(*pair).save(folder / split / f"{i:03d}.png", compress_level=1)
