"""Row 7: a creator of dense layers beside one of convolutions, from the same inspirations, with their lone dots counted; and
how convolutions trade size for features."""

from functools import cache, lru_cache

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from ganzoo.images import to_float, to_pil
from ganzoo.models import dcgan

from ...catalog import local
from ...ui.html import bar, grid, said, section, sheet
from ...ui.words import Trouble, Words
from .controls import choice, seed

MODELS = {"gan": "mlp", "dcgan": "convolutions"}
VALUES = {"pictures": choice("mnist", "mlp_set", local.SETS, prefix="data"), "idea": seed(7)}
SHOWN, COUNTED = 36, 400
BRIGHT = -0.5  # a quarter of white
RED = (255, 70, 50)


def lone_dots(pictures: Tensor) -> Tensor:
    """Where a pixel is bright and none of its eight neighbours is: pictures (N, 1, H, W) in [-1, 1] -> bool (N, H, W)."""
    bright = (pictures > BRIGHT).float()
    around = F.conv2d(bright, torch.ones(1, 1, 3, 3), padding=1) - bright
    return ((bright == 1) & (around == 0))[:, 0]


@lru_cache(maxsize=8)
@torch.no_grad()
def made(lesson: str, data: str, seed: int) -> Tensor:
    """COUNTED pictures of a bundled creator, or real ones."""
    if lesson == "real":
        return to_float(local.samples(data).train[:COUNTED])
    model = local.open_model(local.name_of(lesson, data))
    return model.tensor(model.noise(COUNTED, seed))


CODE = (lone_dots, dcgan.Generator.stages, dcgan.Discriminator.stages)


def show(words: Words, data, seed) -> str:
    seed = local.seed_of(seed)
    if not isinstance(data, str) or data not in local.SETS:
        raise Trouble("bad_set")
    dots = {key: float(lone_dots(made(key, data, seed)).sum()) * 100 / COUNTED for key in (*MODELS, "real")}
    top = max(*dots.values(), 1e-9)
    titles = {**MODELS, "real": "mlp_real"}
    bars = "".join(
        bar(v / top, words(titles[k]), f"{v:.0f}", "real" if k == "real" else "creator") for k, v in dots.items()
    )
    agrees = dots["gan"] > dots["dcgan"] >= dots["real"]
    verdict = words("mlp_agrees" if agrees else "mlp_not", gan=f"{dots['gan']:.0f}", dcgan=f"{dots['dcgan']:.0f}")
    panels = (_panel(words(name), made(lesson, data, seed)[:SHOWN]) for lesson, name in MODELS.items())
    counted = section(words("mlp_dots", count=COUNTED), f'<div class="gz-bars wide">{bars}</div>')
    return said(verdict) + grid(*panels) + counted


def _panel(name: str, pictures: Tensor) -> str:
    marked = [picture.convert("RGB") for picture in to_pil(pictures)]
    for picture, dots in zip(marked, lone_dots(pictures), strict=True):
        picture.paste(RED, mask=Image.fromarray(dots.byte().numpy() * 255))
    return section(name, sheet(marked, name, 9))


@cache
def shapes() -> dict[str, list[tuple]]:
    """(height, width, features) after every layer: the critic's, the creator's, and the course's example of a step up."""

    def sizes(stages: list[Tensor]) -> list[tuple]:
        return [(*x.shape[2:], x.shape[1]) for x in stages if x.ndim == 4]

    # On torch's "meta" device nothing would be computed, but its normal_() imports the compiler: 1.6 s before the page is there.
    down = dcgan.Discriminator().stages(torch.zeros(1, 1, 28, 28))
    up = dcgan.Generator().stages(torch.zeros(2, 100))
    steps = [torch.zeros(1, 32, 14, 14)]
    steps.append(nn.Upsample(scale_factor=2)(steps[-1]))
    steps.append(nn.Conv2d(32, 16, 3, padding=1)(steps[-1]))
    return {"down": sizes(down), "up": sizes(up), "example": sizes(steps)}


def numbers(words: Words) -> tuple[list, list]:
    rows = [
        [words(f"shapes_{key}"), " → ".join(" × ".join(map(str, size)) for size in found)]
        for key, found in shapes().items()
    ]
    return [words("shapes_network"), words("shapes_sizes")], rows
