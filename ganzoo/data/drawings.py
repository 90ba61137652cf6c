"""Facades and towns drawn by code: something to translate at once, offline, with colours that the models know (a leaf).

The facade's colours are those of the CMP Facade Database as packaged for pix2pix, the map's those of `aerial-map`.
"""

import math
import random
from itertools import pairwise

from PIL import Image, ImageDraw

from ganzoo.inputs import whole

FACADE = {  # name: colour; the order is the database's own
    "background": (0, 0, 222),
    "facade": (0, 48, 252),
    "window": (0, 126, 252),
    "door": (0, 206, 252),
    "cornice": (30, 252, 222),
    "sill": (114, 252, 144),
    "balcony": (192, 252, 64),
    "blind": (252, 240, 0),
    "deco": (252, 160, 0),
    "molding": (252, 78, 0),
    "pillar": (252, 0, 0),
    "shop": (174, 0, 0),
}
MAP = {
    "land": (0xF2, 0xEF, 0xE9),
    "building": (0xC9, 0xB8, 0xA8),
    "water": (0xAA, 0xD3, 0xDF),
    "vegetation": (0xAD, 0xD1, 0x9E),
    "road": (0xFF, 0xFF, 0xFF),
}
LARGEST = 2048  # pixels a side
STEPS = [i / 24 for i in range(25)]  # along a curve
WAYS = ((1, 0), (0.7, 0.7), (0, 1), (-0.7, 0.7), (-1, 0), (-0.7, -0.7), (0, -1), (0.7, -0.7))
PALETTES = {"label": FACADE, "map": MAP}  # by the name of the domain


def draw(domain: str, seed: int, size: int = 256) -> Image.Image:
    """A new drawing of a domain that has a palette; the same seed gives the same one."""
    return {"label": facade, "map": town}[domain](seed, size)


def facade(seed: int, size: int = 256) -> Image.Image:
    """A label map: floors of windows between mouldings, a ground floor with door and shops. `size`: its side in pixels."""
    size = whole(size, "size", 1, LARGEST)
    dice = random.Random(f"facade {seed}")
    sheet = Image.new("RGB", (size, size), FACADE["background"])
    pen = ImageDraw.Draw(sheet)

    def box(name, x0, y0, x1, y1):
        left, upper, right, lower = (round(v * size) for v in (x0, y0, x1, y1))
        if right >= left and lower > upper:  # what is thinner than a pixel is left out
            pen.rectangle((left, upper, right, lower - 1), fill=FACADE[name])

    left, right = dice.uniform(0, 0.12), dice.uniform(0.88, 1.0)
    top, bottom = dice.uniform(0.04, 0.16), dice.uniform(0.93, 1.0)
    box("facade", left, top, right, bottom)
    floors, columns = dice.randint(3, 5), dice.randint(3, 6)
    ground = bottom - (bottom - top) * dice.uniform(0.2, 0.28)
    storey, bay = (ground - top) / floors, (right - left) / columns
    box("cornice", left, top, right, top + 0.03)
    box("molding", left, ground - 0.012, right, ground + 0.012)
    window_w, window_h = bay * dice.uniform(0.42, 0.58), storey * dice.uniform(0.5, 0.62)
    with_sill, with_deco, with_blind = (dice.random() < share for share in (0.8, 0.4, 0.25))
    balcony_floor, balcony_columns = dice.randrange(floors), dice.choice([0, 1, 2])
    molding_floors = {f for f in range(1, floors) if dice.random() < 0.3}
    for floor in range(floors):
        y = top + storey * floor + (storey - window_h) * 0.62
        if floor in molding_floors:
            box("molding", left, top + storey * floor - 0.008, right, top + storey * floor + 0.008)
        for column in range(columns):
            x = left + bay * column + (bay - window_w) / 2
            box("window", x, y, x + window_w, y + window_h)
            if with_blind and dice.random() < 0.5:
                box("blind", x, y, x + window_w, y + window_h * 0.3)
            if with_deco:
                box("deco", x - 0.01, y - 0.028, x + window_w + 0.01, y - 0.012)
            if floor == balcony_floor and balcony_columns and column % (balcony_columns + 1) == 1:
                box("balcony", x - bay * 0.15, y + window_h * 0.55, x + window_w + bay * 0.15, y + window_h + 0.02)
            elif with_sill:
                box("sill", x - 0.008, y + window_h, x + window_w + 0.008, y + window_h + 0.014)
    door = dice.randrange(columns)
    for column in range(columns):
        x = left + bay * column
        if column == door:
            box("door", x + bay * 0.3, ground + 0.05, x + bay * 0.7, bottom)
        elif dice.random() < 0.55:
            box("shop", x + bay * 0.08, ground + 0.045, x + bay * 0.92, bottom - 0.015)
        else:
            box("window", x + bay * 0.2, ground + 0.05, x + bay * 0.8, bottom - 0.06)
    if dice.random() < 0.35:
        for column in range(columns + 1):
            x = min(max(left + bay * column, left + 0.01), right - 0.01)
            box("pillar", x - 0.01, ground + 0.02, x + 0.01, bottom)
    return sheet


def town(seed: int, size: int = 256) -> Image.Image:
    """A map as land-cover masks show one: bent streets, long blocks of houses, rings of villas, little green, perhaps a coast."""
    size = whole(size, "size", 1, LARGEST)
    dice = random.Random(f"town {seed}")
    side = 4 * size  # drawn large: smooth edges
    sheet = Image.new("RGB", (side, side), MAP["land"])
    pen = ImageDraw.Draw(sheet)
    turn, bend, phase = dice.uniform(0, math.pi), dice.uniform(-0.12, 0.12), dice.uniform(0, math.tau)

    def place(x, y):
        """On the street grid, whose middle is 0 -> pixels: the grid is bent and turned."""
        x, y = x + bend * math.sin(3 * y + phase), y + bend * math.cos(3 * x + phase)
        across, down = x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)
        return (0.5 + across) * side, (0.5 + down) * side

    def area(name, *corners):
        pen.polygon([place(*corner) for corner in corners], fill=MAP[name])

    def block(x0, y0, x1, y1):
        area("building", *((x0 + (x1 - x0) * t, y0) for t in STEPS), *((x1 - (x1 - x0) * t, y1) for t in STEPS))

    def street(width, *points):
        pen.line([place(*point) for point in points], fill=MAP["road"], width=round(width * side), joint="curve")

    def ring(name, x, y, reach, corners=8):
        angles = [math.tau * i / corners for i in range(corners)]
        area(name, *((x + reach * math.cos(a), y + reach * math.sin(a)) for a in angles))

    columns, rows = _cuts(dice), _cuts(dice)
    for x0, x1 in pairwise(columns):
        for y0, y1 in pairwise(rows):
            kind, pad, x, y = dice.random(), dice.uniform(0.045, 0.07), (x0 + x1) / 2, (y0 + y1) / 2
            reach = min(x1 - x0, y1 - y0) / 2 - 0.05
            if kind < 0.45:
                split = y0 + (y1 - y0) * dice.uniform(0.35, 0.65)
                block(x0 + pad, y0 + pad, x1 - pad, split - 0.02)
                if dice.random() < 0.6:
                    block(x0 + pad, split + 0.02, x1 - pad * dice.uniform(1, 3), y1 - pad)
            elif kind < 0.6:
                ring("building", x, y, reach)
                ring("land", x, y, reach * 0.5)
                street(0.022, (x, y + reach * 0.3), (x, y1))
                ring("road", x, y, reach * 0.3, 16)
                ring("land", x, y, reach * 0.15, 16)
            elif kind < 0.7:
                reaches = [(reach * dice.uniform(0.4, 1), dx, dy) for dx, dy in WAYS]
                area("vegetation", *((x + length * dx, y + length * dy) for length, dx, dy in reaches))
    for lines, upright in ((columns, True), (rows, False)):
        for at in lines:
            wide = dice.random() < 0.4
            for shift in (-0.022, 0.022) if wide else (0.0,):
                points = ((at + shift, t) if upright else (t, at + shift) for t in (2 * step - 1 for step in STEPS))
                street(0.03 if wide else dice.uniform(0.025, 0.04), *points)
    if dice.random() < 0.7:
        x, y = dice.choice(columns), dice.choice(rows)
        ring("road", x, y, 0.075, 24)
        ring("land", x, y, 0.03, 24)
    if dice.random() < 0.4:
        _coast(dice, pen, side)
    return sheet.resize((size, size), Image.Resampling.LANCZOS)


def _cuts(dice) -> list[float]:
    """Where the streets of one direction lie, from beyond one edge of the sheet to beyond the other."""
    cuts = [dice.uniform(-0.95, -0.7)]
    while cuts[-1] < 0.7:
        cuts.append(cuts[-1] + dice.uniform(0.3, 0.6))
    return cuts


def _coast(dice, pen, side: int) -> None:
    """Water from an irregular shore to one edge of the sheet."""
    shore, slope, phase = dice.uniform(0.55, 0.8), dice.uniform(-0.3, 0.3), dice.uniform(0, math.tau)
    line = [
        (t, shore + slope * (t - 0.5) + 0.05 * math.sin(5 * t + phase) + dice.uniform(-0.006, 0.006)) for t in STEPS
    ]
    turned = dice.choice((lambda x, y: (x, y), lambda x, y: (y, x), lambda x, y: (x, 1 - y), lambda x, y: (1 - y, x)))
    points = [turned(x, y) for x, y in (*line, (1, 1), (0, 1))]
    pen.polygon([(x * side, y * side) for x, y in points], fill=MAP["water"])
