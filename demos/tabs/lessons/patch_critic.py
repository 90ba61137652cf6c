"""Row 14: a critic without its dense layers gives every region a grade of its own: PatchGAN, an FCN."""

from functools import lru_cache

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from ganzoo import receptive_field
from ganzoo.models.losses import as_opinion
from ganzoo.models.pix2pix import PatchDiscriminator
from ganzoo.models.receptive_field import PATCHES

from ...ui.html import MINUS, PLUS, bar, said, section
from ...ui.words import Words
from . import facade_pairs
from .facade_pairs import floats, made, model, pair

VALUES = {"pair": facade_pairs.choice("6.jpg")}
COLUMNS = 4
LOSS = "gan-mae"


@lru_cache(maxsize=16)
@torch.no_grad()
def grades(name: str, real: bool, side: int = 256) -> Tensor:
    """The critic's grade of every region of the real photo or of the creator's work, beside the drawing; only the first
    `side` pixels of both are shown to it. (rows, columns), 0 fake to 1 real."""
    critic, drawing = model(LOSS), floats(pair(name)[0])
    shown = floats(pair(name)[1] if real else made(LOSS, name))
    scores = critic.discriminator(torch.cat([drawing, shown], 1)[:, :, :side, :side])
    return as_opinion(scores.float(), critic.config.adversarial)[0, 0]


CODE = (PatchDiscriminator.__init__, grades)


def show(words: Words, name) -> str:
    name = facade_pairs.checked(name)
    found = {key: grades(name, key == "real") for key in ("real", "made")}
    count, patch = found["real"].shape[0], receptive_field(PATCHES[model(LOSS).config.patch])
    bars = "".join(bar(float(v.mean()), words(f"patch_{k}"), f"{float(v.mean()):.2f}") for k, v in found.items())
    last = [layer for layer in model(LOSS).discriminator.modules() if isinstance(layer, nn.Conv2d)][-1]
    own, dense = sum(p.numel() for p in last.parameters()), last.in_channels * (count + 1) ** 2 + 1
    half = grades(name, True, 128).shape[0]
    sizes = words("patch_sizes", count=count, half=half, own=f"{own:,}", dense=f"{dense:,}")
    graded = words.together(words("patch_said", count=count, all=count * count, patch=patch), sizes)
    means = section(words("patch_mean"), f'<div class="gz-bars wide">{bars}</div>')
    return said(graded) + means + facade_pairs.cited(words)


def over(picture: Image.Image, scores: Tensor) -> Image.Image:
    """The grades laid over a picture: purple fake, green real."""
    large = F.interpolate(scores[None, None], (256, 256), mode="nearest")[0, 0, :, :, None]
    colour = large * torch.tensor(PLUS, dtype=torch.float) + (1 - large) * torch.tensor(MINUS, dtype=torch.float)
    return Image.blend(picture, Image.fromarray(colour.round().byte().numpy(), "RGB"), 0.5)


def pictures(words: Words, name) -> list:
    shown = []
    for key, picture in (("real", pair(name)[1]), ("made", made(LOSS, name))):
        title, graded = words(f"patch_{key}"), over(picture, grades(name, key == "real"))
        shown += [(picture, title), (graded, words("patch_graded", name=title))]
    return shown
