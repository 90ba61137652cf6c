"""Two sets of pictures without pairs, and their batches (unpaired_sources.py finds them)."""

from dataclasses import dataclass, field
from functools import lru_cache, partial

import torch
from torch import Tensor

from ganzoo.data.paired import crop, in_memory, jitter
from ganzoo.images import enlarged, to_float
from ganzoo.seeding import Salt, seeded

LEAST = 0.15  # share of a crop in which the thing surely is, or another crop is drawn
TRIES = 5  # crops drawn at most


@dataclass
class Unpaired:
    """Both sides, uint8 (N, C, L, L): `train` at the size that is cropped from, `test` at the size of the networks.
    `test_names` are the test pictures' files, where they come from files."""

    name: str
    domains: tuple[str, str]
    train: dict[str, Tensor]
    test: dict[str, Tensor]
    notes: list = field(default_factory=list)
    test_names: dict[str, list[str]] = field(default_factory=dict)

    @property
    def facts(self) -> dict:
        a, b = (self.test[side].shape[1] for side in "ab")
        return {"in_channels": a, "out_channels": b, "direction": "->".join(self.domains)}

    def batches(self, config, device, rank: int = 0, world: int = 1) -> "UnpairedBatches":
        return UnpairedBatches(self.train, config.batch_size, config.seed, config.image_size, device, rank, world)

    def few(self, side: str) -> Tensor:
        """Six test pictures of a side ("a" or "b"), evenly spread: always the same."""
        pictures = self.test[side]
        return pictures[torch.linspace(0, len(pictures) - 1, min(6, len(pictures))).round().long()]

    @property
    def shown(self) -> Tensor:
        return self.few("b")

    def where(self, device: torch.device) -> str:
        counts = " and ".join(f"{len(self.train[s]):,} {d}" for s, d in zip("ab", self.domains, strict=True))
        return f"{counts} pictures, no pairs, {in_memory(device, *self.train.values())}"


class UnpairedBatches:
    """batches(step) -> {"a", "b"} in [-1, 1], a function of (seed, step). Each side has its own order, crops and mirrorings;
    the smaller side starts again earlier. Of `world` processes each takes its own slice of one large batch.

    If `masks` is set, {"a": (N, 2, h, w), "b": ...}, each picture has two coarse masks: where its thing may be changed, and
    where it surely is. Batches then hold them, too, cropped and mirrored like the pictures: "mask_a", "sure_a" (B, 1, S, S)."""

    def __init__(self, train: dict[str, Tensor], batch_size: int, seed: int, size: int, device, rank=0, world=1):
        self.train = {side: pictures.to(device) for side, pictures in train.items()}
        self.batch_size, self.seed, self.size, self.device = batch_size, seed, size, torch.device(device)
        self.whole, self.mine = batch_size * world, slice(rank * batch_size, (rank + 1) * batch_size)
        self.per_epoch = max(1, max(len(p) for p in train.values()) // self.whole)
        self.masks: dict[str, Tensor] = {}
        self.order = lru_cache(maxsize=4)(self._order)  # this lap and the next of both sides

    def rows(self, side: str, step: int) -> Tensor:
        """Which pictures of a side the whole batch of this step holds: a walk through one seeded order after another."""
        count, first = len(self.train[side]), step * self.whole
        return torch.stack([self.order(side, i // count)[i % count] for i in range(first, first + self.whole)])

    def _order(self, side: str, lap: int) -> Tensor:
        return torch.randperm(len(self.train[side]), generator=seeded("cpu", self.seed, lap, ord(side)))

    def __call__(self, step: int) -> dict[str, Tensor]:
        batch = {}
        for side, pictures in self.train.items():
            rows = self.rows(side, step)[self.mine].to(self.device)
            draw = partial(jitter, self, pictures.shape[-1], self.seed, step, Salt.CROPS, ord(side))
            crops = draw()
            if self.masks:
                masks = enlarged(self.masks[side][rows], pictures.shape[2:])
                for attempt in range(1, TRIES):
                    empty = crop(masks[:, 1:], *crops).mean((1, 2, 3)) < LEAST
                    corners, mirrored, size = draw(attempt)
                    crops = torch.where(empty[:, None], corners, crops[0]), torch.where(empty, mirrored, crops[1]), size
                batch[f"mask_{side}"], batch[f"sure_{side}"] = crop(masks, *crops).split(1, 1)
            batch[side] = to_float(crop(pictures[rows], *crops))
        return batch

    def pool_places(self, step: int, size: int) -> dict[str, Tensor]:
        """Where a pool of `size` keeps and takes: it fills first; then half of the time new goes in, old comes out."""
        size = max(1, size)
        generator = seeded("cpu", self.seed, step, Salt.IMAGE_BUFFER)
        first = step * self.batch_size
        filling = torch.arange(first, first + self.batch_size) < size
        laps = -(-self.batch_size // size)
        drawn = torch.cat([torch.randperm(size, generator=generator) for _ in range(laps)])[: self.batch_size]
        place = torch.where(filling, torch.arange(first, first + self.batch_size) % size, drawn)
        swap = (torch.rand(self.batch_size, generator=generator) < 0.5) & ~filling
        found = {"place": place, "take": swap, "put": swap | filling}
        return {name: tensor.to(self.device) for name, tensor in found.items()}
