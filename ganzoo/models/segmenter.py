"""The judge of label pictures: a U-Net that reads the label map back from a photo (Isola et al. 2017, 5.1)."""

from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from ganzoo.lesson_settings import JudgeSettings
from ganzoo.models.pix2pix import UNetGenerator
from ganzoo.settings import option


@dataclass(frozen=True)
class Config(JudgeSettings):
    lesson: ClassVar[str] = "segmenter"
    task: ClassVar[str] = "paired"
    split_test: ClassVar[str] = ""  # no flag of a judge
    pairs_from: ClassVar[str] = ""

    data: str = option("facades", "facades | aerial-map | a folder of pairs whose labels use one of their palettes")
    epochs: int = option(60, "passes over the training pairs", 1, 1000)
    batch_size: int = option(8, "pairs in one step", 2, 4096)
    lr: float = option(2e-3, "highest learning rate of the one-cycle schedule", 0.0, 1.0)
    width: int = option(24, "features of the first layer", 1, 512)
    levels: int = option(5, "halvings of the U-Net", 1, 8)
    image_size: int = option(128, "side of the square pictures in pixels", 32, 1024)
    channels: int = option(3, "channels of the photo", flag=False, choices=(1, 3))
    domains: str = option("", "names of sides A and B: photo,label")
    direction: str = option("", "which side is the label map: label->photo")

    @property
    def depths(self) -> tuple[int, ...]:
        return (3, self.channels)  # a label picture and a photo

    @property
    def size_multiple(self) -> int:
        return 2**self.levels


def build(config: Config) -> dict[str, nn.Module]:
    shape = (config.channels, len(config.classes), config.width, config.levels)
    return {"generator": UNetGenerator(*shape, norm="batch", dropout=0.0, last=nn.Identity)}
