"""The judge of label pictures: a U-Net that reads the label map back from a photo (the FCN score of Isola et al. 2017, 5.1).

    python train/judge.py --data facades       # -> runs/judge-facades/model

Trained on real training pairs alone. If it finds the windows of a made photo where the drawing has them, the photo shows
them; its score on real test photos is the ceiling.
"""

import dataclasses
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from ganzoo.data import complete
from ganzoo.data.drawings import PALETTES
from ganzoo.data.paired import Pairs
from ganzoo.errors import GanzooError
from ganzoo.evaluation.judges import learn
from ganzoo.images import to_float
from ganzoo.models.segmenter import Config, build
from ganzoo.seeding import Salt, global_seed


def palette(pairs: Pairs) -> dict[str, tuple]:
    """The colours of the input side, by its domain's name."""
    domain = pairs.direction.split("->")[0]
    if domain not in PALETTES:
        known = list(PALETTES)
        raise GanzooError("segmenter_needs_labels", name=pairs.name, direction=pairs.direction, known=known)
    return PALETTES[domain]


def classes_of(labels: Tensor, colours: dict[str, tuple]) -> Tensor:
    """A label picture, uint8 (N, 3, H, W) -> the nearest palette colour of every pixel, int64 (N, H, W)."""
    table = torch.tensor(list(colours.values()), dtype=torch.float32, device=labels.device)
    return torch.stack([torch.cdist(x.float().flatten(1).T, table).argmin(1).view(x.shape[1:]) for x in labels])


def fit(config: Config, pairs: Pairs, device, should_stop=lambda: False) -> Iterator[dict]:
    """Train a segmenter; yields the same events as judges.fit."""
    colours = palette(pairs)
    config = dataclasses.replace(complete(config, pairs), classes=tuple(colours), channels=pairs.out_channels)
    with global_seed(config.seed, Salt.SEGMENTER_WEIGHTS):
        net = build(config)["generator"].to(device)
    batches = pairs.batches(config, device)

    def draw(step: int) -> tuple[Tensor, Tensor]:
        batch = batches(step)
        return batch["target"], classes_of((batch["input"] + 1) * 127.5, colours)

    total = yield from learn(net, config, batches.per_epoch, draw, should_stop)
    metrics = recovery(answers(net, pairs.test_target), classes_of(pairs.test_input, colours))
    yield {"event": "done", "steps": total, "net": net, "config": config, "metrics": metrics}


@torch.no_grad()
def answers(net: nn.Module, photos: Tensor) -> Tensor:
    """Photos, uint8 or float in [-1, 1] (N, C, H, W) -> the class that the judge sees in every pixel, (N, H, W)."""
    device = next(net.parameters()).device
    parts = [part.to(device) for part in photos.split(16)]
    return torch.cat([net(to_float(p) if p.dtype == torch.uint8 else p).argmax(1).cpu() for p in parts])


def recovery(found: Tensor, wanted: Tensor) -> dict[str, float]:
    """Label recovery: the share of right pixels, and intersection over union averaged over the classes that occur."""
    count = int(max(found.max(), wanted.max())) + 1
    table = torch.bincount((wanted * count + found).flatten(), minlength=count**2).view(count, count).double()
    right, union = table.diag(), table.sum(0) + table.sum(1) - table.diag()
    iou = (right / union)[table.sum(1) > 0].mean()
    return {"pixel-accuracy": round(float(right.sum() / table.sum()), 4), "class-iou": round(float(iou), 4)}
