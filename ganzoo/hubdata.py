"""Pictures from a data set on the Hub, read by the `datasets` library: any image column, any label column. Used by data.py.

`user/name`, `user/name@revision` (pinned), `user/name:5000` (its first 5,000 rows, streamed: nothing else is downloaded).
A set larger than LARGE is streamed in any case, with FIRST rows of it.
"""

import contextlib
import difflib
import logging
import re

import torch
from torch import Tensor

from ganzoo.errors import GanzooError
from ganzoo.folders import check_size
from ganzoo.images import from_pil, open_picture

PATIENCE = 5  # seconds to wait for the Hub; the client itself gives up only after 23 s of retries
LARGE = 4 << 30  # bytes of a set's files on the Hub: more is not downloaded as a whole
FIRST = 20_000  # rows of such a set
HELD = 2 << 30  # bytes of encoded pictures that are kept of a streamed set
TESTS = 1000  # rows of a streamed set's other splits

log = logging.getLogger("ganzoo")


def parse(name: str) -> tuple[str, str | None, int]:
    """`user/name[@revision][:rows]` -> (user/name, revision or None, rows or 0 for all)."""
    found = re.fullmatch(r"([^@:]+)(?:@([^:]*))?(?::(.*))?", name)
    if not found or (found[3] is not None and not (found[3].isdigit() and 0 < int(found[3]) < 10**9)):
        raise GanzooError(
            f"--data {name}: a data set on the Hub is written user/name, user/name@revision or user/name:5000."
        )
    return found[1], found[2] or None, int(found[3] or 0)


def open_dataset(name: str):
    """A data set's name as `parse` takes it -> (its splits, the datasets library)."""
    repo, revision, most = parse(name)
    here = _look(repo, revision)
    import datasets
    from huggingface_hub import constants

    datasets.disable_progress_bars()
    most = most or (FIRST if here is not None and here > LARGE else 0)
    before = constants.HF_HUB_OFFLINE, datasets.config.HF_HUB_OFFLINE
    if here is None:  # what is in the cache needs no Hub, but the client would ask it for 23 seconds
        constants.HF_HUB_OFFLINE = datasets.config.HF_HUB_OFFLINE = True
    try:
        if most:
            return _streamed(datasets, repo, revision, most), datasets
        return datasets.load_dataset(repo, revision=revision), datasets
    except GanzooError:
        raise
    except (
        Exception
    ) as error:  # the client raises a dozen unrelated kinds, from ConnectionError to DatasetNotFoundError
        reason = _short(error)
        if here is None:
            raise GanzooError(
                f"There is no folder {name} here, and {constants.ENDPOINT}, where it may be a data set, cannot be reached: "
                "check the path, put the set under $GANZOO_DATA, or use one that was loaded before (it is in the cache)."
            ) from None
        if "gated" in reason:
            raise _gated(repo) from None
        raise GanzooError(
            f"The data set {name} could not be loaded from the Hub ({reason}): check the name, your token "
            "(hf auth login) and the network."
        ) from error
    finally:
        constants.HF_HUB_OFFLINE, datasets.config.HF_HUB_OFFLINE = before


def _look(repo: str, revision: str | None) -> int | None:
    """The bytes of a data set on the Hub; None if the Hub does not answer. GanzooError where there is no such set, with the
    nearest ones that there are."""
    from huggingface_hub import HfApi, constants
    from huggingface_hub.errors import (
        GatedRepoError,
        HFValidationError,
        HTTPError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    from ganzoo.hub import reachable  # here, because training needs no Hub

    if constants.HF_HUB_OFFLINE or not reachable():
        return None
    api = HfApi()
    try:
        said = api.dataset_info(repo, revision=revision, files_metadata=True, timeout=PATIENCE)
        return sum(file.size or 0 for file in said.siblings or [])
    except HFValidationError:
        raise GanzooError(f"--data {repo} is no name on the Hub: it is written user/name.") from None
    except GatedRepoError:
        raise _gated(repo) from None
    except RevisionNotFoundError:
        raise GanzooError(f"The data set {repo} has no revision {revision!r}: {_revisions(api, repo)}.") from None
    except RepositoryNotFoundError:
        near = _nearest(api, repo)
        help = f"nearest are {', '.join(near)}" if near else "check the name and your token (hf auth login)"
        raise GanzooError(
            f"The data set {repo} could not be loaded: it is not on the Hub, or private; {help}, or give --data a folder."
        ) from None
    except (HTTPError, OSError, ValueError):
        return None


def _gated(repo: str) -> GanzooError:
    from huggingface_hub import constants

    return GanzooError(
        f"The data set {repo} could not be loaded: it is gated, so ask for access on {constants.ENDPOINT}/datasets/{repo} "
        "and log in with `hf auth login`."
    )


def _nearest(api, repo: str) -> list[str]:
    """Up to three data sets whose names are like this one: the same owner's, and what a search for its words finds."""
    from ganzoo.hub import TROUBLE

    owner, name = repo.split("/")
    words = sorted(re.findall(r"[A-Za-z0-9]{3,}", name), key=len, reverse=True)
    found: list[str] = []
    with contextlib.suppress(*TROUBLE, ValueError):  # help is a courtesy
        found += [each.id for each in api.list_datasets(author=owner, limit=100)]
        for word in [name, *words[:1]]:
            found += [each.id for each in api.list_datasets(search=word, limit=20)]
    of = {each.split("/")[-1].lower(): each for each in reversed(found)}
    return [of[key] for key in difflib.get_close_matches(name.lower(), of, 3, 0.4)]


def _revisions(api, repo: str) -> str:
    from ganzoo.hub import TROUBLE

    try:
        refs = api.list_repo_refs(repo, repo_type="dataset")
        return "there are " + ", ".join([ref.name for ref in [*refs.branches, *refs.tags]][:10])
    except (*TROUBLE, ValueError):
        return "check the branch, tag or commit"


def _streamed(datasets, repo: str, revision: str | None, most: int) -> dict:
    """The first rows of every split, their pictures still encoded: nothing else of the set is downloaded."""
    splits = {}
    for split, stream in datasets.load_dataset(repo, revision=revision, streaming=True).items():
        features = stream.features
        pictures = [c for c, f in (features or {}).items() if isinstance(f, datasets.Image)]
        for column in pictures:
            stream = stream.cast_column(column, datasets.Image(decode=False))
        rows, held = [], 0
        for row in stream.take(most if not splits or split == "train" else min(most, TESTS)):
            rows.append(row)
            held += sum(len(row[column].get("bytes") or b"") for column in pictures if row[column])
            if held > HELD:
                break
        if rows:
            splits[split] = datasets.Dataset.from_list(rows, features=features)
    if not splits:
        raise GanzooError(f"The data set {repo} has no rows: choose another.")
    log.warning(
        "%s is streamed, not downloaded: %s are used.",
        repo,
        " and ".join(f"the first {len(rows):,} rows of {split}" for split, rows in splits.items()),
    )
    return splits


def _short(error: Exception) -> str:
    from ganzoo.hub import short

    return short(error).partition(": ")[2] or type(error).__name__


def read_hub(name: str, image_size: int, channels: int) -> dict:
    """A name as `parse` takes it -> the dict that folders.read_folder describes."""
    repo = parse(name)[0]
    splits, datasets = open_dataset(name)
    first = "train" if "train" in splits else next(iter(splits))
    other = next((s for s in ("test", "validation", "valid", "val") if s in splits and s != first), None)
    features = splits[first].features
    column, label = _image_column(repo, features, datasets), _label_column(features, datasets)
    found: dict = {"classes": (), "notes": [f"{repo}: image column {column!r}, label column {label!r}"]}
    for part, split in (("train", first), ("test", other)):
        found[part] = found[f"{part}_labels"] = None
        if split is None:
            continue
        channels = channels or _depth(splits[split], column)
        found[part] = _read_rows(repo, splits[split], column, image_size, channels)
        if label:
            answers = splits[split][label][:]
            if any(a is None or a < 0 for a in answers):
                raise GanzooError(f"{repo}: some rows of {split} have no label: choose a data set with labels for all.")
            found[f"{part}_labels"] = torch.tensor(answers)
    if label and isinstance(features[label], datasets.ClassLabel):
        found["classes"] = tuple(features[label].names)
    return found


def _image_column(repo: str, features, datasets) -> str:
    columns = [c for c, f in features.items() if isinstance(f, datasets.Image)]
    if not columns:
        raise GanzooError(f"{repo} has no image column, only {', '.join(features)}: choose a data set of pictures.")
    return next((c for c in ("image", "img", "picture") if c in columns), columns[0])


def _label_column(features, datasets) -> str | None:
    named = [c for c, f in features.items() if isinstance(f, datasets.ClassLabel)]
    whole = [c for c, f in features.items() if str(getattr(f, "dtype", "")).startswith("int")]
    usual = [c for c in ("label", "labels", "fine_label", "class") if c in named or c in whole]
    return next(iter([c for c in usual if c in named] + named + usual), None)


def _depth(rows, column: str) -> int:
    """1 if the first hundred pictures are all grey, else 3."""
    return 1 if all(open_picture(p).mode == "L" for p in rows[:100][column]) else 3


def _read_rows(repo: str, rows, column: str, image_size: int, channels: int) -> Tensor:
    check_size(len(rows), image_size, channels)
    parts = []
    for start in range(0, len(rows), 1000):
        try:
            parts.append(from_pil(rows[start : start + 1000][column], image_size, channels))
        except (GanzooError, OSError, ValueError, AttributeError) as error:
            where = f"rows {start} to {min(start + 999, len(rows) - 1)}"
            raise GanzooError(
                f"{repo}: a picture in {where} cannot be read ({error}): choose another data set."
            ) from None
    return torch.cat(parts) if parts else torch.empty(0, channels, image_size, image_size, dtype=torch.uint8)
