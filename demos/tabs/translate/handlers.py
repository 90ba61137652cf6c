"""The answers of the tab Translate: a picture and what is chosen -> a row, or one sentence that says what to do.

Nothing of a visitor is kept here; what a page shows comes back with its next request.
"""

from dataclasses import dataclass
from functools import lru_cache

from ganzoo import GanzooError

from ...catalog import local
from ...ui import pictures
from ...ui.components import linked
from ...ui.words import Words
from . import inference


@dataclass
class Row:
    """What is to be shown: `example` names the picture that is shown, "" for a visitor's own; `line` is said first."""

    made: inference.Made
    example: str
    line: str = ""


def of_picture(path: str, model: str, way: int, times: int) -> Row:
    opened, picture = inference.find(model, fetch=True), pictures.read(path)
    return Row(inference.there_and_back(opened, picture, direction(opened, way), _known(times)), "")


def of_example(name: str, model: str, way: int, times: int) -> Row:
    """An example. One of the other side turns the direction round, for a zebra need not become a zebra."""
    opened = inference.find(model, fetch=True)
    chosen = direction(opened, way)
    if inference.kind(name) == chosen.split("->")[-1]:
        chosen = inference.other_way(opened, chosen) or chosen
    return _row(opened, chosen, name, times)


def turned(name: str, model: str, way: int, times: int) -> Row:
    """The example's row in the direction `way`; of another side, another example."""
    opened = inference.find(model, fetch=True)
    chosen = direction(opened, way)
    if name not in inference.examples(opened) or inference.kind(name) not in ("", chosen.split("->")[0]):
        name = inference.example_for(opened, chosen)
    return of_example(name, model, way, times)


def direction(model, way: int) -> str:
    """A model's first or second direction; of a model with one way this."""
    return model.directions[min(way if way in (0, 1) else 0, len(model.directions) - 1)]


def _known(times) -> int:
    return times if times in inference.SIZES else inference.USUAL


def _row(model, chosen: str, example: str, times) -> Row:
    stamp = local.stamp(model.folder, model.name)
    return Row(_example(inference.catalog_name(model), stamp, chosen, example, _known(times)), example)


@lru_cache(maxsize=16)
def _example(name: str, stamp: int, chosen: str, example: str, times: int) -> inference.Made:
    """An example's row, computed once for all visitors; again when the model changes."""
    model = local.open_cycle(name)
    picture = inference.example(example, model.config.image_size)
    return inference.there_and_back(model, picture, chosen, times)


def first(words: Words, query, times: int = inference.USUAL) -> Row:
    """What the address asks for (?tab=translate&model=..&direction=..&example=..), or the usual example."""
    said = linked(query)
    said = said if said.get("tab") == "translate" else {}
    try:
        model = inference.find(said.get("model", ""), fetch=True)
        chosen = inference.way(model, said.get("direction", ""))
        return _row(model, chosen, said.get("example") or inference.example_for(model, chosen), times)
    except GanzooError as error:
        if not any(said.get(key) for key in ("model", "direction", "example")):
            raise
        usual = first(words, "", times)  # a link that no longer leads anywhere: the usual example under one line
        return Row(usual.made, usual.example, words.explain(error))
