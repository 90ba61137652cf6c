"""A set on the Hub: picture files become a local folder (hub_files), tables are read by the `datasets` library.

`user/name`, `user/name@revision` (pinned), `user/name:config`, `user/name:5000` (its first 5,000 rows, streamed: nothing else
is downloaded), `user/name:config:5000`. A table larger than LARGE is streamed in any case, with FIRST rows of it.
"""

import contextlib
import hashlib
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from ganzoo.data.decode import UNREADABLE, readable
from ganzoo.data.folders import SPLITS, check_size, read_folder
from ganzoo.errors import GanzooError
from ganzoo.images import from_pil, open_picture

LARGE = 4 << 30  # bytes of a set's files on the Hub: more is not downloaded as a whole
FIRST = 20_000  # rows of such a set
HELD = 2 << 30  # bytes of encoded pictures that are kept of a streamed set
TESTS = 1000  # rows of a streamed set's other splits

log = logging.getLogger("ganzoo")


@dataclass
class OnHub:
    """What was found: a folder of picture files, or the splits of a table."""

    repo: str
    folder: Path | None = None
    splits: dict = field(default_factory=dict)

    @property
    def features(self) -> dict:
        return next(iter(self.splits.values())).features

    def read(self, reader: Callable, *more):
        """What a reader of folders makes of this one. Its errors name the set on the Hub, not the place in the cache."""
        try:
            return reader(self.folder, *more)
        except GanzooError as error:
            for name, value in error.values.items():
                if isinstance(value, (str, Path)):
                    error.values[name] = str(value).replace(str(self.folder), self.repo)
            raise


def open_dataset(name: str) -> OnHub:
    """A data set's name as `parse` takes it -> its folder or its splits."""
    from huggingface_hub import constants  # here, because the client of the Hub takes a second to load
    from huggingface_hub.errors import GatedRepoError

    from ganzoo.data import hub_lookup
    from ganzoo.hub_client import short

    request = hub_lookup.parse(name)
    info = hub_lookup.look(request, hub_lookup.PATIENCE)
    try:
        if info is None:
            with contextlib.suppress(*UNREADABLE, LookupError, StopIteration):  # the Hub has another copy
                return _open(request, None)
            # Neither answered soon nor in the cache: a slow Hub gets as long as the client would give it.
            info = hub_lookup.look(request, constants.HF_HUB_ETAG_TIMEOUT)
            if info:
                log.warning("The Hub is slow to answer: waiting for %s.", request.repo)
        return _open(request, info)
    except GanzooError:
        raise
    except Exception as error:  # the client raises a dozen unrelated kinds, DatasetNotFoundError and others
        if info is None:
            raise GanzooError("data_hub_unavailable", name=name, endpoint=constants.ENDPOINT) from error
        # `datasets` finds no files where the Hub refuses them
        if isinstance(error, GatedRepoError) or (info.gated and isinstance(error, FileNotFoundError)):
            raise GanzooError("data_gated", repo=request.repo, endpoint=constants.ENDPOINT) from error
        reason = short(error).partition(": ")[2] or type(error).__name__
        raise GanzooError("data_not_loaded", name=name, reason=reason) from error


def _open(request, info) -> OnHub:
    """Picture files as a folder, all else by `datasets`. `info` is what the Hub says of it; None: from the cache."""
    from ganzoo.data import hub_files, hub_lookup

    where = {"path": request.repo, "name": request.config or None, "revision": request.revision}
    if info is None:
        folder = hub_files.kept(request)
    else:
        names = [file.rfilename for file in info.siblings or []]
        copy = hub_lookup.parquet_copy(request, names) if f"{info.id.split('/')[1]}.py" in names else {}
        kind = "table" if copy else hub_files.kind(names)
        if not kind:
            raise GanzooError("hub_nothing_to_read", repo=request.repo)
        folder = hub_files.fetch(info, request) if kind != "table" else None
        where = copy or where
    if folder:
        return OnHub(request.repo, folder)
    import datasets

    datasets.disable_progress_bars()
    size = sum(file.size or 0 for file in info.siblings or []) if info else 0
    most = request.rows or (FIRST if size > LARGE else 0)
    try:
        splits = (datasets.load_dataset if info else _load_cached)(**where, streaming=bool(most))
        splits = _first_rows(request.repo, splits, most) if most else splits
        return OnHub(request.repo, splits={split: _encoded(rows) for split, rows in splits.items()})
    except ValueError:  # so `datasets` refuses a configuration that is missing or not there
        if info is not None:
            hub_lookup.check_config(request)
        raise


def _load_cached(path: str, name: str | None, revision: str | None, streaming: bool) -> dict:
    """What load_dataset reads out of the cache. It would ask the Hub first, for 23 seconds, so what it then falls back to is
    called directly; to tell the whole process that it is offline would stop other threads that fetch."""
    from datasets.packaged_modules.cache.cache import Cache

    words = {"repo_id": path, "dataset_name": path.split("/")[-1]}
    kept = Cache(**words, config_name=name, version="auto", hash="auto")
    commit = revision or ""
    if re.fullmatch("[0-9a-f]{40}", commit) and Path(kept.cache_dir).name != commit:  # the latest is another one
        place = next(Path(kept.cache_dir).parents[1].glob(f"*/{commit}"))
        kept = Cache(**words, config_name=place.parts[-3], version=place.parts[-2], hash=commit)
    return kept.as_streaming_dataset() if streaming else kept.as_dataset()


def _encoded(rows):
    """Rows whose pictures stay as they were stored, for `decoded` to decode by ganzoo's rules and not by the library's."""
    import datasets

    for column, feature in rows.features.items():
        if isinstance(feature, datasets.Image) or _stored(rows, column):
            rows = rows.cast_column(column, datasets.Image(decode=False))
    return rows


def _stored(rows, column: str) -> bool:
    """Whether a column is pictures as they are stored, without the word that says so: many sets of 2022 are like that."""
    feature = rows.features[column]
    if isinstance(feature, dict):
        return set(feature) == {"bytes", "path"}
    binary = getattr(feature, "dtype", "") == "binary" and len(rows) > 0
    return binary and readable(lambda: open_picture(rows[0][column]))


def decoded(value) -> Image.Image:
    """One cell of an image column -> what images.open_picture makes of it. Raises GanzooError if it cannot be read."""
    cell = value if isinstance(value, dict) else {}
    content, path = cell.get("bytes"), cell.get("path")
    if content is not None:
        return open_picture(content)
    if path and "://" in path:  # a row that was streamed names where its picture lies
        import datasets

        return open_picture(datasets.Image().decode_example(value))
    return open_picture(path or value)


def _first_rows(repo: str, streams: dict, most: int) -> dict:
    """The first rows of every split, their pictures still encoded: nothing else of the set is downloaded."""
    import datasets

    splits = {}
    for split, stream in streams.items():
        stored = stream.decode(False) if stream.features else stream
        rows, held = [], 0
        for row in stored.take(most if not splits or split == "train" else min(most, TESTS)):
            rows.append(row)
            held += sum(len(cell.get("bytes") or b"") for cell in row.values() if isinstance(cell, dict))
            if held > HELD:
                break
        if rows:
            splits[split] = datasets.Dataset.from_list(rows, features=stream.features)
    if not splits:
        raise GanzooError("data_without_rows", repo=repo)
    used = " and ".join(f"the first {len(rows):,} rows of {split}" for split, rows in splits.items())
    log.warning("%s is streamed, not downloaded: %s are used.", repo, used)
    return splits


def read_hub(name: str, image_size: int, channels: int) -> dict:
    """A name as `parse` takes it -> the dict that folders.read_folder describes."""
    opened = open_dataset(name)
    if opened.folder:
        return opened.read(read_folder, image_size, channels)
    repo, splits = opened.repo, opened.splits
    first, other = train_and_test(splits)
    features = splits[first].features
    column, label = image_column(repo, features), label_column(features)
    found: dict = {"notes": [f"{repo}: image column {column!r}, label column {label!r}"]}
    found |= dict.fromkeys(("test", "train_labels", "test_labels"))
    for part, split in (("train", first), ("test", other)):
        if split is None:
            continue
        grey = channels == 0 and all(decoded(value).mode == "L" for value in splits[split][:100][column])
        channels = channels or (1 if grey else 3)
        found[part] = _read_rows(repo, splits[split], column, image_size, channels)
        if label:
            answers = splits[split][label][:]
            if any(a is None or a < 0 for a in answers):
                raise GanzooError("data_label_missing", repo=repo, split=split)
            found[f"{part}_labels"] = torch.tensor(answers)
    found["classes"] = tuple(getattr(features.get(label), "names", None) or ())
    return found


def row_readers(splits: dict, read: Callable[[dict], object]) -> dict[str, list[tuple[str, Callable]]]:
    """{split: rows} -> {split: [(name, reader)]}; `read` makes of one row what its reader gives."""
    return {
        split: [(f"{split} row {i}", lambda rows=rows, i=i: read(rows[i])) for i in range(len(rows))]
        for split, rows in splits.items()
    }


def train_and_test(splits: dict) -> tuple[str, str | None]:
    """The name of the split to train on, and of the one to test on where there is one."""
    first = "train" if "train" in splits else next(iter(splits))
    return first, next((name for name in SPLITS[1:] if name in splits and name != first), None)


def image_columns(features) -> list[str]:
    import datasets

    return [column for column, feature in features.items() if isinstance(feature, datasets.Image)]


def image_column(repo: str, features) -> str:
    columns = image_columns(features)
    if not columns:
        raise GanzooError("data_without_pictures", repo=repo, columns=list(features))
    return next((c for c in ("image", "img", "picture") if c in columns), columns[0])


def mark_of(value) -> bytes:
    """The content of one cell of an image column, as a short mark: the same for the same encoded picture."""
    value = value if isinstance(value, dict) else {"path": value}
    content, path = value.get("bytes"), value.get("path") or ""
    if content is None and path and "://" not in path:
        with contextlib.suppress(OSError):
            content = Path(path).read_bytes()
    return hashlib.blake2b(path.encode() if content is None else content, digest_size=16).digest()


def label_column(features) -> str | None:
    import datasets

    named = [c for c, f in features.items() if isinstance(f, datasets.ClassLabel)]
    whole = [c for c, f in features.items() if str(getattr(f, "dtype", "")).startswith("int")]
    usual = [c for c in ("label", "labels", "fine_label", "class") if c in named or c in whole]
    return next(iter([c for c in usual if c in named] + named + usual), None)


def _read_rows(repo: str, rows, column: str, image_size: int, channels: int) -> Tensor:
    check_size(len(rows), image_size, channels)
    parts = []
    for start in range(0, len(rows), 1000):
        try:
            parts.append(from_pil(list(map(decoded, rows[start : start + 1000][column])), image_size, channels))
        except (*UNREADABLE, AttributeError) as error:
            where = f"rows {start} to {min(start + 999, len(rows) - 1)}"
            raise GanzooError("data_picture_damaged", repo=repo, where=where, reason=str(error)) from None
    return torch.cat(parts) if parts else torch.empty(0, channels, image_size, image_size, dtype=torch.uint8)
