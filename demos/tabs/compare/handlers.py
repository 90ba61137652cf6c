"""What a visitor of Compare can wish for: the state of their board -> a Job, what is to be translated and said about it.

Nothing a visitor does is kept on the server: the board itself says what it holds. Whatever cannot be done is a GanzooError.
"""

import random
from dataclasses import dataclass, replace
from functools import lru_cache

import torch
from PIL import Image
from torch import Tensor

from ganzoo import GanzooError

from ...catalog import local
from ...ui import pictures
from ...ui.words import Trouble, Words
from . import families, inference
from .board import BoardState
from .families import SEED

EMPTY = {"label": "cmp_empty_label", "map": "cmp_empty_map", "plain": "cmp_empty_plain"}  # what to draw, by palette
SEEDS = 1_000_000
TOO_LARGE = "too large"  # what board.js sends of a file that it does not send


@dataclass
class Job:
    """`drawing`, `truth`, `photo`: uint8 (1, 3, S, S). `seed` or `pair` say where the drawing comes from."""

    family: families.Family
    drawing: Tensor
    truth: Tensor | None = None
    seed: int | None = None
    pair: str = ""  # the name of a real pair
    notes: tuple = ()
    photo: Tensor | None = None  # an upload that is no label map
    back: str = ""  # the family that translates photos into drawings
    tracing: bool = False  # whether the visitor draws over the truth

    @property
    def cited(self) -> bool:
        """Whether the source of its pair must stand beside it."""
        return bool(self.pair) and self.family.config.data in families.SAMPLES


def drawn(words: Words, state: BoardState) -> Job:
    """What stands on the board."""
    family = families.find(state.family)
    drawing = _square(family, state.drawing)
    blank = bool((drawing == drawing[..., :1, :1]).all())
    notes = (words(EMPTY[family.palette]),) if blank else ()
    return Job(family, drawing, _truth(family, state), state.seed, state.pair, notes, tracing=state.tracing)


def _square(family: families.Family, text: str) -> Tensor:
    return pictures.square(pictures.opened(text), family.size)


def _truth(family: families.Family, state: BoardState) -> Tensor | None:
    return _square(family, state.truth) if state.truth else None


def surprise(words: Words, state: BoardState, seed: int | None = None) -> Job:
    """A drawing by code, or an empty sheet for families whose drawings have no code."""
    family = families.find_or_fetch(state.family)
    seed = random.randrange(SEEDS) if seed is None else seed
    notes = () if family.draws else (words("cmp_white_sheet"),)
    return Job(family, inference.drawn(family, seed), seed=seed, notes=notes)


def example(words: Words, state: BoardState, pair: str = "") -> Job:
    """The real pair of this name; without one, or where it is not on this machine, any but the one that is there already."""
    family = families.find(state.family)
    pairs = families.real_pairs(family)
    if not pairs:
        raise Trouble("cmp_no_example")
    name = pair if pair in pairs else random.choice([name for name in pairs if name != state.pair] or list(pairs))
    try:
        sides = [pictures.square(side, family.size) for side in pairs[name]()]
    except (GanzooError, OSError, ValueError):
        raise Trouble("cmp_no_example") from None
    drawing, truth = reversed(sides) if family.flipped else sides
    return Job(family, drawing, truth, pair=name)


def opened(words: Words, state: BoardState, name: str | None) -> Job:
    """Another family. A drawing that means something to it stays on the board."""
    before, family = families.find(state.family), families.find_or_fetch((name or "").strip())
    if state.drawing and before.palette == family.palette:
        pair = state.pair if before.config.data == family.config.data else ""
        drawing, truth = _square(family, state.drawing), _truth(family, state)
        return Job(family, drawing, truth, state.seed, pair, tracing=state.tracing)
    pairs = families.SAMPLES.get(family.config.data)
    state = BoardState(family.name)
    return example(words, state, pairs[0]) if pairs else surprise(words, state, SEED)


def file(words: Words, state: BoardState, path: str | None) -> Job:
    """What is uploaded; what stands on the board, once that is removed."""
    return uploaded(words, state, pictures.read(path)) if path else drawn(words, state)


def uploaded(words: Words, state: BoardState, picture: Image.Image | None = None) -> Job:
    """The label map of an upload (or a drop on the board), its colours those of the palette. A photo, or another picture
    without these colours, changes nothing: what it can still serve for is offered."""
    if picture is None and state.picture == TOO_LARGE:
        raise Trouble("cmp_too_large", megapixels=pictures.MEGAPIXELS)
    family, picture = families.find(state.family), picture or pictures.opened(state.picture)
    drawing, other = inference.split(family, picture)
    sheet, truth, notes = pictures.square(drawing, family.size), None, []
    if inference.strange(family, sheet):
        job = drawn(words, state) if state.drawing else Job(family, inference.empty(family))
        back = families.reverse(family) if inference.photographic(sheet) else None
        note = "cmp_photo_back" if back else "cmp_photo" if inference.photographic(sheet) else "cmp_not_palette"
        return replace(job, photo=sheet, notes=(words(note),), back=back.name if back else "")
    if other is not None:
        truth = pictures.square(other, family.size)
        notes.append(words("cmp_split", side=words("cmp_right" if family.flipped else "cmp_left")))
    elif picture.width != picture.height:
        notes.append(words("cmp_squared"))
    notes += [words("cmp_snapped")] if inference.inexact(family, drawing) else []
    return Job(family, inference.snapped(family, sheet), truth, notes=tuple(notes))


def kept(words: Words, state: BoardState) -> Job:
    """The uploaded photo as the real photo of what stands on the board."""
    job = drawn(words, state)
    return replace(job, truth=_square(job.family, state.photo), tracing=False)


def traced(words: Words, state: BoardState) -> Job:
    """An empty sheet over the uploaded photo, which is the real photo of what will be drawn."""
    family = families.find(state.family)
    notes = (words(EMPTY[family.palette]),)
    return Job(family, inference.empty(family), _square(family, state.photo), notes=notes, tracing=True)


def back(words: Words, state: BoardState) -> Job:
    """The uploaded photo, translated by the family of the other direction."""
    other = families.reverse(families.find(state.family))
    if other is None:
        raise Trouble("cmp_photo")
    return uploaded(words, BoardState(other.name), pictures.opened(state.photo))


def restored(words: Words, query: dict[str, str]) -> Job | None:
    """The state of the board that an address names: ?family= with &pair=, &drawing= or &d=. None where it names none."""
    if "family" not in query:
        return None
    state = BoardState(query["family"])
    if "pair" in query:
        return example(words, state, query["pair"])
    if "d" in query:
        family = families.find_or_fetch(state.family)
        text = query["d"].replace("-", "+").replace("_", "/")
        return Job(family, _square(family, text + "=" * (-len(text) % 4)))
    return surprise(words, state, local.seed_of(query["drawing"]) if "drawing" in query else None)


@lru_cache(maxsize=1)
def first() -> tuple[Job, inference.Made]:
    """The opening job and its pictures, which the pages of all languages start with."""
    job = example(Words("en"), BoardState(), families.SAMPLES[families.FAMILY][0])
    return job, inference.translate(job.family, job.drawing, job.truth)


def blind(words: Words, state: BoardState, seed: int | None = None) -> tuple[Job, inference.Made, list[str]]:
    """A blind round: the board's own drawing if its photo is the visitor's own, or code draws nothing for this family; else
    a real pair; else a drawing by code. Beside its pictures the order in which they are shown."""
    family = families.find(state.family)
    seed = random.randrange(SEEDS) if seed is None else seed
    if state.drawing and ((state.truth and not state.pair) or not family.draws):
        job = Job(family, _square(family, state.drawing), _truth(family, state))
    elif pairs := list(families.real_pairs(family)):
        job = example(words, state, pairs[seed % len(pairs)])
    else:
        job = Job(family, inference.drawn(family, seed))
    made = inference.translate(family, job.drawing, job.truth)
    if len(made.pictures) < 2:
        raise Trouble("cmp_blind_few")
    keys = list(made.pictures)
    order = torch.randperm(len(keys), generator=torch.Generator().manual_seed(seed)).tolist()
    return job, made, [keys[i] for i in order]
