"""Who trains here: one session a visitor. Who may compute at the same time, and who is next, is for training_queue.py to say.

A session computes only while its page looks at it. Leaving the page closes the session at once (gradio's unload); a browser
that got lost, within LOST seconds, for then nobody has looked. A session that rests holds no place.
"""

import contextlib
import threading
import time

import torch

from ganzoo import GanzooError
from ganzoo.training.stepwise import Turn

from ...runtime.training_queue import TRAININGS, Ticket, TrainingQueue
from ...runtime.visits import Visits
from .run import Run

LOST = 20.0  # seconds without a look until a training rests
TURN = 180.0  # seconds that a training may go on while others wait
LONGEST = 1800.0  # seconds that it may go on at all: a forgotten page should not compute all night
FORGET = 900.0  # seconds after which a resting session is cleared
FINISH = 10.0  # seconds that Pause waits for the present round at most
PATIENCE = 0.1  # seconds between two looks of one who waits

VISITS = Visits(most=24)


class Session:
    """One visitor's training. `why`: the key of the sentence that says why the server stopped it, or nothing."""

    def __init__(self, run: Run, queue: TrainingQueue = TRAININGS):
        self.run, self.queue, self.why = run, queue, ""
        self.seen = time.monotonic()
        self.sent: tuple = ()  # what the page was last given: mode, whether anything is learnt, snapshot
        self.critic: Turn | None = None  # the last that was taken alone
        self.ticket: Ticket | None = None
        self.worker: threading.Thread | None = None
        self._lock = threading.RLock()

    @property
    def place(self) -> int:
        """-1 at rest, 0 at work, else the place in the line."""
        ticket = self.ticket
        return ticket.place() if ticket else -1

    @property
    def mode(self) -> str:
        place = self.place
        return "resting" if place < 0 else "waiting" if place else "running"

    @property
    def idle(self) -> bool:
        return self.mode == "resting"

    @property
    def gone(self) -> bool:
        return self.idle and time.monotonic() - self.seen > FORGET

    def start(self) -> None:
        with self._lock:
            if self.idle:
                self.why, self.ticket = "", self.queue.enter()
                self.worker = threading.Thread(target=self._work, args=(self.ticket,), daemon=True, name="ganzoo-live")
                self.worker.start()

    def rest(self, why: str = "") -> None:
        """Stop after the present round. The run stays as it is."""
        with self._lock:
            if self.ticket:
                self.ticket.leave()
                self.ticket, self.why = None, why

    close = rest

    def pause(self) -> None:
        """Rest, and wait for the last round's snapshot, so that the page shows the state that Keep would save."""
        self.rest()
        self.worker.join(FINISH)

    def _work(self, ticket: Ticket) -> None:
        """Wait for a place, then rounds until it should rest. `ticket` tells this stretch of work from a later one."""
        _one_core()
        began = None
        while self.ticket is ticket:
            ticket.beat()  # whether anybody looks is seen below, sooner than the line would
            now = time.monotonic()
            if now - self.seen > LOST:
                self.rest("live_lost" if began else "")
            elif ticket.place():
                time.sleep(PATIENCE)
            else:
                began = began or now
                self._round(now - began)
        with contextlib.suppress(GanzooError):
            self.run.look()

    def _round(self, spent: float) -> None:
        try:
            self.run.advance()
        except Exception:  # whatever it is: the place must become free, and the page says so in a sentence
            self.rest("live_broke")
            raise
        if self.run.broken:
            self._stop("live_nan")
        elif spent > LONGEST:
            self._stop("live_long")
        elif spent > TURN and self.queue.crowded():
            self._stop("live_turn_over")

    def _stop(self, why: str) -> None:
        with contextlib.suppress(GanzooError):
            self.run.look()  # first: once a session rests, its page no longer asks for snapshots
        self.rest(why)


def _one_core() -> None:
    """This thread computes on one core. torch keeps the number that was set last for threads that are born later, so a
    short-lived one sets it back: other visitors' pictures go on being made with all cores."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    if before != 1:
        helper = threading.Thread(target=torch.set_num_threads, args=(before,))
        helper.start()
        helper.join()
