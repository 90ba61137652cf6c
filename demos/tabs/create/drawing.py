"""A hand-drawn picture: a digit made to look like MNIST's (a box of 20 pixels, centred by mass in 28), a garment like
Fashion-MNIST's (as large as 28 pixels allow), then judged."""

from html import escape

import torch
from PIL import Image

from ganzoo.evaluation.realness import PASS, realness
from ganzoo.images import from_pil, open_picture, to_float

from ...catalog import local
from ...ui import pictures
from ...ui.html import bar, figure, grid, image, note, prose
from ...ui.words import Trouble, Words

SIDE, BOX, FIELD = 280, 20, 28


def example(data: str) -> Image.Image:
    """A digit, or a garment, as a visitor might have drawn it: something to judge before anybody draws."""
    return open_picture(local.DATA / "drawn" / ("fashion.png" if data == "fashion" else "mnist.png"))


def read(drawing) -> Image.Image:
    """What the canvas sent, or a picture -> a grey picture. Anything else is refused in words."""
    try:
        drawing = drawing if isinstance(drawing, Image.Image) else pictures.opened(drawing)
    except Trouble:
        raise Trouble("no_drawing") from None
    if max(drawing.size) > 1024:
        raise Trouble("big_drawing")
    return drawing.convert("L")


def as_trained(picture: Image.Image, data: str) -> Image.Image:
    """A grey drawing -> 28 x 28 as the sets have it. MNIST: the ink scaled into a box of 20 pixels, its centre of mass in the
    middle. Fashion-MNIST: the ink as large as the picture, in the middle."""
    picture = picture.point(lambda v: 0 if v < 24 else v)
    box = picture.getbbox()
    if box is None:
        raise Trouble("empty_drawing")
    ink = picture.crop(box)
    scale = (BOX if data == "mnist" else FIELD) / max(ink.size)
    ink = ink.resize([max(1, round(side * scale)) for side in ink.size], Image.Resampling.LANCZOS)
    place = [(FIELD - side) // 2 for side in ink.size]
    if data == "mnist":
        values = torch.frombuffer(bytearray(ink.tobytes()), dtype=torch.uint8).view(ink.height, ink.width).double()
        mass = values.sum().clamp(min=1e-9)
        x = float((values.sum(0) * torch.arange(ink.width)).sum() / mass)
        y = float((values.sum(1) * torch.arange(ink.height)).sum() / mass)
        place = [round((FIELD - 1) / 2 - centre) for centre in (x, y)]
    field = Image.new("L", (FIELD, FIELD))
    field.paste(ink, (min(max(place[0], 0), FIELD - ink.width), min(max(place[1], 0), FIELD - ink.height)))
    return field


def opinion(data: str, drawing) -> tuple[Image.Image, float]:
    """The picture as the critic of a set sees it, and the share of real pictures that look less real to it."""
    seen = as_trained(read(drawing), data)
    return seen, realness(data)(to_float(from_pil([seen], FIELD, 1)))[0]


def judge(words: Words, data: str, drawing) -> str:
    if data not in local.SETS:
        raise Trouble("no_realness")
    seen, share = opinion(data, drawing)
    verdict = words("drawing_believes" if share >= PASS else "drawing_doubts")
    shown = f'<output class="gz-verdict">{share:.0%}</output>{bar(share, kind="critic")}'
    view = figure(image(seen, words("drawing_seen_alt")), escape(words("drawing_seen")))
    meaning = words("real_than_fashion" if data == "fashion" else "real_than_mnist", share=f"{share:.0%}")
    return grid(view, f"<div>{shown}{prose(meaning, verdict)}{note(words('drawing_critic'))}</div>", kind="aside")
