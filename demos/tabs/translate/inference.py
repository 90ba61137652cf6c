"""What Translate computes: a picture -> its translation, the way back, what changed and what was lost; a critic's patches.

No words and no HTML here; everything that cannot be used is a Trouble.
"""

import threading
import time
from dataclasses import dataclass
from functools import lru_cache

import numpy
import torch
from PIL import Image, ImageDraw

from ganzoo import Model, checkpoint
from ganzoo.data import drawings
from ganzoo.evaluation.cyclemetrics import ask_judge
from ganzoo.images import open_picture, to_float, to_pil, whole_tensor
from ganzoo.inference import LONGEST

from ...catalog import hub, local
from ...ui import pictures
from ...ui.html import MINUS, PLUS
from ...ui.words import Trouble

NAME = "cyclegan-horse2zebra"  # shown first, once it is there
PHOTOS = local.DATA / "animals"  # SOURCE.md there says whose they are
ANIMALS = {  # example -> the side that it belongs to, its file, the part of it that is shown
    "horses": ("horse", "horses.webp", (400, 200, 930, 580)),
    "foal": ("horse", "horses.webp", (180, 400, 520, 600)),
    "zebra": ("zebra", "horses.webp", None),  # as the usual model makes it of the horses
    "cow": ("", "cow.webp", None),
}
DRAWN = {"facade": drawings.facade, "label": drawings.facade, "town": drawings.town, "map": drawings.town}
SIZES = (1, 2, 4, 0)  # times the size that the model learned at; 0: as large as the picture is
USUAL = 2
WORST = 0.5  # difference, in 0..1, that is shown as white
HEAT = ((20, 23, 32), (178, 63, 26), (240, 160, 90), (255, 255, 255))  # from the same to WORST
SURE = 0.9  # of 120 real horses 100, of 140 real zebras 136 are known so surely, and 2 and 0 mistaken
BUSY = threading.BoundedSemaphore(2)  # passes at a time: a large picture takes a gigabyte


# --- models -----------------------------------------------------------------------------------------------------


def models() -> list[str]:
    """Names of every CycleGAN on this machine, the usual one first."""
    names = [e.name for e in local.entries() if not e.problem and e.lesson in local.CYCLES]
    return sorted(names, key=lambda name: name != NAME)


def find(name: str, fetch: bool = False) -> Model:
    """The model of that name; nothing means the first there is. `fetch` looks for user/name on the Hub as well."""
    name = str(name or "")
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
    """What may be shown beside a model: what code draws of its own sides, as KIND-SEED, then the animals."""
    own = [f"{side}-1" for side in (model.direction.split("->") if model else ()) if side in DRAWN]
    usual = NAME in local.folders()
    return [*own, *(name for name in ANIMALS if usual or name != "zebra")]


def kind(example: str) -> str:
    """The side that an example belongs to; nothing for one of neither."""
    return ANIMALS[example][0] if example in ANIMALS else example.rpartition("-")[0]


def example_for(model: Model | None, direction: str) -> str:
    """An example of the side that a direction starts from."""
    return next((e for e in examples(model) if kind(e) == direction.split("->")[0]), "horses")


@lru_cache(maxsize=16)
def example(name: str, size: int = 256) -> Image.Image:
    """An example by name; what code draws is `size` pixels large. Callers must not change it."""
    if name in ANIMALS:
        _, file, part = ANIMALS[name]
        photo = open_picture(PHOTOS / file).convert("RGB").crop(part) if part else open_picture(PHOTOS / file)
        if name != "zebra":
            return photo.convert("RGB")
        photo.thumbnail((384, 384))
        return find(NAME).translate(photo.convert("RGB"))
    what, _, seed = name.rpartition("-")
    if not seed.isdigit() or len(seed) > 4 or what not in DRAWN:
        raise Trouble("trl_example")
    return DRAWN[what](int(seed), size)


# --- there and back ---------------------------------------------------------------------------------------------


@dataclass
class Made:
    """A picture as it was translated, its translation and what changed; the way back and what was lost on it (None where
    there is no way back). `changed` and `cycle` are mean absolute differences in 0..1."""

    model: Model
    direction: str
    original: Image.Image
    there: Image.Image
    change: Image.Image
    changed: float
    milliseconds: float
    came: tuple[int, int]  # the size that the picture came with
    already: bool  # whether it shows what the direction ends at
    back: Image.Image | None = None
    error: Image.Image | None = None
    cycle: float | None = None


def sized(picture: Image.Image, model: Model, times: int = 0) -> Image.Image:
    """The picture with its longer side at most `times` the model's own size, or at most LONGEST."""
    most = min(LONGEST, model.config.image_size * times) if times else LONGEST
    if max(picture.size) <= most:
        return picture
    scale = most / max(picture.size)
    return picture.resize([max(1, round(side * scale)) for side in picture.size], Image.Resampling.LANCZOS)


def _pixels(model: Model, picture: Image.Image, direction: str) -> torch.Tensor:
    depth = model.config.out_channels if direction != model.directions[0] else model.config.in_channels
    return whole_tensor(picture, depth, LONGEST)


def there_and_back(model: Model, picture: Image.Image, direction: str, times: int = 0) -> Made:
    """A picture of any size, made as small as `sized` says. The way back starts from the translation as the network gave it,
    unrounded, as in training."""
    back_way = other_way(model, direction)
    pixels = _pixels(model, sized(picture, model, times), direction)
    with BUSY:
        began = time.perf_counter()
        there = model.translate_tensor(to_float(pixels), direction=direction)
        back = model.translate_tensor(there, direction=back_way) if back_way else None
        took = (time.perf_counter() - began) * 1000
    moved = (there - to_float(pixels)).abs().mean(1)[0] / 2
    shown = [to_pil(x)[0] for x in (pixels, there)]
    told = picture.size, already(model, picture, direction)
    made = Made(model, direction, *shown, heat(moved), float(moved.mean()), took, *told)
    if back is not None:
        lost = (back - to_float(pixels)).abs().mean(1)[0] / 2
        made.back, made.error, made.cycle = to_pil(back)[0], heat(lost), float(lost.mean())
    return made


def there(model: Model, picture: Image.Image, direction: str, times: int = 0) -> Image.Image:
    pixels = to_float(_pixels(model, sized(picture, model, times), direction))
    with BUSY:
        return to_pil(model.translate_tensor(pixels, direction=direction))[0]


def heat(differences: torch.Tensor) -> Image.Image:
    """(H, W) in 0..1 -> a picture: dark where nothing differs, white from WORST on."""
    steps = (differences / WORST).nan_to_num(1.0).clamp(0, 1).numpy()
    places = numpy.linspace(0, 1, len(HEAT))
    bands = [numpy.interp(steps, places, [colour[k] for colour in HEAT]) for k in range(3)]
    return Image.fromarray(numpy.stack(bands, -1).round().astype(numpy.uint8))


def already(model: Model, picture: Image.Image, direction: str) -> bool:
    """Whether the picture shows what the direction ends at: a horse that was sent from zebra to horse. The bundled judge of
    the model's own data says so; without one nobody does."""
    judge, target = local.judge(model.config.data), direction.split("->")[-1]
    if judge is None or target not in judge.config.classes:
        return False
    small = picture.convert("RGB").copy()
    small.thumbnail((256, 256))
    scores = ask_judge(judge, to_float(whole_tensor(small, 3)))[1][0].softmax(0)
    return float(scores[list(judge.config.classes).index(target)]) > SURE


# --- a critic's patches -----------------------------------------------------------------------------------------


def opinions(model: Model, picture: Image.Image, direction: str) -> numpy.ndarray:
    """The patch map (h, w) in 0..1 of the critic that knows what a direction ends at."""
    if not direction:
        raise Trouble("trl_no_critic")
    role = "discriminator" if direction == model.directions[0] else "discriminator_back"
    if not (model.folder / checkpoint.FILES[role]).is_file():
        raise Trouble("trl_no_critic")
    with BUSY:
        return model.critique(picture, direction=direction).clip(0, 1)


def patch_at(model: Model, picture: Image.Image, scores: numpy.ndarray, x: float, y: float) -> tuple[int, int]:
    """(row, column) of the score nearest to a place in the picture."""
    jump = pictures.jump(model.config.patch)
    places = ((y, picture.height, scores.shape[0]), (x, picture.width, scores.shape[1]))
    row, column = (round((at - side / 2) / jump + (count - 1) / 2) for at, side, count in places)
    return min(max(row, 0), scores.shape[0] - 1), min(max(column, 0), scores.shape[1] - 1)


def critic_map(model: Model, picture: Image.Image, scores: numpy.ndarray, cell=None) -> Image.Image:
    """The picture in grey, coloured where the critic is sure: PLUS for real, MINUS for fake, the more the surer. Round the
    patch `cell` (row, column) a frame shows what its score sees."""
    jump, patch = pictures.jump(model.config.patch), model.config.patch
    size = scores.shape[1] * jump, scores.shape[0] * jump
    field = Image.fromarray(scores.astype(numpy.float32)).resize(size, Image.Resampling.NEAREST)
    left, top = (size[0] - picture.width) // 2, (size[1] - picture.height) // 2
    ys = numpy.clip(numpy.arange(picture.height) + top, 0, size[1] - 1)
    xs = numpy.clip(numpy.arange(picture.width) + left, 0, size[0] - 1)
    sure = numpy.asarray(field)[numpy.ix_(ys, xs)][..., None] * 2 - 1
    grey = numpy.asarray(picture.convert("L"), numpy.float32)[..., None]
    colour = numpy.where(sure > 0, numpy.array(PLUS, numpy.float32), numpy.array(MINUS, numpy.float32))
    share = 0.75 * numpy.abs(sure)
    sheet = Image.fromarray((grey * (1 - share) + colour * share).round().astype(numpy.uint8))
    if cell:
        y, x = ((at + 0.5) * jump - patch / 2 - cut for at, cut in zip(cell, (top, left), strict=True))
        box = (x, y, x + patch - 1, y + patch - 1)
        ImageDraw.Draw(sheet).rectangle(box, outline=(255, 255, 255), width=max(1, picture.width // 128))
    return sheet


def least(scores: numpy.ndarray) -> tuple[int, int]:
    """(row, column) of the patch that the critic believes least."""
    row, column = numpy.unravel_index(scores.argmin(), scores.shape)
    return int(row), int(column)
