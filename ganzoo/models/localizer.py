"""Finds the horse or the zebra in a picture, or whatever else tells two sets of pictures apart, so that a generator can leave
the rest alone (after Mejjati et al. 2018, whose attention is learned beside the generators; ours after them).

Nobody drew a mask. Two weak hints agree only on the animals, and each is a linear score of pretrained features at each place.
One set differs from the other by its animals, more than by grass and sky: a score pooled over a picture's best places can
tell which set it is from (multiple-instance learning). And a trained CycleGAN nearly always changes animals, other things
now and then: the other score foretells from the same features how much it will change a place.
"""

from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganzoo import images
from ganzoo.models import pretrained
from ganzoo.models.features import EfficientNetLite, map_channels
from ganzoo.seeding import global_seed

PICTURES = 300  # of each set, to learn from
STEPS, BATCH, RATE = 300, 16, 2e-3  # of each of the two scores
BEST = 0.15  # share of a picture's places that say which set it is from
STRONG = 0.97  # a change above this quantile counts as whole
# Of both scores together (geometric mean): outside, inside; soft between. Chosen on masks drawn by hand (train/RESULTS.md).
CHANGED, SURE = (0.25, 0.45), (0.45, 0.6)  # what a generator may change; what discriminators see


@cache
def features_on(device: torch.device) -> EfficientNetLite:
    """The pretrained features, one network for all localizers."""
    return pretrained.load(device=device)


class Localizer(nn.Module):
    """Pictures (B, C, H, W) in [-1, 1] of one set -> (B, 1, H, W), 1 where the thing is and 0 elsewhere, soft at its edge:
    the features have one place for 16 pixels. Before `learn`, 1 everywhere. The features are not among its weights."""

    def __init__(self):
        super().__init__()
        count = sum(map_channels()[1:])
        self.register_buffer("mean", torch.zeros(count, 1, 1))
        self.register_buffer("spread", torch.ones(count, 1, 1))
        self.register_buffer("weight", torch.zeros(2, count, 1, 1))  # which set, how much change
        self.register_buffer("bias", torch.zeros(2))

    def forward(self, pictures: Tensor) -> Tensor:
        return images.enlarged(self.coarse(pictures)[:, :1], pictures.shape[2:])

    def sure(self, pictures: Tensor) -> Tensor:
        """A stricter mask, with hardly any background in it: the discriminators see nothing else."""
        return images.enlarged(self.coarse(pictures)[:, 1:], pictures.shape[2:])

    @torch.no_grad()
    def coarse(self, pictures: Tensor) -> Tensor:
        """(B, 2, H / 16, W / 16), rounded up: both masks, a cell for 16 pixels."""
        places = (self.places(pictures) - self.mean) / self.spread
        score = F.conv2d(places, self.weight, self.bias).float().sigmoid().prod(1, keepdim=True).sqrt()
        return torch.cat([((score - low) / (high - low)).clamp(0, 1) for low, high in (CHANGED, SURE)], 1)

    def places(self, pictures: Tensor) -> Tensor:
        """(B, F, H / 16, W / 16), rounded up: the features of strides 8, 16 and 32 side by side. Smaller pictures than
        features.SMALLEST have the places of that size."""
        finer, same, coarser = (m.float() for m in features_on(pictures.device)(pictures)[1:])
        coarser = images.enlarged(coarser, same.shape[2:])
        return torch.cat([F.avg_pool2d(finer, 2, ceil_mode=True), same, coarser], 1)

    def learn(self, generator: nn.Module, batches, side: str, seed: int, half=False, count=PICTURES) -> None:
        """`generator` translates pictures of `side` ("a" or "b"); `batches(step)` gives one picture of each set, {"a": (1, C,
        S, S), "b": ...} in [-1, 1]. `half`: the networks compute in bf16. `count`: pictures of each set to learn from; their
        places are kept in memory, about 1 MB for 10 pictures of 64 pixels."""
        places, changes = {"a": [], "b": []}, []
        with torch.no_grad(), torch.autocast(batches.device.type, torch.bfloat16, enabled=half):
            for step in range(count):
                batch = batches(step)
                for name, pictures in batch.items():
                    places[name].append(self.places(pictures))
                change = (generator(batch[side]).float() - batch[side]).abs().mean(1, keepdim=True)
                changes.append(F.interpolate(change, places[side][-1].shape[2:], mode="area"))
        kept = {name: torch.cat(parts) for name, parts in places.items()}
        flat = torch.cat(list(kept.values())).transpose(0, 1).flatten(1)
        self.mean.copy_(flat.mean(1)[:, None, None])
        self.spread.copy_(flat.std(1).clamp(min=1e-3)[:, None, None])
        own, other = ((kept[name] - self.mean) / self.spread for name in (side, "b" if side == "a" else "a"))
        change = torch.cat(changes)
        whole = change.flatten().kthvalue(max(1, int(STRONG * change.numel()))).values
        change = (change / whole.clamp(min=1e-6)).clamp(0, 1)

        def drawn(n: int) -> Tensor:
            return torch.randint(count, (n,)).to(own.device)

        def which_set(score: nn.Module) -> Tensor:
            pictures = torch.cat([own[drawn(BATCH // 2)], other[drawn(BATCH // 2)]])
            every = score(F.dropout(pictures, 0.3)).flatten(1)
            best = every.topk(max(1, int(BEST * every.shape[1])), 1).values.mean(1)
            wanted = torch.arange(len(best), device=best.device) < BATCH // 2
            return F.binary_cross_entropy_with_logits(best, wanted.float())

        def how_much(score: nn.Module) -> Tensor:
            rows = drawn(BATCH)
            return F.binary_cross_entropy_with_logits(score(F.dropout(own[rows], 0.3)), change[rows])

        with global_seed(seed, device=own.device):
            for i, loss_of in enumerate((which_set, how_much)):
                score = _fitted(loss_of, self.mean)
                self.weight[i] = score.weight[0].detach()
                self.bias[i] = score.bias[0].detach()


def coarse_masks(localizer: Localizer, pictures: Tensor) -> Tensor:
    """`localizer.coarse` of many square pictures, uint8 (N, C, S, S). At a multiple of the features' last stride, 32, cells do
    not reach beyond the picture, as in use."""
    side = -(-pictures.shape[-1] // 32) * 32
    parts = pictures.split(2)  # on a CPU, more at a time take longer
    return torch.cat([localizer.coarse(images.enlarged(images.to_float(part), (side, side))) for part in parts])


def _fitted(loss_of, mean: Tensor) -> nn.Module:
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


class Masked(nn.Module):
    """A generator whose answer counts only where its localizer finds the thing: pictures (B, C, H, W) -> the same shape."""

    def __init__(self, generator: nn.Module):
        super().__init__()
        self.generator, self.localizer = generator, Localizer()

    def forward(self, picture: Tensor, mask: Tensor | None = None) -> Tensor:
        """`mask` (B, 1, H, W), 1 where the thing is, stands in for what the localizer finds in this picture."""
        made = self.generator(picture)
        mask = self.localizer(picture) if mask is None else mask
        return picture + mask * (made.float() - picture)
