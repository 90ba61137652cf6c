"""A horse or a zebra on a meadow, drawn by code: something to translate at once that anybody may pass on.

The animal is one set of limbs; a horse wears a coat of one colour, a zebra stripes that run across every limb.
"""

import random
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from ...ui.pictures import smooth

ANIMALS = ("horse", "zebra")
LARGE = 2  # drawn that much larger first: smooth edges
COATS = ((122, 70, 38), (96, 52, 30), (150, 96, 56), (74, 50, 38))

# Outlines in a unit square, the animal looking left: limb -> points, how many stripes run across it, its axis (from, to).
LIMBS = {
    "tail": (((0.795, 0.40), (0.83, 0.42), (0.85, 0.52), (0.845, 0.64), (0.83, 0.70), (0.815, 0.62), (0.81, 0.50)), 6,
             (0.82, 0.40), (0.83, 0.70)),
    "far hind": (((0.66, 0.52), (0.745, 0.54), (0.725, 0.64), (0.735, 0.70), (0.72, 0.83), (0.735, 0.885), (0.685, 0.885),
                  (0.695, 0.80), (0.69, 0.71), (0.675, 0.64)), 8, (0.70, 0.52), (0.70, 0.88)),
    "far fore": (((0.40, 0.55), (0.46, 0.56), (0.445, 0.68), (0.44, 0.73), (0.435, 0.83), (0.445, 0.885), (0.395, 0.885),
                  (0.41, 0.83), (0.408, 0.72), (0.405, 0.66)), 9, (0.42, 0.55), (0.42, 0.88)),
    "trunk": (((0.36, 0.40), (0.42, 0.375), (0.50, 0.385), (0.60, 0.375), (0.70, 0.36), (0.775, 0.375), (0.815, 0.44),
               (0.80, 0.53), (0.745, 0.585), (0.66, 0.60), (0.55, 0.615), (0.45, 0.61), (0.385, 0.59), (0.345, 0.52),
               (0.34, 0.45)), 11, (0.34, 0.48), (0.82, 0.46)),
    "hind": (((0.70, 0.48), (0.80, 0.45), (0.815, 0.52), (0.79, 0.62), (0.785, 0.685), (0.80, 0.73), (0.785, 0.84),
              (0.80, 0.90), (0.745, 0.90), (0.752, 0.83), (0.75, 0.74), (0.74, 0.67), (0.70, 0.60)), 9,
             (0.77, 0.48), (0.775, 0.90)),
    "fore": (((0.345, 0.50), (0.43, 0.53), (0.415, 0.65), (0.405, 0.71), (0.40, 0.84), (0.41, 0.90), (0.355, 0.90),
              (0.367, 0.84), (0.365, 0.71), (0.355, 0.63)), 10, (0.38, 0.52), (0.385, 0.90)),
    "neck": (((0.305, 0.15), (0.335, 0.165), (0.395, 0.25), (0.455, 0.35), (0.47, 0.40), (0.43, 0.53), (0.36, 0.53),
              (0.335, 0.46), (0.30, 0.36), (0.26, 0.27)), 8, (0.285, 0.21), (0.42, 0.46)),
    "head": (((0.285, 0.135), (0.32, 0.17), (0.315, 0.235), (0.275, 0.285), (0.225, 0.33), (0.185, 0.365), (0.15, 0.365),
              (0.137, 0.335), (0.16, 0.29), (0.205, 0.215), (0.245, 0.155)), 8, (0.29, 0.16), (0.15, 0.35)),
    "ear": (((0.275, 0.15), (0.28, 0.095), (0.297, 0.072), (0.31, 0.11), (0.307, 0.155)), 2, (0.29, 0.08), (0.29, 0.15)),
}  # fmt: skip
MANE = (
    (0.288, 0.12),
    (0.325, 0.13),
    (0.40, 0.22),
    (0.475, 0.335),
    (0.468, 0.375),
    (0.435, 0.34),
    (0.37, 0.245),
    (0.31, 0.17),
)
HOOVES = (
    (0.735, 0.882, 0.80, 0.905),
    (0.346, 0.882, 0.412, 0.905),
    (0.68, 0.868, 0.738, 0.89),
    (0.39, 0.868, 0.447, 0.89),
)


@lru_cache(maxsize=8)
def draw(animal: str, seed: int = 0, size: int = 256) -> Image.Image:
    """A horse or a zebra; the same seed gives the same picture. Callers must not change it (copy it first)."""
    dice, side = random.Random(f"meadow {animal} {seed}"), size * LARGE
    grain = np.random.default_rng(dice.randrange(2**31))
    sheet = _ground(dice, grain, side, dry=animal == "zebra")
    colour, mask = _animal(animal, dice, grain, side)
    shadow = Image.new("L", (side, side))
    ImageDraw.Draw(shadow).ellipse([side * v for v in (0.30, 0.865, 0.86, 0.935)], fill=150)
    shadow = np.asarray(shadow.filter(ImageFilter.GaussianBlur(side / 50)))[..., None] / 255
    sheet = sheet * (1 - 0.6 * shadow) * (1 - mask) + colour * mask
    sheet = _blades(sheet, dice, side, dry=animal == "zebra")
    picture = Image.fromarray(np.clip(sheet, 0, 255).astype(np.uint8)).resize((size, size), Image.Resampling.LANCZOS)
    return picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if seed % 2 else picture


def _noise(grain, side: int, cells: float, stretch: float = 1.0) -> np.ndarray:
    """Soft random values (side, side) around 0, `cells` lumps across and `stretch` times as many down."""
    shape = max(2, round(cells * stretch)), max(2, round(cells))
    small = Image.fromarray(grain.standard_normal(shape).astype(np.float32))
    return np.asarray(small.resize((side, side), Image.Resampling.BICUBIC))


def _ground(dice, grain, side: int, dry: bool) -> np.ndarray:
    """Sky, far trees and grass, float (side, side, 3)."""
    y = np.linspace(0, 1, side)[:, None]
    horizon = dice.uniform(0.36, 0.44)
    clouds = np.clip(_noise(grain, side, 4, 2) + 0.5 * _noise(grain, side, 12, 2), 0, 2)[..., None] / 2
    high, low = np.array([96, 150, 212.0]), np.array([196, 216, 232.0])
    sky = high + (low - high) * np.clip(y / horizon, 0, 1)[..., None]
    sheet = sky + (np.array([246, 246, 244]) - sky) * 0.7 * clouds
    trees = horizon - 0.045 - 0.03 * np.abs(_noise(grain, side, 9)[:1]) - 0.01 * _noise(grain, side, 60)[:1]
    leaves = (
        np.array([96, 102, 60] if dry else [52, 84, 46])
        + 16 * (_noise(grain, side, 70) + _noise(grain, side, 25))[..., None]
    )
    sheet = np.where((y > trees)[..., None], leaves, sheet)
    far, near = (
        np.array(c, float) for c in (([190, 174, 112], [142, 122, 66]) if dry else ([146, 172, 92], [74, 112, 42]))
    )
    depth = np.clip((y - horizon) / (1 - horizon), 0, 1)
    tufts = (
        _noise(grain, side, 22, 3) * 8
        + _noise(grain, side, 90, 1.2) * 10
        + _noise(grain, side, side / 3, 0.5) * 9 * depth
    )
    grass = far + (near - far) * depth[..., None] ** 0.8 + tufts[..., None]
    return np.where((y > horizon)[..., None], grass, sheet)


def _shape(points, side: int) -> np.ndarray:
    """A smooth outline -> what lies in it, (side, side) in 0..1."""
    sheet = Image.new("L", (side, side))
    ring = [*points, points[0]]
    ImageDraw.Draw(sheet).polygon([(x * side, y * side) for x, y in smooth(ring)], fill=255)
    return np.asarray(sheet, np.float32) / 255


def _animal(kind: str, dice, grain, side: int) -> tuple[np.ndarray, np.ndarray]:
    """(its colours, where it is)."""
    coat = np.array(dice.choice(COATS), float)
    y, x = np.mgrid[0:side, 0:side] / side
    wobble = 0.25 * _noise(grain, side, 10)
    fur = (6 * _noise(grain, side, side / 4, 0.5) + 5 * _noise(grain, side, 14))[..., None]
    colours, whole = np.zeros((side, side, 3)), np.zeros((side, side, 1))
    for limb, (points, count, start, end) in LIMBS.items():
        shape = _shape(points, side)
        round_ = np.asarray(
            Image.fromarray((shape * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(side / 36)), np.float32
        )
        slope = np.roll(round_, -side // 40, 0) - np.roll(round_, side // 40, 0)  # light comes from above
        light = 1 + 0.0021 * slope + 0.0011 * (round_ - 200)
        light = light * (0.72 if limb.startswith("far") else 1)
        if kind == "zebra":
            axis = np.array(end) - np.array(start)
            along = ((x - start[0]) * axis[0] + (y - start[1]) * axis[1]) / (axis @ axis)
            across = ((y - start[1]) * axis[0] - (x - start[0]) * axis[1]) / (axis @ axis)
            lean = 0.35 * np.clip(along - 0.45, 0, 1) if limb == "trunk" else 0
            wave = np.sin(2 * np.pi * (count * (along + lean * across * 3) + wobble))
            dark = np.clip(0.5 + 2.6 * (wave - 0.05), 0, 1)[..., None]
            own = np.array([236, 231, 220.0]) * (1 - dark) + np.array([34, 30, 30.0]) * dark
            if limb == "head":
                muzzle = np.clip((along - 0.78) * 9, 0, 1)[..., None]
                own = own * (1 - muzzle) + np.array([44, 38, 36.0]) * muzzle
        else:
            low = np.clip((y - 0.66) * 5, 0, 1)[..., None] if limb not in ("trunk", "neck", "head", "ear") else 0
            own = coat * (1 - 0.55 * low) * np.ones((side, side, 1))
            own = own * (0.35 if limb == "tail" else 1)
        own = (own + fur) * light[..., None]
        place = shape[..., None]
        inner = np.clip(round_ / 127.5 - 1, 0, 1)[..., None]  # where limbs meet, no seam
        place = place * (1 - whole) + np.minimum(place, inner) * whole if limb in ("neck", "hind", "fore") else place
        colours, whole = colours * (1 - place) + own * place, np.maximum(whole, shape[..., None])
    mane = _shape(MANE, side)[..., None]
    hair = np.array([30, 22, 18.0]) + 14 * _noise(grain, side, side / 6, 0.4)[..., None]
    if kind == "zebra":
        hair = np.where((np.sin(2 * np.pi * 34 * (x + 0.6 * y)) > 0)[..., None], hair, 215)
    colours, whole = colours * (1 - mane) + hair * mane, np.maximum(whole, mane)
    marks = Image.new("L", (side, side))
    pen = ImageDraw.Draw(marks)
    for hoof in HOOVES:
        pen.rectangle([v * side for v in hoof], fill=235)
    for cx, cy, reach in ((0.247, 0.205, 0.0085), (0.152, 0.335, 0.006)):  # eye, nostril
        pen.ellipse([(cx - reach) * side, (cy - reach) * side, (cx + reach) * side, (cy + reach) * side], fill=240)
    ink = np.asarray(marks.filter(ImageFilter.GaussianBlur(LARGE)), np.float32)[..., None] / 255 * whole
    return colours * (1 - ink) + np.array([26, 21, 19.0]) * ink, np.asarray(whole)


def _blades(sheet: np.ndarray, dice, side: int, dry: bool) -> np.ndarray:
    """Single blades of grass in front, so that the hooves stand in it."""
    picture = Image.fromarray(np.clip(sheet, 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(picture)
    for _ in range(900):
        x, y = dice.random(), dice.uniform(0.86, 1.04)
        tall, lean, shade = dice.uniform(0.012, 0.04), dice.uniform(-0.01, 0.01), dice.uniform(0.65, 1.25)
        colour = tuple(min(255, round(v * shade)) for v in ((160, 140, 80) if dry else (92, 132, 54)))
        pen.line([(x * side, y * side), ((x + lean) * side, (y - tall) * side)], fill=colour, width=LARGE)
    return np.asarray(picture, np.float32)
