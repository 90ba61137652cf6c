"""One live training: the trainer's own Training, played round by round, what a page shows of it, and the model that is kept
of it. No HTML here.

Only its thread (sessions.py) and the visitor's own clicks touch a Run, one at a time, under `lock`. What the page reads
many times a second is `shown`, a finished Snapshot that nobody changes any more.
"""

import dataclasses
import math
import threading
import time
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path

import torch
from PIL import Image

from ganzoo import GanzooError
from ganzoo.data import complete
from ganzoo.data.registry import CLASSES
from ganzoo.evaluation import judges
from ganzoo.evaluation.metrics import class_shares
from ganzoo.images import grid, save_picture, to_float
from ganzoo.models import registry
from ganzoo.seeding import noise
from ganzoo.training.doctor import Doctor, kinds, state
from ganzoo.training.loop import rounds, step_row
from ganzoo.training.run_dir import RunFolder, diversity
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
KEPT = 20  # models that visitors may keep on one server

LESSONS = {  # chosen by trying on one core: recognisable pictures come after 10 to 20 seconds
    "gan": {"lr": 1e-3, "r1": 1.0, "ema": 0.99, "batch_size": 64},
    "cgan": {"lr": 1e-3, "r1": 1.0, "ema": 0.99, "batch_size": 64},
    "dcgan": {"lr": 1e-3, "ema": 0.99, "batch_size": 64, "width": 16},
}


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All that a page shows of a run at one moment."""

    at: float  # seconds, of time.monotonic
    step: int
    speed: float  # rounds a second
    picture: Image.Image
    rows: list[dict]
    state: str
    states: list[tuple]  # that the run went through: (the step it began at, state)
    advice: list[tuple]  # (step, code)
    changes: list[tuple]  # (step, name, old, new)
    shares: dict[str, float]  # class -> share of what the judge counted
    counted_at: int  # the step at which it did


class Run:
    """A run of a lesson (gan, cgan, dcgan) on a set (mnist, fashion) with settings of LESSONS, changed by `more`."""

    def __init__(self, lesson: str, data: str, **more):
        if lesson not in LESSONS or data not in local.SETS:
            raise Trouble("no_model", name=f"{str(lesson)[:20]}-{str(data)[:20]}")
        self.lesson, self.data, self.lock = lesson, data, threading.RLock()
        found = dataclasses.replace(local.samples(data), classes=CLASSES[data])
        own = {"device": "cpu", "precision": "fp32", "seed": 0, "data": f"demos/data/{data}-6000"}
        config = registry.LESSONS[lesson].Config(**own | LESSONS[lesson] | more)
        self.training = Training(complete(config, found), found, torch.device("cpu"))
        self.play = Stepwise(self.training)
        self.rounds = rounds(self.play, math.inf, EVERY)
        self.doctor, self.rows, self.advice, self.changes = Doctor(), [], [], []
        self.frames: list[tuple[int, Image.Image]] = []
        self.gap, self.shares, self.counted_at, self.states = 1, {}, 0, []
        self.next_look = self.next_count = -math.inf
        self.real_diversity = diversity(to_float(found.shown))
        self.shown: Snapshot | None = None
        self.look()

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
            turn = self.play.discriminator_turn() if player == "critic" else self.play.generator_turn()
            if before // EVERY != self.training.step // EVERY:
                self._row(step_row(self.play))
            self.look()
            return turn

    def change(self, **new) -> None:
        with self.lock:
            changed = self.play.change(**new)
            self.changes += [(self.training.step, name, old, value) for name, (old, value) in changed.items()]
            if changed:
                self.doctor = Doctor()  # what it said before was about other settings
                self.look()

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
                self.shares, self.counted_at = self._count(), step
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
            before = self.shown
            self.shown = Snapshot(
                at=now,
                step=step,
                speed=(step - before.step) / (now - before.at) if before and now > before.at else 0.0,
                picture=picture,
                rows=self.rows[:: max(1, len(self.rows) // 160)],
                state=verdict,
                states=list(self.states),
                advice=list(self.advice),
                changes=list(self.changes),
                shares=self.shares,
                counted_at=self.counted_at,
            )

    def _count(self) -> dict:
        """The share of each class among COUNTED pictures, by the bundled judge."""
        config, training = self.training.config, self.training
        fixed = noise(COUNTED, config.noise_size, config.seed + 1)
        label = (torch.arange(COUNTED) % len(config.classes),) if config.needs_labels else ()
        made = training.shared["generator"].eval()(fixed, *label).nan_to_num(-1.0)
        if training.shared["generator"] is training.nets["generator"]:
            training.nets["generator"].train()
        return class_shares(judges.answers(local.judge(self.data).generator, made), config.classes)

    def write(self, folder: Path) -> None:
        """The run folder, as the trainer would write it."""
        config = dataclasses.replace(self.training.config, name=folder.name, out=str(folder.parent))
        writer = RunFolder(folder, origin={})
        writer.write_config(config)
        keys = ("step", "name", "old", "new")
        events = [{"event": "changed", **dict(zip(keys, change, strict=True))} for change in self.changes]
        events += [{"event": "samples", "step": step} for step, _ in self.frames]  # what the film is made of
        writer.log(*sorted([*self.rows, *events], key=lambda row: row["step"]))
        for step, picture in self.frames:
            save_picture(picture, folder / "samples" / f"{step:06d}.png")
        writer.save(self.training, config, finished=True)


@lru_cache(maxsize=1)
def example() -> tuple[Turn, Turn]:
    """Round EXAMPLE of a new run, an early one with moves that can be seen: what the critic, then the creator, saw and
    changed."""
    run = Run("gan", "mnist")
    for _ in range(EXAMPLE - 1):
        run.play.advance()
    return run.turn("critic"), run.turn("creator")


_one_at_a_time = threading.Lock()


def keep(run: Run) -> tuple[str, Path]:
    """The run as runs/{lesson}-{data}-live-{n}/, among the local runs that Zoo and Create list. Returns (the name in the
    catalog, a zip of the model)."""
    with _one_at_a_time, run.lock:
        if run.training.step == 0:
            raise Trouble("live_nothing_to_keep")
        if run.broken:
            raise Trouble("live_nan")
        if len(list(local.RUNS.glob("*-live-*"))) >= KEPT:
            raise Trouble("live_full", most=KEPT)
        places = (local.RUNS / f"{run.lesson}-{run.data}-live-{number}" for number in count(1))
        folder = next(place for place in places if not place.exists())
        try:
            folder.mkdir(parents=True)
            run.write(folder)
        except (GanzooError, OSError):
            raise Trouble("live_no_space") from None
        return f"runs/{folder.name}", local.zipped(folder / "model", folder / f"{folder.name}.zip")
