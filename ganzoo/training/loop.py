"""The loop that every training drives: that of a recipe (trainer.py), of a judge and of the live page.

A training is anything with `step`, the rounds played so far, `advance()`, which plays one, and `averages()`, the means
of its numbers since they were last asked for.
"""

import time
from collections.abc import Callable, Iterator

from ganzoo import distributed

clock = time.perf_counter


def step_row(training) -> dict:
    """The row of the log for the rounds since the last one."""
    return {"event": "step", "step": training.step, **training.averages()}


def rounds(training, until: float, every: int, should_stop: Callable[[], bool] = lambda: False) -> Iterator[tuple]:
    """Play until step `until`. Yields after each step: (a row where one is due, every `every` steps and at the end, else
    None; whether the loop was asked to stop and ends here)."""
    while training.step < until:
        training.advance()
        stopping = distributed.any_process(should_stop()) and training.step < until
        due = training.step % every == 0 or training.step == until
        yield step_row(training) if due else None, stopping
        if stopping:
            return


class Clock:
    """Counts the seconds in which a training computes; drawing samples and saving do not count."""

    def __init__(self, training):
        self.training, self.began = training, clock()
        self.spent, self.since = 0.0, training.step  # seconds since the last row, and its step

    def tick(self) -> None:
        """Count the time since the last tick or start."""
        now = clock()
        self.training.seconds += now - self.began
        self.spent += now - self.began
        self.began = now

    def start(self) -> None:
        self.began = clock()

    def speed(self) -> dict[str, float]:
        """What a row says of the time since the last row."""
        self.tick()
        training, spent = self.training, max(1e-9, self.spent)
        found = {
            "images_per_s": round((training.step - self.since) * training.batch_of_all / spent, 1),
            "waiting": round(training.waited / spent, 3),
            "seconds": round(training.seconds, 2),
        }
        self.spent, self.since, training.waited = 0.0, training.step, 0.0
        return found
