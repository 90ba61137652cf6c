"""The answers of the tab Compare: what the browser asks (one JSON text) -> HTML, or one quiet line that says what to do.

A request carries everything, so nothing a visitor does is kept on the server:
{"id", "do": draw | surprise | example | upload | truth | restore | family, "family", "drawing", "truth", "file", "seed", "vary",
"critic", "palette", "board"}
"""

import random
from dataclasses import dataclass, replace
from functools import lru_cache

import asked
import compare_families as families
import compare_view as view
import compare_work as work
import shelf
import torch
from parts import quiet
from torch import Tensor
from words import Trouble, Words

from ganzoo import GanzooError

FAMILY, SEED = "facades", 4
LONGEST = 2 * work.LARGEST
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
    critic: str = ""
    palette: str = ""  # of the drawing on the board
    board: str = ""  # the family that the board shows, if another is asked for


def parsed(payload) -> Ask:
    ask = asked.read(Ask, payload, DEEDS, LONGEST)
    ask.seed = None if ask.seed is None else shelf.seed_of(ask.seed)
    ask.vary = None if ask.vary is None else shelf.seed_of(ask.vary)
    return ask


@dataclass
class Scene:
    """What is to be translated, and what should be said about it."""

    family: families.Family
    drawing: Tensor
    truth: Tensor | None = None
    seed: int | None = None
    fresh: bool = False  # whether the browser does not have this drawing yet
    new_truth: bool = False
    notes: tuple = ()


def answer(words: Words, payload) -> str:
    """The three pictures of a request. If it cannot be done, the drawing as it was, and one line that says why."""
    ask, refused = Ask(), ""
    try:
        ask = parsed(payload)
        scene = staged(words, ask)
    except GanzooError as error:
        refused = words.explain(error)
        try:
            scene = staged(words, Ask(id=ask.id, family=ask.board or ask.family, drawing=ask.drawing, truth=ask.truth))
        except GanzooError:
            return view.failed(ask.id, refused)
    made = work.translate(scene.family, scene.drawing, scene.truth, ask.vary)
    work.judge(scene.family, made, ask.critic)
    return view.answer(words, scene, made, ask.id, refused)


def staged(words: Words, ask: Ask) -> Scene:
    fetch = ask.do in ("surprise", "restore", "family")
    family = (families.find_or_fetch if fetch else families.find)(ask.family)
    truth = work.square(work.opened(ask.truth), family.size) if ask.truth else None
    if ask.do == "family" and (not ask.drawing or ask.palette != family.palette):
        return staged(words, replace(ask, do="surprise", seed=SEED))  # the drawing would mean nothing to this family
    if ask.do == "surprise":
        seed = random.randrange(1_000_000) if ask.seed is None else ask.seed
        notes = () if family.draws else (words("cmp_white_sheet"),)
        return Scene(family, work.drawn(family, seed), seed=seed, fresh=True, notes=notes)
    if ask.do == "example":
        return _real(family, random.randrange(1_000_000) if ask.seed is None else ask.seed)
    if ask.do in ("upload", "restore"):
        return _uploaded(words, family, work.opened(ask.file), pairs=ask.do == "upload")
    drawing = work.square(work.opened(ask.drawing), family.size)
    if ask.do == "family":
        return Scene(family, drawing, truth, ask.seed, fresh=True, new_truth=truth is not None)
    if ask.do == "truth":
        given = work.split(family, work.opened(ask.file))
        return Scene(family, drawing, work.square(given[1] or given[0], family.size), new_truth=True)
    notes = (words("cmp_no_labels"),) if work.strange(family, drawing) else ()
    return Scene(family, drawing, truth, notes=notes)


def _real(family: families.Family, seed: int) -> Scene:
    pairs = families.real_pairs(family)
    if not pairs:
        raise Trouble("cmp_no_example")
    try:
        drawing, truth = (work.square(side, family.size) for side in pairs[seed % len(pairs)][1]())
    except (GanzooError, OSError, ValueError):
        raise Trouble("cmp_no_example") from None
    if family.flipped:
        drawing, truth = truth, drawing
    return Scene(family, drawing, truth, fresh=True, new_truth=True)


def _uploaded(words: Words, family: families.Family, picture, pairs: bool) -> Scene:
    drawing, other = work.split(family, picture) if pairs else (picture, None)
    notes = []
    if other is not None:
        notes.append(words("cmp_split", side=words("cmp_right" if family.flipped else "cmp_left")))
    elif picture.width != picture.height:
        notes.append(words("cmp_squared"))
    sheet = work.square(drawing, family.size)
    if work.strange(family, sheet):
        notes.append(words("cmp_no_labels"))
    truth = None if other is None else work.square(other, family.size)
    return Scene(family, sheet, truth, fresh=True, new_truth=truth is not None, notes=tuple(notes))


# --- what is there before anybody asks --------------------------------------------------------------------------


def first(words: Words) -> str:
    """The opening scene. Computed once for all languages, again when a model on the shelf changes."""
    try:
        family = families.find(FAMILY)
        drawing, made = _opening(tuple(e.folder.stat().st_mtime_ns for e in family.members.values()))
    except (GanzooError, OSError) as error:
        return view.failed(0, words.explain(error) if isinstance(error, GanzooError) else words("cmp_missing"))
    return view.answer(words, Scene(family, drawing, seed=SEED, fresh=True), made, 0)


@lru_cache(maxsize=1)
def _opening(stamp: tuple):
    family = families.find(FAMILY)
    drawing = work.drawn(family, SEED)
    made = work.translate(family, drawing)
    work.judge(family, made)
    return drawing, made


def blind(words: Words, payload) -> str:
    """A blind round: a fresh drawing by code, or the one on the board if its truth is known or code has none."""
    try:
        ask = parsed(payload)
        family = families.find(ask.family)
        seed = random.randrange(1_000_000) if ask.seed is None else ask.seed
        truth = None
        if ask.drawing and (ask.truth or not family.draws):
            drawing = work.square(work.opened(ask.drawing), family.size)
            truth = work.square(work.opened(ask.truth), family.size) if ask.truth else None
        else:
            drawing = work.drawn(family, seed)
        made = work.translate(family, drawing, truth)
        if len(made.pictures) < 2:
            raise Trouble("cmp_blind_few")
    except GanzooError as error:
        return quiet(words.explain(error))
    order = torch.randperm(len(made.pictures), generator=torch.Generator().manual_seed(seed)).tolist()
    return view.blind(words, made, [list(made.pictures)[i] for i in order])
