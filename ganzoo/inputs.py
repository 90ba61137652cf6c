"""What callers hand to a model, checked: tensors, whole numbers, one picture or several."""

import operator
from pathlib import Path

from PIL import Image
from torch import Tensor

from ganzoo.errors import GanzooError


def floats(who: str, given, takes: str, *shape: int | None) -> Tensor:
    """A tensor of floats of this shape (None: any length from 1 on) as float32; GanzooError for anything else. `who` takes
    it, and `takes` says in words what shape it has."""
    fits = isinstance(given, Tensor) and given.is_floating_point() and given.ndim == len(shape)
    if not fits or any(n != wanted if wanted else n == 0 for n, wanted in zip(given.shape, shape, strict=True)):
        what = type(given).__name__
        if isinstance(given, Tensor):
            what = f"{tuple(given.shape)} of {str(given.dtype).removeprefix('torch.')}"
        raise GanzooError("wrong_tensor", who=who, takes=takes, what=what)
    return given.float()


def single(picture) -> bool:
    """One picture, not several."""
    return isinstance(picture, (Image.Image, str, Path, bytes)) or hasattr(picture, "read")


def listed(pictures) -> list:
    """One picture or several -> a list of them."""
    if single(pictures):
        return [pictures]
    if not hasattr(pictures, "__iter__") or getattr(pictures, "ndim", 1) == 0:
        raise GanzooError("no_picture_or_list", given=brief(pictures))
    return list(pictures)


def several(labels) -> bool:
    """A list of labels, an array or a tensor; not one label by number or name."""
    return hasattr(labels, "__len__") and not isinstance(labels, str) and getattr(labels, "ndim", 1) > 0


def whole_or_none(value) -> int | None:
    """A whole number, also one of numpy or torch, as int; None for anything else."""
    if isinstance(value, bool) or getattr(value, "ndim", 0) or str(getattr(value, "dtype", "")).endswith("bool"):
        return None
    try:
        return operator.index(value)
    except (TypeError, ValueError, RuntimeError):
        return None


def whole(value, name: str, low: int, high: int) -> int:
    """A whole number from `low` to `high` as int; GanzooError for anything else."""
    number = whole_or_none(value)
    if number is None or not low <= number <= high:
        raise GanzooError("bad_whole_number", name=name, low=low, high=high, value=brief(value))
    return number


def brief(value) -> str:
    """What somebody gave, in one short line."""
    try:
        return " ".join(repr(value).split())[:80]
    except Exception:  # repr runs a caller's code, which may raise anything; this is for a sentence about an error
        return type(value).__name__


def check_choice(name: str, value, choices) -> None:
    """Raise GanzooError where `value` is none of `choices`."""
    if value not in choices:
        raise GanzooError("bad_choice", name=name, known=list(choices), value=value)


def check_counts(**counts) -> None:
    """Raise GanzooError where one of several named numbers of layers or features is not a whole number from 1 on."""
    for name, value in counts.items():
        if type(value) is not int or value < 1:
            raise GanzooError("bad_count", name=name, value=value)
