"""Two sets of pictures without pairs: from folders or the Hub to batches. One loader finds out which.

    sets = ganzoo.load_unpaired("horse2zebra")        # alias: $GANZOO_DATA/horse2zebra, else the Hub
    sets = ganzoo.load_unpaired("my/folder")          # trainA/ trainB/ testA/ testB/ | A/ B/ | train/A ...
    sets = ganzoo.load_unpaired("horses,zebras")      # any two folders, or two data sets on the Hub

The sides may differ in size. A batch is a pure function of (seed, step).
"""

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import torch
from PIL import Image, ImageOps
from torch import Tensor

from ganzoo import drawings, hubdata
from ganzoo.data import FEWEST, HELD_OUT, _like_hub_id, data_word
from ganzoo.errors import GanzooError
from ganzoo.folders import check_size
from ganzoo.images import open_picture, to_float
from ganzoo.layers import seeded
from ganzoo.pairs import JITTER, crop, domain_names
from ganzoo.pairsources import COLUMNS, SPLITS, _files

UNPAIRED_ALIASES = {"horse2zebra": ("huggan/horse2zebra", ("horse", "zebra"))}  # alias: (Hub id, names of A and B)

Reader = Callable[[], Image.Image]


@dataclass
class Unpaired:
    """Both sides, uint8 (N, C, L, L): `train` at the size that is cropped from, `test` at the size of the networks."""

    name: str
    domains: tuple[str, str]
    train: dict[str, Tensor]
    test: dict[str, Tensor]
    notes: list = field(default_factory=list)

    def fill(self, config) -> None:
        """Write into a config what only the data knows."""
        config.in_channels, config.out_channels = (self.test[side].shape[1] for side in "ab")
        config.direction = "->".join(self.domains)

    def batches(self, config, device, rank: int = 0, world: int = 1) -> "UnpairedBatches":
        return UnpairedBatches(self.train, config.batch_size, config.seed, config.image_size, device, rank, world)

    def few(self, side: str, count: int = 6) -> Tensor:
        """`count` test pictures of a side ("a" or "b"), evenly spread: always the same."""
        pictures = self.test[side]
        return pictures[torch.linspace(0, len(pictures) - 1, min(count, len(pictures))).round().long()]

    @property
    def shown(self) -> Tensor:
        return self.few("b")

    def where(self, device: torch.device) -> str:
        size = sum(x.numel() for x in self.train.values()) / 2**20
        counts = " and ".join(f"{len(self.train[s]):,} {d}" for s, d in zip("ab", self.domains, strict=True))
        return (
            f"{counts} pictures, no pairs, lie on the {device.type} as uint8 ({size:,.0f} MB); no step waits for data"
        )


class UnpairedBatches:
    """batches(step) -> {"a", "b"} in [-1, 1]. Each side has its own order, crops and mirrorings; the smaller side starts
    again earlier. Of `world` processes each takes its own slice of one large batch."""

    def __init__(self, train: dict[str, Tensor], batch_size: int, seed: int, size: int, device, rank=0, world=1):
        self.train = {side: pictures.to(device) for side, pictures in train.items()}
        self.batch_size, self.seed, self.size, self.device = batch_size, seed, size, torch.device(device)
        self.whole, self.mine = batch_size * world, slice(rank * batch_size, (rank + 1) * batch_size)
        self.per_epoch = max(1, max(len(p) for p in train.values()) // self.whole)
        self._orders: dict[tuple, Tensor] = {}

    def rows(self, side: str, step: int) -> Tensor:
        """Which pictures of a side the whole batch of this step holds: a walk through one seeded order after another."""
        count, first = len(self.train[side]), step * self.whole
        return torch.cat([self._order(side, i // count)[i % count][None] for i in range(first, first + self.whole)])

    def _order(self, side: str, lap: int) -> Tensor:
        if (side, lap) not in self._orders:
            self._orders = {k: v for k, v in self._orders.items() if k[0] != side or k[1] == lap - 1}
            generator = seeded("cpu", self.seed, lap, ord(side))
            self._orders[side, lap] = torch.randperm(len(self.train[side]), generator=generator)
        return self._orders[side, lap]

    def __call__(self, step: int) -> dict[str, Tensor]:
        batch = {}
        for side, pictures in self.train.items():
            generator = seeded(self.device, self.seed, step, 0xC409, ord(side))
            room = pictures.shape[-1] - self.size + 1
            places = torch.randint(0, room, (self.whole, 2), generator=generator, device=self.device)
            mirrored = torch.rand(self.whole, generator=generator, device=self.device) < 0.5
            rows = self.rows(side, step)[self.mine].to(self.device)
            batch[side] = to_float(crop(pictures[rows], places[self.mine], mirrored[self.mine], self.size))
        return batch

    def pool_places(self, step: int, size: int) -> dict[str, Tensor]:
        """Where an image pool of `size` keeps and takes at this step: it fills first; then half of the time new goes in
        and old comes out."""
        size = max(1, size)
        generator = seeded("cpu", self.seed, step, 0x9001)
        first = step * self.batch_size
        filling = torch.arange(first, first + self.batch_size) < size
        laps = -(-self.batch_size // size)
        drawn = torch.cat([torch.randperm(size, generator=generator) for _ in range(laps)])[: self.batch_size]
        place = torch.where(filling, torch.arange(first, first + self.batch_size) % size, drawn)
        swap = (torch.rand(self.batch_size, generator=generator) < 0.5) & ~filling
        found = {"place": place, "take": swap, "put": swap | filling}
        return {name: tensor.to(self.device) for name, tensor in found.items()}


# --- where they lie ---------------------------------------------------------------------------------------------


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
