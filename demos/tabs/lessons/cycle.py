"""Row 17: no pairs, so nothing to compare with. CycleGAN translates back and compares with the original: two loops."""

from functools import lru_cache
from html import escape

import torch
from PIL import ImageOps
from torch import Tensor

from ganzoo.images import to_float, to_pil, whole_tensor
from ganzoo.inference import Model
from ganzoo.models.cyclegan import train_step

from ...catalog import local
from ...ui.html import figure, flow, image, section
from ...ui.words import Trouble, Words
from ..translate import inference
from .controls import choice

MODEL, SIDE = "cyclegan-horse2zebra", 160
PHOTOS = ("foal", "horses")
VALUES = {"animals": choice("foal", "cycle_animals", PHOTOS, prefix="trl")}
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


CODE = (loops, train_step)


def show(words: Words, photo) -> str:
    if photo not in PHOTOS:
        raise Trouble("trl_example")
    model = local.open_cycle(MODEL)
    if len(model.directions) != 2:
        raise Trouble("no_model", name=MODEL)
    return "".join(_loop(words, model, found, way) for way, found in enumerate(loops(model, photo)))


def _loop(words: Words, model: Model, pictures: list[Tensor], way: int) -> str:
    """One loop: there, back, and what lies between the end and the beginning."""
    a, b = map(words.domain, model.directions[way].split("->"))
    captions = (words("cycle_input", name=a), words("cycle_there", name=b), words("cycle_back", name=a))
    figures = [_figure(p, text) for p, text in zip(pictures, captions, strict=True)]
    difference = (pictures[2] - pictures[0]).abs().mean(0, keepdim=True)  # 0 to 2
    text = words("cycle_error", error=f"{float(difference.mean()) / 2:.3f}")
    figures.append(_figure(difference - 1, f"{words('cycle_compare')}: {text}"))  # black: the same
    return section(words("cycle_loop", a=a, b=b), flow(*figures, signs="→→≟"))


def _figure(picture: Tensor, text: str) -> str:
    return figure(image(to_pil(picture[None])[0], text, smooth=True, form="WEBP", quality=92), escape(text))
