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
from .lesson import Lesson, seed

VALUES = {"idea": seed(7)}
FORMULA = r"\tanh(x) = \frac{e^x - e^{-x}}{e^x + e^{-x}} \qquad -1 < \tanh(x) < 1"
COUNT, REACH, BINS = 64, 8, 48  # inspirations, half the width of the plot, bars
LEFT = 26  # pixels of the plot for the numbers beside it


@torch.no_grad()
def before_and_after(model, seed: int) -> tuple[Tensor, Tensor]:
    """What the creator's last layer gives for COUNT inspirations, and what tanh makes of it, both (COUNT, 1, 28, 28)."""
    net = model.generator
    raw = net.last(net.stages(model.noise(COUNT, seed))[-2]).view(-1, *net.shape)
    return raw, torch.tanh(raw)


def show(words: Words, seed: int) -> str:
    """Works, and the curve of tanh over the numbers of the last layer: how many fall where, as bars (by their root)."""
    raw, after = before_and_after(local.open_model("gan-mnist"), seed)
    outside = float((raw.abs() > 1).float().mean())
    low, high = (f"{float(end):.1f}".replace("-", "−") for end in raw.aminmax())
    text = words("tanh_said", low=low, high=high, share=f"{outside:.0%}")
    works = figure(sheet(to_pil(after[:6]), words("opening_work")), escape(words("tanh_works")))
    counts = torch.histc(raw, BINS, -REACH, REACH).sqrt()
    drawn = "".join(
        f'<rect x="{LEFT + i * 10}" y="{200 - h:.1f}" width="9" height="{h:.1f}"/>'
        for i, h in enumerate((counts / counts.max() * 90).tolist())
    )
    middle = LEFT + 240
    curve = " ".join(f"{middle + x * 3},{100 - 80 * math.tanh(x * 3 / 240 * REACH):.1f}" for x in range(-80, 81))
    drawn += "".join(f'<path class="grid" d="M{LEFT} {y}h480"/>' for y in (20, 100, 180))
    drawn += f'<polyline class="creator" points="{curve}"/>'
    for x in (-6, -3, 0, 3, 6):
        drawn += f'<text x="{middle + x * 30}" y="216" text-anchor="middle">{str(x).replace("-", "−")}</text>'
    for y, value in ((24, "1"), (104, "0"), (184, "−1")):
        drawn += f'<text x="{LEFT - 6}" y="{y}" text-anchor="end">{value}</text>'
    title = words("tanh_plot", reach=REACH, share=f"{float((raw.abs() > REACH).float().mean()):.0%}")
    return said(text) + grid(figure(svg(LEFT + 480, 222, title, drawn), escape(title)), works)


LESSON = Lesson("tanh", 4, VALUES, show, (Generator.stages, before_and_after), FORMULA, number="4a")
