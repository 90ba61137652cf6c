"""Row 15: how much of the picture one score of the critic sees: by the formula, and by the gradient of that score."""

import math
from functools import lru_cache
from html import escape

import gradio as gr
import torch
from torch import Tensor, nn

from ganzoo import receptive_field
from ganzoo.data.drawings import facade
from ganzoo.images import to_float, to_pil, whole_tensor

from ...catalog import local
from ...ui.html import figure, grid, image, said, svg, table, tiles, uri
from ...ui.words import Trouble, Words
from .lesson import Lesson, Value, dial

SIDE = 256  # pixels of the drawing
MOST_LAYERS = 6
COURSE = ("2", "22", "222", "2222", "22222")  # the strides of a critic, layer by layer
PAPER = "22211"
FORMULA = r"r_{n+1} = 4 + (r_n - 1) \times 2"
DRAWING = facade(11, SIDE)


def scores(strides) -> int:
    """How many scores a side a picture of SIDE pixels gets (kernel 4, one cell of padding all around)."""
    side = SIDE
    for stride in strides:
        side = (side + 2 - 4) // stride + 1
    return side


def patch(strides, row: int, column: int) -> tuple[int, int, int]:
    """Where the patch of a score begins and how long its side is: (top, left, side). It may begin outside the picture."""
    start, jump = 0, 1
    for stride in strides:
        start, jump = start - jump, jump * stride  # every layer's padding lies one of its own cells further out
    return start + row * jump, start + column * jump, receptive_field(strides)


def inside(strides, row: int, column: int) -> tuple[int, int, int, int]:
    """The part of the patch that lies in the picture: (top, left, bottom, right)."""
    top, left, side = patch(strides, row, column)
    return max(0, top), max(0, left), min(SIDE, top + side), min(SIDE, left + side)


def critic(strides) -> nn.Sequential:
    """A critic with these strides, kernel 4 and random weights: what it sees depends on its shape alone."""
    layers = []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        for i, stride in enumerate(strides):
            last = i == len(strides) - 1
            layers += [nn.Conv2d(4 if i else 3, 1 if last else 4, 4, stride, 1), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers[:-1])


@lru_cache(maxsize=16)
def felt(strides, row: int, column: int) -> Tensor:
    """How strongly that one score feels each pixel: the gradient of the score with respect to the picture (SIDE, SIDE)."""
    picture = to_float(whole_tensor(DRAWING, 3)).requires_grad_()
    critic(strides)(picture)[0, 0, row, column].backward()
    return picture.grad[0].abs().sum(0)


def edges(field: Tensor) -> tuple[int, int, int, int]:
    """The smallest box around all that is not exactly zero: (top, left, bottom, right)."""
    rows, columns = (field.amax(d).nonzero().flatten().tolist() for d in (1, 0))
    return rows[0], columns[0], rows[-1] + 1, columns[-1] + 1


def layers(words: Words) -> gr.Dropdown:
    ready = [(words("field_layers", count=len(digits)), digits) for digits in COURSE]
    ready.append((words("field_paper"), PAPER))
    label = words("field_strides")
    return gr.Dropdown(ready, value=COURSE[-1], label=label, allow_custom_value=True, elem_id="field-strides")


def checked(digits) -> str:
    if not isinstance(digits, str) or not 1 <= len(digits) <= MOST_LAYERS or not set(digits) <= {"1", "2"}:
        raise Trouble("bad_strides", high=MOST_LAYERS)
    return digits


LAST = scores((1,))  # of the largest map of scores that there is
VALUES = {
    "strides": Value(COURSE[-1], layers, checked),
    "row": dial(5, 1, LAST, "field_row", "bad_score"),
    "column": dial(5, 1, LAST, "field_column", "bad_score"),
}


def fitted(digits: str, row: int, column: int) -> list:
    """Row and column end where the map of these layers does."""
    last = scores(map(int, digits))
    ends = (gr.update(maximum=last) if n <= last else gr.update(maximum=last, value=last) for n in (row, column))
    return [gr.skip(), *ends]


def pointed(at: dict, digits, row, column) -> tuple:
    """The score that lies where the drawing or the map of scores was pressed; x and y are shares of its side."""
    strides = tuple(map(int, checked(digits)))
    count, (start, _, side) = scores(strides), patch(strides, 0, 0)
    shares = [local.number(at.get(key), -1, 2, "bad_score") for key in "yx"]
    if at.get("on") == "map":
        cells = [math.floor(share * count) for share in shares]
    else:
        cells = [round((share * SIDE - start - side / 2) / math.prod(strides)) for share in shares]
    return digits, *(min(max(cell, 0), count - 1) + 1 for cell in cells)


def show(words: Words, digits: str, row: int, column: int) -> str:
    """The drawing with its patch, the map of scores, the course's table, and what one score sees. Rows and columns count from
    1; a score beyond the map is its last one."""
    strides = tuple(map(int, digits))
    count = scores(strides)
    row, column = min(row, count) - 1, min(column, count) - 1
    top, left, side = patch(strides, row, column)
    drawing = (
        f'<image href="{uri(DRAWING)}" width="{SIDE}" height="{SIDE}"/>'
        f'<rect x="{left}" y="{top}" width="{side}" height="{side}" fill="#fff" fill-opacity="0.3" stroke="#fff" '
        'stroke-width="2" filter="drop-shadow(0 0 1px #000)"/>'
    )
    lines = "".join(f"M{i} 0V{count}M0 {i}H{count}" for i in range(count + 1)) if count <= 64 else ""
    scored = (
        f'<rect width="{count}" height="{count}"/><path class="grid" vector-effect="non-scaling-stroke" d="{lines}"/>'
        f'<rect class="critic" x="{column}" y="{row}" width="1" height="1"/>'
    )
    title = words("field_map", count=count)
    return grid(
        figure(svg(SIDE, SIDE, words("field_drawing_alt"), drawing, point="picture"), escape(words("field_drawing"))),
        figure(svg(count, count, title, scored, point="map"), escape(title)),
        _table(words, strides),
        kind="three",
    ) + _seen(words, strides, row, column)


def _table(words: Words, strides: tuple) -> str:
    rows = []
    for n in range(1, len(strides) + 1):
        part = strides[:n]
        how = f"4 + ({receptive_field(part[1:])} − 1) × {part[0]}" if n > 1 else ""
        unbroken = [cell.replace(" ", "&nbsp;") for cell in (how, f"{scores(part)} × {scores(part)}")]
        rows.append([str(n), f"<b>{receptive_field(part)}</b>", *unbroken])
    head = ("field_col_layers", "field_col_sees", "field_col_how", "field_col_map")
    return table([words(key) for key in head], rows)


def _seen(words: Words, strides: tuple, row: int, column: int) -> str:
    """What one score sees, cut out; what it feels, measured; and whether the two agree."""
    (top, left, side), box = patch(strides, row, column), inside(strides, row, column)
    field = felt(strides, row, column)
    found = edges(field)
    tall, wide = found[2] - found[0], found[3] - found[1]
    share = 1 - (box[2] - box[0]) * (box[3] - box[1]) / side**2
    agreed = words("field_agree" if found == box else "field_differ", tall=tall, wide=wide, left=found[1], top=found[0])
    padded = words("field_padding", share=f"{share:.0%}") if share else ""
    text = words.together(words("field_said", row=row + 1, column=column + 1, side=side), agreed, padded)
    glow = (field / field.max().clamp(min=1e-30)).sqrt()  # a root brings out what is weak
    cells = []
    for picture, key in ((DRAWING, "field_cut"), (to_pil(glow[None, None] * 2 - 1)[0], "field_felt")):
        cut = picture.convert("RGBA").crop((left, top, left + side, top + side))  # what lies outside stays clear
        cells.append(figure(image(cut, words(f"{key}_alt", side=side)), escape(words(key)), "gz-cut"))
    return said(text) + tiles(cells, 4)


CODE = (receptive_field, patch, critic, felt)
LESSON = Lesson("field", 15, VALUES, show, CODE, FORMULA, pointed=pointed, fitted=fitted)
