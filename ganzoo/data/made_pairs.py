"""Pairs from plain photos: a photo, and what is left of it as a drawing, in grey, small or with a hole (--pairs-from).

made("edges", photo)    # PIL in, PIL out, of the same size: what a model trained so takes as its input
"""

import random
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from ganzoo.data import hub_datasets
from ganzoo.data.folders import SPLITS, SUFFIXES, child
from ganzoo.errors import GanzooError
from ganzoo.images import open_picture, pixels

KINDS = ("edges", "grey", "small", "hole")
SHRUNK = 4  # times, of a small picture
HOLE = 0.4  # side of a hole, of the picture's

Photo = Callable[[], Image.Image]


def made(kind: str, photo: Image.Image) -> Image.Image:
    """What a photo becomes: always the same for the same photo."""
    return {"edges": edges, "grey": lambda p: p.convert("L"), "small": small, "hole": hole}[kind](photo)


def edges(photo: Image.Image) -> Image.Image:
    """Black lines on white, one pixel wide: where the brightness changes most, as far as it does so clearly (Sobel, thinned)."""
    soft = ImageOps.autocontrast(photo.convert("L"), cutoff=1).filter(ImageFilter.GaussianBlur(max(photo.size) / 256))
    grey = pixels(soft)[None].float()
    down = torch.tensor([[1.0, 2.0, 1.0], [0.0, 0.0, 0.0], [-1.0, -2.0, -1.0]]) / 4
    change = F.conv2d(F.pad(grey, (1, 1, 1, 1), "replicate"), torch.stack([down.T, down])[:, None])[0]
    strength = change.square().sum(0).sqrt()
    across = change[0].abs() >= change[1].abs()
    around = F.pad(strength, (1, 1, 1, 1))
    beside = torch.where(
        across, torch.maximum(around[1:-1, :-2], around[1:-1, 2:]), torch.maximum(around[:-2, 1:-1], around[2:, 1:-1])
    )
    line = (strength >= beside) & (strength > max(16.0, float(strength.flatten().quantile(0.85))))
    return Image.frombytes("L", photo.size, bytes((~line).byte().mul(255).flatten().tolist()))


def small(photo: Image.Image) -> Image.Image:
    """As large as before, with the detail of a picture a quarter as wide."""
    tiny = photo.resize([max(1, side // SHRUNK) for side in photo.size], Image.Resampling.BICUBIC)
    return tiny.resize(photo.size, Image.Resampling.BICUBIC)


def hole(photo: Image.Image) -> Image.Image:
    """A white square somewhere; where depends on the photo."""
    dice = random.Random(zlib.crc32(photo.tobytes()))
    side = round(min(photo.size) * HOLE)
    x, y = dice.randint(0, photo.width - side), dice.randint(0, photo.height - side)
    holed = photo.copy()
    ImageDraw.Draw(holed).rectangle((x, y, x + side - 1, y + side - 1), fill="white")
    return holed


def pairs_of(photos: list[tuple[str, Photo]], kind: str, size: int) -> list[tuple[str, Callable]]:
    """Named readers of photos -> named readers of pairs: the middle square of a photo at this size and what is made of it."""

    def pair(read: Photo):
        photo = ImageOps.fit(read(), (size, size), Image.Resampling.BICUBIC)
        return made(kind, photo), photo

    return [(name, lambda read=read: pair(read)) for name, read in photos]


def in_table(found: hub_datasets.OnHub) -> dict[str, list[tuple[str, Photo]]]:
    """The photos of the image column of a set on the Hub."""
    column = hub_datasets.image_column(found.repo, found.features)
    return hub_datasets.row_readers(found.splits, lambda row: hub_datasets.decoded(row[column]))


def in_folder(folder: Path) -> dict[str, list[tuple[str, Photo]]]:
    """The photos of a folder, whatever folders they lie in."""
    places = {split: child(folder, split) for split in SPLITS}
    splits = {}
    for split, place in places.items() if places["train"] else [("train", folder)]:
        files = sorted(place.rglob("*")) if place else []
        files = [p for p in files if p.suffix.lower() in SUFFIXES and p.is_file() and p.name[0] != "."]
        if files:
            splits[split] = [(str(path.relative_to(place)), partial(open_picture, path)) for path in files]
    if "train" not in splits:
        raise GanzooError("folder_empty", folder=folder)
    return splits
