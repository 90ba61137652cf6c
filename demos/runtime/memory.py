"""Memory that the server gives back.

glibc makes an allocator arena for nearly every thread and keeps what its threads free: with a new thread for every call at
the same time, the pictures of one burst of visitors stayed in arenas that the next burst did not use. Two arenas, trimmed
now and then, cost no measurable time. What nobody fetches from gradio's queue is forgotten, too.
"""

import ctypes
import threading
import time

ARENAS, M_ARENA_MAX = 2, -8  # (its number in malloc.h)
SECONDS = 10  # between two looks
UNREAD = 300  # seconds after which an answer that nobody fetches is forgotten


def give_back(queue) -> None:
    """For a gradio queue and this process. Another C library than glibc, or another gradio, goes on as it is."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(M_ARENA_MAX, ARENAS)
    trim = getattr(libc, "malloc_trim", None)
    unread = Unread(getattr(queue, "pending_messages_per_session", {}))
    threading.Thread(target=_look, args=(trim, unread), daemon=True).start()


def _look(trim, unread) -> None:
    while True:
        time.sleep(SECONDS)
        unread.forget(time.monotonic())
        if trim:
            trim(0)


class Unread:
    """Answers that wait in gradio's queue, by session; gradio keeps them until 2,000 newer sessions have come."""

    def __init__(self, sessions: dict):
        self.sessions = sessions
        self.seen: dict[str, tuple[int, float]] = {}  # session -> (which message is next to be read, since when)

    def forget(self, now: float) -> None:
        """Drop the sessions whose next message has waited for UNREAD seconds."""
        waiting = {}
        for session, messages in list(self.sessions.items()):
            if not messages.empty():
                first = id(messages._queue[0])
                before, since = self.seen.get(session, (first, now))
                waiting[session] = (first, since if before == first else now)
        self.seen = waiting
        for session, (_, since) in waiting.items():
            if now - since >= UNREAD:
                self.sessions.pop(session, None)
