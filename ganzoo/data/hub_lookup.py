"""A data set's name as --data has it, and what the Hub says of a set of that name."""

import contextlib
import difflib
import logging
import re
from dataclasses import dataclass

from ganzoo.errors import GanzooError

PATIENCE, ANSWER = 2.0, 5.0  # seconds to wait for a sign of life and for an answer where the set may be in the cache

log = logging.getLogger("ganzoo")


@dataclass(frozen=True)
class Name:
    """What --data says of a set on the Hub."""

    repo: str
    revision: str | None = None
    config: str = ""
    rows: int = 0  # 0: all


def parse(name: str) -> Name:
    """`user/name[@revision][:config][:rows]`. Digits alone after one colon are a number of rows; 0 rows after a config are
    all, so that a config of digits can be named (`user/name:64:0`)."""
    found = re.fullmatch(r"([^@:]+)(?:@([^:]*))?(?::([^:]*))?(?::([^:]*))?", name)
    repo, revision, config, rows = found.groups() if found else ("", None, None, None)
    if rows is None and config is not None and config.isdecimal():
        config, rows = None, config
        found = found if int(rows) else None
    good = (config is None or re.fullmatch(r"\w[\w.\-/ ]*", config)) and (
        rows is None or re.fullmatch(r"\d{1,9}", rows)
    )
    if not found or not good:
        raise GanzooError("bad_hub_dataset_name", name=name)
    return Name(repo, revision or None, (config or "").strip("/"), int(rows or 0))


def look(asked: Name, patience: float):
    """What the Hub says of a data set; None if it does not answer in so many seconds. GanzooError where there is no such set,
    with the nearest ones that there are."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import (
        GatedRepoError,
        HFValidationError,
        HTTPError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    from ganzoo.hub_client import reachable

    if not reachable(patience):
        return None
    api, repo, revision = HfApi(), asked.repo, asked.revision
    try:
        said = api.dataset_info(repo, revision=revision, files_metadata=True, timeout=max(patience, ANSWER))
        if said.id != repo:
            log.warning("The data set %s was renamed: it is %s now.", repo, said.id)
        return said
    except HFValidationError:
        raise GanzooError("bad_hub_dataset_id", repo=repo) from None
    except GatedRepoError:
        raise gated(repo) from None
    except RevisionNotFoundError:
        if known := revisions(api, repo):
            raise GanzooError("data_revision_not_among", repo=repo, revision=revision, known=known) from None
        raise GanzooError("data_revision_not_found", repo=repo, revision=revision) from None
    except RepositoryNotFoundError:
        near = nearest(api, repo)
        if near:
            raise GanzooError("data_not_on_hub_but_near", repo=repo, near=near) from None
        raise GanzooError("data_not_on_hub", repo=repo) from None
    except (HTTPError, OSError, ValueError):
        return None


def gated(repo: str) -> GanzooError:
    from huggingface_hub import constants

    return GanzooError("data_gated", repo=repo, endpoint=constants.ENDPOINT)


def nearest(api, repo: str) -> list[str]:
    """Up to three data sets whose names are like this one: the same owner's, and what a search for its words finds."""
    from ganzoo.hub_client import TROUBLE

    owner, name = repo.split("/")
    words = sorted(re.findall(r"[A-Za-z0-9]{3,}", name), key=len, reverse=True)
    found: list[str] = []
    with contextlib.suppress(*TROUBLE, ValueError):  # help is a courtesy
        found += [each.id for each in api.list_datasets(author=owner, limit=100)]
        for word in [name, *words[:1]]:
            found += [each.id for each in api.list_datasets(search=word, limit=20)]
    of = {each.split("/")[-1].lower(): each for each in reversed(found)}
    return [of[key] for key in difflib.get_close_matches(name.lower(), of, 3, 0.4)]


def revisions(api, repo: str) -> list[str]:
    """Up to ten branches and tags of a data set; none where they cannot be asked for."""
    from ganzoo.hub_client import TROUBLE

    try:
        refs = api.list_repo_refs(repo, repo_type="dataset")
        return [ref.name for ref in [*refs.branches, *refs.tags]][:10]
    except (*TROUBLE, ValueError):
        return []
