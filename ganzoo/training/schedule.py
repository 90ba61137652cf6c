"""How long a run is: steps by --epochs or by --minutes, and how long that takes on this machine.

The first steps are timed on the run's own networks and then taken back, as a resume would: a run that was measured ends
bit for bit where one ends that was not. What --minutes gives is fixed in `config.steps` before the first step. What depends
on the length follows: `decay` is a share of the steps, and the average of a short run looks back over a ninth of it
(Training.ready).
"""

import copy
import dataclasses
import time
from dataclasses import dataclass
from statistics import fmean

import torch

from ganzoo import distributed
from ganzoo.training.step import EAGER_STEPS

clock = time.perf_counter
SHARE, MOST, SECONDS = 50, 50, 3.0  # timed: one step in 50, at most 50 of them, for at most three seconds
FRAMES, FEWEST = 48, 8  # in a film
APART = 100  # steps between two frames on the average where minutes count: a translator's frame costs as much as ten


@dataclass(frozen=True)
class Pace:
    """Seconds on this machine: of a step, and of a look (the samples and held-out numbers of a frame)."""

    step: float
    look: float

    def minutes(self, steps: int, looks: int) -> float:
        return (steps * self.step + looks * self.look) / 60


def length(config, per_epoch: int) -> int:
    return 2 if config.smoke else config.steps or config.epochs * per_epoch


def frames(config, steps: int) -> int:
    """How many frames the film of a run has after its first."""
    return max(FEWEST, min(FRAMES, steps // APART)) if config.minutes else FRAMES


def film_steps(config, steps: int) -> set[int]:
    """The steps after which samples are drawn, both ends included: most of them early, where most happens."""
    count = frames(config, steps)
    return {round(steps * (i / count) ** 2) for i in range(count + 1)}


def plan(training) -> float | None:
    """Fix the length of a fresh training: `training.steps` and, with --minutes, `steps` of its config, which a resume keeps.
    Returns the minutes it takes on this machine; None for what is not measured, a resumed run and --smoke."""
    config = training.config
    training.steps = length(config, training.batches.per_epoch)
    if config.smoke or config.resume:
        return None
    pace = measure(training)
    if config.minutes and not config.steps:
        training.steps = steps_in(config, pace)
        training.config = dataclasses.replace(config, steps=training.steps)
    return pace.minutes(training.steps, 1 + frames(config, training.steps))


def steps_in(config, pace: Pace) -> int:
    """How many steps, and the looks between them, fit into `config.minutes`; at least one."""
    steps = 1
    for looks in range(FRAMES, FEWEST - 1, -1):  # as many frames as the steps allow that are left beside them
        steps = max(1, int((60 * config.minutes - (1 + looks) * pace.look) / pace.step))
        if frames(config, steps) >= looks:
            break
    return steps


def measure(training) -> Pace:
    """Time a few steps and a look, then bring the training back to where it was."""
    before = copy.deepcopy(training.state())
    config, due, plain = training.config, [], []  # seconds of steps with and without the R1 penalty

    def timed(call) -> float:
        began = _now(training.device)
        call()
        return _now(training.device) - began

    for _ in range(EAGER_STEPS + 1 if training.device.type == "cuda" else 1):
        training.advance()
    most = min(MOST, max(2, training.steps // SHARE))
    for _ in range(most):
        penalty = config.r1 > 0 and training.step % config.r1_every == 0
        (due if penalty else plain).append(timed(training.advance))
        if distributed.any_process(sum(due) + sum(plain) >= SECONDS):
            break
    share = 1 / config.r1_every if config.r1 else 0.0
    if share and not due:
        training.step = 0
        due.append(timed(training.advance))
    step = share * fmean(due or [0.0]) + (1 - share) * fmean(plain or [0.0])
    look = timed(lambda: (training.sheet(training.preview()), training.held_out()))
    training.load_state(before)
    training.forget_graph()
    training.waited = 0.0
    return Pace(max(1e-6, distributed.slowest(step)), distributed.slowest(look))


def _now(device: torch.device) -> float:
    """The time when everything on the device is done."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return clock()


def spoken(minutes: float) -> str:
    """Minutes as one says them: "about 12 min", "about 3 h 20 min", "about 46 days"."""
    if minutes < 0.75:
        return "less than a minute"
    hours, rest = divmod(round(minutes), 60)
    if hours >= 10:
        return f"about {minutes / 60 / 24:.0f} days" if hours >= 48 else f"about {minutes / 60:.0f} h"
    return f"about {hours} h {rest} min" if hours else f"about {rest} min"
