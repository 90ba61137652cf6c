"""The judges that metrics ask: a small classifier for each set, and what trains it.

    python train/judge.py --data mnist      # -> runs/judge-mnist/model

A judge says which class a picture is; the 128 numbers before its answer are the features of the Fréchet distance.
"""

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganzoo.data import complete
from ganzoo.data.labeled import Pictures
from ganzoo.images import to_float
from ganzoo.models.classifier import Classifier, Config, build
from ganzoo.seeding import Salt, global_seed, seeded
from ganzoo.training.loop import rounds, step_row


def augment(pictures: Tensor, generator: torch.Generator, flip: bool, photo: bool = False) -> Tensor:
    """A small seeded rotation, scaling and shift for every picture, and a mirror for half of them if `flip`. A `photo`
    keeps its class under much more, so that a judge of animals looks at the animals and not at the grass."""
    n = len(pictures)
    drawn = torch.rand(8, n, generator=generator, device=pictures.device).mul(2).sub(1)
    angle, zoom, dx, dy, side, light, colour, contrast = drawn
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
    """Train a judge; yields {"event": "step", ...} rows and last {"event": "done", "steps", "net", "config", "metrics"}. A
    stop ends the training early, not the judge."""
    config = complete(config, pictures)
    with global_seed(config.seed, Salt.JUDGE_WEIGHTS):
        net = build(config)["generator"].to(device, memory_format=torch.channels_last)
    batches = pictures.batches(config, device)

    def draw(step: int) -> tuple[Tensor, Tensor]:
        real, label = batches(step)
        generator = seeded(device, config.seed, step, Salt.AUGMENT)
        return augment(real, generator, config.flip, photo=config.depth > 2), label

    total = yield from learn(net, config, batches.per_epoch, draw, should_stop, label_smoothing=0.05)
    accuracy = (answers(net, pictures.test).cpu() == pictures.test_labels).double().mean().item()
    yield {"event": "done", "steps": total, "net": net, "config": config, "metrics": {"accuracy": round(accuracy, 4)}}


class JudgeTraining:
    """What changes while a judge trains: AdamW under a one-cycle schedule, and the cross-entropy between what `net` says of
    pictures and what is wanted; `draw(step)` gives both."""

    def __init__(self, net: nn.Module, config, total: int, draw, **loss):
        self.net, self.seed, self.draw, self.loss = net, config.seed, draw, loss
        self.device = next(net.parameters()).device
        self.half = config.precision == "bf16" or (config.precision == "auto" and self.device.type == "cuda")
        self.optimizer = torch.optim.AdamW(net.parameters(), config.lr, weight_decay=0.01)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(self.optimizer, config.lr, total_steps=total + 1)
        self.step, self.errors = 0, []

    def advance(self) -> None:
        pictures, wanted = self.draw(self.step)
        with (  # dropout, too, is a function of (seed, step)
            global_seed(self.seed, self.step, Salt.DROPOUT, device=self.device),
            torch.autocast(self.device.type, torch.bfloat16, enabled=self.half),
        ):
            scores = self.net(pictures)
        error = F.cross_entropy(scores.float(), wanted, **self.loss)
        self.optimizer.zero_grad()
        error.backward()
        self.optimizer.step()
        self.schedule.step()
        self.errors.append(error.detach())
        self.step += 1

    def averages(self) -> dict[str, float]:
        mean = torch.stack(self.errors).mean().item()
        self.errors = []
        return {"loss": round(mean, 4)}


def learn(net: nn.Module, config, per_epoch: int, draw, should_stop, **loss) -> Iterator[dict]:
    """Train `net` (see JudgeTraining). Yields a row an epoch, returns the steps taken; `net` ends in use."""
    total = 2 if config.smoke else config.epochs * per_epoch
    training = JudgeTraining(net, config, total, draw, **loss)
    for row, stopping in rounds(training, total, per_epoch, should_stop):
        if row or stopping:
            yield {**(row or step_row(training)), "steps": total}
    net.eval()
    return training.step


@torch.no_grad()
def ask(net: Classifier, pictures: Tensor, batch_size: int = 512) -> tuple[Tensor, Tensor]:
    """uint8 or float pictures (N, C, S, S) -> (features (N, 128) float32, class scores (N, classes)), both on the CPU."""
    device = next(net.parameters()).device
    features, scores = [], []
    for part in pictures.split(batch_size):
        part = part.to(device)
        features.append(net.features(to_float(part) if part.dtype == torch.uint8 else part))
        scores.append(net.last(features[-1]))
    return torch.cat(features).cpu(), torch.cat(scores).cpu()


def answers(net: Classifier, pictures: Tensor) -> Tensor:
    """The class that the judge takes each picture for, (N,) int64."""
    return ask(net, pictures)[1].argmax(1)
