"""Small model repositories for tests: sound ones, and ones with something wrong in them."""

from __future__ import annotations

import json
from pathlib import Path

WEIGHTS = Path(__file__).parent.parent.parent / "ganzoo" / "weights" / "gan-mnist"


def model_files(**changes: bytes | None) -> dict[str, bytes]:
    """A small sound model repository, with files changed or (None) left out; `config__json` is config.json."""
    files = {name: (WEIGHTS / name).read_bytes() for name in ("model.safetensors", "discriminator.safetensors")}
    files["config.json"] = config()
    files |= {name.replace("__", "."): content for name, content in changes.items()}
    return {name: content for name, content in files.items() if content is not None}


def config(**changes) -> bytes:
    said = json.loads((WEIGHTS / "config.json").read_text())
    said["settings"].update(changes.pop("settings", {}))
    return json.dumps(said | changes).encode()
