"""A critic of a whole data set: is a picture real, or did a generator make it?

It looks with eyes that are done learning, as a projected GAN's critic does (Sauer et al. 2021): those of the set's judge
(classifier.py). What the eyes see of real pictures and of made ones is described by Gaussians, and the score is which of
the two explains a picture better: a quadratic discriminant. Far from both, the wider one wins, that of what generators
make, so what nobody has seen counts as made (Lee et al. 2018 find strange pictures in this way).
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from ganzoo.lesson_settings import JudgeSettings
from ganzoo.models.classifier import Classifier
from ganzoo.settings import option

MAPS = 32  # of the judge's first block: their mean and spread are seen
SEEN = Classifier.FEATURES + 2 * MAPS


@dataclass(frozen=True)
class Config(JudgeSettings):
    lesson: ClassVar[str] = "realness"
    task: ClassVar[str] = "labeled"
    needs_labels: ClassVar[bool] = True
    size_multiple: ClassVar[int] = 4

    data: str = option(
        "mnist", "mnist | fashion: its judge and generators come with ganzoo", choices=("mnist", "fashion")
    )
    count: int = option(4800, "pictures of each side, real and made, that it learns from", 50, 1_000_000)
    smooth: float = option(0.1, "share of the mean variance added to each: what was seldom seen is no proof", 1e-4, 1.0)
    image_size: int = option(28, "side of the square pictures in pixels", flag=False)
    channels: int = option(1, "1 grey", flag=False, choices=(1,))


class Critic(nn.Module):
    """What the judge sees of pictures (B, SEEN) -> log odds (B,) that they are real. `learn` fits it, in closed form."""

    def __init__(self, classes: int):
        super().__init__()
        for name, shape in (
            *(("scale", (SEEN,)), ("real", (classes, SEEN)), ("made", (1, SEEN))),
            *(("real_root", (SEEN, SEEN)), ("made_root", (SEEN, SEEN))),  # roots of the inverse covariances
        ):
            self.register_buffer(name, torch.zeros(shape))

    @torch.no_grad()
    def learn(self, real: Tensor, labels: Tensor, made: Tensor, smooth: float) -> None:
        """`real` and `made` (N, SEEN), `labels` (N,) of the real ones."""
        self.scale.copy_(real.std(0).clamp(min=1e-4))
        real, made = real / self.scale, made / self.scale
        self.real.copy_(torch.stack([real[labels == k].mean(0) for k in range(len(self.real))]))
        self.made.copy_(made.mean(0, keepdim=True))
        self.real_root.copy_(_root(real - self.real[labels], smooth))
        self.made_root.copy_(_root(made - self.made, smooth))

    def distances(self, seen: Tensor, side: str) -> Tensor:
        """Twice the negative log likelihood under each Gaussian of a side ("real", "made"), without what both share."""
        root = getattr(self, f"{side}_root")
        away = (seen / self.scale)[:, None] - getattr(self, side)
        return (away @ root).square().sum(2) - 2 * root.diagonal().log().sum()

    def forward(self, seen: Tensor) -> Tensor:
        return (self.distances(seen, "made").amin(1) - self.distances(seen, "real").amin(1)) / 2


def _root(away: Tensor, smooth: float) -> Tensor:
    """Deviations (N, D) -> the triangular R (D, D) with R R' the inverse of their smoothed covariance."""
    covariance = away.T @ away / len(away)
    covariance += smooth * covariance.diagonal().mean() * torch.eye(len(covariance))
    return torch.linalg.inv(torch.linalg.cholesky(covariance)).T


@torch.no_grad()
def see(judge: Classifier, pictures: Tensor) -> Tensor:
    """Pictures (B, 1, 28, 28) in [-1, 1] -> (B, SEEN): the judge's features, and the mean and spread of its first maps."""
    first = next(i for i, layer in enumerate(judge.body) if isinstance(layer, nn.MaxPool2d)) + 1
    maps = judge.body[:first](pictures)
    return torch.cat([judge.body[first:](maps), maps.mean((2, 3)), maps.std((2, 3))], 1)


def build(config: Config) -> dict[str, nn.Module]:
    return {"generator": Critic(len(config.classes))}
