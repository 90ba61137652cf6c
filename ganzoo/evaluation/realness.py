"""How real is a picture, beside real pictures? The discriminator of a set, and what trains it.

    python train/judge.py realness --data mnist      # -> runs/realness-mnist/model

The discriminator of a GAN knows one generator, its own, so a scribble may please it. This one learns from real pictures of
a set and from those of many generators. Its score is read beside those of real pictures that it never saw: "more real than
83 % of real digits".
"""

from collections.abc import Callable, Iterator
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from ganzoo.data import complete
from ganzoo.data.labeled import Pictures
from ganzoo.hub.bundled import WEIGHTS
from ganzoo.images import to_float
from ganzoo.inference import Model
from ganzoo.models.realness import Config, Discriminant, build, extract
from ganzoo.models.registry import LESSONS
from ganzoo.training.loop import rounds
from ganzoo.training.step import Training

PASS = 0.1  # a picture that looks less real than nine in ten real ones counts as a fake
BATCH = 250
HELD_OUT = 3000  # test pictures whose scores are the measure
STAGES = (5, 20, 80, 300)  # rounds of a new GAN after which its pictures are taken


@lru_cache(maxsize=2)
def realness(data: str) -> Callable[[Tensor], list[float]]:
    """The bundled discriminator of a set (mnist, fashion), read once: pictures (N, 1, 28, 28) in [-1, 1] -> N shares 0..1,
    how many real pictures look less real. Raises GanzooError where it is missing or damaged."""
    judge, model = Model(WEIGHTS / f"judge-{data}").generator, Model(WEIGHTS / f"realness-{data}")
    quantiles = torch.tensor(model.said["quantiles"])

    def shares(pictures: Tensor) -> list[float]:
        found = scores(model.generator, judge, pictures)
        return (torch.searchsorted(quantiles, found, right=True) / len(quantiles)).tolist()

    return shares


@torch.no_grad()
def scores(discriminant: Discriminant, judge, pictures: Tensor) -> Tensor:
    """Pictures in [-1, 1] -> (N,) log odds that they are real."""
    return torch.cat([discriminant(extract(judge, part)) for part in pictures.split(BATCH)])


@torch.no_grad()
def scrambled(model: Model, count: int, seed: int) -> Tensor:
    """Pictures (count, C, S, S) of a DCGAN, its first features disturbed: strokes and cloth are right, shapes not."""
    net, draw, batch, parts = model.generator, torch.Generator().manual_seed(seed), 50, []

    def whole(low: int, high: int, *size: int) -> Tensor:
        return torch.randint(low, high, size, generator=draw)

    for number in range(-(-count // batch)):
        features = net.seed(torch.randn(batch, model.config.noise_size, generator=draw))
        side, way = features.shape[2], number % 5
        if way < 2:  # blocks of cells from another seed, in half of the batches also from another place
            block = int(whole(1, 5))
            start, moved = int(whole(0, block)), whole(0, 2)
            grids = (whole(0, batch, batch, side, side), *(whole(-3, 4, 2, batch, side, side) * moved))
            blocks = [g.repeat_interleave(block, 1).repeat_interleave(block, 2) for g in grids]
            others, down, across = (g[:, start : start + side, start : start + side] for g in blocks)
            rows, columns = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
            rows, columns = (rows + down).clamp(0, side - 1), (columns + across).clamp(0, side - 1)
            features = features.permute(0, 2, 3, 1)[others, rows, columns].permute(0, 3, 1, 2)
        elif way < 4:  # noise as strong as the features, fine or coarse
            mean, spread = features.mean((0, 2, 3), keepdim=True), features.std((0, 2, 3), keepdim=True)
            noise = torch.randn(batch, features.shape[1], *whole(2, side + 1, 2).tolist(), generator=draw)
            noise = F.interpolate(noise, (side, side), mode="bilinear")
            features = F.leaky_relu(mean + spread * noise * (0.5 + 2 * torch.rand(1, generator=draw)), 0.2)
        else:
            features = features * torch.rand(batch, 1, 1, 1, generator=draw) * 4
            if whole(0, 2):
                features = features.mean((2, 3), keepdim=True).expand_as(features)
        parts.append(net.last(net.grow(features)).float())
    return torch.cat(parts)[:count]


@torch.no_grad()
def stages(pictures: Pictures, count: int, seed: int, steps: tuple[int, ...]) -> Tensor:
    """Pictures (count, C, S, S) of two new GANs, dense and of convolutions, after so many `steps` of their training."""
    parts, draw = [], torch.Generator().manual_seed(seed)
    for lesson, more in (("gan", {}), ("dcgan", {"width": 16})):
        how = dict(device="cpu", precision="fp32", lr=1e-3, ema=0.99, batch_size=64, seed=seed)
        config = LESSONS[lesson].Config(**how, **more)
        training = Training(complete(config, pictures), pictures, torch.device("cpu"))
        for until in steps:
            with torch.enable_grad():
                list(rounds(training, until, every=until))  # plays them all
            noise = torch.randn(-(-count // (2 * len(steps))), config.noise_size, generator=draw)
            parts.append(training.shared["generator"].eval()(noise).float())
    return torch.cat(parts)[:count]


def made(data: str, pictures: Pictures, count: int, seed: int, steps: tuple[int, ...]) -> Tensor:
    """Pictures of generators, about `count`: half of them scrambled, a quarter at stages of a training, a quarter by the
    bundled models from noise as usual, much too small and much too large."""
    parts = [scrambled(Model(WEIGHTS / f"dcgan-{data}"), count // 2, seed), stages(pictures, count // 4, seed, steps)]
    for lesson in ("gan", "cgan", "dcgan"):
        model, n = Model(WEIGHTS / f"{lesson}-{data}"), count // 12
        size = torch.tensor([1.0, 1.0, 0.3, 3.0])[torch.arange(n) % 4, None]
        parts.append(model.tensor(model.noise(n, seed + 1) * size))
    return torch.cat(parts)


def fit(config: Config, pictures: Pictures, device, should_stop=lambda: False) -> Iterator[dict]:
    """Fit the discriminator of a set (mnist or fashion). Yields one {"event": "done", "net", "config", "metrics", "facts",
    ..}, `facts` with the quantiles of its scores of `held_out` real test pictures, 0 % to 100 %."""
    config = complete(config, pictures)
    judge = Model(WEIGHTS / f"judge-{config.data}").generator
    count = min(config.count, len(pictures.train))
    fakes = made(config.data, pictures, count, config.seed, (1, 2) if config.smoke else STAGES)
    fakes, others = fakes[torch.arange(len(fakes)) % 10 > 0], fakes[::10]
    net = build(config)["generator"]
    real = torch.cat([extract(judge, part) for part in to_float(pictures.train[:count]).split(BATCH)])
    fake = torch.cat([extract(judge, part) for part in fakes.split(BATCH)])
    net.learn(real, pictures.train_labels[:count], fake, config.smooth)
    net = net.half().float()  # as it will be stored
    found = scores(net, judge, to_float(pictures.test[:HELD_OUT])).sort().values
    taken = (scores(net, judge, others) >= found.quantile(PASS)).double().mean().item()
    metrics = {"made-taken-for-real": round(taken, 4)}
    facts = {"quantiles": [round(q, 3) for q in found.quantile(torch.linspace(0, 1, 201)).tolist()]}
    done = {"event": "done", "steps": 1, "net": net, "config": config, "metrics": metrics}
    yield {**done, "held_out": len(found), "facts": facts}
