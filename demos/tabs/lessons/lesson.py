"""What a module of this folder declares: a Lesson, and its values: what each is at first, what a visitor sets it with, and
what it may be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from string import Template
from typing import Any
from urllib.parse import urlencode

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


@dataclass(frozen=True)
class Lesson:
    """What a module of this folder declares. `key` stands in addresses and in the words q_KEY, lead_KEY and KEY_notes; `row`
    is the course's number; `values`, by name, are what a visitor chooses, and every function after `words` takes them."""

    key: str
    row: int
    values: dict[str, Value]
    show: Callable  # (words, *values) -> HTML
    code: tuple  # the functions that compute
    formula: str = ""  # with $words in it
    numbers: Callable | None = None  # (words) -> the rows of a table, its head the first
    pictures: Callable | None = None  # (words, *values) -> [(picture, caption)] that can be enlarged
    columns: int = 4  # of the pictures
    presets: Callable | None = None  # (words) -> {what a button says: the first values that it sets}
    pointed: Callable | None = None  # (where a drawing was pressed, *values) -> values
    fitted: Callable | None = None  # (*values) -> updates of the controls, where one limits another
    number: str = ""  # where its row has several lessons: 4a, 4b; or + beyond the course

    def title(self, words: Words) -> str:
        return f"{self.number or self.row} · {words('q_' + self.key)}"

    def checked(self, given) -> dict:
        """Name -> value."""
        return {name: value.check(v) for (name, value), v in zip(self.values.items(), given, strict=True)}

    def draw(self, words: Words, *given) -> list:
        """Its pictures, where it has any, and what it shows of these values, with the address that leads there."""
        values = self.checked(given)
        drawn = [self.pictures(words, *values.values())] if self.pictures else []
        shown = self.show(words, *values.values())
        link = escape(urlencode({"tab": "lessons", "stage": self.key} | values))
        return [*drawn, f'<div class="gz-stage" data-link="?{link}">{shown}</div>']

    def notes(self, words: Words) -> str:
        """Its formula, its sentences and its table, as Markdown."""
        parts = [f"$${Template(self.formula).substitute(words.sentences)}$$"] if self.formula else []
        parts.append(words.sentences.get(f"{self.key}_notes", ""))
        if self.numbers:
            head, *rows = self.numbers(words)
            lines = [head, [":---", *["---:"] * (len(head) - 1)], *rows]
            parts.append("\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines))
        return "\n\n".join(filter(None, parts))


def seed(first: int, button: str = "new", bad: str = "bad_seed") -> Value:
    return Value(first, lambda words: gr.State(first), lambda given: local.seed_of(given, bad), button)


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

    def check(given):  # a key, or one as a link writes it
        for key in keys:
            if str(key) == str(given):
                return key
        raise Trouble(bad, known=", ".join(map(str, keys)), most=keys[-1])

    return Value(first, make, check)
