"""The tab Watch it learn: a GAN trains on the server while you watch. Components and events only.

run.py is one training and the model that is kept of it, sessions.py who may compute, render.py what is shown. While
a training runs, a timer asks for what is new; that asking is also the sign that somebody is still there.
"""

import json

import gradio as gr

from ganzoo import GanzooError

from ...catalog import local
from ...ui.components import LIVE, QUIET, SHARP, Picture, named, question, show, start_with
from ...ui.html import quiet, waiting
from ...ui.words import Trouble, Words
from . import render
from .run import EXAMPLE, LESSONS, Run, example, keep
from .sessions import VISITS, Session

SECONDS = 1.0  # between two looks
DIALS = {  # their choices, and the first one
    "lr": ((1e-4, 2e-4, 1e-3, 3e-3), 1e-3),
    "beta1": ((0.0, 0.5, 0.9), 0.5),
    "norm": (("batch", "none"), "batch"),
    "activation": (("leaky_relu", "relu"), "leaky_relu"),
    "strength": ((0.25, 0.5, 1.0, 2.0, 4.0), 1.0),
}
LINKED = {"network": (LESSONS, "gan"), "pictures": (local.SETS, "mnist"), **DIALS}  # by their names in a link


def linked(request: gr.Request) -> list:
    """The settings that the followed link asks for; the first ones where it says nothing or nonsense."""
    query = request.query_params if request.query_params.get("tab") == "live" else {}
    found = []
    for name, (choices, first) in LINKED.items():
        texts = {f"{c:g}" if isinstance(c, float) else c: c for c in choices}
        found.append(texts.get(query.get(name), first))
    return found


def settings(dials) -> dict:
    """What the five dials say -> settings of a run. A value that is no choice is left at its first one."""
    values = {k: v if v in choices else first for (k, (choices, first)), v in zip(DIALS.items(), dials, strict=True)}
    strength = values.pop("strength")
    return values | {"discriminator_lr": 0.0 if strength == 1.0 else values["lr"] * strength}


class Live:
    def __init__(self, demo: gr.Blocks, words: Words):
        self.words = words
        self._stage()
        with question(words, "live_shares", "s-live-shares"):
            self.shares = show(render.shares(words, None), elem_id="live-shares")
        with question(words, "live_turn", "s-live-turn"):
            with gr.Row(elem_classes="gz-controls"):
                self.critic = gr.Button(words("live_critic_step"), elem_id="live-critic")
                self.creator = gr.Button(words("live_creator_step"), elem_id="live-creator")
            self.turns = show(waiting(words), elem_id="live-turns", js_on_load="ganzoo.later(element, trigger)")
        with question(words, "live_keep", "s-live-keep"):
            with gr.Row(elem_classes="gz-controls"):
                self.keep = gr.Button(words("live_keep"), interactive=False, elem_id="live-save")
                self.download = gr.DownloadButton(words("live_download"), visible=False, elem_id="live-download")
            self.kept = show("", elem_id="live-kept")
        self._wire(demo)

    def _stage(self):
        say = self.words
        with question(say, "live", "s-live"):
            with gr.Row(elem_classes="gz-controls"):
                lessons, sets = named(say, "lesson", LESSONS), named(say, "data", local.SETS)
                self.lesson = gr.Radio(lessons, value="gan", label=say("lesson"), elem_id="live-lesson")
                self.data = gr.Radio(sets, value="mnist", label=say("data"), elem_id="live-set")
                self.go = gr.Button(say("live_start"), variant="primary", elem_id="live-go", min_width=110)
                self.reset = gr.Button(say("live_reset"), interactive=False, elem_id="live-reset")
            self.status = show(render.status(say, None), elem_id="live-status")
            with gr.Row():
                picture, curves = render.stage(say, None)
                with gr.Row(elem_id="live-stage", scale=3):
                    self.picture = Picture(alt_text=say("film_label"), min_width=280, **SHARP)
                    start_with(self.picture, picture)
                    with gr.Column(min_width=280):
                        self.stage = show(curves)
                with gr.Column(scale=1, min_width=320, elem_id="live-dials"):
                    self._dials()
            self.timer = gr.Timer(SECONDS, active=False)

    def _dials(self):
        say = self.words
        words = render.ACTIVATIONS | {"batch": say("live_norm_batch"), "none": say("live_norm_none")}
        self.dials = []
        for key, (choices, first) in DIALS.items():
            texts = render.STRENGTHS if key == "strength" else words
            values = [(texts.get(v, v if isinstance(v, str) else f"{v:g}"), v) for v in choices]
            self.dials.append(gr.Radio(values, value=first, label=say(f"live_{key}"), elem_id=f"live-{key}"))
        self.changes = show(render.changes(say, None), elem_id="live-changes")

    def _wire(self, demo: gr.Blocks):
        self.pictures = [self.status, self.picture, self.stage, self.shares, self.changes]
        seen = [*self.pictures, self.go, self.timer, self.reset, self.keep]
        choice = [self.lesson, self.data, *self.dials]
        self.go.click(self._go, choice, seen, **QUIET)
        for new in (self.reset.click, self.lesson.input, self.data.input):
            new(self._new, choice, [*seen, self.turns, self.kept, self.download], **QUIET)
        # One listener for all: of changes in quick succession the last one goes out, with what every dial then says.
        turned = [dial.input for dial in self.dials]
        gr.on(turned, self._changed, self.dials, seen, trigger_mode="always_last", **QUIET)
        self.critic.click(self._step(creator=False), choice, [self.turns, *seen], **QUIET)
        self.creator.click(self._step(creator=True), choice, [self.turns, *seen], **QUIET)
        self.keep.click(lambda: quiet(self.words("live_saving")), None, self.kept, **QUIET).then(
            self._kept, None, [self.kept, self.download], **QUIET
        )
        self.timer.tick(self._look, None, seen, **{**LIVE, "trigger_mode": "once"})
        firsts = json.dumps([[name, first] for name, (_, first) in LINKED.items()])
        js = f"(...values) => ganzoo.settings({firsts}, ...values)"
        for setting in choice:
            setting.input(None, choice, None, js=js)
        demo.load(linked, None, choice, **QUIET).then(None, choice, None, js=js)
        self.turns.select(self._example, None, self.turns, **QUIET)  # when first seen: it costs the server seconds

    def _example(self, request: gr.Request):
        session = VISITS.of(request.session_hash)
        if session and session.critic:  # the visitor's own step was quicker
            return gr.skip()
        return render.turns(self.words, self.words("live_turn_example", step=EXAMPLE), *example())

    def _answer(self, session: Session | None, note: str = "") -> dict:
        """What the page shows of a session; `note` stands in place of the status."""
        say, shown = self.words, session.run.shown if session else None
        mode, learnt = session.mode if session else "", bool(shown and shown.step)
        if session:
            session.sent = (mode, learnt, shown)
        at_work = mode in ("waiting", "running")
        picture, curves = render.stage(say, shown)
        return {
            self.status: quiet(note) if note else render.status(say, session),
            self.picture: picture,
            self.stage: curves,
            self.shares: render.shares(say, shown),
            self.changes: render.changes(say, shown),
            self.go: gr.Button(say("live_pause" if at_work else "live_resume" if learnt else "live_start")),
            self.timer: gr.Timer(active=at_work),
            self.reset: gr.Button(interactive=session is not None),
            self.keep: gr.Button(interactive=learnt),
        }

    def _look(self, request: gr.Request):
        """What is new. Buttons are sent again only when they change."""
        session = VISITS.of(request.session_hash)
        if session is None:  # cleared meanwhile
            return self._answer(None, self.words("live_gone"))
        before, shown = session.sent, session.run.shown
        if before == (session.mode, bool(shown.step), shown):
            return gr.skip()
        answer = self._answer(session)
        return answer if session.sent[:2] != before[:2] else {part: answer[part] for part in self.pictures}

    def _acted(self, request: gr.Request, act) -> dict:
        """Do `act()`; then what the page shows. What could not be done is said in place of the status."""
        note = ""
        try:
            act()
        except GanzooError as error:
            note = self.words.explain(error)
        return self._answer(VISITS.of(request.session_hash), note)

    def _enter(self, request: gr.Request, lesson, data, dials) -> Session:
        run = Run(lesson, data, **settings(dials))
        VISITS.room()
        return VISITS.enter(request.session_hash, Session(run))

    def _go(self, request: gr.Request, lesson, data, *dials):
        def go():
            session = VISITS.of(request.session_hash) or self._enter(request, lesson, data, dials)
            if session.idle:
                session.start()
            else:
                session.pause()

        return self._acted(request, go)

    def _new(self, request: gr.Request, lesson, data, *dials):
        """Two new networks, at rest. What was shown of the old ones' round and what was kept of them goes."""
        gone = {}

        def new():
            before = VISITS.of(request.session_hash)
            self._enter(request, lesson, data, dials)
            if before:  # else the example's round still stands there
                gone[self.turns] = quiet(self.words("live_turn_none"))
                gone[self.kept], gone[self.download] = "", gr.DownloadButton(visible=False)

        return self._acted(request, new) | gone

    def _changed(self, request: gr.Request, *dials):
        session = VISITS.of(request.session_hash)
        return self._acted(request, lambda: session.run.change(**settings(dials))) if session else gr.skip()

    def _step(self, creator: bool):
        """What a step of one player does; the critic's comes first in a round."""

        def step(request: gr.Request, lesson, data, *dials):
            drawn = {}

            def play():
                session = VISITS.of(request.session_hash) or self._enter(request, lesson, data, dials)
                session.rest()
                run = session.run
                with run.lock:
                    if not creator or run.play.half is None:
                        session.critic = run.turn("critic")
                    made = run.turn("creator") if creator else None
                    title = self.words("live_turn_round", step=f"{run.training.step + (not creator):,}")
                    drawn[self.turns] = render.turns(self.words, title, session.critic, made)

            return self._acted(request, play) | drawn

        return step

    def _kept(self, request: gr.Request):
        say, session = self.words, VISITS.of(request.session_hash)
        try:
            if session is None:
                raise Trouble("live_nothing_to_keep")
            name, packed = keep(session.run)
        except GanzooError as error:
            return quiet(say.explain(error)), gr.skip()
        step = session.run.training.step
        return render.kept(say, name, step), gr.DownloadButton(value=str(packed), visible=True)
