"""Row 17: no pairs, so nothing to compare with. CycleGAN translates back and compares with the original: two loops."""

from functools import lru_cache
from html import escape

import torch
from torch import Tensor

from ganzoo.images import to_float, to_pil, whole_tensor
from ganzoo.inference import Model
from ganzoo.models.cyclegan import train_step

from ...catalog import local
from ...ui.html import figure, uri
from ...ui.words import Trouble, Words
from .animals import draw
from .common import row
from .controls import Controls, dial

MODEL, SIDE = "cyclegan-horse2zebra", 128
MOST = 9
FIRST = (4,)
NAMES = ("animals",)


@lru_cache(maxsize=8)
@torch.no_grad()
def loop(model: Model, seed: int, way: int) -> tuple[list[Tensor], float]:
    """A picture, its translation and the way back, each (3, SIDE, SIDE) in [-1, 1]; and the cycle error: the mean absolute
    difference between the first and the last, 0 to 1."""
    there, back = model.directions if way == 0 else model.directions[::-1]
    first = to_float(whole_tensor(draw(there.split("->")[0], seed, SIDE), 3))
    other = model.translate_tensor(first, direction=there)
    again = model.translate_tensor(other, direction=back)
    return [x[0] for x in (first, other, again)], float((again - first).abs().mean() / 2)


CODE = (loop, train_step)


def controls(words: Words) -> Controls:
    return Controls([dial(0, MOST, FIRST[0], 1, words("cycle_animals"), "cycle-animals")])


def show(words: Words, seed) -> str:
    seed = local.whole(seed, 0, MOST, "bad_animals")
    model = local.open_cycle(MODEL)
    if len(model.directions) != 2:
        raise Trouble("no_model", name=MODEL)
    loops = "".join(_loop(words, model, seed, way) for way in (0, 1))
    return f'<div class="gz-stage" data-link="?tab=lessons&amp;stage=cycle&amp;animals={seed}">{loops}</div>'


def _loop(words: Words, model: Model, seed: int, way: int) -> str:
    """One loop: there, back, and the arrow from the end to the beginning, with what lies between them."""
    pictures, error = loop(model, seed, way)
    a, b = map(words.domain, model.directions[way].split("->"))
    captions = (words("cycle_input", name=a), words("cycle_there", name=b), words("cycle_back", name=a))
    figures = [_figure(p, text) for p, text in zip(pictures, captions, strict=True)]
    difference = (pictures[2] - pictures[0]).abs().mean(0, keepdim=True) - 1  # black: the same
    figures.append(_figure(difference, words("cycle_error", error=f"{error:.3f}")))
    title = escape(words("cycle_loop", a=a, b=b))
    arrow = (
        '<svg class="gz-return" viewBox="0 0 400 30" aria-hidden="true"><path d="M340 2V20H60V4m-5 7l5-8l5 8"/></svg>'
        f'<p class="gz-note">{escape(words("cycle_compare"))}</p>'
    )
    return f'<section><h3>{title}</h3><div class="gz-loop">{row(*figures)}{arrow}</div></section>'


def _figure(picture: Tensor, text: str) -> str:
    source = uri(to_pil(picture[None])[0], "WEBP", quality=92)
    shown = f'<img class="gz-photo" src="{source}" alt="{escape(text)}" width="{SIDE}" height="{SIDE}">'
    return figure(shown, escape(text))


def notes(words: Words) -> str:
    return r"$$L_{\text{cycle}} = \bigl|F(G(x)) - x\bigr| + \bigl|G(F(y)) - y\bigr|$$" + f"\n\n{words('cycle_notes')}"
