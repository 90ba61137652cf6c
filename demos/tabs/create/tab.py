"""The tab Create: one question after the other, each answered by pictures that are already there.

Components and events only; what is shown comes from handlers.py.
"""

import random
from contextlib import suppress
from html import escape
from urllib.parse import parse_qs

import gradio as gr

from ganzoo import GanzooError

from ...catalog import hub, local
from ...ui.components import LIVE, QUIET, show
from ...ui.html import heading, uri, waiting
from ...ui.words import Words
from . import drawing, handlers


class Create:
    """The components of the tab in one language, and `open(...)`, which the Zoo uses to show a model here."""

    def __init__(self, words: Words):
        self.words = words
        self.name = gr.State("")  # a model chosen in the Zoo or by ?model=; else lesson and set name it
        self.pick = gr.State(0)
        self.shown = gr.State(
            str(handlers.SEED)
        )  # the seed that the page shows: leaving the box unchanged does nothing
        self._make()
        self._between()
        self._grow()
        self._film()
        self._cgan()
        self._dcgan()
        self._hand()
        self._wire()

    def _section(self, key: str) -> gr.Column:
        column = gr.Column(elem_classes="gz-section", elem_id=f"s-{key}")
        with column:
            lead = self.words(f"lead_{key}", noise=100)
            show(heading(self.words(f"q_{key}"), lead))
        return column

    def _make(self):
        say = self.words
        with self._section("make"):
            with gr.Row(elem_classes="gz-controls"):
                self.lesson = gr.Radio(
                    [(say(f"lesson_{k}"), k) for k in local.LESSONS],
                    value=handlers.LESSON,
                    label=say("lesson"),
                    elem_id="lesson",
                )
                self.data = gr.Radio(
                    [(say(f"data_{k}"), k) for k in local.SETS], value=handlers.DATA, label=say("data"), elem_id="set"
                )
                self.seed = gr.Textbox(
                    str(handlers.SEED), label=say("seed"), max_lines=1, max_length=20, elem_id="seed"
                )
                self.new = gr.Button(say("new"), variant="primary", elem_id="new")
                self.copy = gr.Button(say("copy_link"), elem_id="copy-link")
            self.grid = show(
                waiting(say),
                elem_id="grid",
                js_on_load="ganzoo.later(element, trigger, 'focus'); ganzoo.grid(element, trigger, watch, 'select')",
            )
            show(handlers.contents(say))

    def _between(self):
        say = self.words
        with self._section("between"), gr.Row(elem_classes="gz-morph"):
            with gr.Column(scale=1, min_width=150):
                self.now = show(elem_id="now")
            with gr.Column(scale=5, min_width=300):
                self.strip = show(elem_id="strip")
                self.slider = gr.Slider(0, 100, value=50, step=1, label=say("from_a_to_b"), elem_id="morph", buttons=[])
                with gr.Row(elem_classes="gz-controls"):
                    self.first = gr.Textbox(
                        str(handlers.SEED), label=say("seed_a"), max_lines=1, max_length=20, elem_id="seed-a"
                    )
                    self.second = gr.Textbox(
                        str(handlers.SEED + 1), label=say("seed_b"), max_lines=1, max_length=20, elem_id="seed-b"
                    )
                    self.others = gr.Button(say("two_others"), elem_id="two-others")

    def _grow(self):
        with self._section("grow"):
            self.growth = show(elem_id="growth")

    def _film(self):
        last, grain, at = handlers.reach(handlers.chosen(handlers.LESSON, handlers.DATA, ""))
        with self._section("film"):
            self.step = gr.Slider(0, last, value=at, step=grain, label=self.words("frame"), elem_id="film", buttons=[])
            self.training = show(elem_id="training")

    def _cgan(self):
        say = self.words
        with self._section("cgan"):
            with gr.Row(elem_classes="gz-controls"):
                self.picks = gr.Textbox(
                    handlers.PICKS, label=say("picks_mnist"), max_lines=1, max_length=20, elem_id="picks"
                )
                with gr.Row(elem_classes="gz-classes", elem_id="classes"):
                    self.classes = [
                        gr.Button(w, size="sm", min_width=40) for w in handlers.class_words(say, handlers.DATA)
                    ]
                self.no_picks = gr.Button(say("clear"), size="sm", elem_id="no-picks")
            self.labelled = show(elem_id="asked")
            show(f"<h3>{say('one_idea')}</h3>")
            self.labels = show(elem_id="labels")

    def _dcgan(self):
        with self._section("dcgan"):
            self.speckles = show(elem_id="speckles")

    def _hand(self):
        say, drawn = self.words, uri(drawing.example())
        name = escape(say("canvas"))
        board = f'<canvas width="280" height="280" role="img" aria-label="{name}" data-example="{drawn}"></canvas>'
        with self._section("hand"), gr.Row(elem_classes="gz-hand"):
            with gr.Column(scale=1, min_width=280):
                self.board = show(board, elem_id="board", js_on_load="ganzoo.board(element, trigger, 'input')")
                with gr.Row(elem_classes="gz-controls"):
                    self.clear = gr.Button(say("clear"), elem_id="clear")
                    self.example = gr.Button(say("example"), elem_id="example")
            with gr.Column(scale=2, min_width=280):
                self.judged = show(elem_id="judged")

    # --- events -------------------------------------------------------------------------------------------------

    def _wire(self):
        say = self.words
        self.choice = [self.lesson, self.data, self.name]
        make = [*self.choice, self.seed, self.pick, self.picks]
        self.everything = [
            *(self.shown, self.grid, self.first, self.second, self.strip, self.now, self.slider, self.growth),
            *(self.step, self.training, self.labelled, self.labels, self.speckles),
        ]
        self.faces = [self.picks, *self.classes]  # what is called otherwise when the set changes
        judge = {"fn": self._judge, "inputs": [self.board, *self.choice], "outputs": self.judged, **QUIET}

        for chooser in (self.lesson, self.data):
            chooser.input(self._chose, make, [self.name, *self.everything, *self.faces], **QUIET).then(
                js="ganzoo.drawing", **judge
            )
        self.new.click(
            lambda *a: [*(new := (str(random.randrange(1_000_000)), 0)), *self.all(*a[:3], *new, a[5])],
            make,
            [self.seed, self.pick, *self.everything],
            **QUIET,
        )
        self.seed.submit(self.all, make, self.everything, **QUIET)
        self.seed.blur(self._left, [self.shown, *make], self.everything, **QUIET)
        self.copy.click(None, None, None, js=f"() => ganzoo.copy({say('copied')!r})")
        self.grid.select(self._picked, make, [self.pick, self.grid, self.growth], **QUIET)

        move = [*self.choice, self.first, self.second, self.slider]
        self.slider.input(self._now, move, self.now, **LIVE)
        self.others.click(self._two, move, [self.first, self.second, self.strip, self.now], **QUIET)
        for box in (self.first, self.second):
            box.submit(self._way, move, [self.strip, self.now], **QUIET)
            box.blur(self._way, move, [self.strip, self.now], **QUIET)

        self.step.input(
            lambda *a: handlers.training(say, handlers.chosen(*a[:3]), a[3]),
            [*self.choice, self.step],
            self.training,
            **LIVE,
        )

        for i, button in enumerate(self.classes):
            button.click(
                None, self.picks, self.picks, js=f"(text) => ((text || '') + '{i}').slice(-{handlers.MOST_PICKS})"
            )
        self.no_picks.click(None, None, self.picks, js="() => ''")
        self.picks.change(
            lambda *a: handlers.for_labels(say, *a), [self.data, self.picks, self.seed], self.labelled, **LIVE
        )

        self.board.input(js="ganzoo.drawing", **judge)
        self.clear.click(js="ganzoo.cleared", **judge)
        self.example.click(js="ganzoo.example", **judge)

        self.state = [*self.choice, self.seed, *self.everything, *self.faces, self.judged]
        self.grid.focus(self._first, None, self.state, **QUIET)

    def all(self, lesson, data, custom, seed, pick, picks):
        """Everything that follows from the choice and the seed, in the order of `self.everything`."""
        say, name = self.words, handlers.chosen(lesson, data, custom)
        top = handlers.grid(say, lesson, data, custom, seed, pick)
        try:
            first = local.seed_of(seed)
        except GanzooError:  # the quiet line stands in place of the grid; the rest stays
            return [seed, top] + [gr.skip()] * (len(self.everything) - 2)
        second, (last, grain, at) = min(first + 1, local.LARGEST_SEED), handlers.reach(name)
        return [
            str(first),
            top,
            str(first),
            str(second),
            handlers.way(say, name, first, second),
            handlers.point(say, name, first, second, 50),
            50,
            handlers.growth(say, name, first, pick),
            gr.Slider(maximum=last, value=at, step=grain),
            handlers.training(say, name, at),
            handlers.for_labels(say, data, picks, first),
            handlers.labels(say, data, first),
            handlers.speckles(say, data, first),
        ]

    def _chose(self, lesson, data, custom, seed, pick, picks):
        return ["", *self.all(lesson, data, "", seed, pick, picks), *self._faces(data)]

    def _left(self, shown, lesson, data, custom, seed, pick, picks):
        if str(seed).strip() == str(shown).strip():
            return [gr.skip()] * len(self.everything)
        return self.all(lesson, data, custom, seed, pick, picks)

    def _picked(self, lesson, data, custom, seed, pick, picks, event: gr.EventData):
        pick = event._data.get("pick", 0) if isinstance(event._data, dict) else 0
        name = handlers.chosen(lesson, data, custom)
        grid = handlers.grid(self.words, lesson, data, custom, seed, pick)
        return pick, grid, handlers.growth(self.words, name, seed, pick)

    def _now(self, lesson, data, custom, first, second, percent):
        return handlers.point(self.words, handlers.chosen(lesson, data, custom), first, second, percent)

    def _way(self, lesson, data, custom, first, second, percent):
        name = handlers.chosen(lesson, data, custom)
        return handlers.way(self.words, name, first, second), handlers.point(self.words, name, first, second, percent)

    def _two(self, lesson, data, custom, first, second, percent):
        first, second = map(str, random.sample(range(1_000_000), 2))
        return first, second, *self._way(lesson, data, custom, first, second, percent)

    def _judge(self, picture, lesson, data, custom):
        return handlers.judged(self.words, handlers.chosen(lesson, data, custom), picture)

    def _faces(self, data):
        label = self.words("picks_fashion" if data == "fashion" else "picks_mnist")
        return [gr.Textbox(label=label), *(gr.Button(w) for w in handlers.class_words(self.words, data))]

    def _first(self, event: gr.EventData):
        """Everything when the tab is first seen, as a link says (it may also be one to another tab)."""
        query = event._data.get("query") if isinstance(event._data, dict) else ""
        said = {k: v[0][:80] for k, v in parse_qs(str(query or "").lstrip("?")[:500]).items()}
        if "family" in said or said.get("tab", "create") != "create":
            said = {}
        return self.open(said.get("model", ""), said.get("lesson"), said.get("set"), said.get("seed", handlers.SEED))

    def open(self, custom="", lesson=None, data=None, seed=handlers.SEED):
        """Values for `self.state`: a model by name, or by lesson and set; the board as it stands at first."""
        if hub.NAME.fullmatch(custom) and not custom.startswith("runs/"):
            with suppress(GanzooError):  # then the grid says that there is no such model
                hub.fetch(custom)
        parts = custom.split("-")
        if len(parts) == 2 and parts[0] in local.LESSONS and parts[1] in local.SETS:
            custom, (lesson, data) = "", parts
        lesson = lesson if lesson in local.LESSONS else None if custom else handlers.LESSON
        data = data if data in local.SETS else None if custom else handlers.DATA
        judged = self._judge(uri(drawing.example()), lesson, data, custom)
        everything = self.all(lesson, data, custom, seed, 0, handlers.PICKS)
        return [lesson, data, custom, str(seed), *everything, *self._faces(data), judged]
