"""A data set's name as --data has it, and what the Hub says of a set of that name."""

import contextlib
import difflib
import logging
import re
from dataclasses import dataclass

from huggingface_hub import HfApi, constants
from huggingface_hub.errors import GatedRepoError, HFValidationError, RepositoryNotFoundError, RevisionNotFoundError

from ganzoo.data import hub_files
from ganzoo.data.decode import first_ten
from ganzoo.errors import GanzooError
from ganzoo.hub_client import TROUBLE, reachable

PATIENCE, ANSWER = 2.0, 5.0  # seconds to wait for a sign of life and for an answer where the set may be in the cache

COPY = "refs/convert/parquet"  # the branch with the parquet copy that the Hub makes of a set

log = logging.getLogger("ganzoo")


@dataclass(frozen=True)
class Request:
    """What --data says of a set on the Hub."""

    repo: str
    revision: str | None = None
    config: str = ""
    rows: int = 0  # 0: all


def parse(name: str) -> Request:
    """`user/name[@revision][:config][:rows]`. Digits alone after one colon are a number of rows; 0 rows after a config are
    all, so that a config of digits can be named (`user/name:64:0`)."""
    alone = re.fullmatch(r"([^@:]+)(?:@([^:]*))?():(\d+)", name)
    found = alone or re.fullmatch(r"([^@:]+)(?:@([^:]*))?(?::(\w[\w.\-/ ]*))?(?::(\d+))?", name)
    repo, revision, config, rows = found.groups() if found else ("", "", "", "")
    if not found or len(rows or "") > 9 or (alone and not int(rows)):
        raise GanzooError("bad_hub_dataset_name", name=name)
    return Request(repo, revision or None, (config or "").strip("/"), int(rows or 0))


def look(request: Request, patience: float):
    """What the Hub says of a data set; None if it is silent for so many seconds. GanzooError if there is none."""
    if not reachable(patience):
        return None
    api, repo, revision = HfApi(), request.repo, request.revision
    try:
        info = api.dataset_info(repo, revision=revision, files_metadata=True, timeout=max(patience, ANSWER))
        if info.id != repo:
            log.warning("The data set %s was renamed: it is %s now.", repo, info.id)
        return info
    except HFValidationError:
        raise GanzooError("bad_hub_dataset_id", repo=repo) from None
    except GatedRepoError:
        raise GanzooError("data_gated", repo=repo, endpoint=constants.ENDPOINT) from None
    except RevisionNotFoundError:
        known: list[str] = []
        with contextlib.suppress(*TROUBLE, ValueError):
            refs = api.list_repo_refs(repo, repo_type="dataset")
            known = [ref.name for ref in [*refs.branches, *refs.tags]][:10]
        if known:
            raise GanzooError("data_revision_not_among", repo=repo, revision=revision, known=known) from None
        raise GanzooError("data_revision_not_found", repo=repo, revision=revision) from None
    except RepositoryNotFoundError:
        if near := nearest(api, repo):
            raise GanzooError("data_not_on_hub_but_near", repo=repo, near=near) from None
        raise GanzooError("data_not_on_hub", repo=repo) from None
    except (*TROUBLE, ValueError):
        return None


def nearest(api, repo: str) -> list[str]:
    """Up to three data sets whose names are like this one: the same owner's, and what a search for its words finds."""
    owner, name = repo.split("/")
    words = sorted(re.findall(r"[A-Za-z0-9]{3,}", name), key=len, reverse=True)
    found: list[str] = []
    with contextlib.suppress(*TROUBLE, ValueError):  # help is a courtesy
        found += [each.id for each in api.list_datasets(author=owner, limit=100)]
        for word in [name, *words[:1]]:
            found += [each.id for each in api.list_datasets(search=word, limit=20)]
    of = {each.split("/")[-1].lower(): each for each in reversed(found)}
    return [of[key] for key in difflib.get_close_matches(name.lower(), of, 3, 0.4)]


def parquet_copy(request: Request, names: list[str]) -> dict:
    """How `datasets` loads the parquet copy that the Hub makes of a set with a script, which nobody runs any more. Nothing where
    the set can be read as files; GanzooError where there is neither."""
    api, repo = HfApi(), request.repo
    made = {ref.ref for ref in api.list_repo_refs(repo, repo_type="dataset").converts}
    if COPY not in made or request.revision:
        if hub_files.kind(names) != "table":
            return {}
        if COPY in made:
            raise GanzooError("hub_script_pinned", repo=repo, revision=request.revision)
        raise GanzooError("hub_script", repo=repo)
    splits: dict[str, dict[str, list[str]]] = {}  # by configuration and split
    for name in api.list_repo_files(repo, repo_type="dataset", revision=COPY):
        parts = name.split("/")
        if len(parts) == 3 and name.endswith(".parquet"):
            splits.setdefault(parts[0], {}).setdefault(parts[1].removeprefix("partial-"), []).append(name)
    if request.config not in splits and (request.config or len(splits) != 1):
        _refuse_config(request, sorted(splits))
    log.warning("%s has a script, which is not run: its parquet copy on the Hub is read (%s).", repo, COPY)
    config = request.config or next(iter(splits))
    return {"path": repo, "revision": COPY, "data_files": {name: sorted(f) for name, f in splits[config].items()}}


def check_config(request: Request) -> None:
    """GanzooError where the reason of a failure is that a set has several configurations, or none of this name."""
    import datasets

    try:
        names = datasets.get_dataset_config_names(request.repo, revision=request.revision)
    except (*TROUBLE, ValueError, datasets.exceptions.DatasetsError):  # then the failure has another reason
        return
    if request.config not in names and (request.config or len(names) > 1):
        _refuse_config(request, names)


def _refuse_config(request: Request, names: list[str]) -> None:
    example = f"{request.repo}:{names[0]}" + (":0" if names[0].isdecimal() else "") if names else ""
    known = first_ten(names) or "none"
    if request.config:
        raise GanzooError("hub_no_such_config", repo=request.repo, config=request.config, names=known, example=example)
    raise GanzooError("hub_many_configs", repo=request.repo, names=known, example=example)
