"""One visitor's work in the tab Your pictures: the pairs, the training, what came out of it. Nothing of it is shared.

Everything lies in the temporary folder of this session, which sessions.py makes and removes.
"""

import json
import shutil
import subprocess
import threading
import time
from pathlib import Path

from PIL import Image

from ganzoo import GanzooError, Model
from ganzoo.data import made_pairs
from ganzoo.images import open_picture

from ...runtime.training_queue import TRAININGS, Ticket
from ...ui.words import Trouble
from . import examples, pace, run, uploads, worker
from .pairs import PairSet
from .run import CORES, SIZES, Run, tell

FIRST = ("houses", "gan+mae", SIZES[0], run.STEPS[1])
MOST_DRAWN, IDLE = 40, 3600.0


class Session:
    """What one page has and does. `status`: idle, waiting, training, stopping, done."""

    def __init__(self, folder: Path):
        self.folder, self.touched = folder, time.monotonic()
        self.sets = {"draw": PairSet(folder / "drawn"), "upload": PairSet(folder / "uploaded")}
        self.trained_on = ""  # the kind of made_pairs that the models make pictures from
        self.status, self.place, self.version, self.trouble = "idle", 0, 0, None
        self.runs: dict[str, Run] = {}
        self.losses: tuple = ()
        self.stopped, self.began, self.steps, self.device = False, 0.0, 0, ""
        self.source, self.size = FIRST[0], FIRST[2]
        self._pairs = folder  # what it trains on
        self._models: dict[str, Model] = {}
        self._process: subprocess.Popen | None = None
        self._ticket: Ticket | None = None
        self._thread: threading.Thread | None = None
        self._leaving = threading.Event()
        self._lock = threading.Lock()

    # --- the pairs ----------------------------------------------------------------------------------------------

    def upload(self, paths: list[Path], kind: str = "") -> None:
        """Take the place of what was uploaded before, which stays where this cannot be used."""
        self.settled()
        good, left_out = uploads.read(paths, self.folder / "rough", kind)
        found = self._changing("upload")
        found.clear(kind)
        found.left_out = left_out
        for split, pairs in good.items():
            for pair in pairs:
                found.add(pair, split)

    def as_input(self, picture: Image.Image) -> Image.Image:
        """A new picture as the models of this visit take it: of a photo what was made of the photos they learned from. A line
        drawing stays one, and a hole is for the visitor to paint."""
        kind = self.trained_on
        drawing = (
            kind == "edges" and sum(picture.convert("L").histogram()[60:200]) < 0.05 * picture.width * picture.height
        )
        return picture if kind in ("", "hole") or drawing else made_pairs.made(kind, picture).convert("RGB")

    def draw(self, a: Image.Image, b: Image.Image) -> None:
        count = len(self.sets["draw"])
        if count >= MOST_DRAWN:
            raise Trouble("own_many", count=count + 1, most=MOST_DRAWN)
        self._changing("draw").add(uploads.small(a, b))

    def take_back(self) -> None:
        self._changing("upload").clear()

    def remove(self, source: str, index: int) -> None:
        if 0 <= index < len(self.own(source)):
            self._changing(source).remove(index)

    def swap(self, source: str) -> None:
        """The targets become the inputs."""
        found = self._changing(source)
        found.swapped = not found.swapped

    def _changing(self, source: str) -> PairSet:
        """The set that is about to change: what was trained on it goes."""
        found = self.own(source)
        self.settled()
        if source == self.source:
            self.forget()
        return found

    def own(self, source: str) -> PairSet:
        if source not in self.sets:
            raise Trouble("own_nothing")
        return self.sets[source]

    def pairs(self, source: str, size: int = SIZES[0]) -> Path:
        """The folder of the chosen set, as it is trained on; `size`: of what is drawn by code."""
        if source in examples.KINDS:
            return examples.written(source, size, self.folder / f"{source}-{size}")
        if source == "upload" and not len(self.sets[source]):
            raise Trouble("own_nothing")
        self.own(source).write(self.folder / "chosen")
        return self.folder / "chosen"

    # --- the training -------------------------------------------------------------------------------------------

    def start(self, source, loss, size, steps) -> None:
        """Begin in the background; what happens is seen in `status`, `runs` and `version`. Raises Trouble."""
        with self._lock:
            self.settled()
            if loss not in (*run.LOSSES, "all") or size not in SIZES or steps not in run.STEPS:
                raise Trouble("own_choice")
            if source not in examples.KINDS:
                self.pairs(source)  # what is missing is said now
            self.forget()
            self.losses = run.LOSSES if loss == "all" else (loss,)
            self.source, self.size, self.status = source, size, "waiting"
            chosen = self.sets.get(source)  # of swapped pairs the photo itself is the input
            self.trained_on = chosen.kind if chosen and not chosen.swapped else ""
            self._leaving.clear()
            self._ticket = TRAININGS.enter(CORES)
            self.place = self._ticket.place()
            self._thread = threading.Thread(target=self._train, args=(source, size, steps), daemon=True)
            self._thread.start()
            self.version += 1

    def forget(self) -> None:
        """What was trained is gone: its pairs have changed, or another training begins."""
        self.settled()
        shutil.rmtree(self.folder / "runs", ignore_errors=True)
        self.runs, self._models, self.trouble, self.stopped, self.trained_on = {}, {}, None, False, ""
        self.status, self.steps, self.device = "idle", 0, ""
        self.version += 1

    @property
    def going(self) -> bool:
        return self.status in ("waiting", "training", "stopping")

    def settled(self) -> None:
        """Raises Trouble while a training goes on: until then its pairs stay as they are."""
        if self.going:
            raise Trouble("own_busy")

    def _train(self, source: str, size: int, steps: int) -> None:
        try:
            while (place := self._ticket.place()) > 0 and not self._leaving.is_set():
                self.version += place != self.place
                self.place = place
                time.sleep(0.2)
            if place == 0 and not self._leaving.is_set():
                self.place, self.status = 0, "training"
                self.version += 1
                self.began = time.monotonic()
                self._pairs = self.pairs(source, size)
                process = self._begin(size, steps)
                if self._leaving.is_set():  # said before there was a process that could be told
                    process.kill()
                elif self.status == "stopping":
                    tell(process)
                self._follow(process)
        except (GanzooError, OSError) as error:
            self.trouble = error if isinstance(error, Trouble) else self._failed()
        finally:
            self._ticket.leave()
            self._process, self.status = None, "done" if self.finished else "idle"
            self.version += 1

    def _begin(self, size: int, steps: int) -> subprocess.Popen:
        self.steps = steps
        for loss in self.losses:
            name = worker.name_of(run.DATA, loss, len(self.losses) == 1)
            self.runs[loss] = Run(loss, self.folder / run.OUT / name)
        self._process = run.begin(self.folder, run.job(self._pairs, self.losses, size, steps))
        return self._process

    def _follow(self, process: subprocess.Popen) -> None:
        ended = False
        for line in process.stdout:
            event = json.loads(line)
            kind = event["event"]
            if kind == "start":
                self.device = event["device"]
            elif kind == "failed":
                self.trouble = Trouble("own_broke") if event["code"] == "training_broke" else self._failed()
            elif kind == "end":
                ended, self.stopped = True, event["stopped"]
            elif event.get("loss"):
                self.runs[event["loss"]].heard(event)
            self.version += 1
        process.wait()
        if ended and not self.stopped and not self.trouble and (known := pace.known(self.size)):
            known.learn(self.losses, self.steps, time.monotonic() - self.began)
        if not ended and not self.trouble and not self._leaving.is_set():
            self.trouble = self._failed()

    def left(self) -> float | None:
        """Seconds, where this machine has been measured."""
        known = pace.known(self.size)
        if not known or not self.steps:
            return None
        reached = {loss: one.step for loss, one in self.runs.items() if one.unseen}
        return known.left(self.losses, reached, self.steps, time.monotonic() - self.began)

    def _failed(self) -> Trouble:
        return Trouble("own_failed" if self.source in examples.KINDS else "own_failed_mine")

    def stop(self) -> None:
        """Cancel: what is there is saved and measured; a place in the line is given up."""
        if self.status == "waiting":
            self._leaving.set()
        elif self.status == "training":
            self.status = "stopping"
            self.version += 1
            if self._process:  # else _train tells it as soon as it is there
                tell(self._process)

    def close(self) -> None:
        """The page is left: end the training at once and remove everything."""
        self._leaving.set()
        process, thread = self._process, self._thread
        if process:
            process.kill()
        if thread:
            thread.join(5)
        shutil.rmtree(self.folder, ignore_errors=True)

    def beat(self) -> None:
        """Somebody is watching."""
        self.touched = time.monotonic()
        self._ticket.beat()

    @property
    def empty(self) -> bool:
        """Nothing was brought, drawn or trained here, and nothing is at work."""
        return self.status == "idle" and not (self.runs or any(map(len, self.sets.values())))

    @property
    def gone(self) -> bool:
        """Nobody has looked for long: while it trains, for as long as its place in the queue is kept; else an hour."""
        if self.going:
            return self._ticket.place() < 0
        return time.monotonic() - self.touched > IDLE

    # --- what came out ------------------------------------------------------------------------------------------

    @property
    def finished(self) -> list[str]:
        return [loss for loss, one in self.runs.items() if one.finished]

    def opened(self, loss: str) -> Model:
        if loss not in self.finished:
            raise Trouble("own_no_model")
        if loss not in self._models:
            try:
                made = Model(self.runs[loss].model)
                made.network("generator")  # read now, so that later calls only read
            except GanzooError:  # its sentence would say where the folder lies
                raise Trouble("own_no_model") from None
            self._models[loss] = made
        return self._models[loss]

    def held_out(self) -> Image.Image:
        """The first held-out input: something to try at once."""
        return uploads.sides(open_picture(min((self._pairs / "test").iterdir())))[0]
