"""Losses as pure functions of tensors.

Every adversarial loss comes in the course's two steps: `discriminator_loss` teaches the discriminator that real pictures
score 1 and fakes 0; `generator_loss` teaches the generator to get its fakes scored 1.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from ganzoo.lesson_settings import ADVERSARIAL


def discriminator_loss(real: Tensor, fake: Tensor, kind: str = "bce") -> Tensor:
    """Step 1, on raw scores of any shape. bce: Goodfellow et al. 2014, eq. 1, on logits; lsgan: Mao et al. 2017, eq. 9 with
    a=0, b=1; hinge: Miyato et al. 2018, eq. 16; relativistic: Huang et al. 2024 (R3GAN), eq. 2: each real picture should score
    above the fake beside it (train it with --r1, which then holds for fakes, too). bce and lsgan are halved sums, so that
    their size compares with `generator_loss`."""
    if kind == "bce":  # -log D(x) and -log(1 - D(G(z))), written with softplus so that no probability underflows
        return 0.5 * (F.softplus(-real).mean() + F.softplus(fake).mean())
    if kind == "lsgan":
        return 0.5 * ((real - 1).square().mean() + fake.square().mean())
    if kind == "hinge":
        return F.relu(1 - real).mean() + F.relu(1 + fake).mean()
    if kind == "relativistic":
        return F.softplus(fake - real).mean()
    raise ValueError(f"adversarial loss must be one of {ADVERSARIAL}, not {kind!r}")


def generator_loss(fake: Tensor, kind: str = "bce", real: Tensor | None = None) -> Tensor:
    """Step 2: fakes should be taken for real. bce is the non-saturating form, -log D(G(z)) (Goodfellow et al. 2014, section
    3). relativistic alone needs the scores of real pictures, too: the fakes should score above them."""
    if kind == "bce":
        return F.softplus(-fake).mean()
    if kind == "lsgan":
        return (fake - 1).square().mean()
    if kind == "hinge":
        return -fake.mean()
    if kind == "relativistic":
        return F.softplus(real - fake).mean()
    raise ValueError(f"adversarial loss must be one of {ADVERSARIAL}, not {kind!r}")


def as_opinion(scores: Tensor, kind: str = "bce") -> Tensor:
    """Raw scores -> the discriminator's opinion in 0 (fake) .. 1 (real), so that all losses read alike on a page."""
    if kind in ("bce", "relativistic"):  # relativistic scores mean little alone, only beside others
        return torch.sigmoid(scores)
    if kind == "lsgan":
        return scores.clamp(0, 1)
    return ((scores + 1) / 2).clamp(0, 1)  # hinge: the margins -1 and 1


def r1_penalty(scores: Tensor, pictures: Tensor) -> Tensor:
    """Mean squared gradient of the scores at real pictures (Mescheder et al. 2018, eq. 9, without gamma / 2). `pictures` must
    require grad and `scores` be computed from it; the penalty itself can be differentiated."""
    (gradient,) = torch.autograd.grad(scores.sum(), pictures, create_graph=True)
    return gradient.square().flatten(1).sum(1).mean()


def pixel_loss(fake: Tensor, truth: Tensor, kind: str = "mae") -> Tensor:
    """The old losses, pixel by pixel (lesson 10): mae, the mean absolute error, or mse, the mean squared one. Where
    many answers are true, the best single one is their median under mae and their mean under mse: both blur."""
    if kind == "mae":
        return (fake - truth).abs().mean()
    if kind == "mse":
        return (fake - truth).square().mean()
    raise ValueError(f"pixel loss must be mae or mse, not {kind!r}")
