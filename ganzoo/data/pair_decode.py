"""Pairs decoded: named readers -> uint8 tensors, with what cannot be read or has another size named."""

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import torch
from PIL import Image, ImageOps
from torch import Tensor

from ganzoo.data.folders import first_ten
from ganzoo.data.pair_folders import UNREADABLE, Reader
from ganzoo.errors import GanzooError


def read_pairs(pairs: list[tuple[str, Reader]], size: int, channels: int, notes: list, split: str, keep: bool = True):
    """Decode pairs in threads -> two uint8 tensors and the names. Unreadable pairs are left out and named; what has
    another size is named too. Without `keep` the tensors are empty but for their channels."""

    def read(pair):
        try:
            a, b = pair[1]()
            squares = [square(p, size, channels or (1 if p.mode == "L" else 3)) for p in (a, b)]
            size_ = a.size if a.size == b.size else a.size + b.size
            return squares if keep else [square[:, :0, :0] for square in squares], size_
        except UNREADABLE as error:
            return None, error

    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        found = list(pool.map(read, pairs))
    bad = [name for (name, _), (tensors, _) in zip(pairs, found, strict=True) if tensors is None]
    named = first_ten(bad)
    good = [(name, t, s) for (name, _), (t, s) in zip(pairs, found, strict=True) if t is not None]
    if not good:
        reason = next(why for tensors, why in found if tensors is None)
        raise GanzooError("no_readable_pairs", count=len(pairs), split=split, names=named, reason=str(reason))
    if bad:
        notes.append(f"{len(bad)} of {len(pairs)} {split} pairs cannot be read and are left out: {named}")
    oblong = [name for name, _, size_ in good if size_[0] != size_[1]]
    if oblong:
        notes.append(f"{len(oblong)} {split} pairs are not square; their middle square is used: {first_ten(oblong)}")
    (usual, _), *others = Counter(size_ for *_, size_ in good).most_common()
    if others:
        mixed = [f"{name} ({_shape(size_)})" for name, _, size_ in good if size_ != usual]
        notes.append(
            f"{len(mixed)} {split} pairs are not {_shape(usual)} like most; all are resized: {first_ten(mixed)}"
        )
    sides = []
    for side in (0, 1):
        depth = max(tensors[side].shape[0] for _, tensors, _ in good)  # one colour picture makes the side colour
        sides.append(torch.stack([tensors[side].expand(depth, -1, -1) for _, tensors, _ in good]))
    return *sides, [name for name, _, _ in good]


def readable(read: Reader) -> bool:
    with suppress(*UNREADABLE):
        read()
        return True
    return False


def _shape(size: tuple[int, ...]) -> str:
    """(40, 40) -> 40x40; of a pair whose sides differ, both."""
    return f"{size[0]}x{size[1]}" + (f" with {size[2]}x{size[3]}" if len(size) > 2 else "")


def square(picture: Image.Image, size: int, depth: int) -> Tensor:
    """The middle square, resized, as uint8 (depth, size, size)."""
    picture = picture.convert("L" if depth == 1 else "RGB")
    if picture.size != (size, size):
        picture = ImageOps.fit(picture, (size, size), Image.Resampling.BICUBIC)
    return torch.frombuffer(bytearray(picture.tobytes()), dtype=torch.uint8).view(size, size, depth).permute(2, 0, 1)
