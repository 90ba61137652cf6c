"""Pictures from a folder: idx files (MNIST's format), one sub-folder a class, or a flat folder.

Every reader returns a dict: train and test (uint8 tensors, test may be None), train_labels, test_labels, classes, notes.
"""

import gzip
import math
import struct
import zlib
from pathlib import Path

import torch
from torch import Tensor

from ganzoo.data.decode import depth_of, read_all, stacked
from ganzoo.errors import GanzooError
from ganzoo.images import open_picture, resized, square
from ganzoo.inputs import check_choice, check_counts

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm"}
SPLITS = ("train", "test", "val", "valid", "validation")
SIDES = (("A", "B"), ("input", "target"))  # names of the two folders of one split
LARGEST = 16 * 2**30  # bytes of pixels that one set may take in memory


def read_folder(folder: Path, image_size: int, channels: int) -> dict:
    """Find out which of the three kinds of folder this is, and read it. `channels` 0 means as the pictures are."""
    idx = {path.name: path for path in folder.iterdir() if "idx" in path.name and "ubyte" in path.name}
    if idx:
        return _read_idx_folder(folder, idx, image_size, channels)
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    if not files:
        raise GanzooError("data_folder_empty", folder=folder, suffixes=" ".join(sorted(SUFFIXES)))
    check_size(len(files), image_size, channels)
    top = {name: [f for f in files if f.relative_to(folder).parts[0].lower() == name] for name in SPLITS}
    other = next((name for name in SPLITS[1:] if top[name]), None)
    splits, roots = {"train": files}, {"train": folder}
    if top["train"] and (other or len(top["train"]) == len(files)):
        splits = {"train": top["train"], **({"test": top[other]} if other else {})}
        roots = {name: folder / group[0].relative_to(folder).parts[0] for name, group in splits.items()}
    inside = {f: f.relative_to(roots[name]).parts for name, group in splits.items() for f in group}
    classes = tuple(sorted({parts[0] for parts in inside.values() if len(parts) > 1}))
    flat = [f for f, parts in inside.items() if len(parts) == 1]
    if classes and flat:
        raise GanzooError("pictures_beside_classes", folder=folder, picture=flat[0].name, class_folder=classes[0])
    found = {"test": None, "train_labels": None, "test_labels": None, "classes": classes, "notes": []}
    for name, group in splits.items():
        found[name], kept = _read_files(group, image_size, channels, found["notes"])
        channels = channels or found[name].shape[1]
        if classes:
            found[f"{name}_labels"] = torch.tensor([classes.index(inside[f][0]) for f in kept])
    return found


def child(folder: Path, name: str) -> Path | None:
    """The sub-folder of this name, else the only one whose name differs by case."""
    inside = folder.iterdir() if folder.is_dir() else ()
    alike = [path for path in inside if path.name.lower() == name.lower() and path.is_dir()]
    exact = [path for path in alike if path.name == name]
    return exact[0] if exact else alike[0] if len(alike) == 1 else None


def side_folders(folder: Path, split: str = "") -> list[tuple[Path | None, Path | None]]:
    """Where A and B may be: trainA/, train_A/, train-A/, train/A/, A/train/, else A/, input/; None where not there."""
    if not split:
        return [(child(folder, a), child(folder, b)) for a, b in SIDES]
    found = [(child(folder, f"{split}{dash}A"), child(folder, f"{split}{dash}B")) for dash in ("", "_", "-")]
    base = child(folder, split)
    found += side_folders(base) if base else []
    return found + [tuple(place and child(place, split) for place in pair) for pair in side_folders(folder)]


def two_sides(folder: Path, split: str = "") -> tuple[Path, Path] | None:
    """The first of the side folders that are both there."""
    return next(((a, b) for a, b in side_folders(folder, split) if a and b), None)


def unwrapped(folder: Path) -> Path:
    """Where in a folder the set begins: most zip files have a folder of their own around it."""
    sides = {name.lower() for pair in SIDES for name in pair}
    names = sides | {f"{split}{dash}{side}" for split in SPLITS for dash in ("", "_") for side in ("", "a", "b")}
    while True:
        inside = list(folder.iterdir())
        if len(inside) != 1 or not inside[0].is_dir() or inside[0].name.lower() in names:
            return folder
        folder = inside[0]


def _read_files(files: list[Path], image_size: int, channels: int, notes: list[str]) -> tuple[Tensor, list[Path]]:
    """Decode files. Unreadable ones are left out and named in a note; all unreadable is an error."""

    def decode(path: Path) -> tuple[Tensor, Path]:
        picture = open_picture(path)
        return square(picture, image_size, channels or depth_of(picture)), path

    good, names, _ = read_all([(path.name, path) for path in files], decode, notes, "files")
    if not good:
        raise GanzooError("no_readable_pictures_in_folder", count=len(files), folder=files[0].parent, names=names)
    return stacked([tensor for _, (tensor, _) in good]), [path for _, (_, path) in good]


def check_shape(image_size: int, channels: int) -> None:
    """Raise GanzooError where a caller asks for pictures that cannot be."""
    check_counts(image_size=image_size)
    check_choice("channels", channels, (0, 1, 3))


def check_size(count: int, image_size: int, channels: int) -> None:
    size = count * (channels or 3) * image_size**2
    if size > LARGEST:
        gigabytes, most = size / 2**30, LARGEST / 2**30
        raise GanzooError("data_too_large", count=count, image_size=image_size, gigabytes=gigabytes, most=most)


def _read_idx_folder(folder: Path, idx: dict, image_size: int, channels: int) -> dict:
    def find(prefixes, kind):
        return next((idx[name] for p in prefixes for name in sorted(idx) if p in name and kind in name), None)

    found: dict = {"classes": (), "notes": []}
    for split, prefixes in (("train", ("train",)), ("test", ("t10k", "test"))):
        images, labels = find(prefixes, "images"), find(prefixes, "labels")
        pictures = read_idx(images, 3)[:, None] if images else None
        answers = read_idx(labels, 1).long() if labels and images else None
        if answers is not None and len(answers) != len(pictures):
            raise GanzooError("idx_labels_count", labels=labels, count=len(answers), pictures=len(pictures))
        if pictures is not None:
            height, width = pictures.shape[2:]
            if split == "train" and (height, width) != (image_size, image_size):
                found["notes"].append(f"pictures of {width}x{height} pixels are resized to {image_size}x{image_size}")
            check_size(len(pictures), image_size, channels or 1)
            pictures = resized(pictures, image_size).expand(-1, channels or -1, -1, -1).contiguous()
        found |= {split: pictures, f"{split}_labels": answers}
    if found["train"] is None:
        raise GanzooError("idx_without_train", folder=folder, found=sorted(idx))
    return found


def read_idx(path: Path, dimensions: int) -> Tensor:
    """An idx file, gzipped or not (format: yann.lecun.com/exdb/mnist) -> a uint8 tensor. No more is read than the header
    promises: a small .gz may unpack to any size."""
    head = 4 + 4 * dimensions
    try:
        with gzip.open(path) if path.suffix == ".gz" else open(path, "rb") as file:
            header = file.read(head)
            if len(header) < head or header[:4] != bytes((0, 0, 8, dimensions)):
                raise GanzooError("not_an_idx_file", path=path, dimensions=dimensions)
            shape = struct.unpack(f">{dimensions}I", header[4:])
            size = math.prod(shape)
            if size == 0:
                raise GanzooError("idx_empty", path=path)
            content = bytearray()  # grows with what is there, whatever is promised
            while block := file.read(min(1 << 20, size + 1 - len(content))):
                content += block
    except (OSError, EOFError, zlib.error) as error:
        raise GanzooError("idx_damaged", path=path, reason=type(error).__name__) from None
    if len(content) != size:
        found = len(content) if len(content) < size else "more"
        raise GanzooError("idx_wrong_length", path=path, size=size, found=found)
    return torch.frombuffer(content, dtype=torch.uint8).view(shape)
