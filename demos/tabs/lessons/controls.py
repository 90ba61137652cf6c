"""The values of a lesson: what each is at first, and what a visitor sets it with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ...ui.components import named
from ...ui.words import Words


@dataclass(frozen=True)
class Value:
    """`make(words)` is its component; `button`: what a button says that draws it anew."""

    first: Any
    make: Callable[[Words], gr.components.Component]
    button: str = ""


def seed(first: int, button: str = "new") -> Value:
    return Value(first, lambda words: gr.State(first), button)


def dial(first: float, low: float, high: float, label: str, step: float = 1, elem_id: str = "") -> Value:
    def make(words: Words) -> gr.Slider:
        text, name = words(label, count=high), elem_id or label.replace("_", "-")
        return gr.Slider(low, high, value=first, step=step, label=text, elem_id=name, buttons=[], min_width=160)

    return Value(first, make)


def choice(first, label: str, keys: Iterable, prefix: str = "") -> Value:
    """Buttons side by side, called as the words PREFIX_KEY say, or else by their keys."""

    def make(words: Words) -> gr.Radio:
        values = named(words, prefix, keys) if prefix else [(str(key), key) for key in keys]
        return gr.Radio(values, value=first, label=words(label), elem_id=label.replace("_", "-"))

    return Value(first, make)
