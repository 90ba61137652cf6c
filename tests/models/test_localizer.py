"""Where the thing is that tells two sets of pictures apart, learned without masks."""

import pytest
import torch
from torch import nn

from ganzoo.data.unpaired import Unpaired
from ganzoo.images import enlarged, to_float
from ganzoo.models import cyclegan, localizer
from ganzoo.models.localizer import Localizer, Masked
from ganzoo.seeding import global_seed, seeded

SIDE, DISC = 224, 72


def scene(step: int, striped: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """Noise like grass with a disc somewhere, striped or plain; the picture (1, 3, S, S) and its mask (1, 1, S, S)."""
    random = seeded("cpu", step, int(striped))
    ground = torch.rand(1, 3, SIDE, SIDE, generator=random) * 0.4 - torch.tensor([0.6, 0.1, 0.7]).view(1, 3, 1, 1)
    down, across = torch.randint(0, SIDE - DISC, (2,), generator=random)
    rows, columns = torch.arange(SIDE)[:, None] - down - DISC / 2, torch.arange(SIDE) - across - DISC / 2
    mask = (rows.square() + columns.square() < (DISC / 2) ** 2)[None, None].float()
    coat = (torch.arange(SIDE) // 4 % 2 * 2.0 - 1) if striped else torch.tensor(-0.3)
    return torch.where(mask > 0, coat, ground), mask


class Scenes:
    """A set of plain discs and a set of striped ones."""

    device = torch.device("cpu")

    def __call__(self, step):
        return {"a": scene(step, False)[0], "b": scene(step, True)[0]}


class Careless(nn.Module):
    """A translator that changes discs, and the ground at the left edge, too."""

    def forward(self, picture):
        grass = picture[:, 1:2] - picture[:, :1] > 0.3
        left = torch.arange(picture.shape[3]) < 40
        return torch.where(grass & ~left, picture, picture - 0.5)


def test_the_thing_that_tells_two_sets_apart_is_found_and_all_else_stays(monkeypatch):
    monkeypatch.setattr(localizer, "STEPS", 40)
    masked = Masked(Careless())
    picture, mask = scene(1000, False)
    before = torch.get_rng_state()
    assert torch.allclose(masked(picture), Careless()(picture))  # nothing was learned, so nothing is kept
    masked.localizer.learn(masked.generator, Scenes(), "a", 0, count=10)
    assert torch.equal(torch.get_rng_state(), before)
    inside, outside, changed = [], [], []
    for step in range(1000, 1004):  # scenes that it has not seen
        picture, mask = scene(step, False)
        found = masked.localizer(picture)
        assert found.shape == mask.shape and found.min() >= 0 and found.max() <= 1
        inside.append(found[mask > 0].mean())
        outside.append(found[mask == 0].mean())
        change = [(made - picture).abs()[:, :1][mask == 0].mean() for made in (masked(picture), Careless()(picture))]
        changed.append(change[0] / change[1])
    assert torch.stack(inside).mean() > 2 * torch.stack(outside).mean()
    assert torch.stack(changed).mean() < 0.7


def test_the_features_are_no_weights_of_a_localizer_which_reads_pictures_of_any_size_and_grey_ones():
    net = Localizer()
    net(torch.zeros(1, 3, 64, 64))
    assert set(net.state_dict()) == {"mean", "spread", "weight", "bias"} and not list(net.parameters())
    for shape in ((2, 1, 40, 72), (1, 3, 264, 100)):
        assert net(torch.zeros(shape)).shape == (shape[0], 1, *shape[2:])


def masked_nets() -> dict:
    config = cyclegan.Config(image_size=64, width=4, blocks=1, critic_width=4, patch=34, pool=0, masked=True)
    with global_seed(0):
        return cyclegan.build(config)


def recorded(net: nn.Module) -> list:
    """What the network is given from now on, and what it makes: a list that grows."""
    calls = []
    net.register_forward_hook(lambda net, given, made: calls.append([x.detach() for x in (*given, made)]))
    return calls


def test_each_discriminator_sees_its_side_and_what_becomes_of_the_other_only_where_the_thing_surely_is():
    config = cyclegan.Config(image_size=64, pool=0, masked=True, adversarial="relativistic", r1=1.0, identity=0.0)
    random, columns = seeded("cpu", 0), torch.arange(64)
    batch = {side: torch.rand(2, 3, 64, 64, generator=random) * 2 - 1 for side in "ab"}
    for side, changed, sure in (("a", columns < 32, columns < 20), ("b", columns >= 32, columns >= 50)):
        batch[f"mask_{side}"], batch[f"sure_{side}"] = (where.float().expand(2, 1, 64, 64) for where in (changed, sure))
    nets = masked_nets()
    calls = {role: recorded(net) for role, net in nets.items()}
    optimizers = {role: torch.optim.Adam(net.parameters(), 1e-2) for role, net in nets.items()}
    cyclegan.train_step(nets, optimizers, batch, config)
    cyclegan.penalty_step(nets, optimizers, batch, config)

    for role, (side, other) in {"generator": "ab", "generator_back": "ba"}.items():
        (picture, mask, made), (returning, mask_of_other, _) = calls[role][:2]
        assert torch.equal(picture, batch[side]) and torch.equal(mask, batch[f"mask_{side}"])
        assert torch.equal((made != picture).any(1).any(1).any(0), mask[0, 0, 0] > 0)
        assert not torch.equal(returning, batch[other]) and torch.equal(mask_of_other, batch[f"mask_{other}"])
    for way, (real, origin) in {"": "ba", "_back": "ab"}.items():
        made = calls[f"generator{way}"][0][-1]
        wanted = [batch[real] * batch[f"sure_{real}"], made * batch[f"sure_{origin}"]]
        seen = [picture for picture, _ in calls[f"discriminator{way}"]]
        assert torch.equal(seen[0], wanted[0]) and torch.equal(seen[1], wanted[1])
        assert len(seen) == 6  # real and made ones, for itself, for the generators and for the penalty
        assert all(any(torch.equal(picture != 0, whole != 0) for whole in wanted) for picture in seen)


@pytest.mark.parametrize("size", [96, 100])
def test_training_pictures_have_the_masks_that_their_own_generator_finds_in_the_whole_picture(size):
    config = cyclegan.Config(image_size=64, pool=0, masked=True)
    random = seeded("cpu", 0)
    sets = {side: torch.randint(0, 256, (3, 3, size, size), dtype=torch.uint8, generator=random) for side in "ab"}
    batches = Unpaired("", ("a", "b"), sets, sets).batches(config, "cpu")
    nets = masked_nets()
    for side, role in (("a", "generator"), ("b", "generator_back")):
        found = nets[role].localizer
        places = found.places(to_float(sets[side]))
        found.mean.copy_(places.mean((0, 2, 3))[:, None, None])
        found.spread.copy_(places.std((0, 2, 3))[:, None, None])
        found.weight.copy_(torch.randn(found.weight.shape, generator=random) * 0.05)
    cyclegan.prepare(nets, batches, config)
    for side, role in (("a", "generator"), ("b", "generator_back")):
        found, side_in_use = nets[role].localizer, -(-size // 32) * 32
        whole = enlarged(to_float(sets[side]), (side_in_use, side_in_use))
        masks = enlarged(batches.masks[side], whole.shape[2:])
        assert torch.allclose(masks, torch.cat([found(whole), found.sure(whole)], 1), atol=1e-4)
        assert (masks.std((0, 2, 3)) > 0.03).all() and not torch.equal(masks[:, 0], masks[:, 1])
