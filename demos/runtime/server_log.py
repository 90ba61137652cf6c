"""What the server writes down when a call breaks: its traceback, without what its visitor sent.

gradio and uvicorn print the error's words, too, and those often repeat the input.
"""

import logging
import traceback

from ganzoo import GanzooError

log = logging.getLogger("ganzoo")


def without_words(error: BaseException) -> str:
    """The code of an error of ours; of any other its kind, and the calls that led to it, the outermost first."""
    if isinstance(error, GanzooError):
        return f"{type(error).__name__} {error.code}"
    return "".join([type(error).__name__, "\n", *traceback.format_tb(error.__traceback__)]).strip()


def _drop_words(record: logging.LogRecord) -> bool:
    if record.exc_info:
        record.msg, record.args = "A request broke: %s", (without_words(record.exc_info[1]),)
        record.exc_info = record.exc_text = None
    return True


def install() -> None:
    """From here on uvicorn writes errors without their words."""
    for name in ("uvicorn.error", "asyncio"):
        logging.getLogger(name).addFilter(_drop_words)
