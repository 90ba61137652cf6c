"""Pictures from a data set on the Hub, read by the `datasets` library: any image column, any label column. Used by data.py."""

import os
import urllib.error
import urllib.request

import torch
from torch import Tensor

from ganzoo.errors import GanzooError
from ganzoo.folders import check_size
from ganzoo.images import from_pil, open_picture

PATIENCE = 5  # seconds to wait for the Hub; the client itself gives up only after 23 s of retries


def open_dataset(name: str):
    """`user/name` or `user/name@revision` -> (its splits, the datasets library)."""
    repo, _, revision = name.partition("@")
    _check_reachable(repo)
    import datasets

    datasets.disable_progress_bars()
    try:
        splits = datasets.load_dataset(repo, revision=revision or None)
    except (
        Exception
    ) as error:  # the client raises a dozen unrelated kinds, from ConnectionError to DatasetNotFoundError
        reason = str(error).strip().split("\n")[0][:200] or type(error).__name__
        raise GanzooError(
            f"The data set {name} could not be loaded from the Hub ({reason}): check the name, your token "
            "(hf auth login) and the network."
        ) from error
    return splits, datasets


def read_hub(name: str, image_size: int, channels: int) -> dict:
    """`user/name` or `user/name@revision` -> the dict that folders.read_folder describes."""
    repo = name.partition("@")[0]
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


def _check_reachable(repo: str) -> None:
    if os.environ.get("HF_HUB_OFFLINE", "").lower() in ("1", "true", "yes", "on"):
        return
    endpoint = os.environ.get("HF_ENDPOINT") or "https://huggingface.co"
    try:
        urllib.request.urlopen(urllib.request.Request(endpoint, method="HEAD"), timeout=PATIENCE).close()
    except urllib.error.HTTPError:
        return  # an answer, if an unfriendly one: the Hub is there
    except (OSError, ValueError):
        raise GanzooError(
            f"{repo} needs the Hub, and {endpoint} cannot be reached: give --data a folder, put the set under "
            "$GANZOO_DATA, or set HF_HUB_OFFLINE=1 if it is in the cache."
        ) from None


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
