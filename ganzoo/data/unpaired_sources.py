"""Where two sets without pairs lie: folders or the Hub.

    sets = ganzoo.load_unpaired("horse2zebra")        # alias: $GANZOO_DATA/horse2zebra, else the Hub
    sets = ganzoo.load_unpaired("my/folder")          # trainA/ trainB/ testA/ testB/ | A/ B/ | train/A ...
    sets = ganzoo.load_unpaired("horses,zebras")      # any two folders, or two data sets on the Hub

Every source becomes two lists of named readers for each side; a reader gives one PIL picture.
"""

import hashlib
from functools import partial
from pathlib import Path

import torch

from ganzoo.data import drawings, hub_datasets, registry
from ganzoo.data.decode import Reader, depth_of, first_ten, read_all, stacked
from ganzoo.data.folders import SPLITS, check_shape, check_size, child, side_folders
from ganzoo.data.pair_folders import files_of
from ganzoo.data.paired import JITTER, domain_names
from ganzoo.data.paired_sources import COLUMNS
from ganzoo.data.unpaired import Unpaired
from ganzoo.errors import GanzooError
from ganzoo.images import open_picture, pixels, square

Found = tuple[dict, tuple[str, str]]  # {"a": {"train": readers, "test": readers}, "b": ...}, names of the sides


def read_data(config) -> Unpaired:
    """The pictures of a config; with --smoke drawn facades and towns."""
    if config.smoke:
        return made_up_unpaired(image_size=config.image_size, seed=config.seed)
    return load_unpaired(config.data, config.image_size, config.load_size, config.channels, config.domains)


def load_unpaired(data: str, image_size=256, load_size=0, channels=0, domains="") -> Unpaired:
    """Read two sets of pictures. `channels` 0 means each side as its pictures are; `load_size` is what is cropped from.
    Pictures that stand in train and in test are taken out of train and named."""
    check_shape(image_size, channels)
    data = str(data)
    large = load_size or round(image_size * JITTER)
    if large < image_size:
        raise GanzooError("load_size_too_small", image_size=image_size, load_size=load_size)
    notes: list[str] = []
    splits, names = _find(data, notes)
    names = domain_names(domains, names)
    train, test, test_names = {}, {}, {}
    for side, name in zip("ab", names, strict=True):
        readers = dict(splits[side])
        count, hold_out = len(readers["train"]), "test" not in readers
        least = registry.FEWEST + 1 if hold_out else registry.FEWEST  # one at least is held out
        if count < least:
            raise GanzooError("too_few_of_a_domain", data=data, count=count, domain=name, least=least)
        if hold_out:
            held, others = registry.held_out(count)
            readers["test"] = [readers["train"][i] for i in held]
            readers["train"] = [readers["train"][i] for i in others.sort().values]
            tenth = f"a fixed tenth ({len(held)} pictures)"
            notes.append(f"no test split for {name}: {tenth} is held out and never trained on")
        check_size(len(readers["train"]), large, channels)
        test[side], test_names[side], tested = _read(readers["test"], image_size, channels, notes, f"{name} test")
        depth = channels or test[side].shape[1]
        train[side], own, marks = _read(readers["train"], large, depth, notes, f"{name} training")
        seen = set(tested)
        new = [mark not in seen for mark in marks]
        if twice := [picture for picture, fresh in zip(own, new, strict=True) if not fresh]:
            stand = f"{len(twice)} {name} picture(s) stand in train and in test"
            notes.append(f"{stand}; left out of train: {first_ten(twice)}")
            train[side] = train[side][new]
        if (count := len(train[side])) < registry.FEWEST:
            kept = [picture for picture, fresh in zip(own, new, strict=True) if fresh]
            lost = first_ten([picture for picture, _ in readers["train"] if picture not in kept])
            raise GanzooError(
                "too_few_usable_of_a_domain", data=data, count=count, domain=name, least=registry.FEWEST, names=lost
            )
    return Unpaired(registry.data_word(data), names, train, test, notes, test_names)


def _find(data: str, notes: list[str]) -> Found:
    known = registry.known(data, "unpaired")
    folder = (known.hub and registry.alias_folder(data)) or registry.folder_of(data)
    if folder:
        return folder_sides(folder, known.sides)
    if data.count(",") == 1:
        places = [part.strip() for part in data.split(",")]
        sides = {}
        for side, place in zip("ab", places, strict=True):
            if place and Path(place).is_dir():
                sides[side] = {"train": _readers(Path(place))}
            elif registry.like_hub_id(place):
                sides[side] = _hub_side(place, notes)
            else:
                raise GanzooError("data_side_not_found", place=place)
        words = tuple(registry.data_word(place) for place in places)
        return sides, words if words[0] != words[1] else ("A", "B")
    if known.hub or registry.like_hub_id(data):
        return _hub_both(registry.on_hub(data), known.sides, notes)
    registry.refuse_other_kind(data, "unpaired")
    raise GanzooError("unpaired_data_not_found", data=data, known=registry.WORDS["unpaired"])


def folder_sides(folder: Path, names: tuple[str, str]) -> Found:
    """The sides of a folder and what they are called: after their folders where these are two classes."""
    found: dict = {"a": {}, "b": {}}
    classes = _two_classes(folder)
    for split in (*SPLITS, ""):
        if classes:
            base = child(folder, split) if split else folder
            places = [base and child(base, name) for name in classes]
        else:
            pairs = side_folders(folder, split)
            places = [next((pair[i] for pair in pairs if pair[i]), None) for i in (0, 1)]
        for side, place in zip("ab", places, strict=True):
            kind = "train" if split in ("train", "") else "test"
            if place and kind not in found[side] and (split or not found[side]):
                found[side][kind] = _readers(place)
    if not found["a"].get("train") or not found["b"].get("train"):
        raise GanzooError("no_two_sets", folder=folder)
    return found, classes if classes and names == ("A", "B") else names


def _two_classes(folder: Path) -> tuple[str, ...]:
    """The names of the two folders that are all there is in a folder, or in its train/, but for names of sides and splits."""
    base = child(folder, "train") or folder
    inner = sorted(path.name for path in base.iterdir() if path.is_dir() and not path.name.startswith("."))
    usual = any(pair != (None, None) for split in (*SPLITS, "") for pair in side_folders(folder, split))
    apart = len(inner) == 2 and not usual and not files_of(base) and not set(inner) & set(SPLITS)
    return tuple(inner) if apart and all(files_of(base / name) for name in inner) else ()


def _readers(folder: Path) -> list[tuple[str, Reader]]:
    files = files_of(folder)
    if not files:
        raise GanzooError("side_without_pictures", folder=folder)
    return [(path.name, partial(open_picture, path)) for path in files]


def _column(rows, column: str, split: str, notes: list[str], which=None) -> list[tuple[str, Reader]]:
    """Readers of the pictures of a column, or of `which` rows of it. What repeats another one, byte for byte, is left out:
    some sets fill up their shorter side like that."""
    cells = rows.select_columns([column])
    kept: dict[bytes, int] = {}
    which = range(len(rows)) if which is None else which
    for i in which:
        kept.setdefault(hub_datasets.mark_of(cells[i][column]), i)
    if repeats := len(which) - len(kept):
        notes.append(f"{repeats:,} of {len(which):,} {split} pictures of {column} repeat others and are left out")
    return [(f"{split} row {i}", lambda i=i: hub_datasets.decoded(cells[i][column])) for i in kept.values()]


def _hub_side(name: str, notes: list[str]) -> dict:
    opened = hub_datasets.open_dataset(name)
    if opened.folder:
        return opened.read(_one_side)
    return _both_splits(opened.splits, hub_datasets.image_column(opened.repo, opened.features), notes)


def _one_side(folder: Path) -> dict:
    found = {"train": _readers(child(folder, "train") or folder)}
    other = next(filter(None, (child(folder, split) for split in SPLITS[1:])), None)
    return found | ({"test": _readers(other)} if other else {})


def _both_splits(splits: dict, column: str, notes: list[str]) -> dict:
    first, other = hub_datasets.train_and_test(splits)
    found = {"train": _column(splits[first], column, first, notes)}
    return found | ({"test": _column(splits[other], column, other, notes)} if other else {})


def _hub_both(name: str, names: tuple[str, str], notes: list[str]) -> Found:
    """One data set: a folder as on disk, two image columns, or the splits trainA, trainB, testA, testB."""
    opened = hub_datasets.open_dataset(name)
    if opened.folder:
        return opened.read(folder_sides, names)
    repo, splits = opened.repo, opened.splits
    if {"trainA", "trainB"} <= set(splits):
        column = hub_datasets.image_column(repo, splits["trainA"].features)
        found: dict = {"a": {}, "b": {}}
        for name in splits:
            if name[:-1] in SPLITS and name[-1] in "AB":
                kind = "train" if name[:-1] == "train" else "test"
                found[name[-1].lower()][kind] = _column(splits[name], column, name, notes)
        return found, names
    pictures = hub_datasets.image_columns(opened.features)
    columns = next((c for c in (registry.columns_of(repo), *COLUMNS) if c and set(c) <= set(pictures)), tuple(pictures))
    if len(pictures) == 1:
        return _labelled_sides(opened, pictures[0], names, notes)
    if len(columns) != 2:
        raise GanzooError("side_columns_unclear", repo=repo, columns=pictures)
    return {side: _both_splits(splits, column, notes) for side, column in zip("ab", columns, strict=True)}, names


def _labelled_sides(opened: hub_datasets.OnHub, column: str, names: tuple[str, str], notes: list[str]) -> Found:
    """Two classes are two sides; so are the classes trainA, trainB, testA and testB, which imagefolder sets have."""
    features = opened.features
    usual = (column for column in ("label", "domain", "class") if column in features)
    label = hub_datasets.label_column(features) or next(usual, None)
    named, labels = getattr(features.get(label), "names", None), {}
    for split, rows in opened.splits.items():
        labels[split] = [named[x] if named and x is not None else str(x) for x in (rows[label] if label else [])]
    used = {x for found in labels.values() for x in found}
    classes = [x for x in named or sorted(used) if x in used]
    halves = {f"{split}{dash}{side}": (split, side.lower()) for split in SPLITS for dash in ("", "_") for side in "AB"}
    in_halves = bool(classes) and set(classes) <= set(halves)
    if not in_halves and len(classes) != 2:
        raise GanzooError("hub_not_two_sides", repo=opened.repo, count=len(classes))
    found: dict = {"a": {}, "b": {}}
    for split, rows in opened.splits.items():
        for number, name in enumerate(classes):
            part, side = halves[name] if in_halves else (split, "ab"[number])
            which = [i for i, x in enumerate(labels[split]) if x == name]
            kind = "train" if part == "train" or (len(opened.splits) == 1 and not in_halves) else "test"
            if which and kind not in found[side]:
                found[side][kind] = _column(rows, column, f"{split} {name}", notes, which)
    return found, names if in_halves or names != ("A", "B") else tuple(classes)


def _read(readers: list[tuple[str, Reader]], size: int, channels: int, notes: list, called: str):
    """Decode -> uint8 (N, C, size, size), their names and marks of their pixels. Unreadable ones are left out and named."""

    def decode(read: Reader):
        picture = read()
        depth = channels or depth_of(picture)
        picture = picture.convert("L" if depth == 1 else "RGB")
        mark = hashlib.blake2b(picture.tobytes() + repr(picture.size).encode(), digest_size=12).digest()
        return square(picture, size, depth), mark

    good, bad, _ = read_all(readers, decode, notes, f"{called} files")
    if not good:
        raise GanzooError("no_readable_pictures", count=len(readers), what=called, names=bad)
    names, found = zip(*good, strict=True)
    tensors, marks = zip(*found, strict=True)
    return stacked(tensors), list(names), marks


def made_up_unpaired(count: int = 16, image_size: int = 32, seed: int = 0) -> Unpaired:
    """Drawn facades and drawn towns: two sets without pairs, offline, for --smoke and for tests."""

    def drawn(size: int, first: int, many: int) -> dict[str, torch.Tensor]:
        seeds = range(seed * 1000 + first, seed * 1000 + first + many)
        sides = (("a", "label"), ("b", "map"))
        return {side: torch.stack([pixels(drawings.draw(domain, n, size)) for n in seeds]) for side, domain in sides}

    train, test = drawn(round(image_size * JITTER), 0, count), drawn(image_size, count, 6)
    return Unpaired("smoke", ("facade", "town"), train, test, ["drawn by code"])
