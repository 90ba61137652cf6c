"""The tab Create: one question after the other, each answered by pictures that are already there.

Components and events only; what is shown comes from render.py and drawing.py.
"""

import json
import random
import time
from contextlib import suppress
from html import escape

import gradio as gr
from PIL import Image

from ganzoo import GanzooError

from ...catalog import film, hub, local
from ...ui.components import LIVE, QUIET, SHARP, Picture, linked, named, question, render_or_explain, sent, show
from ...ui.html import note, quiet, uri, waiting
from ...ui.words import Words
from . import drawing, render

LESSON, DATA, SEED, PICKS = "dcgan", "mnist", 7, "2026"  # what the tab opens with
SECONDS, TICK = 8.0, 0.15  # that a film plays, and between two of its frames


class Create:
    """The components of the tab in one language."""

    def __init__(self, words: Words):
        self.words = words
        self.name = gr.State(f"{LESSON}-{DATA}")
        self.pick = gr.State(0)
        self.shown = gr.State(SEED)  # the seed that the page shows: leaving the box unchanged does nothing
        self._film()
        self._make()
        self._between()
        with question(words, "grow", "s-grow"):
            self.growth = show(elem_id="growth")
        self._cgan()
        self._drawing()
        self._wire()

    def _seed(self, value: int, label: str, name: str) -> gr.Number:
        return gr.Number(value, label=self.words(label), precision=0, elem_id=name)

    def _film(self):
        say = self.words
        with question(say, "film", "s-film"):
            with gr.Row(elem_classes="gz-controls"):
                lessons, sets = named(say, "lesson", local.LESSONS), named(say, "data", local.SETS)
                self.lesson = gr.Radio(lessons, value=LESSON, label=say("lesson"), elem_id="lesson")
                self.data = gr.Radio(sets, value=DATA, label=say("data"), elem_id="set")
                self.play = gr.Button(say("film_play"), variant="primary", elem_id="play")
                last = render.frames(self.name.value)
                self.frame = gr.Slider(0, last, value=last, step=1, label=say("frame"), elem_id="film", buttons=[])
            with gr.Row():
                self.still = Picture(alt_text=say("film_label"), elem_id="still", min_width=280, **SHARP)
                with gr.Column(min_width=280):
                    js = "ganzoo.later(element, trigger, 'focus')"
                    self.training = show(waiting(say), elem_id="training", js_on_load=js)
            self.began = gr.State(0.0)  # when frame 0 of the film that plays was due; 0: it stands still
            self.timer = gr.Timer(TICK, active=False)

    def _make(self):
        say = self.words
        with question(say, "make", "s-make", noise=100):
            with gr.Row(elem_classes="gz-controls"):
                self.seed = self._seed(SEED, "seed", "seed")
                self.new = gr.Button(say("new"), variant="primary", elem_id="new")
                self.copy = gr.Button(say("copy_link"), elem_id="copy-link")
            with gr.Row():
                with gr.Column(scale=4, min_width=300):
                    js = "ganzoo.picks(element, trigger); ganzoo.follow(element, watch)"
                    self.grid = show(elem_id="grid", js_on_load=js)
                with gr.Column(min_width=200):
                    self.picture = Picture(alt_text=say("picked"), elem_id="picked", **SHARP)
                    show(note(say("picked")))
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
                    self.first = self._seed(SEED, "seed_a", "seed-a")
                    self.second = self._seed(SEED + 1, "seed_b", "seed-b")
                    self.others = gr.Button(say("two_others"), elem_id="two-others")

    def _cgan(self):
        say = self.words
        with question(say, "cgan", "s-cgan"):
            with gr.Row(elem_classes="gz-controls"):
                label = say("picks_mnist")
                self.picks = gr.Textbox(PICKS, label=label, max_lines=1, max_length=20, elem_id="picks")
                with gr.Row(elem_classes="gz-controls", elem_id="classes"):
                    self.classes = [gr.Button(w, size="sm", min_width=40) for w in render.buttons(say, DATA)]
                self.no_picks = gr.Button(say("clear"), size="sm", elem_id="no-picks")
            self.labelled = show(elem_id="labelled")
            show(f"<h3>{say('one_idea')}</h3>")
            self.labels = show(elem_id="labels")

    def _drawing(self):
        say = self.words
        with question(say, "drawing", "s-drawing"), gr.Row():
            with gr.Column(scale=1, min_width=280):
                canvas = f'<canvas width="280" height="280" role="img" aria-label="{escape(say("canvas"))}"></canvas>'
                js = "ganzoo.sheet(element, props, trigger, watch)"
                self.board = show(uri(drawing.example(DATA)), elem_id="board", html_template=canvas, js_on_load=js)
                with gr.Row(elem_classes="gz-controls"):
                    self.clear = gr.Button(say("clear"), elem_id="clear")
                    self.example = gr.Button(say("example"), elem_id="example")
            with gr.Column(scale=2, min_width=280):
                self.judged = show(elem_id="judged")

    def _wire(self):
        make = [self.name, self.data, self.seed, self.pick, self.picks]
        everything = [
            *(self.lesson, self.data, self.name, self.seed, self.pick, self.shown, self.first, self.second),
            *(self.strip, self.now, self.slider, self.growth, self.frame, self.training, *self._still(), self.labelled),
            *(self.labels, self.picks, *self.classes, self.board, self.judged, self.grid, self.picture, self.still),
        ]

        chosen = [self.lesson, self.data, self.seed, self.pick, self.picks]
        choosers = [self.lesson.input, self.data.input]  # of choices in quick succession the last one is answered
        gr.on(choosers, self._chose, chosen, everything, trigger_mode="always_last", **QUIET)
        self.new.click(self._new, make, everything, **QUIET)
        self.seed.submit(self._all, make, everything, **QUIET)
        self.seed.blur(self._left, [self.shown, *make], everything, **QUIET)
        copied = self.words("copied")
        self.copy.click(lambda: gr.Info(copied, duration=2), None, None, js="ganzoo.copy", **QUIET)
        picked = [self.pick, self.grid, self.picture, self.growth]
        self.grid.select(self._picked, [self.name, self.seed], picked, **QUIET)

        move = [self.name, self.first, self.second, self.slider]
        self.slider.input(lambda *at: self._draw(render.morph, *at), move, self.now, **LIVE)
        self.others.click(self._two, [self.name, self.slider], [self.first, self.second, self.strip, self.now], **QUIET)
        for box in (self.first, self.second):
            for event in (box.submit, box.blur):
                event(self._way, move, [self.strip, self.now], **QUIET)

        film = [self.frame, self.still, self.training, *self._still()]
        self.frame.input(self._frame, [self.name, self.frame], film, **LIVE)
        self.play.click(self._play, [self.name, self.frame, self.began], [*self._still()], **LIVE)
        self.timer.tick(self._played, [self.name, self.began], film, **{**LIVE, "trigger_mode": "once"})

        for i, button in enumerate(self.classes):
            js = f"(text) => ((text || '') + '{i}').slice(-{render.MOST_PICKS})"
            button.click(None, self.picks, self.picks, js=js)
        self.no_picks.click(None, None, self.picks, js="() => ''")
        chosen_labels = [self.data, self.picks, self.seed]
        self.picks.change(lambda *a: self._draw(render.for_labels, *a), chosen_labels, self.labelled, **LIVE)

        judge = {
            "fn": lambda *a: self._draw(drawing.judge, *a),
            "inputs": [self.data, self.board],
            "outputs": self.judged,
        }
        self.board.input(**judge, **QUIET)
        board = [self.board, self.judged]
        empty = json.dumps(uri(Image.new("L", (drawing.SIDE, drawing.SIDE))))
        cleared = self.clear.click(None, None, self.board, js=f"() => {empty}")  # at once: strokes after it stay
        cleared.then(**judge, **QUIET)
        self.example.click(lambda data: self._put(data, drawing.example(data)), self.data, board, **QUIET)

        self.training.focus(self._first, None, everything, **QUIET)

    def _draw(self, draw, *args) -> str:
        return render_or_explain(self.words, draw, *args)

    def _all(self, name, data, seed, pick, picks) -> dict:
        """Everything that follows from the model and the seed. Of a seed that is none a quiet line says so in place of the
        grid; the rest stays."""
        grid = self._grid(name, seed, pick)
        try:
            seed = local.seed_of(seed)
        except GanzooError:
            return {self.shown: seed, **grid}
        second, last = min(seed + 1, local.LARGEST_SEED), render.frames(name)
        return {
            self.shown: seed,
            **grid,
            self.first: seed,
            self.second: second,
            self.strip: self._draw(render.strip, name, seed, second),
            self.now: self._draw(render.morph, name, seed, second, 50),
            self.slider: 50,
            self.growth: self._draw(render.grow, name, seed, pick),
            self.frame: gr.Slider(maximum=max(1, last), value=last),
            **self._film_at(name, last),
            **self._still(),
            self.labelled: self._draw(render.for_labels, data, picks, seed),
            self.labels: self._draw(render.under_labels, data, seed),
        }

    def _grid(self, name, seed, pick) -> dict:
        try:
            picture, grid = render.grid(self.words, name, seed, pick)
        except GanzooError as error:
            return {self.grid: quiet(self.words.explain(error))}
        return {self.picture: picture, self.grid: grid}

    def _film_at(self, name, frame: int) -> dict:
        try:
            picture, curves = film.show(self.words, name, frame)
        except GanzooError as error:
            return {self.still: gr.update(visible=False), self.training: quiet(self.words.explain(error))}
        return {self.still: gr.update(value=picture, visible=True), self.training: curves}

    def _of_set(self, data) -> dict:
        """What depends on the set alone."""
        label = self.words("picks_fashion" if data == "fashion" else "picks_mnist")
        classes = map(gr.Button, render.buttons(self.words, data))
        buttons = dict(zip(self.classes, classes, strict=True))
        return {self.picks: gr.Textbox(label=label), **buttons, **self._put(data, drawing.example(data))}

    def _chose(self, lesson, data, seed, pick, picks):
        data = data or DATA
        name = f"{lesson or LESSON}-{data}"
        return {self.name: name, **self._all(name, data, seed, pick, picks), **self._of_set(data)}

    def _new(self, name, data, seed, pick, picks):
        seed = random.randrange(1_000_000)
        return {self.seed: seed, self.pick: 0, **self._all(name, data, seed, 0, picks)}

    def _left(self, shown, name, data, seed, pick, picks):
        return gr.skip() if seed == shown else self._all(name, data, seed, pick, picks)

    def _picked(self, name, seed, event: gr.EventData):
        pick = sent(event).get("pick", 0)
        return {self.pick: pick, **self._grid(name, seed, pick), self.growth: self._draw(render.grow, name, seed, pick)}

    def _way(self, name, first, second, percent):
        strip = self._draw(render.strip, name, first, second)
        return strip, self._draw(render.morph, name, first, second, percent)

    def _two(self, name, percent):
        first, second = random.sample(range(1_000_000), 2)
        return first, second, *self._way(name, first, second, percent)

    def _frame(self, name, frame):
        return {**self._film_at(name, int(frame or 0)), **self._still()}

    def _still(self) -> dict:
        """What the film's controls show while it does not play."""
        play = gr.update(value=self.words("film_play"))
        return {self.began: 0.0, self.timer: gr.update(active=False), self.play: play}

    def _play(self, name, frame, began):
        """Play goes on from the slider, at the end from the beginning; while it plays, the same button pauses it."""
        if began:
            return self._still()
        done = SECONDS * (frame or 0) / max(1, render.frames(name))
        began = time.time() - (done if done < SECONDS else 0)
        return {self.began: began, self.timer: gr.Timer(active=True), self.play: gr.Button(self.words("film_pause"))}

    def _played(self, name, began):
        """The frame that is due: the last one SECONDS after frame 0 at the latest, however slow the line is."""
        if not began:  # paused meanwhile
            return gr.skip()
        share = min(1.0, (time.time() - began) / SECONDS)
        frame = round(share * render.frames(name))
        return {self.frame: frame, **self._film_at(name, frame), **({} if share < 1 else self._still())}

    def _put(self, data, picture) -> dict:
        """A picture on the board, judged."""
        return {self.board: uri(picture), self.judged: self._draw(drawing.judge, data, picture)}

    def _first(self, event: gr.EventData):
        """Everything when the tab is first seen, as a link says (it may also be one to another tab): a model by name, or by
        lesson and set. A model by name sets both: what is drawn or made is judged by a critic of the pictures that it
        learned from."""
        query = linked(sent(event).get("query"))
        if "family" in query or query.get("tab", "create") != "create":
            query = {}
        name, lesson, data = (query.get(key) for key in ("model", "lesson", "set"))
        if name:
            lesson = data = None
            with suppress(GanzooError):  # where it is one of the Hub
                hub.fetch(name)
            with suppress(GanzooError):  # then the grid says that there is no such model
                model = local.open_model(name)
                lesson, data = model.config.lesson, local.set_of(model)
        else:
            lesson = lesson if lesson in local.LESSONS else LESSON
            data = data if data in local.SETS else DATA
            name = f"{lesson}-{data}"
        everything = self._all(name, data, query.get("seed", SEED), 0, PICKS)
        chosen = {self.lesson: lesson, self.data: data, self.name: name, self.seed: everything.get(self.first)}
        return {**chosen, **everything, **self._of_set(data)}
