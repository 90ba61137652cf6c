"""Digits, garments and your own pictures: from an alias, a folder or the Hub to uint8 tensors.

pictures = ganzoo.load_pictures("mnist")            # alias: $GANZOO_DATA/mnist, else the Hub
pictures = ganzoo.load_pictures("my/folder")        # idx files | one sub-folder a class | a flat folder
pictures = ganzoo.load_pictures("user/name@main")   # a data set on the Hub with any image column; "user/name:5000"
"""

from dataclasses import dataclass, field

import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from ganzoo.data import registry
from ganzoo.data.folders import check_shape, read_folder
from ganzoo.data.hub_datasets import read_hub
from ganzoo.data.paired import in_memory
from ganzoo.errors import GanzooError
from ganzoo.images import from_pil, to_float
from ganzoo.seeding import Epochs, Salt, seeded


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

    @property
    def facts(self) -> dict:
        """The settings that the data decides."""
        return {"classes": tuple(self.classes), "channels": self.channels}

    def batches(self, config, device, rank: int = 0, world: int = 1) -> "Batches":
        labels = self.train_labels if config.needs_labels else None
        return Batches(self.train, labels, config.batch_size, config.seed, device, rank, world)

    @property
    def shown(self) -> Tensor:
        """A few real pictures (N, C, H, W): what the variety of made ones is measured against."""
        return self.train[:64]

    def where(self, device: torch.device) -> str:
        n, c, h, w = self.train.shape
        return f"{n:,} training pictures of {h}x{w}x{c} {in_memory(device, self.train)}"


def load_pictures(data: str, image_size: int = 28, channels: int = 0) -> Pictures:
    """Read a data set. `channels` 0 means as the data: 1 if every picture is grey, else 3."""
    check_shape(image_size, channels)
    data = str(data)
    word, words = registry.data_word(data), registry.WORDS["labeled"]
    folder = registry.alias_folder(data) if data in words else registry.folder_of(data)
    if folder:
        found = read_folder(folder, image_size, channels)
    elif data in words or registry.like_hub_id(data):
        found = read_hub(registry.on_hub(data), image_size, channels)
    else:
        registry.refuse_other_kind(data, "labeled")
        raise GanzooError("data_not_found", data=data, known=words)
    pictures = _split(word, **found)
    if pictures.train_labels is not None:
        count = 1 + max(int(pictures.train_labels.max()), int(pictures.test_labels.max()))
        named = registry.CLASSES.get(word, ())  # short English names, the same whatever the source calls them
        pictures.classes = named if len(named) >= count else pictures.classes or tuple(map(str, range(count)))
    return pictures


def _split(word, train, train_labels, test, test_labels, classes, notes) -> Pictures:
    """The data set as it is, or, without a test split, with a tenth held out: the same one for every run and judge."""
    if len(train) < registry.FEWEST:
        raise GanzooError("too_few_pictures", count=len(train), fewest=registry.FEWEST)
    if test is None or len(test) == 0:
        held, kept = registry.held_out(len(train))
        notes.append(f"no test split: a fixed tenth ({len(held)} pictures) is held out and never trained on")
        test, train = train[held], train[kept]
        if train_labels is not None:
            test_labels, train_labels = train_labels[held], train_labels[kept]
    if train_labels is None or test_labels is None:
        train_labels = test_labels = None
    return Pictures(word, train.contiguous(), test.contiguous(), train_labels, test_labels, classes, notes)


def read_data(config) -> Pictures:
    """The pictures of a config, checked against what its lesson needs."""
    if config.smoke:
        pictures = made_up_pictures(image_size=config.image_size, channels=config.channels, seed=config.seed)
    else:
        pictures = load_pictures(config.data, config.image_size, config.channels)
    if config.needs_labels and (pictures.train_labels is None or len(pictures.classes) < 2):
        raise GanzooError("data_without_labels", lesson=config.lesson, data=config.data)
    return pictures


def made_up_pictures(count: int = 640, image_size: int = 28, channels: int = 1, seed: int = 0) -> Pictures:
    """Digits drawn by code with a small seeded shift: for --smoke and for tests, offline."""
    generator = seeded("cpu", seed, Salt.DIGITS)
    labels = torch.arange(count) % 10
    shifts = torch.randint(-2, 3, (count, 2), generator=generator).tolist()
    font = ImageFont.load_default(size=round(0.8 * image_size))
    drawn = []
    for label, (dx, dy) in zip(labels.tolist(), shifts, strict=True):
        picture = Image.new("L", (image_size, image_size))
        middle = image_size // 2
        ImageDraw.Draw(picture).text((middle + dx, middle + dy), str(label), fill=255, font=font, anchor="mm")
        drawn.append(picture)
    pictures, test = from_pil(drawn, image_size, channels or 1), count // 5
    parts = pictures[test:], pictures[:test], labels[test:], labels[:test]
    return Pictures("smoke", *parts, registry.CLASSES["mnist"], ["made-up digits, drawn by code"])


class Batches(Epochs):
    """batches(step) -> (real float pictures in [-1, 1], labels or None): a pure function of (seed, step), so that a resumed
    run sees what an uninterrupted one would have seen. The whole set lies on the device as uint8; a step is one gather."""

    def __init__(self, pictures: Tensor, labels: Tensor | None, batch_size: int, seed: int, device, rank=0, world=1):
        super().__init__(len(pictures), batch_size, seed, device, rank, world)
        self.pictures = pictures.to(device)
        self.labels = labels.to(device) if labels is not None else None

    def __call__(self, step: int) -> tuple[Tensor, Tensor | None]:
        rows = self.rows(step)
        return to_float(self.pictures[rows]), None if self.labels is None else self.labels[rows]
