"""The small networks that metrics ask: a classifier of our own for each set, and the one loop that trains them.

    python train/judge.py --data mnist      # -> runs/judge-mnist/model, the same model folder as every lesson's

A judge says which class a picture is; the 128 numbers before its answer are the features of the Fréchet distance.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganzoo.data import Batches, Pictures, read_data
from ganzoo.images import to_float
from ganzoo.layers import mix, seeded
from ganzoo.settings import option

__all__ = ["Classifier", "Config", "answers", "ask", "augment", "build", "fit", "read_data"]


@dataclass
class Config:
    """Settings of a judge."""

    lesson: ClassVar[str] = "judge"
    needs_labels: ClassVar[bool] = True
    resume: ClassVar[str] = ""

    data: str = option("mnist", "mnist | fashion | a folder | a data set on the Hub (user/name or user/name@revision)")
    name: str = option("", "name of the run and the judge (default: judge-data)")
    epochs: int = option(12, "passes over the training pictures", low=1, high=1000)
    batch_size: int = option(256, "pictures in one step", low=2, high=65_536)
    lr: float = option(3e-3, "highest learning rate of the one-cycle schedule", low=0.0, high=1.0)
    width: int = option(32, "features of the first block; twice as many in the second", low=1, high=512)
    depth: int = option(2, "blocks; with more than 2 the place of what is seen does not count (photos)", low=2, high=6)
    flip: bool = option(False, "mirror half of the training pictures (garments yes, digits no)")
    seed: int = option(0, "the same seed gives the same judge", low=0, high=2**31 - 1)
    image_size: int = option(28, "side of the square pictures in pixels", low=4, high=1024)
    channels: int = option(0, "1 grey, 3 colour (0: as the data)", choices=(0, 1, 3))
    device: str = option("auto", "auto | cpu | cuda | cuda:N | mps")
    precision: str = option("auto", "auto: bf16 on CUDA, fp32 elsewhere", choices=("auto", "fp32", "bf16"))
    out: str = option("runs", "folder that holds the run folders")
    smoke: bool = option(False, "two steps on made-up data, offline")
    classes: tuple = option((), "names of the labels", flag=False)

    @property
    def size_multiple(self) -> int:
        return 2**self.depth


class Classifier(nn.Module):
    """Pictures (B, C, S, S) in [-1, 1] -> class scores (B, classes). `features` gives the (B, 128) before them.

    Two blocks keep every place apart, which digits in the middle of their picture want; more blocks end in the mean over
    all places, which an animal anywhere in a photo wants.
    """

    FEATURES = 128

    def __init__(self, width=32, channels=1, image_size=28, classes=10, depth=2):
        super().__init__()
        sizes = [channels, *(width * min(2**i, 4) for i in range(depth))]

        def block(inputs, outputs):
            return [
                *(nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU()),
                *(nn.Conv2d(outputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2)),
            ]

        self.body = nn.Sequential(
            *(layer for a, b in zip(sizes[:-1], sizes[1:], strict=True) for layer in block(a, b)),
            *([nn.AdaptiveAvgPool2d(1)] if depth > 2 else []),
            nn.Flatten(),
            nn.Linear(sizes[-1] * ((image_size // 4) ** 2 if depth == 2 else 1), self.FEATURES),
            nn.ReLU(),
        )
        self.last = nn.Linear(self.FEATURES, classes)

    def features(self, pictures: Tensor) -> Tensor:
        return self.body(pictures)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.last(F.dropout(self.features(pictures), 0.3, self.training))


def build(config: Config) -> dict[str, nn.Module]:
    return {
        "generator": Classifier(config.width, config.channels, config.image_size, len(config.classes), config.depth)
    }


def augment(pictures: Tensor, generator: torch.Generator, flip: bool, photo: bool = False) -> Tensor:
    """A small seeded rotation, scaling and shift for every picture, and a mirror for half of them if `flip`. A `photo`
    keeps its class under far more: half its side cut out, another light, other colours or none, so that a judge of
    animals looks at the animals and not at the grass."""
    n = len(pictures)
    angle, zoom, dx, dy, side, light, colour, contrast = (
        torch.rand(8, n, generator=generator, device=pictures.device).mul(2).sub(1)
    )
    angle, side = angle * 0.2, torch.where(side > 0, -1.0, 1.0) if flip else torch.ones_like(side)
    zoom = 0.8 + zoom * 0.3 if photo else 1 + zoom * 0.1
    reach = (1.1 - zoom).clamp(min=0) if photo else 0.15  # of the middle of what is cut out
    cos, sin = angle.cos() * zoom, angle.sin() * zoom
    theta = torch.stack([cos * side, -sin, dx * reach, sin * side, cos, dy * reach], 1).view(n, 2, 3)
    grid = F.affine_grid(theta, list(pictures.shape), align_corners=False)
    if not photo:
        return F.grid_sample(pictures + 1, grid, align_corners=False) - 1  # outside is -1, black
    x = F.grid_sample(pictures, grid, padding_mode="reflection", align_corners=False)
    light, contrast = (v.view(n, 1, 1, 1) * 0.4 for v in (light, contrast))
    grey, middle = x.mean(1, keepdim=True), x.mean((1, 2, 3), keepdim=True)
    x = grey + (x - grey) * (1 + colour.view(n, 1, 1, 1)).clamp(min=0.25).sub(0.25)  # one in eight has none
    return (middle + (x - middle) * (1 + contrast) + light).clamp(-1, 1)


def domains(sets) -> Pictures:
    """Two sets without pairs (an Unpaired) as one labelled set: 0 is side A, 1 is side B."""
    depth = max(x.shape[1] for x in sets.test.values())
    parts = {}
    for split, sides in (("train", sets.train), ("test", sets.test)):
        parts[split] = torch.cat([sides[s].expand(-1, depth, -1, -1) for s in "ab"])
        parts[f"{split}_labels"] = torch.cat([torch.full((len(sides[s]),), k) for k, s in enumerate("ab")])
    return Pictures(sets.name, classes=tuple(sets.domains), notes=sets.notes, **parts)


def fit(config: Config, pictures: Pictures, device, should_stop=lambda: False) -> Iterator[dict]:
    """Train a judge; yields {"event": "step", ...} rows and last {"event": "done", "steps", "net", "metrics"}. A stop ends
    the training early, not the judge."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(mix(config.seed, 0x1D6E))
        net = build(config)["generator"].to(device, memory_format=torch.channels_last)
    batches = Batches(pictures.train, pictures.train_labels, config.batch_size, config.seed, device)

    def draw(step: int) -> tuple[Tensor, Tensor]:
        real, label = batches(step)
        return augment(real, seeded(device, config.seed, step, 0xA06), config.flip, photo=config.depth > 2), label

    total = yield from learn(net, config, batches.per_epoch, draw, should_stop, label_smoothing=0.05)
    accuracy = (answers(net, pictures.test).cpu() == pictures.test_labels).double().mean().item()
    yield {"event": "done", "steps": total, "net": net, "metrics": {"accuracy": round(accuracy, 4)}}


def learn(net: nn.Module, config, per_epoch: int, draw, should_stop, **loss) -> Iterator[dict]:
    """The loop of every judge: AdamW under a one-cycle schedule, and the cross-entropy between what `net` says of pictures
    and what is wanted; `draw(step)` gives both. Yields a row an epoch, returns the steps taken; `net` ends in use."""
    device = next(net.parameters()).device
    half = config.precision == "bf16" or (config.precision == "auto" and device.type == "cuda")
    total = 2 if config.smoke else config.epochs * per_epoch
    optimizer = torch.optim.AdamW(net.parameters(), config.lr, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, config.lr, total_steps=total + 1)
    for step in range(total):
        pictures, wanted = draw(step)
        with (  # dropout, too, is a function of (seed, step)
            torch.random.fork_rng([device] if device.type == "cuda" else []),
            torch.autocast(device.type, torch.bfloat16, enabled=half),
        ):
            torch.manual_seed(mix(config.seed, step, 0xD209))
            scores = net(pictures)
        error = F.cross_entropy(scores.float(), wanted, **loss)
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
        schedule.step()
        stopping = should_stop()
        if (step + 1) % per_epoch == 0 or step + 1 == total or stopping:
            yield {"event": "step", "step": step + 1, "steps": total, "loss": round(error.item(), 4)}
        if stopping:
            break
    net.eval()
    return step + 1


@torch.no_grad()
def ask(net: Classifier, pictures: Tensor, batch_size: int = 512) -> tuple[Tensor, Tensor]:
    """uint8 or float pictures (N, C, S, S) -> (features (N, 128) float32, class scores (N, classes)), both on the CPU."""
    device = next(net.parameters()).device
    found = []
    for part in pictures.split(batch_size):
        part = part.to(device)
        features = net.features(to_float(part) if part.dtype == torch.uint8 else part)
        found.append((features.cpu(), net.last(features).cpu()))
    features, scores = zip(*found, strict=True)
    return torch.cat(features), torch.cat(scores)


def answers(net: Classifier, pictures: Tensor, batch_size: int = 512) -> Tensor:
    """The class that the judge takes each picture for, (N,) int64."""
    return ask(net, pictures, batch_size)[1].argmax(1)
