"""Pull models from the Hub through its real client: into the cache, checked, and without the Hub from what is here.

folder = pull("user/name", revision="v1")    # Hub down: from the cache
ids = models_of("user")                      # what somebody pushed with ganzoo
"""

import contextlib
import logging
import re
import time
from fnmatch import fnmatch
from pathlib import Path

from huggingface_hub import HfApi, constants, errors, snapshot_download
from huggingface_hub.utils import validate_repo_id
from huggingface_hub.utils.sha import git_hash, sha_fileobj

from ganzoo.checkpoint import FILES, PICKLES
from ganzoo.errors import GanzooError
from ganzoo.hub.bundled import bundled
from ganzoo.hub_client import PATIENCE, TROUBLE, hub_responds, reachable, short

NEEDED = ["config.json", *FILES.values()]  # of a model folder: what a model cannot do without, where it has it
ESSENTIAL = ("config.json", FILES["generator"])
WANTED = [*NEEDED, "README.md", "*.png", "film.webp", "film.json"]
LARGEST = 2 << 30  # bytes of one model that a pull takes
MOST_FILES = 32  # of one model
DECIDED = 2.8  # seconds after which an answer should be there where something could stand in

log = logging.getLogger("ganzoo")


def pull(repo_id: str, revision: str | None = None, token: bool | str | None = None) -> Path:
    """Fetch a model repository (JSON, safetensors and pictures only) into the cache; returns its folder. With the Hub down:
    the copy in the cache, and a quiet line that says so. Without one GanzooError `hub_unavailable`, which names the bundled
    model of that name: somebody else's model never stands in by itself."""
    try:
        validate_repo_id(repo_id)
    except errors.HFValidationError:
        raise GanzooError("bad_repo_id", repo_id=repo_id) from None
    text = revision if isinstance(revision, str) else ""
    if revision is not None and (not text.strip() or ".." in text or not text.isprintable()):
        raise GanzooError("bad_revision", revision=str(revision)[:80], repo_id=repo_id)
    began = time.monotonic()
    alive = hub_responds(PATIENCE)
    if alive is False or (alive is None and _cached(repo_id, revision)):
        return _without_hub(repo_id, revision, GanzooError("hub_not_reached", endpoint=constants.ENDPOINT))
    try:
        info = _info(repo_id, revision, token, max(0.5, DECIDED - (time.monotonic() - began)))
        return _fetch(repo_id, revision, token, _names(repo_id, info), info)
    except errors.GatedRepoError:
        raise GanzooError("model_gated", repo_id=repo_id, endpoint=constants.ENDPOINT) from None
    except errors.RevisionNotFoundError:
        raise GanzooError("revision_not_found", repo_id=repo_id, revision=revision) from None
    except errors.RepositoryNotFoundError:
        raise GanzooError("model_not_on_hub", repo_id=repo_id) from None
    except errors.HfHubHTTPError as error:
        status = error.response.status_code if error.response is not None else 0
        if status >= 500 or status == 429:
            busy = GanzooError("hub_busy", endpoint=constants.ENDPOINT, status=status)
            return _without_hub(repo_id, revision, busy)
        if status == 401:
            raise GanzooError("token_refused", repo_id=repo_id) from None
        raise GanzooError("model_not_fetched", repo_id=repo_id, reason=short(error)) from None
    except GanzooError as error:
        if error.code != "hub_slow":
            raise
        return _without_hub(repo_id, revision, error)
    except (*TROUBLE, ValueError) as error:
        return _without_hub(repo_id, revision, GanzooError("hub_line_broke", reason=short(error)))


def _info(repo_id: str, revision: str | None, token, seconds: float):
    """What the Hub says of a repository. A Hub that takes its time gets it only where nothing here could stand in.
    GanzooError `hub_slow` where it does not answer for as long as the client waits."""
    api, patience = HfApi(token=token), constants.HF_HUB_ETAG_TIMEOUT
    for limit, last in ((seconds, False), (patience, True)):
        began = time.monotonic()
        try:
            return api.model_info(repo_id, revision=revision, files_metadata=True, timeout=limit)
        except errors.HfHubHTTPError:
            raise
        except TROUBLE:
            slow = time.monotonic() - began >= limit
            if last and slow:
                raise GanzooError("hub_slow", endpoint=constants.ENDPOINT, seconds=patience) from None
            if last or _cached(repo_id, revision):
                raise
        if slow:
            log.warning("The Hub is slow to answer: waiting up to %d seconds for %s.", patience, repo_id)


def _names(repo_id: str, info) -> list[str]:
    """The files of a model that are wanted; GanzooError if they are no ganzoo model's, or more or larger than one's can be."""
    there = sorted(file.rfilename for file in info.siblings or [] if file.rfilename != ".gitattributes")
    if not there:
        raise GanzooError("repo_empty", repo_id=repo_id)
    missing = [name for name in ESSENTIAL if name not in there]
    pickles = [name for name in there if Path(name).suffix.lower() in PICKLES]
    if missing and pickles:
        raise GanzooError("repo_of_pickles", repo_id=repo_id, missing=missing[0], pickle=pickles[0][:80])
    if missing:
        raise GanzooError("repo_not_a_model", repo_id=repo_id, missing=missing[0])
    top = [file for file in info.siblings if "/" not in file.rfilename]
    wanted = [file for file in top if any(fnmatch(file.rfilename, pattern) for pattern in WANTED)]
    size = sum(file.size or 0 for file in wanted)
    if size > LARGEST:
        raise GanzooError("repo_too_large", repo_id=repo_id, gigabytes=size / 2**30, most=LARGEST >> 30)
    if len(wanted) > MOST_FILES:
        raise GanzooError("repo_too_many_files", repo_id=repo_id, count=len(wanted), most=MOST_FILES)
    return [file.rfilename for file in wanted]


def _fetch(repo_id: str, revision: str | None, token, names: list[str], info) -> Path:
    """Bring files into the cache, checked: first what a model needs, then its pictures and words, which may fail to come."""
    needed = [name for name in NEEDED if name in names]
    others = [name for name in names if name not in NEEDED]
    folder = Path(snapshot_download(repo_id, revision=revision, allow_patterns=needed, token=token))
    files = info.siblings if folder.name == info.sha else ()
    announced = {f.rfilename: getattr(f.lfs, "sha256", None) if f.lfs else f.blob_id for f in files}
    damaged = _remove_damaged(folder, needed, announced)
    if damaged:
        raise GanzooError("download_damaged", repo_id=repo_id, files=damaged)
    if others:
        with contextlib.suppress(*TROUBLE, ValueError):
            # The commit's own name: the Hub need not be asked once more what the newest one is.
            snapshot_download(repo_id, revision=folder.name, allow_patterns=others, token=token)
        _remove_damaged(folder, others, announced)
        lost = [name for name in others if not (folder / name).is_file()]
        if lost:
            log.warning("%s came without %s; the model itself is whole.", repo_id, ", ".join(lost[:10]))
    return folder


def _remove_damaged(folder: Path, names: list[str], announced: dict[str, str | None]) -> list[str]:
    """Throw out of the cache every file that is not what the Hub announces (or the name of its content in the cache, which
    comes from the Hub, too); returns their names. Checked at every load, so that nothing damaged is ever taken for sound."""
    damaged = []
    for name in names:
        path = folder / name
        if not path.is_file():
            continue
        content = path.resolve()  # blobs/HASH; the file itself where the cache has no links
        digest, actual = announced.get(name) or content.name, ""
        with open(content, "rb") as file:  # the Hub names a large file by sha256 (64 digits), a small one as git does
            if re.fullmatch("[0-9a-f]{64}", digest):
                actual = sha_fileobj(file).hex()
            elif re.fullmatch("[0-9a-f]{40}", digest):
                actual = git_hash(file.read())
        if actual and actual != digest:
            damaged.append(name)
            with contextlib.suppress(OSError):  # a cache that is read only
                path.unlink()
                content.unlink(missing_ok=True)
    return damaged


def _cached(repo_id: str, revision: str | None) -> Path | None:
    """The folder of a whole and undamaged copy in the cache."""
    with contextlib.suppress(*TROUBLE, ValueError):
        folder = Path(snapshot_download(repo_id, revision=revision, allow_patterns=NEEDED, local_files_only=True))
        if not _remove_damaged(folder, NEEDED, {}) and all((folder / name).is_file() for name in ESSENTIAL):
            return folder
    return None


def _without_hub(repo_id: str, revision: str | None, reason: GanzooError) -> Path:
    """The copy in the cache; `reason`: why not the Hub's."""
    if folder := _cached(repo_id, revision):
        log.warning("The Hub cannot be reached: %s comes from the cache.", repo_id)
        return folder
    own = [name for name in bundled() if name == repo_id.split("/")[-1]]
    raise GanzooError("hub_unavailable", repo_id=repo_id, reason=reason, bundled=own or bundled())


def models_of(namespace: str, token: bool | str | None = None) -> dict[str, list[str]]:
    """A user's or organisation's models tagged ganzoo: id -> tags, by name. GanzooError if the Hub does not answer."""
    if not namespace:
        return {}
    trouble = GanzooError("models_not_listed", namespace=namespace)
    if not reachable(constants.HF_HUB_ETAG_TIMEOUT):  # nothing else knows them, so the client's own patience is right
        raise trouble
    try:
        found = HfApi(token=token).list_models(author=namespace, filter="ganzoo", limit=200)
        return {model.id: list(model.tags or []) for model in sorted(found, key=lambda model: model.id)}
    except (*TROUBLE, ValueError):
        raise trouble from None
