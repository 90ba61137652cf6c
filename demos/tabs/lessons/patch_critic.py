"""Row 14: a critic without its dense layers gives every region a score of its own: PatchGAN, an FCN."""

from functools import lru_cache

import torch
from PIL import Image
from torch import Tensor, nn

from ganzoo import receptive_field
from ganzoo.images import to_float
from ganzoo.models.losses import as_opinion
from ganzoo.models.pix2pix import PatchDiscriminator
from ganzoo.models.receptive_field import PATCHES

from ...ui.html import MINUS, PLUS, bar, bars, note, prose, said, section
from ...ui.pictures import square
from ...ui.words import Words
from .facade_pairs import SIDE, choice, made, model, pair
from .lesson import Lesson

VALUES = {"pair": choice("32.jpg")}
LOSS = "gan+mae"
PART = (80, 80, 176, 176)  # of the photo, that is replaced by the creator's work


@lru_cache(maxsize=8)
def judged(name: str) -> dict[str, Image.Image]:
    """The real photo, the photo with one part made by the creator, and the creator's whole work."""
    photo, work = pair(name)[1], made(LOSS, name)
    mixed = photo.copy()
    mixed.paste(work.crop(PART), PART)
    return {"real": photo, "part": mixed, "made": work}


@lru_cache(maxsize=32)
@torch.no_grad()
def grades(name: str, key: str, side: int = SIDE) -> Tensor:
    """The critic's score of every region of one of the pictures that are judged, beside the drawing; only the first `side`
    pixels of both are shown to it. (rows, columns), 0 fake to 1 real."""
    critic = model(LOSS)
    shown = [to_float(square(picture, SIDE)) for picture in (pair(name)[0], judged(name)[key])]
    scores = critic.discriminator(torch.cat(shown, 1)[:, :, :side, :side])
    return as_opinion(scores.float(), critic.config.adversarial)[0, 0]


def falls(name: str) -> tuple[Tensor, Tensor]:
    """How far each score of the real photo falls once the part is replaced, and which of these regions have their middle in
    the part, both (rows, columns)."""
    fall = grades(name, "real") - grades(name, "part")
    middles = (torch.arange(len(fall)) + 0.5) * SIDE / len(fall)
    left, top, right, bottom = PART
    down, across = (middles >= top) & (middles < bottom), (middles >= left) & (middles < right)
    return fall, down[:, None] & across


def show(words: Words, name: str) -> str:
    critic, means = model(LOSS), {key: float(grades(name, key).mean()) for key in judged(name)}
    count, half = len(grades(name, "real")), len(grades(name, "real", SIDE // 2))
    last = [layer for layer in critic.discriminator.modules() if isinstance(layer, nn.Conv2d)][-1]
    own, dense = sum(p.numel() for p in last.parameters()), last.in_channels * (count + 1) ** 2 + 1
    patch = receptive_field(PATCHES[critic.config.patch])
    graded = words("patch_said", count=count, all=count * count, patch=patch)
    sizes = words("patch_sizes", count=count, half=half, own=f"{own:,}", dense=f"{dense:,}")
    rows = (bar(mean, words(f"patch_{key}"), f"{mean:.2f}") for key, mean in means.items())
    means_shown = section(words("patch_mean"), bars(rows, "wide"))
    return said(_local(words, name)) + means_shown + prose(words.together(graded, sizes)) + note(words("cmp_cited"))


def _local(words: Words, name: str) -> str:
    """Whether the critic finds the part that was replaced."""
    fall, part = falls(name)
    inside, outside = float(fall[part].mean()), float(fall[~part].mean())
    if inside > max(0.1, 2 * outside):
        values = {"inside": f"{inside:.2f}", "outside": f"{outside:.2f}", "whole": f"{float(fall.mean()):.2f}"}
        return words("patch_local", **values)
    return words("patch_alike", inside=_change(inside), outside=_change(outside))


def _change(fall: float) -> str:
    return f"{round(-fall, 2) + 0.0:+.2f}".replace("-", "−")  # + 0.0: zero has no minus


def pictures(words: Words, name: str) -> list:
    """The three pictures, then the same under their scores, purple fake, green real; under how far they fell for the part."""
    shown, fall = judged(name), falls(name)[0].clamp(min=0)
    most = float(fall.max())
    below = {
        "real": (grades(name, "real"), words("patch_graded", name=words("patch_real"))),
        "part": (1 - fall / max(most, 1e-9), words("patch_fall", most=f"{most:.2f}")),
        "made": (grades(name, "made"), words("patch_graded", name=words("patch_made"))),
    }
    over = [(_coloured(picture, below[key][0]), below[key][1]) for key, picture in shown.items()]
    return [(picture, words(f"patch_{key}")) for key, picture in shown.items()] + over


def _coloured(picture: Image.Image, real: Tensor) -> Image.Image:
    """The picture under numbers from 0, purple, to 1, green."""
    colours = (real[:, :, None] * torch.tensor(PLUS) + (1 - real[:, :, None]) * torch.tensor(MINUS)).round().byte()
    large = Image.fromarray(colours.numpy(), "RGB").resize(picture.size, Image.Resampling.NEAREST)
    return Image.blend(picture, large, 0.5)


LESSON = Lesson("patch", 14, VALUES, show, (PatchDiscriminator.__init__, grades, falls), pictures=pictures, columns=3)
