"""What several lessons draw: cells as pictures, counts as a line."""

from html import escape

import torch
from PIL import Image
from torch import Tensor

from ...ui.html import uri
from ...ui.words import Words

HUES = {"creator": (178, 63, 26), "critic": (61, 79, 184)}
MOST_NUMBERS = 32  # cells a side that still have room for a number each


def heat(counts: Tensor, hue: str, alt: str, top: float, window: tuple[int, int, int], numbered: bool = True) -> str:
    """A square of counts: the nearer to `top`, the stronger the colour; the number in each cell where there is room.
    `window`: the column, the row and the side of the cells that are outlined."""
    side, top = len(counts), max(1.0, float(top))
    pixels = torch.empty(side, side, 4, dtype=torch.uint8)
    pixels[..., :3] = torch.tensor(HUES[hue], dtype=torch.uint8)
    pixels[..., 3] = (counts / top * 150).round().to(torch.uint8)
    lines = "".join(f"M{i * 20} 0V{side * 20}M0 {i * 20}H{side * 20}" for i in range(side + 1))
    numbers = ""
    if numbered and side <= MOST_NUMBERS:
        numbers = "".join(
            f'<text x="{x * 20 + 10}" y="{y * 20 + 14}">{n}</text>'
            for y, row in enumerate(counts.int().tolist())
            for x, n in enumerate(row)
        )
    x, y, wide = (cells * 20 for cells in window)
    whole = f'width="{side * 20}" height="{side * 20}"'
    return (
        f'<svg class="gz-svg" viewBox="0 0 {side * 20} {side * 20}" role="img" aria-label="{escape(alt)}">'
        f'<image class="gz-px" href="{uri(Image.fromarray(pixels.numpy(), "RGBA"))}" {whole}/>'
        f'<path class="grid" d="{lines}"/><g font-size="{9 if side <= 16 else 12}" text-anchor="middle">{numbers}</g>'
        f'<path d="M{x} {y}h{wide}v{wide}h-{wide}z" stroke-width="3"/></svg>'
    )


def tally(words: Words, counts: Tensor) -> str:
    """How many cells have which count, as one line."""
    values, cells = counts.int().unique(return_counts=True)
    parts = [
        words("lesson_times", count=n, cells=f"{c:,}") for n, c in zip(values.tolist(), cells.tolist(), strict=True)
    ]
    return " · ".join(parts)


def markdown(head: list[str], rows: list[list]) -> str:
    """A Markdown table; the first column is words, the others are numbers."""
    lines = [head, [":---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
