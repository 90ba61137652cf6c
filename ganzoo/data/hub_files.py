"""Data sets that lie on the Hub as picture files or as zip files: fetched as they are, for the readers of local folders.

What is fetched goes through the client's cache, so a broken fetch goes on where it stopped. A set is put together beside it,
under `ganzoo/`, and gets its name when it is whole: nobody reads half of one.
"""

import contextlib
import logging
import os
import shutil
import time
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from huggingface_hub import constants, hf_hub_download, try_to_load_from_cache
from huggingface_hub.errors import GatedRepoError
from huggingface_hub.file_download import repo_folder_name
from huggingface_hub.utils import tqdm

from ganzoo.data import zips
from ganzoo.data.decode import first_ten
from ganzoo.data.folders import SUFFIXES, unwrapped
from ganzoo.errors import GanzooError
from ganzoo.hub_client import TROUBLE, short

TABLES = {".parquet", ".arrow", ".tar"}  # what `datasets` reads even where pictures lie beside it
LISTS = {".csv", ".tsv", ".json", ".jsonl"}  # what it reads where there are more of them than pictures
MANY = 2000  # pictures, from which on a way to take fewer is named
LARGE = 4 << 30  # bytes of a set's files on the Hub: more is not fetched as a whole
LARGEST = 1 << 29  # bytes of one file in a zip
LOG_EVERY = 10.0  # seconds between two lines of a long download

log = logging.getLogger("ganzoo")


def kind(names: Iterable[str]) -> str:
    """How the files of a repository hold its pictures: "pictures", "zip", "table" for what `datasets` reads, or ""."""
    paths = [PurePosixPath(name) for name in names if not zips.hidden(name)]
    if all(path.suffix in ("", ".md") for path in paths):  # card and licence
        return ""
    count = Counter(path.suffix.lower() for path in paths)
    if any(count[suffix] for suffix in TABLES) or any(path.stem == "metadata" for path in paths):
        return "table"
    pictures = sum(count[suffix] for suffix in SUFFIXES)
    nested = sum(1 for path in paths if path.suffix.lower() in SUFFIXES and len(path.parts) > 1)
    if count[".zip"] and not nested:  # pictures beside it belong to its card
        return "zip"
    lists = sum(1 for path in paths if path.suffix.lower() in LISTS and path.name != "dataset_infos.json")
    return "pictures" if pictures and pictures >= lists else "table"  # many sets have a list beside each picture


def fetch(info, request) -> Path:
    """The folder with the pictures of a set of files. `info` is what the Hub says of it, `request` a hub_lookup.Request."""
    home, part = _home(info.id, request)
    place = home / info.sha / part
    if not _whole(place):
        sizes = {file.rfilename: file.size or 0 for file in info.siblings}
        packed = kind(sizes) == "zip"
        names = [n for n in sizes if n.lower().endswith(".zip")] if packed else _chosen(info.id, sizes, request)
        if packed and (size := sum(sizes[name] for name in names)) > LARGE:
            raise GanzooError("hub_zip_too_large", repo=info.id, size=_size(size))
        found = _download(info, {name: sizes[name] for name in names}, request)
        with _built(place) as folder:
            if packed:
                _unpack(info.id, found, request, folder)
            else:
                _link(found, folder)
    refs = home / "refs"
    refs.mkdir(exist_ok=True)
    (refs / quote(request.revision or "main", safe="")).write_text(info.sha)
    return unwrapped(place / request.config)


def kept(request) -> Path | None:
    """The folder of a set that was fetched before, for when the Hub cannot be reached."""
    home, part = _home(request.repo, request)
    ref = home / "refs" / quote(request.revision or "main", safe="")
    place = home / (ref.read_text() if ref.is_file() else request.revision or "none") / part
    return unwrapped(place / request.config) if _whole(place) else None


def _home(repo: str, request) -> tuple[Path, str]:
    """Where sets of files lie beside the client's cache, and what this part of one is called under each revision."""
    cache = Path(constants.HF_HUB_CACHE) / repo_folder_name(repo_id=repo, repo_type="dataset")
    return cache / "ganzoo", quote(f"{request.config or 'all'}-{request.rows}", safe="")


def _whole(place: Path) -> bool:
    """Whether a set is there with all that its links point to."""
    return place.is_dir() and all(path.exists() for path in place.rglob("*"))


def _size(count: int) -> str:
    return tqdm.format_sizeof(count, "B")


def _chosen(repo: str, sizes: dict[str, int], request) -> list[str]:
    """The pictures that are fetched: of one folder if it was named, the first rows of every folder if a number was."""
    shown = [name for name in sizes if zips.safe(name) and not zips.hidden(name)]
    names = [name for name in shown if PurePosixPath(name).suffix.lower() in SUFFIXES]
    if request.config:
        inside = [name for name in names if name.startswith(request.config + "/")]
        if not inside:
            known = sorted({name.split("/")[0] for name in names if "/" in name})
            raise GanzooError("hub_no_such_folder", repo=repo, folder=request.config, names=first_ten(known) or "none")
        names = inside
    places = {str(place) for name in names for place in (PurePosixPath(name), *PurePosixPath(name).parents)}
    folded = Counter(place.casefold() for place in places)
    if twins := sorted(place for place in places if folded[place.casefold()] > 1):
        raise GanzooError("hub_names_differ_by_case", repo=repo, names=first_ten(twins))
    folders: dict[str, list[str]] = {}
    for name in sorted(names):
        folders.setdefault(name.rpartition("/")[0], []).append(name)
    rows = request.rows
    total = sum(sizes[name] for name in names)
    if not rows and total > LARGE:
        largest = max(map(len, folders.values()))
        rows = max(1, int(largest * LARGE / total))
        log.warning("%s takes %s: the first %s pictures of each folder are used.", repo, _size(total), f"{rows:,}")
    return sorted(name for inside in folders.values() for name in inside[: rows or None])


def _download(info, sizes: dict[str, int], request) -> dict[str, Path]:
    """Files by name and size -> where the client's cache has them. What is there already is not fetched again."""
    how = dict(repo_id=info.id, revision=info.sha, repo_type="dataset")
    no_bar = partial(tqdm, disable=True)  # a set may have thousands of files
    missing = [name for name in sizes if not isinstance(try_to_load_from_cache(filename=name, **how), str)]
    if missing:
        which = "zip file(s)" if missing[0].lower().endswith(".zip") else "pictures"
        hint = f"; {info.id}:500 takes the first 500 of each folder" if len(missing) > MANY and not request.rows else ""
        what = f"{len(missing):,} {which}, {_size(sum(sizes[name] for name in missing))}"
        log.warning("%s, revision %s: %s, are fetched from the Hub%s.", info.id, info.sha[:8], what, hint)
    logged = time.monotonic()
    found: dict[str, Path] = {}
    pool = ThreadPoolExecutor(8)
    try:
        paths = pool.map(lambda name: hf_hub_download(filename=name, tqdm_class=no_bar, **how), sizes)
        for name, path in zip(sizes, paths, strict=True):
            found[name] = Path(path)
            if time.monotonic() - logged > LOG_EVERY:
                logged = time.monotonic()
                log.warning("  %s of %s are here.", f"{len(found):,}", f"{len(sizes):,}")
    except GatedRepoError:
        raise
    except (*TROUBLE, RuntimeError, ValueError) as error:
        here, reason = len(found), short(error)
        raise GanzooError("hub_came_in_part", repo=info.id, here=here, all=len(sizes), reason=reason) from error
    finally:
        pool.shutdown(cancel_futures=True)
    return found


@contextlib.contextmanager
def _built(place: Path) -> Iterator[Path]:
    """A new folder that becomes `place` when the block ends well, and else is gone."""
    building = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        yield building
        shutil.rmtree(place, ignore_errors=True)  # what was there has lost some of its files
        building.rename(place)
    except OSError as error:
        if not _whole(place):  # else another process was faster
            raise GanzooError("cache_not_writable", folder=place, reason=error.strerror or error) from None
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _link(found: dict[str, Path], folder: Path) -> None:
    """Picture files, as links into the client's cache."""
    for name, path in found.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        try:
            (folder / name).symlink_to(path)
        except OSError:  # where links need a right that the user lacks (Windows)
            shutil.copyfile(path, folder / name)


def _unpack(repo: str, found: dict[str, Path], request, place: Path) -> None:
    """The pictures of zip files. One zip is the set; of several each becomes the folder that its name says."""
    with contextlib.ExitStack() as stack:
        entries: dict[str, tuple[zipfile.ZipFile, zipfile.ZipInfo]] = {}
        name = ""
        try:
            for name, path in found.items():
                archive = stack.enter_context(zipfile.ZipFile(path))
                inside = [e for e in zips.pictures(archive) if zips.safe(e.filename) and e.file_size <= LARGEST]
                if any(entry.flag_bits & 1 for entry in inside):
                    raise GanzooError("hub_zip_password", name=name, repo=repo)
                folder = PurePosixPath(name).with_suffix("")
                if len(found) == 1:
                    folder = PurePosixPath()
                elif {PurePosixPath(entry.filename).parts[0] for entry in inside} == {folder.name}:
                    folder = folder.parent  # train.zip often holds train/
                entries |= {str(folder / entry.filename): (archive, entry) for entry in inside}
            if not entries:
                raise GanzooError("hub_zip_no_pictures", repo=repo)
            for name in _chosen(repo, {name: entry.file_size for name, (_, entry) in entries.items()}, request):
                archive, entry = entries[name]
                entry.filename = name
                archive.extract(entry, place)
        except zips.DAMAGED as error:
            reason = str(error)[:80] or type(error).__name__
            raise GanzooError("hub_zip_damaged", name=name, repo=repo, reason=reason) from error
