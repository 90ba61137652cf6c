"""Rows 9, 11, 12 and 14: bundled test pairs of a drawing and its real photo, and what the models of the contest make of them."""

from functools import lru_cache

import gradio as gr
from PIL import Image
from torch import Tensor

from ganzoo.images import from_pil, to_float
from ganzoo.inference import Model

from ...catalog import local
from ...ui.html import note
from ...ui.words import Trouble, Words
from ..compare.families import SAMPLES
from .controls import Value

PAIRS = SAMPLES["facades"]  # demos/data/facades/SOURCE.md cites them
LOSSES = {"gan": "GAN", "mae": "MAE", "gan-mae": "GAN + MAE"}


@lru_cache(maxsize=len(PAIRS))
def pair(name: str) -> tuple[Image.Image, Image.Image]:
    """The drawing and the real photo of a bundled test pair, both 256 x 256."""
    with Image.open(local.DATA / "facades" / "test" / name) as both:
        photo, drawing = both.crop((0, 0, 256, 256)), both.crop((256, 0, 512, 256))
    return drawing.convert("RGB"), photo.convert("RGB")


def checked(name) -> str:
    """A pair as a visitor or a link named it, or Trouble in words."""
    if not isinstance(name, str) or name not in PAIRS:
        raise Trouble("bad_pair", known=", ".join(PAIRS))
    return name


def cited(words: Words) -> str:
    """Where the pairs come from, as a line of HTML."""
    return note(words("cmp_cited"))


def model(loss: str) -> Model:
    return local.open_translator(f"pix2pix-facades-{loss}")


@lru_cache(maxsize=3 * len(PAIRS))
def made(loss: str, name: str) -> Image.Image:
    """What the creator that was trained with this loss makes of the drawing."""
    return model(loss).translate(pair(name)[0])


def pixels(picture: Image.Image) -> Tensor:
    """uint8 (1, 3, 256, 256)."""
    return from_pil([picture], 256, 3)


def floats(picture: Image.Image) -> Tensor:
    """(1, 3, 256, 256) in [-1, 1]."""
    return to_float(pixels(picture))


def choice(first: str) -> Value:
    choices = [(str(i + 1), name) for i, name in enumerate(PAIRS)]
    return Value(first, lambda words: gr.Radio(choices, value=first, label=words("pair_choice")))
