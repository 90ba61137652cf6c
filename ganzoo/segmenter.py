"""The judge of label pictures: a U-Net that reads the label map back from a photo (the FCN score of Isola et al. 2017, 5.1).

    python train/judge.py --data facades       # -> runs/judge-facades/model

Trained on real training pairs alone. If it finds the windows of a made photo where the drawing asked for them, the photo
shows them; its score on real test photos is the ceiling.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from ganzoo.drawings import PALETTES
from ganzoo.errors import GanzooError
from ganzoo.images import to_float
from ganzoo.judges import learn
from ganzoo.layers import mix
from ganzoo.pairs import PairBatches, Pairs
from ganzoo.pairsources import read_data
from ganzoo.pix2pix import UNetGenerator
from ganzoo.settings import option

__all__ = ["Config", "answers", "build", "classes_of", "fit", "read_data", "recovery"]


@dataclass
class Config:
    """Settings of a segmenter."""

    lesson: ClassVar[str] = "segmenter"
    needs_labels: ClassVar[bool] = False
    resume: ClassVar[str] = ""
    stream: ClassVar[bool] = False

    data: str = option("facades", "facades | aerial-map | a folder of pairs whose labels use one of their palettes")
    name: str = option("", "name of the run and the judge (default: judge-data)")
    epochs: int = option(60, "passes over the training pairs", low=1, high=1000)
    batch_size: int = option(8, "pairs in one step", low=2, high=4096)
    lr: float = option(2e-3, "highest learning rate of the one-cycle schedule", low=0.0, high=1.0)
    width: int = option(24, "features of the first layer", low=1, high=512)
    levels: int = option(5, "halvings of the U-Net", low=1, high=8)
    seed: int = option(0, "the same seed gives the same judge", low=0, high=2**31 - 1)
    image_size: int = option(128, "side of the square pictures in pixels", low=32, high=1024)
    channels: int = option(3, "channels of the photo", flag=False, choices=(1, 3))
    domains: str = option("", "names of sides A and B: photo,label")
    direction: str = option("", "which side is the label map: label->photo")
    device: str = option("auto", "auto | cpu | cuda | cuda:N | mps")
    precision: str = option("auto", "auto: bf16 on CUDA, fp32 elsewhere", choices=("auto", "fp32", "bf16"))
    out: str = option("runs", "folder that holds the run folders")
    smoke: bool = option(False, "two steps on made-up data, offline")
    classes: tuple = option((), "names of the labels", flag=False)

    @property
    def size_multiple(self) -> int:
        return 2**self.levels


def build(config: Config) -> dict[str, nn.Module]:
    return {
        "generator": UNetGenerator(
            config.channels,
            len(config.classes),
            config.width,
            config.levels,
            norm="batch",
            dropout=0.0,
            last=nn.Identity,
        )
    }


def palette(pairs: Pairs) -> dict[str, tuple]:
    """The colours of the input side, by its domain's name."""
    domain = pairs.direction.split("->")[0]
    if domain not in PALETTES:
        raise GanzooError(
            f"A segmenter needs label pictures as input; {pairs.name} goes {pairs.direction}. Name the sides with "
            f"--domains, one of them {' or '.join(PALETTES)}."
        )
    return PALETTES[domain]


def classes_of(labels: Tensor, colours: dict[str, tuple]) -> Tensor:
    """A label picture, uint8 (N, 3, H, W) -> the nearest palette colour of every pixel, int64 (N, H, W)."""
    table = torch.tensor(list(colours.values()), dtype=torch.float32, device=labels.device)
    return torch.stack([torch.cdist(x.float().flatten(1).T, table).argmin(1).view(x.shape[1:]) for x in labels])


def fit(config: Config, pairs: Pairs, device, should_stop=lambda: False) -> Iterator[dict]:
    """Train a segmenter; yields {"event": "step", ...} rows and last {"event": "done", "steps", "net", "metrics"}. A stop
    ends the training early, not the judge."""
    colours = palette(pairs)
    config.classes, config.channels = tuple(colours), pairs.out_channels
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(mix(config.seed, 0x5E6))
        net = build(config)["generator"].to(device)
    batches = PairBatches(pairs.train, config.batch_size, config.seed, config.image_size, device)

    def draw(step: int) -> tuple[Tensor, Tensor]:
        batch = batches(step)
        return batch["target"], classes_of((batch["input"] + 1) * 127.5, colours)

    total = yield from learn(net, config, batches.per_epoch, draw, should_stop)
    wanted = classes_of(pairs.test_input, colours)
    yield {"event": "done", "steps": total, "net": net, "metrics": recovery(answers(net, pairs.test_target), wanted)}


@torch.no_grad()
def answers(net: nn.Module, photos: Tensor, batch_size: int = 16) -> Tensor:
    """Photos, uint8 or float in [-1, 1] (N, C, H, W) -> the class that the judge sees in every pixel, (N, H, W)."""
    device = next(net.parameters()).device
    parts = [part.to(device) for part in photos.split(batch_size)]
    return torch.cat([net(to_float(p) if p.dtype == torch.uint8 else p).argmax(1).cpu() for p in parts])


def recovery(found: Tensor, wanted: Tensor) -> dict[str, float]:
    """Label recovery: the share of right pixels, and intersection over union averaged over the classes that occur."""
    count = int(max(found.max(), wanted.max())) + 1
    table = torch.bincount((wanted * count + found).flatten(), minlength=count**2).view(count, count).double()
    right, union = table.diag(), table.sum(0) + table.sum(1) - table.diag()
    asked = table.sum(1) > 0
    return {
        "pixel-accuracy": round(float(right.sum() / table.sum()), 4),
        "class-iou": round(float((right[asked] / union[asked]).mean()), 4),
    }
