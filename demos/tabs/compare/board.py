"""The drawing board with its palette: the one component of the pages that gradio does not have.

Its value, a dict, is the state of the board: family, size, palette, drawing, truth, photo, pair, seed, tracing, judged;
pictures are data: addresses.
`input` is a stroke (undo and clear too), `upload` a picture dropped or pasted on it. board.js does the drawing.
"""

from dataclasses import dataclass, fields
from html import escape
from pathlib import Path

import gradio as gr

from ...catalog import local
from ...ui import pictures
from ...ui.words import Trouble, Words
from .families import FAMILY, PALETTES

SCRIPT = (Path(__file__).parent / "board.js").read_text(encoding="utf-8")
NAMES = 300  # letters of a text that is no picture


@dataclass
class BoardState:
    """What the board of a visitor holds. `seed` or `pair` say where a drawing that nobody has changed comes from."""

    family: str = FAMILY
    drawing: str = ""
    truth: str = ""
    photo: str = ""  # an upload that is no label map
    picture: str = ""  # what was dropped or pasted
    pair: str = ""
    seed: int | None = None
    tracing: bool = False  # whether one draws over the truth
    judged: bool = True  # whether the critic's map is in sight


class Board(gr.HTML):
    """The board as a gradio component. Functions get its value as a `BoardState`."""

    def __init__(self, words: Words, value: dict | None = None, **kwargs):
        ours = {"html_template": _html(words), "js_on_load": SCRIPT, "apply_default_css": False}
        super().__init__(value, **{"elem_id": "cmp-board", **kwargs, **ours})

    def preprocess(self, payload) -> BoardState:
        """What no board of ours sends is refused."""
        return checked(payload)

    def api_info(self) -> dict:
        return {"type": "object"}


def checked(value) -> BoardState:
    """The fields of a value, checked: what is missing has its default, what is nonsense is a Trouble."""
    if not isinstance(value, dict):
        raise Trouble("cmp_request")
    found = BoardState()
    for field in fields(BoardState):
        given = value.get(field.name)
        if given is None:
            continue
        if field.name == "seed":
            given = local.seed_of(given)
        elif field.type in (bool, "bool"):
            given = given is True
        elif not isinstance(given, str) or len(given) > (pictures.LARGEST if given.startswith("data:") else NAMES):
            raise Trouble("cmp_request")
        setattr(found, field.name, given)
    return found


def _html(words: Words) -> str:
    tools = ((words(f"cmp_{tool}"), tool) for tool in ("box", "brush", "eraser"))
    label = escape(words("cmp_board_alt"))
    sheet = (
        f'<canvas width="256" height="256" tabindex="0" role="img" aria-label="{label}"></canvas>'
        f'<i class="gz-cross" hidden></i><img class="gz-under" alt="{escape(words("cmp_truth_alt"))}" hidden>'
    )
    palettes = (
        choices(
            words("cmp_palette"),
            f"colour-{key}",
            [(words(f"cmp_label_{label}"), "#{:02x}{:02x}{:02x}".format(*hue)) for label, hue in palette.items()],
            2 if key == "label" else 1,
            f'data-palette="{key}" hidden',
        )
        for key, palette in PALETTES.items()
    )
    return frame(words, words("cmp_drawing"), sheet, choices(words("cmp_tools"), "tool", tools), pen(words), *palettes)


def frame(words: Words, title: str, sheet: str, *tools: str) -> str:
    """A sheet under its title, with buttons to undo and to clear, and tools."""
    return (
        f'<div class="gz-board"><div class="gz-title"><h3>{escape(title)}</h3>'
        f'<button type="button" class="gz-link" data-do="undo">{escape(words("cmp_undo"))}</button>'
        f'<button type="button" class="gz-link" data-do="clear">{escape(words("cmp_clear"))}</button></div>'
        f'<div class="gz-sheet">{sheet}</div>{"".join(tools)}</div>'
    )


def pen(words: Words) -> str:
    return f'<label class="gz-pen">{escape(words("cmp_width"))}<input type="range" min="1" max="24" value="6"></label>'


def choices(label: str, name: str, values, chosen: int = 0, more: str = "") -> str:
    """One of (words, value); a colour shows itself before its name."""
    shown = ""
    for i, (text, value) in enumerate(values):
        hue = f'<i style="background:{value}"></i>' if value.startswith("#") else ""
        checked = " checked" if i == chosen else ""
        radio = f'<input type="radio" name="{name}" value="{value}"{checked}>'
        shown += f'<label class="gz-{"colour" if hue else "tool"}">{radio}{hue}{escape(text)}</label>'
    return f'<div class="gz-palette" role="radiogroup" aria-label="{escape(label)}" {more}>{shown}</div>'
