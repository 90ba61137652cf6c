"""Picture pairs and their batches (paired_sources.py finds them).

What fits lies in memory; what does not is read by threads a few steps ahead. Either way a batch is a pure function of
(seed, step): its rows, its crops and its mirrorings.
"""

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import torch
from torch import Tensor

from ganzoo.errors import GanzooError
from ganzoo.images import to_float
from ganzoo.seeding import Epochs, Salt, seeded

JITTER = 286 / 256  # pictures are kept this much larger, and each step crops anew (paper, section 6.2)
MEMORY = 8 * 2**30  # bytes of training pixels that are kept in memory; more than that is streamed
TEST_MOST = 1000  # test pairs kept in memory


@dataclass
class Pairs:
    """Pairs split into train and test, turned into `direction`. `train` gives pairs at the jitter size through `take(rows)`;
    `test_input` and `test_target` are uint8 (N, C, size, size)."""

    name: str
    train: "Kept | Streamed"
    test_input: Tensor
    test_target: Tensor
    test_names: list
    direction: str
    notes: list = field(default_factory=list)

    @property
    def in_channels(self) -> int:
        return self.test_input.shape[1]

    @property
    def out_channels(self) -> int:
        return self.test_target.shape[1]

    @property
    def facts(self) -> dict:
        return {"in_channels": self.in_channels, "out_channels": self.out_channels, "direction": self.direction}

    def batches(self, config, device, rank: int = 0, world: int = 1) -> "PairBatches":
        return PairBatches(self.train, config.batch_size, config.seed, config.image_size, device, rank, world)

    def few(self, count: int = 6) -> tuple[Tensor, Tensor]:
        """`count` test pairs, evenly spread over the test set: always the same."""
        rows = torch.linspace(0, len(self.test_input) - 1, min(count, len(self.test_input))).round().long()
        return self.test_input[rows], self.test_target[rows]

    @property
    def shown(self) -> Tensor:
        return self.few()[1]

    def where(self, device: torch.device) -> str:
        return f"{len(self.train):,} training pairs, {self.direction}, {self.train.note(device)}"


class Kept:
    """Pairs in memory: uint8 (N, C, L, L) on the device."""

    def __init__(self, original: Tensor, target: Tensor):
        self.original, self.target = original, target

    def __len__(self) -> int:
        return len(self.original)

    def to(self, device) -> "Kept":
        return Kept(self.original.to(device), self.target.to(device))

    def take(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        rows = rows.to(self.original.device)
        return self.original[rows], self.target[rows]

    def note(self, device: torch.device) -> str:
        return in_memory(device, self.original, self.target)


def in_memory(device: torch.device, *pictures: Tensor) -> str:
    size = sum(part.numel() for part in pictures) / 2**20
    return f"lie on the {device.type} as uint8 ({size:,.0f} MB); no step waits for data"


class Streamed:
    """Pairs on disk: `read(i)` -> two uint8 pictures (C, L, L). Threads decode what the next steps will need."""

    def __init__(self, read: Callable[[int], tuple[Tensor, Tensor]], count: int, device="cpu"):
        self.read, self.count, self.device = read, count, device
        self.pool = ThreadPoolExecutor(min(16, os.cpu_count() or 1), thread_name_prefix="pairs")
        self.coming: dict[int, Future] = {}

    def __len__(self) -> int:
        return self.count

    def to(self, device) -> "Streamed":
        return Streamed(self.read, self.count, device)

    def expect(self, rows: Tensor) -> None:
        for row in rows.tolist():
            if row not in self.coming:
                self.coming[row] = self.pool.submit(self.read, row)

    def take(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        self.expect(rows)
        found = {row: self.coming.pop(row).result() for row in set(rows.tolist())}
        originals, targets = zip(*(found[row] for row in rows.tolist()), strict=True)
        return torch.stack(originals).to(self.device), torch.stack(targets).to(self.device)

    def note(self, device: torch.device) -> str:
        return "are read from disk while training; threads decode a few steps ahead"


class PairBatches(Epochs):
    """batches(step) -> {"input", "target"} in [-1, 1]. Every pair is cropped from the jitter size at a random place and
    mirrored half of the time, both pictures alike."""

    AHEAD = 3  # steps whose pairs a streamed set may fetch early

    def __init__(self, train: Kept | Streamed, batch_size: int, seed: int, size: int, device, rank=0, world=1):
        super().__init__(len(train), batch_size, seed, device, rank, world)
        self.train, self.size = train.to(device), size

    def __call__(self, step: int) -> dict[str, Tensor]:
        original, target = self.train.take(self.rows(step))
        if isinstance(self.train, Streamed):
            for ahead in range(1, self.AHEAD + 1):
                self.train.expect(self.rows(step + ahead))
        crops = jitter(self, original.shape[-1], self.seed, step, Salt.CROPS)
        return {"input": to_float(crop(original, *crops)), "target": to_float(crop(target, *crops))}


def jitter(batches, large: int, *numbers: int) -> tuple[Tensor, Tensor, int]:
    """How `crop` cuts a batch out of pictures of this side: top left corners (B, 2), who is mirrored (B,), and the size."""
    how = dict(generator=seeded(batches.device, *numbers), device=batches.device)
    places = torch.randint(0, large - batches.size + 1, (batches.whole, 2), **how)
    mirrored = torch.rand(batches.whole, **how) < 0.5
    return places[batches.mine], mirrored[batches.mine], batches.size


def crop(pictures: Tensor, places: Tensor, mirrored: Tensor, size: int) -> Tensor:
    """(B, C, L, L) -> (B, C, size, size): every picture from its own corner, in one gather on the device."""
    b, c, line = (torch.arange(count, device=pictures.device) for count in (*pictures.shape[:2], size))
    ys = places[:, 0, None] + line
    xs = places[:, 1, None] + torch.where(mirrored[:, None], size - 1 - line, line)
    return pictures[b[:, None, None, None], c[:, None, None], ys[:, None, :, None], xs[:, None, None, :]]


def turned(direction: str, domains: tuple[str, str]) -> tuple[str, bool]:
    """ "label->photo" and the names of sides A and B -> (the direction in full, whether B is the input)."""
    a, b = domains
    sides = [part.strip() for part in (direction or f"{a}->{b}").split("->")]
    if sides not in ([a, b], [b, a]):
        raise GanzooError("bad_pair_direction", a=a, b=b, direction=direction)
    return "->".join(sides), sides == [b, a]


def domain_names(domains: str, usual: tuple[str, str]) -> tuple[str, str]:
    """ "photo,label" -> ("photo", "label"); nothing -> what is usual for the data."""
    if not domains:
        return usual
    parts = tuple(part.strip() for part in domains.split(","))
    if len(parts) != 2 or not all(parts) or parts[0] == parts[1] or any(">" in p for p in parts):
        raise GanzooError("bad_domains", domains=domains)
    return parts
