"""Lesson 6: the conditional GAN. The label is a filter that multiplies (slides: 條件式GAN; Mirza & Osindero 2014).

    python train/cgan.py --data mnist

What should be there for this label gets a positive factor, what should not a negative one: the generator filters its
noise, the discriminator filters the picture, position by position. Everything behind the filter is lesson 1.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from ganzoo.models import gan
from ganzoo.seeding import noise

# The game is lesson 1's: it hands the label on to both networks.
columns = gan.columns
prepare = gan.prepare
draw_batch = gan.draw_batch
train_step = gan.train_step
penalty_step = gan.penalty_step
sheet = gan.sheet
held_out = gan.held_out


@dataclass(frozen=True)
class Config(gan.Config):
    lesson: ClassVar[str] = "cgan"
    needs_labels: ClassVar[bool] = True


class Generator(gan.Generator):
    """Noise (B, 100) and labels (B,) -> pictures (B, channels, size, size) in [-1, 1]."""

    def __init__(self, labels=10, noise_size=100, **kwargs):
        super().__init__(noise_size, **kwargs)
        self.filter = nn.Embedding(labels, noise_size)

    def stages(self, noise: Tensor, label: Tensor) -> list[Tensor]:
        """[noise, filtered noise, hidden, hidden, picture]."""
        return [noise, *super().stages(noise * self.filter(label))]

    def forward(self, noise: Tensor, label: Tensor) -> Tensor:
        return self.stages(noise, label)[-1]


class Discriminator(gan.Discriminator):
    """Pictures (B, channels, size, size) in [-1, 1] and labels (B,) -> raw scores (B, 1)."""

    def __init__(self, labels=10, channels=1, image_size=28, **kwargs):
        super().__init__(channels=channels, image_size=image_size, **kwargs)
        self.filter = nn.Embedding(labels, channels * image_size * image_size)

    def stages(self, pictures: Tensor, label: Tensor) -> list[Tensor]:
        """[picture, filtered picture, hidden, hidden, score]."""
        return [pictures, *super().stages(pictures * self.filter(label).view_as(pictures))]

    def forward(self, pictures: Tensor, label: Tensor) -> Tensor:
        return self.stages(pictures, label)[-1]


def build(config: Config) -> dict[str, nn.Module]:
    size = dict(width=config.width, channels=config.channels, image_size=config.image_size, act=config.activation)
    labels = len(config.classes)
    return {
        "generator": Generator(labels, config.noise_size, norm=config.norm, **size),
        "discriminator": Discriminator(labels, **size),
    }


def preview(nets: dict, config: Config, pictures, device) -> Tensor:
    """The same 64 noise vectors every time, class by class -> (64, C, H, W) in [-1, 1]."""
    fixed = noise(gan.PREVIEW, config.noise_size, config.seed, device)
    label = torch.arange(gan.PREVIEW, device=device) * len(config.classes) // gan.PREVIEW
    return nets["generator"](fixed, label)
