"""One lesson as a screen: its question, its controls, what it computes, its formulas, and the lines of code behind it.

A lesson is a module: VALUES by name (see `controls`), `show(words, *values)` -> HTML, CODE, the functions that compute, and
where it has them `presets(words)`: what a button says and the first values that it sets, `pictures(words, *values)` ->
[(picture, caption)] that can be enlarged, in COLUMNS, FORMULA with $words in it, a sentence KEY_notes, `numbers(words)`: the
rows of a table, its head the first. It computes when its screen is first opened, as the followed link says.
"""

import inspect
import random
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from string import Template
from types import ModuleType
from urllib.parse import urlencode

import gradio as gr

import ganzoo
from ganzoo import GanzooError

from ...ui.components import LIVE, QUIET, linked, sent, show
from ...ui.html import heading, quiet, waiting
from ...ui.words import Words

ROOT = Path(ganzoo.__file__).resolve().parent.parent
LARGEST = 1_000_000
UNCHECKED = {"preprocess": False}  # the lesson checks what arrives, and says what is wrong in the page's language


@dataclass(frozen=True)
class Lesson:
    """`key` stands in addresses, `row` is the course's number."""

    key: str
    row: int
    module: ModuleType

    @property
    def first(self) -> list:
        return [value.first for value in self.module.VALUES.values()]

    def draw(self, words: Words, *given) -> list:
        """What it shows of these values, with the address that leads there; and its pictures, where it has any."""
        values = {name: value.check(v) for (name, value), v in zip(self.module.VALUES.items(), given, strict=True)}
        shown = self.module.show(words, *values.values())
        link = escape(urlencode({"tab": "lessons", "stage": self.key} | values))
        drawn = [f'<div class="gz-stage" data-link="?{link}">{shown}</div>']
        if hasattr(self.module, "pictures"):
            drawn.append(self.module.pictures(words, *values.values()))
        return drawn

    def notes(self, words: Words) -> str:
        """Its formula, its sentences and its table, as Markdown."""
        parts = [words.sentences.get(f"{self.key}_notes", "")]
        if hasattr(self.module, "FORMULA"):
            parts.insert(0, f"$${Template(self.module.FORMULA).substitute(words.sentences)}$$")
        if hasattr(self.module, "numbers"):
            head, *rows = self.module.numbers(words)
            lines = [head, [":---", *["---:"] * (len(head) - 1)], *rows]
            parts.append("\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines))
        return "\n\n".join(filter(None, parts))


def source(*functions) -> str:
    """The source of functions, each under its file and line."""
    listed = []
    for function in functions:
        function = inspect.unwrap(function)  # past a cache
        path = Path(inspect.getsourcefile(function)).resolve()
        name = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
        place = f"# {name}, line {inspect.getsourcelines(function)[1]}\n"
        listed.append(place + inspect.cleandoc("\n" + inspect.getsource(function)))  # a method's indent is dropped
    return "\n\n\n".join(listed)


def _anew(at: int, *values) -> list:
    """The values with another seed at this place."""
    return [*values[:at], random.randrange(LARGEST), *values[at + 1 :]]


def _preset(first: tuple, *values) -> list:
    return [*first, *values[len(first) :]]


class Screen:
    def __init__(self, words: Words, lesson: Lesson):
        self.words, self.lesson, module = words, lesson, lesson.module
        with gr.Column(elem_classes="gz-section gz-lesson", elem_id=f"l-{lesson.key}"):
            show(heading(f"{lesson.row} · {words('q_' + lesson.key)}", words("lead_" + lesson.key)))
            with gr.Row(elem_classes="gz-controls"):
                values = [value.make(words) for value in module.VALUES.values()]
                presets = module.presets(words) if hasattr(module, "presets") else {}
                buttons = [(gr.Button(text), partial(_preset, first)) for text, first in presets.items()]
                for at, value in enumerate(module.VALUES.values()):
                    if value.button:
                        buttons.append((gr.Button(words(value.button)), partial(_anew, at)))
            js = "ganzoo.lesson(element, trigger, watch)"
            self.shown = [show(waiting(words), elem_id=f"lessons-{lesson.key}", js_on_load=js)]
            if hasattr(module, "pictures"):
                self.shown.append(gr.Gallery(columns=module.COLUMNS, show_label=False, height="auto", format="png"))
            if notes := lesson.notes(words):
                gr.Markdown(notes, elem_classes="gz-notes")
            with gr.Accordion(words("lesson_code"), open=False) as folded:
                code = gr.Code(language="python", interactive=False, show_label=False, max_lines=40)
        folded.expand(lambda: source(*module.CODE), None, code, **QUIET)
        self._wire(values, buttons)

    def _wire(self, values: list, buttons: list):
        picture, everything = self.shown[0], [*values, *self.shown]
        picture.select(self._first, None, everything, **QUIET)
        for control in values:
            if not isinstance(control, gr.State):
                control.input(self._draw, values, self.shown, **LIVE, **UNCHECKED)
        for button, change in buttons:
            button.click(partial(self._changed, change), values, everything, **QUIET, **UNCHECKED)
        if hasattr(self.lesson.module, "pointed"):
            picture.input(self._pointed, values, everything, **LIVE, **UNCHECKED)

    def _draw(self, *values) -> list:
        """What the lesson shows of these values, or one quiet line that says why not and what to do."""
        try:
            return self.lesson.draw(self.words, *values)
        except GanzooError as error:
            return [quiet(self.words.explain(error)), *[gr.skip()] * (len(self.shown) - 1)]

    def _changed(self, change, *values) -> list:
        with suppress(GanzooError):  # values that cannot be changed cannot be drawn either
            values = change(*values)
        return [*values, *self._draw(*values)]

    def _pointed(self, event: gr.EventData, *values) -> list:
        """A place in the picture was pressed: the module says what the values are then."""
        return self._changed(partial(self.lesson.module.pointed, sent(event)), *values)

    def _first(self, event: gr.EventData) -> list:
        said = linked(sent(event).get("query"))
        here = (said.get("tab"), said.get("stage")) == ("lessons", self.lesson.key)
        declared = self.lesson.module.VALUES
        values = [said.get(name, value.first) if here else value.first for name, value in declared.items()]
        return [*map(_accepted, declared.values(), values), *self._draw(*values)]


def _accepted(value, given):
    """What a link says for a control, which stays as it is where that is nothing it could show."""
    try:
        return value.check(given)
    except GanzooError:
        return gr.skip()
