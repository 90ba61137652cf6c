"""One lesson as a screen: its question, its controls, what it computes, its formulas, and the lines of code behind it.

A lesson is a module: VALUES by name (see `controls`), `show(words, *values)` -> HTML, CODE, the functions that compute, and
where it has them `presets(words)`: what a button says and the first values that it sets, `pictures(words, *values)` ->
[(picture, caption)] that can be enlarged, FORMULA or `formula(words)`, a sentence KEY_notes, `numbers(words)`: the head and
the rows of a table. It computes when its screen is first opened, as the followed link says.
"""

import inspect
import random
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
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

    def show(self, words: Words, *values) -> str:
        """What it shows of these values, and the address that leads there."""
        shown = self.module.show(words, *values)
        texts = [
            f"{v:.10g}" if isinstance(v, float) else "".join(map(str, v)) if isinstance(v, list) else v for v in values
        ]
        link = {"tab": "lessons", "stage": self.key} | dict(zip(self.module.VALUES, texts, strict=True))
        return f'<div class="gz-stage" data-link="?{escape(urlencode(link))}">{shown}</div>'

    def notes(self, words: Words) -> str:
        """Its formula, its sentences and its table, as Markdown."""
        formula, table = getattr(self.module, "FORMULA", ""), ""
        if hasattr(self.module, "formula"):
            formula = self.module.formula(words)
        if hasattr(self.module, "numbers"):
            head, rows = self.module.numbers(words)
            lines = [head, [":---", *["---:"] * (len(head) - 1)], *rows]
            table = "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
        text = words(f"{self.key}_notes") if f"{self.key}_notes" in words.sentences else ""
        return "\n\n".join(filter(None, [formula and f"$${formula}$$", text, table]))


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
        self.words, self.lesson, self.module = words, lesson, lesson.module
        with gr.Column(elem_classes="gz-section gz-lesson", elem_id=f"l-{lesson.key}"):
            title = f"{lesson.row} · {words('q_' + lesson.key)}"
            show(heading(title, words("lead_" + lesson.key)))
            self._controls()
            js = "ganzoo.lesson(element, trigger, watch)"
            self.picture = show(waiting(words), elem_id=f"lessons-{lesson.key}", js_on_load=js)
            self.shown = [self.picture]
            if hasattr(self.module, "pictures"):
                self.shown.append(
                    gr.Gallery(columns=self.module.COLUMNS, show_label=False, height="auto", format="png")
                )
            if notes := lesson.notes(words):
                gr.Markdown(notes, elem_classes="gz-notes")
            with gr.Accordion(words("lesson_code"), open=False) as folded:
                code = gr.Code(language="python", interactive=False, show_label=False, max_lines=40)
        folded.expand(lambda: source(*self.module.CODE), None, code, **QUIET)
        self._wire()

    def _controls(self):
        """`values`: a component for each of VALUES. `buttons`: each with what it makes of them."""
        declared = self.module.VALUES.values()
        with gr.Row(elem_classes="gz-controls"):
            self.values = [value.make(self.words) for value in declared]
            presets = self.module.presets(self.words) if hasattr(self.module, "presets") else {}
            self.buttons = [(gr.Button(text), partial(_preset, first)) for text, first in presets.items()]
            for at, value in enumerate(declared):
                if value.button:
                    self.buttons.append((gr.Button(self.words(value.button)), partial(_anew, at)))

    def _wire(self):
        values = self.values
        self.picture.select(self._first, None, [*values, *self.shown], **QUIET)
        for control in values:
            if not isinstance(control, gr.State):
                control.input(self._draw, values, self.shown, **LIVE, **UNCHECKED)
        for button, change in self.buttons:
            button.click(self._changed(change), values, [*values, *self.shown], **QUIET, **UNCHECKED)
        if hasattr(self.module, "pointed"):
            self.picture.input(self._pointed, values, [*values, *self.shown], **LIVE, **UNCHECKED)

    def _draw(self, *values) -> list:
        """What the lesson shows of these values, or one quiet line that says why not and what to do."""
        try:
            drawn = [self.lesson.show, getattr(self.module, "pictures", None)][: len(self.shown)]
            return [draw(self.words, *values) for draw in drawn]
        except GanzooError as error:
            return [quiet(self.words.explain(error)), *[gr.skip()] * (len(self.shown) - 1)]

    def _changed(self, change):
        def act(*values):
            new = change(*values)
            return [*new, *self._draw(*new)]

        return act

    def _pointed(self, event: gr.EventData, *values):
        """A place in the picture was pressed: the module says what the values are then."""
        try:
            new = self.module.pointed(*values, sent(event))
        except GanzooError as error:
            return [*values, quiet(self.words.explain(error)), *[gr.skip()] * (len(self.shown) - 1)]
        return [*new, *self._draw(*new)]

    def _first(self, event: gr.EventData):
        said = linked(sent(event).get("query"))
        said = said if (said.get("tab"), said.get("stage")) == ("lessons", self.lesson.key) else {}
        values = [said.get(name, first) for name, first in zip(self.module.VALUES, self.lesson.first, strict=True)]
        return [*map(self._set, self.values, values), *self._draw(*values)]

    def _set(self, control, value):
        """What a link says for a control, which stays as it is where that is nothing it could show."""
        if isinstance(control, gr.Slider):
            try:
                number = float(value)
            except (TypeError, ValueError):
                return gr.skip()
            return number if control.minimum <= number <= control.maximum else gr.skip()
        if isinstance(control, gr.Radio):
            return next((v for _, v in control.choices if str(v) == str(value)), gr.skip())
        return value
