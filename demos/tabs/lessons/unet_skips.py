"""Row 13: the creator must look at the original. The same drawing through a U-Net and through the same network without
the connections, with what was measured on all test pictures, and a picture of the layers."""

from functools import lru_cache

from PIL import Image

from ganzoo.data.drawings import FACADE, facade
from ganzoo.inference import Model
from ganzoo.models.pix2pix import UNetGenerator

from ...catalog import local
from ...ui.html import grid, note, section, svg
from ...ui.words import Words
from ..compare import metrics
from .lesson import Lesson, seed

MODELS = {"with": "pix2pix-facades-gan-mae", "without": "pix2pix-facades-gan-mae-noskip"}
VALUES = {"drawing": seed(4, "another_drawing", "bad_drawing")}


@lru_cache(maxsize=32)
def translated(model: Model, seed: int) -> tuple[Image.Image, Image.Image]:
    """A drawing and what the network makes of it."""
    drawing = facade(seed, model.config.image_size)
    return drawing, model.translate(drawing)


def pictures(words: Words, seed: int) -> list:
    works = {key: translated(local.open_model(name, local.TRANSLATORS), seed) for key, name in MODELS.items()}
    drawing = works["with"][0]
    return [(drawing, words("unet_drawing")), *((work, words(f"unet_{key}")) for key, (_, work) in works.items())]


def show(words: Words, seed: int) -> str:
    """What was measured on the test pictures, and the layers."""
    panels = []
    for key, name in MODELS.items():
        entry = local.entry(name)
        real = f"{metrics.value(entry, metrics.REAL):.1%}"
        measured = "".join(
            f"<dt>{words(label, real=real)}</dt><dd>{form.format(metrics.value(entry, start))}</dd>"
            for label, start, form in (("unet_l1", "l1", "{:.3f}"), ("unet_recovery", metrics.LABELS, "{:.1%}"))
        )
        panels.append(section(words(f"unet_{key}"), f"<dl>{measured}</dl>", layers(words, entry.config)))
    drawn = {colour for _, colour in facade(seed, entry.config.image_size).getcolors()}
    parts = [words(f"cmp_label_{part}") for part, colour in FACADE.items() if colour in drawn and part != "background"]
    read = words("unet_read", parts=words.listing(parts, "and"))
    return grid(section("", note(read), note(words("unet_bars"))), *panels, kind="three")


def sizes(config) -> list[tuple[int, int]]:
    """(side in pixels, features) of the picture and of every layer on the way down, as UNetGenerator builds them."""
    features = [config.in_channels, *(config.width * min(2**i, config.most) for i in range(config.levels))]
    return [(config.image_size >> i, count) for i, count in enumerate(features)]


def layers(words: Words, config) -> str:
    """The network as a drawing: down on the left, up on the right, the smallest layer between them."""
    *levels, (side, count) = sizes(config)
    row, bottom = 38, len(levels)

    def width(side: int) -> float:  # on a true scale the deepest layers would have no width left
        return 54 + 80 * (side / config.image_size) ** 0.5

    def box(x: int, y: int, side: int, count: int, kind: str = "") -> str:
        return (
            f'<rect class="{kind}" fill-opacity="{0.3 if kind else 1}" x="{x - width(side) / 2:.1f}" y="{y}" '
            f'width="{width(side):.1f}" height="26" rx="3"/>'
            f'<text x="{x}" y="{y + 17.5}" text-anchor="middle">{side}² × {count}</text>'
        )

    deep, reach = bottom * row + 17, width(side) / 2 + 3
    drawn = box(180, bottom * row + 4, side, count)
    drawn += f'<path d="M80 {deep - 24}V{deep}H{180 - reach:.0f}M{180 + reach:.0f} {deep}H280V{deep - 24}"/>'
    for i, (side, count) in enumerate(levels):
        y = i * row + 4
        drawn += box(80, y, side, count) + box(280, y, side, count if i else config.out_channels, "creator")
        if i > 0 and not config.no_skips:
            start, end = 83 + width(side) / 2, 275 - width(side) / 2
            drawn += f'<path class="skip" d="M{start:.0f} {y + 13}H{end:.0f}m-6 -4l6 4l-6 4"/>'
        if i < bottom - 1:
            drawn += f'<path d="M80 {y + 27}v10M280 {y + 37}v-10"/>'
    key = "unet_layers_plain_alt" if config.no_skips else "unet_layers_alt"
    return svg(360, bottom * row + 34, words(key, count=config.levels, skips=bottom - 1), drawn)


LESSON = Lesson("unet", 13, VALUES, show, (UNetGenerator.forward,), pictures=pictures, columns=3)
