"""The controls of a lesson: what a visitor sets, and buttons that set it for them."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import gradio as gr

from ...ui.words import Words

LARGEST = 1_000_000


@dataclass
class Controls:
    """`values` in the order of the lesson's NAMES; `buttons`: each with what it makes of the values."""

    values: list = field(default_factory=list)
    buttons: list[tuple[gr.Button, Callable]] = field(default_factory=list)


def choice(words: Words, name: str, values: list, first) -> gr.Radio:
    """Buttons side by side."""
    return gr.Radio(values, value=first, label=words(name), elem_id=name.replace("_", "-"))


def dial(low: float, high: float, first: float, step: float, label: str, name: str) -> gr.Slider:
    return gr.Slider(low, high, value=first, step=step, label=label, elem_id=name, buttons=[], min_width=160)


def another(text: str, name: str) -> tuple[gr.Button, Callable]:
    """A button that draws a new seed, which is the last value."""
    return gr.Button(text, elem_id=name), lambda *values: (*values[:-1], random.randrange(LARGEST))


def preset(text: str, name: str, *first) -> tuple[gr.Button, Callable]:
    """A button that sets the first values."""
    return gr.Button(text, elem_id=name), lambda *values: (*first, *values[len(first) :])
