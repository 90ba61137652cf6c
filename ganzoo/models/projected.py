"""A discriminator of pretrained features (Projected GANs, Sauer et al. 2021): it knows edges, coats and windows from the
first step, where a PatchGAN must learn them from the pictures at hand.

The features are mixed across channels and across scales by fixed random convolutions, so that no head can look at a single
channel alone (section 3.2); small heads with spectral norm grade each scale. Features and mixing are never trained.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from ganzoo.seeding import seeded

FEATURES = (24, 40, 112, 320)  # channels of the maps of EfficientNet-Lite0
# Root mean square of these maps on photographs (120 facades; 60 horses and 60 zebras): divided by it, they weigh alike.
TYPICAL = (8.9, 7.8, 6.4, 2.65)
MIXED = (64, 64, 128, 128)  # channels of the maps that the heads see
HALVINGS = (2, 1, 1, 0)  # of each head, so that coarse and fine scores are about equally many
WIDTH = 64  # features of the heads
SEED = 7  # of the mixing: the same in every model


class ProjectedDiscriminator(nn.Module):
    """Four feature maps (B, c, h, w) -> four maps of raw scores (B, 1, h', w')."""

    def __init__(self):
        super().__init__()
        generator = seeded("cpu", SEED)

        def fixed(outputs: int, inputs: int, kernel: int) -> Tensor:
            scale = (inputs * kernel * kernel) ** -0.5  # keeps the size of what goes through
            return torch.randn(outputs, inputs, kernel, kernel, generator=generator, device="cpu") * scale

        for i, (inputs, outputs) in enumerate(zip(FEATURES, MIXED, strict=True)):
            self.register_buffer(f"across_{i}", fixed(outputs, inputs, 1))
        for i in range(len(MIXED) - 1):
            self.register_buffer(f"down_{i}", fixed(MIXED[i], MIXED[i + 1], 3))
        self.heads = nn.ModuleList(_head(c, halvings) for c, halvings in zip(MIXED, HALVINGS, strict=True))

    def mix(self, maps: list[Tensor]) -> list[Tensor]:
        """The maps of each scale, mixed across channels and, from the coarsest down, with those above (section 3.2)."""
        mixed = []
        for i, (m, size) in enumerate(zip(maps, TYPICAL, strict=True)):
            mixed.append(F.conv2d(m / size, getattr(self, f"across_{i}")))
        for i in reversed(range(len(mixed) - 1)):
            above = F.conv2d(mixed[i + 1], getattr(self, f"down_{i}"), padding=1)
            above = F.interpolate(above, size=mixed[i].shape[2:], mode="bilinear", align_corners=False)
            mixed[i] = (mixed[i] + above) * 0.5**0.5
        return mixed

    def forward(self, maps: list[Tensor]) -> list[Tensor]:
        return [head(m).float() for head, m in zip(self.heads, self.mix(maps), strict=True)]


def _head(inputs: int, halvings: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for _ in range(halvings):
        layers += [spectral_norm(nn.Conv2d(inputs, WIDTH, 4, stride=2, padding=1)), nn.LeakyReLU(0.2)]
        inputs = WIDTH
    layers += [spectral_norm(nn.Conv2d(inputs, WIDTH, 3, padding=1)), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, spectral_norm(nn.Conv2d(WIDTH, 1, 3, padding=1)))
