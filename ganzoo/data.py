"""Digits, garments and your own pictures: from an alias, a folder or the Hub to uint8 tensors.

    pictures = ganzoo.load_pictures("mnist")            # alias: $GANZOO_DATA/mnist, else the Hub
    pictures = ganzoo.load_pictures("my/folder")        # idx files | one sub-folder a class | a flat folder
    pictures = ganzoo.load_pictures("user/name@main")   # a data set on the Hub with any image column

Batches are a pure function of (seed, step), so that a resumed run sees what an uninterrupted one would have seen.
"""

import gzip
import os
import struct
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from ganzoo.errors import GanzooError
from ganzoo.images import from_pil, open_picture, to_float
from ganzoo.layers import seeded

ALIASES = {  # alias: (the {data} word of names, Hub id)
    "mnist": ("mnist", "ylecun/mnist"),
    "fashion": ("fashion", "zalando-datasets/fashion_mnist"),
    "fashion-mnist": ("fashion", "zalando-datasets/fashion_mnist"),
}
DEBIAN = {"fashion": Path("/usr/share/datasets/fashion-mnist")}  # apt-get install dataset-fashion-mnist
CLASSES = {
    "mnist": tuple("0123456789"),
    "fashion": ("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"),
}
SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"}
FEWEST = 8  # fewer pictures than this can be neither split nor learned from


@dataclass
class Pictures:
    """A data set in memory: uint8 (N, C, H, W) and int64 labels (N,), split into train and test."""

    name: str  # the {data} word of run names
    train: Tensor
    test: Tensor
    train_labels: Tensor | None = None
    test_labels: Tensor | None = None
    classes: tuple = ()
    notes: list = field(default_factory=list)  # what a user should know about how it was read

    @property
    def channels(self) -> int:
        return self.train.shape[1]


def data_word(data: str) -> str:
    """The {data} part of a run's name: the alias, or the last part of the path or Hub id."""
    if data in ALIASES:
        return ALIASES[data][0]
    word = Path(data.split("@")[0]).name.lower()
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in word).strip("-.") or "pictures"


def load_pictures(data: str, image_size: int = 28, channels: int = 0, seed: int = 0) -> Pictures:
    """Read a data set. `channels` 0 means as the data: 1 if every picture is grey, else 3.

    Raises GanzooError with the remedy if nothing is found or a file cannot be read.
    """
    word = data_word(data)
    if data in ALIASES:
        home = os.environ.get("GANZOO_DATA")
        places = [Path(home) / name for name in (data, word)] if home else []
        places += [DEBIAN[word]] if word in DEBIAN else []
        folder = next((place for place in places if place.is_dir()), None)
        pictures = _from_folder(folder, word, image_size, channels, seed) if folder else None
        pictures = pictures or _from_hub(ALIASES[data][1], word, image_size, channels, seed)
    elif Path(data).is_dir():
        pictures = _from_folder(Path(data), word, image_size, channels, seed)
    elif Path(data).exists():
        raise GanzooError(f"--data {data} is a file: give the folder that holds it.")
    elif _like_hub_id(data):
        pictures = _from_hub(data, word, image_size, channels, seed)
    else:
        raise GanzooError(
            f"--data {data} is neither a folder nor a Hub id nor one of {', '.join(ALIASES)}: check the path."
        )
    if not pictures.classes and pictures.train_labels is not None:
        count = 1 + max(int(pictures.train_labels.max()), int(pictures.test_labels.max()))
        named = CLASSES.get(word, ())
        pictures.classes = named if len(named) >= count else tuple(str(i) for i in range(count))
    return pictures


def _like_hub_id(data: str) -> bool:
    name = data.split("@")[0]
    return name.count("/") == 1 and not data.startswith((".", "/", "~")) and all(name.split("/")) and " " not in name


# --- a folder ---------------------------------------------------------------------------------------------------


def _from_folder(folder: Path, word: str, image_size: int, channels: int, seed: int) -> Pictures:
    idx = {path.name: path for path in folder.iterdir() if "idx" in path.name and "ubyte" in path.name}
    if idx:
        return _from_idx(folder, idx, word, image_size, channels, seed)
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    if not files:
        raise GanzooError(f"{folder} holds no pictures: expected idx files, or {' '.join(sorted(SUFFIXES))} in it.")
    parts = {name: [f for f in files if f.relative_to(folder).parts[0] == name] for name in ("train", "test")}
    split = bool(parts["train"] and parts["test"])
    roots = {name: folder / name for name in parts} if split else {"train": folder}
    groups = {name: parts[name] if split else files for name in roots}
    classes = sorted(
        {
            f.relative_to(roots[n]).parts[0]
            for n, g in groups.items()
            for f in g
            if len(f.relative_to(roots[n]).parts) > 1
        }
    )
    flat = [f for n, g in groups.items() for f in g if len(f.relative_to(roots[n]).parts) == 1]
    if classes and flat:
        raise GanzooError(
            f"{folder} mixes pictures with sub-folders of pictures ({flat[0].name} stands beside {classes[0]}/): "
            "put every picture into the folder of its class."
        )
    notes: list[str] = []
    loaded = {}
    for name, group in groups.items():
        tensor, kept = _read_files(group, image_size, channels, notes)
        channels = channels or tensor.shape[1]
        labels = torch.tensor([classes.index(f.relative_to(roots[name]).parts[0]) for f in kept]) if classes else None
        loaded[name] = (tensor, labels)
    train, train_labels = loaded["train"]
    test, test_labels = loaded.get("test", (None, None))
    return _split(word, train, train_labels, test, test_labels, tuple(classes), notes, seed)


def _read_files(files: list[Path], image_size: int, channels: int, notes: list[str]):
    """Decode files in threads. Unreadable ones are left out and named in a note; all unreadable is an error."""

    def read(path):
        try:
            picture = open_picture(path)
            mode = picture.mode
            return mode, from_pil([picture], image_size, channels or (1 if mode == "L" else 3))
        except (GanzooError, OSError, ValueError, SyntaxError):
            return None

    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        read_files = list(pool.map(read, files))
    bad = [f for f, r in zip(files, read_files, strict=True) if r is None]
    if bad:
        names = ", ".join(f.name for f in bad[:10]) + (", ..." if len(bad) > 10 else "")
        if len(bad) == len(files):
            raise GanzooError(
                f"None of the {len(files)} pictures in {files[0].parent} can be read ({names}): are they complete?"
            )
        notes.append(f"{len(bad)} of {len(files)} files cannot be read and are left out: {names}")
    good = [(f, r) for f, r in zip(files, read_files, strict=True) if r is not None]
    depth = channels or max(r[1].shape[1] for _, r in good)
    tensors = [r[1] if r[1].shape[1] == depth else r[1].expand(-1, depth, -1, -1) for _, r in good]
    return torch.cat(tensors), [f for f, _ in good]


def _from_idx(folder: Path, idx: dict, word: str, image_size: int, channels: int, seed: int) -> Pictures:
    def find(*words):
        return next((path for name, path in sorted(idx.items()) if all(w in name for w in words)), None)

    def pair(prefix):
        images, labels = find(prefix, "images"), find(prefix, "labels")
        if images is None:
            return None, None
        pictures = read_idx(images, 3)[:, None]
        answers = read_idx(labels, 1).long() if labels else None
        if answers is not None and len(answers) != len(pictures):
            raise GanzooError(
                f"{labels} has {len(answers)} labels for {len(pictures)} pictures: the files do not belong together."
            )
        return pictures, answers

    train, train_labels = pair("train")
    test, test_labels = pair("t10k")
    if test is None:
        test, test_labels = pair("test")
    if train is None:
        raise GanzooError(f"{folder} has no train-images-idx3-ubyte(.gz): found {', '.join(sorted(idx))}.")
    notes = []
    if train.shape[2:] != (image_size, image_size):
        notes.append(f"pictures of {train.shape[3]}x{train.shape[2]} pixels are resized to {image_size}x{image_size}")
    size = _resizer(image_size, channels)
    return _split(
        word, size(train), train_labels, size(test) if test is not None else None, test_labels, (), notes, seed
    )


def _resizer(image_size: int, channels: int):
    def resize(pictures: Tensor) -> Tensor:
        if tuple(pictures.shape[2:]) != (image_size, image_size):
            parts = [
                torch.nn.functional.interpolate(part.float(), (image_size, image_size), mode="bicubic", antialias=True)
                .clamp(0, 255)
                .round()
                .byte()
                for part in pictures.split(1024)
            ]
            pictures = torch.cat(parts)
        return pictures.expand(-1, 3, -1, -1).contiguous() if channels == 3 else pictures

    return resize


def read_idx(path: Path, dimensions: int) -> Tensor:
    """An idx file, gzipped or not (format: yann.lecun.com/exdb/mnist) -> a uint8 tensor. GanzooError if damaged."""
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise GanzooError(
            f"{path} cannot be unpacked ({type(error).__name__}): the file is damaged, fetch it again."
        ) from None
    head = 4 + 4 * dimensions
    if len(raw) < head or raw[:4] != bytes((0, 0, 8, dimensions)):
        raise GanzooError(f"{path} is not an idx file of bytes with {dimensions} dimension(s): is it the right file?")
    shape = struct.unpack(f">{dimensions}I", raw[4:head])
    expected = head
    size = 1
    for n in shape:
        size *= n
    expected += size
    if len(raw) != expected:
        raise GanzooError(
            f"{path} promises {size} bytes and holds {len(raw) - head}: the file is damaged, fetch it again."
        )
    return (
        torch.frombuffer(bytearray(raw[head:]), dtype=torch.uint8).view(shape)
        if size
        else torch.empty(shape, dtype=torch.uint8)
    )


def _split(word, train, train_labels, test, test_labels, classes, notes, seed) -> Pictures:
    """The data set as it is, or, without a test split, with a seeded tenth held out."""
    if len(train) < FEWEST:
        raise GanzooError(f"--data holds {len(train)} picture(s) to train on; at least {FEWEST} are needed: add more.")
    if test is None or len(test) == 0:
        order = torch.randperm(len(train), generator=seeded("cpu", seed, 0x7E57))
        held, kept = order[: max(1, len(train) // 10)], order[max(1, len(train) // 10) :]
        notes.append(f"no test split: a seeded tenth ({len(held)} pictures) is held out and never trained on")
        test, train = train[held], train[kept]
        if train_labels is not None:
            test_labels, train_labels = train_labels[held], train_labels[kept]
    if train_labels is None or test_labels is None:
        train_labels = test_labels = None
    return Pictures(word, train.contiguous(), test.contiguous(), train_labels, test_labels, classes, notes)


# --- the Hub ----------------------------------------------------------------------------------------------------


def _from_hub(data: str, word: str, image_size: int, channels: int, seed: int) -> Pictures:
    name, _, revision = data.partition("@")
    if os.environ.get("HF_HUB_OFFLINE", "").lower() not in ("1", "true", "yes", "on"):
        endpoint = os.environ.get("HF_ENDPOINT") or "https://huggingface.co"
        try:  # the client itself gives up only after 23 s of retries
            urllib.request.urlopen(urllib.request.Request(endpoint, method="HEAD"), timeout=5).close()
        except urllib.error.HTTPError:
            pass  # an answer, if an unfriendly one: the Hub is there
        except OSError:
            raise GanzooError(
                f"{name} needs the Hub, and {endpoint} cannot be reached: put the data into a folder "
                f"(--data FOLDER, or $GANZOO_DATA/{word}), or set HF_HUB_OFFLINE=1 if it is in the cache."
            ) from None
    import datasets

    datasets.disable_progress_bars()
    try:
        splits = datasets.load_dataset(name, revision=revision or None)
    except Exception as error:  # the client raises a dozen kinds, from ConnectionError to DatasetNotFoundError
        reason = str(error).strip().split("\n")[0][:200]
        raise GanzooError(
            f"The data set {data} could not be loaded from the Hub ({reason}): check the name, your token "
            "(hf auth login) and the network."
        ) from error
    first = "train" if "train" in splits else next(iter(splits))
    other = next((s for s in ("test", "validation", "valid", "val") if s in splits and s != first), None)
    column = _image_column(name, splits[first].features, datasets)
    label = _label_column(splits[first].features, datasets)
    notes = [f"{name}: image column {column!r}" + (f", label column {label!r}" if label else ", no labels")]
    train, channels = _rows(name, splits[first], column, image_size, channels)
    test, _ = _rows(name, splits[other], column, image_size, channels) if other else (None, 0)
    labels = [torch.tensor(splits[s][label][:]) if s and label else None for s in (first, other)]
    feature = splits[first].features[label] if label else None
    classes = tuple(feature.names) if isinstance(feature, datasets.ClassLabel) else ()
    if word in CLASSES and len(classes) == len(CLASSES[word]):
        classes = CLASSES[word]
    for answers in labels:
        if answers is not None and int(answers.min()) < 0:
            raise GanzooError(f"{name}: some rows have no label (-1): choose a data set with labels.")
    return _split(word, train, labels[0], test, labels[1], classes, notes, seed)


def _image_column(name, features, datasets) -> str:
    columns = [c for c, f in features.items() if isinstance(f, datasets.Image)]
    if not columns:
        raise GanzooError(
            f"{name} has no image column (its columns: {', '.join(features)}): choose a data set of pictures."
        )
    return next((c for c in ("image", "img", "picture") if c in columns), columns[0])


def _label_column(features, datasets) -> str | None:
    labels = [c for c, f in features.items() if isinstance(f, datasets.ClassLabel)]
    whole = [
        c
        for c in ("label", "labels", "fine_label", "class")
        if str(getattr(features.get(c), "dtype", "")).startswith("int")
    ]
    return next((c for c in ("label", "labels") if c in labels), (labels + whole + [None])[0])


def _rows(name: str, split, column: str, image_size: int, channels: int) -> tuple[Tensor, int]:
    """All pictures of one split; channels 0 is decided by its first 100 rows."""
    if not channels:
        channels = 1 if all(open_picture(p).mode == "L" for p in split[:100][column]) else 3
    parts = []
    try:
        for start in range(0, len(split), 1000):
            parts.append(from_pil(split[start : start + 1000][column], image_size, channels))
    except (OSError, ValueError, AttributeError) as error:
        raise GanzooError(f"{name}: a picture in rows {start} to {start + 999} cannot be read ({error}).") from None
    return torch.cat(parts) if parts else torch.empty(0, channels, image_size, image_size, dtype=torch.uint8), channels


# --- made-up data and batches -----------------------------------------------------------------------------------


def made_up_pictures(count: int = 640, image_size: int = 28, channels: int = 1, seed: int = 0) -> Pictures:
    """Digits drawn by code with a small seeded shift: for --smoke and for tests, offline."""
    generator = seeded("cpu", seed, 0xD161)
    labels = torch.arange(count) % 10
    shifts = torch.randint(-2, 3, (count, 2), generator=generator).tolist()
    font = ImageFont.load_default(size=round(0.8 * image_size))
    drawn = []
    for label, (dx, dy) in zip(labels.tolist(), shifts, strict=True):
        picture = Image.new("L", (image_size, image_size))
        middle = image_size // 2
        ImageDraw.Draw(picture).text((middle + dx, middle + dy), str(label), fill=255, font=font, anchor="mm")
        drawn.append(picture)
    pictures = from_pil(drawn, image_size, channels or 1)
    fifth = count // 5
    return Pictures(
        "smoke",
        pictures[fifth:],
        pictures[:fifth],
        labels[fifth:],
        labels[:fifth],
        CLASSES["mnist"],
        ["made-up digits, drawn by code"],
    )


class Batches:
    """batches(step) -> (real float pictures in [-1, 1], labels or None): a pure function of (seed, step).

    The whole set lies on the device as uint8 (MNIST: 47 MB); a step is one gather, with no worker and no wait.
    Each epoch is a new seeded order; a batch never crosses an epoch unless the set is smaller than one batch.
    """

    def __init__(self, pictures: Tensor, labels: Tensor | None, batch_size: int, seed: int, device):
        self.pictures = pictures.to(device)
        self.labels = labels.to(device) if labels is not None else None
        self.batch_size, self.seed, self.device = batch_size, seed, device
        self.per_epoch = max(1, len(pictures) // batch_size)
        self._epoch, self._order = -1, None

    def __call__(self, step: int) -> tuple[Tensor, Tensor | None]:
        epoch, place = divmod(step, self.per_epoch)
        if epoch != self._epoch:
            repeats = -(-self.batch_size // len(self.pictures))
            orders: Iterable[Tensor] = (
                torch.randperm(len(self.pictures), generator=seeded("cpu", self.seed, epoch, k)) for k in range(repeats)
            )
            self._epoch, self._order = epoch, torch.cat(list(orders)).to(self.device)
        rows = self._order[place * self.batch_size : (place + 1) * self.batch_size]
        return to_float(self.pictures[rows]), self.labels[rows] if self.labels is not None else None
