"""One visitor's work in the tab Your pictures: the pairs, the training, what came out of it. Nothing of it is shared.

Everything lies in a temporary folder of this session. It is removed when the page is left, after an hour without a sign of
life, when the server stops, or, should a server be killed, when the next one starts (temp_dirs.py).
"""

import json
import shutil
import subprocess
import tempfile
import threading
import time
from functools import lru_cache
from pathlib import Path

import gradio as gr
from PIL import Image

from ganzoo import GanzooError, Model
from ganzoo.data import made_pairs

from ...runtime import server_log, temp_dirs
from ...runtime.training_queue import TRAININGS, Ticket
from ...runtime.visits import Visits
from ...ui.words import Trouble
from . import examples, run, uploads
from .run import CORES, SIZES, Run
from .uploads import PairSet

FIRST = ("houses", "gan+mae", SIZES[0], run.STEPS[1])
MOST_DRAWN, IDLE = 40, 3600.0
ROOT = temp_dirs.place("own")
VISITS = Visits(most=200)
_lock = threading.Lock()


class Session:
    """What one page has and does. `status`: idle, waiting, training, stopping, done."""

    def __init__(self, folder: Path):
        self.folder, self.seen = folder, time.monotonic()
        self.sets = {"draw": PairSet(folder / "drawn"), "upload": PairSet(folder / "uploaded")}
        self.source, _, self.size, self.steps = FIRST
        self.began = self.ready = 0.0  # when its process was asked for, and when it began to train
        self.events = 0
        self._pairs = folder  # what it trains on
        self._process: subprocess.Popen | None = None
        self._ticket: Ticket | None = None
        self._thread: threading.Thread | None = None
        self._leaving = threading.Event()
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """What was trained is gone: its pairs have changed, or another training begins."""
        shutil.rmtree(self.folder / "runs", ignore_errors=True)
        self.status, self.trouble, self.stopped = "idle", None, False
        self.runs: dict[str, Run] = {}
        self._models: dict[str, Model] = {}

    # --- the pairs ----------------------------------------------------------------------------------------------

    def upload(self, paths: list[Path], kind: str = "") -> None:
        """Take the place of what was uploaded before, which stays where this cannot be used."""
        self.settled()
        good, left_out = uploads.read(paths, self.folder, kind)
        found = self.changing("upload")
        found.clear(kind)
        found.left_out = left_out
        for split, pairs in good.items():
            for pair in pairs:
                found.add(pair, split)

    def as_input(self, picture: Image.Image) -> Image.Image:
        """A new picture as the models of this visit take it: of a photo what was made of the photos they learned from. A line
        drawing stays one, and a hole is for the visitor to paint."""
        chosen = self.sets.get(self.source)  # of swapped pairs the photo itself is the input
        kind = chosen.kind if chosen and not chosen.swapped else ""
        grey = sum(picture.convert("L").histogram()[60:200])
        drawing = kind == "edges" and grey < 0.05 * picture.width * picture.height
        return picture if kind in ("", "hole") or drawing else made_pairs.made(kind, picture).convert("RGB")

    def draw(self, a: Image.Image, b: Image.Image) -> None:
        count = len(self.sets["draw"])
        if count >= MOST_DRAWN:
            raise Trouble("own_many", count=count + 1, most=MOST_DRAWN)
        self.changing("draw").add(uploads.small(a, b))

    def changing(self, source: str) -> PairSet:
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
        found = self.own(source)
        uploads.write(self.folder / "chosen", found.pairs("train"), found.pairs("test"))
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
            self.source, self.size, self.steps = source, size, steps
            self._leaving.clear()
            self._ticket, self.status = TRAININGS.enter(CORES), "waiting"
            losses = run.LOSSES if loss == "all" else (loss,)
            self._thread = threading.Thread(target=self._train, args=(losses,), daemon=True)
            self._thread.start()

    @property
    def going(self) -> bool:
        return self.status in ("waiting", "training", "stopping")

    @property
    def place(self) -> int:
        """In the line, of one who waits."""
        return max(0, self._ticket.place()) if self.status == "waiting" else 0

    @property
    def version(self) -> tuple:
        """Another one whenever there is something new to see of a training."""
        return self.status, self.place, self.events

    def settled(self) -> None:
        """Raises Trouble while a training goes on: until then its pairs stay as they are."""
        if self.going:
            raise Trouble("own_busy")

    def _train(self, losses: tuple) -> None:
        try:
            while (place := self._ticket.place()) > 0 and not self._leaving.is_set():
                time.sleep(0.2)
            if place == 0 and not self._leaving.is_set():
                self.status, self.began = "training", time.monotonic()
                self._pairs = self.pairs(self.source, self.size)
                self.runs = run.runs_of(self.folder, losses)
                process = self._process = run.begin(self.folder, self._pairs, self.runs, self.size, self.steps)
                if self._leaving.is_set():  # said before there was a process that could be told
                    process.kill()
                elif self.status == "stopping":
                    run.tell(process)
                self._follow(process)
        except (GanzooError, OSError) as error:
            self.trouble = error if isinstance(error, Trouble) else self._failed()
        finally:
            self._ticket.leave()
            self._process, self.status = None, "done" if self.finished else "idle"

    def _follow(self, process: subprocess.Popen) -> None:
        ended = False
        for event in map(json.loads, process.stdout):
            match event["event"]:
                case "ready":
                    self.ready = time.monotonic()
                case "failed":
                    self.trouble = Trouble("own_broke") if event["code"] == "training_broke" else self._failed()
                    if calls := event.get("traceback"):
                        server_log.log.warning("A training broke: %s", calls)
                case "end":
                    ended, self.stopped = True, event["stopped"]
            if "loss" in event:
                self.runs[event["loss"]].events.append(event)
            self.events += 1
        code = process.wait()
        if ended and not self.stopped:  # else `stop` has learnt
            self._learn()
        if not ended and not self.trouble and not self._leaving.is_set():
            server_log.log.warning("A training's process ended (%s).", code)
            self.trouble = self._failed()

    def left(self) -> float | None:
        """Seconds, where this machine has been measured."""
        pace, now = run.PACES.get(self.size), time.monotonic()
        return pace and pace.left(self.runs, self.steps, now - self.began, now - self.ready)

    def _learn(self) -> None:
        """The next estimates follow the speed of this training."""
        if pace := run.PACES.get(self.size):
            pace.learn(self.runs, self.steps, self.ready - self.began, time.monotonic() - self.ready)

    def _failed(self) -> Trouble:
        return Trouble("own_failed" if self.source in examples.KINDS else "own_failed_mine")

    def stop(self) -> None:
        """Cancel: what is there is saved and measured; a place in the line is given up."""
        if self.status == "waiting":
            self._leaving.set()
        elif self.status == "training":
            self.status = "stopping"
            self._learn()
            if self._process:  # else _train tells it as soon as it is there
                run.tell(self._process)

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
        self.seen = time.monotonic()
        self._ticket.beat()

    @property
    def idle(self) -> bool:
        """Nothing was brought, drawn or trained here, and nothing is at work."""
        return self.status == "idle" and not (self.runs or any(map(len, self.sets.values())))

    @property
    def gone(self) -> bool:
        """Nobody has looked for long: while it trains, for as long as its place in the queue is kept; else an hour."""
        if self.going:
            return self._ticket.place() < 0
        return time.monotonic() - self.seen > IDLE

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
        return uploads.opened(min((self._pairs / "test").iterdir()))[0]


def of(page: str | None) -> Session:
    """The session of a browser's page; a new one for a new page. Raises Trouble without a page, or if there are too many."""
    if not page or not isinstance(page, str):
        raise Trouble("own_no_page")
    with _lock:
        _prepare()
        if work := VISITS.of(page):
            return work
        if not VISITS.room():
            raise Trouble("own_full")
        return VISITS.enter(page, Session(Path(tempfile.mkdtemp(dir=ROOT))))


@lru_cache(maxsize=1)
def _prepare() -> None:
    """Once, for the first session."""
    shutil.rmtree(ROOT, ignore_errors=True)  # of a killed server that had this process's number
    ROOT.mkdir(mode=0o700)
    gr.set_static_paths(ROOT)  # a download is served from here: in gradio's cache a copy would outlive its page
    temp_dirs.ENDS.callback(close_all)
    threading.Thread(target=_reap, daemon=True).start()


def _reap() -> None:
    while True:
        time.sleep(5)
        VISITS.tidy()


def close_all() -> None:
    for page in list(VISITS.work):
        VISITS.leave(page)
    shutil.rmtree(ROOT, ignore_errors=True)
