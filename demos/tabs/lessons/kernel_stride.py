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

from ...catalog import local
from ...ui.html import figure, grid, image, note, quiet, said, section, tiles, uri
from ...ui.words import Words
from .controls import dial

KERNEL, STRIDE, SIZE, WAY = (1, 7), (1, 4), (5, 14), (0, 100)  # the ranges of the sliders
BAD, GOOD = (4, 3), (4, 2)  # kernel and stride, as in the course
VALUES = {
    "kernel": dial(BAD[0], *KERNEL, "kernel"),
    "stride": dial(BAD[1], *STRIDE, "stride"),
    "size": dial(10, *SIZE, "cells"),
    "way": dial(60, *WAY, "stride_way", elem_id="stride_way"),
}
PLAIN, DRAWN = 44, 88  # pixels of the pictures that show the pattern


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


CODE = (written, read, enlarge)
SAID = {  # their colour, and the words for one window and for the whole picture
    written: ("creator", "stride_up_window", "stride_up_alt"),
    read: ("critic", "stride_down_window", "stride_down_alt"),
}


HUES = {"creator": (178, 63, 26), "critic": (61, 79, 184)}
MOST_NUMBERS = 32  # cells a side that still have room for a number each


def presets(words: Words) -> dict[str, tuple]:
    return {words("stride_example", kernel=kernel, stride=stride): (kernel, stride) for kernel, stride in (BAD, GOOD)}


def show(words: Words, kernel, stride, size, way) -> str:
    kernel = local.whole(kernel, *KERNEL, "bad_kernel")
    stride = local.whole(stride, *STRIDE, "bad_stride")
    size = local.whole(size, *SIZE, "bad_size")
    way = local.whole(way, *WAY, "bad_way")
    up = written(size, kernel, stride)
    panel = _panel(words, written, size, kernel, stride, way, size)
    writing = section(words("stride_up", a=size, b=len(up)), panel, kind="creator")
    both = grid(writing, _reading(words, size, kernel, stride, way))
    return _verdict(words, up, size, kernel, stride) + both + _pictures(words, kernel, stride)


def _verdict(words: Words, up: Tensor, size: int, kernel: int, stride: int) -> str:
    counts = inner(up, size, kernel, stride)
    if not counts:
        return said(words("stride_small"))
    even = len(counts) == 1
    name = words("stride_even" if even else "stride_uneven")
    text = words("stride_even_said" if even else "stride_uneven_said", counts=words.listing(counts))
    key = "stride_holes" if kernel < stride else "stride_multiple" if kernel % stride == 0 else "stride_no_multiple"
    return said(words.together(text, words(key, kernel=kernel, stride=stride)), name)


def _panel(words: Words, count, size: int, kernel: int, stride: int, way: int, side: int, more: str = "") -> str:
    """The counts of `count` (written or read) so far with the window outlined, and the side x side cells of the other
    picture: each belongs to one window."""
    windows = max(1, math.ceil(side**2 * way / 100))
    row, column = divmod(windows - 1, side)
    whole, counts = count(size, kernel, stride), count(size, kernel, stride, windows)
    done = (torch.arange(side**2) < windows).float().view(side, side)
    hue, window, alt = SAID[count]
    top, left = row * stride + 1, column * stride + 1
    place = {"top": top, "bottom": top + kernel - 1, "left": left, "right": left + kernel - 1}
    text = words(window, number=windows, all=side**2, **place)
    told = tally(words, counts)
    large = heat(counts, hue, words(alt, listing=told), whole.max(), (left - 1, top - 1, kernel))
    small = heat(done, hue, text, 2, (column, row, 1), numbered=False)
    return grid(small, large, kind="aside") + note(text, told, more)


def _reading(words: Words, size: int, kernel: int, stride: int, way: int) -> str:
    if kernel > size:
        line = quiet(words("stride_too_large", kernel=kernel, size=size))
        return section(words("stride_down_none"), line, kind="critic")
    down, side = read(size, kernel, stride), (size - kernel) // stride + 1
    rest = int((down[:, -1:] == 0).all() and (down.sum(0) == 0).flip(0).int().cumprod(0).sum())
    more = words("stride_rest", count=rest) if rest else ""
    panel = _panel(words, read, size, kernel, stride, way, side, more)
    return section(words("stride_down", a=size, b=side), panel, kind="critic")


def _pictures(words: Words, kernel: int, stride: int) -> str:
    """The pattern that this choice leaves, beside the course's good example (or its bad one, for a good choice)."""
    cells = []
    for example in ((kernel, stride), BAD if kernel % stride == 0 else GOOD):
        name = words("stride_example", kernel=example[0], stride=example[1])
        for picture, key in zip(patterns(*example), ("stride_grey", "stride_house"), strict=True):
            text = f"{name}: {words(key)}"
            cells.append(figure(image(picture, text), f"<b>{escape(name)}</b>{escape(words(key))}"))
    return section(words("stride_pictures"), tiles(cells, 4))


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
    pairs = zip(values.tolist(), cells.tolist(), strict=True)
    return " · ".join(words("lesson_times", count=n, cells=f"{c:,}") for n, c in pairs)
