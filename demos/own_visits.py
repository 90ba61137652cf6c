"""The visits to the tab Your pictures: each page has a work of its own, in a temporary folder of its own.

A folder is removed when its page is left, after an hour without a sign of life, when the server stops, or, should a
server be killed, when the next one starts (leftovers.py).
"""

import atexit
import shutil
import tempfile
import threading
import time
from functools import lru_cache
from pathlib import Path

import leftovers
from own_work import Work
from words import Trouble

MOST = 200  # visits at once
ROOT = leftovers.place("own")

VISITS: dict[str, Work] = {}
_lock = threading.Lock()


@lru_cache(maxsize=1)
def _open_house() -> None:
    """Once, for the first visit."""
    shutil.rmtree(ROOT, ignore_errors=True)  # of a killed server that had this process's number
    ROOT.mkdir(mode=0o700)
    atexit.register(close_all)
    threading.Thread(target=_reap, daemon=True).start()


def visit(session: str | None) -> Work:
    """The work of a browser's page; a new one for a new page. Raises Trouble without a page, or if there are too many."""
    if not session or not isinstance(session, str):
        raise Trouble("own_no_page")
    with _lock:
        work = VISITS.get(session)
        if work is None:
            if len(VISITS) >= MOST:
                _make_room()
            _open_house()
            work = VISITS[session] = Work(Path(tempfile.mkdtemp(dir=ROOT)))
    work.touched = time.monotonic()
    return work


def _make_room() -> None:
    """The visit that has been still for longest goes, if nothing is in it."""
    idle = sorted((work.touched, session) for session, work in VISITS.items() if work.empty)
    if not idle:
        raise Trouble("own_full")
    VISITS.pop(idle[0][1]).close()


def leave(session: str | None) -> None:
    with _lock:
        work = VISITS.pop(session, None)
    if work:
        work.close()


def close_all() -> None:
    for session in list(VISITS):
        leave(session)
    shutil.rmtree(ROOT, ignore_errors=True)


def _reap() -> None:
    while True:
        time.sleep(5)
        for session, work in list(VISITS.items()):
            if work.gone:
                leave(session)
