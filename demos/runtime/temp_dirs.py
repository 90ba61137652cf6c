"""Temporary folders of visitors' files: named after the process that they belong to, and removed once that is gone.

A server that ends removes its own; after one that was killed, the next one does.
"""

import atexit
import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

KINDS = ("uploads", "own")  # what gradio writes down, the sessions of the tab Your pictures


def place(kind: str) -> Path:
    """The folder of this process for one of KINDS; not made yet."""
    return Path(tempfile.gettempdir()) / f"ganzoo-{kind}-{os.getpid()}"


def sweep() -> None:
    """Remove what killed servers left behind. A folder of this process's own number is one of these (in a container,
    often), so this comes before the first is made. Without /proc nobody can tell, and all stays."""
    if not Path("/proc").is_dir():
        return
    for kind in KINDS:
        for folder in place(kind).parent.glob(f"ganzoo-{kind}-*"):
            number = folder.name.rsplit("-", 1)[-1]
            if number.isdigit() and (int(number) == os.getpid() or not Path(f"/proc/{number}").exists()):
                shutil.rmtree(folder, ignore_errors=True)


ENDS = ExitStack()  # its callbacks are called once when the server ends, however it is asked to
# Only what is ours: the interpreter's own exit functions would take torch apart under threads that compute.
atexit.register(ENDS.close)
