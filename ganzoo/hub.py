"""Pull models from the Hub through its real client: into the cache, checked, and without the Hub from what is here.

folder = pull("user/name", revision="v1")    # Hub down: from the cache, else the bundled model of that name
ids = models_of("user")                      # what somebody pushed with ganzoo
"""

import hashlib
import logging
import os
import threading
import time
import urllib.error
import urllib.request
from fnmatch import fnmatch
from http.client import HTTPException
from pathlib import Path

from huggingface_hub import HfApi, constants, get_token, snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    HTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import validate_repo_id

from ganzoo.checkpoint import FILES
from ganzoo.errors import GanzooError

# HTTPError is the client's own transport library's (httpx or httpx2): refusals by the Hub and broken connections alike.
TROUBLE = (HTTPError, OSError)
WANTED = ["config.json", *FILES.values(), "README.md", "*.png", "film.webp", "film.json"]  # of a model folder
LARGEST = 2 << 30  # bytes of one model that a pull takes
MOST_FILES = 32  # of one model
PATIENCE = 2.0  # seconds to wait for a sign of life; the client's own retries take 23
DECIDED = 2.8  # seconds after which an answer should be there where something could stand in

log = logging.getLogger("ganzoo")


def pull(repo_id: str, revision: str | None = None, token: bool | str | None = None) -> Path:
    """Fetch a model repository (JSON, safetensors and pictures only) into the cache; returns its folder.

    With the Hub down: the copy in the cache, else the bundled model of the same name, and a quiet line that says so.
    """
    try:
        validate_repo_id(repo_id)
    except HFValidationError:
        raise GanzooError(
            f"{repo_id!r} is not a name of a repository on the Hub, nor a folder here: check the path."
        ) from None
    if revision is not None and (not revision.strip() or ".." in revision or not revision.isprintable()):
        raise GanzooError(f"{revision!r} is no revision: give a branch, a tag or a commit of {repo_id}.")
    asked = time.monotonic()
    if not reachable():
        return _without_hub(repo_id, revision)
    try:
        info = _info(repo_id, revision, token, max(0.5, DECIDED - (time.monotonic() - asked)))
        names = _names(repo_id, info)
        began = time.time() - 2  # a file system's clock may be coarse
        folder = Path(snapshot_download(repo_id, revision=revision, allow_patterns=names, token=token))
        _verify(repo_id, folder, info, began)
        return folder
    except GatedRepoError:
        raise GanzooError(
            f"{repo_id} is gated: ask for access on {constants.ENDPOINT}/{repo_id} and log in with `hf auth login`."
        ) from None
    except RevisionNotFoundError:
        raise GanzooError(f"{repo_id} has no revision {revision!r}: check the branch, tag or commit.") from None
    except RepositoryNotFoundError:
        raise GanzooError(
            f"{repo_id} could not be fetched from the Hub: it does not exist or is private; check the name and your "
            "token (`hf auth login`)."
        ) from None
    except HfHubHTTPError as error:
        status = error.response.status_code if error.response is not None else 0
        if status >= 500 or status == 429:
            return _without_hub(repo_id, revision, f"{constants.ENDPOINT} answers with {status}")
        if status == 401:
            raise GanzooError(
                f"{repo_id} could not be fetched: the Hub does not accept your token (expired or revoked?): run "
                "`hf auth login`, or unset HF_TOKEN for a public model."
            ) from None
        raise GanzooError(f"{repo_id} could not be fetched from the Hub ({short(error)}): try again later.") from None
    except (*TROUBLE, ValueError) as error:
        return _without_hub(repo_id, revision, f"the line to the Hub broke ({short(error)})")


def _info(repo_id: str, revision: str | None, token, seconds: float):
    """What the Hub says of a repository. A Hub that takes its time gets it only where nothing here could stand in."""
    ask = HfApi(token=token).model_info
    try:
        return ask(repo_id, revision=revision, files_metadata=True, timeout=seconds)
    except HfHubHTTPError:
        raise
    except TROUBLE:
        if _at_hand(repo_id, revision):
            raise
        return ask(repo_id, revision=revision, files_metadata=True, timeout=10)


def _names(repo_id: str, info) -> list[str]:
    """The files of a model that are wanted; GanzooError if they are more or larger than a ganzoo model's can be."""
    wanted = [
        file
        for file in info.siblings or []
        if "/" not in file.rfilename and any(fnmatch(file.rfilename, pattern) for pattern in WANTED)
    ]
    size = sum(file.size or 0 for file in wanted)
    if size > LARGEST or len(wanted) > MOST_FILES:
        what = f"{size / 2**30:.1f} GB" if size > LARGEST else f"{len(wanted):,} files"
        most = f"{LARGEST >> 30} GB" if size > LARGEST else f"{MOST_FILES} files"
        raise GanzooError(f"{repo_id} holds {what}, more than the {most} that a ganzoo model may have: it is not one.")
    return [file.rfilename for file in wanted] or ["config.json"]


def _verify(repo_id: str, folder: Path, info, began: float) -> None:
    """Weights that came just now have the sha256 that the Hub announces; what has not is thrown out of the cache."""
    for file in info.siblings or []:
        path = folder / file.rfilename
        announced = getattr(file.lfs, "sha256", None) if file.lfs else None
        if not announced or file.rfilename not in FILES.values() or not path.is_file() or path.stat().st_mtime < began:
            continue
        found = hashlib.sha256()
        with open(path, "rb") as content:
            while block := content.read(1 << 20):
                found.update(block)
        if found.hexdigest() != announced and folder.name == info.sha:
            blob = path.resolve()
            path.unlink()
            blob.unlink(missing_ok=True)
            raise GanzooError(
                f"{repo_id}: {file.rfilename} came damaged (its sha256 is not the announced one): load it once more."
            )


def reachable() -> bool:
    """Whether the Hub gives a sign of life soon. Any answer is one, a refusal too. The question is asked in a thread of its
    own: a name server that is silent keeps it longer than any time-out."""
    if constants.HF_HUB_OFFLINE:
        return False
    answered: list[bool] = []
    asking = threading.Thread(target=lambda: answered.append(_answers()), daemon=True)
    asking.start()
    asking.join(PATIENCE)
    return answered == [True]


def _answers() -> bool:
    try:
        request = urllib.request.Request(constants.ENDPOINT, method="HEAD")
        urllib.request.urlopen(request, timeout=PATIENCE).close()
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError, HTTPException):
        return False
    return True


def _at_hand(repo_id: str, revision: str | None) -> tuple[Path, str] | None:
    """What can stand in for a repository: (its folder in the cache, else the bundled model of that name; what to say)."""
    from ganzoo.model import WEIGHTS

    try:
        folder = Path(snapshot_download(repo_id, revision=revision, allow_patterns=WANTED, local_files_only=True))
        if all((folder / name).is_file() for name in ("config.json", FILES["generator"])):
            return folder, f"{repo_id} comes from the cache"
    except (*TROUBLE, ValueError):
        pass
    bundled = WEIGHTS / repo_id.split("/")[-1]
    if revision is None and (bundled / "config.json").is_file():
        return bundled, f"the bundled {bundled.name} is used instead of {repo_id}"
    return None


def _without_hub(repo_id: str, revision: str | None, why: str = "") -> Path:
    found = _at_hand(repo_id, revision)
    if found:
        log.warning("The Hub cannot be reached: %s.", found[1])
        return found[0]
    raise GanzooError(
        f"{repo_id} could not be fetched: {why or f'{constants.ENDPOINT} cannot be reached'}, and it is not in the cache; "
        "check the network, or name a bundled model."
    )


def models_of(namespace: str, token: bool | str | None = None) -> dict[str, list[str]]:
    """A user's or organisation's models tagged ganzoo: id -> tags, by name. GanzooError if the Hub does not answer."""
    if not namespace:
        return {}
    trouble = GanzooError(f"The models of {namespace} cannot be listed: the Hub does not answer, try again later.")
    if not reachable():
        raise trouble
    try:
        found = HfApi(token=token).list_models(author=namespace, filter="ganzoo", limit=200)
        return {model.id: list(model.tags or []) for model in sorted(found, key=lambda model: model.id)}
    except (*TROUBLE, ValueError):
        raise trouble from None


def short(error: Exception, given: str | bool | None = None) -> str:
    """The first line of an error, with no token in it: not the machine's, not the `given` one."""
    text = str(error).strip().splitlines()[0] if str(error).strip() else "no more is known"
    for token in {os.environ.get("HF_TOKEN") or "", get_token() or "", given if isinstance(given, str) else ""} - {""}:
        text = text.replace(token, "***")
    return f"{type(error).__name__}: {text[:160]}"
