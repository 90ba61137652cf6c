"""Row 9: image translation. A picture becomes the same scene under another condition; two of our translators at work."""

from contextlib import suppress
from functools import cache

from PIL import Image

from ganzoo import GanzooError
from ganzoo.data.drawings import town
from ganzoo.inference import Model
from ganzoo.models.pix2pix import UNetGenerator

from ...catalog import local
from ...ui.html import note, said
from ...ui.words import Words
from .facade_pairs import choice, made, pair
from .lesson import Lesson

VALUES = {"pair": choice("6.jpg")}


@cache
def map_and_aerial() -> tuple[Image.Image, Image.Image]:
    """A map drawn by code and what the bundled translator takes for its aerial picture."""
    model = local.open_model("pix2pix-aerial-map-gan-mae-perceptual", local.TRANSLATORS)
    drawn = town(2, model.config.image_size)
    return drawn, model.translate(drawn)


def show(words: Words, name: str) -> str:
    return said(words("translation_said")) + note(words("cmp_cited"))


def pictures(words: Words, name: str) -> list:
    drawing, photo = pair(name)
    shown = [(drawing, words("translation_drawing")), (made("gan+mae", name), words("translation_photo"))]
    shown.append((photo, words("pair_real")))
    with suppress(GanzooError):  # an installed ganzoo comes without the model of maps
        drawn, aerial = map_and_aerial()
        shown += [(drawn, words("translation_map")), (aerial, words("translation_aerial"))]
    return shown


CODE = (Model.translate, map_and_aerial, UNetGenerator.forward)
LESSON = Lesson("translation", 9, VALUES, show, CODE, pictures=pictures, columns=5)
