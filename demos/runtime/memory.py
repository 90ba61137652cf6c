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
    trim, sessions = getattr(libc, "malloc_trim", None), getattr(queue, "pending_messages_per_session", {})
    threading.Thread(target=_look, args=(trim, sessions), daemon=True).start()


def _look(trim, sessions) -> None:
    waiting = {}
    while True:
        time.sleep(SECONDS)
        waiting = forget(sessions, waiting, time.monotonic())
        if trim:
            trim(0)


def forget(sessions: dict, before: dict, now: float) -> dict[str, tuple[int, float]]:
    """Of answers that wait in gradio's queue, by session (gradio keeps them until 2,000 newer sessions have come), drop those
    of which the next one has waited for UNREAD seconds. Session -> (which is next, since when), of the last look and now."""
    waiting = {}
    for session, messages in list(sessions.items()):
        if messages.empty():
            continue
        first = id(messages._queue[0])
        known, since = before.get(session, (first, now))
        waiting[session] = (first, since if known == first else now)
        if now - waiting[session][1] >= UNREAD:
            sessions.pop(session, None)
    return waiting
