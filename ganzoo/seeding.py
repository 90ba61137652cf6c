"""Random numbers as functions of (seed, step): the same run, the same pictures, whatever else draws meanwhile."""

import threading
from contextlib import contextmanager
from enum import IntEnum

import torch
from torch import Tensor


class Salt(IntEnum):
    """What is drawn from a seed, as one more of its numbers, so that no two draws are alike. Another value is another run."""

    WEIGHTS = 0x1417
    NOISE = 0x2015E
    NOISE_CHANNEL = 0xF1E1D
    DROPOUT = 0xD209
    CROPS = 0xC409
    IMAGE_BUFFER = 0x9001
    HELD_OUT = 0x7E57
    DIGITS = 0xD161
    JUDGE_WEIGHTS = 0x1D6E
    AUGMENT = 0xA06
    SEGMENTER_WEIGHTS = 0x5E6


def mix(*numbers: int) -> int:
    """Whole numbers -> one well-mixed 63-bit seed (splitmix64), so that neighbouring steps share no randomness."""
    state = 0
    for number in numbers:
        state = (state ^ (number & 0xFFFFFFFFFFFFFFFF)) + 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
        state = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
        state = (state ^ state >> 27) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
        state ^= state >> 31
    return state >> 1


def seeded(device: torch.device | str, *numbers: int) -> torch.Generator:
    """A random generator on `device` whose draws depend on nothing but `numbers`."""
    return torch.Generator(device).manual_seed(mix(*numbers))


class Epochs:
    """Which rows of a set each step takes: each epoch in a new seeded order, more than once where the set is smaller than a
    batch. Of `world` processes each takes its own slice, `mine`, of one large batch, `whole` pictures of it."""

    def __init__(self, count: int, batch_size: int, seed: int, device, rank: int, world: int):
        self.count, self.batch_size, self.seed, self.device = count, batch_size, seed, torch.device(device)
        self.whole, self.mine = batch_size * world, slice(rank * batch_size, (rank + 1) * batch_size)
        self.per_epoch = max(1, count // self.whole)
        self._epoch, self._order = -1, None

    def rows(self, step: int) -> Tensor:
        """The rows of this process at `step`. A batch never crosses an epoch."""
        epoch, place = divmod(step, self.per_epoch)
        if epoch != self._epoch:
            laps = [seeded("cpu", self.seed, epoch, k) for k in range(-(-self.whole // self.count))]
            order = torch.cat([torch.randperm(self.count, generator=lap) for lap in laps])
            self._epoch, self._order = epoch, order.to(self.device)
        return self._order[place * self.whole : (place + 1) * self.whole][self.mine]


_drawing = threading.RLock()


@contextmanager
def global_seed(*numbers: int, device: torch.device | str = "cpu"):
    """While the block lasts, torch's own random state (initial weights, dropout) is a function of `numbers`; then it is as it
    was. That state belongs to the whole process, so one thread at a time has such a block; what another thread draws from it
    meanwhile without one (torch.rand, a network of its own) is missing here."""
    with _drawing, torch.random.fork_rng([device] if torch.device(device).type == "cuda" else []):
        torch.manual_seed(mix(*numbers))
        yield


def noise(count: int, size: int, seed: int, device: torch.device | str = "cpu") -> Tensor:
    """The noise of `count` pictures, standard normal (count, size). Drawn on the CPU, so that a seed means the same picture
    on every device, and one by one, so that the first pictures of a larger request stay the same."""
    return torch.stack([torch.randn(size, generator=seeded("cpu", seed, i)) for i in range(count)]).to(device)
