"""The answers of the tab Compare: what the browser asks (one JSON text) -> HTML, or one quiet line that says what to do.

A request carries everything, so nothing a visitor does is kept on the server:
{"id", "do": draw | surprise | example | upload | truth | restore | family, "family", "drawing", "truth", "file", "seed", "vary",
"critic", "palette", "board"}
"""

import random
from dataclasses import dataclass, replace
from functools import lru_cache

import torch
from torch import Tensor

from ganzoo import GanzooError

from ...catalog import local
from ...ui import pictures, request
from ...ui.html import quiet
from ...ui.words import Trouble, Words
from . import families, inference, render

FAMILY, SEED = "facades", 4  # SEED: the first drawing of a family that has no real pair
LONGEST = 2 * pictures.LARGEST
EMPTY = {"label": "cmp_empty_label", "map": "cmp_empty_map", "plain": "cmp_empty_plain"}  # what to draw, by palette
DEEDS = ("draw", "surprise", "example", "upload", "truth", "restore", "family")


@dataclass
class Ask:
    """A request, its fields checked. What is missing has its default; what is nonsense is Trouble."""

    id: int = 0
    do: str = "draw"
    family: str = FAMILY
    drawing: str = ""
    truth: str = ""
    file: str = ""
    seed: int | None = None
    vary: int | None = None
    pair: str = ""  # the name of a real pair; empty: any
    critic: str = ""
    palette: str = ""  # of the drawing on the board
    board: str = ""  # the family that the board shows, if another is asked for


def parsed(payload) -> Ask:
    ask = request.read(Ask, payload, DEEDS, LONGEST)
    ask.seed = None if ask.seed is None else local.seed_of(ask.seed)
    ask.vary = None if ask.vary is None else local.seed_of(ask.vary)
    return ask


@dataclass
class Job:
    """What is to be translated, and what should be said about it."""

    family: families.Family
    drawing: Tensor
    truth: Tensor | None = None
    seed: int | None = None
    fresh: bool = False  # whether the browser does not have this drawing yet
    new_truth: bool = False
    pair: str = ""  # the name of a real pair
    cited: bool = False  # whether its source must stand beside it
    notes: tuple = ()
    photo: Tensor | None = None  # an upload that is no label map
    back: str = ""  # the family that translates photos into drawings


def answer(words: Words, payload) -> str:
    """The pictures of a request. If it cannot be done, the drawing as it was, and one line that says why."""
    ask, refused = Ask(), ""
    try:
        ask = parsed(payload)
        job = prepare(words, ask)
    except GanzooError as error:
        refused = words.explain(error)
        try:
            job = prepare(words, Ask(id=ask.id, family=ask.board or ask.family, drawing=ask.drawing, truth=ask.truth))
        except GanzooError:
            return render.failed(ask.id, refused)
    made = inference.translate(job.family, job.drawing, job.truth, ask.vary)
    inference.judge(job.family, made, ask.critic)
    return render.answer(words, job, made, ask.id, refused)


def prepare(words: Words, ask: Ask) -> Job:
    fetch = ask.do in ("surprise", "restore", "family")
    family = (families.find_or_fetch if fetch else families.find)(ask.family)
    truth = pictures.square(pictures.opened(ask.truth), family.size) if ask.truth else None
    if ask.do == "family" and (not ask.drawing or ask.palette != family.palette):
        pairs = families.samples(family)  # the drawing on the board would mean nothing to this family
        return prepare(
            words, replace(ask, do="example" if pairs else "surprise", pair=pairs[0][0] if pairs else "", seed=SEED)
        )
    if ask.do == "surprise":
        seed = random.randrange(1_000_000) if ask.seed is None else ask.seed
        notes = () if family.draws else (words("cmp_white_sheet"),)
        return Job(family, inference.drawn(family, seed), seed=seed, fresh=True, notes=notes)
    if ask.do == "example":
        return _real(family, ask.pair)
    if ask.do in ("upload", "restore"):
        return _uploaded(words, family, ask)
    drawing = pictures.square(pictures.opened(ask.drawing), family.size)
    if ask.do == "family":
        return Job(family, drawing, truth, ask.seed, fresh=True, new_truth=truth is not None)
    if ask.do == "truth":
        given = inference.split(family, pictures.opened(ask.file))
        return Job(family, drawing, pictures.square(given[1] or given[0], family.size), new_truth=True)
    return Job(family, drawing, truth, notes=(words(EMPTY[family.palette]),) if inference.blank(drawing) else ())


def _real(family: families.Family, pair: str) -> Job:
    """The real pair of this name; without one, or where it is not on this machine, any."""
    pairs = dict(families.samples(family)) | dict(families.real_pairs(family))
    if not pairs:
        raise Trouble("cmp_no_example")
    name = pair if pair in pairs else random.choice(list(pairs))
    drawing, truth = _sides(family, pairs[name])
    cited = family.config.data in families.SAMPLES
    return Job(family, drawing, truth, fresh=True, new_truth=True, pair=name, cited=cited)


def _sides(family: families.Family, read) -> tuple[Tensor, Tensor]:
    """(drawing, photo) of a real pair, at the family's size."""
    try:
        sides = [pictures.square(side, family.size) for side in read()]
    except (GanzooError, OSError, ValueError):
        raise Trouble("cmp_no_example") from None
    drawing, truth = reversed(sides) if family.flipped else sides
    return drawing, truth


def _uploaded(words: Words, family: families.Family, ask: Ask) -> Job:
    """The label map of an upload, its colours those of the palette. A photo changes nothing: it is offered as the real one."""
    picture, pairs = pictures.opened(ask.file), ask.do == "upload"
    drawing, other = inference.split(family, picture) if pairs else (picture, None)
    notes = []
    sheet = pictures.square(drawing, family.size)
    if inference.strange(family, sheet):
        return _photo(words, family, ask, sheet)
    if other is not None:
        notes.append(words("cmp_split", side=words("cmp_right" if family.flipped else "cmp_left")))
    elif picture.width != picture.height:
        notes.append(words("cmp_squared"))
    if pairs:  # a drawing that a link carries stays as it was
        sheet = inference.snapped(family, sheet)
        notes += [words("cmp_snapped")] if inference.inexact(family, drawing) else []
    truth = None if other is None else pictures.square(other, family.size)
    return Job(family, sheet, truth, fresh=True, new_truth=truth is not None, notes=tuple(notes))


def _photo(words: Words, family: families.Family, ask: Ask, photo: Tensor) -> Job:
    other = families.reverse(family)
    notes = (words("cmp_photo_back") if other else words("cmp_photo"),)
    if ask.drawing:
        drawing, fresh = pictures.square(pictures.opened(ask.drawing), family.size), False
    else:  # nothing is on the board yet: an empty sheet
        drawing, fresh = inference.empty(family), True
    truth = pictures.square(pictures.opened(ask.truth), family.size) if ask.truth else None
    return Job(family, drawing, truth, fresh=fresh, notes=notes, photo=photo, back=other.name if other else "")


# --- what is there before anybody asks --------------------------------------------------------------------------


def first(words: Words) -> str:
    """The opening job. Computed once for all languages, again when a model in the catalog changes."""
    try:
        family = families.find(FAMILY)
        made = _opening(tuple(e.folder.stat().st_mtime_ns for e in family.members.values()))
        job = _real(family, families.SAMPLES[FAMILY][0])
    except (GanzooError, OSError) as error:
        return render.failed(
            0, words.explain(error) if isinstance(error, GanzooError) else words("no_model", name=FAMILY)
        )
    return render.answer(words, job, made, 0)


@lru_cache(maxsize=1)
def _opening(stamp: tuple) -> inference.Made:
    family = families.find(FAMILY)
    made = inference.translate(family, *_sides(family, families.samples(family)[0][1]))
    inference.judge(family, made)
    return made


def blind(words: Words, payload) -> str:
    """A blind round: the board's own drawing if its real picture is known, else a real pair, else a drawing by code."""
    try:
        ask = parsed(payload)
        family = families.find(ask.family)
        seed = random.randrange(1_000_000) if ask.seed is None else ask.seed
        truth = None
        if ask.drawing and (ask.truth or not family.draws):
            drawing = pictures.square(pictures.opened(ask.drawing), family.size)
            truth = pictures.square(pictures.opened(ask.truth), family.size) if ask.truth else None
        elif pairs := families.real_pairs(family):
            drawing, truth = _sides(family, pairs[seed % len(pairs)][1])
        else:
            drawing = inference.drawn(family, seed)
        made = inference.translate(family, drawing, truth)
        if len(made.pictures) < 2:
            raise Trouble("cmp_blind_few")
    except GanzooError as error:
        return quiet(words.explain(error))
    order = torch.randperm(len(made.pictures), generator=torch.Generator().manual_seed(seed)).tolist()
    return render.blind(words, family.name, made, [list(made.pictures)[i] for i in order])
