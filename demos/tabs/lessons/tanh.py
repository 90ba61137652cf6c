"""Row 4, first half: the creator's last layer gives any number; tanh brings it into the range of pictures, -1 to 1."""

import math
from html import escape

import gradio as gr
import torch
from torch import Tensor

from ganzoo.images import to_pil
from ganzoo.models.gan import Generator

from ...catalog import local
from ...ui.html import figure, image
from ...ui.words import Words
from .controls import Controls, another

FIRST = (7,)
NAMES = ("idea",)
COUNT, REACH, BINS = 64, 8.0, 48  # inspirations, half the width of the plot, bars


@torch.no_grad()
def before_and_after(model, seed: int) -> tuple[Tensor, Tensor]:
    """What the creator's last layer gives for COUNT inspirations, and what tanh makes of it, both (COUNT, 1, 28, 28)."""
    net = model.generator
    raw = net.last(net.stages(model.noise(COUNT, seed))[-2]).view(-1, *net.shape)
    return raw, torch.tanh(raw)


CODE = (Generator.stages, before_and_after)


def controls(words: Words) -> Controls:
    return Controls([gr.State(FIRST[0])], [another(words("new"), "tanh-new")])


def show(words: Words, seed) -> str:
    seed = local.seed_of(seed)
    raw, after = before_and_after(local.open_model("gan-mnist"), seed)
    outside = float((raw.abs() > 1).float().mean())
    said = words("tanh_said", low=f"{float(raw.min()):.1f}", high=f"{float(raw.max()):.1f}", share=f"{outside:.0%}")
    cells = "".join(image(p, f"{words('opening_work')} {i + 1}") for i, p in enumerate(to_pil(after[:6])))
    works = figure(f'<div class="gz-tiles">{cells}</div>', escape(words("tanh_works")))
    return (
        f'<div class="gz-stage" data-link="?tab=lessons&amp;stage=tanh&amp;idea={seed}">'
        f'<p class="gz-said" role="status">{escape(said)}</p><div class="gz-pair">'
        f"{_plot(words, raw)}{works}</div></div>"
    )


def _plot(words: Words, raw: Tensor) -> str:
    """The curve of tanh over the numbers of the last layer: how many fall where, as bars (by their root)."""
    counts = torch.histc(raw, BINS, -REACH, REACH).sqrt()
    heights = (counts / counts.max() * 90).tolist()
    wide = 480 / BINS
    bars = "".join(
        f'<rect x="{i * wide:.1f}" y="{200 - h:.1f}" width="{wide - 1:.1f}" height="{h:.1f}"/>'
        for i, h in enumerate(heights)
    )
    curve = " ".join(f"{240 + x * 3:.0f},{100 - 80 * math.tanh(x * 3 / 240 * REACH):.1f}" for x in range(-80, 81))
    labels = "".join(f'<text x="{240 + x * 30}" y="216" text-anchor="middle">{x}</text>' for x in (-6, -3, 0, 3, 6))
    labels += "".join(f'<text x="4" y="{100 - 80 * y + 4}">{y}</text>' for y in (-1, 0, 1))
    drawn = (
        f'<svg class="gz-curve" viewBox="0 0 480 222" role="img" aria-label="{escape(words("tanh_plot"))}">'
        f'<g class="bars">{bars}</g><path class="grid" d="M0 20H480M0 100H480M0 180H480"/>'
        f'<polyline points="{curve}"/>{labels}</svg>'
    )
    return figure(drawn, escape(words("tanh_plot")))


def notes(words: Words) -> str:
    return r"$$\tanh(x) = \frac{e^x - e^{-x}}{e^x + e^{-x}} \qquad -1 < \tanh(x) < 1$$"
