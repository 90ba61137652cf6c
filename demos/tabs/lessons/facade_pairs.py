"""Rows 9, 11, 12 and 14: bundled test pairs of a drawing and its real photo, and what the models of the contest make of them."""

from functools import lru_cache

import gradio as gr
from PIL import Image

from ganzoo.data.pair_folders import halves
from ganzoo.images import open_picture
from ganzoo.inference import Model

from ...catalog import local
from ...ui.words import Trouble
from ..compare.families import SAMPLES, spelled
from .lesson import Value

PAIRS = SAMPLES["facades"]  # demos/data/facades/SOURCE.md cites them
SIDE = 256


def choice(first: str) -> Value:
    """A pair by its name, or by its number from 1."""
    numbered = {str(i): name for i, name in enumerate(PAIRS, 1)}

    def check(given) -> str:
        name = numbered.get(str(given), given)
        if name not in PAIRS:
            raise Trouble("bad_pair", most=len(PAIRS))
        return name

    return Value(first, lambda words: gr.Radio([*numbered.items()], value=first, label=words("pair_choice")), check)


@lru_cache(maxsize=len(PAIRS))
def pair(name: str) -> tuple[Image.Image, Image.Image]:
    """The drawing and the real photo of a bundled test pair, both SIDE x SIDE."""
    photo, drawing = halves(open_picture(local.DATA / "facades" / "test" / name), name)
    return drawing, photo


def model(loss: str) -> Model:
    return local.open_model(f"pix2pix-facades-{spelled(loss)}", local.TRANSLATORS)


@lru_cache(maxsize=3 * len(PAIRS))
def made(loss: str, name: str) -> Image.Image:
    """What the creator that was trained with this loss makes of the drawing."""
    return model(loss).translate(pair(name)[0])
