"""The drawing board with its palette: the one component of the pages that gradio does not have.

Its value is the scene, a dict: family, size, palette, drawing, truth, photo, pair, seed, tracing, judged; pictures are data:
addresses.
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
class Scene:
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
    """The board as a gradio component. Functions get its value as a `Scene`, or a Trouble where it is none."""

    def __init__(self, words: Words, value: dict | None = None, **kwargs):
        ours = {"html_template": _html(words), "js_on_load": SCRIPT, "apply_default_css": False}
        super().__init__(value, **{"elem_id": "cmp-board", **kwargs, **ours})

    def preprocess(self, payload) -> Scene | Trouble:
        try:
            return scene(payload)
        except Trouble as trouble:
            return trouble

    def api_info(self) -> dict:
        return {"type": "object"}


def scene(value) -> Scene:
    """The fields of a value, checked: what is missing has its default, what is nonsense is a Trouble."""
    if not isinstance(value, dict):
        raise Trouble("cmp_request")
    found = Scene()
    for field in fields(Scene):
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
    tools = "".join(
        f'<label><input type="radio" name="tool" value="{tool}"{" checked" if tool == "box" else ""}>'
        f"<span>{escape(words(f'cmp_{tool}'))}</span></label>"
        for tool in ("box", "brush", "eraser")
    )
    return (
        f'<div class="gz-board"><div class="gz-title"><h3>{escape(words("cmp_drawing"))}</h3>'
        f'<button type="button" class="gz-link" data-do="undo" disabled>{escape(words("cmp_undo"))}</button>'
        f'<button type="button" class="gz-link" data-do="clear">{escape(words("cmp_clear"))}</button></div>'
        f'<div class="gz-sheet"><canvas width="256" height="256" tabindex="0" role="img" aria-label="'
        f'{escape(words("cmp_board_alt"))}"></canvas><i class="gz-cross" hidden></i>'
        f'<img class="gz-under" alt="{escape(words("cmp_truth_alt"))}" hidden></div>'
        f'<div class="gz-controls"><fieldset aria-label="{escape(words("cmp_tools"))}"><div class="wrap">{tools}</div>'
        f"</fieldset></div>"
        f'<label class="gz-pen">{escape(words("cmp_width"))}<input type="range" min="1" max="24" value="6"></label>'
        f"{''.join(_palette(words, key) for key in PALETTES)}</div>"
    )


def _palette(words: Words, key: str) -> str:
    """A choice for every colour. The first is the ground, and what the eraser leaves."""
    choices, chosen = [], 2 if key == "label" else 1
    for i, (label, colour) in enumerate(PALETTES[key].items()):
        said, hue = escape(words(f"cmp_label_{label}")), "#{:02x}{:02x}{:02x}".format(*colour)
        checked = " checked" if i == chosen else ""
        choices.append(
            f'<label class="gz-colour"><input type="radio" name="colour-{key}" value="{hue}"{checked}>'
            f'<i style="background:{hue}"></i>{said}</label>'
        )
    label = escape(words("cmp_palette"))
    return f'<div class="gz-palette" data-palette="{key}" role="radiogroup" aria-label="{label}" hidden>{"".join(choices)}</div>'
