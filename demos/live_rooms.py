"""Who trains here: one room a visitor. Who may compute at the same time, and who is next, is for slots.py to say.

A room computes only while its page looks at it. Leaving the page closes the room at once (gradio's unload); a browser
that got lost, within LOST seconds, for then nobody has looked. A room that rests holds no place.
"""

import contextlib
import threading
import time
from collections import OrderedDict

import torch
from live_run import Run
from slots import TRAININGS, Slots, Ticket

LOST = 20.0  # seconds without a look until a training rests
TURN = 180.0  # seconds that a training may go on while others wait
LONGEST = 1800.0  # seconds that it may go on at all: a forgotten page should not compute all night
FORGET = 900.0  # seconds after which a resting room is cleared
MOST = 24  # rooms in memory; the one that rested longest makes room
PATIENCE = 0.1  # seconds between two looks of one who waits


class Room:
    """One visitor's training. `why`: a sentence's key, if it was stopped by the house."""

    def __init__(self, run: Run):
        self.run, self.why = run, ""
        self.seen = time.monotonic()
        self.closed = False
        self.ticket: Ticket | None = None

    @property
    def mode(self) -> str:
        """ "resting", "waiting" for a place, or "running"."""
        place = self._place()
        return "resting" if place < 0 else "waiting" if place else "running"

    @property
    def before(self) -> int:
        """How many wait in front of this one."""
        return max(0, self._place() - 1)

    def _place(self) -> int:
        ticket = self.ticket  # another thread may take it away meanwhile
        return ticket.place() if ticket else -1


class Rooms:
    def __init__(self, slots: Slots = TRAININGS):
        self.slots = slots
        self.lock = threading.RLock()
        self.rooms: OrderedDict[str, Room] = OrderedDict()

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
                room.why, room.ticket = "", self.slots.enter()
                threading.Thread(target=self._work, args=(room, room.ticket), daemon=True, name="ganzoo-live").start()

    def rest(self, room: Room, why: str = "") -> None:
        """Stop after the present round. The run stays as it is."""
        with self.lock:
            if room.ticket:
                room.ticket.leave()
                room.ticket, room.why = None, why

    def leave(self, visitor: str) -> None:
        with self.lock:
            room = self.rooms.pop(visitor, None)
            if room:
                room.closed = True
                self.rest(room)

    def _tidy(self) -> None:
        now = time.monotonic()
        for name, room in list(self.rooms.items()):
            if room.mode == "resting" and now - room.seen > FORGET:
                self.leave(name)

    def _work(self, room: Room, ticket: Ticket) -> None:
        """Wait for a place, then the rounds of one room until it should rest. `ticket` tells this stretch of work from a
        later one."""
        _one_core()
        began = None
        while room.ticket is ticket:
            ticket.beat()  # whether anybody looks is seen below, sooner than the line would
            now = time.monotonic()
            if now - room.seen > LOST:
                self.rest(room, "live_lost" if began else "")
            elif ticket.place():
                time.sleep(PATIENCE)
            else:
                began = began or now
                self._round(room, now - began)
        with contextlib.suppress(Exception):
            room.run.look()

    def _round(self, room: Room, spent: float) -> None:
        try:
            room.run.advance()
        except Exception:  # whatever it is: the place must become free, and the page says so in a sentence
            self.rest(room, "live_broke")
            raise
        if room.run.broken:
            self.rest(room, "live_nan")
        elif spent > LONGEST:
            self.rest(room, "live_long")
        elif spent > TURN and self.slots.crowded():
            self.rest(room, "live_turn_over")


def _one_core() -> None:
    """This thread computes on one core. torch keeps the number that was set last for threads that are born later, so a
    short-lived one sets it back: other visitors' pictures go on being made with all cores."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    if before != 1:
        helper = threading.Thread(target=torch.set_num_threads, args=(before,))
        helper.start()
        helper.join()
