"""Where pairs lie: AB files, A/ and B/ by stem, two columns of a Hub data set. Used through `ganzoo.load_pairs`.

Every source becomes a list of named readers; a reader gives the two PIL pictures of one pair.
"""

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from pathlib import Path

import torch
from PIL import Image, ImageOps
from torch import Tensor

from ganzoo import drawings, hubdata
from ganzoo.data import FEWEST, HELD_OUT, _like_hub_id, data_word
from ganzoo.errors import GanzooError
from ganzoo.folders import SUFFIXES
from ganzoo.images import open_picture
from ganzoo.layers import seeded
from ganzoo.pairs import JITTER, MEMORY, TEST_MOST, Kept, Pairs, Streamed, domain_names, turned

PAIR_ALIASES = {  # alias: (Hub id, names of sides A and B, usual direction)
    "facades": ("huggan/facades", ("photo", "label"), "label->photo"),
    "maps": ("huggan/maps", ("aerial", "map"), "map->aerial"),
    "aerial-map": ("", ("aerial", "map"), "map->aerial"),
}
SPLITS = ("train", "test", "val", "valid", "validation")
COLUMNS = (("imageA", "imageB"), ("A", "B"), ("input", "target"), ("source", "target"), ("input_image", "edited_image"))

UNREADABLE = (GanzooError, OSError, ValueError, SyntaxError)  # what a damaged file makes Pillow raise
Reader = Callable[[], tuple[Image.Image, Image.Image]]


def load_pairs(
    data: str,
    image_size: int = 256,
    channels: int = 0,
    domains: str = "",
    direction: str = "",
    stream: bool = False,
    split_test: str = "",
) -> Pairs:
    """Read a set of pairs. `channels` 0 means each side as its pictures are: 1 if all are grey, else 3.

    `domains` names the sides ("photo,label") or two columns of a Hub set; `direction` says which becomes which;
    `split_test` names the split to test on, which else is test, val or a held-out tenth.
    Raises GanzooError that names the files concerned, the first ten of them.
    """
    usual = PAIR_ALIASES.get(data, ("", ("A", "B"), ""))
    names, notes = domain_names(domains, usual[1]), []
    home = os.environ.get("GANZOO_DATA")
    folder = Path(home) / data if home and data in PAIR_ALIASES and (Path(home) / data).is_dir() else Path(data)
    if folder.is_dir():
        splits = folder_splits(folder, split_test)
    elif folder.exists():
        raise GanzooError(f"--data {data} is a file: give the folder that holds the pairs.")
    elif data in PAIR_ALIASES and not usual[0]:
        raise GanzooError(f"--data {data} is not on the Hub: put it under $GANZOO_DATA/{data}.")
    elif data in PAIR_ALIASES or _like_hub_id(data):
        splits, names = hub_splits(usual[0] or data, names, bool(domains))
    else:
        raise GanzooError(
            f"--data {data} is neither a folder nor a Hub id nor one of {', '.join(PAIR_ALIASES)}: check the path."
        )
    if not direction:
        fits = usual[2] and set(usual[2].split("->")) == set(names)
        direction = usual[2] if fits else f"{names[0]}->{names[1]}"
        if not fits:
            notes.append(f"direction {direction}; turn it round with --direction '{names[1]}->{names[0]}'")
    direction, swap = turned(direction, names)
    if split_test and not splits.get(split_test):
        raise GanzooError(f"--split-test {split_test}: {data} has only {', '.join(splits)}; name one of these.")
    test = next((splits[s] for s in ([split_test] if split_test else SPLITS[1:]) if splits.get(s)), None)
    train = splits.get("train") or next(iter(splits.values()))
    if test is train or not test:
        _enough(data, len(train), "")
        order = torch.randperm(len(train), generator=seeded("cpu", *HELD_OUT)).tolist()
        count = max(1, len(train) // 10)
        # What cannot be read is no test: it stays with the others, where it will be named.
        held = list(islice((i for i in order if _readable(train[i][1])), count))
        if not held:
            _read(train, image_size, channels, notes, "train", keep=False)  # which raises, and names ten
        why = f"--split-test {split_test} is what it learns from" if split_test else "no test split"
        notes.append(f"{why}: a fixed tenth ({len(held)} pairs) is held out and never trained on")
        test, train = [train[i] for i in held], [train[i] for i in sorted(set(order) - set(held))]
    if len(test) > TEST_MOST:
        notes.append(f"the first {TEST_MOST:,} of {len(test):,} test pairs are used")
        test = test[:TEST_MOST]
    _enough(data, len(train), " to train on")
    large = round(image_size * JITTER)
    test_a, test_b, test_names = _read(test, image_size, channels, notes, "test")
    size = len(train) * (test_a.shape[1] + test_b.shape[1]) * large**2
    streaming = stream or size > room()
    a, b, names_read = _read(train, large, channels, notes, "train", keep=not streaming)
    _enough(data, len(names_read), f" to train on that can be read ({notes[-1]})" if notes else "")
    depth = [max(x.shape[1], y.shape[1]) for x, y in ((a, test_a), (b, test_b))]
    a, test_a = (x.expand(-1, depth[0], -1, -1).contiguous() for x in (a, test_a))
    b, test_b = (x.expand(-1, depth[1], -1, -1).contiguous() for x in (b, test_b))
    kept: Kept | Streamed = Kept(*((b, a) if swap else (a, b)))
    if (
        streaming
    ):  # looked through once above, so that bad files are named now and the batches are those of the other way
        readable = dict(train)
        reading = [readable[name] for name in names_read]

        def read(i: int) -> tuple[Tensor, Tensor]:
            pair = tuple(_square(p, large, d) for p, d in zip(reading[i](), depth, strict=True))
            return pair[::-1] if swap else pair

        kept = Streamed(read, len(reading))
    if swap:
        test_a, test_b = test_b, test_a
    return Pairs(data_word(data), kept, test_a, test_b, test_names, direction, notes)


def _enough(data: str, count: int, what: str) -> None:
    if count < FEWEST:
        raise GanzooError(f"{data} holds {count} pair(s){what}; at least {FEWEST} are needed: add more.")


def room() -> int:
    """Bytes of training pixels that are kept in memory: MEMORY, on a small machine a third of what it has."""
    with suppress(AttributeError, OSError, ValueError):  # not on Windows
        return min(MEMORY, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 3)
    return MEMORY


def read_data(config) -> Pairs:
    """The pairs of a config; with --smoke facades drawn by code and their colours turned."""
    if config.smoke:
        return made_up_pairs(image_size=config.image_size, seed=config.seed)
    c = config
    test = getattr(c, "split_test", "")  # a segmenter has no such setting
    return load_pairs(c.data, c.image_size, c.channels, c.domains, c.direction, c.stream, test)


def made_up_pairs(count: int = 16, image_size: int = 64, seed: int = 0) -> Pairs:
    """Facades drawn by code; the "photo" swaps their colour channels. For --smoke and for tests, offline."""
    large = round(image_size * JITTER)
    drawn = [drawings.facade(seed * 1000 + i, large) for i in range(count + 4)]
    label = torch.stack([_square(d, large, 3) for d in drawn])
    photo = label[:, [2, 0, 1]] // 2 + 60
    edge = (large - image_size) // 2
    middle = slice(edge, edge + image_size)
    test = [x[count:, :, middle, middle].contiguous() for x in (label, photo)]
    names = [f"drawn {i}" for i in range(4)]
    return Pairs("smoke", Kept(label[:count], photo[:count]), *test, names, "label->photo", ["drawn by code"])


def _read(pairs: list[tuple[str, Reader]], size: int, channels: int, notes: list, split: str, keep: bool = True):
    """Decode pairs in threads -> two uint8 tensors and the names. Unreadable pairs are left out and named; what has
    another size is named too. Without `keep` the tensors are empty but for their channels."""

    def read(pair):
        try:
            a, b = pair[1]()
            squares = [_square(p, size, channels or (1 if p.mode == "L" else 3)) for p in (a, b)]
            size_ = a.size if a.size == b.size else a.size + b.size
            return squares if keep else [square[:, :0, :0] for square in squares], size_
        except UNREADABLE as error:
            return None, error

    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        found = list(pool.map(read, pairs))
    bad = [name for (name, _), (tensors, _) in zip(pairs, found, strict=True) if tensors is None]
    named = _first(bad)
    good = [(name, t, s) for (name, _), (t, s) in zip(pairs, found, strict=True) if t is not None]
    if not good:
        reason = next(why for tensors, why in found if tensors is None)
        raise GanzooError(f"None of the {len(pairs)} {split} pairs can be read ({named}): {reason}")
    if bad:
        notes.append(f"{len(bad)} of {len(pairs)} {split} pairs cannot be read and are left out: {named}")
    oblong = [name for name, _, size_ in good if size_[0] != size_[1]]
    if oblong:
        notes.append(f"{len(oblong)} {split} pairs are not square; their middle square is used: {_first(oblong)}")
    (usual, _), *others = Counter(size_ for *_, size_ in good).most_common()
    if others:
        mixed = [f"{name} ({_shape(size_)})" for name, _, size_ in good if size_ != usual]
        notes.append(f"{len(mixed)} {split} pairs are not {_shape(usual)} like most; all are resized: {_first(mixed)}")
    sides = []
    for side in (0, 1):
        depth = max(tensors[side].shape[0] for _, tensors, _ in good)  # one colour picture makes the side colour
        sides.append(torch.stack([tensors[side].expand(depth, -1, -1) for _, tensors, _ in good]))
    return *sides, [name for name, _, _ in good]


def _readable(read: Reader) -> bool:
    with suppress(*UNREADABLE):
        read()
        return True
    return False


def _shape(size: tuple[int, ...]) -> str:
    """(40, 40) -> 40x40; of a pair whose sides differ, both."""
    return f"{size[0]}x{size[1]}" + (f" with {size[2]}x{size[3]}" if len(size) > 2 else "")


def _first(names: list[str]) -> str:
    """The first ten of a list, as words."""
    return ", ".join(names[:10]) + (", ..." if len(names) > 10 else "")


def _square(picture: Image.Image, size: int, depth: int) -> Tensor:
    """The middle square, resized, as uint8 (depth, size, size)."""
    picture = picture.convert("L" if depth == 1 else "RGB")
    if picture.size != (size, size):
        picture = ImageOps.fit(picture, (size, size), Image.Resampling.BICUBIC)
    return torch.frombuffer(bytearray(picture.tobytes()), dtype=torch.uint8).view(size, size, depth).permute(2, 0, 1)


# --- folders ----------------------------------------------------------------------------------------------------


def folder_splits(folder: Path, other: str = "") -> dict[str, list[tuple[str, Reader]]]:
    """{split: [(name, reader)]} of a folder: train/ val/ test/ of AB files or of A/ B/, trainA/ trainB/, or just one set.
    `other` is the name of one more split to look for."""
    inside = {p.name: p for p in folder.iterdir() if p.is_dir()}
    splits = {}
    for split in dict.fromkeys([*SPLITS, *[other] * bool(other)]):
        if f"{split}A" in inside and f"{split}B" in inside:
            splits[split] = two_folders(inside[f"{split}A"], inside[f"{split}B"])
        elif split in inside:
            splits[split] = one_split(inside[split])
    splits = {split: pairs for split, pairs in splits.items() if pairs}
    if splits:
        return splits
    pairs = one_split(folder)
    if not pairs:
        raise GanzooError(
            f"{folder} holds no picture pairs: put them side by side into AB files, or into two folders A/ and B/ with "
            "the same file names."
        )
    return {"train": pairs}


def one_split(folder: Path) -> list[tuple[str, Reader]]:
    for a, b in (("A", "B"), ("a", "b"), ("input", "target")):
        if (folder / a).is_dir() and (folder / b).is_dir():
            return two_folders(folder / a, folder / b)
    return [(path.name, lambda path=path: halves(path)) for path in _files(folder)]


def two_folders(a: Path, b: Path) -> list[tuple[str, Reader]]:
    """Files of A and B matched by stem. A stem without its partner is an error that names it."""
    for side in (a, b):
        stems = Counter(path.stem for path in _files(side))
        twice = [path.name for path in _files(side) if stems[path.stem] > 1]
        if twice:
            raise GanzooError(
                f"{side} has several files of one name, so which pair is meant? {_first(twice)}. Rename them."
            )
    left, right = ({path.stem: path for path in _files(side)} for side in (a, b))
    alone = [f"{a.name}/{left[s].name}" for s in sorted(left.keys() - right.keys())]
    alone += [f"{b.name}/{right[s].name}" for s in sorted(right.keys() - left.keys())]
    if alone:
        raise GanzooError(
            f"{len(alone)} file(s) of {a.parent} have no partner of the same name on the other side: {_first(alone)}. "
            "Rename or remove them (for two sets without pairs there is CycleGAN)."
        )
    return [(stem, lambda stem=stem: _together(left[stem], right[stem])) for stem in sorted(left)]


def _files(folder: Path) -> list[Path]:
    """The pictures of a folder by name; a link to nowhere is among them and will be named, a pipe or a folder is none."""
    found = (p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES and not p.name.startswith("."))
    return sorted(p for p in found if p.is_file() or p.is_symlink())


def halves(path: Path) -> tuple[Image.Image, Image.Image]:
    """An AB file, A at the left and B at the right -> (A, B)."""
    picture = open_picture(path)
    width, height = picture.size
    if width % 2 or not 1.8 <= width / height <= 2.2:
        raise GanzooError(
            f"{path.name} is {width}x{height}, not two squares side by side (like 512x256); two separate pictures "
            "belong into folders A/ and B/."
        )
    return picture.crop((0, 0, width // 2, height)), picture.crop((width // 2, 0, width, height))


def _together(a: Path, b: Path) -> tuple[Image.Image, Image.Image]:
    return _one_shape(open_picture(a), open_picture(b), a.name, "its partner")


def _one_shape(one: Image.Image, other: Image.Image, name: str, partner: str) -> tuple[Image.Image, Image.Image]:
    if abs(one.width / one.height - other.width / other.height) > 0.02 * one.width / one.height:
        raise GanzooError(
            f"{name} is {one.width}x{one.height} and {partner} {other.width}x{other.height}: a pair needs one shape."
        )
    return one, other


# --- the Hub ----------------------------------------------------------------------------------------------------


def hub_splits(repo: str, names: tuple[str, str], asked: bool) -> tuple[dict, tuple[str, str]]:
    """Two image columns of a data set -> ({split: [(name, reader)]}, names of the sides)."""
    splits, datasets = hubdata.open_dataset(repo)
    features = next(iter(splits.values())).features
    images = [c for c, f in features.items() if isinstance(f, datasets.Image)]
    if asked and set(names) <= set(images):
        columns = names
    elif asked and set(names) & set(images):
        raise GanzooError(
            f"--domains {','.join(names)}: only one of these is an image column of {repo}, which has {', '.join(images)}: "
            "name two of its columns, or two names of your own."
        )
    else:
        usual = [pair for pair in COLUMNS if set(pair) <= set(images)]
        if not usual and len(images) != 2:
            raise GanzooError(
                f"{repo} has the image column(s) {', '.join(images) or 'none'}: name the two that form a pair with --domains A,B."
            )
        columns = usual[0] if usual else tuple(images)
        names = names if asked or names != ("A", "B") else columns

    def reader(rows, i):
        return lambda: _one_shape(*(open_picture(rows[i][column]) for column in columns), *columns)

    found = {split: [(f"{split} row {i}", reader(rows, i)) for i in range(len(rows))] for split, rows in splits.items()}
    return found, names
