"""Row 13: the creator must look at the original. The same drawing through a U-Net and through the same network without
the connections, with what was measured on all test pictures, and a picture of the layers."""

from functools import lru_cache
from html import escape

from ganzoo import Model
from ganzoo.data.drawings import facade
from ganzoo.models.pix2pix import UNetGenerator

from ...catalog import local
from ...ui.html import grid, image, note, section
from ...ui.words import Words
from ..compare import metrics
from .controls import seed

MODELS = {"with": "pix2pix-facades-gan-mae", "without": "pix2pix-facades-gan-mae-noskip"}
VALUES = {"drawing": seed(4, "another_drawing")}
METRICS = (("unet_l1", "l1", "{:.3f}"), ("unet_recovery", "label-recovery", "{:.1%}"))


@lru_cache(maxsize=16)
def translations(unet: Model, plain: Model, seed: int) -> dict:
    """A drawing and what each of the two networks makes of it (PIL pictures)."""
    drawing = facade(seed, unet.config.image_size)
    return {"drawing": drawing, "with": unet.translate(drawing), "without": plain.translate(drawing)}


CODE = (UNetGenerator.forward,)


def show(words: Words, seed) -> str:
    seed = local.whole(seed, 0, local.LARGEST_SEED, "bad_drawing")
    pair = {key: local.open_translator(name) for key, name in MODELS.items()}
    made = translations(pair["with"], pair["without"], seed)
    title = words("unet_drawing")
    panels = [section(title, image(made["drawing"], title), note(words("unet_read")), note(words("unet_bars")))]
    for key, opened in pair.items():
        title = words(f"unet_{key}")
        picture = image(made[key], title, smooth=True, form="WEBP", quality=92)
        panels.append(section(title, picture, _numbers(words, opened), layers(words, opened)))
    return grid(*panels, kind="three")


def _numbers(words: Words, opened: Model) -> str:
    """What evaluate.py measured on the test pictures; what it did not measure is left out."""
    rows = ""
    for key, start, form in METRICS:
        value = metrics.value(local.entry(opened.name), start)
        if value is not None:
            rows += f"<dt>{escape(words(key))}</dt><dd>{form.format(value)}</dd>"
    return f"<dl>{rows}</dl>" if rows else note(words("not_measured"))


def sizes(config) -> list[tuple[int, int]]:
    """(side in pixels, features) of the picture and of every layer on the way down, as UNetGenerator builds them."""
    features = [config.in_channels, *(config.width * min(2**i, config.most) for i in range(config.levels))]
    return [(config.image_size >> i, count) for i, count in enumerate(features)]


def layers(words: Words, opened: Model) -> str:
    """The network as a drawing: down on the left, up on the right, the smallest layer between them."""
    config, row = opened.config, 38
    levels = sizes(config)
    bottom = len(levels) - 1
    shapes = []
    for i, (side, count) in enumerate(levels):
        y, width = i * row + 4, _width(side, config)
        if i == bottom:
            shapes.append(_bar(180, y, width, side, count))
            continue
        shapes.append(_bar(80, y, width, side, count))
        shapes.append(_bar(280, y, width, side, count if i else config.out_channels, "creator"))
        if i > 0 and not config.no_skips:
            line = f"M{83 + width / 2:.0f} {y + 13}H{275 - width / 2:.0f}m-6 -4l6 4l-6 4"
            shapes.append(f'<path class="skip" d="{line}"/>')
        line = f"M80 {y + 27}v10M280 {y + 37}v-10"
        if i == bottom - 1:
            reach, deep = _width(levels[bottom][0], config) / 2 + 3, y + row + 13
            line = f"M80 {y + 27}V{deep}H{180 - reach:.0f}M{180 + reach:.0f} {deep}H280V{y + 27}"
        shapes.append(f'<path d="{line}"/>')
    key = "unet_layers_plain_alt" if config.no_skips else "unet_layers_alt"
    alt = escape(words(key, count=config.levels, skips=bottom - 1))
    box = f"0 0 360 {bottom * row + 34}"
    return f'<svg class="gz-svg" viewBox="{box}" role="img" aria-label="{alt}">{"".join(shapes)}</svg>'


def _width(side: int, config) -> float:
    """How wide a layer's bar is: on a true scale the deepest layers would have no width left."""
    return 54 + 80 * (side / config.image_size) ** 0.5


def _bar(x: float, y: float, width: float, side: int, count: int, kind: str = "") -> str:
    return (
        f'<rect class="{kind}" fill-opacity="{0.3 if kind else 1}" x="{x - width / 2:.1f}" y="{y}" width="{width:.1f}" '
        'height="26" rx="3"/>'
        f'<text x="{x}" y="{y + 17.5}" text-anchor="middle">{side}² × {count}</text>'
    )
