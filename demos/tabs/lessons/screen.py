"""One lesson as a screen: its question, its controls, what it computes, its formulas, and the lines of code behind it.

It computes when its screen is first opened, as the followed link says.
"""

import inspect
import random
from functools import partial
from pathlib import Path

import gradio as gr

import ganzoo
from ganzoo import GanzooError

from ...ui.components import LIVE, QUIET, Album, linked, sent, show
from ...ui.html import heading, quiet, waiting
from ...ui.words import Words
from .lesson import Lesson

ROOT = Path(ganzoo.__file__).resolve().parent.parent
LARGEST = 1_000_000
UNCHECKED = {"preprocess": False}  # the lesson checks what arrives, and says what is wrong in the page's language


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
        self.words, self.lesson = words, lesson
        with gr.Column(elem_classes="gz-section gz-lesson", elem_id=f"l-{lesson.key}"):
            show(heading(lesson.title(words), words("lead_" + lesson.key)))
            with gr.Row(elem_classes="gz-controls"):
                values = [value.make(words) for value in lesson.values.values()]
                presets = lesson.presets(words) if lesson.presets else {}
                buttons = [(gr.Button(text), partial(_preset, first)) for text, first in presets.items()]
                for at, value in enumerate(lesson.values.values()):
                    if value.button:
                        buttons.append((gr.Button(words(value.button)), partial(_anew, at)))
            self.shown = [Album(columns=lesson.columns, show_label=False)] if lesson.pictures else []
            js = "ganzoo.lesson(element, trigger, watch)"
            answer = show(waiting(words), elem_id=f"lessons-{lesson.key}", js_on_load=js)
            self.shown.append(answer)
            if notes := lesson.notes(words):
                gr.Markdown(notes, elem_classes="gz-notes")
            with gr.Accordion(words("lesson_code"), open=False) as folded:
                code = gr.Code(language="python", interactive=False, show_label=False, max_lines=40)
        folded.expand(lambda: source(*lesson.code), None, code, **QUIET)
        self._wire(answer, values, buttons)

    def _wire(self, answer: gr.HTML, values: list, buttons: list):
        everything = [*values, *self.shown]
        answer.select(self._first, None, everything, **QUIET)
        for control in values:
            if not isinstance(control, gr.State):
                control.input(self._draw, values, self.shown, **LIVE, **UNCHECKED)
        for button, change in buttons:
            button.click(partial(self._changed, change), values, everything, **QUIET, **UNCHECKED)
        if self.lesson.pointed:
            answer.input(self._pointed, values, everything, **LIVE, **UNCHECKED)
        if self.lesson.fitted:
            answer.change(self._fitted, values, values, **LIVE, **UNCHECKED)

    def _draw(self, *values) -> list:
        """What the lesson shows of these values, or one quiet line that says why not and what to do."""
        try:
            return self.lesson.draw(self.words, *values)
        except GanzooError as error:
            return [*[gr.skip()] * (len(self.shown) - 1), quiet(self.words.explain(error))]

    def _changed(self, change, *values) -> list:
        try:
            values = changed = change(*values)
        except GanzooError:  # values that cannot be changed cannot be drawn either: the controls stay as they are
            changed = [gr.skip()] * len(values)
        return [*changed, *self._draw(*values)]

    def _pointed(self, event: gr.EventData, *values) -> list:
        """A place in the picture was pressed: the lesson says what the values are then."""
        return self._changed(partial(self.lesson.pointed, sent(event)), *values)

    def _fitted(self, *values) -> list:
        """How far the controls reach beside each other."""
        try:
            return self.lesson.fitted(*self.lesson.checked(values).values())
        except GanzooError:
            return [gr.skip()] * len(values)

    def _first(self, event: gr.EventData) -> list:
        link = linked(sent(event).get("query"))
        here = (link.get("tab"), link.get("stage")) == ("lessons", self.lesson.key)
        declared = self.lesson.values
        values = [link.get(name, value.first) if here else value.first for name, value in declared.items()]
        return [*map(_accepted, declared.values(), values), *self._draw(*values)]


def _accepted(value, given):
    """What a link says for a control, which stays as it is where that is nothing it could show."""
    try:
        return value.check(given)
    except GanzooError:
        return gr.skip()
