"""Who trains here: one session a visitor. Who may compute at the same time, and who is next, is for training_queue.py to say.

A session computes only while its page looks at it. Leaving the page closes the session at once (gradio's unload); a browser
that got lost, within LOST seconds, for then nobody has looked. A session that rests holds no place.
"""

import contextlib
import threading
import time
from dataclasses import dataclass, field

import torch

from ganzoo import GanzooError
from ganzoo.training.stepwise import Turn

from ...runtime.training_queue import TRAININGS, Ticket, TrainingQueue
from .run import Run

LOST = 20.0  # seconds without a look until a training rests
TURN = 180.0  # seconds that a training may go on while others wait
LONGEST = 1800.0  # seconds that it may go on at all: a forgotten page should not compute all night
FORGET = 900.0  # seconds after which a resting session is cleared
MOST = 24  # sessions in memory; the one that rested longest makes room
PATIENCE = 0.1  # seconds between two looks of one who waits


@dataclass(eq=False)
class Session:
    """One visitor's training."""

    run: Run
    why: str = ""  # a sentence's key, if it was stopped by the house
    seen: float = field(default_factory=time.monotonic)
    sent: tuple = ()  # what the page was last given: mode, whether anything is learnt, snapshot
    critic: Turn | None = None  # the last that was taken alone
    ticket: Ticket | None = None

    @property
    def place(self) -> int:
        """-1 at rest, 0 at work, else the place in the line."""
        ticket = self.ticket  # another thread may take it away meanwhile
        return ticket.place() if ticket else -1

    @property
    def mode(self) -> str:
        place = self.place
        return "resting" if place < 0 else "waiting" if place else "running"


class Sessions:
    def __init__(self, queue: TrainingQueue = TRAININGS):
        self.queue = queue
        self.lock = threading.RLock()
        self.sessions: dict[str, Session] = {}

    def of(self, visitor: str) -> Session | None:
        """The visitor's session, if there is one; being asked for it counts as a look."""
        with self.lock:
            self._tidy()
            session = self.sessions.get(visitor)
            if session:
                session.seen = time.monotonic()
            return session

    def enter(self, visitor: str, run: Run) -> Session:
        """A new session in place of the visitor's old one."""
        with self.lock:
            self.leave(visitor)
            self._tidy()
            resting = [name for name, session in self.sessions.items() if session.mode == "resting"]
            for name in resting[: max(0, len(self.sessions) + 1 - MOST)]:
                self.leave(name)
            session = self.sessions[visitor] = Session(run)
            return session

    def start(self, session: Session) -> None:
        with self.lock:
            if session.mode == "resting" and session in self.sessions.values():
                session.why, session.ticket = "", self.queue.enter()
                work = (session, session.ticket)
                threading.Thread(target=self._work, args=work, daemon=True, name="ganzoo-live").start()

    def rest(self, session: Session, why: str = "") -> None:
        """Stop after the present round. The run stays as it is."""
        with self.lock:
            if session.ticket:
                session.ticket.leave()
                session.ticket, session.why = None, why

    def leave(self, visitor: str) -> None:
        with self.lock:
            if session := self.sessions.pop(visitor, None):
                self.rest(session)

    def _tidy(self) -> None:
        now = time.monotonic()
        for name, session in list(self.sessions.items()):
            if session.mode == "resting" and now - session.seen > FORGET:
                self.leave(name)

    def _work(self, session: Session, ticket: Ticket) -> None:
        """Wait for a place, then the rounds of one session until it should rest. `ticket` tells this stretch of work from a
        later one."""
        _one_core()
        began = None
        while session.ticket is ticket:
            ticket.beat()  # whether anybody looks is seen below, sooner than the line would
            now = time.monotonic()
            if now - session.seen > LOST:
                self.rest(session, "live_lost" if began else "")
            elif ticket.place():
                time.sleep(PATIENCE)
            else:
                began = began or now
                self._round(session, now - began)
        with contextlib.suppress(GanzooError):
            session.run.look()

    def _round(self, session: Session, spent: float) -> None:
        try:
            session.run.advance()
        except Exception:  # whatever it is: the place must become free, and the page says so in a sentence
            self.rest(session, "live_broke")
            raise
        if session.run.broken:
            self.rest(session, "live_nan")
        elif spent > LONGEST:
            self.rest(session, "live_long")
        elif spent > TURN and self.queue.crowded():
            self.rest(session, "live_turn_over")


def _one_core() -> None:
    """This thread computes on one core. torch keeps the number that was set last for threads that are born later, so a
    short-lived one sets it back: other visitors' pictures go on being made with all cores."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    if before != 1:
        helper = threading.Thread(target=torch.set_num_threads, args=(before,))
        helper.start()
        helper.join()
