"""The sessions of the tab Your pictures: each page has one of its own, in a temporary folder of its own.

A folder is removed when its page is left, after an hour without a sign of life, when the server stops, or, should a
server be killed, when the next one starts (temp_dirs.py).
"""

import shutil
import tempfile
import threading
import time
from functools import lru_cache
from pathlib import Path

import gradio as gr

from ...runtime import temp_dirs
from ...ui.words import Trouble
from .session import Session

MOST = 200  # sessions at once
ROOT = temp_dirs.place("own")

SESSIONS: dict[str, Session] = {}
_lock = threading.Lock()


@lru_cache(maxsize=1)
def _prepare() -> None:
    """Once, for the first session."""
    shutil.rmtree(ROOT, ignore_errors=True)  # of a killed server that had this process's number
    ROOT.mkdir(mode=0o700)
    gr.set_static_paths(ROOT)  # a download is served from here: in gradio's cache a copy would outlive its page
    temp_dirs.at_end(close_all)
    threading.Thread(target=_reap, daemon=True).start()


def of(session: str | None) -> Session:
    """The session of a browser's page; a new one for a new page. Raises Trouble without a page, or if there are too many."""
    if not session or not isinstance(session, str):
        raise Trouble("own_no_page")
    with _lock:
        work = SESSIONS.get(session)
        if work is None:
            if len(SESSIONS) >= MOST:
                _make_room()
            _prepare()
            work = SESSIONS[session] = Session(Path(tempfile.mkdtemp(dir=ROOT)))
    work.touched = time.monotonic()
    return work


def _make_room() -> None:
    """The session that has been still for longest goes, if nothing is in it."""
    idle = sorted((work.touched, session) for session, work in SESSIONS.items() if work.empty)
    if not idle:
        raise Trouble("own_full")
    SESSIONS.pop(idle[0][1]).close()


def leave(session: str | None) -> None:
    with _lock:
        work = SESSIONS.pop(session, None)
    if work:
        work.close()


def close_all() -> None:
    for session in list(SESSIONS):
        leave(session)
    shutil.rmtree(ROOT, ignore_errors=True)


def _reap() -> None:
    while True:
        time.sleep(5)
        for session, work in list(SESSIONS.items()):
            if work.gone:
                leave(session)
