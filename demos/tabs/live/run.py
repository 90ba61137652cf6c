"""One live training: the trainer's own Training, played round by round, and what a page shows of it. No HTML here.

Only its thread (sessions.py) and the visitor's own clicks touch a Run, one at a time, under `lock`. What the page reads
many times a second is `shown`, a finished Snapshot that nobody changes any more.
"""

import dataclasses
import math
import threading
import time
from dataclasses import dataclass, field
from functools import lru_cache

import torch
from PIL import Image

from ganzoo.data import complete
from ganzoo.data.labeled import Pictures
from ganzoo.data.registry import CLASSES
from ganzoo.evaluation import judges
from ganzoo.images import grid, to_float
from ganzoo.models import registry
from ganzoo.seeding import noise
from ganzoo.training.doctor import Doctor, kinds, state
from ganzoo.training.loop import rounds, step_row
from ganzoo.training.recorder import diversity
from ganzoo.training.step import Training
from ganzoo.training.stepwise import Stepwise, Turn

from ...catalog import film, local
from ...ui.words import Trouble

FINISHED = "gan-mnist"  # the earlier run that is on the page before a new one begins
EXAMPLE = 3  # the round of a new run that the page opens with
EVERY = 20  # rounds to a row of the log
LOOK = 0.8  # seconds between two snapshots, or LIGHT times what one takes: on a busy machine learning comes first
COUNT = 4.0  # seconds between two counts of classes, likewise
LIGHT = 10
COUNTED = 200  # pictures that the judge counts
ROWS, FRAMES, SHEET = 2000, 48, 64

LESSONS = {  # chosen by trying on one core: recognisable pictures come after 10 to 20 seconds
    "gan": {"lr": 1e-3, "r1": 1.0, "ema": 0.99, "batch_size": 64},
    "cgan": {"lr": 1e-3, "r1": 1.0, "ema": 0.99, "batch_size": 64},
    "dcgan": {"lr": 1e-3, "ema": 0.99, "batch_size": 64, "width": 16},
}


@lru_cache(maxsize=2)
def pictures(data: str) -> Pictures:
    """The bundled pictures of a set with the names of its classes, shared by all runs."""
    return dataclasses.replace(local.samples(data), classes=CLASSES[data])


@dataclass(frozen=True)
class Snapshot:
    """All that a page shows of a run at one moment."""

    step: int
    picture: Image.Image
    rows: tuple
    state: str
    speed: float  # rounds a second
    advice: tuple = ()  # (step, code)
    changes: tuple = ()  # the latest: (step, name, old, new)
    marks: tuple = ()  # the steps of all of them
    states: tuple = ()  # that the run went through: (the step it began at, state)
    shares: dict = field(default_factory=dict)  # class -> share of what the judge counted
    number: int = 0


class Run:
    """A run of a lesson (gan, cgan, dcgan) on a set (mnist, fashion) with settings of LESSONS, changed by `more`."""

    def __init__(self, lesson: str, data: str, more: dict | None = None):
        self.lesson, self.data, self.lock = lesson, data, threading.RLock()
        found = pictures(data)
        own = {"device": "cpu", "precision": "fp32", "seed": 0, "data": f"demos/data/{data}-6000"}
        config = registry.LESSONS[lesson].Config(**(own | LESSONS[lesson] | (more or {})))
        config = complete(config, found)
        self.play = Stepwise(Training(config, found, torch.device("cpu")))
        self.rounds = rounds(self.play, math.inf, EVERY)
        self.doctor, self.rows, self.advice, self.changes = Doctor(), [], [], []
        self.frames: list[tuple[int, Image.Image]] = []
        self.gap, self.shares, self.states = 1, {}, []
        self.next_look = self.next_count = -math.inf
        self.real_diversity = diversity(to_float(found.shown))
        self.looked_at, self.looked_step = time.monotonic(), 0
        self.shown: Snapshot = None
        self.look()

    @property
    def training(self) -> Training:
        return self.play.training

    @property
    def broken(self) -> bool:
        """A loss is no number any more: going on is of no use."""
        return any(code == "nan" for _, code in self.advice)

    def advance(self) -> None:
        """One round; every EVERY rounds a row of the log; every LOOK seconds a new snapshot."""
        with self.lock:
            began = time.perf_counter()
            row, _ = next(self.rounds)
            self.training.seconds += time.perf_counter() - began
            if row:
                self._row(row)
            if time.monotonic() >= self.next_look:
                self.look()

    def turn(self, player: str) -> Turn:
        """The turn of the "critic" or the "creator" alone."""
        with self.lock:
            before = self.training.step
            turn = self.play.critic_turn() if player == "critic" else self.play.creator_turn()
            if before // EVERY != self.training.step // EVERY:
                self._row(step_row(self.play))
            self.look()
            return turn

    def change(self, **new) -> dict:
        with self.lock:
            changed = self.play.change(**new)
            for name, (old, value) in changed.items():
                self.changes.append((self.training.step, name, old, value))
            if changed:
                self.doctor = Doctor()  # what it said before was about other settings
                self.look()
            return changed

    def _row(self, row: dict) -> None:
        if self.shares:
            row["kinds"] = round(kinds(self.shares.values()), 2)
        self.rows.append(row)
        if len(self.rows) > ROWS:  # the older half more and more thinly
            del self.rows[1 : ROWS // 2 : 2]
        self._ask_doctor(row)

    def _ask_doctor(self, row: dict) -> None:
        self.advice += [(self.training.step, code) for code, _ in self.doctor.see(row)]

    @torch.no_grad()
    def look(self) -> None:
        with self.lock:
            now, step = time.monotonic(), self.training.step
            made = self.training.preview()
            picture = film.on_black(grid(made[:SHEET]))
            if self.rows and now >= self.next_count:  # before the first row there is nothing but noise to count
                self.shares = self._count()
                self.next_count = now + max(COUNT, 2 * LIGHT * (time.monotonic() - now))
                apart = diversity(made[: len(self.training.pictures.shown)]) / self.real_diversity
                counted = {"diversity": apart, "kinds": kinds(self.shares.values())}
                self._ask_doctor({"event": "samples", "step": step, **counted})
            if not self.frames or step - self.frames[-1][0] >= self.gap:
                self.frames.append((step, picture))
                if len(self.frames) > FRAMES:
                    self.frames, self.gap = self.frames[::2], max(1, 2 * self.gap, step // FRAMES)
            self.next_look = now + max(LOOK, LIGHT * (time.monotonic() - now))
            verdict = state(self.rows)
            if self.rows and (not self.states or self.states[-1][1] != verdict):
                self.states.append((step if self.states else 0, verdict))
            spent, done = now - self.looked_at, step - self.looked_step
            self.looked_at, self.looked_step = now, step
            self.shown = Snapshot(
                step=step,
                picture=picture,
                rows=tuple(self.rows[:: max(1, len(self.rows) // 160)]),
                state=verdict,
                states=tuple(self.states),
                speed=done / spent if spent > 0 else 0.0,
                advice=tuple(self.advice[-3:]),
                changes=tuple(self.changes[-4:]),
                marks=tuple(sorted({change[0] for change in self.changes})),
                shares=self.shares,
                number=self.shown.number + 1 if self.shown else 0,
            )

    def _count(self) -> dict:
        """The share of each class among COUNTED pictures, by the bundled judge."""
        config, training = self.training.config, self.training
        fixed = noise(COUNTED, config.noise_size, config.seed + 1)
        label = (torch.arange(COUNTED) % len(config.classes),) if config.needs_labels else ()
        made = training.shared["generator"].eval()(fixed, *label).nan_to_num(-1.0)
        if training.shared["generator"] is training.nets["generator"]:
            training.nets["generator"].train()
        found = judges.answers(local.judge(self.data).generator, made).bincount(minlength=len(config.classes)).double()
        return dict(zip(config.classes, (found / found.sum()).tolist(), strict=True))


@lru_cache(maxsize=1)
def example() -> tuple[Turn, Turn]:
    """Round EXAMPLE of a new run, an early one with moves that can be seen: what the critic, then the creator, saw and
    changed."""
    run = Run("gan", "mnist")
    for _ in range(EXAMPLE - 1):
        run.play.advance()
    return run.turn("critic"), run.turn("creator")


def checked(lesson, data) -> tuple[str, str]:
    """What a visitor chose, if it is one of the choices."""
    if lesson not in LESSONS or data not in local.SETS:
        raise Trouble("no_model", name=f"{str(lesson)[:20]}-{str(data)[:20]}")
    return lesson, data
