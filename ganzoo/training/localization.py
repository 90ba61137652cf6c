"""Where in a picture the thing is that tells two sets of pictures apart: the horse, the zebra. Nobody drew a mask.

Two weak hints agree only there. One set differs from the other by its animals, more than by grass and sky: a linear score
of pretrained features at each place, pooled over the best places, tells which set a picture is from (multiple-instance
learning, after Pathak et al. 2015). And a trained CycleGAN changes animals nearly always, other things now and then: another
linear score foretells from the same features how much it will change a place.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganzoo.models.features import EfficientNetLite
from ganzoo.seeding import Salt, seeded

PICTURES = 300  # of each set, to learn from
STEPS, BATCH, RATE = 300, 16, 2e-3  # of each of the two scores
BEST = 0.15  # share of a picture's places that say which set it is from
STRONG = 0.97  # a change above this quantile counts as whole
LOW, HIGH = 0.25, 0.45  # of both scores together (geometric mean): outside, inside; soft between


class Localizer(nn.Module):
    """Pictures (B, C, H, W) in [-1, 1] of one side -> (B, 1, H, W), 1 where the thing is and 0 elsewhere, soft at its edge:
    the features have one place for 16 pixels."""

    def __init__(self, features: EfficientNetLite, mean: Tensor, spread: Tensor, side: nn.Module, change: nn.Module):
        """`mean`, `spread`: of each feature (F, 1, 1). `side`, `change`: scores (B, 1, h, w) of features in these units."""
        super().__init__()
        self.features, self.side, self.change = features, side, change
        self.register_buffer("mean", mean)
        self.register_buffer("spread", spread)

    @torch.no_grad()
    def forward(self, pictures: Tensor) -> Tensor:
        places = (at_16(self.features, pictures) - self.mean) / self.spread
        both = (self.side(places).sigmoid() * self.change(places).sigmoid()).sqrt().float()
        return F.interpolate(((both - LOW) / (HIGH - LOW)).clamp(0, 1), pictures.shape[2:], mode="bilinear")


def at_16(features: EfficientNetLite, pictures: Tensor) -> Tensor:
    """(B, F, h, w): the maps of strides 8, 16 and 32 side by side, one place for 16 pixels."""
    maps = [m.float() for m in features(pictures)[1:]]
    size = maps[1].shape[2:]
    finer, same, coarser = maps
    return torch.cat([F.interpolate(finer, size, mode="area"), same, F.interpolate(coarser, size, mode="bilinear")], 1)


def learn(
    features: EfficientNetLite, generator: nn.Module, batches, side: str, seed: int, half: bool, count=PICTURES
) -> Localizer:
    """`generator` translates pictures of `side` ("a" or "b"); `batches(step)` gives {"a": (1, C, S, S), "b": ...} in
    [-1, 1], S at least 64. `half`: the networks compute in bf16. `count`: pictures of each set to learn from."""
    places, changes = {"a": [], "b": []}, []
    with torch.no_grad(), torch.autocast(batches.device.type, torch.bfloat16, enabled=half):
        for step in range(count):
            batch = batches(step)
            for name, pictures in batch.items():
                places[name].append(at_16(features, pictures))
            change = (generator(batch[side]).float() - batch[side]).abs().mean(1, keepdim=True)
            changes.append(F.interpolate(change, places[side][-1].shape[2:], mode="area"))
    kept = {name: torch.cat(parts) for name, parts in places.items()}
    flat = torch.cat(list(kept.values())).transpose(0, 1).flatten(1)
    mean, spread = flat.mean(1)[:, None, None], flat.std(1).clamp(min=1e-6)[:, None, None]
    own, other = (((kept[name] - mean) / spread) for name in (side, "ab".replace(side, "")))
    change = torch.cat(changes)
    change = (change / change.flatten().kthvalue(int(STRONG * change.numel())).values.clamp(min=1e-6)).clamp(0, 1)
    draws = seeded("cpu", seed, Salt.LOCALIZATION)

    def drawn(n: int) -> Tensor:
        return torch.randint(count, (n,), generator=draws).to(mean.device)

    def which_set(score: nn.Module) -> Tensor:
        pictures = torch.cat([own[drawn(BATCH // 2)], other[drawn(BATCH // 2)]])
        every = score(pictures).flatten(1)
        best = every.topk(max(1, int(BEST * every.shape[1])), 1).values.mean(1)
        wanted = torch.arange(len(best), device=best.device) < BATCH // 2
        return F.binary_cross_entropy_with_logits(best, wanted.float())

    def how_much(score: nn.Module) -> Tensor:
        rows = drawn(BATCH)
        return F.binary_cross_entropy_with_logits(score(own[rows]), change[rows])

    return Localizer(features, mean, spread, _fitted(which_set, mean), _fitted(how_much, mean)).requires_grad_(False)


def _fitted(loss_of: Callable, mean: Tensor) -> nn.Module:
    """A linear score of each place, fitted to a loss."""
    score = nn.Conv2d(len(mean), 1, 1, device=mean.device)
    nn.init.zeros_(score.weight)
    nn.init.zeros_(score.bias)
    optimizer = torch.optim.AdamW(score.parameters(), RATE, weight_decay=0.1)
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1.0, 2 - 2 * step / STEPS)
        optimizer.zero_grad()
        loss_of(score).backward()
        optimizer.step()
    return score
