"""Row 7: a creator of dense layers beside one of convolutions, from the same inspirations, with their lone dots counted; and
how convolutions trade size for features."""

from functools import cache, lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganzoo import images
from ganzoo.images import to_float
from ganzoo.models import dcgan

from ...catalog import local
from ...ui.html import bar, bars, said, section
from ...ui.words import Words
from .lesson import Lesson, choice, seed

TITLES = {"gan": "mlp", "dcgan": "convolutions", "real": "mlp_real"}
VALUES = {"pictures": choice("mnist", "mlp_set", local.SETS, "bad_set", "data"), "idea": seed(7)}
SHOWN, COUNTED = 36, 400
BRIGHT = -0.5  # a quarter of white
RED = torch.tensor((1.0, -0.45, -0.6)).view(3, 1, 1)


def lone_dots(pictures: Tensor) -> Tensor:
    """Where a pixel is bright and none of its eight neighbours is: pictures (N, 1, H, W) in [-1, 1] -> bool (N, H, W)."""
    bright = (pictures > BRIGHT).float()
    around = F.conv2d(bright, torch.ones(1, 1, 3, 3), padding=1) - bright
    return ((bright == 1) & (around == 0))[:, 0]


@lru_cache(maxsize=8)
def made(lesson: str, data: str, seed: int) -> Tensor:
    """COUNTED pictures of a bundled creator, or real ones."""
    if lesson == "real":
        return to_float(local.samples(data).train[:COUNTED])
    model = local.open_model(f"{lesson}-{data}")
    return model.tensor(model.noise(COUNTED, seed))


def show(words: Words, data: str, seed: int) -> str:
    dots = {key: float(lone_dots(made(key, data, seed)).sum()) * 100 / COUNTED for key in TITLES}
    agrees = dots["gan"] > dots["dcgan"] >= dots["real"]
    verdict = words("mlp_agrees" if agrees else "mlp_not", gan=f"{dots['gan']:.0f}", dcgan=f"{dots['dcgan']:.0f}")
    top = max(*dots.values(), 1e-9)
    rows = [bar(v / top, words(TITLES[k]), f"{v:.0f}", "real" if k == "real" else "creator") for k, v in dots.items()]
    return said(verdict) + section(words("mlp_dots", count=COUNTED), bars(rows, "wide"))


def pictures(words: Words, data: str, seed: int) -> list:
    """Some of each creator's and some real ones, their lone dots in red rings, which can be seen from afar."""
    shown = {key: made(key, data, seed)[:SHOWN] for key in TITLES}
    marked = {key: torch.where(_rings(lone_dots(some)), RED, some) for key, some in shown.items()}
    return [(images.grid(some, 6, 4), words(TITLES[key])) for key, some in marked.items()]


def _rings(dots: Tensor) -> Tensor:
    """The eight pixels around each dot: bool (N, H, W) -> bool (N, 1, H, W)."""
    around = F.max_pool2d(dots[:, None].float(), 3, 1, 1) > 0
    return around & ~dots[:, None]


@cache
@torch.no_grad()
def shapes() -> dict[str, str]:
    """Height × width × features after every layer: of the bundled DCGAN's critic and creator, and of the course's example of
    a step up."""
    nets = dcgan.build(local.entry("dcgan-mnist").config)
    given = torch.zeros(1, 32, 14, 14)
    doubled = nn.Upsample(scale_factor=2)(given)
    # On torch's "meta" device nothing would be computed, but its normal_() imports the compiler: 1.6 s before the page is there.
    networks = {
        "down": nets["discriminator"].stages(torch.zeros(1, 1, 28, 28)),
        "up": nets["generator"].stages(torch.zeros(2, 100)),
        "example": [given, doubled, nn.Conv2d(32, 16, 3, padding=1)(doubled)],
    }
    sizes = {key: [(*x.shape[2:], x.shape[1]) for x in stages if x.ndim == 4] for key, stages in networks.items()}
    nbsp = "\u00a0×\u00a0"  # a line ends at an arrow
    return {key: " → ".join(nbsp.join(map(str, size)) for size in found) for key, found in sizes.items()}


def numbers(words: Words) -> list[list]:
    head = [words("shapes_network"), words("shapes_sizes")]
    return [head, *([words(f"shapes_{key}"), found] for key, found in shapes().items())]


CODE = (lone_dots, dcgan.Generator.stages, dcgan.Discriminator.stages)
LESSON = Lesson("mlp", 7, VALUES, show, CODE, numbers=numbers, pictures=pictures, columns=3)
