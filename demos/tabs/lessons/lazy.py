"""The stages of the tab Lessons that compute when they are first seen, so that the page itself opens without them.

The browser says when one comes into view (tab.js, `later`) and with which address the page was opened; the answer is
the stage, and its controls set as the link says.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from urllib.parse import parse_qs

import gradio as gr

from ...ui.components import LIVE, QUIET, render_or_explain, show
from ...ui.html import waiting
from ...ui.words import Words
from . import adam_momentum, batch_norm, feature_maps, label_filter, leaky_relu, mlp_vs_conv

UNCHECKED = {"preprocess": False}  # the stage checks what arrives, and says what is wrong in the page's language
JS = "ganzoo.later(element, trigger); ganzoo.stage(element, watch)"


def idea(words: Words, key: str, module: ModuleType) -> list:
    """A seed that only its button changes."""
    return [gr.State(module.FIRST[-1]), gr.Button(words("new"), elem_id=f"{key}-new")]


def choice(words: Words, name: str, values: list, first) -> gr.Radio:
    """Buttons side by side."""
    return gr.Radio(values, value=first, label=words(name), elem_id=name.replace("_", "-"))


def dial(low: float, high: float, first: float, step: float, label: str, name: str) -> gr.Slider:
    return gr.Slider(low, high, value=first, step=step, label=label, elem_id=name, buttons=[], min_width=160)


def bn(words: Words) -> list:
    return idea(words, "bn", batch_norm)


def mlp(words: Words) -> list:
    sets = [(words(f"data_{k}"), k) for k in mlp_vs_conv.SETS]
    return [choice(words, "mlp_set", sets, mlp_vs_conv.FIRST[0]), *idea(words, "mlp", mlp_vs_conv)]


def label(words: Words) -> list:
    digits = [(str(i), i) for i in range(10)]
    return [choice(words, "label_choice", digits, label_filter.FIRST[0]), *idea(words, "label", label_filter)]


def features(words: Words) -> list:
    name, high, first = words("features_dial"), feature_maps.MOST_SHIFT, feature_maps.FIRST
    slider = dial(1, high, first[0], 1, name, "features-shift")
    return [slider, gr.State(first[1]), gr.Button(words("features_walls"), elem_id="features-walls")]


def relu(words: Words) -> list:
    return [choice(words, "relu_rate", list(leaky_relu.RATES), leaky_relu.FIRST[0])]


def friction(words: Words) -> list:
    stage = adam_momentum
    return [dial(stage.LOW, stage.HIGH, stage.FIRST[0], 0.05, words("beta1"), "beta1")]


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
    "bn": Stage(batch_norm, bn),
    "mlp": Stage(mlp_vs_conv, mlp),
    "label": Stage(label_filter, label),
    "features": Stage(feature_maps, features),
    "relu": Stage(leaky_relu, relu),
    "friction": Stage(adam_momentum, friction),
}


class Later:
    """The components and events of one such stage."""

    def __init__(self, words: Words, key: str):
        self.words, self.key, self.module = words, key, STAGES[key].module
        with gr.Row(elem_classes="gz-dials gz-beside" if key in ("features", "friction") else "gz-controls"):
            made = STAGES[key].controls(words)
        self.values = [c for c in made if not isinstance(c, gr.Button)]
        self.picture = show(waiting(words), elem_id=f"lessons-{key}", js_on_load=JS)
        self.picture.select(self._first, None, [*self.values, self.picture], **QUIET)
        for control in made:
            if isinstance(control, gr.Button):
                control.click(self._another, self.values, [self.values[-1], self.picture], **QUIET, **UNCHECKED)
            elif not isinstance(control, gr.State):
                control.input(self._draw, self.values, self.picture, **LIVE, **UNCHECKED)

    def _draw(self, *values) -> str:
        return render_or_explain(self.words, self.module.show, *values)

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
            number = float(value)
        except (TypeError, ValueError):
            return gr.skip()
        return number if control.minimum <= number <= control.maximum else gr.skip()
