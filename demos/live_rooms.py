"""Who trains: one room a visitor, a few places that compute at the same time, and a queue for them.

A room computes only while its page looks at it. Leaving the page closes the room at once (gradio's unload); a browser
that got lost, within LOST seconds, for then nobody has looked. A room that rests holds no place.
"""

import contextlib
import os
import threading
import time
from collections import OrderedDict

import torch
from live_run import Run

LOST = 20.0  # seconds without a look until a training rests
TURN = 180.0  # seconds that a training may go on while others wait
LONGEST = 1800.0  # seconds that it may go on at all: a forgotten page should not compute all night
FORGET = 900.0  # seconds after which a resting room is cleared
MOST = 24  # rooms in memory; the one that rested longest makes room


def places() -> int:
    """How many trainings compute at once: one a core, two at least, four at most (they share one interpreter)."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    asked = os.environ.get("GANZOO_LIVE_PLACES", "")
    return max(1, int(asked)) if asked.isdigit() else max(2, min(4, cores))


class Room:
    """One visitor's training. mode: "resting", "waiting" for a place, "running". `why`: a sentence's key, if it was
    stopped by the house."""

    def __init__(self, run: Run):
        self.run, self.mode, self.why = run, "resting", ""
        self.seen = self.since = time.monotonic()
        self.closed = False


class Rooms:
    def __init__(self, limit: int | None = None):
        self.limit = limit or places()
        self.lock = threading.RLock()
        self.rooms: OrderedDict[str, Room] = OrderedDict()
        self.queue: list[Room] = []
        self.running: set[Room] = set()

    def of(self, visitor: str) -> Room | None:
        """The visitor's room, if there is one; being asked for it counts as a look."""
        with self.lock:
            self._tidy()
            room = self.rooms.get(visitor)
            if room:
                room.seen = time.monotonic()
            return room

    def enter(self, visitor: str, run: Run) -> Room:
        """A new room in place of the visitor's old one."""
        self.leave(visitor)
        with self.lock:
            self._tidy()
            resting = [name for name, room in self.rooms.items() if room.mode == "resting"]
            while len(self.rooms) >= MOST and resting:
                self.leave(resting.pop(0))
            room = self.rooms[visitor] = Room(run)
            return room

    def start(self, room: Room) -> None:
        with self.lock:
            if room.mode == "resting" and not room.closed:
                room.mode, room.why = "waiting", ""
                self.queue.append(room)
                self._fill()

    def rest(self, room: Room, why: str = "") -> None:
        """Stop after the present round. The run stays as it is."""
        with self.lock:
            if room.mode == "waiting":
                self.queue.remove(room)
            if room.mode != "resting":
                room.mode, room.why = "resting", why
            self.running.discard(room)
            self._fill()

    def leave(self, visitor: str) -> None:
        with self.lock:
            room = self.rooms.pop(visitor, None)
            if room:
                room.closed = True
                self.rest(room)

    def before(self, room: Room) -> int:
        """How many wait in front of this one."""
        with self.lock:
            return self.queue.index(room) if room in self.queue else 0

    def _tidy(self) -> None:
        now = time.monotonic()
        for room in [r for r in self.queue if now - r.seen > LOST]:
            self.rest(room)
        for name, room in list(self.rooms.items()):
            if room.mode == "resting" and now - room.seen > FORGET:
                self.leave(name)

    def _fill(self) -> None:
        while self.queue and len(self.running) < self.limit:
            room = self.queue.pop(0)
            room.mode, room.since = "running", time.monotonic()
            self.running.add(room)
            threading.Thread(target=self._work, args=(room, room.since), daemon=True, name="ganzoo-live").start()

    def _work(self, room: Room, since: float) -> None:
        """The rounds of one room, until it should rest. `since` tells this stretch of work from a later one."""
        _one_core()
        while room.mode == "running" and room.since == since:
            try:
                room.run.advance()
            except Exception:  # whatever it is: the place must become free, and the page says so in a sentence
                self.rest(room, "live_broke")
                raise
            now = time.monotonic()
            if room.run.broken:
                self.rest(room, "live_nan")
            elif now - room.seen > LOST:
                self.rest(room, "live_lost")
            elif now - since > LONGEST:
                self.rest(room, "live_long")
            elif self.queue and now - since > TURN:
                with self.lock:
                    self._tidy()
                    if self.queue:
                        self.rest(room, "live_turn_over")
        with contextlib.suppress(Exception):
            room.run.look()


def _one_core() -> None:
    """This thread computes on one core. torch keeps the number that was set last for threads that are born later, so a
    short-lived one sets it back: other visitors' pictures go on being made with all cores."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    if before != 1:
        helper = threading.Thread(target=torch.set_num_threads, args=(before,))
        helper.start()
        helper.join()
