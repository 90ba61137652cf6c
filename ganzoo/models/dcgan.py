"""Lesson 7: DCGAN. Convolutions draw strokes where the MLP sets points (slides: DCGAN; Radford et al. 2016).

    python train/dcgan.py --data mnist [--upsample resize]

Features grow and size shrinks in the discriminator (28 -> 14 -> 7), features shrink and size grows in the generator
(7 -> 14 -> 28). Every kernel is a multiple of its stride, so that each cell is counted equally often (lesson 8).
"""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from ganzoo.models import gan
from ganzoo.models.layers import UPSAMPLES, activation, double, init_normal, norm2d
from ganzoo.settings import option

# The game is lesson 1's; only the networks differ.
columns = gan.columns
prepare = gan.prepare
draw_batch = gan.draw_batch
train_step = gan.train_step
penalty_step = gan.penalty_step
preview = gan.preview
sheet = gan.sheet
held_out = gan.held_out


@dataclass(frozen=True)
class Config(gan.Config):
    lesson: ClassVar[str] = "dcgan"
    shaping: ClassVar[tuple] = ("width", "noise_size", "norm", "upsample", "image_size")
    size_multiple: ClassVar[int] = 4  # two halvings

    width: int = option(64, "features at half size; twice as many at quarter size", 1, 1024)
    upsample: str = option("deconv", "how the generator doubles the size", choices=UPSAMPLES)


class Generator(nn.Module):
    """Noise (B, 100) -> pictures (B, channels, size, size) in [-1, 1]; size is a multiple of 4."""

    def __init__(
        self, noise_size=100, width=64, channels=1, image_size=28, act="leaky_relu", norm="batch", upsample="deconv"
    ):
        super().__init__()
        small = image_size // 4
        self.seed = nn.Sequential(
            nn.Linear(noise_size, 2 * width * small * small),
            nn.Unflatten(1, (2 * width, small, small)),
            *norm2d(norm, 2 * width),
            activation(act),
        )
        self.grow = nn.Sequential(*double(upsample, 2 * width, width), *norm2d(norm, width), activation(act))
        self.last = nn.Sequential(*double(upsample, width, channels, last=True), nn.Tanh())
        self.apply(init_normal)

    def stages(self, noise: Tensor) -> list[Tensor]:
        """[noise, features at 1/4 size, features at 1/2 size, picture]."""
        seed = self.seed(noise)
        grown = self.grow(seed)
        return [noise, seed, grown, self.last(grown)]

    def forward(self, noise: Tensor) -> Tensor:
        return self.stages(noise)[-1]


class Discriminator(nn.Module):
    """Pictures (B, channels, size, size) in [-1, 1] -> raw scores (B, 1). Stride 2 is convolution and pooling in one."""

    def __init__(self, width=64, channels=1, image_size=28, act="leaky_relu"):
        super().__init__()
        self.down1 = nn.Sequential(nn.Conv2d(channels, width, 4, stride=2, padding=1), activation(act))
        self.down2 = nn.Sequential(nn.Conv2d(width, 2 * width, 4, stride=2, padding=1), activation(act))
        # A dense layer on top sees how the strokes hang together; without it digits are well drawn and wrongly built.
        small = image_size // 4
        self.whole = nn.Sequential(nn.Flatten(), nn.Linear(2 * width * small**2, 16 * width), activation(act))
        self.last = nn.Linear(16 * width, 1)
        self.apply(init_normal)

    def stages(self, pictures: Tensor) -> list[Tensor]:
        """[picture, features at 1/2 size, features at 1/4 size, dense features, score]."""
        half = self.down1(pictures)
        quarter = self.down2(half)
        whole = self.whole(quarter)
        return [pictures, half, quarter, whole, self.last(whole)]

    def forward(self, pictures: Tensor) -> Tensor:
        return self.stages(pictures)[-1]


def build(config: Config) -> dict[str, nn.Module]:
    size = dict(width=config.width, channels=config.channels, image_size=config.image_size, act=config.activation)
    return {
        "generator": Generator(config.noise_size, norm=config.norm, upsample=config.upsample, **size),
        "discriminator": Discriminator(**size),
    }
