"""Example sets for Your pictures, made by code: outlines and what they should become. No data is needed to try.

Whether a window is lit or dark cannot be seen in its outline: pixels alone (MAE) can only answer with the mean of both,
a critic asks for a decision. So a learner sees on the first try why the three losses differ.
"""

import random
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

from ganzoo.data import drawings
from ganzoo.data.paired import JITTER

from . import uploads

KINDS = ("houses", "towns")
COUNT, HELD = 60, 6  # pairs to train on, pairs held out
SCALE = 2  # an outline is found in a larger drawing and shrunk, so that it is smooth

DUSK, DARK, LIT = (38, 44, 84), (52, 62, 96), (250, 206, 110)
PAINT = {  # what a part of a facade becomes
    "background": DUSK,
    "facade": (150, 92, 84),
    "door": (94, 52, 44),
    "cornice": (214, 184, 160),
    "sill": (206, 172, 150),
    "balcony": (70, 74, 92),
    "blind": (112, 128, 104),
    "deco": (214, 184, 160),
    "molding": (196, 158, 138),
    "pillar": (206, 172, 150),
    "shop": (240, 176, 96),
}


@lru_cache(maxsize=4)
def pairs(kind: str, size: int) -> list[tuple[Image.Image, Image.Image]]:
    """The whole set; the first HELD of it are those to hold out."""
    return [pair(kind, i, size) for i in range(COUNT + HELD)]


def written(kind: str, size: int, folder: Path) -> Path:
    """The folder, with the set for a training at that size in it."""
    if not folder.is_dir():
        made = pairs(kind, round(size * JITTER))
        uploads.write(folder, made[HELD:], made[:HELD])
    return folder


def pair(kind: str, number: int, size: int) -> tuple[Image.Image, Image.Image]:
    """The pair of that number: (outline, picture), RGB (size, size). The same number gives the same pair."""
    drawn = {"houses": drawings.facade, "towns": drawings.town}[kind](20_000 + number, size * SCALE)
    picture = _evening(drawn, number) if kind == "houses" else drawn
    small = (size, size)
    return outline(drawn).resize(small, Image.Resampling.BOX), picture.resize(small, Image.Resampling.BOX)


def outline(drawn: Image.Image) -> Image.Image:
    """Dark lines on white wherever two colours meet."""
    gap = ImageChops.difference(drawn.filter(ImageFilter.MaxFilter(3)), drawn.filter(ImageFilter.MinFilter(3)))
    edge = ImageChops.lighter(ImageChops.lighter(*gap.split()[:2]), gap.split()[2]).point(lambda v: 255 if v > 8 else 0)
    return ImageChops.invert(edge).convert("RGB")


def _evening(drawn: Image.Image, number: int) -> Image.Image:
    """A label map -> the house at dusk, every window by chance lit or dark."""
    dice = random.Random(f"evening {number}")
    painted = Image.new("RGB", drawn.size, PAINT["background"])
    for name, colour in PAINT.items():
        painted.paste(colour, mask=_where(drawn, drawings.FACADE[name]))
    windows = _where(drawn, drawings.FACADE["window"])
    cell = drawn.width // 16  # a lamp lights what lies in its cell: a window, or one side of it
    lamps = Image.new("L", (16, 16))
    lamps.putdata([255 if dice.random() < 0.5 else 0 for _ in range(256)])
    lamps = lamps.resize((16 * cell, 16 * cell), Image.Resampling.NEAREST).resize(drawn.size, Image.Resampling.NEAREST)
    painted.paste(DARK, mask=windows)
    painted.paste(LIT, mask=ImageChops.multiply(windows, lamps))
    return painted


def _where(drawn: Image.Image, colour: tuple) -> Image.Image:
    red, green, blue = ImageChops.difference(drawn, Image.new("RGB", drawn.size, colour)).split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue).point(lambda v: 0 if v else 255)
