"""Row 17: no pairs, so nothing to compare with. CycleGAN translates back and compares with the original: two loops."""

from functools import lru_cache

import torch
from PIL import ImageOps
from torch import Tensor

from ganzoo.images import to_float, to_pil, whole_tensor
from ganzoo.inference import Model
from ganzoo.models.cyclegan import train_step

from ...catalog import local
from ...ui.html import said
from ...ui.words import Words
from ..translate import inference
from .lesson import Lesson, choice

MODEL, SIDE = "cyclegan-horse2zebra", 160
PHOTOS = ("foal", "horses")
VALUES = {"animals": choice("foal", "cycle_animals", PHOTOS, "trl_example", "trl")}
FORMULA = r"L_{\text{cycle}} = \bigl|F(G(x)) - x\bigr| + \bigl|G(F(y)) - y\bigr|"


@lru_cache(maxsize=len(PHOTOS))
@torch.no_grad()
def loops(model: Model, photo: str) -> list[list[Tensor]]:
    """Of each loop three pictures (3, SIDE, SIDE) in [-1, 1]: the beginning, its translation and the way back. The first
    begins with a photo of horses, the second with the zebras that the creator made of them."""
    there, back = model.directions
    horse = to_float(whole_tensor(ImageOps.fit(inference.example(photo), (SIDE, SIDE)), 3))
    zebra = model.translate_tensor(horse, direction=there)
    horse_again = model.translate_tensor(zebra, direction=back)
    zebra_again = model.translate_tensor(horse_again, direction=there)
    return [[x[0] for x in loop] for loop in ((horse, zebra, horse_again), (zebra, horse_again, zebra_again))]


def pictures(words: Words, photo: str) -> list:
    """Of each loop: there, back, and what lies between the end and the beginning."""
    model, shown = local.open_model(MODEL, local.CYCLES), []
    for x, direction, (begin, there, back) in zip("xy", model.directions, loops(model, photo), strict=True):
        a, b = words.sides(direction)
        captions = {
            words("cycle_input", x=x, name=a): begin,
            f"→ {words('cycle_there', name=b)}": there,
            f"→ {words('cycle_back', name=a)}": back,
            f"≟ {words('cycle_compare')}": (back - begin).abs().mean(0, keepdim=True) - 1,  # black: the same
        }
        shown += [(to_pil(picture[None])[0], text) for text, picture in captions.items()]
    return shown


def show(words: Words, photo: str) -> str:
    model, lines = local.open_model(MODEL, local.CYCLES), []
    for direction, (begin, _, back) in zip(model.directions, loops(model, photo), strict=True):
        a, b = words.sides(direction)
        error = words("cycle_error", error=f"{float((back - begin).abs().mean()) / 2:.3f}")
        lines.append(said(error, words("cycle_loop", a=a, b=b)))
    return "".join(lines)


LESSON = Lesson("cycle", 17, VALUES, show, (loops, train_step), FORMULA, pictures=pictures)
