"""The critics of one side, asked together: a PatchGAN, a projected critic, or both (--critic).

A step asks them for real pictures and for made ones; the losses below add up what each says, and `descend` goes down them.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from ganzoo.models.losses import as_opinion, creator_loss, critic_loss, r1_penalty
from ganzoo.models.projected import TYPICAL

CRITICS = ("patch", "projected", "both")
ROLES = ("discriminator", "projected")  # names of the networks; a CycleGAN's other side adds "_back"


class Scores(NamedTuple):
    """Raw scores for a batch: of the PatchGAN (B, 1, h, w), or None, and of the projected critic's four scales, or none."""

    patch: Tensor | None
    projected: list[Tensor]


def present(nets: dict, *ways: str) -> list[str]:
    """The roles of the critics among `nets`, of the sides `ways` ("" and "_back")."""
    return [role + way for way in ways or ("",) for role in ROLES if role + way in nets]


def ask(nets: dict, picture: Tensor, original: Tensor | None = None, way: str = "") -> Scores:
    """What the critics of a side say of pictures (B, C, H, W) in [-1, 1], beside their originals if they judge by them."""
    patch, projected = nets.get(f"discriminator{way}"), nets.get(f"projected{way}")
    seen = picture if original is None else torch.cat([original, picture], 1)
    return Scores(
        None if patch is None else patch(seen).float(),
        [] if projected is None else projected(nets["features"](picture), original),
    )


def critics_loss(real: Scores, fake: Scores, config) -> Tensor:
    """Step 1: real is 1, made is 0. The projected critic always learns by lsgan, which is bounded (measured: hinge tears)."""
    losses = [] if fake.patch is None else [critic_loss(real.patch, fake.patch, config.adversarial)]
    for on_real, on_fake in zip(real.projected, fake.projected, strict=True):
        losses.append(config.projected * critic_loss(on_real, on_fake, "lsgan"))
    return sum(losses)


def creators_loss(fake: Scores, config, real: Scores | None = None) -> Tensor:
    """Step 2: the critics should say 1 of what was made. --adversarial relativistic compares with `real`."""
    losses = []
    if fake.patch is not None:
        losses.append(creator_loss(fake.patch, config.adversarial, real.patch if real else None))
    return sum(losses + [config.projected * creator_loss(scores, "lsgan") for scores in fake.projected])


def opinion(scores: Scores, config) -> Tensor:
    """The mean opinion, 0 fake .. 1 real: of the PatchGAN, or where there is none, of the projected critic."""
    if scores.patch is not None:
        return as_opinion(scores.patch.detach(), config.adversarial).mean()
    return torch.stack([as_opinion(x.detach(), "lsgan").mean() for x in scores.projected]).mean()


def penalty(nets: dict, role: str, picture: Tensor, original: Tensor | None = None) -> Tensor:
    """Mean squared gradient of a critic's scores at pictures (B, C, H, W): R1 where they are real, R2 where they are made
    (Mescheder et al. 2018, eq. 9 and 10, without gamma / 2). Of a PatchGAN's mean score by the pixels; of a projected
    critic's scores by the features, in units of their usual size, for each place of a map."""
    if role.startswith("discriminator"):
        shown = (picture if original is None else torch.cat([original, picture], 1)).detach().requires_grad_(True)
        return r1_penalty(nets[role](shown).mean((2, 3)), shown)
    with torch.no_grad():
        maps = [m.float().requires_grad_(True) for m in nets["features"](picture)]
    gradients = torch.autograd.grad([s.sum() for s in nets[role](maps, original)], maps, create_graph=True)
    return sum((size * g).square().sum(1).mean() for size, g in zip(TYPICAL, gradients, strict=True))


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
