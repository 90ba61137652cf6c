"""Numbers of a CycleGAN, both ways: does it come back, does it leave alone what needs no change, is it believed?

The judge is a classifier of our own that tells the two domains apart (`train/judge.py --data horse2zebra`).
"""

import torch
from torch import Tensor

from ganzoo import images, inception, judges, metrics
from ganzoo.model import Model
from ganzoo.unpaired import Unpaired


def measure(made: Model, sets: Unpaired, judge: Model | None = None, fid=None, batch_size: int = 8) -> dict[str, float]:
    """The metrics of a CycleGAN over both test splits; their names say direction and protocol. `fid`: inception.network."""
    found, known = {}, {}
    ways = zip(made.directions, made.directions[::-1], "ab", "ba", strict=True)
    for target, (direction, back, side, other) in zip((1, 0), ways, strict=True):
        originals, wanted = (images.to_float(sets.test[s]) for s in (side, other))
        there = _through(made, originals, direction, batch_size)
        again = _through(made, there, back, batch_size)
        same = _through(made, wanted, direction, batch_size)
        protocol = f"{direction}-{sets.name}-{made.config.image_size}px-n{len(originals)}-test"
        found[f"cycle-l1-{protocol}"] = float((again - originals).abs().mean() / 2)
        found[f"identity-l1-{protocol}"] = float((same - wanted).abs().mean() / 2)
        found[f"checkerboard-{protocol}"] = metrics.checkerboard(images.to_uint8(there))
        if judge:
            features, scores = asked(judge, there)
            real_features, real_scores = asked(judge, wanted)
            found[f"taken-for-target-{protocol}"] = float((scores.argmax(1) == target).double().mean())
            found[f"taken-for-target-real-{protocol}"] = float((real_scores.argmax(1) == target).double().mean())
            others, _ = asked(judge, images.to_float(sets.train[other][: len(originals)]))
            for name, seen in ((f"judge{features.shape[1]}", features), (f"judge{features.shape[1]}-real", others)):
                # So few pictures keep even two draws of real ones far apart: read a distance beside the real one's.
                found[f"frechet-{name}-{protocol}"] = metrics.frechet_distance(seen, real_features)
                found[f"kernel-{name}-{protocol}"] = metrics.kernel_distance(seen, real_features)
        if fid:
            known |= inception.distances(fid, images.to_uint8(there), sets.test[other], protocol)
    return {key: round(value, 4) for key, value in found.items()} | known


def _through(made: Model, pictures: Tensor, direction: str, batch_size: int) -> Tensor:
    return torch.cat([made.translate_tensor(part, direction=direction) for part in pictures.split(batch_size)])


def asked(judge: Model, pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Features and scores of a domain judge for pictures (N, C, S, S) in [-1, 1] of any size: it sees them at its own."""
    size = (judge.config.image_size,) * 2
    small = torch.nn.functional.interpolate(pictures, size, mode="bicubic", antialias=True).clamp(-1, 1)
    return judges.ask(judge.generator, small.expand(-1, judge.config.channels, -1, -1))
