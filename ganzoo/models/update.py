"""How a training step changes weights: one gradient step for some of the networks, while others only look on (a leaf)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from torch import Tensor, nn
from torch.optim import Optimizer


def descend(loss: Tensor, optimizers: dict[str, Optimizer], roles: Iterable[str]) -> None:
    """One optimizer step of the networks `roles` down the gradient of `loss`."""
    for role in roles:
        optimizers[role].zero_grad()
    loss.backward()
    for role in roles:
        optimizers[role].step()


@contextmanager
def frozen(nets: dict[str, nn.Module], roles: Iterable[str]) -> Iterator[None]:
    """While the block lasts, gradients go through the networks `roles` and not into their weights."""
    for role in roles:
        nets[role].requires_grad_(False)
    try:
        yield
    finally:
        for role in roles:
            nets[role].requires_grad_(True)
