"""The discriminators of one side of a CycleGAN together: a PatchGAN, a projected one, or both (--critic); and what the
two steps of every lesson share: the gradient penalty, `descend` and `frozen`.

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
    """Raw scores of the PatchGAN (B, 1, h, w) or of one scale of the projected one, and the loss that they go into."""

    role: str
    raw: Tensor
    kind: str
    weight: float


def present(nets: dict, *ways: str) -> list[str]:
    """The roles of the discriminators among `nets`, of the sides `ways` ("" and "_back")."""
    return [role + way for way in ways or ("",) for role in ROLES if role + way in nets]


def score(nets: dict, config, picture: Tensor, way: str) -> list[Scores]:
    """What the discriminators of a side ("" or "_back") say of pictures (B, C, H, W) in [-1, 1]."""
    scores = []
    patch, projected = nets.get(f"discriminator{way}"), nets.get(f"projected{way}")
    if patch is not None:  # a compiled network has no truth value
        scores.append(Scores("discriminator", patch(picture).float(), config.adversarial, 1.0))
    if projected is not None:  # always by lsgan, which is bounded (measured: hinge breaks down)
        for raw in projected(nets["features"](picture)):
            scores.append(Scores("projected", raw, "lsgan", config.projected))
    return scores


def discriminator_loss(real: list[Scores], fake: list[Scores]) -> Tensor:
    """Step 1: real is 1, made is 0."""
    return sum(r.weight * losses.discriminator_loss(r.raw, f.raw, r.kind) for r, f in zip(real, fake, strict=True))


def generator_loss(fake: list[Scores], real: list[Scores] | None = None) -> Tensor:
    """Step 2: what was made should score 1. --adversarial relativistic compares with `real`."""
    pairs = zip(fake, real or fake, strict=True)
    return sum(f.weight * losses.generator_loss(f.raw, f.kind, r.raw) for f, r in pairs)


def opinion(scores: list[Scores]) -> Tensor:
    """The mean opinion, 0 fake .. 1 real: of the PatchGAN, or where there is none, of the projected discriminator."""
    chosen = [s for s in scores if s.role == "discriminator"] or scores
    return torch.stack([losses.as_opinion(s.raw.detach(), s.kind).mean() for s in chosen]).mean()


def penalty(nets: dict, role: str, seen: Tensor) -> Tensor:
    """Mean squared gradient of a discriminator's scores at what it sees (B, C, H, W): R1 where that is real, R2 where
    made (Mescheder et al. 2018, eq. 9 and 10, without gamma / 2). Of the mean score of a picture by its pixels; of a projected
    one's scores by the features, in units of their usual size, for each place of a map."""
    if role.startswith("discriminator"):
        seen = seen.detach().requires_grad_(True)
        return losses.r1_penalty(nets[role](seen).flatten(1).mean(1), seen)
    with torch.no_grad():
        maps = [m.float().requires_grad_(True) for m in nets["features"](seen)]
    gradients = torch.autograd.grad([s.sum() for s in nets[role](maps)], maps, create_graph=True)
    return sum((size * g).square().sum(1).mean() for size, g in zip(TYPICAL, gradients, strict=True))


def penalty_step(nets: dict, optimizers, way: str, real: Tensor, make: Callable, see: Callable, config) -> None:
    """R1 of the discriminators of a side ("" or "_back") on `real` pictures, for a projected or relativistic one R2 on those
    that `make` gives, too; every `r1_every` steps with that many times the weight (Karras et al. 2020, appendix B). `see`
    gives what a discriminator sees of pictures."""
    for role in present(nets, way):
        pictures = [real]
        if role.startswith("projected") or config.adversarial == "relativistic":
            with torch.no_grad():
                pictures.append(make().float())
        optimizers[role].zero_grad()
        for picture in pictures:
            (0.5 * config.r1 * config.r1_every * penalty(nets, role, see(picture))).backward()
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
