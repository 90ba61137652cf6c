"""A discriminator of a whole data set: is a picture real, or did a generator make it?

It uses frozen features: those of the set's classifier. Gaussians describe the features of real and of made pictures, and the
score is which of the two explains a picture better: a quadratic discriminant. Far from both, the wider one wins, that of
what generators make, so an unusual picture counts as made (as in Lee et al. 2018).
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from ganzoo.lesson_settings import JudgeSettings
from ganzoo.models.classifier import Classifier
from ganzoo.settings import option

MAPS = 32  # of the classifier's first block, whose means and deviations are features, too
FEATURES = Classifier.FEATURES + 2 * MAPS


@dataclass(frozen=True)
class Config(JudgeSettings):
    lesson: ClassVar[str] = "realness"
    task: ClassVar[str] = "labeled"
    needs_labels: ClassVar[bool] = True
    size_multiple: ClassVar[int] = 4

    data: str = option("mnist", "its judge and generators come with ganzoo", choices=("mnist", "fashion"))
    count: int = option(4800, "pictures of each side, real and made, that it learns from", 50, 1_000_000)
    smooth: float = option(0.1, "share of the mean variance added to each: what was seldom seen is no proof", 1e-4, 1.0)
    image_size: int = option(28, "side of the square pictures in pixels", flag=False)
    channels: int = option(1, "1 grey", flag=False, choices=(1,))


class Discriminant(nn.Module):
    """The features of pictures (B, FEATURES) -> log odds (B,) that they are real. `learn` fits it, in closed form."""

    def __init__(self, classes: int):
        super().__init__()
        self.register_buffer("scale", torch.zeros(FEATURES))
        self.register_buffer("real", torch.zeros(classes, FEATURES))
        self.register_buffer("made", torch.zeros(1, FEATURES))
        self.register_buffer("real_root", torch.zeros(FEATURES, FEATURES))  # a root of the inverse covariance
        self.register_buffer("made_root", torch.zeros(FEATURES, FEATURES))

    @torch.no_grad()
    def learn(self, real: Tensor, labels: Tensor, made: Tensor, smooth: float) -> None:
        """`real` and `made` (N, FEATURES), `labels` (N,) of the real ones."""
        self.scale.copy_(real.std(0).clamp(min=1e-4))
        real, made = real / self.scale, made / self.scale
        self.real.copy_(torch.stack([real[labels == k].mean(0) for k in range(len(self.real))]))
        self.made.copy_(made.mean(0, keepdim=True))
        self.real_root.copy_(_root(real - self.real[labels], smooth))
        self.made_root.copy_(_root(made - self.made, smooth))

    def forward(self, features: Tensor) -> Tensor:
        x = (features / self.scale)[:, None]
        return (_distance(x - self.made, self.made_root) - _distance(x - self.real, self.real_root)) / 2


def _distance(away: Tensor, root: Tensor) -> Tensor:
    """Deviations (B, means, D) -> twice the negative log likelihood (B,) under the nearest mean, without constants."""
    return ((away @ root).square().sum(2) - 2 * root.diagonal().log().sum()).amin(1)


def _root(away: Tensor, smooth: float) -> Tensor:
    """Deviations (N, D) -> the triangular R (D, D) with R R' the inverse of their smoothed covariance."""
    covariance = away.T @ away / len(away)
    covariance += smooth * covariance.diagonal().mean() * torch.eye(len(covariance))
    return torch.linalg.inv(torch.linalg.cholesky(covariance)).T


@torch.no_grad()
def extract(judge: Classifier, pictures: Tensor) -> Tensor:
    """Pictures (B, 1, 28, 28) in [-1, 1] -> (B, FEATURES): the judge's own, and mean and deviation of its first maps."""
    first = next(i for i, layer in enumerate(judge.body) if isinstance(layer, nn.MaxPool2d)) + 1
    maps = judge.body[:first](pictures)
    return torch.cat([judge.body[first:](maps), maps.mean((2, 3)), maps.std((2, 3))], 1)


def build(config: Config) -> dict[str, nn.Module]:
    return {"generator": Discriminant(len(config.classes))}
