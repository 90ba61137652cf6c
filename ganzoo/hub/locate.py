"""Where a model is: a bundled name, a folder, or a repository on the Hub."""

import difflib
import os
from pathlib import Path

from ganzoo.checkpoint import PICKLES
from ganzoo.errors import GanzooError
from ganzoo.hub.bundled import LEFT_OUT, WEIGHTS, bundled


def find(name: str | Path, revision: str | None = None) -> Path:
    """A bundled name, a model folder (or a run folder), or a Hub id -> the model folder on this machine."""
    text = str(name)
    if not text.strip() or "\0" in text:
        raise GanzooError("name_needed", example=(bundled() or ["gan-mnist"])[0])
    if "/" not in text and "\\" not in text and os.path.isfile(WEIGHTS / text / "config.json"):
        return _without_revision(revision, WEIGHTS / text)
    folder = Path(os.path.expanduser(text))
    if os.path.isdir(folder):  # unlike pathlib's, False for a name that is too long
        return _without_revision(revision, folder / "model" if (folder / "model" / "config.json").is_file() else folder)
    if os.path.isfile(folder):
        if folder.suffix in PICKLES:
            raise GanzooError("model_is_a_pickle", path=text)
        raise GanzooError("model_is_a_file", path=text)
    if text.count("/") == 1 and not text.startswith((".", "/", "~")):
        from ganzoo.hub import download  # here, because the client of the Hub takes a second to load

        return download.pull(text, revision)
    if text in LEFT_OUT:
        raise GanzooError("model_left_out", name=text)
    text = text[:80]
    near = difflib.get_close_matches(text, bundled(), n=2, cutoff=0.5)
    if near:
        raise GanzooError("model_not_found_but_near", name=text, near=near)
    raise GanzooError("model_not_found", name=text, bundled=bundled())


def _without_revision(revision: str | None, folder: Path) -> Path:
    """`folder`, which is on this machine; GanzooError where a revision is asked for, because only the Hub has them."""
    if revision is not None:
        raise GanzooError("revision_needs_hub", folder=folder)
    return folder
