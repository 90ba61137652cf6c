"""A hand-drawn picture: made to look like MNIST's (a box of 20 pixels, centred by mass in 28), then judged."""

import base64
import binascii
from html import escape

import torch
from PIL import Image, ImageDraw

from ganzoo import Model
from ganzoo.images import open_picture

from ...ui.html import bar, figure, image
from ...ui.pictures import smooth
from ...ui.words import Trouble, Words
from .render import COUNT, critique, labels_for

PREFIX = "data:image/png;base64,"
LARGEST = 400_000  # characters of a drawing; a canvas of 280 x 280 needs a tenth of it
SIDE, BOX, FIELD = 280, 20, 28
EXAMPLE = (  # a 3, so that there is something to judge before anybody draws: points in a unit square
    *((0.30, 0.26), (0.40, 0.17), (0.54, 0.16), (0.65, 0.26), (0.61, 0.40), (0.46, 0.47)),
    *((0.46, 0.47), (0.62, 0.54), (0.69, 0.67), (0.60, 0.81), (0.45, 0.84), (0.30, 0.76)),
)


def example() -> Image.Image:
    """A digit as a visitor might have drawn it."""
    sheet = Image.new("L", (SIDE * 2, SIDE * 2))
    draw = ImageDraw.Draw(sheet)
    for x, y in smooth(EXAMPLE):
        x, y, pen = 2 * SIDE * x, 2 * SIDE * y, 23
        draw.ellipse((x - pen, y - pen, x + pen, y + pen), fill=255)
    return sheet.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def read(drawing) -> Image.Image:
    """What the canvas sent, or a picture -> a grey picture. Anything else is refused in words."""
    if isinstance(drawing, Image.Image):
        if max(drawing.size) > 1024:
            raise Trouble("big_drawing")
        return drawing.convert("L")
    if not isinstance(drawing, str) or not drawing.startswith(PREFIX):
        raise Trouble("no_drawing")
    if len(drawing) > LARGEST:
        raise Trouble("big_drawing")
    try:
        raw = base64.b64decode(drawing[len(PREFIX) :], validate=True)
    except (binascii.Error, ValueError):
        raise Trouble("no_drawing") from None
    picture = open_picture(raw)
    if max(picture.size) > 1024:
        raise Trouble("big_drawing")
    return picture.convert("L")


def as_mnist(picture: Image.Image) -> Image.Image:
    """MNIST's own convention: the ink scaled into a box of 20 pixels, its centre of mass in the middle of 28."""
    picture = picture.point(lambda v: 0 if v < 24 else v)
    box = picture.getbbox()
    if box is None:
        raise Trouble("empty_drawing")
    ink = picture.crop(box)
    scale = BOX / max(ink.size)
    ink = ink.resize([max(1, round(side * scale)) for side in ink.size], Image.Resampling.LANCZOS)
    values = torch.frombuffer(bytearray(ink.tobytes()), dtype=torch.uint8).view(ink.height, ink.width).double()
    mass = values.sum().clamp(min=1e-9)
    x = float((values.sum(0) * torch.arange(ink.width)).sum() / mass)
    y = float((values.sum(1) * torch.arange(ink.height)).sum() / mass)
    place = [round((FIELD - 1) / 2 - centre) for centre in (x, y)]
    field = Image.new("L", (FIELD, FIELD))
    field.paste(ink, (min(max(place[0], 0), FIELD - ink.width), min(max(place[1], 0), FIELD - ink.height)))
    return field


def opinions(model: Model, drawing) -> tuple[Image.Image, list[float]]:
    """The picture as the critic sees it, and its opinion: one number, or one for every label."""
    seen = as_mnist(read(drawing))
    if not model.config.needs_labels:
        return seen, [model.critique(seen)]
    labels = list(range(min(10, len(model.classes))))
    return seen, model.critique([seen] * len(labels), labels)


def judge(words: Words, model: Model, drawing) -> str:
    seen, scores = opinions(model, drawing)
    labels = labels_for(model, COUNT)
    own = critique(model, model.tensor(model.noise(COUNT, 7), labels), labels)
    compare = f'<p class="gz-note">{escape(words("hand_compare", score=f"{sum(own) / len(own):.2f}"))}</p>'
    if len(scores) == 1:
        shown = f'<output class="gz-verdict">{scores[0]:.2f}</output>{bar(scores[0], kind="critic")}'
        said = words("hand_believes" if scores[0] >= 0.5 else "hand_doubts")
    else:
        best = max(range(len(scores)), key=scores.__getitem__)
        rows = "".join(
            bar(s, words.label(model.classes[k]), f"{s:.2f}", "critic best" if k == best else "critic")
            for k, s in enumerate(scores)
        )
        kind = " digits" if all(len(c) < 3 for c in model.classes) else ""
        shown = f'<div class="gz-bars{kind}">{rows}</div>'
        said = words("hand_best", label=words.label(model.classes[best]), score=f"{scores[best]:.2f}")
    view = figure(image(seen, words("hand_seen_alt")), escape(words("hand_seen")))
    return f'<div class="gz-judged">{view}<div>{shown}<p class="gz-prose">{escape(said)}</p>{compare}</div></div>'
