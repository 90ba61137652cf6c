"""Pretrained features: what a network that knows photographs sees in a picture, at four scales.

The perceptual loss compares two pictures by these maps instead of by pixels; the projected discriminator judges by them.
`pretrained.py` reads the weights, which `train/features.py` converts.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganzoo import distributed

SMALLEST = 64  # pixels: smaller pictures are enlarged to this, so that the deepest map has more than one place
# Table 1 of EfficientNet (Tan & Le 2019), row by row: how many blocks, kernel, stride, expansion, channels.
LITE0 = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80))
LITE0 += ((3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320))
LITE2 = ((1, 3, 1, 1, 16), (3, 3, 2, 6, 24), (3, 5, 2, 6, 48), (4, 3, 2, 6, 88))  # deeper, and a tenth wider
LITE2 += ((4, 5, 1, 6, 120), (5, 5, 2, 6, 208), (1, 3, 1, 6, 352))
STAGES = {"lite0": LITE0, "lite2": LITE2}
TAPS = (1, 2, 4, 6)  # the last stage of each stride from 4 on
HEAD = 1280  # features before the classes


def map_channels(variant: str = "lite0") -> tuple[int, ...]:
    """How many channels each of the four maps has."""
    return tuple(STAGES[variant][i][-1] for i in TAPS)


class SameConv2d(nn.Conv2d):
    """A convolution padded as TensorFlow does, ceil(size / stride) places wide: the odd pixel goes right and below."""

    def forward(self, x: Tensor) -> Tensor:
        kernel, stride = self.kernel_size[0], self.stride[0]
        if stride == 1:
            return F.conv2d(x, self.weight, self.bias, 1, kernel // 2, 1, self.groups)
        down, across = (kernel - stride + -side % stride for side in x.shape[2:])
        x = F.pad(x, (across // 2, across - across // 2, down // 2, down - down // 2))
        return F.conv2d(x, self.weight, self.bias, stride, 0, 1, self.groups)


class Block(nn.Module):
    """An inverted residual (Sandler et al. 2018): widen with 1x1, filter each channel alone, narrow with 1x1."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int):
        super().__init__()
        inner = inputs * expansion
        self.expand = SameConv2d(inputs, inner, 1) if expansion > 1 else None
        self.filter = SameConv2d(inner, inner, kernel, stride, groups=inner)
        self.narrow = SameConv2d(inner, outputs, 1)
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y = x if self.expand is None else F.relu6(self.expand(x))
        y = self.narrow(F.relu6(self.filter(y)))
        return x + y if self.adds else y


class EfficientNetLite(nn.Module):
    """Pictures (B, 3 or 1, H, W) in [-1, 1] -> four maps (B, c, H / s, W / s), s = 4, 8, 16, 32. Batch norm is folded into
    the convolutions. `classes` adds the head."""

    def __init__(self, variant: str = "lite0", classes: int = 0):
        super().__init__()
        self.variant = variant
        self.stem = SameConv2d(3, 32, 3, 2)
        self.stages, inputs = nn.ModuleList(), 32
        for count, kernel, stride, expansion, outputs in STAGES[variant]:
            blocks = [Block(inputs, outputs, kernel, stride, expansion)]
            blocks += [Block(outputs, outputs, kernel, 1, expansion) for _ in range(count - 1)]
            self.stages.append(nn.Sequential(*blocks))
            inputs = outputs
        self.channels = map_channels(variant)
        self.head = SameConv2d(inputs, HEAD, 1) if classes else None
        self.classes = nn.Linear(HEAD, classes) if classes else None

    def forward(self, pictures: Tensor) -> list[Tensor]:
        x = pictures.expand(-1, 3, -1, -1)
        if min(x.shape[2:]) < SMALLEST:
            larger = [max(SMALLEST, side) for side in x.shape[2:]]
            x = F.interpolate(x, larger, mode="bilinear", align_corners=False)
        x = F.relu6(self.stem(x))
        maps = []
        for i, stage in enumerate(self.stages):
            x = stage(x)
            if i in TAPS:
                maps.append(x)
        return maps

    def pooled(self, pictures: Tensor) -> Tensor:
        """(B, 1280): the features before the classes, averaged over the picture. Only with a head."""
        return F.relu6(self.head(self(pictures)[-1])).mean((2, 3))


def perceptual_distance(made: list[Tensor], true: list[Tensor]) -> Tensor:
    """How differently pictures look, from their maps (B, c, h, w): the mean absolute difference at each stride over the
    mean absolute value of the true map, summed over strides, mean over pictures (after Johnson et al. 2016, section 3.2,
    and Wang et al. 2018, pix2pixHD, section 3.2)."""
    total = torch.zeros((), device=made[0].device)
    for m, t in zip(made, true, strict=True):
        difference = (m.float() - t.float()).abs().flatten(1).mean(1)
        total = total + (difference / t.float().abs().flatten(1).mean(1)).mean()
    return total


class Moments(nn.Module):
    """How far made pictures as a set are from true ones. Of each channel of their maps (B, c, h, w) it takes two numbers a
    picture, mean and root mean square over places, and compares how these lie over many pictures: mean and spread, by
    running averages, in units of the true spread. Huber's loss, averaged over the channels and numbers of a stride, summed
    over strides and over mean and spread (after dos Santos et al. 2019, section 3). One picture need not be like its own
    true one. 0 while the averages are too young."""

    RATE, YOUNG = 0.01, 30  # the averages look back a hundred steps; steps before they are trusted

    def __init__(self, sizes: tuple[int, ...]):
        """`sizes`: how many channels each map has (`map_channels`)."""
        super().__init__()
        self.sizes = [2 * size for size in sizes]
        for name in ("made", "true"):
            self.register_buffer(name, torch.zeros(2, sum(self.sizes)))  # of both numbers: mean, mean square
        self.register_buffer("steps", torch.zeros(()))

    def forward(self, made: list[Tensor], true: list[Tensor]) -> Tensor:
        self.steps += 1
        mean, spread = self._move(self.made, made)
        wanted, true_spread = self._move(self.true, true)
        unit = torch.maximum(true_spread, 0.05 * self.true[1].sqrt())  # some channels hardly differ between pictures
        gaps = torch.stack([mean - wanted, spread - true_spread]) / unit
        parts = gaps.split(self.sizes, 1)  # (2, 2c) for each stride
        total = sum(F.huber_loss(part, torch.zeros_like(part), reduction="sum") / part.shape[1] for part in parts)
        return total * (self.steps > self.YOUNG)

    def _move(self, kept: Tensor, maps: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Move the averages on by these pictures. Mean and spread, with the gradient that a set of such pictures has."""
        flat = [m.float().flatten(2) for m in maps]
        each = torch.cat([x for m in flat for x in (m.mean(2), (m.square().mean(2) + 1e-6).sqrt())], 1)
        moments = torch.stack([each.mean(0), each.square().mean(0)])
        now = distributed.mean(moments.detach())
        kept += (now - kept) * (1 / self.steps).clamp(min=self.RATE)
        mean, square = kept + (moments - moments.detach())
        return mean, (square - mean.square()).clamp(min=1e-8).sqrt()
