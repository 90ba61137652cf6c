"""One training of Your pictures as the server sees it: the process of worker.py, what its events have told, and how long
one takes on this machine."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path

from ganzoo.models import pix2pix_config
from ganzoo.training.schedule import FRAMES

from ..compare.families import BEYOND, spelled
from . import examples

LOSSES = (*pix2pix_config.LOSSES, "gan+mae" + BEYOND)
SIZES = (64, 128)
STEPS = tuple(map(int, (os.environ.get("GANZOO_OWN_STEPS") or "300,600,2400").split(",")))  # short, medium, long
CORES = 2  # that one training may keep busy
BATCH = 4
DATA = "my-pictures"  # how config.json and the card call a visitor's pairs
SETTINGS = {"width": 16, "critic_width": 16, "patch": 34, "data": DATA, "lr": 5e-4, "save_every": 10_000_000,
            "domains": "drawing,picture"}  # fmt: skip
SECRET = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "OAUTH_CLIENT_SECRET")  # not for the process that trains
TRUST = 0.1  # of the steps of a training: from then on its own speed counts alone


@dataclass
class Run:
    """What is known of one loss's training."""

    loss: str
    folder: Path
    events: list[dict] = field(default_factory=list)

    def of(self, kind: str) -> list[dict]:
        """The events of a kind: "step", "samples" (the error on pairs it never trained on), "advice", "measured"."""
        return [event for event in self.events if event["event"] == kind]

    @property
    def step(self) -> int:
        return max((event["step"] for event in self.of("step")), default=0)

    @property
    def finished(self) -> bool:
        return bool(self.of("measured"))

    @property
    def model(self) -> Path:
        return self.folder / "model"

    @property
    def sheet(self) -> Path | None:
        """The newest grid of held-out pairs."""
        return max((self.folder / "samples").glob("[0-9]*.png"), default=None)


def runs_of(folder: Path, losses: tuple) -> dict[str, Run]:
    """A run of each loss, as `begin` makes them in this folder."""
    names = {loss: DATA if len(losses) == 1 else f"{DATA}-{spelled(loss)}" for loss in losses}
    return {loss: Run(loss, folder / "runs" / name) for loss, name in names.items()}


def begin(folder: Path, pairs: Path, runs: dict, size: int, steps: int, timing: bool = False) -> subprocess.Popen:
    """A process that trains these runs, one after the other; with `timing`, only times them."""
    batch = min(BATCH, len(list((pairs / "train").iterdir())))
    settings = SETTINGS | {"image_size": size, "batch_size": batch, "steps": steps}
    names = {loss: run.folder.name for loss, run in runs.items()}
    job = {"pairs": str(pairs), "runs": names, "settings": settings, "timing": timing}
    path = os.pathsep.join(p for p in sys.path if p)
    env = {k: v for k, v in os.environ.items() if k not in SECRET}
    env |= {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": str(CORES)}
    return subprocess.Popen(
        [sys.executable, Path(__file__).with_name("worker.py"), json.dumps(job)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=env,
        cwd=folder,  # so that no file says where it lay
    )


def tell(process: subprocess.Popen) -> None:
    """A line on its input asks a training to stop, save and measure."""
    with contextlib.suppress(OSError, ValueError):  # it has just ended by itself
        process.stdin.write("\n")
        process.stdin.flush()


# --- how long it takes ------------------------------------------------------------------------------------------


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

    def left(self, runs: dict[str, Run], steps: int, elapsed: float, trained: float) -> float:
        """Of a training that is `elapsed` seconds old and has trained for `trained` of them."""
        done = self._done(runs, steps)
        start = 0.0 if done else max(0.0, self.start - elapsed)
        return start + (self.whole(runs, steps) - self.start - done) * self._slower(runs, steps, trained)

    def learn(self, runs: dict[str, Run], steps: int, start: float, trained: float) -> None:
        """The next estimates are of a machine as busy as it was in this training, which may have been stopped."""
        factor = self._slower(runs, steps, trained)
        if self._done(runs, steps):
            self.start = start
        for loss in self.step:
            self.step[loss] *= factor
            self.look[loss] *= factor

    def _done(self, runs: dict[str, Run], steps: int) -> float:
        return sum(self.spent(loss, one.step, steps) for loss, one in runs.items() if one.of("samples"))

    def _slower(self, runs: dict[str, Run], steps: int, trained: float) -> float:
        """How many times as long as measured a training has taken so far: its first steps say little of that."""
        if not (done := self._done(runs, steps)):
            return 1.0
        share = sum(one.step for one in runs.values()) / (steps * len(runs))
        return 1.0 + min(1.0, share / TRUST) * (trained / done - 1.0)


PACES: dict[int, Pace] = {}  # size of the pictures -> what was measured
_lock = threading.Lock()


def measured(size: int) -> Pace | None:
    """A few real steps of every loss, timed once for each size: some seconds. None where nothing can be timed."""
    with _lock:
        if size not in PACES and (found := _measure(size)):
            PACES[size] = found
    return PACES.get(size)


def _measure(size: int) -> Pace | None:
    pace = Pace()
    with tempfile.TemporaryDirectory() as name:
        folder, began = Path(name), time.monotonic()
        pairs = examples.written("houses", size, folder / "pairs")
        with begin(folder, pairs, runs_of(folder, LOSSES), size, STEPS[0], timing=True) as process:
            for event in map(json.loads, process.stdout):
                if event["event"] == "ready":
                    pace.start = time.monotonic() - began
                elif event["event"] == "pace":
                    pace.step[event["loss"]], pace.look[event["loss"]] = event["step"], event["look"]
    return pace if len(pace.look) == len(LOSSES) else None
