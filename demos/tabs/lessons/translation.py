"""Row 9: image translation. A picture becomes the same scene under another condition; two of our translators at work."""

from contextlib import suppress
from functools import lru_cache

from PIL import Image

from ganzoo import GanzooError
from ganzoo.data.drawings import town
from ganzoo.inference import Model
from ganzoo.models.pix2pix import UNetGenerator

from ...catalog import local
from ...ui.html import said
from ...ui.words import Words
from . import facade_pairs
from .facade_pairs import made, pair

VALUES = {"pair": facade_pairs.choice("6.jpg")}
COLUMNS = 4
AERIAL = "pix2pix-aerial-map-gan-mae-perceptual"


@lru_cache(maxsize=1)
def map_and_aerial() -> tuple[Image.Image, Image.Image]:
    """A map drawn by code and what the bundled translator takes for its aerial picture."""
    model = local.open_translator(AERIAL)
    drawn = town(5, model.config.image_size)
    return drawn, model.translate(drawn)


CODE = (Model.translate, map_and_aerial, UNetGenerator.forward)


def show(words: Words, name) -> str:
    facade_pairs.checked(name)
    return said(words("translation_said")) + facade_pairs.cited(words)


def pictures(words: Words, name) -> list:
    shown = [(pair(name)[0], words("translation_drawing")), (made("gan-mae", name), words("translation_photo"))]
    with suppress(GanzooError):  # an installed ganzoo comes without the model of maps
        drawn, aerial = map_and_aerial()
        shown += [(drawn, words("translation_map")), (aerial, words("translation_aerial"))]
    return shown
