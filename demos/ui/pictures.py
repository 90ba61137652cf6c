"""Pictures as they come from a page, and what is measured on them."""

import base64
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
    if not isinstance(text, str):
        raise Trouble("cmp_no_picture")
    if len(text) > LARGEST:
        raise Trouble("cmp_too_large", megapixels=MEGAPIXELS)
    try:
        return read(base64.b64decode(text.rpartition(",")[2], validate=True))
    except ValueError:
        raise Trouble("cmp_no_picture") from None


def read(source: bytes | str | None) -> Image.Image:
    """The bytes or the path of a picture file -> an upright RGB picture, fully decoded."""
    if not source:
        raise Trouble("cmp_no_picture")
    try:
        if math.prod(header_size(source)) > MEGAPIXELS * 10**6:
            raise Trouble("cmp_too_large")
        return open_picture(source).convert("RGB")
    except GanzooError as error:
        large = error.code in ("cmp_too_large", "picture_too_large")
        raise Trouble("cmp_too_large" if large else "cmp_no_picture", megapixels=MEGAPIXELS) from error


def square(picture: Image.Image, size: int) -> Tensor:
    """The middle square at the model's size, exactly as in training: uint8 (1, 3, size, size)."""
    return from_pil([picture], size, 3)


def jump(patch: int) -> int:
    """How many pixels neighbouring scores lie apart."""
    return math.prod(PATCHES[patch])


def score_at(place: float, side: int, patch: int, count: int) -> int:
    """Which of `count` scores along a side of a picture is nearest to a place on it, all in pixels."""
    return min(max(round((place - side / 2) / jump(patch) + (count - 1) / 2), 0), count - 1)
