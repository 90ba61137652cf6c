"""The judge of pictures: a classifier whose 128 numbers before its answer are the features of the Fréchet distance."""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import torch.nn.functional as F
from torch import Tensor, nn

from ganzoo.lesson_settings import JudgeSettings
from ganzoo.settings import option


@dataclass(frozen=True)
class Config(JudgeSettings):
    lesson: ClassVar[str] = "judge"
    task: ClassVar[str] = "labeled"
    needs_labels: ClassVar[bool] = True

    epochs: int = option(12, "passes over the training pictures", 1, 1000)
    batch_size: int = option(256, "pictures in one step", 2, 65_536)
    lr: float = option(3e-3, "highest learning rate of the one-cycle schedule", 0.0, 1.0)
    width: int = option(32, "features of the first block; twice as many in the second", 1, 512)
    depth: int = option(2, "blocks; with more than 2 the place of what is seen does not count (photos)", 2, 6)
    flip: bool = option(False, "mirror half of the training pictures (garments yes, digits no)")
    image_size: int = option(28, "side of the square pictures in pixels", 4, 1024)
    channels: int = option(0, "1 grey, 3 colour (0: as the data)", choices=(0, 1, 3))

    @property
    def size_multiple(self) -> int:
        return 2**self.depth


class Classifier(nn.Module):
    """Pictures (B, C, S, S) in [-1, 1] -> class scores (B, classes). Two blocks keep every place apart, for digits in the
    middle of their picture; more blocks end in the mean over all places, for an animal anywhere in a photo."""

    FEATURES = 128

    def __init__(self, width=32, channels=1, image_size=28, classes=10, depth=2):
        super().__init__()
        sizes = [channels, *(width * min(2**i, 4) for i in range(depth))]
        layers: list[nn.Module] = []
        for a, b in pairwise(sizes):
            layers += [nn.Conv2d(a, b, 3, padding=1), nn.BatchNorm2d(b), nn.ReLU()]
            layers += [nn.Conv2d(b, b, 3, padding=1), nn.BatchNorm2d(b), nn.ReLU(), nn.MaxPool2d(2)]
        places = (image_size // 4) ** 2
        if depth > 2:
            layers.append(nn.AdaptiveAvgPool2d(1))
            places = 1
        self.body = nn.Sequential(*layers, nn.Flatten(), nn.Linear(sizes[-1] * places, self.FEATURES), nn.ReLU())
        self.last = nn.Linear(self.FEATURES, classes)

    def features(self, pictures: Tensor) -> Tensor:
        return self.body(pictures)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.last(F.dropout(self.features(pictures), 0.3, self.training))


def build(config: Config) -> dict[str, nn.Module]:
    shape = (config.width, config.channels, config.image_size, len(config.classes), config.depth)
    return {"generator": Classifier(*shape)}
