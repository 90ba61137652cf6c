"""The stages of the tab Lessons that compute when they are first seen, so that the page itself opens without them.

The browser says when one comes into view (lessons.js, `later`) and with which address the page was opened; the answer is
the stage, and its controls set as the link says.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from urllib.parse import parse_qs

import gradio as gr
import lessons_bn
import lessons_friction
import lessons_label
import lessons_mlp
import lessons_relu
import shelf
from answers import told
from create import LIVE, QUIET, show
from parts import waiting
from words import Words

JS = "ganzoo.later(element, trigger); ganzoo.stage(element, watch)"


def idea(words: Words, key: str, module: ModuleType) -> list:
    """A seed that only its button changes."""
    return [gr.State(module.FIRST[-1]), gr.Button(words("new"), elem_id=f"{key}-new")]


def choice(words: Words, name: str, values: list, first) -> gr.Radio:
    """Buttons side by side. What arrives is checked by the stage, which says what is wrong in the page's language."""
    radio = gr.Radio(values, value=first, label=words(name), elem_id=name.replace("_", "-"))
    radio.preprocess = lambda value: value
    return radio


def bn(words: Words) -> list:
    return idea(words, "bn", lessons_bn)


def mlp(words: Words) -> list:
    sets = [(words(f"data_{k}"), k) for k in lessons_mlp.SETS]
    return [choice(words, "mlp_set", sets, lessons_mlp.FIRST[0]), *idea(words, "mlp", lessons_mlp)]


def label(words: Words) -> list:
    digits = [(str(i), i) for i in range(10)]
    return [choice(words, "label_choice", digits, lessons_label.FIRST[0]), *idea(words, "label", lessons_label)]


def relu(words: Words) -> list:
    return [choice(words, "relu_rate", list(lessons_relu.RATES), lessons_relu.FIRST[0])]


def friction(words: Words) -> list:
    low, high = lessons_friction.LOW, lessons_friction.HIGH
    name = words("beta1")
    slider = gr.Slider(low, high, value=lessons_friction.FIRST[0], step=0.05, label=name, elem_id="beta1", buttons=[])
    slider.preprocess = lambda value: value
    return [slider]


def linked(event: gr.EventData) -> dict[str, str]:
    """What the address said with which the page was opened, if it was a link to this tab."""
    said = event._data if isinstance(event._data, dict) else {}
    query = {k: v[0][:80] for k, v in parse_qs(str(said.get("query") or "").lstrip("?")[:500]).items()}
    return query if query.get("tab") == "lessons" else {}


@dataclass
class Stage:
    module: ModuleType
    controls: Callable


STAGES = {
    "bn": Stage(lessons_bn, bn),
    "mlp": Stage(lessons_mlp, mlp),
    "label": Stage(lessons_label, label),
    "relu": Stage(lessons_relu, relu),
    "friction": Stage(lessons_friction, friction),
}


class Later:
    """The components and events of one such stage."""

    def __init__(self, words: Words, key: str):
        self.words, self.key, self.module = words, key, STAGES[key].module
        with gr.Row(elem_classes="gz-dials gz-beside" if key == "friction" else "gz-controls"):
            made = STAGES[key].controls(words)
        self.values = [c for c in made if not isinstance(c, gr.Button)]
        self.picture = show(waiting(words), elem_id=f"lessons-{key}", js_on_load=JS)
        self.picture.select(self._first, None, [*self.values, self.picture], **QUIET)
        for control in made:
            if isinstance(control, gr.Button):
                control.click(self._another, self.values, [self.values[-1], self.picture], **QUIET)
            elif not isinstance(control, gr.State):
                control.input(self._draw, self.values, self.picture, **LIVE)

    def _draw(self, *values) -> str:
        return told(self.words, self.module.show, *values)

    def _another(self, *values):
        seed = random.randrange(1_000_000)
        return seed, self._draw(*values[:-1], seed)

    def _first(self, event: gr.EventData):
        said = linked(event)
        mine = said if said.get("stage") == self.key else {}
        values = [mine.get(name, first) for name, first in zip(self.module.NAMES, self.module.FIRST, strict=True)]
        return [*map(self._set, self.values, values), self._draw(*values)]

    def _set(self, control, value):
        """What a link says for a control, which stays as it is where that is nothing it could show."""
        if isinstance(control, gr.State):
            return value
        if isinstance(control, gr.Radio):
            return next((v for _, v in control.choices if str(v) == str(value)), gr.skip())
        try:
            return lessons_friction.beta_of(value)
        except shelf.GanzooError:
            return gr.skip()
