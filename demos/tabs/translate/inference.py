"""What Translate computes: a picture -> its translation, the way back and what was lost; a critic's map of patches.

No words and no HTML here; everything that cannot be used is a Trouble.
"""

import threading
import time
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy
import torch
from PIL import Image

from ganzoo import GanzooError, Model, checkpoint
from ganzoo.data import drawings
from ganzoo.images import to_float, to_pil, whole_tensor
from ganzoo.inference import LONGEST

from ...catalog import hub, local
from ...ui.words import Trouble
from . import animals

NAME = "cyclegan-horse2zebra"  # shown first, once it is there
PHOTO, PHOTO_BY = "photo-4", "pix2pix-facades-gan-mae"  # a facade that our own model has made
ALWAYS = (
    "horse-9",
    "horse-19",
    "zebra-33",
    "zebra-24",
    PHOTO,
)  # of forty drawings, those that the bundled model does best
DRAWN = {"facade": drawings.facade, "label": drawings.facade, "town": drawings.town, "map": drawings.town}
EXACT = 1 << 20  # pixels up to which a picture travels without loss
WORST = 0.5  # difference, in 0..1, that is shown as white
HEAT = ((20, 23, 32), (178, 63, 26), (240, 160, 90), (255, 255, 255))  # from the same to WORST
BUSY = threading.BoundedSemaphore(2)  # passes at a time: a large picture takes a gigabyte


# --- models -----------------------------------------------------------------------------------------------------


def models() -> list[str]:
    """Names of every CycleGAN on this machine, the usual one first."""
    names = [e.name for e in local.entries() if not e.problem and e.lesson in local.CYCLES]
    return sorted(names, key=lambda name: name != NAME)


def find(name: str, fetch: bool = False) -> Model:
    """The model of that name; nothing means the first there is. `fetch` looks for user/name on the Hub as well."""
    if not name:
        if not models():
            raise Trouble("trl_no_model")
        name = models()[0]
    if fetch and name not in local.folders() and hub.NAME.fullmatch(name):
        hub.fetch(name)
    known = local.folders().get(name)
    if known is not None and checkpoint.read_config(known)[1].lesson not in local.CYCLES:
        raise Trouble("trl_not_cycle", name=name[:80])
    return local.open_cycle(name)


def catalog_name(model: Model) -> str:
    """What the catalog calls an opened model: runs/NAME, user/name or the bundled name."""
    return next((name for name, folder in local.folders().items() if folder == model.folder), model.name)


def way(model: Model, direction: str) -> str:
    """A direction of this model; nothing means its first."""
    if direction and direction not in model.directions:
        raise Trouble("trl_direction", directions=", ".join(model.directions))
    return direction or model.direction


def other_way(model: Model, direction: str) -> str:
    """The direction back; nothing where there is none."""
    return next((d for d in model.directions if d != direction), "")


# --- examples ---------------------------------------------------------------------------------------------------


def examples(model: Model | None) -> list[str]:
    """What may be shown beside a model: KIND-SEED. Its own domains first, if code can draw them."""
    own = [f"{side}-1" for side in (model.direction.split("->") if model else ()) if side in DRAWN]
    return [*own, *ALWAYS]


def kind(example: str) -> str:
    return example.rpartition("-")[0]


def example_for(model: Model | None, direction: str) -> str:
    """An example of the domain that a direction starts from."""
    return next((e for e in examples(model) if kind(e) == direction.split("->")[0]), ALWAYS[0])


@lru_cache(maxsize=32)
def example(name: str, size: int = 256) -> Image.Image:
    """An example by name: drawn at `size` pixels, or as its model makes it. A network knows things as large as it met them
    while it learned, so what is drawn for it has that size."""
    what, _, seed = name.rpartition("-")
    if not seed.isdigit() or len(seed) > 4 or (what not in animals.ANIMALS and what not in DRAWN and name != PHOTO):
        raise Trouble("trl_example")
    if what in animals.ANIMALS:
        return animals.draw(what, int(seed), size)
    if what in DRAWN:
        return DRAWN[what](int(seed), size)
    try:
        model = local.open_translator(PHOTO_BY)
        return model.translate(drawings.facade(4, model.config.image_size))
    except GanzooError:
        raise Trouble("trl_example") from None


# --- there and back ---------------------------------------------------------------------------------------------


@dataclass
class Made:
    """A picture, its translation, the way back and what was lost on it (None where there is no way back)."""

    model: Model
    direction: str
    original: Image.Image
    there: Image.Image
    back: Image.Image | None
    error: Image.Image | None  # |original - back|, black to white
    cycle: float | None  # its mean, in 0..1
    milliseconds: float
    shrunk: tuple | None = None  # the size that the picture came with, if it was too large


def there_and_back(model: Model, picture: Image.Image, direction: str) -> Made:
    """Any size; a side longer than LONGEST is made smaller first. The way back starts from the translation as the network
    gave it, unrounded, as in training."""
    back_way = other_way(model, direction)
    depth = model.config.out_channels if direction != model.directions[0] else model.config.in_channels
    pixels = whole_tensor(picture, depth, LONGEST)
    with BUSY:
        began = time.perf_counter()
        there = model.translate_tensor(to_float(pixels), direction=direction)
        back = model.translate_tensor(there, direction=back_way) if back_way else None
        took = (time.perf_counter() - began) * 1000
    shown = [to_pil(x)[0] for x in (pixels, there)]
    made = Made(model, direction, *shown, None, None, None, took)
    if back is not None:
        lost = (back - to_float(pixels)).abs().mean(1)[0] / 2
        made = replace(made, back=to_pil(back)[0], error=heat(lost), cycle=float(lost.mean()))
    return replace(made, shrunk=picture.size if max(picture.size) > LONGEST else None)


def apart(made: Made) -> float:
    """How much the translation changed: the mean difference of the pixels, in 0..1."""
    a, b = (numpy.asarray(p.convert("RGB"), numpy.float32) for p in (made.original, made.there))
    return float(numpy.abs(a - b).mean() / 255)


def there(model: Model, picture: Image.Image, direction: str) -> Image.Image:
    """The translation alone."""
    depth = model.config.out_channels if direction != model.directions[0] else model.config.in_channels
    pixels = to_float(whole_tensor(picture, depth, LONGEST))
    with BUSY:
        return to_pil(model.translate_tensor(pixels, direction=direction))[0]


def heat(differences: torch.Tensor) -> Image.Image:
    """(H, W) in 0..1 -> a picture with a palette: dark where nothing differs, white from WORST on."""
    steps = (differences / WORST * 255).nan_to_num(255.0).round().clamp(0, 255).to(torch.uint8)
    picture = Image.fromarray(steps.numpy()).convert("P")
    places = numpy.linspace(0, 255, len(HEAT))
    bands = [numpy.interp(numpy.arange(256), places, [colour[k] for colour in HEAT]) for k in range(3)]
    picture.putpalette(numpy.stack(bands, 1).round().astype(numpy.uint8).tobytes())
    return picture


def critic_way(model: Model, direction: str, key: str) -> str:
    """Whose critic judges a picture of the row: the one that knows real pictures of its side."""
    return direction if key == "there" else other_way(model, direction)


def opinions(model: Model, picture: Image.Image, direction: str) -> numpy.ndarray:
    """The patch map (h, w) in 0..1 of the critic that knows what a direction ends at."""
    if not direction:
        raise Trouble("trl_no_critic")
    role = "discriminator" if direction == model.directions[0] else "discriminator_back"
    if not (model.folder / checkpoint.FILES[role]).is_file():
        raise Trouble("trl_no_critic")
    with BUSY:
        return model.critique(picture, direction=direction)
