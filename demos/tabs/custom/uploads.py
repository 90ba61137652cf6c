"""What a visitor uploads -> readable pairs, small and bounded. Read by ganzoo's own loaders; every refusal is a sentence.

AB files, a zip of them, or a zip with A/ and B/ (also inside train/ and test/). The files as they came live only while
they are read; what stays is one small AB picture a pair in the visitor's own folder.
"""

import lzma
import shutil
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from PIL import Image, ImageOps

from ganzoo import GanzooError
from ganzoo.data import made_pairs
from ganzoo.data.folders import SUFFIXES
from ganzoo.data.pair_folders import folder_splits
from ganzoo.data.paired import JITTER
from ganzoo.data.registry import FEWEST as ACCEPTED
from ganzoo.images import header_size

from ...ui.words import Trouble

LARGEST = 128  # the largest side that is trained
KEPT = round(LARGEST * JITTER)
# pairs: fewer cannot be learned from at all; fewer are learned by heart; more are refused
FEWEST, ENOUGH, MOST = 3, 20, 200
UNPACKED, ENTRIES, MEGAPIXELS = 200 << 20, 2000, 40
ARCHIVES = {".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar"}
NAMED = 10  # files that a sentence names
# What a zip raises that cannot be unpacked; OSError: names that are too long, a file where a folder should be.
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, EOFError, ValueError, OSError)


def _told(error: Exception) -> Trouble:
    """A loader's error as a sentence of the pages, without the places of files."""
    values = getattr(error, "values", {})
    match getattr(error, "code", ""):
        case "pairs_without_partner":
            return Trouble("own_alone", names=values["names"][:300])
        case "no_pairs":
            return Trouble("own_no_pairs")
        case "folder_empty":
            return Trouble("own_no_photos")
        case "not_side_by_side":
            return Trouble("own_not_ab", name=values["name"], size=f"{values['width']}x{values['height']}")
        case "pair_shapes_differ":
            return Trouble("own_shape", name=values["name"])
        case "picture_damaged":
            return Trouble("own_unreadable", name=Path(values["picture"]).name)
    return Trouble("own_unreadable", name="?")


def read(uploads: list[Path], rough: Path, kind: str = "") -> tuple[dict[str, list], list[str]]:
    """Uploaded files -> ({"train": pairs, "test": pairs}, the names of what could not be read and is left out). `rough` is a
    folder for the meantime, emptied again. With a `kind` of made_pairs they are photos, each a pair with what is made of
    it. Raises Trouble."""
    shutil.rmtree(rough, ignore_errors=True)
    rough.mkdir(parents=True)
    try:
        gather(uploads, rough)
        try:
            splits = made_pairs.photo_splits(str(rough)) if kind else folder_splits(inside(rough))
        except GanzooError as error:
            raise _told(error) from None
        train = splits.get("train") or next(iter(splits.values()))
        held = next((splits[s] for s in ("test", "val", "validation") if splits.get(s)), [])
        held = [] if held is train else held
        if kind:
            train, held = (made_pairs.pairs_of(group, kind, KEPT) for group in (train, held))
        count = len(train) + len(held)
        if count > MOST:
            raise Trouble("own_many", count=f"{count:,}", most=MOST)
        good, bad = {"train": [], "test": []}, {}
        for split, group in (("train", train), ("test", held)):
            for name, reader in group:
                try:
                    good[split].append(small(*reader()))
                except (GanzooError, OSError, ValueError, SyntaxError) as error:
                    bad[name] = error
        if not good["train"]:
            raise _told(next(iter(bad.values()))) if bad else Trouble("own_no_pairs")
        enough(len(good["train"]) + len(good["test"]))
        return good, list(bad)
    finally:
        shutil.rmtree(rough, ignore_errors=True)


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
    except FileNotFoundError:  # another visitor uploaded the very same file, and it was removed after reading
        raise Trouble("own_gone") from None
    for path in rough.rglob("*"):
        if path.is_file():
            bounded(path)


def unpack(archive: Path, rough: Path) -> None:
    """A zip -> its pictures in `rough`. What may not be unpacked is refused before anything is."""
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = [e for e in opened.infolist() if not e.is_dir() and not e.filename.startswith("__MACOSX/")]
            entries = [e for e in entries if Path(e.filename).name[:1] != "."]
            if len(opened.infolist()) > ENTRIES:
                raise Trouble("own_entries", count=f"{len(opened.infolist()):,}", most=f"{ENTRIES:,}")
            for entry in entries:
                place = PurePosixPath(entry.filename.replace("\\", "/"))
                if place.is_absolute() or ".." in place.parts or ":" in entry.filename or "\0" in entry.filename:
                    raise Trouble("own_path", name=entry.filename[:80])
                if place.suffix.lower() in ARCHIVES:
                    raise Trouble("own_nested", name=entry.filename[:80])
            if sum(entry.file_size for entry in entries) > UNPACKED:
                raise Trouble("own_heavy", most=UNPACKED >> 20)
            for entry in entries:
                place = PurePosixPath(entry.filename.replace("\\", "/"))
                if place.suffix.lower() in SUFFIXES:
                    target = rough.joinpath(*place.parts)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with opened.open(entry) as source, open(target, "wb") as sink:
                        shutil.copyfileobj(source, sink)  # zipfile gives no more bytes than the entry's size says
    except FileNotFoundError:
        raise
    except BROKEN:
        raise Trouble("own_bad_zip") from None


def inside(folder: Path) -> Path:
    """The folder that holds the pairs: a zip often has one folder around everything."""
    for _ in range(3):
        found = list(folder.iterdir())
        known = {"a", "b", "input", "target", "train", "test", "val"}
        if len(found) != 1 or not found[0].is_dir() or found[0].name.lower() in known:
            break
        folder = found[0]
    return folder


def bounded(path: Path) -> None:
    """Refuse by its header what would take too much memory; what is no picture is left to the loader's sentence."""
    try:
        width, height = header_size(path)
    except GanzooError as error:
        if error.code == "picture_too_large":
            raise Trouble("own_large", name=path.name[:80], megapixels=MEGAPIXELS) from error
        return
    if width * height > MEGAPIXELS * 10**6:
        raise Trouble("own_large", name=path.name[:80], megapixels=MEGAPIXELS)


def small(a: Image.Image, b: Image.Image) -> tuple[Image.Image, Image.Image]:
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


def sides(both: Image.Image) -> tuple[Image.Image, Image.Image]:
    middle = both.width // 2
    return both.crop((0, 0, middle, both.height)), both.crop((middle, 0, both.width, both.height))


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
