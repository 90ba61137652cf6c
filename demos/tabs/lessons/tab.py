"""The tab Lessons: why each idea exists, as small stages to play with. Components and events only.

Every stage is a function of plain values in a file of its own: kernel_stride, pixel_losses, unet_skips, receptive_field, and
those of lazy, which compute when they are first seen.
"""

import random
from html import escape

import gradio as gr

from ganzoo import GanzooError

from ...ui.components import LIVE, QUIET, render_or_explain, show
from ...ui.html import heading, quiet, waiting
from ...ui.words import Words
from . import kernel_stride, pixel_losses, receptive_field, unet_skips
from .kernel_stride import BAD, GOOD
from .lazy import UNCHECKED, Later, dial, linked

STAGES = (
    "bn",
    "label",
    "mlp",
    "stride",
    "losses",
    "features",
    "unet",
    "field",
    "relu",
    "friction",
)  # the course's order
ASKED = {"mlp": "dcgan"}  # a stage that asks the question of a section of Create


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

    def _stage(self, key: str) -> gr.HTML:
        """The picture of a stage, computed when the tab is first seen; from then on the address follows it."""
        return show(waiting(self.words), elem_id=f"lessons-{key}", js_on_load="ganzoo.stage(element, watch)")

    def _later(self, key: str):
        with self._section(key):
            Later(self.words, key)

    def _stride(self):
        say, (kernel, stride, size) = self.words, kernel_stride.FIRST
        with self._section("stride"):
            with gr.Row(elem_classes="gz-controls"):
                self.bad = gr.Button(say("stride_example", kernel=BAD[0], stride=BAD[1]), elem_id="stride-bad")
                self.good = gr.Button(say("stride_example", kernel=GOOD[0], stride=GOOD[1]), elem_id="stride-good")
            with gr.Row(elem_classes="gz-dials"):
                self.kernel = dial(*kernel_stride.KERNEL, kernel, 1, say("kernel"), "kernel")
                self.step = dial(*kernel_stride.STRIDE, stride, 1, say("stride"), "stride")
                self.size = dial(*kernel_stride.SIZE, size, 1, say("cells"), "cells")
            self.counts = self._stage("stride")

    def _losses(self):
        say, (seed, agree) = self.words, pixel_losses.FIRST
        with self._section("losses"):
            self.truths = gr.State(seed)
            with gr.Row(elem_classes="gz-dials gz-beside"):
                self.agree = dial(1, pixel_losses.COUNT, agree, 1, say("agree", count=pixel_losses.COUNT), "agree")
                self.others = gr.Button(say("other_truths"), elem_id="other-truths")
            self.answers = self._stage("losses")

    def _unet(self):
        with self._section("unet"):
            self.drawing = gr.State(unet_skips.FIRST)
            with gr.Row(elem_classes="gz-controls"):
                self.another = gr.Button(self.words("another_drawing"), elem_id="another-drawing")
            self.both = self._stage("unet")

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
            slider.input(
                lambda *a: render_or_explain(self.words, kernel_stride.show, *a),
                dials,
                self.counts,
                **LIVE,
                **UNCHECKED,
            )
        for button, example in ((self.bad, BAD), (self.good, GOOD)):
            button.click(
                lambda size, example=example: [
                    *example,
                    render_or_explain(self.words, kernel_stride.show, *example, size),
                ],
                self.size,
                [self.kernel, self.step, self.counts],
                **QUIET,
                **UNCHECKED,
            )
        self.agree.input(
            lambda *a: render_or_explain(self.words, pixel_losses.show, *a),
            [self.truths, self.agree],
            self.answers,
            **LIVE,
            **UNCHECKED,
        )
        self.others.click(
            lambda agree: [
                new := random.randrange(1_000_000),
                render_or_explain(self.words, pixel_losses.show, new, agree),
            ],
            self.agree,
            [self.truths, self.answers],
            **QUIET,
            **UNCHECKED,
        )
        self.another.click(
            lambda: [new := random.randrange(1_000_000), render_or_explain(self.words, unet_skips.show, new)],
            None,
            [self.drawing, self.both],
            **QUIET,
        )
        every = {**LIVE, "trigger_mode": "multiple"}  # tab.js asks one question at a time
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
        return render_or_explain(
            self.words, receptive_field.seen, said.get("strides"), said.get("row"), said.get("column")
        )

    def _explore(self, strides, row, column) -> list[str]:
        try:
            return [part(self.words, strides, row, column) for part in (receptive_field.show, receptive_field.seen)]
        except GanzooError as error:  # say it, and keep the choices on the page
            first = receptive_field.show(self.words, receptive_field.FIRST, None, None)
            return [first, quiet(self.words.explain(error))]

    def _first(self, event: gr.EventData):
        """The stages when the tab is first seen, as a link says; the tab itself and the scrolling are the browser's."""
        said = linked(event)
        dials = [said.get(k, v) for k, v in zip(("kernel", "stride", "size"), kernel_stride.FIRST, strict=True)]
        losses = [said.get(k, v) for k, v in zip(("truths", "agree"), pixel_losses.FIRST, strict=True)]
        drawing = said.get("drawing", unet_skips.FIRST)
        strides = said.get("strides", "".join(map(str, receptive_field.FIRST)))
        return [
            *map(_dialled, dials),
            render_or_explain(self.words, kernel_stride.show, *dials),
            losses[0],
            _dialled(losses[1]),
            render_or_explain(self.words, pixel_losses.show, *losses),
            drawing,
            render_or_explain(self.words, unet_skips.show, drawing),
            *self._explore(strides, said.get("row"), said.get("column")),
        ]


def _dialled(value):
    """A number from a link for a slider, which leaves it as it is where that is none."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return gr.skip()
