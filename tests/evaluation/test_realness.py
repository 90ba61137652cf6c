"""The critic of a set: real pictures pass, scribbles, boxes and blanks do not, and what generators make lies between."""

import math
import random
from pathlib import Path

import pytest
import torch
from PIL import Image, ImageDraw

import ganzoo
from ganzoo.data.labeled import load_pictures
from ganzoo.evaluation.realness import PASS, realness, scrambled
from ganzoo.images import from_pil, to_float

DATA = Path(__file__).parents[2] / "demos" / "data"


def drawn(kind: str, number: int) -> Image.Image:
    """A scribble, a box (hollow, full or crossed) or a blank of any grey, in one of many sizes and pens."""
    draw, sheet = random.Random(f"{kind} {number}"), Image.new("L", (280, 280))
    pen = ImageDraw.Draw(sheet)
    width, ink = draw.randint(12, 34), draw.randint(120, 255)
    if kind == "blank":
        sheet.paste(round(255 * number / 99), (0, 0, 280, 280))
    elif kind == "box":
        corners = [*(draw.uniform(20, 100) for _ in "xy"), *(draw.uniform(150, 260) for _ in "xy")]
        full = ink if draw.random() < 0.33 else None
        pen.rectangle(corners, fill=full, outline=ink, width=width)
        if draw.random() < 0.5:
            pen.line(corners, fill=ink, width=width)
            pen.line([corners[0], corners[3], corners[2], corners[1]], fill=ink, width=width)
    else:  # waves of random pace on both axes
        waves = [
            [(draw.uniform(0, math.tau), draw.uniform(1, 9), draw.uniform(20, 60)) for _ in range(3)] for _ in "xy"
        ]
        turns = [i / 200 for i in range(201)]
        points = [tuple(140 + sum(a * math.sin(p + w * t) for p, w, a in axis) for axis in waves) for t in turns]
        pen.line(points, fill=ink, width=width, joint="curve")
    return sheet


@pytest.mark.parametrize("data", ["fashion", "mnist"])
def test_scribbles_boxes_and_blanks_are_not_taken_for_real(data):
    """At the threshold that nine in ten real pictures pass, at most 5 % of 300 drawings do."""
    critic = realness(data)
    pictures = load_pictures(str(DATA / f"{data}-6000"))
    real = torch.tensor(critic(to_float(pictures.test[:500])))
    threshold = real.quantile(0.1)
    found = {}
    for kind in ("scribble", "box", "blank"):
        shares = torch.tensor(critic(to_float(from_pil([drawn(kind, i) for i in range(100)], 28, 1))))
        found[kind] = (shares >= threshold).double().mean().item()
    assert sum(found.values()) / 3 <= 0.05, found
    assert 0.85 <= (real >= PASS).double().mean() <= 0.97  # the share is one of real pictures


def test_pictures_get_worse_from_real_to_made_to_scrambled():
    critic, model = realness("mnist"), ganzoo.load("dcgan-mnist")
    real = to_float(load_pictures(str(DATA / "mnist-6000")).test[:200])
    shares = [
        torch.tensor(critic(x)).mean() for x in (real, model.tensor(model.noise(200, 5)), scrambled(model, 200, 5))
    ]
    assert shares[0] > shares[1] > shares[2]
