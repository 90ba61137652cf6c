"""Row 4, first half: the creator's last layer gives any number; tanh brings it into the range of pictures, -1 to 1."""

import math
from html import escape

import torch
from torch import Tensor

from ganzoo.images import to_pil
from ganzoo.models.gan import Generator

from ...catalog import local
from ...ui.html import figure, grid, said, sheet, svg
from ...ui.words import Words
from .controls import seed

VALUES = {"idea": seed(7)}
FORMULA = r"\tanh(x) = \frac{e^x - e^{-x}}{e^x + e^{-x}} \qquad -1 < \tanh(x) < 1"
COUNT, REACH, BINS = 64, 8, 48  # inspirations, half the width of the plot, bars


@torch.no_grad()
def before_and_after(model, seed: int) -> tuple[Tensor, Tensor]:
    """What the creator's last layer gives for COUNT inspirations, and what tanh makes of it, both (COUNT, 1, 28, 28)."""
    net = model.generator
    raw = net.last(net.stages(model.noise(COUNT, seed))[-2]).view(-1, *net.shape)
    return raw, torch.tanh(raw)


CODE = (Generator.stages, before_and_after)


def show(words: Words, seed: int) -> str:
    """Works, and the curve of tanh over the numbers of the last layer: how many fall where, as bars (by their root)."""
    raw, after = before_and_after(local.open_model("gan-mnist"), seed)
    outside = float((raw.abs() > 1).float().mean())
    text = words("tanh_said", low=f"{float(raw.min()):.1f}", high=f"{float(raw.max()):.1f}", share=f"{outside:.0%}")
    works = figure(sheet(to_pil(after[:6]), words("opening_work")), escape(words("tanh_works")))
    counts = torch.histc(raw, BINS, -REACH, REACH).sqrt()
    drawn = "".join(
        f'<rect x="{i * 10}" y="{200 - h:.1f}" width="9" height="{h:.1f}"/>'
        for i, h in enumerate((counts / counts.max() * 90).tolist())
    )
    curve = " ".join(f"{240 + x * 3},{100 - 80 * math.tanh(x * 3 / 240 * REACH):.1f}" for x in range(-80, 81))
    drawn += f'<path class="grid" d="M0 20H480M0 100H480M0 180H480"/><polyline class="creator" points="{curve}"/>'
    drawn += "".join(f'<text x="{240 + x * 30}" y="216" text-anchor="middle">{x}</text>' for x in (-6, -3, 0, 3, 6))
    drawn += "".join(f'<text x="4" y="{100 - 80 * y + 4}">{y}</text>' for y in (-1, 0, 1))
    title = words("tanh_plot")
    return said(text) + grid(figure(svg(480, 222, title, drawn), escape(title)), works)
