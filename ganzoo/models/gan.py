"""Lesson 1: a generator that turns a random vector into a picture, and a discriminator that grades it (slides: GAN).

    python train/gan.py --data mnist

The generator is the course's, layer for layer: 100 -> 256 -> 512 -> 784 with Batch Normalization, 561,168 trained
parameters. DCGAN (dcgan.py) plays the same game with other networks, the conditional GAN (cgan.py) with a label added.
"""

from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import ClassVar

import torch
from torch import Tensor, nn

from ganzoo import images
from ganzoo.lesson_settings import Settings
from ganzoo.models import discriminators
from ganzoo.models.augment import diffaugment
from ganzoo.models.discriminators import descend, frozen
from ganzoo.models.layers import ACTIVATIONS, activation, norm1d
from ganzoo.models.losses import as_opinion, discriminator_loss, generator_loss
from ganzoo.seeding import Salt, noise, seeded
from ganzoo.settings import option

PREVIEW = 64  # pictures in a sample grid, from noise that never changes


@dataclass(frozen=True)
class Config(Settings):
    lesson: ClassVar[str] = "gan"
    task: ClassVar[str] = "labeled"
    shaping: ClassVar[tuple] = ("width", "noise_size", "norm", "image_size")
    rare: ClassVar[tuple] = ("save_every", "compile", "license", "push_every")

    noise_size: int = option(100, "length of the noise vector", 1, 4096)
    width: int = option(256, "first hidden layer of the generator; the second is twice as wide", 1, 8192)
    activation: str = option("leaky_relu", "activation of both networks (lesson 16)", choices=ACTIVATIONS)
    norm: str = option("batch", "normalization in the generator (lesson 4)", choices=("batch", "none"))

    @property
    def variant(self) -> str:
        return "nobn" if self.norm == "none" else ""


class Generator(nn.Module):
    """Noise (B, 100) -> pictures (B, channels, size, size) in [-1, 1] (slides: 創作家)."""

    def __init__(self, noise_size=100, width=256, channels=1, image_size=28, act="leaky_relu", norm="batch"):
        super().__init__()
        self.shape = (channels, image_size, image_size)
        sizes = (noise_size, width, 2 * width)
        self.hidden = nn.ModuleList()
        for a, b in pairwise(sizes):
            self.hidden.append(nn.Sequential(nn.Linear(a, b), activation(act), *norm1d(norm, b)))
        self.last = nn.Linear(sizes[-1], channels * image_size * image_size)

    def stages(self, noise: Tensor) -> list[Tensor]:
        """Everything the noise passes through: [noise, hidden, hidden, picture]."""
        stages = [noise]
        for layer in self.hidden:
            stages.append(layer(stages[-1]))
        stages.append(torch.tanh(self.last(stages[-1])).view(-1, *self.shape))
        return stages

    def forward(self, noise: Tensor) -> Tensor:
        return self.stages(noise)[-1]


class Discriminator(nn.Module):
    """Pictures (B, channels, size, size) in [-1, 1] -> raw scores (B, 1), no sigmoid (slides: 鑑賞家). No Batch
    Normalization: a picture's score must not depend on its neighbours in the batch."""

    def __init__(self, width=256, channels=1, image_size=28, act="leaky_relu"):
        super().__init__()
        sizes = (channels * image_size * image_size, 2 * width, width)
        self.hidden = nn.ModuleList(nn.Sequential(nn.Linear(a, b), activation(act)) for a, b in pairwise(sizes))
        self.last = nn.Linear(width, 1)

    def stages(self, pictures: Tensor) -> list[Tensor]:
        """Everything a picture passes through: [picture, hidden, hidden, score]."""
        stages = [pictures.flatten(1)]
        for layer in self.hidden:
            stages.append(layer(stages[-1]))
        return [pictures, *stages[1:], self.last(stages[-1])]

    def forward(self, pictures: Tensor) -> Tensor:
        return self.stages(pictures)[-1]


def build(config: Config) -> dict[str, nn.Module]:
    size = dict(width=config.width, channels=config.channels, image_size=config.image_size, act=config.activation)
    return {"generator": Generator(config.noise_size, norm=config.norm, **size), "discriminator": Discriminator(**size)}


def columns(config) -> tuple[str, ...]:
    return ("loss_d", "loss_g", "score_real", "score_fake")


def prepare(nets, batches, config) -> None:
    """Nothing has to be found out before the first batch."""


def draw_batch(batches, step: int, config) -> dict[str, Tensor]:
    """What `train_step` needs at `step`: real pictures, fresh noise and, for a conditional lesson, labels."""
    real, label = batches(step)
    generator = seeded(batches.device, config.seed, step, Salt.NOISE)
    whole = torch.randn(batches.whole, config.noise_size, generator=generator, device=batches.device)
    return {"real": real, "noise": whole[batches.mine]} | ({"label": label} if label is not None else {})


def preview(nets: dict, config, pictures, device) -> Tensor:
    """The same 64 noise vectors every time -> (64, C, H, W) in [-1, 1]."""
    return nets["generator"](noise(PREVIEW, config.noise_size, config.seed, device))


def sheet(made: Tensor, pictures, scale: int = 1):
    return images.grid(made, scale=scale)


def held_out(nets: dict, config, pictures, device) -> dict[str, float]:
    """Nobody knows which picture a noise vector should become, so there is nothing to measure."""
    return {}


def seen(pictures: Tensor, config) -> Tensor:
    """What the discriminator sees of pictures, real and made alike (--diffaugment)."""
    return diffaugment(pictures) if config.diffaugment else pictures


def train_step(nets, optimizers, batch, config) -> Tensor:
    """One round of the game. `batch`: "real" (B, C, H, W) in [-1, 1] and "noise" (B, noise_size); a conditional lesson's
    batch also has "label" (B,). Returns four numbers: both losses, the mean opinion of real, of fake."""
    label = (batch["label"],) if "label" in batch else ()
    fake = nets["generator"](batch["noise"], *label)
    loss_d, on_real, on_fake = discriminator_step(nets, optimizers, batch, fake, config)
    loss_g = generator_step(nets, optimizers, batch, fake, config)
    return numbers(loss_d, loss_g, on_real, on_fake, config)


def discriminator_step(nets, optimizers, batch, fake: Tensor, config) -> tuple[Tensor, Tensor, Tensor]:
    """Step 1, train the discriminator: real pictures are 1, what the generator makes at present is 0. Returns the loss and
    the raw scores (B, 1) of real and fake, as they were before the step."""
    label = (batch["label"],) if "label" in batch else ()
    # One pass judges both halves, which is the same as two passes because it has no batch norm.
    both = seen(torch.cat([batch["real"], fake.detach().to(batch["real"].dtype)]), config)
    on_real, on_fake = nets["discriminator"](both, *(torch.cat([x, x]) for x in label)).float().chunk(2)
    loss = discriminator_loss(on_real, on_fake, config.adversarial)
    descend(loss, optimizers, ["discriminator"])
    return loss, on_real, on_fake


def generator_step(nets, optimizers, batch, fake: Tensor, config) -> Tensor:
    """Step 2, train the generator: the discriminator should say 1. It only looks; its own weights need no gradient."""
    discriminator = nets["discriminator"]
    label = (batch["label"],) if "label" in batch else ()
    with frozen(nets, ["discriminator"]):
        if config.adversarial == "relativistic":
            both = seen(torch.cat([batch["real"].to(fake.dtype), fake]), config)
            on_real, on_fake = discriminator(both, *(torch.cat([x, x]) for x in label)).float().chunk(2)
        else:
            on_real, on_fake = None, discriminator(seen(fake, config), *label).float()
        loss = generator_loss(on_fake, config.adversarial, on_real)
        descend(loss, optimizers, ["generator"])
    return loss


def numbers(loss_d, loss_g, on_real: Tensor, on_fake: Tensor, config) -> Tensor:
    opinions = [as_opinion(scores.detach(), config.adversarial).mean() for scores in (on_real, on_fake)]
    return torch.stack([loss_d.detach(), loss_g.detach(), *opinions])


def penalty_step(nets, optimizers, batch, config) -> None:
    """The gradient penalty (--r1); see discriminators.penalty_step."""
    label = (batch["label"],) if "label" in batch else ()
    make = partial(nets["generator"], batch["noise"], *label)
    judge = {"discriminator": lambda pictures: nets["discriminator"](pictures, *label)}
    discriminators.penalty_step(judge, optimizers, "", batch["real"], make, partial(seen, config=config), config)
