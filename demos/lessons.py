"""The tab Lessons: why each idea exists, as small stages to play with. Components and events only.

Every stage is a function of plain values in a file of its own: lessons_stride, lessons_losses, lessons_unet, lessons_field,
and those of lessons_later, which compute when they are first seen.
"""

import random
from html import escape

import gradio as gr
import lessons_field
import lessons_losses
import lessons_stride
import lessons_unet
from answers import told
from create import LIVE, QUIET, show
from lessons_later import Later, linked
from lessons_stride import BAD, GOOD
from parts import heading, quiet, waiting
from words import Words

from ganzoo import GanzooError

STAGES = ("bn", "label", "mlp", "stride", "losses", "unet", "field", "relu", "friction")  # in the course's order
ASKED = {"mlp": "dcgan"}  # a stage that asks the question of a section of Create


def dial(low: int, high: int, value: int, label: str, name: str) -> gr.Slider:
    """A slider of whole numbers. What arrives is checked by the stage, which says what is wrong in the page's language."""
    slider = gr.Slider(low, high, value=value, step=1, label=label, elem_id=name, buttons=[], min_width=160)
    slider.preprocess = lambda value: value
    return slider


class Lessons:
    """The components of the tab in one language."""

    def __init__(self, words: Words):
        self.words = words
        links = "".join(f'<a href="#l-{key}">{escape(self._question(key))}</a>' for key in STAGES)
        self.top = show(
            f'<nav class="gz-contents" id="lessons" aria-label="{escape(words("sections"))}">{links}</nav>',
            elem_id="lessons-top",  # stays in sight
            js_on_load="ganzoo.later(element, trigger); ganzoo.here(element)",
        )
        for key in STAGES:
            getattr(self, f"_{key}", lambda key=key: self._later(key))()
        self._wire()

    def _question(self, key: str) -> str:
        """The question of a stage, with its number."""
        return f"{STAGES.index(key) + 1} · {self.words('q_' + ASKED.get(key, key))}"

    def _section(self, key: str) -> gr.Column:
        column = gr.Column(elem_classes="gz-section", elem_id=f"l-{key}")
        with column:
            show(heading(self._question(key), self.words("lead_" + ASKED.get(key, key))))
        return column

    def _stage(self, module) -> gr.HTML:
        """The picture of a stage, computed when the tab is first seen; from then on the address follows it."""
        name = module.__name__.replace("_", "-")
        return show(waiting(self.words), elem_id=name, js_on_load="ganzoo.stage(element, watch)")

    def _later(self, key: str):
        with self._section(key):
            Later(self.words, key)

    def _stride(self):
        say, (kernel, stride, size) = self.words, lessons_stride.FIRST
        with self._section("stride"):
            with gr.Row(elem_classes="gz-controls"):
                self.bad = gr.Button(say("stride_example", kernel=BAD[0], stride=BAD[1]), elem_id="stride-bad")
                self.good = gr.Button(say("stride_example", kernel=GOOD[0], stride=GOOD[1]), elem_id="stride-good")
            with gr.Row(elem_classes="gz-dials"):
                self.kernel = dial(*lessons_stride.KERNEL, kernel, say("kernel"), "kernel")
                self.step = dial(*lessons_stride.STRIDE, stride, say("stride"), "stride")
                self.size = dial(*lessons_stride.SIZE, size, say("cells"), "cells")
            self.counts = self._stage(lessons_stride)

    def _losses(self):
        say, (seed, agree) = self.words, lessons_losses.FIRST
        with self._section("losses"):
            self.truths = gr.State(seed)
            with gr.Row(elem_classes="gz-dials gz-beside"):
                self.agree = dial(1, lessons_losses.COUNT, agree, say("agree", count=lessons_losses.COUNT), "agree")
                self.others = gr.Button(say("other_truths"), elem_id="other-truths")
            self.answers = self._stage(lessons_losses)

    def _unet(self):
        with self._section("unet"):
            self.drawing = gr.State(lessons_unet.FIRST)
            with gr.Row(elem_classes="gz-controls"):
                self.another = gr.Button(self.words("another_drawing"), elem_id="another-drawing")
            self.both = self._stage(lessons_unet)

    def _field(self):
        with self._section("field"):
            self.map = show(
                waiting(self.words), elem_id="lessons-map", js_on_load="ganzoo.explore(element, trigger, watch)"
            )
            self.seen = show(elem_id="lessons-field", js_on_load="ganzoo.stage(element, watch)")

    # --- events -------------------------------------------------------------------------------------------------

    def _wire(self):
        dials = [self.kernel, self.step, self.size]
        for slider in dials:
            slider.input(lambda *a: told(self.words, lessons_stride.show, *a), dials, self.counts, **LIVE)
        for button, example in ((self.bad, BAD), (self.good, GOOD)):
            button.click(
                lambda size, example=example: [*example, told(self.words, lessons_stride.show, *example, size)],
                self.size,
                [self.kernel, self.step, self.counts],
                **QUIET,
            )
        self.agree.input(
            lambda *a: told(self.words, lessons_losses.show, *a), [self.truths, self.agree], self.answers, **LIVE
        )
        self.others.click(
            lambda agree: [new := random.randrange(1_000_000), told(self.words, lessons_losses.show, new, agree)],
            self.agree,
            [self.truths, self.answers],
            **QUIET,
        )
        self.another.click(
            lambda: [new := random.randrange(1_000_000), told(self.words, lessons_unet.show, new)],
            None,
            [self.drawing, self.both],
            **QUIET,
        )
        every = {**LIVE, "trigger_mode": "multiple"}  # lessons.js asks one question at a time
        self.map.select(self._layers, None, [self.map, self.seen], **every)
        self.map.input(self._moved, None, self.seen, **every)

        self.state = [
            *dials,
            self.counts,
            self.truths,
            self.agree,
            self.answers,
            self.drawing,
            self.both,
            self.map,
            self.seen,
        ]
        self.top.select(self._first, None, self.state, **QUIET).then(None, None, None, js="() => ganzoo.arrive()")

    def _layers(self, event: gr.EventData):
        said = event._data if isinstance(event._data, dict) else {}
        return self._explore(said.get("strides"), None, None)

    def _moved(self, event: gr.EventData):
        said = event._data if isinstance(event._data, dict) else {}
        return told(self.words, lessons_field.seen, said.get("strides"), said.get("row"), said.get("column"))

    def _explore(self, strides, row, column) -> list[str]:
        try:
            return [part(self.words, strides, row, column) for part in (lessons_field.show, lessons_field.seen)]
        except GanzooError as error:  # say it, and keep the choices on the page
            first = lessons_field.show(self.words, lessons_field.FIRST, None, None)
            return [first, quiet(self.words.explain(error))]

    def _first(self, event: gr.EventData):
        """The stages when the tab is first seen, as a link says; the tab itself and the scrolling are the browser's."""
        said = linked(event)
        dials = [said.get(k, v) for k, v in zip(("kernel", "stride", "size"), lessons_stride.FIRST, strict=True)]
        losses = [said.get(k, v) for k, v in zip(("truths", "agree"), lessons_losses.FIRST, strict=True)]
        drawing = said.get("drawing", lessons_unet.FIRST)
        strides = said.get("strides", "".join(map(str, lessons_field.FIRST)))
        return [
            *map(_dialled, dials),
            told(self.words, lessons_stride.show, *dials),
            losses[0],
            _dialled(losses[1]),
            told(self.words, lessons_losses.show, *losses),
            drawing,
            told(self.words, lessons_unet.show, drawing),
            *self._explore(strides, said.get("row"), said.get("column")),
        ]


def _dialled(value):
    """A number from a link for a slider, which leaves it as it is where that is none."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return gr.skip()
