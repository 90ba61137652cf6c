"""Row 7: a creator of dense layers beside one of convolutions, from the same inspirations; and where the speckles are: what
is left of a picture once every pixel's 3 x 3 median is taken away, which is what the speckle number averages."""

from html import escape

import gradio as gr
import torch
from torch import Tensor

from ganzoo.evaluation import metrics
from ganzoo.images import to_pil

from ...catalog import local
from ...ui.html import figure, image
from ...ui.words import Words
from . import side_by_side
from .controls import Controls, another, choice

SETS = ("mnist", "fashion")
FIRST = ("fashion", 7)
NAMES = ("pictures", "idea")
SHOWN = 4  # pictures whose speckles are shown


def speckles(picture: Tensor) -> Tensor:
    """|x - median of its 3 x 3 neighbours| of one picture (C, H, W) in [-1, 1] -> the same size, 0 to 1."""
    around = torch.nn.functional.pad(picture[:, None], (1, 1, 1, 1), mode="replicate")
    neighbours = torch.nn.functional.unfold(around, 3)
    return (picture - neighbours.median(1).values.view_as(picture)).abs() / 2


CODE = (metrics.speckle, speckles)


# --- the lesson -------------------------------------------------------------------------------------------------


def controls(words: Words) -> Controls:
    sets = [(words(f"data_{k}"), k) for k in SETS]
    return Controls([choice(words, "mlp_set", sets, FIRST[0]), gr.State(FIRST[1])], [another(words("new"), "mlp-new")])


def show(words: Words, data, seed) -> str:
    seed = local.seed_of(seed)
    data = str(data)[:20]
    panels = []
    for key, lesson in (("mlp_short", "gan"), ("convolutions_short", "dcgan")):
        made = local.open_model(local.name_of(lesson, data))
        panels.append(_panel(words, words(key), made.tensor(made.noise(SHOWN, seed))))
    return (
        f'<div class="gz-stage" data-link="?tab=lessons&amp;stage=mlp&amp;pictures={data}&amp;idea={seed}">'
        f"{side_by_side.beside(words, data, seed)}<section>{side_by_side.measured_speckle(words, data)}</section>"
        f"<section><h3>{escape(words('mlp_where'))}</h3>"
        f'<div class="gz-pair">{"".join(panels)}</div></section></div>'
    )


def _panel(words: Words, name: str, pictures: Tensor) -> str:
    rows = []
    for i, picture in enumerate(pictures):
        dots = speckles(picture)
        shown = to_pil((dots * 4).clamp(0, 1)[None] * 2 - 1)[0]  # four times brighter, or hardly anything is seen
        number = words("mlp_dots", value=f"{float(dots.mean()) * 100:.2f}")
        alt = words("mlp_dots_alt", number=i + 1)
        both = image(to_pil(picture[None])[0], f"{name} {i + 1}") + image(shown, alt)
        rows.append(figure(both, escape(number), "gz-dots"))
    return f'<div class="gz-dotted" role="group" aria-label="{escape(name)}">{"".join(rows)}</div>'
