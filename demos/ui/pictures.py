"""Pictures as they come from a page, and what is measured on them."""

import base64
import binascii
import math

from PIL import Image
from torch import Tensor

from ganzoo import GanzooError
from ganzoo.images import from_pil, header_size, open_picture
from ganzoo.models.receptive_field import PATCHES

from .words import Trouble

MEGAPIXELS = 40
LARGEST = 14_000_000  # characters of a picture as text: 10 MB


def opened(text) -> Image.Image:
    """A data: address (or bare base64) -> an upright RGB picture, fully decoded."""
    if not isinstance(text, str) or not text:
        raise Trouble("cmp_no_picture")
    if len(text) > LARGEST:
        raise Trouble("cmp_too_large", megapixels=MEGAPIXELS)
    try:
        raw = base64.b64decode(text.split(",", 1)[1] if text.startswith("data:") else text, validate=True)
    except (binascii.Error, ValueError, IndexError):
        raise Trouble("cmp_no_picture") from None
    return read(raw)


def read(source: bytes | str | None) -> Image.Image:
    """The bytes or the path of a picture file -> an upright RGB picture, fully decoded."""
    if not source:
        raise Trouble("cmp_no_picture")
    try:
        width, height = header_size(source)
        if width * height > MEGAPIXELS * 10**6:
            raise Trouble("cmp_too_large", megapixels=MEGAPIXELS)
        return open_picture(source).convert("RGB")
    except Trouble:
        raise
    except GanzooError as error:
        if error.code == "picture_too_large":
            raise Trouble("cmp_too_large", megapixels=MEGAPIXELS) from error
        raise Trouble("cmp_no_picture") from error


def square(picture: Image.Image, size: int) -> Tensor:
    """The middle square at the model's size, exactly as in training: uint8 (1, 3, size, size)."""
    return from_pil([picture], size, 3)


def apart(a: Tensor, b: Tensor) -> float:
    """L1: the mean absolute difference of two uint8 pictures, in 0..1."""
    return float((a.float() - b.float()).abs().mean() / 255)


def jump(patch: int) -> int:
    """How many pixels neighbouring scores lie apart."""
    return math.prod(PATCHES[patch])


def smooth(points) -> list[tuple[float, float]]:
    """A Catmull-Rom curve through the points."""
    ends = [points[0], *points, points[-1]]
    curve = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for t in (i / 24 for i in range(24)):
            weights = (-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2)
            curve.append(tuple(sum(w * p[k] for w, p in zip(weights, (a, b, c, d), strict=True)) / 2 for k in (0, 1)))
    return [*curve, points[-1]]
