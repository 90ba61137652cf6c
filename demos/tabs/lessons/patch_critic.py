"""Row 14: a critic without its dense layers gives every region a grade of its own: PatchGAN, an FCN."""

from functools import lru_cache

import torch
from PIL import Image
from torch import Tensor, nn

from ganzoo import receptive_field
from ganzoo.images import to_float
from ganzoo.models.losses import as_opinion
from ganzoo.models.pix2pix import PatchDiscriminator
from ganzoo.models.receptive_field import PATCHES

from ...ui.html import MINUS, PLUS, bar, bars, note, said, section
from ...ui.pictures import square
from ...ui.words import Words
from .facade_pairs import SIDE, choice, made, model, pair
from .screen import Lesson

VALUES = {"pair": choice("6.jpg")}
LOSS = "gan+mae"


@lru_cache(maxsize=16)
@torch.no_grad()
def grades(name: str, real: bool, side: int = SIDE) -> Tensor:
    """The critic's grade of every region of the real photo or of the creator's work, beside the drawing; only the first
    `side` pixels of both are shown to it. (rows, columns), 0 fake to 1 real."""
    critic, (drawing, photo) = model(LOSS), pair(name)
    shown = [to_float(square(picture, SIDE)) for picture in (drawing, photo if real else made(LOSS, name))]
    scores = critic.discriminator(torch.cat(shown, 1)[:, :, :side, :side])
    return as_opinion(scores.float(), critic.config.adversarial)[0, 0]


def show(words: Words, name: str) -> str:
    critic, means = model(LOSS), {key: float(grades(name, key == "real").mean()) for key in ("real", "made")}
    count, half = len(grades(name, True)), len(grades(name, True, SIDE // 2))
    last = [layer for layer in critic.discriminator.modules() if isinstance(layer, nn.Conv2d)][-1]
    own, dense = sum(p.numel() for p in last.parameters()), last.in_channels * (count + 1) ** 2 + 1
    patch = receptive_field(PATCHES[critic.config.patch])
    graded = words("patch_said", count=count, all=count * count, patch=patch)
    sizes = words("patch_sizes", count=count, half=half, own=f"{own:,}", dense=f"{dense:,}")
    rows = (bar(mean, words(f"patch_{key}"), f"{mean:.2f}") for key, mean in means.items())
    found = said(words.together(graded, sizes)) + section(words("patch_mean"), bars(rows, "wide"))
    return found + note(words("cmp_cited"))


def pictures(words: Words, name: str) -> list:
    """The real photo and the creator's work; over each its grades, purple fake, green real."""
    shown = []
    for key, picture in (("real", pair(name)[1]), ("made", made(LOSS, name))):
        real = grades(name, key == "real")[:, :, None]
        colours = (real * torch.tensor(PLUS) + (1 - real) * torch.tensor(MINUS)).round().byte()
        large = Image.fromarray(colours.numpy(), "RGB").resize(picture.size, Image.Resampling.NEAREST)
        title = words(f"patch_{key}")
        shown += [(picture, title), (Image.blend(picture, large, 0.5), words("patch_graded", name=title))]
    return shown


LESSON = Lesson("patch", 14, VALUES, show, (PatchDiscriminator.__init__, grades), pictures=pictures)
