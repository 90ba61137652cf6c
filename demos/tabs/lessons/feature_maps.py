"""Beyond row 10: what pixels compare and what features compare. The same picture made wrong in three ways, judged by the mean
absolute error of its pixels and by the distance of its features in a network trained on photographs."""

from functools import cache, lru_cache

import torch
from PIL import Image, ImageFilter
from torch import Tensor

from ganzoo.data.drawings import facade
from ganzoo.images import to_float, to_pil, whole_tensor
from ganzoo.models import features, pretrained

from ...catalog import local
from ...ui.html import bar, bars, grid, image, note, said, section, tiles
from ...ui.words import Words
from .facade_pairs import model
from .lesson import Lesson, dial, seed

SIDE = 256  # pixels
WIDEST = 64.0  # pixels: the largest radius of a blur
VALUES = {
    "shift": dial(1, 1, 8, "features_dial", "bad_shift", elem_id="features-shift"),
    "wall": seed(4, "features_walls", "bad_wall"),
}
MAPS = 4  # feature maps that are shown
WORSE = 1.2  # times as far that a difference must be to be called one


@lru_cache(maxsize=16)
def wall(seed: int) -> Image.Image:
    """A facade that our own creator makes of a drawing by code."""
    creator = model("gan+mae")
    photo = creator.translate(facade(seed, creator.config.image_size))
    return photo.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC)


def shifted(picture: Image.Image, by: int) -> Image.Image:
    """The picture moved to the right, over itself."""
    moved = picture.copy()
    moved.paste(picture, (by, 0))
    return moved


def blurred_as_wrong(picture: Image.Image, error: float) -> Image.Image:
    """The picture blurred until its pixels are that wrong: the radius is found by halving an interval."""
    low, high = 0.0, WIDEST
    for _ in range(16):
        radius = (low + high) / 2
        blurred = picture.filter(ImageFilter.GaussianBlur(radius))
        low, high = (radius, high) if pixel_error(blurred, picture) < error else (low, radius)
    return blurred


def pixels(picture: Image.Image) -> Tensor:
    """(1, 3, SIDE, SIDE) in [-1, 1]."""
    return to_float(whole_tensor(picture, 3))


def pixel_error(made: Image.Image, true: Image.Image) -> float:
    """MAE: the mean absolute difference of the pixels, in 0..1."""
    return float((pixels(made) - pixels(true)).abs().mean() / 2)


network = cache(pretrained.load)  # the one trained on photographs


@torch.no_grad()
def feature_maps(picture: Image.Image) -> list[Tensor]:
    """What a network trained on photographs sees at strides 4, 8, 16 and 32."""
    return network()(pixels(picture))


@lru_cache(maxsize=16)
def judged(shift: int, seed: int) -> dict:
    """The true picture and three wrong ones; their feature maps at stride 4, pixel errors and feature distances, by name."""
    true = wall(seed)
    moved = shifted(true, shift)
    blurred = blurred_as_wrong(true, pixel_error(moved, true))
    pictures = {"true": true, "shift": moved, "blur": blurred, "other": wall((seed + 1) % local.LARGEST_SEED)}
    maps = {key: feature_maps(picture) for key, picture in pictures.items()}
    return {
        "pictures": pictures,
        "maps": {key: found[0][0] for key, found in maps.items()},
        "pixels": {key: pixel_error(picture, true) for key, picture in pictures.items()},
        "features": {key: float(features.perceptual_distance(found, maps["true"])) for key, found in maps.items()},
    }


def pictures(words: Words, shift: int, seed: int) -> list:
    shown = judged(shift, seed)["pictures"].items()
    return [(picture, words(f"features_{key}", count=shift)) for key, picture in shown]


def show(words: Words, shift: int, seed: int) -> str:
    found, panels = judged(shift, seed), []
    true = found["maps"]["true"]
    chosen = true.flatten(1).std(1).topk(MAPS).indices  # that vary most over the true picture, on one scale for all
    low, high = true[chosen].amin((1, 2), keepdim=True), true[chosen].amax((1, 2), keepdim=True)
    for key in found["pictures"]:
        title, rows = words(f"features_{key}", count=shift), []
        for ruler, label, kind in (("pixels", "features_mae", "creator"), ("features", "features_distance", "critic")):
            value, most = found[ruler][key], found[ruler]["other"]
            rows.append(bar(value / max(most, 1e-9), words(label), f"{value:.3f}", kind))
        sheets = ((found["maps"][key][chosen] - low) / (high - low).clamp(min=1e-9)).clamp(0, 1)
        maps = (
            image(drawn, f"{title}: {words('features_map_alt', number=i)}", smooth=True)
            for i, drawn in enumerate(to_pil(sheets[:, None] * 2 - 1), 1)
        )
        panels.append(section(title, bars(rows), tiles(maps, MAPS)))
    counted = note(words("features_note", count=MAPS, all=len(true)))
    times = found["features"]["blur"] / max(found["features"]["shift"], 1e-9)
    wrong = {key: f"{found['pixels'][key]:.3f}" for key in ("shift", "blur")}
    verdict = words("features_tell" if times > WORSE else "features_alike", **wrong, times=f"{times:.1f}")
    return said(verdict) + grid(*panels, kind="four") + counted


CODE = (shifted, blurred_as_wrong, pixel_error, feature_maps, features.perceptual_distance)
LESSON = Lesson("features", 10, VALUES, show, CODE, pictures=pictures, number="+")
