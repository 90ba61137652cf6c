"""What Translate computes: a picture -> its translation, the way back, what changed and what was lost; a critic's patches.

No words and no HTML here; everything that cannot be used is a Trouble. Nothing of a visitor is kept: what a page shows comes
back with its next request.
"""

import threading
import time
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy
import torch
from PIL import Image, ImageDraw

from ganzoo import GanzooError, Model, checkpoint
from ganzoo.data import drawings
from ganzoo.evaluation.cyclemetrics import ask_judge
from ganzoo.images import open_picture, to_float, to_pil, whole_tensor
from ganzoo.inference import LONGEST

from ...catalog import hub, local
from ...ui import pictures
from ...ui.components import linked
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


def models() -> list[str]:
    """Names of every CycleGAN on this machine, the usual one first."""
    names = [e.name for e in local.entries() if not e.problem and e.lesson in local.CYCLES]
    return sorted(names, key=lambda name: name != NAME)


def find(name: str, fetch: bool = False) -> Model:
    """The model of that name; nothing means the first there is. `fetch` looks for user/name on the Hub as well."""
    name = str(name or "") or next(iter(models()), "")
    if not name:
        raise Trouble("trl_no_model")
    if fetch and name not in local.folders() and hub.NAME.fullmatch(name):
        hub.fetch(name)
    folder = local.folders().get(name)
    if folder and local.described(folder)[1].lesson not in local.CYCLES:
        raise Trouble("trl_not_cycle", name=name[:80])
    return local.open_model(name, local.CYCLES)


def catalog_name(model: Model) -> str:
    """What the catalog calls an opened model: runs/NAME, user/name or the bundled name."""
    return next((name for name, folder in local.folders().items() if folder == model.folder), model.name)


def way(model: Model, direction: str) -> str:
    """A direction of this model; nothing means its first."""
    if direction and direction not in model.directions:
        raise Trouble("trl_direction", directions=", ".join(model.directions))
    return direction or model.direction


def numbered(model: Model, way: int) -> str:
    """A model's direction 0 or 1; of a model with one way this."""
    return model.directions[min(way or 0, len(model.directions) - 1)]


def other_way(model: Model, direction: str) -> str:
    """The direction back; nothing where there is none."""
    return next((d for d in model.directions if d != direction), "")


def examples(model: Model) -> list[str]:
    """What may be shown beside a model: what code draws of its own sides, as KIND-SEED, then the animals."""
    own = [f"{side}-1" for side in model.direction.split("->") if side in DRAWN]
    usual = NAME in local.folders()
    return [*own, *(name for name in ANIMALS if usual or name != "zebra")]


def kind(example: str) -> str:
    """The side that an example belongs to; nothing for one of neither."""
    return ANIMALS[example][0] if example in ANIMALS else example.rpartition("-")[0]


def example_for(model: Model, direction: str) -> str:
    """An example of the side that a direction starts from."""
    return next((e for e in examples(model) if kind(e) == direction.split("->")[0]), "horses")


@lru_cache(maxsize=16)
def example(name: str, size: int = 256) -> Image.Image:
    """An example by name; what code draws is `size` pixels large. Callers must not change it."""
    if name in ANIMALS:
        _, file, part = ANIMALS[name]
        photo = open_picture(PHOTOS / file).convert("RGB")
        if name == "zebra":
            photo.thumbnail((384, 384))
            return find(NAME).translate(photo)
        return photo.crop(part) if part else photo
    what, _, seed = name.rpartition("-")
    if not seed.isdigit() or len(seed) > 4 or what not in DRAWN:
        raise Trouble("trl_example")
    return DRAWN[what](int(seed), size)


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
    times: int  # of SIZES, as it was asked for
    back: Image.Image | None = None
    error: Image.Image | None = None
    cycle: float | None = None
    example: str = ""  # which one the picture is; nothing for a visitor's own
    trouble: GanzooError | None = None  # why this is shown instead of what a link asks for


def sized(model: Model, picture: Image.Image, times: int = 0) -> Image.Image:
    """The picture with its longer side at most `times` the model's own size, or at most LONGEST."""
    most = min(LONGEST, model.config.image_size * times) if times else LONGEST
    return to_pil(whole_tensor(picture, 3, most))[0]


def _pixels(model: Model, picture: Image.Image, direction: str, times: int) -> torch.Tensor:
    return to_float(whole_tensor(sized(model, picture, times), model.depth(direction)))


def there_and_back(model: Model, picture: Image.Image, direction: str, times: int = 0) -> Made:
    """A picture of any size, made as small as `times` says. The way back starts from the translation as the network gave it,
    unrounded, as in training."""
    back_way = other_way(model, direction)
    pixels = _pixels(model, picture, direction, times)
    with BUSY:
        began = time.perf_counter()
        there = model.translate_tensor(pixels, direction=direction)
        back = model.translate_tensor(there, direction=back_way) if back_way else None
        took = (time.perf_counter() - began) * 1000
    moved = (there - pixels).abs().mean(1)[0] / 2
    shown = [to_pil(x)[0] for x in (pixels, there)]
    known = picture.size, already(model, picture, direction), times
    made = Made(model, direction, *shown, heat(moved), float(moved.mean()), took, *known)
    if back is not None:
        lost = (back - pixels).abs().mean(1)[0] / 2
        made.back, made.error, made.cycle = to_pil(back)[0], heat(lost), float(lost.mean())
    return made


def there(model: Model, picture: Image.Image, direction: str, times: int = 0) -> Image.Image:
    pixels = _pixels(model, picture, direction, times)
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


def of_picture(path: str, model_name: str, way: int, times: int) -> Made:
    model = find(model_name, fetch=True)
    return there_and_back(model, pictures.read(path), numbered(model, way), times)


def of_example(name: str, model_name: str, way: int, times: int) -> Made:
    """An example. One of the other side turns the direction round, for a zebra need not become a zebra."""
    model = find(model_name, fetch=True)
    chosen = numbered(model, way)
    if kind(name) == chosen.split("->")[-1]:
        chosen = other_way(model, chosen) or chosen
    return _example(model, name, chosen, times)


def turned(name: str, model_name: str, way: int, times: int) -> Made:
    """The example in the direction `way`; of another side, another example."""
    model = find(model_name, fetch=True)
    chosen = numbered(model, way)
    if name not in examples(model) or kind(name) not in ("", chosen.split("->")[0]):
        name = example_for(model, chosen)
    return of_example(name, model_name, way, times)


@lru_cache(maxsize=16)
def _example(model: Model, name: str, chosen: str, times: int) -> Made:
    """An example's pictures, computed once for all visitors; a model that has changed is another."""
    return replace(there_and_back(model, example(name, model.config.image_size), chosen, times), example=name)


def first(query) -> Made:
    """What the address asks for (?tab=translate&model=..&direction=..&example=..&size=..), or the usual example."""
    link = linked(query)
    link = link if link.get("tab") == "translate" else {}
    try:
        model = find(link.get("model", ""), fetch=True)
        chosen = way(model, link.get("direction", ""))
        times = next((times for times in SIZES if str(times) == link.get("size")), USUAL)
        return _example(model, link.get("example") or example_for(model, chosen), chosen, times)
    except GanzooError as error:
        if not link.keys() & {"model", "direction", "example"}:
            raise
        return replace(first(""), trouble=error)  # a link that no longer leads anywhere


def opinions(model: Model, picture: Image.Image, direction: str) -> numpy.ndarray:
    """The patch map (h, w) in 0..1 of the critic that knows what a direction ends at."""
    role = "discriminator" if direction == model.directions[0] else "discriminator_back"
    if not direction or not (model.folder / checkpoint.FILES[role]).is_file():
        raise Trouble("trl_no_critic")
    with BUSY:
        return model.critique(picture, direction=direction).clip(0, 1)


def patch_at(model: Model, picture: Image.Image, scores: numpy.ndarray, at=None) -> tuple[int, int]:
    """(row, column) of the score nearest to the place `at` (x, y) in the picture; of the least one without a place."""
    if not isinstance(at, (list, tuple)):
        row, column = numpy.unravel_index(scores.argmin(), scores.shape)
        return int(row), int(column)
    places = zip(reversed(at), reversed(picture.size), scores.shape, strict=True)
    return tuple(pictures.score_at(v, side, model.config.patch, count) for v, side, count in places)


def critic_map(model: Model, picture: Image.Image, scores: numpy.ndarray, cell: tuple[int, int]) -> Image.Image:
    """The picture in grey, coloured where the critic is sure: PLUS for real, MINUS for fake, the more the surer. Round the
    patch `cell` (row, column) a frame shows what its score sees."""
    field, jump = model.config.patch, pictures.jump(model.config.patch)
    sides = tuple(zip((picture.height, picture.width), scores.shape, strict=True))
    cuts = [(count * jump - side) // 2 for side, count in sides]
    places = []
    for (side, count), cut in zip(sides, cuts, strict=True):
        places.append(numpy.clip((numpy.arange(side) + cut) // jump, 0, count - 1))
    sure = scores.astype(numpy.float32)[numpy.ix_(*places)][..., None] * 2 - 1
    grey = numpy.asarray(picture.convert("L"), numpy.float32)[..., None]
    share = 0.75 * numpy.abs(sure)
    colour = numpy.where(sure > 0, PLUS, MINUS).astype(numpy.float32)
    sheet = Image.fromarray((grey * (1 - share) + colour * share).round().astype(numpy.uint8))
    y, x = ((place + 0.5) * jump - field / 2 - cut for place, cut in zip(cell, cuts, strict=True))
    box = (x, y, x + field - 1, y + field - 1)
    ImageDraw.Draw(sheet).rectangle(box, outline=(255, 255, 255), width=max(1, picture.width // 128))
    return sheet
