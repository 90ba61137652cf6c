"""What a visitor of Compare can wish for: the scene on their board -> a Job, what is to be translated and said about it.

Nothing a visitor does is kept on the server: the board itself says what it holds. Whatever cannot be done is a GanzooError.
"""

import random
from dataclasses import dataclass
from functools import lru_cache

import torch
from PIL import Image
from torch import Tensor

from ganzoo import GanzooError

from ...catalog import local
from ...ui import pictures
from ...ui.words import Trouble, Words
from . import families, inference
from .board import Scene
from .families import SEED

EMPTY = {"label": "cmp_empty_label", "map": "cmp_empty_map", "plain": "cmp_empty_plain"}  # what to draw, by palette
SEEDS = 1_000_000


@dataclass
class Job:
    """`drawing`, `truth`, `photo`: uint8 (1, 3, S, S). `seed` or `pair` say where the drawing comes from."""

    family: families.Family
    drawing: Tensor
    truth: Tensor | None = None
    seed: int | None = None
    pair: str = ""  # the name of a real pair
    cited: bool = False  # whether its source must stand beside it
    notes: tuple = ()
    photo: Tensor | None = None  # an upload that is no label map
    back: str = ""  # the family that translates photos into drawings
    tracing: bool = False  # whether the visitor draws over the truth


def drawn(words: Words, scene: Scene) -> Job:
    """What stands on the board."""
    family = families.find(scene.family)
    drawing = pictures.square(pictures.opened(scene.drawing), family.size)
    notes = (words(EMPTY[family.palette]),) if inference.blank(drawing) else ()
    cited, truth = bool(scene.pair) and family.config.data in families.SAMPLES, _truth(family, scene)
    return Job(family, drawing, truth, scene.seed, scene.pair, cited, notes, tracing=scene.tracing)


def _truth(family: families.Family, scene: Scene) -> Tensor | None:
    return pictures.square(pictures.opened(scene.truth), family.size) if scene.truth else None


def surprise(words: Words, scene: Scene, seed: int | None = None) -> Job:
    """A drawing by code, or an empty sheet for families whose drawings have no code."""
    family = families.find_or_fetch(scene.family)
    seed = random.randrange(SEEDS) if seed is None else seed
    notes = () if family.draws else (words("cmp_white_sheet"),)
    return Job(family, inference.drawn(family, seed), seed=seed, notes=notes)


def example(words: Words, scene: Scene, pair: str = "") -> Job:
    """The real pair of this name; without one, or where it is not on this machine, any."""
    return _real(families.find(scene.family), pair, scene.pair)


def _real(family: families.Family, pair: str = "", before: str = "") -> Job:
    """`before`: the pair that is there already, so another one comes."""
    pairs = dict(families.samples(family)) | dict(families.real_pairs(family))
    if not pairs:
        raise Trouble("cmp_no_example")
    name = pair if pair in pairs else random.choice([name for name in pairs if name != before] or list(pairs))
    drawing, truth = _sides(family, pairs[name])
    return Job(family, drawing, truth, pair=name, cited=family.config.data in families.SAMPLES)


def _sides(family: families.Family, read) -> tuple[Tensor, Tensor]:
    """(drawing, photo) of a real pair, at the family's size."""
    try:
        sides = [pictures.square(side, family.size) for side in read()]
    except (GanzooError, OSError, ValueError):
        raise Trouble("cmp_no_example") from None
    drawing, truth = reversed(sides) if family.flipped else sides
    return drawing, truth


def opened(words: Words, scene: Scene, name: str) -> Job:
    """Another family. A drawing that means something to it stays on the board."""
    before, family = families.find(scene.family), families.find_or_fetch(name)
    if scene.drawing and before.palette == family.palette:
        drawing = pictures.square(pictures.opened(scene.drawing), family.size)
        truth = _truth(family, scene)
        pair = scene.pair if before.config.data == family.config.data else ""
        return Job(family, drawing, truth, scene.seed, pair, tracing=scene.tracing)
    pairs = families.samples(family)
    return _real(family, pairs[0][0]) if pairs else surprise(words, Scene(family.name), SEED)


def uploaded(words: Words, scene: Scene, picture: Image.Image) -> Job:
    """The label map of an upload, its colours those of the palette. A photo changes nothing: it is offered as the real one."""
    family = families.find(scene.family)
    drawing, other = inference.split(family, picture)
    notes = []
    sheet = pictures.square(drawing, family.size)
    if inference.strange(family, sheet):
        return _photo(words, family, scene, sheet)
    if other is not None:
        notes.append(words("cmp_split", side=words("cmp_right" if family.flipped else "cmp_left")))
    elif picture.width != picture.height:
        notes.append(words("cmp_squared"))
    notes += [words("cmp_snapped")] if inference.inexact(family, drawing) else []
    truth = None if other is None else pictures.square(other, family.size)
    return Job(family, inference.snapped(family, sheet), truth, notes=tuple(notes))


def _photo(words: Words, family: families.Family, scene: Scene, photo: Tensor) -> Job:
    other = families.reverse(family)
    job = drawn(words, scene) if scene.drawing else Job(family, inference.empty(family))
    job.notes = (words("cmp_photo_back") if other else words("cmp_photo"),)
    job.photo, job.back = photo, other.name if other else ""
    return job


def kept(words: Words, scene: Scene) -> Job:
    """The uploaded photo as the real photo of what stands on the board."""
    job = drawn(words, scene)
    job.truth = pictures.square(pictures.opened(scene.photo), job.family.size)
    job.tracing = False
    return job


def traced(words: Words, scene: Scene) -> Job:
    """An empty sheet over the uploaded photo, which is the real photo of what will be drawn."""
    family = families.find(scene.family)
    photo = pictures.square(pictures.opened(scene.photo), family.size)
    return Job(family, inference.empty(family), photo, notes=(words(EMPTY[family.palette]),), tracing=True)


def back(words: Words, scene: Scene) -> Job:
    """The uploaded photo, translated by the family of the other direction."""
    other = families.reverse(families.find(scene.family))
    if other is None:
        raise Trouble("cmp_photo")
    return uploaded(words, Scene(other.name), pictures.opened(scene.photo))


def restored(words: Words, said) -> Job | None:
    """The scene that an address names: ?family= with &pair=, &drawing= or &d=. None where it names none."""
    name = said.get("family")
    if not name:
        return None
    if said.get("pair"):
        return example(words, Scene(str(name)), str(said["pair"]))
    if said.get("d"):
        family = families.find_or_fetch(name)
        text = str(said["d"]).replace("-", "+").replace("_", "/")
        picture = pictures.opened("data:image/png;base64," + text + "=" * (-len(text) % 4))
        return Job(family, pictures.square(picture, family.size))
    seed = said.get("drawing")
    return surprise(words, Scene(str(name)), local.seed_of(seed) if seed else None)


def first() -> tuple[Job, inference.Made]:
    """The opening job and its pictures. Computed once for all languages, again when a model in the catalog changes."""
    family = families.find(families.FAMILY)
    return _opening(tuple(entry.folder.stat().st_mtime_ns for entry in family.members.values()))


@lru_cache(maxsize=1)
def _opening(stamp: tuple) -> tuple[Job, inference.Made]:
    family = families.find(families.FAMILY)
    job = _real(family, families.samples(family)[0][0])
    return job, inference.translate(family, job.drawing, job.truth)


def blind(scene: Scene, seed: int | None = None) -> tuple[families.Family, inference.Made, list[str]]:
    """A blind round: the board's own drawing if its photo is the visitor's own, or code draws nothing for this family; else
    a real pair; else a drawing by code. Beside its pictures the order in which they are shown."""
    family = families.find(scene.family)
    seed, truth = random.randrange(SEEDS) if seed is None else seed, None
    if scene.drawing and ((scene.truth and not scene.pair) or not family.draws):
        drawing, truth = pictures.square(pictures.opened(scene.drawing), family.size), _truth(family, scene)
    elif pairs := families.real_pairs(family):
        drawing, truth = _sides(family, pairs[seed % len(pairs)][1])
    else:
        drawing = inference.drawn(family, seed)
    made = inference.translate(family, drawing, truth)
    if len(made.pictures) < 2:
        raise Trouble("cmp_blind_few")
    keys = list(made.pictures)
    order = torch.randperm(len(keys), generator=torch.Generator().manual_seed(seed)).tolist()
    return family, made, [keys[i] for i in order]
