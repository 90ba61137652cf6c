"""How much trains on this server at once, and who is next. First come, first served; who stops asking is gone.

ticket = TRAININGS.enter(2)    # for two cores
ticket.place()    # 0: go on; 1: the next one in line; ...
ticket.beat()     # called while somebody watches; without it for GONE seconds the place goes to the next
ticket.leave()    # at the end, also twice
"""

import os
import threading
import time
from collections.abc import Callable

GONE = 45.0  # seconds without a sign of life


def cores() -> int:
    """For how many cores trainings may ask together: those of this machine, two at least, four at most (the pages want the
    others), or what $GANZOO_TRAININGS says."""
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    wanted = os.environ.get("GANZOO_TRAININGS", "")
    return max(1, int(wanted)) if wanted.isdigit() else max(2, min(4, here))


class Ticket:
    """A place in the line. Safe to use from several threads."""

    def __init__(self, queue: "TrainingQueue", size: int):
        self._queue, self.size, self.seen = queue, size, queue.clock()

    def place(self) -> int:
        """0 while it may work, else how many steps from the front of those who wait; -1 once it has left or is gone."""
        return self._queue.places().get(self, -1)

    def beat(self) -> None:
        self.seen = self._queue.clock()

    def leave(self) -> None:
        self._queue.leave(self)


class TrainingQueue:
    """A line of tickets. From its front as many work as fit into `limit` cores; the first one always does."""

    def __init__(self, limit: int | None = None, gone: float = GONE, clock: Callable[[], float] = time.monotonic):
        self.limit, self.gone, self.clock = limit or cores(), gone, clock
        self._line: list[Ticket] = []
        self._lock = threading.Lock()

    def enter(self, size: int = 1) -> Ticket:
        ticket = Ticket(self, size)
        with self._lock:
            self._line.append(ticket)
        return ticket

    def leave(self, ticket: Ticket) -> None:
        with self._lock:
            if ticket in self._line:
                self._line.remove(ticket)

    def crowded(self) -> bool:
        """Whether somebody waits."""
        return any(self.places().values())

    def places(self) -> dict[Ticket, int]:
        """Everybody in the line -> 0 for who may work, else how many steps from the front of those who wait."""
        now, taken, waiting, places = self.clock(), 0, 0, {}
        with self._lock:
            self._line = [ticket for ticket in self._line if now - ticket.seen <= self.gone]
            for ticket in self._line:
                taken += ticket.size
                if taken > self.limit and places:
                    waiting += 1
                places[ticket] = waiting
        return places


TRAININGS = TrainingQueue()
