"""Where two sets without pairs lie: folders or the Hub. Used through `ganzoo.load_unpaired`.

Every source becomes two lists of named readers for each side; a reader gives one PIL picture.
"""

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from PIL import Image, ImageOps

from ganzoo import drawings, hubdata
from ganzoo.data import FEWEST, HELD_OUT, _like_hub_id, data_word
from ganzoo.errors import GanzooError
from ganzoo.folders import check_size
from ganzoo.images import open_picture
from ganzoo.layers import seeded
from ganzoo.pairs import JITTER, domain_names
from ganzoo.pairsources import COLUMNS, SPLITS, _files
from ganzoo.unpaired import Unpaired

UNPAIRED_ALIASES = {"horse2zebra": ("huggan/horse2zebra", ("horse", "zebra"))}  # alias: (Hub id, names of A and B)

Reader = Callable[[], Image.Image]


def read_data(config) -> Unpaired:
    """The pictures of a config; with --smoke drawn facades and towns."""
    if config.smoke:
        return made_up_unpaired(image_size=config.image_size, seed=config.seed)
    return load_unpaired(config.data, config.image_size, config.load_size, config.channels, config.domains)


def load_unpaired(
    data: str, image_size: int = 256, load_size: int = 0, channels: int = 0, domains: str = ""
) -> Unpaired:
    """Read two sets of pictures. `channels` 0 means each side as its pictures are; `load_size` is what is cropped from.

    Pictures that stand in train and in test are taken out of train and named. Raises GanzooError that names the files.
    """
    large = load_size or round(image_size * JITTER)
    if large < image_size:
        raise GanzooError(f"--load-size must be at least --image-size ({image_size}), not {load_size}.")
    splits, names = _find(data)
    names, notes = domain_names(domains, names), []
    train, test = {}, {}
    for side, name in zip("ab", names, strict=True):
        readers = dict(splits[side])
        missing = "test" not in readers
        if missing:
            order = torch.randperm(len(readers["train"]), generator=seeded("cpu", *HELD_OUT)).tolist()
            held = max(1, len(order) // 10)
            readers["test"] = [readers["train"][i] for i in order[:held]]
            readers["train"] = [readers["train"][i] for i in sorted(order[held:])]
            notes.append(f"no test split for {name}: a fixed tenth ({held} pictures) is held out and never trained on")
        if len(readers["train"]) < FEWEST:
            raise GanzooError(
                f"{data} holds {len(readers['train'])} {name} picture(s) to train on; at least {FEWEST} are needed."
            )
        check_size(len(readers["train"]), large, channels)
        test[side], known = _read(readers["test"], image_size, channels, notes, f"{name} test")
        train[side], own = _read(readers["train"], large, channels or test[side].shape[1], notes, f"{name} training")
        twice = [i for i, (_, mark) in enumerate(own) if mark in {m for _, m in known}]
        if twice:
            shown = ", ".join(own[i][0] for i in twice[:10]) + (", ..." if len(twice) > 10 else "")
            notes.append(f"{len(twice)} {name} picture(s) stand in train and in test; left out of train: {shown}")
            train[side] = train[side][[i for i in range(len(own)) if i not in set(twice)]]
    return Unpaired(data_word(data.replace(",", "-")), names, train, test, notes)


def _find(data: str) -> tuple[dict, tuple[str, str]]:
    """-> ({"a": {"train": readers, "test": readers}, "b": ...}, usual names of the sides)."""
    hub_id, names = UNPAIRED_ALIASES.get(data, ("", ("A", "B")))
    home = os.environ.get("GANZOO_DATA")
    folder = Path(home) / data if hub_id and home and (Path(home) / data).is_dir() else Path(data)
    if folder.is_dir():
        return _inside(folder), names
    if folder.exists():
        raise GanzooError(f"--data {data} is a file: give the folder that holds the pictures.")
    if data.count(",") == 1:
        places = [part.strip() for part in data.split(",")]
        sides = {}
        for side, place in zip("ab", places, strict=True):
            if Path(place).is_dir():
                sides[side] = {"train": _readers(Path(place))}
            elif _like_hub_id(place):
                sides[side] = _hub_side(place)
            else:
                raise GanzooError(f"--data {place} is neither a folder nor a Hub id: check the path.")
        words = tuple(data_word(place) for place in places)
        return sides, words if words[0] != words[1] else ("A", "B")
    if hub_id or _like_hub_id(data):
        return _hub_both(hub_id or data), names
    raise GanzooError(
        f"--data {data} is neither a folder nor a Hub id nor one of {', '.join(UNPAIRED_ALIASES)}: check the path, or "
        "give two folders with a comma between."
    )


def _inside(folder: Path) -> dict:
    found: dict = {"a": {}, "b": {}}
    for split in SPLITS:
        for side, letter in (("a", "A"), ("b", "B")):
            for place in (folder / f"{split}{letter}", folder / split / letter):
                if place.is_dir():
                    found[side]["test" if split != "train" else split] = _readers(place)
    for side, letter in (("a", "A"), ("b", "B")):
        if not found[side] and (folder / letter).is_dir():
            found[side]["train"] = _readers(folder / letter)
    if not found["a"].get("train") or not found["b"].get("train"):
        raise GanzooError(
            f"{folder} holds no two sets of pictures: expected trainA/ and trainB/ (testA/ and testB/ beside them), or A/ and B/."
        )
    return found


def _readers(folder: Path) -> list[tuple[str, Reader]]:
    files = _files(folder)
    if not files:
        raise GanzooError(f"{folder} holds no pictures: put some there, or check the path.")
    return [(path.name, lambda path=path: open_picture(path)) for path in files]


def _column(rows, column: str, split: str) -> list[tuple[str, Reader]]:
    return [(f"{split} row {i}", lambda i=i: open_picture(rows[i][column])) for i in range(len(rows))]


def _hub_side(repo: str) -> dict:
    splits, datasets = hubdata.open_dataset(repo)
    column = hubdata._image_column(repo, next(iter(splits.values())).features, datasets)
    first = "train" if "train" in splits else next(iter(splits))
    other = next((s for s in SPLITS[1:] if s in splits and s != first), None)
    found = {"train": _column(splits[first], column, first)}
    return found | ({"test": _column(splits[other], column, other)} if other else {})


def _hub_both(repo: str) -> dict:
    """One data set: two image columns, or the splits trainA, trainB, testA, testB."""
    splits, datasets = hubdata.open_dataset(repo)
    if {"trainA", "trainB"} <= set(splits):
        column = hubdata._image_column(repo, splits["trainA"].features, datasets)
        found: dict = {"a": {}, "b": {}}
        for name in splits:
            if name[:-1] in SPLITS and name[-1] in "AB":
                kind = "train" if name[:-1] == "train" else "test"
                found[name[-1].lower()][kind] = _column(splits[name], column, name)
        return found
    features = next(iter(splits.values())).features
    pictures = [c for c, f in features.items() if isinstance(f, datasets.Image)]
    columns = next((c for c in COLUMNS if set(c) <= set(pictures)), tuple(pictures))
    if len(columns) != 2:
        raise GanzooError(
            f"{repo} has the image column(s) {', '.join(pictures) or 'none'}: two are needed, one a side."
        )
    first = "train" if "train" in splits else next(iter(splits))
    other = next((s for s in SPLITS[1:] if s in splits and s != first), None)
    found = {side: {"train": _column(splits[first], c, first)} for side, c in zip("ab", columns, strict=True)}
    if other:
        for side, c in zip("ab", columns, strict=True):
            found[side]["test"] = _column(splits[other], c, other)
    return found


def _read(readers: list[tuple[str, Reader]], size: int, channels: int, notes: list, called: str):
    """Decode in threads -> uint8 (N, C, size, size) and [(name, mark of its pixels)]. Unreadable ones are left out and named."""

    def read(reader):
        try:
            picture = reader[1]()
            depth = channels or (1 if picture.mode == "L" else 3)
            picture = picture.convert("L" if depth == 1 else "RGB")
            mark = hashlib.blake2b(picture.tobytes() + repr(picture.size).encode(), digest_size=12).digest()
            if picture.size != (size, size):
                picture = ImageOps.fit(picture, (size, size), Image.Resampling.BICUBIC)
            data = torch.frombuffer(bytearray(picture.tobytes()), dtype=torch.uint8)
            return data.view(size, size, depth).permute(2, 0, 1), mark
        except (GanzooError, OSError, ValueError, SyntaxError):
            return None

    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        found = list(pool.map(read, readers))
    bad = [name for (name, _), got in zip(readers, found, strict=True) if got is None]
    named = ", ".join(bad[:10]) + (", ..." if len(bad) > 10 else "")
    good = [(name, *got) for (name, _), got in zip(readers, found, strict=True) if got is not None]
    if not good:
        raise GanzooError(f"None of the {len(readers)} {called} pictures can be read ({named}): are they complete?")
    if bad:
        notes.append(f"{len(bad)} of {len(readers)} {called} files cannot be read and are left out: {named}")
    depth = max(tensor.shape[0] for _, tensor, _ in good)  # one colour picture makes the side colour
    return torch.stack([t.expand(depth, -1, -1) for _, t, _ in good]), [(name, mark) for name, _, mark in good]


def made_up_unpaired(count: int = 16, image_size: int = 32, seed: int = 0) -> Unpaired:
    """Drawn facades and drawn towns: two sets without pairs, offline, for --smoke and for tests."""
    large = round(image_size * JITTER)

    def drawn(domain, size, start, n):
        made = [drawings.draw(domain, seed * 1000 + start + i, size) for i in range(n)]
        rows = [
            torch.frombuffer(bytearray(p.tobytes()), dtype=torch.uint8).view(size, size, 3).permute(2, 0, 1)
            for p in made
        ]
        return torch.stack(rows)

    train = {side: drawn(domain, large, 0, count) for side, domain in (("a", "label"), ("b", "map"))}
    test = {side: drawn(domain, image_size, count, 6) for side, domain in (("a", "label"), ("b", "map"))}
    return Unpaired("smoke", ("facade", "town"), train, test, ["drawn by code"])
