"""Files that are written whole or not at all."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ganzoo.errors import GanzooError


def save_atomic(path: Path, write: Callable[[Path], object]) -> None:
    """Write through `write(temporary_path)`, then rename: a reader never meets half a file, a crash leaves the old one."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        write(temporary)
        with open(temporary, "rb") as handle:
            os.fsync(handle.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise GanzooError("file_not_writable", path=path, reason=error.strerror or str(error)) from error
    finally:
        with suppress(OSError):  # a folder that cannot be written has said so above
            temporary.unlink(missing_ok=True)


def save_text(path: Path, text: str) -> None:
    save_atomic(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def save_json(path: Path, value) -> None:
    save_text(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")
