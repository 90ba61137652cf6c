"""The answers of the tab Translate: what the browser asks (one JSON text) -> HTML, or one quiet line that says what to do.

A request carries everything, so nothing a visitor does is kept on the server:
{"id", "do": example | upload | again | model, "model", "direction", "example", "file"}
"""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs

import asked
import shelf
import translate_view as view
import translate_work as work
from compare_work import LARGEST
from words import Trouble, Words

from ganzoo import GanzooError

DEEDS = ("example", "upload", "again", "model")


@dataclass
class Ask:
    """A request, its fields checked. What is missing has its default; what is nonsense is Trouble."""

    id: int = 0
    do: str = "example"
    model: str = ""
    direction: str = ""
    example: str = ""
    file: str = ""
    picture: str = ""  # which picture of the row a critic is asked about: original, there, back


def parsed(payload) -> Ask:
    return asked.read(Ask, payload, DEEDS, LARGEST + 10_000)


def answer(words: Words, payload) -> str:
    """The row of a request. If it cannot be done, one line that says why; the browser keeps the row that it has."""
    ask = Ask()
    try:
        ask = parsed(payload)
        return _made(words, ask)
    except GanzooError as error:
        return view.failed(words, ask.id, words.explain(error))


def _made(words: Words, ask: Ask) -> str:
    model = work.find(ask.model, fetch=ask.do in ("model", "example"))
    if ask.do == "model" and ask.direction not in model.directions:
        ask.direction = ""  # another model has other sides
    direction = work.way(model, ask.direction)
    if ask.file:
        made, example = work.there_and_back(model, work.opened(ask.file), direction), ""
    else:
        example = ask.example or work.example_for(model, direction)
        if ask.do != "example" and work.kind(example) == direction.split("->")[-1] and work.other_way(model, direction):
            example = work.example_for(model, direction)  # a zebra need not become a zebra
        made = _example(work.shelf_name(model), _stamp(model), direction, example)
    return view.answer(words, made, ask.id, example)


def _stamp(model) -> int:
    """Changes when a model's files do."""
    try:
        return max(path.stat().st_mtime_ns for path in model.folder.glob("*"))
    except (OSError, ValueError):
        raise Trouble("no_model", name=model.name) from None


@lru_cache(maxsize=16)
def _example(name: str, stamp: int, direction: str, example: str) -> work.Made:
    """An example's row, computed once for all visitors; again when the model changes."""
    model = shelf.open_cycle(name)
    return work.there_and_back(model, work.example(example, model.config.image_size), direction)


def first(words: Words, query) -> str:
    """What the address asks for (?tab=translate&model=..&direction=..&example=..), or the usual example."""
    said = {k: v[0][:200] for k, v in parse_qs(str(query or "").lstrip("?")[:1000]).items()}
    if said.get("tab") != "translate":
        said = {}
    try:
        asked = {key: said.get(key, "") for key in ("model", "direction", "example")}
        return _made(words, Ask(do="example", **asked))
    except GanzooError as error:
        if not any(said.get(key) for key in ("model", "direction", "example")):
            return view.empty(words, words.explain(error))
        line = words.explain(error)
    try:  # a link that no longer leads anywhere: the usual example under one line
        return view.with_line(_made(words, Ask()), line)
    except GanzooError:
        return view.empty(words, line)


def warm() -> None:
    """Compute the usual example ahead of the first visitor."""
    first(Words("en"), "")


def critic(words: Words, payload) -> str:
    """A critic's patch map of one picture of the row."""
    ask = Ask()
    try:
        ask = parsed(payload)
        if ask.picture not in ("original", "there", "back"):
            raise Trouble("cmp_request")
        model = work.find(ask.model)
        direction = work.critic_way(model, work.way(model, ask.direction), ask.picture)
        scores = work.opinions(model, work.opened(ask.file), direction)
        return view.opinions(words, model, direction, scores, ask)
    except GanzooError as error:
        return view.failed(words, ask.id, words.explain(error))
