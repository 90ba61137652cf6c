"""The drawing boards of Your pictures as HTML, like that of Compare; tab.js makes them draw."""

from html import escape

from ...ui.words import Words
from ..compare.board import choices, frame, pen

COLOURS = (("own_black", "#000000"), ("own_white", "#ffffff"), ("own_red", "#c8321e"), ("own_orange", "#f0a030"),
           ("own_yellow", "#f8d84a"), ("own_green", "#3c9a4c"), ("own_blue", "#2f62c8"), ("own_brown", "#7a4a34"))  # fmt: skip
SIDE = 256


def tools(words: Words, name: str) -> str:
    """Colours and the width of the brush for the boards beside them."""
    return choices(words("own_colour"), name, [(words(key), hue) for key, hue in COLOURS]) + pen(words)


def board(words: Words, name: str, label: str) -> str:
    """A sheet called `name` under its label."""
    canvas = (
        f'<canvas width="{SIDE}" height="{SIDE}" data-board="{name}" role="img" aria-label="{escape(label)}"></canvas>'
    )
    return frame(words, label, f'{canvas}<img class="gz-under" alt="" hidden>')
