"""Pictures read by threads: named readers -> uint8 tensors, and the names of what cannot be read."""

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import torch
from PIL import Image
from torch import Tensor

from ganzoo.errors import GanzooError
from ganzoo.images import square

UNREADABLE = (GanzooError, OSError, ValueError, SyntaxError)  # what a damaged file makes Pillow raise
Reader = Callable[[], Image.Image]
PairReader = Callable[[], tuple[Image.Image, Image.Image]]


def attempt_all(named: list[tuple], decode: Callable) -> tuple[list[tuple], list[tuple[str, Exception]]]:
    """Decode [(name, reader)] -> ([(name, what `decode` gave)], [(name, the error)] of those that cannot be read)."""

    def attempt(item):
        try:
            return decode(item[1])
        except UNREADABLE as error:
            return error

    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        found = list(zip((name for name, _ in named), pool.map(attempt, named), strict=True))
    good = [(name, got) for name, got in found if not isinstance(got, Exception)]
    return good, [(name, got) for name, got in found if isinstance(got, Exception)]


def read_all(named: list[tuple], decode: Callable, notes: list, called: str) -> tuple[list[tuple], str, str]:
    """The good ones of `attempt_all`, the names of the others, which a note gets, and what is wrong with the first of them."""
    good, bad = attempt_all(named, decode)
    names = first_ten([name for name, _ in bad])
    if bad:
        notes.append(f"{len(bad)} of {len(named)} {called} cannot be read and are left out: {names}")
    return good, names, str(bad[0][1]) if bad else ""


def stacked(pictures: list[Tensor]) -> Tensor:
    """(C, H, W) each -> (N, C, H, W): one colour picture makes the set a colour set."""
    depth = max(picture.shape[0] for picture in pictures)
    return torch.stack([picture.expand(depth, -1, -1) for picture in pictures])


def depth_of(picture: Image.Image) -> int:
    return 1 if picture.mode == "L" else 3


def first_ten(names: list[str]) -> str:
    return ", ".join(names[:10]) + (", ..." if len(names) > 10 else "")


def readable(read: Callable) -> bool:
    with suppress(*UNREADABLE):
        read()
        return True
    return False


def read_pairs(pairs: list[tuple[str, PairReader]], size: int, channels: int, notes: list, split: str, keep=True):
    """Decode pairs -> two uint8 tensors and the names. Notes name unreadable pairs and other sizes. Without `keep` the
    tensors are empty but for their channels."""

    def decode(read: PairReader):
        a, b = read()
        squares = [square(picture, size, channels or depth_of(picture)) for picture in (a, b)]
        shape = a.size if a.size == b.size else a.size + b.size
        return squares if keep else [square[:, :0, :0] for square in squares], shape

    good, names, reason = read_all(pairs, decode, notes, f"{split} pairs")
    if not good:
        raise GanzooError("no_readable_pairs", count=len(pairs), split=split, names=names, reason=reason)
    shapes = {name: shape for name, (_, shape) in good}
    if oblong := [name for name, shape in shapes.items() if shape[0] != shape[1]]:
        notes.append(f"{len(oblong)} {split} pairs are not square; their middle square is used: {first_ten(oblong)}")
    (usual, _), *others = Counter(shapes.values()).most_common()
    if others:
        mixed = [f"{name} ({_shape(shape)})" for name, shape in shapes.items() if shape != usual]
        note = f"{len(mixed)} {split} pairs are not {_shape(usual)} like most; all are resized"
        notes.append(f"{note}: {first_ten(mixed)}")
    a, b = (stacked([squares[side] for _, (squares, _) in good]) for side in (0, 1))
    return a, b, [name for name, _ in good]


def _shape(size: tuple[int, ...]) -> str:
    """(40, 40) -> 40x40; of a pair whose sides differ, both."""
    return f"{size[0]}x{size[1]}" + (f" with {size[2]}x{size[3]}" if len(size) > 2 else "")
