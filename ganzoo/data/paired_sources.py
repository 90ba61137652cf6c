"""Where pairs lie: AB files, A/ and B/ by stem, two columns of a Hub data set.

    pairs = ganzoo.load_pairs("facades")            # alias: $GANZOO_DATA/facades, else the Hub
    pairs = ganzoo.load_pairs("my/folder")          # A/ B/ by stem | AB files side by side | each in train/ test/
    pairs = ganzoo.load_pairs("user/name")          # a data set on the Hub with two image columns

Every source becomes a list of named readers; a reader gives the two PIL pictures of one pair.
"""

import os
from contextlib import suppress
from functools import partial
from itertools import islice

import torch
from torch import Tensor

from ganzoo.data import drawings, fingerprints, hub_datasets, made_pairs, registry
from ganzoo.data.decode import UNREADABLE, PairReader, first_ten, read_pairs, readable
from ganzoo.data.folders import SPLITS, check_shape
from ganzoo.data.pair_folders import folder_splits, halves, one_shape, refuse_wide_photos, wide
from ganzoo.data.paired import JITTER, MEMORY, TEST_MOST, Kept, Pairs, Streamed, domain_names, turned
from ganzoo.errors import GanzooError
from ganzoo.images import square
from ganzoo.inputs import check_choice

COLUMNS = (("imageA", "imageB"), ("A", "B"), ("input", "target"), ("source", "target"), ("input_image", "edited_image"))


def load_pairs(
    data: str, image_size=256, channels=0, domains="", direction="", stream=False, split_test="", pairs_from=""
) -> Pairs:
    """Read a set of pairs. `channels` 0 means each side as its pictures are: 1 if all are grey, else 3. `domains` names the
    sides ("photo,label") or two columns of a Hub set; `direction` says which becomes which; `split_test` names the split to
    test on, which else is test, val or a held-out tenth. With `pairs_from` (edges, grey, small, hole) the data are plain
    photos, and each becomes a pair with what is made of it."""
    check_shape(image_size, channels)
    data = str(data)
    if pairs_from:
        check_choice("--pairs-from", pairs_from, made_pairs.KINDS)
        usual = registry.Known("paired", "", sides=(pairs_from, "photo"), direction=f"{pairs_from}->photo")
    else:
        usual = registry.known(data, "paired")
    splits, names = _find(data, domain_names(domains, usual.sides), bool(domains), split_test, pairs_from)
    notes: list[str] = []
    if not direction and set(usual.direction.split("->")) == set(names):
        direction = usual.direction
    elif not direction:
        direction = f"{names[0]}->{names[1]}"
        notes.append(f"direction {direction}; turn it round with --direction '{names[1]}->{names[0]}'")
    direction, swap = turned(direction, names)
    if split_test and not splits.get(split_test):
        raise GanzooError("test_split_unknown", split_test=split_test, data=data, known=list(splits))
    official = {} if pairs_from else fingerprints.known(data)
    if official and len(splits) == 1 and not split_test:
        splits = fingerprints.recognised(next(iter(splits.values())), official)
        counts = {split: len(splits.get(split, ())) for split in official}
        known = " and ".join(f"{count} of the {len(official[s])} official {s} pairs" for s, count in counts.items())
        notes.append(f"not split, but {known} are recognised by their photos and not trained on")
    train, test = _train_and_test(data, splits, split_test, (image_size, channels), notes)
    large = round(image_size * JITTER)
    if pairs_from:  # at the size that is read, so that lines are as wide in training as in use
        test, train = made_pairs.pairs_of(test, pairs_from, image_size), made_pairs.pairs_of(train, pairs_from, large)
    test_a, test_b, test_names = read_pairs(test, image_size, channels, notes, "test")
    size = len(train) * (test_a.shape[1] + test_b.shape[1]) * large**2
    streaming = stream or size > room()
    # What will be read from disk is looked through once here, so that bad files are named now and the batches are the same.
    a, b, names_read = read_pairs(train, large, channels, notes, "train", keep=not streaming)
    if len(names_read) < registry.FEWEST:
        lost = first_ten([name for name, _ in train if name not in names_read])
        raise GanzooError("too_few_readable_pairs", data=data, count=len(names_read), least=registry.FEWEST, names=lost)
    depth = [max(x.shape[1], y.shape[1]) for x, y in ((a, test_a), (b, test_b))]
    a, test_a = (x.expand(-1, depth[0], -1, -1).contiguous() for x in (a, test_a))
    b, test_b = (x.expand(-1, depth[1], -1, -1).contiguous() for x in (b, test_b))
    if swap:
        a, b, test_a, test_b = b, a, test_b, test_a
    kept: Kept | Streamed = Kept(a, b)
    if streaming:
        readers = dict(train)

        def read(i: int) -> tuple[Tensor, Tensor]:
            pair = tuple(square(p, large, d) for p, d in zip(readers[names_read[i]](), depth, strict=True))
            return pair[::-1] if swap else pair

        kept = Streamed(read, len(names_read))
    return Pairs(registry.data_word(data), kept, test_a, test_b, test_names, direction, notes)


def _find(data: str, names: tuple, named: bool, split_test: str, pairs_from: str) -> tuple[dict, tuple[str, str]]:
    """({split: [(name, reader)]}, names of the sides) of what --data says; `named`: --domains gave the names."""
    words = registry.WORDS["paired"]
    known = data in words or (pairs_from and data in registry.HUB_IDS)
    folder = (known and registry.alias_folder(data)) or registry.folder_of(data)
    reader = made_pairs.in_folder if pairs_from else partial(folder_splits, other=split_test)
    if folder:
        return reader(folder), names
    if data in words and data not in registry.HUB_IDS:
        raise GanzooError("data_only_local", data=data)
    if not known and not registry.like_hub_id(data):
        registry.refuse_other_kind(data, "paired")
        raise GanzooError("data_not_found", data=data, known=words)
    found = hub_datasets.open_dataset(registry.on_hub(data))
    if found.folder:
        return found.read(reader), names
    return (made_pairs.in_table(found), names) if pairs_from else hub_splits(found, names, named)


def _train_and_test(data: str, splits: dict, split_test: str, shape: tuple[int, int], notes: list) -> tuple[list, list]:
    """The pairs to train and to test on; without a test split a fixed tenth is held out. `shape`: side and channels."""
    test = next((splits[s] for s in ([split_test] if split_test else SPLITS[1:]) if splits.get(s)), None)
    train = splits.get("train") or next(iter(splits.values()))
    hold_out = test is train or not test
    least = registry.FEWEST + 1 if hold_out else registry.FEWEST  # one at least is held out
    if len(train) < least:
        raise GanzooError("too_few_pairs", data=data, count=len(train), least=least)
    if hold_out:
        tenth, others = (rows.tolist() for rows in registry.held_out(len(train)))
        # What cannot be read is no test: it stays with the others, where it will be named.
        held = list(islice((i for i in tenth + others if readable(train[i][1])), len(tenth)))
        if not held:
            read_pairs(train, *shape, notes, "train", keep=False)  # which raises, and names ten
        why = f"--split-test {split_test} is what it learns from" if split_test else "no test split"
        notes.append(f"{why}: a fixed tenth ({len(held)} pairs) is held out and never trained on")
        test, train = [train[i] for i in held], [pair for i, pair in enumerate(train) if i not in set(held)]
    if len(test) > TEST_MOST:
        notes.append(f"the first {TEST_MOST:,} of {len(test):,} test pairs are used")
        test = test[:TEST_MOST]
    return train, test


def room() -> int:
    """Bytes of training pixels that are kept in memory: MEMORY, on a small machine a third of what it has."""
    with suppress(AttributeError, OSError, ValueError):  # not on Windows
        return min(MEMORY, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 3)
    return MEMORY


def read_data(config) -> Pairs:
    """The pairs of a config; with --smoke facades drawn by code and their colours turned."""
    if config.smoke:
        return made_up_pairs(image_size=config.image_size, seed=config.seed)
    how = {name: getattr(config, name) for name in ("domains", "direction", "split_test", "pairs_from")}
    return load_pairs(config.data, config.image_size, config.channels, **how)


def made_up_pairs(count: int = 16, image_size: int = 64, seed: int = 0) -> Pairs:
    """Facades drawn by code; the "photo" swaps their colour channels. For --smoke and for tests, offline."""
    large = round(image_size * JITTER)
    drawn = [drawings.facade(seed * 1000 + i, large) for i in range(count + 4)]
    label = torch.stack([square(d, large, 3) for d in drawn])
    photo = label[:, [2, 0, 1]] // 2 + 60
    edge = (large - image_size) // 2
    middle = slice(edge, edge + image_size)
    test = [x[count:, :, middle, middle].contiguous() for x in (label, photo)]
    names = [f"drawn {i}" for i in range(4)]
    return Pairs("smoke", Kept(label[:count], photo[:count]), *test, names, "label->photo", ["drawn by code"])


def hub_splits(found: hub_datasets.OnHub, names: tuple[str, str], named: bool) -> tuple[dict, tuple[str, str]]:
    """Two image columns of a data set -> ({split: [(name, reader)]}, names of the sides). `named`: --domains gave `names`."""
    repo, images = found.repo, hub_datasets.image_columns(found.features)
    named_columns = set(names) & set(images) if named else set()
    if len(images) == 1 and not named_columns:
        return _hub_halves(found, images[0]), names
    known = registry.columns_of(repo)
    if len(named_columns) == 2:
        columns = names
    elif known and set(known) <= set(images):
        columns = known
    elif named_columns:
        raise GanzooError("domains_not_columns", domains=",".join(names), repo=repo, columns=images)
    else:
        usual = [pair for pair in COLUMNS if set(pair) <= set(images)]
        if not usual and len(images) != 2:
            raise GanzooError("pair_columns_unclear", repo=repo, columns=images)
        columns = usual[0] if usual else tuple(images)
        if not named and names == ("A", "B"):
            names = columns

    def pair(row: dict):
        return one_shape(*(hub_datasets.decoded(row[column]) for column in columns), *columns)

    return hub_datasets.row_readers(found.splits, pair), names


def _hub_halves(found: hub_datasets.OnHub, column: str) -> dict[str, list[tuple[str, PairReader]]]:
    """The pairs of a table whose one image column holds AB pictures."""
    sizes = []
    for value in next(iter(found.splits.values()))[:16][column]:
        with suppress(*UNREADABLE):
            picture = hub_datasets.decoded(value)
            sizes.append((not wide(picture), f"{picture.width}x{picture.height}"))
    if sizes and sum(other for other, _ in sizes) > len(sizes) / 2:
        raise GanzooError("hub_not_pairs", repo=found.repo, column=column, size=max(sizes)[1])

    def pair(row: dict):
        return halves(hub_datasets.decoded(row[column]), f"a row of {found.repo}")

    splits = hub_datasets.row_readers(found.splits, pair)
    for pairs in splits.values():
        refuse_wide_photos(found.repo, pairs)
    return splits
