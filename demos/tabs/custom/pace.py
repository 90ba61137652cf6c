"""How long a training takes on this machine: a few real steps of every loss, timed once for each size of pictures."""

import json
import tempfile
import threading
import time
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path

from ganzoo.training.schedule import FRAMES

from . import examples, run

TRUST = 0.2  # this share of a training weighs what was measured as much as what it really took


@dataclass
class Pace:
    """Seconds: until a training begins, and of a step and a look (samples and held-out numbers) of each loss."""

    start: float = 0.0
    step: dict[str, float] = field(default_factory=dict)
    look: dict[str, float] = field(default_factory=dict)

    def spent(self, loss: str, step: int, steps: int) -> float:
        """In the first so many steps of one loss; most looks are early."""
        return step * self.step[loss] + (1 + FRAMES * sqrt(step / steps)) * self.look[loss]

    def whole(self, losses, steps: int) -> float:
        return self.start + sum(self.spent(loss, steps, steps) for loss in losses)

    def left(self, losses, reached: dict[str, int], steps: int, elapsed: float) -> float:
        """Of a training that is `elapsed` seconds old: what was measured says at first, then how long it has really taken."""
        whole = self.whole(losses, steps)
        done = sum(self.spent(loss, step, steps) for loss, step in reached.items())
        done = self.start + done if done else min(elapsed, self.start)
        return (whole - done) * (elapsed + TRUST * whole) / (done + TRUST * whole)

    def learn(self, losses, steps: int, took: float) -> None:
        """A whole training took so long: the next estimate is of a machine as busy as that."""
        factor = took / self.whole(losses, steps)
        self.start *= factor
        for loss in self.step:
            self.step[loss] *= factor
            self.look[loss] *= factor


_known: dict[int, Pace] = {}
_lock = threading.Lock()


def known(size: int) -> Pace | None:
    return _known.get(size)


def measured(size: int) -> Pace | None:
    """Takes some seconds the first time. None where nothing can be timed."""
    with _lock:
        if size not in _known and (found := _measure(size)):
            _known[size] = found
    return known(size)


def _measure(size: int) -> Pace | None:
    pace = Pace()
    with tempfile.TemporaryDirectory() as folder:
        pairs = examples.written("houses", size, Path(folder) / "pairs")
        job = run.job(pairs, run.LOSSES, size, run.STEPS[0])
        began = time.monotonic()
        with run.begin(Path(folder), job | {"timing": True}) as process:
            for line in process.stdout:
                event = json.loads(line)
                if event["event"] == "ready":
                    pace.start = time.monotonic() - began
                elif event["event"] == "pace":
                    pace.step[event["loss"]], pace.look[event["loss"]] = event["step"], event["look"]
    return pace if len(pace.look) == len(run.LOSSES) else None
