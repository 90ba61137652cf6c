"""The values of a lesson: what each is at first, what a visitor sets it with, and what it may be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ...catalog import local
from ...ui.components import named
from ...ui.words import Trouble, Words


@dataclass(frozen=True)
class Value:
    """`make(words)` is its component; `check(given)` what a visitor or a link gave, or Trouble in words; `button`: what a
    button says that draws it anew."""

    first: Any
    make: Callable[[Words], gr.components.Component]
    check: Callable[[Any], Any]
    button: str = ""


def seed(first: int, button: str = "new", bad: str = "bad_seed") -> Value:
    def check(given) -> int:
        return local.whole(given, 0, local.LARGEST_SEED, bad)

    return Value(first, lambda words: gr.State(first), check, button)


def dial(first: float, low: float, high: float, label: str, bad: str, step: float = 1, elem_id: str = "") -> Value:
    def make(words: Words) -> gr.Slider:
        text, name = words(label, count=high), elem_id or label.replace("_", "-")
        return gr.Slider(low, high, value=first, step=step, label=text, elem_id=name, buttons=[], min_width=160)

    def check(given) -> float:
        return local.whole(given, low, high, bad) if step == 1 else round(local.number(given, low, high, bad), 2)

    return Value(first, make, check)


def choice(first, label: str, keys: Sequence, bad: str, prefix: str = "") -> Value:
    """Buttons side by side, called as the words PREFIX_KEY say, or else by their keys."""

    def make(words: Words) -> gr.Radio:
        values = named(words, prefix, keys) if prefix else [(str(key), key) for key in keys]
        return gr.Radio(values, value=first, label=words(label), elem_id=label.replace("_", "-"))

    return Value(first, make, one_of(keys, bad))


def one_of(keys: Sequence, bad: str) -> Callable:
    """What checks that a value is one of these keys, or is written as one."""

    def check(given):
        for key in keys:
            if str(key) == str(given):
                return key
        raise Trouble(bad, known=", ".join(map(str, keys)), most=keys[-1])

    return check
