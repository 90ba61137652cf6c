"""Beyond row 10: what pixels compare and what features compare. The same picture made wrong in three ways, judged by the mean
absolute error of its pixels and by the distance of its features in a network trained on photographs."""

from functools import lru_cache

import torch
from PIL import Image, ImageFilter
from torch import Tensor

from ganzoo import pretrained
from ganzoo.data.drawings import facade
from ganzoo.images import to_float, to_pil, whole_tensor
from ganzoo.models import features

from ...catalog import local
from ...ui.html import bar, grid, image, note, said, section, tiles
from ...ui.words import Words
from .controls import dial, seed

MADE_BY = "pix2pix-facades-gan-mae"
SIDE = 256  # pixels
MOST_SHIFT = 8
WIDEST = 64.0  # pixels: the largest radius of a blur
VALUES = {
    "shift": dial(1, 1, MOST_SHIFT, "features_dial", elem_id="features-shift"),
    "wall": seed(4, "features_walls"),
}
MAPS = 3  # feature maps that are shown
TITLES = {"true": "features_true", "shift": "features_shift", "blur": "features_blur", "other": "features_other"}
RULERS = {"pixels": ("features_mae", "creator"), "features": ("features_distance", "critic")}  # and their bars
WORSE = 1.2  # times as far that a difference must be to be called one


@lru_cache(maxsize=16)
def wall(seed: int) -> Image.Image:
    """A facade that our own creator makes of a drawing by code."""
    model = local.open_translator(MADE_BY)
    photo = model.translate(facade(seed, model.config.image_size))
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


@lru_cache(maxsize=1)
def network() -> features.EfficientNetLite:
    return pretrained.load()


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


CODE = (shifted, blurred_as_wrong, pixel_error, feature_maps, features.perceptual_distance)


def show(words: Words, shift, seed) -> str:
    shift = local.whole(shift, 1, MOST_SHIFT, "bad_shift")
    seed = local.whole(seed, 0, local.LARGEST_SEED, "bad_wall")
    found = judged(shift, seed)
    panels = grid(*(_panel(words, found, key, shift) for key in found["pictures"]), kind="four")
    counted = note(words("features_note", count=MAPS, all=len(found["maps"]["true"])))
    return said(_verdict(words, found)) + panels + counted


def _verdict(words: Words, found: dict) -> str:
    pixels, distances = found["pixels"], found["features"]
    times = distances["blur"] / max(distances["shift"], 1e-9)
    key = "features_tell" if times > WORSE else "features_alike"
    return words(key, shift=f"{pixels['shift']:.3f}", blur=f"{pixels['blur']:.3f}", times=f"{times:.1f}")


def _panel(words: Words, found: dict, key: str, shift: int) -> str:
    title, rows = words(TITLES[key], count=shift), ""
    picture = image(found["pictures"][key], title, smooth=True, compress_level=3)
    for ruler, (label, kind) in RULERS.items():
        value, most = found[ruler][key], found[ruler]["other"]
        rows += bar(value / max(most, 1e-9), words(label), f"{value:.3f}", kind)
    return section(title, picture, f'<div class="gz-bars">{rows}</div>', _maps(words, found, key, title))


def _maps(words: Words, found: dict, key: str, title: str) -> str:
    """The feature maps of a quarter of the size that vary most over the true picture, on one scale for all pictures."""
    true = found["maps"]["true"]
    chosen = true.flatten(1).std(1).topk(MAPS).indices
    low, high = true[chosen].amin((1, 2), keepdim=True), true[chosen].amax((1, 2), keepdim=True)
    sheets = (found["maps"][key][chosen] - low) / (high - low).clamp(min=1e-9)
    drawn = to_pil(sheets.clamp(0, 1)[:, None] * 2 - 1)
    alts = (f"{title}: {words('features_map_alt', number=i + 1)}" for i in range(MAPS))
    return tiles((image(sheet, alt, smooth=True) for sheet, alt in zip(drawn, alts, strict=True)), MAPS)
