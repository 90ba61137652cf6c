"""The tab Create: one question after the other, each answered by pictures that are already there.

Components and events only; what is shown comes from render.py and drawing.py.
"""

import random
import time
from contextlib import suppress
from html import escape

import gradio as gr

from ganzoo import GanzooError

from ...catalog import film, hub, local
from ...ui.components import LIVE, QUIET, linked, named, question, render_or_explain, sent, show
from ...ui.html import uri, waiting
from ...ui.words import Words
from . import drawing, render

SECONDS, TICK = 8.0, 0.15  # that a film plays, and between two of its frames


class Create:
    """The components of the tab in one language, and `open(...)`, which the Zoo uses to show a model here."""

    def __init__(self, words: Words):
        self.words = words
        self.name = gr.State("")  # a model chosen in the Zoo or by ?model=; else lesson and set name it
        self.pick = gr.State(0)
        self.shown = gr.State(render.SEED)  # the seed that the page shows: leaving the box unchanged does nothing
        self._film()
        self._make()
        self._between()
        with question(words, "grow", "s-grow"):
            self.growth = show(elem_id="growth")
        self._cgan()
        self._hand()
        self._wire()

    def _seed(self, value: int, label: str, name: str) -> gr.Number:
        return gr.Number(value, label=self.words(label), precision=0, elem_id=name)

    def _film(self):
        say = self.words
        with question(say, "film", "s-film"):
            with gr.Row(elem_classes="gz-controls"):
                lessons, sets = named(say, "lesson", local.LESSONS), named(say, "data", local.SETS)
                self.lesson = gr.Radio(lessons, value=render.LESSON, label=say("lesson"), elem_id="lesson")
                self.data = gr.Radio(sets, value=render.DATA, label=say("data"), elem_id="set")
                self.play = gr.Button(say("film_play"), variant="primary", elem_id="play")
                last = render.frames(render.chosen(render.LESSON, render.DATA, ""))
                self.frame = gr.Slider(0, last, value=last, step=1, label=say("frame"), elem_id="film", buttons=[])
            self.training = show(waiting(say), elem_id="training", js_on_load="ganzoo.later(element, trigger, 'focus')")
            self.began = gr.State(0.0)
            self.timer = gr.Timer(TICK, active=False)

    def _make(self):
        say = self.words
        with question(say, "make", "s-make", noise=100):
            with gr.Row(elem_classes="gz-controls"):
                self.seed = self._seed(render.SEED, "seed", "seed")
                self.new = gr.Button(say("new"), variant="primary", elem_id="new")
                self.copy = gr.Button(say("copy_link"), elem_id="copy-link")
            self.grid = show(elem_id="grid", js_on_load="ganzoo.picks(element, trigger); ganzoo.follow(element, watch)")
            show(render.contents(say))

    def _between(self):
        say = self.words
        with question(say, "between", "s-between"), gr.Row():
            with gr.Column(scale=1, min_width=150):
                self.now = show(elem_id="now")
            with gr.Column(scale=5, min_width=300):
                self.strip = show(elem_id="strip")
                self.slider = gr.Slider(0, 100, value=50, step=1, label=say("from_a_to_b"), elem_id="morph", buttons=[])
                with gr.Row(elem_classes="gz-controls"):
                    self.first = self._seed(render.SEED, "seed_a", "seed-a")
                    self.second = self._seed(render.SEED + 1, "seed_b", "seed-b")
                    self.others = gr.Button(say("two_others"), elem_id="two-others")

    def _cgan(self):
        say = self.words
        with question(say, "cgan", "s-cgan"):
            with gr.Row(elem_classes="gz-controls"):
                label = say("picks_mnist")
                self.picks = gr.Textbox(render.PICKS, label=label, max_lines=1, max_length=20, elem_id="picks")
                with gr.Row(elem_classes="gz-controls", elem_id="classes"):
                    self.classes = [gr.Button(w, size="sm", min_width=40) for w in render.buttons(say, render.DATA)]
                self.no_picks = gr.Button(say("clear"), size="sm", elem_id="no-picks")
            self.labelled = show(elem_id="asked")
            show(f"<h3>{say('one_idea')}</h3>")
            self.labels = show(elem_id="labels")

    def _hand(self):
        say = self.words
        with question(say, "hand", "s-hand"), gr.Row():
            with gr.Column(scale=1, min_width=280):
                canvas = f'<canvas width="280" height="280" role="img" aria-label="{escape(say("canvas"))}"></canvas>'
                js = "ganzoo.sheet(element, props, trigger, watch)"
                first = uri(drawing.example(render.DATA))
                self.board = show(first, elem_id="board", html_template=canvas, js_on_load=js)
                with gr.Row(elem_classes="gz-controls"):
                    self.clear = gr.Button(say("clear"), elem_id="clear")
                    self.example = gr.Button(say("example"), elem_id="example")
            with gr.Column(scale=2, min_width=280):
                self.judged = show(elem_id="judged")

    def _wire(self):
        say = self.words
        self.choice = [self.lesson, self.data, self.name]
        make = [*self.choice, self.seed, self.pick, self.picks]
        self.everything = [
            *(self.shown, self.grid, self.first, self.second, self.strip, self.now, self.slider, self.growth),
            *(self.frame, self.training, self.timer, self.labelled, self.labels),
        ]
        self.faces = [self.picks, *self.classes, self.board, self.judged]  # what depends on the set alone

        for chooser in (self.lesson, self.data):
            chooser.input(self._chose, make, [self.name, *self.everything, *self.faces], **QUIET)
        self.new.click(self._new, make, [self.seed, self.pick, *self.everything], **QUIET)
        self.seed.submit(self.all, make, self.everything, **QUIET)
        self.seed.blur(self._left, [self.shown, *make], self.everything, **QUIET)
        self.copy.click(lambda: gr.Info(say("copied"), duration=2), None, None, js="ganzoo.copy", **QUIET)
        self.grid.select(self._picked, make, [self.pick, self.grid, self.growth], **QUIET)

        move = [*self.choice, self.first, self.second, self.slider]
        self.slider.input(self._now, move, self.now, **LIVE)
        self.others.click(self._two, move, [self.first, self.second, self.strip, self.now], **QUIET)
        for box in (self.first, self.second):
            box.submit(self._way, move, [self.strip, self.now], **QUIET)
            box.blur(self._way, move, [self.strip, self.now], **QUIET)

        film = [self.frame, self.training, self.timer]
        self.frame.input(self._frame, [*self.choice, self.frame], [self.training, self.timer], **LIVE)
        self.play.click(lambda: (time.time(), gr.Timer(active=True)), None, [self.began, self.timer], **QUIET)
        self.timer.tick(self._played, [*self.choice, self.began], film, **{**LIVE, "trigger_mode": "once"})

        for i, button in enumerate(self.classes):
            js = f"(text) => ((text || '') + '{i}').slice(-{render.MOST_PICKS})"
            button.click(None, self.picks, self.picks, js=js)
        self.no_picks.click(None, None, self.picks, js="() => ''")
        asked = [self.data, self.picks, self.seed]
        self.picks.change(lambda *a: self._draw(render.for_labels, *a), asked, self.labelled, **LIVE)

        self.board.input(self._judge, [self.board, self.data], self.judged, **QUIET)
        for button, make in ((self.clear, drawing.empty), (self.example, drawing.example)):
            button.click(self._put(make), self.data, [self.board, self.judged], **QUIET)

        self.state = [*self.choice, self.seed, *self.everything, *self.faces]
        self.training.focus(self._first, None, self.state, **QUIET)

    def _draw(self, draw, *args) -> str:
        return render_or_explain(self.words, draw, *args)

    def all(self, lesson, data, custom, seed, pick, picks):
        """Everything that follows from the choice and the seed, in the order of `self.everything`."""
        name = render.chosen(lesson, data, custom)
        top = self._draw(render.grid, lesson, data, custom, seed, pick)
        try:
            first = local.seed_of(seed)
        except GanzooError:  # the quiet line stands in place of the grid; the rest stays
            return [seed, top] + [gr.skip()] * (len(self.everything) - 2)
        second, last = min(first + 1, local.LARGEST_SEED), render.frames(name)
        return [
            first,
            top,
            first,
            second,
            self._draw(render.strip, name, first, second),
            self._draw(render.morph, name, first, second, 50),
            50,
            self._draw(render.grow, name, first, pick),
            gr.Slider(maximum=max(1, last), value=last),
            self._draw(film.show, name, last),
            gr.Timer(active=False),
            self._draw(render.for_labels, data, picks, first),
            self._draw(render.under_labels, data, first),
        ]

    def _chose(self, lesson, data, custom, seed, pick, picks):
        lesson, data = lesson or render.LESSON, data or render.DATA
        return ["", *self.all(lesson, data, "", seed, pick, picks), *self._faces(data)]

    def _new(self, lesson, data, custom, seed, pick, picks):
        seed = random.randrange(1_000_000)
        return [seed, 0, *self.all(lesson, data, custom, seed, 0, picks)]

    def _left(self, shown, lesson, data, custom, seed, pick, picks):
        if seed == shown:
            return [gr.skip()] * len(self.everything)
        return self.all(lesson, data, custom, seed, pick, picks)

    def _picked(self, lesson, data, custom, seed, pick, picks, event: gr.EventData):
        pick = sent(event).get("pick", 0)
        name = render.chosen(lesson, data, custom)
        grid = self._draw(render.grid, lesson, data, custom, seed, pick)
        return pick, grid, self._draw(render.grow, name, seed, pick)

    def _now(self, lesson, data, custom, first, second, percent):
        return self._draw(render.morph, render.chosen(lesson, data, custom), first, second, percent)

    def _way(self, lesson, data, custom, first, second, percent):
        name = render.chosen(lesson, data, custom)
        strip = self._draw(render.strip, name, first, second)
        return strip, self._draw(render.morph, name, first, second, percent)

    def _two(self, lesson, data, custom, first, second, percent):
        first, second = random.sample(range(1_000_000), 2)
        return first, second, *self._way(lesson, data, custom, first, second, percent)

    def _frame(self, lesson, data, custom, frame):
        name = render.chosen(lesson, data, custom)
        return self._draw(film.show, name, int(frame or 0)), gr.Timer(active=False)

    def _played(self, lesson, data, custom, began):
        """The frame that is due SECONDS after Play was pressed at the latest, however slow the line is."""
        name = render.chosen(lesson, data, custom)
        share, last = min(1.0, (time.time() - began) / SECONDS), render.frames(name)
        frame = round(share * last)
        return frame, self._draw(film.show, name, frame), gr.Timer(active=share < 1)

    def _judge(self, picture, data):
        return self._draw(drawing.judge, data, picture)

    def _put(self, make):
        """What puts a picture that `make` gives on the board, and has it judged."""

        def put(data):
            picture = uri(make(data))
            return picture, self._judge(picture, data)

        return put

    def _faces(self, data):
        say = self.words
        return [
            gr.Textbox(label=say("picks_fashion" if data == "fashion" else "picks_mnist")),
            *(gr.Button(w) for w in render.buttons(say, data)),
            *self._put(drawing.example)(data),
        ]

    def _first(self, event: gr.EventData):
        """Everything when the tab is first seen, as a link says (it may also be one to another tab)."""
        said = linked(sent(event).get("query"))
        if "family" in said or said.get("tab", "create") != "create":
            said = {}
        return self.open(said.get("model", ""), said.get("lesson"), said.get("set"), said.get("seed", render.SEED))

    def open(self, custom="", lesson=None, data=None, seed=render.SEED):
        """Values for `self.state`: a model by name, or by lesson and set. A model by name sets both: what is drawn or made
        is judged by a critic of the pictures that it learned from."""
        if hub.NAME.fullmatch(custom) and not custom.startswith("runs/"):
            with suppress(GanzooError):  # then the grid says that there is no such model
                hub.fetch(custom)
        if custom:
            lesson, data = render.belongs(custom)
        else:
            lesson = lesson if lesson in local.LESSONS else render.LESSON
            data = data if data in local.SETS else render.DATA
        if custom == local.name_of(lesson, data):
            custom = ""
        everything = self.all(lesson, data, custom, seed, 0, render.PICKS)
        try:
            seed = local.seed_of(seed)
        except GanzooError:  # the grid says so
            seed = None
        return [lesson, data, custom, seed, *everything, *self._faces(data)]
