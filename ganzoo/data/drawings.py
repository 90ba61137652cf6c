"""Facades and towns drawn by code: something to translate at once, offline, with colours that the models know (a leaf).

The facade's colours are those of the CMP Facade Database as packaged for pix2pix, the map's those of `aerial-map`.
"""

import random

from PIL import Image, ImageDraw

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
PALETTES = {"label": FACADE, "map": MAP}  # by the name of the domain


def draw(domain: str, seed: int, size: int = 256) -> Image.Image:
    """A new drawing of a domain that has a palette; the same seed gives the same one."""
    return {"label": facade, "map": town}[domain](seed, size)


def facade(seed: int, size: int = 256) -> Image.Image:
    """A label map: floors of windows between moldings, a ground floor with door and shops."""
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
    """A map: crossing roads, blocks of houses, a park, perhaps water."""
    dice = random.Random(f"town {seed}")
    sheet = Image.new("RGB", (4 * size, 4 * size), MAP["land"])  # drawn large: smooth edges
    pen, side = ImageDraw.Draw(sheet), 4 * size

    def blob(name, x, y, reach):
        def place(middle, way):
            return (middle + reach * dice.uniform(0.6, 1.0) * way) * side

        ways = ((1, 0), (0.7, 0.7), (0, 1), (-0.7, 0.7), (-1, 0), (-0.7, -0.7), (0, -1), (0.7, -0.7))
        pen.polygon([(place(x, dx), place(y, dy)) for dx, dy in ways], fill=MAP[name])

    for _ in range(dice.randint(1, 3)):
        blob("vegetation", dice.random(), dice.random(), dice.uniform(0.15, 0.35))
    across = sorted(dice.uniform(0.08, 0.92) for _ in range(dice.randint(2, 3)))
    down = sorted(dice.uniform(0.08, 0.92) for _ in range(dice.randint(2, 3)))
    for y0, y1 in zip([0.0, *across], [*across, 1.0], strict=True):
        for x0, x1 in zip([0.0, *down], [*down, 1.0], strict=True):
            kind = dice.random()
            if min(x1 - x0, y1 - y0) < 0.1 or kind < 0.25:
                continue
            pad = 0.035
            if kind < 0.45:
                box = [(x0 + pad) * side, (y0 + pad) * side, (x1 - pad) * side, (y1 - pad) * side]
                if box[2] > box[0] and box[3] > box[1]:
                    pen.rectangle(box, fill=MAP["building"])
                continue
            step = dice.uniform(0.09, 0.13)
            rows, columns = int((y1 - y0 - pad) / step), int((x1 - x0 - pad) / step)
            for r in range(rows):
                for c in range(columns):
                    if dice.random() < 0.85:
                        x, y = x0 + pad + c * step, y0 + pad + r * step
                        w, h = step * dice.uniform(0.5, 0.75), step * dice.uniform(0.5, 0.75)
                        pen.rectangle([x * side, y * side, (x + w) * side, (y + h) * side], fill=MAP["building"])
    if dice.random() < 0.5:
        blob("water", dice.random(), dice.random(), dice.uniform(0.12, 0.3))
    for places, upright in ((down, True), (across, False)):
        for place in places:
            bend, width = dice.uniform(-0.08, 0.08), dice.uniform(0.028, 0.05)
            line = [(place - bend / 2, -0.05), (place, 0.35), (place + bend / 2, 0.7), (place + bend, 1.05)]
            line = [(x * side, y * side) if upright else (y * side, x * side) for x, y in line]
            pen.line(line, fill=MAP["road"], width=round(width * side), joint="curve")
    return sheet.resize((size, size), Image.Resampling.LANCZOS)
