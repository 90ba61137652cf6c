"""What Compare computes: a drawing -> the pictures of a family's models, and their errors.

No words and no HTML here; everything that cannot be used is a Trouble.
"""

import time
from dataclasses import dataclass, field

import torch
from PIL import Image
from torch import Tensor

from ganzoo import GanzooError
from ganzoo.data import drawings
from ganzoo.images import from_pil, to_float, to_pil, to_uint8

from ...catalog import local
from ...ui import pictures
from .families import PALETTES, Family

NEAR = 48  # how far a channel may lie from a palette's colour and still mean it
NOISE = 8  # a channel this far off counts as another colour
NOTED = 0.02  # share of the pixels from which a page says so
FEW, MOSTLY = 12, 0.8  # a picture whose commonest colours, so many, cover so much of it is no photo
STRANGE = 0.3  # share of other colours from which a drawing is no label map


def split(family: Family, picture: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """A picture twice as wide as high is a pair side by side -> (drawing, truth); any other is a drawing."""
    width, height = picture.size
    if width != 2 * height or height < 2:
        return picture, None
    halves = picture.crop((0, 0, height, height)), picture.crop((height, 0, width, height))
    return halves[::-1] if family.flipped else halves


def off(family: Family, drawing: Tensor) -> tuple[Tensor, Tensor]:
    """For every pixel of (1, 3, H, W) uint8: how far it lies from the nearest colour of the palette, and which one that is."""
    palette = torch.tensor(list(PALETTES[family.palette].values()), dtype=torch.int16)
    apart = torch.stack([(drawing[0].to(torch.int16) - colour[:, None, None]).abs().amax(0) for colour in palette])
    return apart.min(0)


def strange(family: Family, drawing: Tensor) -> bool:
    """Whether a good part of the drawing shows colours that the palette does not have."""
    return family.draws and float((off(family, drawing)[0] > NEAR).float().mean()) > STRANGE


def photographic(picture: Tensor) -> bool:
    """Whether a (1, 3, H, W) uint8 picture has many colours; a sketch, or a map in other colours, has few."""
    counts = (picture[0].flatten(1) // 8).unique(dim=1, return_counts=True)[1]
    return float(counts.topk(min(FEW, len(counts))).values.sum() / counts.sum()) < MOSTLY


def inexact(family: Family, picture: Image.Image) -> bool:
    """Whether a label map, at its own size, has other colours than those of the palette."""
    sample = from_pil([picture.resize((256, 256), Image.Resampling.NEAREST)], 256, 3)
    return family.draws and float((off(family, sample)[0] > NOISE).float().mean()) > NOTED


def snapped(family: Family, drawing: Tensor) -> Tensor:
    """The label map with the palette's own colours only. A pixel near a colour takes it; one on an edge, a mixture of two
    colours, takes that of its neighbours, so that no line of a third colour arises."""
    if not family.draws:
        return drawing
    palette = torch.tensor(list(PALETTES[family.palette].values()), dtype=torch.uint8)
    apart, nearest = off(family, drawing)
    label = torch.where(apart <= NEAR, nearest, -1)
    for shift, axis in ((1, 0), (-1, 0), (1, 1), (-1, 1)) * 2:
        label = torch.where(label < 0, label.roll(shift, axis), label)
    label = torch.where(label < 0, nearest, label)
    return palette[label].permute(2, 0, 1)[None]


def empty(family: Family) -> Tensor:
    """A sheet of the palette's first colour, the ground."""
    ground = torch.tensor(next(iter(PALETTES[family.palette].values())), dtype=torch.uint8)
    return ground[None, :, None, None].repeat(1, 1, family.size, family.size)


def drawn(family: Family, seed: int) -> Tensor:
    """Something new to translate, drawn by code; a white sheet for families whose drawings have no code."""
    if not family.draws:
        return empty(family)
    return pictures.square(drawings.draw(family.palette, seed, family.size), family.size)


@dataclass
class Made:
    """All that is known of one drawing's translations. Pictures are uint8 tensors (3, S, S), by loss or "truth"."""

    drawing: Tensor
    pictures: dict[str, Tensor] = field(default_factory=dict)
    missing: dict[str, GanzooError] = field(default_factory=dict)  # loss -> why not
    milliseconds: float = 0.0
    errors: dict[str, float] = field(default_factory=dict)  # loss -> L1 of this picture, where the truth is known


def translate(
    family: Family, drawing: Tensor, truth: Tensor | None = None, variation: int | None = None, losses=()
) -> Made:
    """`drawing`, `truth`: uint8 (1, 3, S, S). `variation` wakes the dropout noise of models trained with it. `losses`:
    only these keys of the family (none: all)."""
    made = Made(drawing[0])
    for loss in losses or family.keys:
        try:
            model = local.open_model(family.members[loss].name, local.TRANSLATORS)
            waking = variation if model.varies else None
            began = time.perf_counter()
            given = drawing if model.config.in_channels == 3 else from_pil(to_pil(drawing), family.size, 1)  # grey
            picture = model.translate_tensor(to_float(given), waking)
        except GanzooError as error:
            made.missing[loss] = error
            continue
        made.milliseconds += (time.perf_counter() - began) * 1000
        made.pictures[loss] = to_uint8(picture)[0].expand(3, -1, -1)  # as it is shown, saved and measured
    if truth is not None:
        made.errors = {loss: float((p.float() - truth[0]).abs().mean() / 255) for loss, p in made.pictures.items()}
        made.pictures["truth"] = truth[0]
    return made
