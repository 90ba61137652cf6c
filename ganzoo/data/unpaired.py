"""Two sets of pictures without pairs, and their batches (unpaired_sources.py finds them)."""

from dataclasses import dataclass, field
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from ganzoo.data.paired import crop, in_memory, jitter
from ganzoo.images import to_float
from ganzoo.seeding import Salt, seeded

THING = 0.15  # of a crop: where less of it is the thing, another is drawn
CROPS = 5  # drawn at most


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

    Who fills `masks` gets more: {"a", "b"}, for each picture of a side two masks of places (N, 2, h, w), where its thing is
    and where it surely is. Batches then have them, too, cut out with the picture, "inside_a" and "sure_a" (B, 1, S, S); and
    crops that have hardly anything of a thing are drawn anew."""

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
            large = pictures.shape[-1]
            crops = jitter(self, large, self.seed, step, Salt.CROPS, ord(side))
            if self.masks:
                masks = F.interpolate(self.masks[side][rows], (large, large), mode="bilinear", align_corners=False)
                for attempt in range(1, CROPS):
                    empty = crop(masks[:, 1:], *crops).mean((1, 2, 3)) < THING
                    places, mirrored, size = jitter(self, large, self.seed, step, Salt.CROPS, ord(side), attempt)
                    crops = torch.where(empty[:, None], places, crops[0]), torch.where(empty, mirrored, crops[1]), size
                batch[f"inside_{side}"], batch[f"sure_{side}"] = crop(masks, *crops).split(1, 1)
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
