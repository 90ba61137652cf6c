"""What the server writes down when a call breaks: one line, without what its visitor sent.

gradio and uvicorn print a whole traceback, and its last line often repeats the input.
"""

import logging
import sys
import traceback
from pathlib import Path

import gradio.queueing
import gradio.route_utils
import gradio.routes

DEMOS = Path(__file__).resolve().parent.parent
OURS = (str(DEMOS), str(DEMOS.parent / "ganzoo"))

log = logging.getLogger("ganzoo")


def brief(error: BaseException | None) -> str:
    """The kind of an error and the place where it came up, in our code if it passed there. Its words are left out: they may
    be a visitor's."""
    frames = traceback.extract_tb(error.__traceback__) if error else []
    ours = [
        f for f in frames if f.filename.startswith(OURS) and not f.filename.endswith("first_paint.py")
    ]  # which all pass
    at = "".join(f" at {Path(frame.filename).name}:{frame.lineno}" for frame in (ours or frames)[-1:])
    return type(error).__name__ + at


class _Brief:
    """Stands in for the module `traceback` where gradio prints one."""

    def print_exc(self, *args, **kwargs) -> None:
        log.warning("A call broke (%s).", brief(sys.exc_info()[1]))

    def __getattr__(self, name):
        return getattr(traceback, name)


def _shorten(record: logging.LogRecord) -> bool:
    if record.exc_info:
        record.msg, record.args = "A request broke (%s).", (brief(record.exc_info[1]),)
        record.exc_info = record.exc_text = None
    return True


def install() -> None:
    """From here on the server writes a line where it wrote a traceback. A gradio that prints otherwise goes on as it is."""
    for module in (gradio.queueing, gradio.routes, gradio.route_utils):
        if hasattr(module, "traceback"):
            module.traceback = _Brief()
    for name in ("uvicorn.error", "asyncio"):
        logging.getLogger(name).addFilter(_shorten)
