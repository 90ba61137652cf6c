"""What a run tells while it trains: rows for the log, the doctor's advice on them, samples and saves.

Each method yields the events that it gives rise to. Of several processes only the first writes.
"""

import math
from collections.abc import Iterator
from pathlib import Path

from torch import Tensor

from ganzoo import distributed
from ganzoo.errors import GanzooError
from ganzoo.images import save_picture, to_float
from ganzoo.training.doctor import Doctor
from ganzoo.training.run_dir import Keeper, RunFolder
from ganzoo.training.step import Training


class Recorder:
    """Writes the run folder of a training and asks the doctor."""

    def __init__(self, training: Training, folder: Path, origin: dict):
        self.training, self.folder = training, folder
        self.doctor = Doctor(training.config.translates)
        self.files = RunFolder(folder, origin) if distributed.first() else None
        self.keeper = Keeper(folder)
        self.real_diversity = diversity(to_float(training.pictures.shown))

    def begin(self, changed: list[dict]) -> None:
        """Bring the folder to where the training is. `changed`: rows for what a resume has changed."""
        if self.files is None:
            return
        for row in self.files.cut_back(self.training.step if self.training.config.resume else -1):
            self.doctor.see(row)
        self.files.log(*changed)  # before the config: after a kill here the next resume logs it again
        self.files.write_config(self.training.config)

    def note(self, row: dict) -> Iterator[dict]:
        """A row into the log, the doctor's advice on it behind it. Raises GanzooError where going on is of no use."""
        step = self.training.step
        advice = [{"event": "advice", "step": step, "code": c, "text": t} for c, t in self.doctor.see(row)]
        if self.files:
            self.files.log(row, *advice)
        yield row
        yield from advice
        for note in advice:
            if note["code"] == "nan":
                raise GanzooError("training_broke", step=step, advice=note["text"])

    def samples(self) -> Iterator[dict]:
        preview = self.training.preview()
        if self.files:
            save_picture(self.training.sheet(preview), self.files.sheet(self.training.step))
        shown = len(self.training.pictures.shown)
        row = {"diversity": round(diversity(preview[:shown]) / self.real_diversity, 4), **self.training.held_out()}
        yield from self.note({"event": "samples", "step": self.training.step, **row})

    def save(self, finished: bool) -> Iterator[dict]:
        """The model and what a resume needs; `finished` adds the film. Raises GanzooError for weights that are no numbers."""
        if not self.training.finite():
            yield from self.note({"event": "broken", "step": self.training.step})  # raises
        if self.files:
            self.files.save(self.training, self.training.config, finished)
            self.keeper.keep()
        yield {"event": "saved", "step": self.training.step, "folder": str(self.folder)}


def diversity(pictures: Tensor) -> float:
    """Root mean squared distance between two different pictures of a batch (N, C, H, W), per pixel, in [-1, 1] units."""
    flat = pictures.float().flatten(1)
    count = len(flat)
    return max(1e-6, math.sqrt(float(flat.var(0, correction=0).mean()) * 2 * count / max(1, count - 1)))
