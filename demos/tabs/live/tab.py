"""The tab Watch it learn: a GAN trains on the server while you watch. Components and events only.

run.py is one training, sessions.py who may compute, render.py what is shown, export.py the kept model. While
a training runs, a timer asks for what is new; that asking is also the sign that somebody is still there.
"""

import json

import gradio as gr

from ganzoo import GanzooError

from ...catalog import local
from ...ui.components import LIVE, QUIET, named, question, show
from ...ui.html import quiet, waiting
from ...ui.words import Words
from . import render
from . import run as live_run
from .export import keep
from .run import LESSONS, Run
from .sessions import Session, Sessions

SESSIONS = Sessions()  # of this server, both languages together
SECONDS = 1.0  # between two looks
DIALS = ("lr", "beta1", "norm", "activation", "strength")
CHOICES = {
    "lr": (1e-4, 2e-4, 1e-3, 3e-3),
    "beta1": (0.0, 0.5, 0.9),
    "norm": ("batch", "none"),
    "activation": ("leaky_relu", "relu"),
    "strength": (0.25, 0.5, 1.0, 2.0, 4.0),
}
FIRST = {"lr": 1e-3, "beta1": 0.5, "norm": "batch", "activation": "leaky_relu", "strength": 1.0}
LINKED = {"network": (LESSONS, "gan"), "pictures": (local.SETS, "mnist")}  # name in a link: choices, the first one
LINKED |= {k: (CHOICES[k], FIRST[k]) for k in DIALS}


def linked(request: gr.Request) -> list:
    """The settings that the followed link asks for; the first ones where it says nothing or nonsense."""
    said = request.query_params if request.query_params.get("tab") == "live" else {}
    found = []
    for name, (choices, first) in LINKED.items():
        texts = {f"{c:g}" if isinstance(c, float) else c: c for c in choices}
        found.append(texts.get(said.get(name), first))
    return found


def settings(dials) -> dict:
    """What the five dials say -> settings of a run. A value that is no choice is left at its first one."""
    said = {k: v if v in CHOICES[k] else FIRST[k] for k, v in zip(DIALS, dials, strict=True)}
    strength = said.pop("strength")
    return said | {"discriminator_lr": 0.0 if strength == 1.0 else said["lr"] * strength}


class Live:
    def __init__(self, demo: gr.Blocks, words: Words):
        self.words = words
        self._stage()
        with question(words, "live_shares", "s-live-shares"):
            self.shares = show(render.shares(words, None), elem_id="live-shares")
        self._turn()
        self._keep()
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
            self.status = show(render.status(say, None, SESSIONS.queue.limit, 0), elem_id="live-status")
            with gr.Row():
                with gr.Column(scale=3, min_width=300):
                    self.stage = show(render.stage(say, None), elem_id="live-stage")
                with gr.Column(scale=1, min_width=320, elem_id="live-dials"):
                    self._dials()
            self.timer = gr.Timer(SECONDS, active=False)

    def _dials(self):
        say = self.words
        words = render.ACTIVATIONS | {"batch": say("live_norm_batch"), "none": say("live_norm_none")}
        self.dials = []
        for key in DIALS:
            texts = render.STRENGTHS if key == "strength" else words
            values = [(texts.get(v, v if isinstance(v, str) else f"{v:g}"), v) for v in CHOICES[key]]
            self.dials.append(gr.Radio(values, value=FIRST[key], label=say(f"live_{key}"), elem_id=f"live-{key}"))
        self.changes = show(render.changes(say, None), elem_id="live-changes")

    def _turn(self):
        say = self.words
        with question(say, "live_turn", "s-live-turn"):
            with gr.Row(elem_classes="gz-controls"):
                self.critic = gr.Button(say("live_critic_step"), elem_id="live-critic")
                self.creator = gr.Button(say("live_creator_step"), elem_id="live-creator")
            self.turns = show(waiting(say), elem_id="live-turns", js_on_load="ganzoo.later(element, trigger)")

    def _keep(self):
        with question(self.words, "live_keep", "s-live-keep"):
            with gr.Row(elem_classes="gz-controls"):
                self.keep = gr.Button(self.words("live_keep"), interactive=False, elem_id="live-save")
                self.download = gr.DownloadButton(self.words("live_download"), visible=False, elem_id="live-download")
            self.kept = show("", elem_id="live-kept")

    def _wire(self, demo: gr.Blocks):
        self.seen = [self.status, self.stage, self.shares, self.changes, self.go, self.timer, self.reset, self.keep]
        choice = [self.lesson, self.data, *self.dials]
        self.go.click(self._go, choice, self.seen, **QUIET)
        self.reset.click(self._new, choice, self.seen, **QUIET)
        for chooser in (self.lesson, self.data):
            chooser.input(self._new, choice, self.seen, **QUIET)
        for dial in self.dials:
            dial.input(self._changed, self.dials, self.seen, **QUIET)
        for button, player in ((self.critic, "critic"), (self.creator, "creator")):
            button.click(self._step(player), choice, [self.turns, *self.seen], **QUIET)
        self.keep.click(lambda: quiet(self.words("live_saving")), None, self.kept, **QUIET).then(
            self._kept, None, [self.kept, self.download], **QUIET
        )
        self.timer.tick(self._look, None, self.seen, **{**LIVE, "trigger_mode": "once"})
        named = json.dumps([[name, first] for name, (_, first) in LINKED.items()])
        js = f"(...values) => ganzoo.settings({named}, ...values)"
        for setting in choice:
            setting.input(None, choice, None, js=js)
        demo.load(linked, None, choice, **QUIET).then(None, choice, None, js=js)
        self.turns.select(self._example, None, self.turns, **QUIET)  # when first seen: it costs the server seconds
        demo.unload(leave)

    def _example(self, request: gr.Request):
        if getattr(SESSIONS.of(request.session_hash), "critic", None):  # the visitor's own step was quicker
            return gr.skip()
        return render.turns(self.words, self.words("live_turn_example", step=live_run.EXAMPLE), *live_run.example())

    def _answer(self, session: Session | None, note: str = "", everything: bool = True) -> list:
        """Values for `self.seen`. A look that finds nothing new changes nothing; `note` stands in place of the status."""
        say = self.words
        at_work = session is not None and session.mode != "resting"
        shown = session.run.shown if session else None
        learnt = bool(shown and shown.step)
        state = (session.mode, learnt, shown.number) if session else None
        if session and not everything and state == session.sent:
            return [gr.skip()] * len(self.seen)
        mode_changed = everything or session is None or session.sent[:2] != state[:2]
        if session:
            session.sent = state
        before = session.before if session else 0
        line = quiet(note) if note else render.status(say, session, SESSIONS.queue.limit, before)
        key = "live_pause" if at_work else "live_resume" if learnt else "live_start"
        html = [line, render.stage(say, shown), render.shares(say, shown), render.changes(say, shown)]
        if not mode_changed:
            return html + [gr.skip()] * 4
        buttons = [gr.Button(interactive=session is not None), gr.Button(interactive=learnt)]
        return [*html, gr.Button(say(key)), gr.Timer(active=at_work), *buttons]

    def _go(self, request: gr.Request, lesson, data, *dials):
        session = SESSIONS.of(request.session_hash)
        try:
            session = session or self._enter(request, lesson, data, dials)
            if session.mode == "resting":
                SESSIONS.start(session)
            else:
                SESSIONS.rest(session)
        except GanzooError as error:
            return self._answer(session, self.words.explain(error))
        return self._answer(session)

    def _enter(self, request: gr.Request, lesson, data, dials) -> Session:
        return SESSIONS.enter(request.session_hash, Run(*live_run.checked(lesson, data), settings(dials)))

    def _new(self, request: gr.Request, lesson, data, *dials):
        """Two new networks, at rest."""
        try:
            session = self._enter(request, lesson, data, dials)
        except GanzooError as error:
            return self._answer(SESSIONS.of(request.session_hash), self.words.explain(error))
        return self._answer(session)

    def _changed(self, request: gr.Request, *dials):
        session = SESSIONS.of(request.session_hash)
        if session is None:
            return [gr.skip()] * len(self.seen)
        try:
            session.run.change(**settings(dials))
        except GanzooError as error:
            return self._answer(session, self.words.explain(error))
        return self._answer(session)

    def _step(self, player: str):
        def step(request: gr.Request, lesson, data, *dials):
            say, session = self.words, SESSIONS.of(request.session_hash)
            try:
                session = session or self._enter(request, lesson, data, dials)
                SESSIONS.rest(session)
                run = session.run
                with run.lock:
                    if player == "creator" and run.play.half is None:  # its turn comes after the critic's
                        session.critic = run.turn("critic")
                    turn = run.turn(player)
                    number = say("live_turn_round", step=f"{run.training.step + (player == 'critic'):,}")
                    if player == "critic":
                        session.critic = turn
                    both = (turn, None) if player == "critic" else (session.critic, turn)
            except GanzooError as error:
                return [gr.skip(), *self._answer(session, say.explain(error))]
            return [render.turns(say, number, *both), *self._answer(session)]

        return step

    def _look(self, request: gr.Request):
        session = SESSIONS.of(request.session_hash)
        if session is None:  # cleared meanwhile
            return self._answer(None, self.words("live_gone"))
        return self._answer(session, everything=False)

    def _kept(self, request: gr.Request):
        say, session = self.words, SESSIONS.of(request.session_hash)
        if session is None:
            return quiet(say("live_nothing_to_keep")), gr.skip()
        try:
            name, packed = keep(session.run)
        except GanzooError as error:
            return quiet(say.explain(error)), gr.skip()
        step = session.run.training.step
        return render.kept(say, name, step), gr.DownloadButton(value=str(packed), visible=True)


def leave(request: gr.Request):
    SESSIONS.leave(request.session_hash)
