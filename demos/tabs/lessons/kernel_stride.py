"""Row 8: a kernel that is no multiple of the stride counts some cells more often than others, and that shows."""

import math
from functools import lru_cache
from html import escape

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from ganzoo.data.drawings import town
from ganzoo.images import to_float, to_pil, whole_tensor

from ...ui.html import figure, grid, image, note, quiet, said, section, svg, tiles, uri
from ...ui.words import Words
from .lesson import Lesson, dial

BAD, GOOD = (4, 3), (4, 2)  # kernel and stride, as in the course
VALUES = {
    "kernel": dial(BAD[0], 1, 7, "kernel", "bad_kernel"),
    "stride": dial(BAD[1], 1, 4, "stride", "bad_stride"),
    "size": dial(10, 5, 14, "cells", "bad_size"),
    "way": dial(60, 0, 100, "stride_way", "bad_way", elem_id="stride_way"),
}
PLAIN, DRAWN = 44, 88  # pixels of the pictures that show the pattern
MOST_NUMBERS = 32  # cells a side that still have room for a number each


def written(size: int, kernel: int, stride: int, windows: int | None = None) -> Tensor:
    """How often a transposed convolution has written each cell of its output after its first `windows` (None: all of
    them): ones, through a kernel of ones."""
    cells, window = torch.zeros(size * size), torch.ones(1, 1, kernel, kernel)
    cells[:windows] = 1
    return F.conv_transpose2d(cells.view(1, 1, size, size), window, stride=stride)[0, 0]


def read(size: int, kernel: int, stride: int, windows: int | None = None) -> Tensor:
    """How often a convolution has read each cell of its input after its first `windows` (None: all of them): the gradient
    of the sum of what they compute."""
    cells = torch.ones(1, 1, size, size, requires_grad=True)
    F.conv2d(cells, torch.ones(1, 1, kernel, kernel), stride=stride).flatten()[:windows].sum().backward()
    return cells.grad[0, 0]


def inner(counts: Tensor, windows: int, kernel: int, stride: int) -> list[int]:
    """The different counts of the cells that have neighbours on all sides; none where every cell is at the border."""
    first, end = max(0, kernel - stride), min(windows * stride, len(counts))
    return counts[first:end, first:end].int().unique().tolist()


def enlarge(picture: Tensor, kernel: int, stride: int) -> Tensor:
    """A picture (1, C, H, W) in 0..1 through one transposed convolution whose weights are all equal, its border cut off."""
    channels = picture.shape[1]
    window = torch.full((channels, 1, kernel, kernel), stride**2 / kernel**2)  # keeps the average brightness
    made = F.conv_transpose2d(picture, window, stride=stride, groups=channels)
    edge = max(0, kernel - stride)
    return made[:, :, edge : made.shape[2] - kernel + 1, edge : made.shape[3] - kernel + 1].clamp(0, 1)


@lru_cache(maxsize=28)
def patterns(kernel: int, stride: int) -> tuple:
    """What a plain grey and a drawing look like once they are enlarged (two PIL pictures)."""
    shown = []
    for side in (PLAIN, DRAWN):
        cells = -(-(side - 1 + max(0, kernel - stride)) // stride) + 1  # so many that the border can be cut off
        drawing = (to_float(whole_tensor(town(5, cells), 3)) + 1) * 0.3  # room for what is counted twice
        given = drawing if side == DRAWN else torch.full((1, 1, cells, cells), 0.4)
        shown.append(to_pil(enlarge(given, kernel, stride)[:, :, :side, :side] * 2 - 1)[0])
    return tuple(shown)


def presets(words: Words) -> dict[str, tuple]:
    return {words("stride_example", kernel=kernel, stride=stride): (kernel, stride) for kernel, stride in (BAD, GOOD)}


def show(words: Words, kernel: int, stride: int, size: int, way: int) -> str:
    made = (size - 1) * stride + kernel
    writing = _panel(words, "up", size, size, kernel, stride, way)
    creating = section(words("stride_up", a=size, b=made), writing, kind="creator")
    if kernel > size:
        line = quiet(words("stride_too_large", kernel=kernel, size=size))
        recognising = section(words("stride_down_none"), line, kind="critic")
    else:
        side = (size - kernel) // stride + 1
        rest = size - kernel - (side - 1) * stride
        more = words("stride_rest", count=rest) if rest else ""
        reading = _panel(words, "down", side, size, kernel, stride, way, more)
        recognising = section(words("stride_down", a=size, b=side), reading, kind="critic")
    return _verdict(words, size, kernel, stride) + grid(creating, recognising) + _pictures(words, kernel, stride)


def _verdict(words: Words, size: int, kernel: int, stride: int) -> str:
    counts = inner(written(size, kernel, stride), size, kernel, stride)
    if not counts:
        return said(words("stride_small"))
    even = "stride_even" if len(counts) == 1 else "stride_uneven"
    key = "stride_holes" if kernel < stride else "stride_no_multiple" if kernel % stride else "stride_multiple"
    text = words(f"{even}_said", counts=words.listing(counts))
    return said(words.together(text, words(key, kernel=kernel, stride=stride)), words(even))


def _panel(words: Words, way: str, side: int, size: int, kernel: int, stride: int, share: int, more: str = "") -> str:
    """The window after `share` per cent of its way up or down: side x side cells that belong to one window each, and how
    often the cells under the windows so far were counted."""
    count, hue = (written, (178, 63, 26)) if way == "up" else (read, (61, 79, 184))
    windows = max(1, math.ceil(side**2 * share / 100))
    row, column = divmod(windows - 1, side)
    done = (torch.arange(side**2) < windows).view(side, side)
    counts, top = count(size, kernel, stride, windows), float(count(size, kernel, stride).max())
    found = zip(*(x.tolist() for x in counts.int().unique(return_counts=True)), strict=True)
    found = [(n, c) for n, c in found if n or windows == side**2]  # the others may still be reached
    times = " · ".join(words("lesson_times", count=n, cells=f"{c:,}") for n, c in found)
    place = {"top": row * stride + 1, "bottom": row * stride + kernel}
    place |= {"left": column * stride + 1, "right": column * stride + kernel}
    text = words(f"stride_{way}_window", number=windows, all=side**2, **place)
    small = heat(done, hue, text, 2, (column, row, 1))
    alt = words(f"stride_{way}_alt", listing=times)
    large = heat(counts, hue, alt, top, (column * stride, row * stride, kernel), numbers=len(counts) <= MOST_NUMBERS)
    return grid(small, large, kind="aside") + note(text, times, more)


def _pictures(words: Words, kernel: int, stride: int) -> str:
    """The pattern that this choice leaves, beside the course's good example (or its bad one, for a good choice)."""
    cells = []
    for example in ((kernel, stride), BAD if kernel % stride == 0 else GOOD):
        name = words("stride_example", kernel=example[0], stride=example[1])
        for picture, key in zip(patterns(*example), ("stride_grey", "stride_house"), strict=True):
            text = f"{name}: {words(key)}"
            cells.append(figure(image(picture, text), f"<b>{escape(name)}</b>{escape(words(key))}"))
    return section(words("stride_pictures"), tiles(cells, 4))


def heat(counts: Tensor, hue: tuple, alt: str, top: float, window: tuple[int, int, int], numbers: bool = False) -> str:
    """A square of counts: the nearer to `top`, the stronger the colour; with `numbers`, one in each cell that
    was counted. `window`: the column, the row and the side of the cells that are outlined."""
    side = len(counts)
    colours = Image.new("RGB", (side, side), hue)
    colours.putalpha(Image.fromarray((counts / max(1.0, top) * 150).round().byte().numpy()))
    lines = "".join(f"M{i * 20} 0V{side * 20}M0 {i * 20}H{side * 20}" for i in range(side + 1))
    drawn = f'<image class="gz-px" href="{uri(colours)}" width="{side * 20}" height="{side * 20}"/>'
    drawn += f'<path class="grid" d="{lines}"/><g font-size="{9 if side <= 16 else 12}" text-anchor="middle">'
    for y, row in enumerate(counts.int().tolist() if numbers else []):
        drawn += "".join(f'<text x="{x * 20 + 10}" y="{y * 20 + 14}">{n}</text>' for x, n in enumerate(row) if n)
    x, y, wide = (cells * 20 for cells in window)
    drawn += f'</g><path d="M{x} {y}h{wide}v{wide}h-{wide}z" stroke-width="3"/>'
    return svg(side * 20, side * 20, alt, drawn)


LESSON = Lesson("stride", 8, VALUES, show, (written, read, enlarge), presets=presets)
