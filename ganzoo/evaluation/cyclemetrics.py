"""Numbers of a CycleGAN, both ways: does it come back, does it leave alone what needs no change, is it believed?

The judge is a classifier that tells the two domains apart (`train/judge.py --data horse2zebra`).
"""

import json
from pathlib import Path

import torch
from PIL import Image, ImageDraw
from torch import Tensor

from ganzoo import images
from ganzoo.data.unpaired import Unpaired
from ganzoo.errors import GanzooError
from ganzoo.evaluation import fid, independent, judges, metrics
from ganzoo.inference import Model


def measure(made: Model, sets: Unpaired, judge=None, inception=None, net=None, masks=None) -> dict[str, float]:
    """The metrics of a CycleGAN over both test splits; their names say direction and protocol. `inception`: fid.network;
    `net`: independent.network; `masks`: those of read_masks."""
    if made.config.one_way:
        raise GanzooError("measure_needs_both_ways", name=made.name)
    found, known = {}, {}
    masks = masks or read_masks(sets.name)
    ways = zip(made.directions, made.directions[::-1], "ab", "ba", strict=True)
    for target, (direction, back, side, other) in zip((1, 0), ways, strict=True):
        originals, wanted = (images.to_float(sets.test[s]) for s in (side, other))
        there = _through(made, originals, direction)
        again = _through(made, there, back)
        same = _through(made, wanted, direction)
        protocol = f"{direction}-{sets.name}-{originals.shape[-1]}px-n{len(originals)}-test"
        found[f"cycle-l1-{protocol}"] = float((again - originals).abs().mean() / 2)
        found[f"identity-l1-{protocol}"] = float((same - wanted).abs().mean() / 2)
        found[f"checkerboard-{protocol}"] = metrics.checkerboard(images.to_uint8(there))
        outlines = masks.get(side, {})
        rows = [i for i, name in enumerate(sets.test_names.get(side, ())) if name in outlines]
        if rows:
            where = torch.stack([mask(outlines[sets.test_names[side][i]], originals.shape[-1]) for i in rows])
            kind = f"{direction}-{sets.name}-{originals.shape[-1]}px-n{len(rows)}-test"
            found[f"background-change-{kind}"] = background_change(originals[rows], there[rows], where)
        if judge:
            features, scores = ask_judge(judge, there)
            real_features, real_scores = ask_judge(judge, wanted)
            found[f"taken-for-target-{protocol}"] = float((scores.argmax(1) == target).double().mean())
            found[f"taken-for-target-real-{protocol}"] = float((real_scores.argmax(1) == target).double().mean())
            train_features, _ = ask_judge(judge, images.to_float(sets.train[other][: len(originals)]))
            network = f"judge{features.shape[1]}"
            for name, seen in ((network, features), (f"{network}-real", train_features)):
                if min(len(seen), len(real_features)) < 2:
                    continue
                # Of so few pictures even two draws of real ones are distant: read a distance beside the real one's.
                found[f"frechet-{name}-{protocol}"] = metrics.frechet_distance(seen, real_features)
                found[f"kernel-{name}-{protocol}"] = metrics.kernel_distance(seen, real_features)
        if net:
            train_pictures = images.resized(sets.train[other][: len(originals)], originals.shape[-1])
            tested = images.to_uint8(there), sets.test[side], sets.test[other]
            known |= independent.translated(net, *tested, train_pictures, direction, protocol)
        if inception:
            known |= fid.distances(inception, images.to_uint8(there), sets.test[other], protocol)
    return {key: round(value, 4) for key, value in found.items()} | known


def read_masks(data: str) -> dict[str, dict[str, list]]:
    """Where the animals are in some test pictures of a set, drawn by hand: {"a": {file name: polygons}, "b": ...}, each
    polygon a list of (x, y) from 0 to 1. Nothing for other sets."""
    path = Path(__file__).with_name(f"masks-{data}.json")
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def mask(polygons: list[list[tuple[float, float]]], size: int) -> Tensor:
    """Polygons -> (1, size, size), 1 inside any of them and 0 outside."""
    picture = Image.new("1", (size, size))
    for polygon in polygons:
        ImageDraw.Draw(picture).polygon([(x * size, y * size) for x, y in polygon], fill=1)
    return images.pixels(picture.convert("L")) / 255


def background_change(originals: Tensor, made: Tensor, masks: Tensor) -> float:
    """How much a translation changes what it should leave alone: the mean absolute change outside the masks (N, 1, H, W) over
    that inside them, each a mean over the pictures. 0: the background stays, 1: it changes as much as the animals do."""
    change = (made - originals).abs().mean(1, keepdim=True).double()

    def mean(where: Tensor) -> Tensor:
        return ((change * where).sum((1, 2, 3)) / where.sum((1, 2, 3)).clamp(min=1)).mean()

    return float(mean(1 - masks) / mean(masks).clamp(min=1e-12))


def _through(made: Model, pictures: Tensor, direction: str) -> Tensor:
    return torch.cat([made.translate_tensor(part, direction=direction) for part in pictures.split(8)])


def ask_judge(judge: Model, pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Features and scores of a domain judge for pictures (N, C, S, S) in [-1, 1] of any size: it sees them at its own."""
    size = (judge.config.image_size,) * 2
    small = torch.nn.functional.interpolate(pictures, size, mode="bicubic", antialias=True).clamp(-1, 1)
    return judges.ask(judge.generator, small.expand(-1, judge.config.channels, -1, -1))
