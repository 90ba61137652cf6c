"""How many trainings run on this server at once, and who is next. First come, first served; who stops asking is gone.

ticket = TRAININGS.enter()
ticket.place()    # 0: go on; 1: the next one in line; ...
ticket.beat()     # called while somebody watches; without it for GONE seconds the place goes to the next
ticket.leave()    # at the end, also twice
"""

import os
import threading
import time
from collections.abc import Callable

GONE = 45.0  # seconds without a sign of life
# One training keeps two cores busy; more of them only make each other slow.
LIMIT = max(1, int(os.environ.get("GANZOO_TRAININGS") or max(1, (os.cpu_count() or 2) // 2)))


class Ticket:
    """A place in the line. Safe to use from several threads."""

    def __init__(self, slots: "Slots"):
        self._slots, self.seen = slots, slots.clock()

    def place(self) -> int:
        """0 while it may work, else how many steps from the front of those who wait; -1 once it has left or is gone."""
        return self._slots.place(self)

    def beat(self) -> None:
        self.seen = self._slots.clock()

    def leave(self) -> None:
        self._slots.leave(self)


class Slots:
    def __init__(self, limit: int = LIMIT, gone: float = GONE, clock: Callable[[], float] = time.monotonic):
        self.limit, self.gone, self.clock = limit, gone, clock
        self._line: list[Ticket] = []  # the first `limit` of them work
        self._lock = threading.Lock()

    def enter(self) -> Ticket:
        ticket = Ticket(self)
        with self._lock:
            self._line.append(ticket)
        return ticket

    def place(self, ticket: Ticket) -> int:
        with self._lock:
            now = self.clock()
            self._line = [t for t in self._line if now - t.seen <= self.gone]
            return max(0, self._line.index(ticket) - self.limit + 1) if ticket in self._line else -1

    def leave(self, ticket: Ticket) -> None:
        with self._lock:
            if ticket in self._line:
                self._line.remove(ticket)

    def __len__(self) -> int:
        """How many are in the line, those who work included."""
        with self._lock:
            return len(self._line)


TRAININGS = Slots()
