"""One visitor's work in the tab Your pictures: the pairs, the training, what came out of it. Nothing of it is shared.

Everything lies in the temporary folder of this session, which sessions.py makes and removes.
"""

import json
import os
import shutil
import subprocess
import threading
import time
from pathlib import Path

from PIL import Image

from ganzoo import GanzooError, Model
from ganzoo.data import made_pairs
from ganzoo.data.paired import JITTER
from ganzoo.images import open_picture
from ganzoo.models.pix2pix import LOSSES

from ...runtime.training_queue import TRAININGS, Ticket
from ...ui.words import Trouble
from . import examples, uploads, worker
from .run import CORES, Run, start, tell

SIZES = (64, 128)
STEPS = tuple(map(int, (os.environ.get("GANZOO_OWN_STEPS") or "300,600,2400").split(",")))  # short, medium, long
FIRST = ("houses", "gan+mae", SIZES[0], STEPS[1])
DATA = "my-pictures"  # how config.json and the card call a visitor's pairs
SETTINGS = {"width": 16, "critic_width": 16, "patch": 34, "data": DATA, "lr": 5e-4, "save_every": 10_000_000}
BATCH, MOST_DRAWN, IDLE = 4, 40, 3600.0


class Session:
    """What one page has and does. `status`: idle, waiting, training, stopping, done."""

    def __init__(self, folder: Path):
        self.folder, self.touched = folder, time.monotonic()
        self.drawn: list[tuple[Image.Image, Image.Image]] = []
        self.uploaded, self.left_out = 0, []
        self.kind = self.trained_on = ""  # of made_pairs: what was uploaded, and what the models have learned from
        self.status, self.place, self.version, self.trouble = "idle", 0, 0, None
        self.runs: dict[str, Run] = {}
        self.losses: tuple = ()
        self.stopped, self.began, self.steps, self.device = False, 0.0, 0, ""
        self.source, self.size = FIRST[0], FIRST[2]
        self._models: dict[str, Model] = {}
        self._process: subprocess.Popen | None = None
        self._ticket: Ticket | None = None
        self._thread: threading.Thread | None = None
        self._leaving = threading.Event()
        self._lock = threading.Lock()

    # --- the pairs ----------------------------------------------------------------------------------------------

    def upload(self, paths: list[Path], kind: str = "") -> None:
        self._settled()
        rough, pairs = self.folder / "rough", self.folder / "uploaded"
        self.uploaded, self.left_out = uploads.read(paths, rough, pairs, kind)
        self.kind = kind

    def as_input(self, picture: Image.Image) -> Image.Image:
        """A new picture as the models of this visit take it: of a photo what was made of the photos they learned from. A line
        drawing stays one, and a hole is for the visitor to paint."""
        kind = self.trained_on
        drawing = (
            kind == "edges" and sum(picture.convert("L").histogram()[60:200]) < 0.05 * picture.width * picture.height
        )
        return picture if kind in ("", "hole") or drawing else made_pairs.made(kind, picture).convert("RGB")

    def draw(self, a: Image.Image, b: Image.Image) -> None:
        if len(self.drawn) >= MOST_DRAWN:
            raise Trouble("own_many", count=len(self.drawn) + 1, most=MOST_DRAWN)
        self.drawn.append(uploads.small(a, b))

    def enough(self, source: str) -> bool:
        """Whether there are pairs to train on."""
        count = {"draw": len(self.drawn), "upload": self.uploaded}
        return count.get(source, uploads.FEWEST) >= uploads.FEWEST

    def pairs(self, source: str, size: int = SIZES[0]) -> Path:
        """The folder of the chosen set, written now if it is not there yet; `size`: of what is drawn by code."""
        if source in examples.KINDS:
            folder = self.folder / f"{source}-{size}"
            if not folder.is_dir():
                made = examples.pairs(source, round(size * JITTER))
                uploads.write(folder, made[examples.HELD :], made[: examples.HELD])
            return folder
        if source == "draw":
            if len(self.drawn) < uploads.FEWEST:
                raise Trouble("own_few", count=len(self.drawn), fewest=uploads.FEWEST)
            uploads.write(self.folder / "drawn", self.drawn, [])
            return self.folder / "drawn"
        if source == "upload":
            if not self.uploaded:
                raise Trouble("own_nothing")
            return self.folder / "uploaded"
        raise Trouble("own_nothing")

    # --- the training -------------------------------------------------------------------------------------------

    def start(self, source, loss, size, steps) -> None:
        """Begin in the background; what happens is seen in `status`, `runs` and `version`. Raises Trouble."""
        with self._lock:
            self._settled()
            if loss not in (*LOSSES, "all") or size not in SIZES or steps not in STEPS:
                raise Trouble("own_choice")
            if source not in examples.KINDS:
                self.pairs(source)  # what is missing is said now
            self._models = {}
            shutil.rmtree(self.folder / "runs", ignore_errors=True)
            self.losses = LOSSES if loss == "all" else (loss,)
            self.runs, self.trouble, self.stopped, self.source = {}, None, False, source
            self.size, self.trained_on = size, self.kind if source == "upload" else ""
            self.began, self.status, self.device = 0.0, "waiting", ""
            self._leaving.clear()
            self._ticket = TRAININGS.enter(CORES)
            self.place = self._ticket.place()
            self._thread = threading.Thread(target=self._train, args=(source, size, steps), daemon=True)
            self._thread.start()
            self.version += 1

    def _settled(self) -> None:
        if self.status in ("waiting", "training", "stopping"):
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
                process = self._begin(self.pairs(source, size), size, steps)
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

    def _begin(self, pairs: Path, size: int, steps: int) -> subprocess.Popen:
        count = len(list((pairs / "train").iterdir()))
        batch = min(BATCH, count)
        epochs = max(1, round(steps / (count // batch)))
        self.steps = epochs * (count // batch)
        settings = SETTINGS | {"image_size": size, "batch_size": batch, "epochs": epochs, "domains": "drawing,picture"}
        out = self.folder / "runs"
        job = {"pairs": str(pairs), "out": out.name, "name": DATA, "losses": self.losses, "settings": settings}
        for loss in self.losses:
            name = worker.name_of(DATA, loss, len(self.losses) == 1)
            self.runs[loss] = Run(loss, out / name)
        self._process = start(self.folder, job)
        return self._process

    def _follow(self, process: subprocess.Popen) -> None:
        ended = False
        for line in process.stdout:
            event = json.loads(line)
            kind, run = event["event"], self.runs.get(event.get("loss"))
            if kind == "start":
                self.device = event["device"]
                self.began = self.began or time.monotonic()
            elif kind == "step":
                run.step = event["step"]
                run.rows.append(event)
            elif kind == "samples":
                run.unseen.append(event)
            elif kind == "advice":
                run.advice.append(event["code"])
            elif kind == "measured":
                run.metrics = event["metrics"]
            elif kind == "failed":
                self.trouble = Trouble("own_broke") if event["code"] == "training_broke" else self._failed()
            elif kind == "end":
                ended, self.stopped = True, event["stopped"]
            self.version += 1
        process.wait()
        if not ended and not self.trouble and not self._leaving.is_set():
            self.trouble = self._failed()

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
        if self._ticket:
            self._ticket.beat()

    @property
    def empty(self) -> bool:
        """Nothing was brought, drawn or trained here, and nothing is at work."""
        return self.status == "idle" and not (self.drawn or self.uploaded or self.runs)

    @property
    def gone(self) -> bool:
        """Nobody has looked for long: while it trains, for as long as its place in the queue is kept; else an hour."""
        if self.status in ("waiting", "training", "stopping"):
            return self._ticket.place() < 0
        return time.monotonic() - self.touched > IDLE

    # --- what came out ------------------------------------------------------------------------------------------

    @property
    def finished(self) -> list[str]:
        return [loss for loss, run in self.runs.items() if run.finished]

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
        first = min((self.pairs(self.source, self.size) / "test").iterdir())
        sheet = open_picture(first)
        return sheet.crop((0, 0, sheet.width // 2, sheet.height))
