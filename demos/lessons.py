"""The tab Lessons: why each idea exists, as small stages to play with. Components and events only.

Every stage is a function of plain values in a file of its own: lessons_stride, lessons_losses, lessons_unet, lessons_field,
and those of lessons_later, which compute when they are first seen.
"""

import random
from html import escape
from urllib.parse import parse_qs

import gradio as gr
import lessons_field
import lessons_losses
import lessons_stride
import lessons_unet
from answers import told
from create import LIVE, QUIET, show
from lessons_later import Later
from lessons_stride import BAD, GOOD
from parts import heading, quiet
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

    def __init__(self, demo: gr.Blocks, words: Words):
        self.words = words
        links = "".join(f'<a href="#l-{key}">{escape(words("q_" + ASKED.get(key, key)))}</a>' for key in STAGES)
        show(f'<nav class="gz-contents" id="lessons" aria-label="{escape(words("sections"))}">{links}</nav>')
        for key in STAGES:
            getattr(self, f"_{key}", lambda key=key: self._later(key))()
        self._wire(demo)

    def _section(self, key: str) -> gr.Column:
        column = gr.Column(elem_classes="gz-section", elem_id=f"l-{key}")
        with column:
            key = ASKED.get(key, key)
            show(heading(self.words(f"q_{key}"), self.words(f"lead_{key}")))
        return column

    def _stage(self, module, *args) -> gr.HTML:
        """The picture of a stage, computed now; from then on the address follows it."""
        value = told(self.words, module.show, *args)
        return show(value, elem_id=f"{module.__name__.replace('_', '-')}", js_on_load="ganzoo.stage(element, watch)")

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
            self.counts = self._stage(lessons_stride, kernel, stride, size)

    def _losses(self):
        say, (seed, agree) = self.words, lessons_losses.FIRST
        with self._section("losses"):
            self.truths = gr.State(seed)
            with gr.Row(elem_classes="gz-dials gz-beside"):
                self.agree = dial(1, lessons_losses.COUNT, agree, say("agree", count=lessons_losses.COUNT), "agree")
                self.others = gr.Button(say("other_truths"), elem_id="other-truths")
            self.answers = self._stage(lessons_losses, seed, agree)

    def _unet(self):
        with self._section("unet"):
            self.drawing = gr.State(lessons_unet.FIRST)
            with gr.Row(elem_classes="gz-controls"):
                self.another = gr.Button(self.words("another_drawing"), elem_id="another-drawing")
            self.both = self._stage(lessons_unet, lessons_unet.FIRST)

    def _field(self):
        first = self._explore(lessons_field.FIRST, None, None)
        with self._section("field"):
            self.map = show(
                first[0],
                elem_id="lessons-map",
                js_on_load="ganzoo.explore(element, trigger, watch)",
            )
            self.seen = show(
                first[1],
                elem_id="lessons-field",
                js_on_load="ganzoo.stage(element, watch)",
            )

    # --- events -------------------------------------------------------------------------------------------------

    def _wire(self, demo: gr.Blocks):
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
        demo.load(self._restore, gr.Textbox(visible=False), self.state, js="() => [location.search]", **QUIET).then(
            None, None, None, js="() => ganzoo.arrive()"
        )

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

    def _restore(self, query):
        """What a link says that the stages were showing; the tab itself and the scrolling are the browser's."""
        said = {k: v[0][:80] for k, v in parse_qs(str(query or "").lstrip("?")[:500]).items()}
        if said.get("tab") != "lessons":
            return [gr.skip()] * len(self.state)
        kept = [gr.skip()] * len(self.state)
        names = ("kernel", "stride", "size")
        if said.keys() & set(names):
            values = [said.get(k, first) for k, first in zip(names, lessons_stride.FIRST, strict=True)]
            kept[:4] = [*map(_dialled, values), told(self.words, lessons_stride.show, *values)]
        if said.keys() & {"truths", "agree"}:
            values = [said.get(k, first) for k, first in zip(("truths", "agree"), lessons_losses.FIRST, strict=True)]
            kept[4:7] = [values[0], _dialled(values[1]), told(self.words, lessons_losses.show, *values)]
        if "drawing" in said:
            kept[7:9] = [said["drawing"], told(self.words, lessons_unet.show, said["drawing"])]
        if said.keys() & {"strides", "row", "column"}:
            first = "".join(map(str, lessons_field.FIRST))
            kept[9:] = self._explore(said.get("strides", first), said.get("row"), said.get("column"))
        return kept


def _dialled(value):
    """A number from a link for a slider, which leaves it as it is where that is none."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return gr.skip()
