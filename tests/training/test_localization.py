"""Where the thing is that tells two sets of pictures apart, learned without masks."""

import torch
from torch import nn

from ganzoo import pretrained
from ganzoo.seeding import seeded
from ganzoo.training import localization

SIDE, DISC = 224, 72


def scene(step: int, striped: bool | None) -> tuple[torch.Tensor, torch.Tensor]:
    """Noise like grass with a disc somewhere, striped or plain; the picture (1, 3, S, S) and its mask (1, 1, S, S)."""
    random = seeded("cpu", step, int(striped))
    ground = torch.rand(1, 3, SIDE, SIDE, generator=random) * 0.4 - torch.tensor([0.6, 0.1, 0.7]).view(1, 3, 1, 1)
    down, across = torch.randint(0, SIDE - DISC, (2,), generator=random)
    rows, columns = torch.arange(SIDE)[:, None] - down - DISC / 2, torch.arange(SIDE) - across - DISC / 2
    mask = (rows.square() + columns.square() < (DISC / 2) ** 2)[None, None].float()
    coat = (
        (torch.arange(SIDE) // 4 % 2 * 2.0 - 1).expand(1, 3, SIDE, SIDE)
        if striped
        else torch.full((1, 3, SIDE, SIDE), -0.3)
    )
    return torch.where(mask > 0, coat, ground), mask


class Scenes:
    """A set of plain discs and a set of striped ones."""

    device = torch.device("cpu")

    def __call__(self, step):
        return {"a": scene(step, False)[0], "b": scene(step, True)[0]}


class Careless(nn.Module):
    """A translator that changes discs, and at times the ground."""

    def forward(self, picture):
        grassy = picture[:, 1:2] - picture[:, :1] > 0.3
        left = torch.arange(SIDE) < 40
        return torch.where(grassy & ~left, picture, picture - 0.5)


def test_the_thing_that_tells_two_sets_apart_is_found(monkeypatch):
    monkeypatch.setattr(localization, "STEPS", 150)
    for side, striped in (("a", False), ("b", True)):
        localizer = localization.learn(pretrained.load(), Careless(), Scenes(), side, 0, half=False, count=30)
        inside, outside = [], []
        for step in range(1000, 1010):  # scenes that it has not seen
            picture, mask = scene(step, striped)
            found = localizer(picture)
            assert found.shape == mask.shape and found.min() >= 0 and found.max() <= 1
            inside.append(found[mask > 0].mean())
            outside.append(found[mask == 0].mean())
        assert torch.stack(inside).mean() > 2 * torch.stack(outside).mean()
