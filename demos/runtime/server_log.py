"""What the server writes down when a call breaks: one line, without what its visitor sent.

gradio and uvicorn print a whole traceback, and its last line often repeats the input.
"""

import logging
import sys
import traceback
from pathlib import Path
from types import SimpleNamespace

import gradio.queueing
import gradio.route_utils
import gradio.routes

from ganzoo import GanzooError

DEMOS = Path(__file__).resolve().parent.parent
OURS = (DEMOS, DEMOS.parent / "ganzoo")

log = logging.getLogger("ganzoo")


def brief(error: BaseException | None) -> str:
    """One line for an error: its kind with its code, or else the way it took, the outermost call first, through our modules
    to where it was raised. Its words are left out: they may be a visitor's."""
    if isinstance(error, GanzooError):
        return f"{type(error).__name__} {error.code}"
    places, inside = [], False
    for frame in traceback.extract_tb(error.__traceback__) if error else []:
        path = Path(frame.filename)
        inside = any(path.is_relative_to(folder) for folder in OURS)
        if inside and path.name != "first_paint.py":  # which all calls pass
            places.append(f"{path.relative_to(DEMOS.parent)}:{frame.lineno} {frame.name}")
    if error and error.__traceback__ and not inside:
        places.append(f"{path.name}:{frame.lineno} {frame.name}")
    return ", ".join([type(error).__name__, *places])


def _print_line(*args, **kwargs) -> None:
    """Stands in for `traceback.print_exc` where gradio calls it."""
    log.warning("A call broke (%s).", brief(sys.exc_info()[1]))


def _shorten(record: logging.LogRecord) -> bool:
    if record.exc_info:
        record.msg, record.args = "A request broke (%s).", (brief(record.exc_info[1]),)
        record.exc_info = record.exc_text = None
    return True


def install() -> None:
    """From here on the server writes a line where it wrote a traceback. A gradio that prints otherwise goes on as it is."""
    for module in (gradio.queueing, gradio.routes, gradio.route_utils):
        if hasattr(module, "traceback"):
            module.traceback = SimpleNamespace(**vars(traceback) | {"print_exc": _print_line})
    for name in ("uvicorn.error", "asyncio"):
        logging.getLogger(name).addFilter(_shorten)
