"""Pictures from a folder: idx files (MNIST's format), one sub-folder a class, or a flat folder. Used by data.py.

Every reader returns a dict: train and test (uint8 tensors, test may be None), train_labels, test_labels, classes, notes.
"""

import gzip
import os
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from torch import Tensor

from ganzoo.errors import GanzooError
from ganzoo.images import from_pil, open_picture, resized

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"}
LARGEST = 16 * 2**30  # bytes of pixels that one set may take in memory


def read_folder(folder: Path, image_size: int, channels: int) -> dict:
    """Find out which of the three kinds of folder this is, and read it. `channels` 0 means as the pictures are."""
    idx = {path.name: path for path in folder.iterdir() if "idx" in path.name and "ubyte" in path.name}
    if idx:
        return _read_idx_folder(folder, idx, image_size, channels)
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    if not files:
        raise GanzooError(f"{folder} holds no pictures: expected idx files, or {' '.join(sorted(SUFFIXES))} in it.")
    check_size(len(files), image_size, channels)
    splits = {"train": files}
    top = {name: [f for f in files if f.relative_to(folder).parts[0] == name] for name in ("train", "test")}
    if top["train"] and top["test"]:
        splits = top
    roots = {name: folder / name if len(splits) == 2 else folder for name in splits}
    inside = {f: f.relative_to(roots[name]).parts for name, group in splits.items() for f in group}
    classes = tuple(sorted({parts[0] for parts in inside.values() if len(parts) > 1}))
    flat = [f for f, parts in inside.items() if len(parts) == 1]
    if classes and flat:
        raise GanzooError(
            f"{folder} mixes pictures with sub-folders of pictures ({flat[0].name} stands beside {classes[0]}/): "
            "put every picture into the folder of its class."
        )
    found = {"test": None, "train_labels": None, "test_labels": None, "classes": classes, "notes": []}
    for name, group in splits.items():
        found[name], kept = _read_files(group, image_size, channels, found["notes"])
        channels = channels or found[name].shape[1]
        if classes:
            found[f"{name}_labels"] = torch.tensor([classes.index(inside[f][0]) for f in kept])
    return found


def _read_files(files: list[Path], image_size: int, channels: int, notes: list[str]) -> tuple[Tensor, list[Path]]:
    """Decode files in threads. Unreadable ones are left out and named in a note; all unreadable is an error."""

    def read(path):
        try:
            picture = open_picture(path)
            return from_pil([picture], image_size, channels or (1 if picture.mode == "L" else 3))
        except (GanzooError, OSError, ValueError, SyntaxError):
            return None

    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        tensors = dict(zip(files, pool.map(read, files), strict=True))
    bad = [f for f, tensor in tensors.items() if tensor is None]
    if bad:
        names = ", ".join(f.name for f in bad[:10]) + (", ..." if len(bad) > 10 else "")
        if len(bad) == len(files):
            where = files[0].parent
            raise GanzooError(f"None of the {len(files)} pictures in {where} can be read ({names}): are they complete?")
        notes.append(f"{len(bad)} of {len(files)} files cannot be read and are left out: {names}")
    good = {f: tensor for f, tensor in tensors.items() if tensor is not None}
    depth = max(tensor.shape[1] for tensor in good.values())  # one colour picture makes the set a colour set
    return torch.cat([tensor.expand(-1, depth, -1, -1) for tensor in good.values()]), list(good)


def check_size(count: int, image_size: int, channels: int) -> None:
    size = count * (channels or 3) * image_size**2
    if size > LARGEST:
        raise GanzooError(
            f"{count:,} pictures of {image_size}x{image_size} take {size / 2**30:.0f} GB of memory, more than "
            f"{LARGEST / 2**30:.0f}: choose a smaller --image-size."
        )


# --- idx files --------------------------------------------------------------------------------------------------


def _read_idx_folder(folder: Path, idx: dict, image_size: int, channels: int) -> dict:
    def find(*words):
        return next((path for name, path in sorted(idx.items()) if all(w in name for w in words)), None)

    found: dict = {"classes": (), "notes": []}
    for split, prefixes in (("train", ("train",)), ("test", ("t10k", "test"))):
        images = next(filter(None, (find(p, "images") for p in prefixes)), None)
        labels = next(filter(None, (find(p, "labels") for p in prefixes)), None)
        pictures = read_idx(images, 3)[:, None] if images else None
        answers = read_idx(labels, 1).long() if labels and images else None
        if answers is not None and len(answers) != len(pictures):
            raise GanzooError(
                f"{labels} has {len(answers)} labels for {len(pictures)} pictures: the files do not belong together."
            )
        if pictures is not None and split == "train" and tuple(pictures.shape[2:]) != (image_size, image_size):
            was = f"{pictures.shape[3]}x{pictures.shape[2]}"
            found["notes"].append(f"pictures of {was} pixels are resized to {image_size}x{image_size}")
        found[split] = _resized(pictures, image_size, channels) if pictures is not None else None
        found[f"{split}_labels"] = answers
    if found["train"] is None:
        raise GanzooError(f"{folder} has no train-images-idx3-ubyte(.gz): found {', '.join(sorted(idx))}.")
    return found


def _resized(pictures: Tensor, image_size: int, channels: int) -> Tensor:
    check_size(len(pictures), image_size, channels or 1)
    pictures = resized(pictures, image_size) if len(pictures) else pictures
    return pictures.expand(-1, 3, -1, -1).contiguous() if channels == 3 else pictures


def read_idx(path: Path, dimensions: int) -> Tensor:
    """An idx file, gzipped or not (format: yann.lecun.com/exdb/mnist) -> a uint8 tensor. GanzooError if damaged."""
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise GanzooError(
            f"{path} cannot be unpacked ({type(error).__name__}): the file is damaged, fetch it again."
        ) from None
    head = 4 + 4 * dimensions
    if len(raw) < head or raw[:4] != bytes((0, 0, 8, dimensions)):
        raise GanzooError(f"{path} is not an idx file of bytes with {dimensions} dimension(s): is it the right file?")
    shape = struct.unpack(f">{dimensions}I", raw[4:head])
    size = 1
    for n in shape:
        size *= n
    if len(raw) != head + size:
        raise GanzooError(
            f"{path} promises {size} bytes and holds {len(raw) - head}: the file is damaged, fetch it again."
        )
    if size == 0:
        raise GanzooError(f"{path} is empty: fetch it again.")
    return torch.frombuffer(bytearray(raw[head:]), dtype=torch.uint8).view(shape)
