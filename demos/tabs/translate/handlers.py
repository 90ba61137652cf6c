"""The answers of the tab Translate: what the browser asks (one JSON text) -> HTML, or one quiet line that says what to do.

A request carries everything, so nothing a visitor does is kept on the server:
{"id", "do": example | upload | again | model, "model", "direction", "example", "file"}
"""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs

from ganzoo import GanzooError

from ...catalog import local
from ...ui import pictures, request
from ...ui.words import Trouble, Words
from . import inference, render

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
    return request.read(Ask, payload, DEEDS, pictures.LARGEST + 10_000)


def answer(words: Words, payload) -> str:
    """The row of a request. If it cannot be done, one line that says why; the browser keeps the row that it has."""
    ask = Ask()
    try:
        ask = parsed(payload)
        return _made(words, ask)
    except GanzooError as error:
        return render.failed(words, ask.id, words.explain(error))


def _made(words: Words, ask: Ask) -> str:
    model = inference.find(ask.model, fetch=ask.do in ("model", "example"))
    if ask.do == "model" and ask.direction not in model.directions:
        ask.direction = ""  # another model has other sides
    direction = inference.way(model, ask.direction)
    if ask.file:
        made, example = inference.there_and_back(model, pictures.opened(ask.file), direction), ""
    else:
        example = ask.example or inference.example_for(model, direction)
        if (
            ask.do != "example"
            and inference.kind(example) == direction.split("->")[-1]
            and inference.other_way(model, direction)
        ):
            example = inference.example_for(model, direction)  # a zebra need not become a zebra
        made = _example(inference.catalog_name(model), _stamp(model), direction, example)
    return render.answer(words, made, ask.id, example)


def _stamp(model) -> int:
    """Changes when a model's files do."""
    try:
        return max(path.stat().st_mtime_ns for path in model.folder.glob("*"))
    except (OSError, ValueError):
        raise Trouble("no_model", name=model.name) from None


@lru_cache(maxsize=16)
def _example(name: str, stamp: int, direction: str, example: str) -> inference.Made:
    """An example's row, computed once for all visitors; again when the model changes."""
    model = local.open_cycle(name)
    return inference.there_and_back(model, inference.example(example, model.config.image_size), direction)


def first(words: Words, query) -> str:
    """What the address asks for (?tab=translate&model=..&direction=..&example=..), or the usual example."""
    said = {k: v[0][:200] for k, v in parse_qs(str(query or "").lstrip("?")[:1000]).items()}
    if said.get("tab") != "translate":
        said = {}
    try:
        fields = {key: said.get(key, "") for key in ("model", "direction", "example")}
        return _made(words, Ask(do="example", **fields))
    except GanzooError as error:
        if not any(said.get(key) for key in ("model", "direction", "example")):
            return render.empty(words, words.explain(error))
        line = words.explain(error)
    try:  # a link that no longer leads anywhere: the usual example under one line
        return render.with_line(_made(words, Ask()), line)
    except GanzooError:
        return render.empty(words, line)


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
        model = inference.find(ask.model)
        direction = inference.critic_way(model, inference.way(model, ask.direction), ask.picture)
        scores = inference.opinions(model, pictures.opened(ask.file), direction)
        return render.opinions(words, model, direction, scores, ask)
    except GanzooError as error:
        return render.failed(words, ask.id, words.explain(error))
