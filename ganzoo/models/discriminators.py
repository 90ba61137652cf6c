"""The discriminators of one side together: a PatchGAN, a projected one, or both (--critic).

A step scores real and made pictures; the losses below add up over what all discriminators say, and `descend` goes down them.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from ganzoo.models import losses
from ganzoo.models.projected import TYPICAL

CRITICS = ("patch", "projected", "both")
ROLES = ("discriminator", "projected")  # names of the networks; a CycleGAN's other side adds "_back"


class Scores(NamedTuple):
    """Raw scores of a batch: the PatchGAN's (B, 1, h, w) or None, and those of the projected one's four scales or none."""

    patch: Tensor | None
    projected: list[Tensor]


def present(nets: dict, *ways: str) -> list[str]:
    """The roles of the discriminators among `nets`, of the sides `ways` ("" and "_back")."""
    return [role + way for way in ways or ("",) for role in ROLES if role + way in nets]


def score(nets: dict, picture: Tensor, original: Tensor | None = None, way: str = "") -> Scores:
    """Pictures (B, C, H, W) in [-1, 1], beside their originals for discriminators that judge by them -> their scores."""
    patch, projected = nets.get(f"discriminator{way}"), nets.get(f"projected{way}")
    seen = picture if original is None else torch.cat([original, picture], 1)
    return Scores(
        None if patch is None else patch(seen).float(),
        [] if projected is None else projected(nets["features"](picture), original),
    )


def discriminator_loss(real: Scores, fake: Scores, config) -> Tensor:
    """Step 1: real is 1, made is 0. The projected one always learns by lsgan, which is bounded (measured: hinge tears)."""
    total = []
    if fake.patch is not None:
        total.append(losses.discriminator_loss(real.patch, fake.patch, config.adversarial))
    for on_real, on_fake in zip(real.projected, fake.projected, strict=True):
        total.append(config.projected * losses.discriminator_loss(on_real, on_fake, "lsgan"))
    return sum(total)


def generator_loss(fake: Scores, config, real: Scores | None = None) -> Tensor:
    """Step 2: what was made should score 1. --adversarial relativistic compares with `real`."""
    total = []
    if fake.patch is not None:
        total.append(losses.generator_loss(fake.patch, config.adversarial, real.patch if real else None))
    for on_fake in fake.projected:
        total.append(config.projected * losses.generator_loss(on_fake, "lsgan"))
    return sum(total)


def opinion(scores: Scores, config) -> Tensor:
    """The mean opinion, 0 fake .. 1 real: of the PatchGAN, or where there is none, of the projected discriminator."""
    if scores.patch is not None:
        return losses.as_opinion(scores.patch.detach(), config.adversarial).mean()
    return torch.stack([losses.as_opinion(x.detach(), "lsgan").mean() for x in scores.projected]).mean()


def penalty(nets: dict, role: str, picture: Tensor, original: Tensor | None = None) -> Tensor:
    """Mean squared gradient of a discriminator's scores at pictures (B, C, H, W): R1 where they are real, R2 where they are
    made (Mescheder et al. 2018, eq. 9 and 10, without gamma / 2). Of a PatchGAN's mean score by the pixels; of a projected
    one's scores by the features, in units of their usual size, for each place of a map."""
    if role.startswith("discriminator"):
        shown = (picture if original is None else torch.cat([original, picture], 1)).detach().requires_grad_(True)
        return losses.r1_penalty(nets[role](shown).mean((2, 3)), shown)
    with torch.no_grad():
        maps = [m.float().requires_grad_(True) for m in nets["features"](picture)]
    gradients = torch.autograd.grad([s.sum() for s in nets[role](maps, original)], maps, create_graph=True)
    return sum((size * g).square().sum(1).mean() for size, g in zip(TYPICAL, gradients, strict=True))


def penalty_step(optimizers, roles: Iterable[str], real: Tensor, make: Callable, penalty_of: Callable, config) -> None:
    """R1 on `real` pictures, for a projected or relativistic discriminator R2 on those that `make` gives, too; every
    `r1_every` steps with that many times the weight (Karras et al. 2020, appendix B). `penalty_of` takes a role and pictures."""
    for role in roles:
        pictures = [real]
        if role.startswith("projected") or config.adversarial == "relativistic":
            with torch.no_grad():
                pictures.append(make().float())
        optimizers[role].zero_grad()
        for picture in pictures:
            (0.5 * config.r1 * config.r1_every * penalty_of(role, picture)).backward()
        optimizers[role].step()


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
