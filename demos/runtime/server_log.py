"""What the server writes down when a call breaks: one line, without what its visitor sent.

gradio and uvicorn print a whole traceback, and its last line often repeats the input.
"""

import logging
import traceback
from pathlib import Path

import ganzoo
from ganzoo import GanzooError

DEMOS = Path(__file__).resolve().parent.parent
OURS = (DEMOS, Path(ganzoo.__file__).resolve().parent)

log = logging.getLogger("ganzoo")


def brief(error: BaseException | None) -> str:
    """One line for an error: its kind with its code, or else the way it took, the outermost call first, through our modules
    to where it was raised. Its words are left out: they may be a visitor's."""
    if isinstance(error, GanzooError):
        return f"{type(error).__name__} {error.code}"
    places, inside = [], None
    for frame in traceback.extract_tb(error.__traceback__) if error else []:
        path = Path(frame.filename)
        inside = next((folder for folder in OURS if path.is_relative_to(folder)), None)
        if inside and path.name not in ("first_paint.py", "interface.py"):  # which all calls pass
            places.append(f"{path.relative_to(inside.parent)}:{frame.lineno} {frame.name}")
    if error and error.__traceback__ and not inside:
        places.append(f"{path.name}:{frame.lineno} {frame.name}")
    return ", ".join([type(error).__name__, *places])


def _shorten(record: logging.LogRecord) -> bool:
    if record.exc_info:
        record.msg, record.args = "A request broke (%s).", (brief(record.exc_info[1]),)
        record.exc_info = record.exc_text = None
    return True


def install() -> None:
    """From here on uvicorn writes a line where it wrote a traceback."""
    for name in ("uvicorn.error", "asyncio"):
        logging.getLogger(name).addFilter(_shorten)
