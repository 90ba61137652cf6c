"""Row 4, first half: the creator's last layer gives any number; tanh brings it into the range of pictures, -1 to 1."""

import math
from html import escape

import torch
from torch import Tensor

from ganzoo.images import to_pil
from ganzoo.models.gan import Generator

from ...catalog import local
from ...ui.html import figure, grid, said, sheet
from ...ui.words import Words
from .controls import seed

VALUES = {"idea": seed(7)}
FORMULA = r"\tanh(x) = \frac{e^x - e^{-x}}{e^x + e^{-x}} \qquad -1 < \tanh(x) < 1"
COUNT, REACH, BINS = 64, 8.0, 48  # inspirations, half the width of the plot, bars


@torch.no_grad()
def before_and_after(model, seed: int) -> tuple[Tensor, Tensor]:
    """What the creator's last layer gives for COUNT inspirations, and what tanh makes of it, both (COUNT, 1, 28, 28)."""
    net = model.generator
    raw = net.last(net.stages(model.noise(COUNT, seed))[-2]).view(-1, *net.shape)
    return raw, torch.tanh(raw)


CODE = (Generator.stages, before_and_after)


def show(words: Words, seed) -> str:
    seed = local.seed_of(seed)
    raw, after = before_and_after(local.open_model("gan-mnist"), seed)
    outside = float((raw.abs() > 1).float().mean())
    text = words("tanh_said", low=f"{float(raw.min()):.1f}", high=f"{float(raw.max()):.1f}", share=f"{outside:.0%}")
    works = figure(sheet(to_pil(after[:6]), words("opening_work")), escape(words("tanh_works")))
    return said(text) + grid(_plot(words, raw), works)


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
    title = escape(words("tanh_plot"))
    drawn = (
        f'<svg class="gz-svg" viewBox="0 0 480 222" role="img" aria-label="{title}">{bars}'
        f'<path class="grid" d="M0 20H480M0 100H480M0 180H480"/><polyline class="creator" points="{curve}"/>{labels}</svg>'
    )
    return figure(drawn, title)
