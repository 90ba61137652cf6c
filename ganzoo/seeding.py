"""Random numbers as functions of (seed, step): the same run, the same pictures, whatever else draws meanwhile (a leaf)."""

import threading
from contextlib import contextmanager

import torch
from torch import Tensor


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


def epoch_order(count: int, batch_size: int, seed: int, epoch: int) -> Tensor:
    """The rows of a set in the order of an epoch; more than once where the set is smaller than a batch."""
    repeats = -(-batch_size // count)
    return torch.cat([torch.randperm(count, generator=seeded("cpu", seed, epoch, k)) for k in range(repeats)])


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
    """`count` inspirations, standard normal (count, size). Drawn on the CPU, so that a seed means the same picture
    on every device, and one by one, so that the first pictures of a larger request stay the same."""
    return torch.stack([torch.randn(size, generator=seeded("cpu", seed, i)) for i in range(count)]).to(device)
