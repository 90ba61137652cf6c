"""Where the thing is that tells two sets of pictures apart, learned without masks."""

import torch
from torch import nn

from ganzoo.data.unpaired import Unpaired
from ganzoo.images import to_float
from ganzoo.models import cyclegan, localizer
from ganzoo.models.localizer import Localizer, Masked, enlarged
from ganzoo.seeding import seeded

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


def masked_nets(inside: float) -> tuple[dict, dict, list]:
    """A CycleGAN whose localizers score every place with `inside`, its optimizers, and what its discriminators see."""
    config = cyclegan.Config(image_size=64, width=4, blocks=1, critic_width=4, patch=34, pool=0, masked=True)
    nets, seen = cyclegan.build(config), []
    for role in ("generator", "generator_back"):
        nets[role].localizer.bias.fill_(torch.logit(torch.tensor(inside)))
    for role in ("discriminator", "discriminator_back"):
        nets[role].register_forward_pre_hook(lambda net, given: seen.append(given[0].detach()))
    return nets, {role: torch.optim.Adam(net.parameters(), 1e-2) for role, net in nets.items()}, seen


def test_discriminators_see_the_thing_alone():
    config = cyclegan.Config(image_size=64, pool=0, identity=0.0, masked=True, r1=1.0)
    pictures = {side: torch.randint(0, 256, (2, 3, 96, 96), dtype=torch.uint8) for side in "ab"}
    for inside in (0.9, 0.4):  # of 0.4 much may be changed, but nothing is surely the thing
        nets, optimizers, seen = masked_nets(inside)
        batch = cyclegan.draw_batch(
            nets, Unpaired("", ("a", "b"), pictures, pictures).batches(config, "cpu"), 0, config
        )
        cyclegan.train_step(nets, optimizers, batch, config)
        cyclegan.penalty_step(nets, optimizers, batch, config)
        assert torch.equal(seen[0], batch["b"]) if inside == 0.9 else not any(picture.any() for picture in seen)
        assert not torch.equal(nets["generator"](batch["a"]), batch["a"])


def test_training_pictures_have_the_masks_that_their_own_generator_finds_in_the_whole_picture():
    config = cyclegan.Config(image_size=64, pool=0, masked=True)
    pictures = {side: torch.randint(0, 256, (2, 3, 96, 96), dtype=torch.uint8) for side in "ab"}
    batches = Unpaired("", ("a", "b"), pictures, pictures).batches(config, "cpu")
    nets, *_ = masked_nets(0.5)
    torch.manual_seed(0)
    for side, role in (("a", "generator"), ("b", "generator_back")):
        found = nets[role].localizer
        places = found.places(to_float(pictures[side]))
        found.mean.copy_(places.mean((0, 2, 3))[:, None, None])
        found.spread.copy_(places.std((0, 2, 3))[:, None, None])
        torch.nn.init.normal_(found.weight, 0, 0.05)
    cyclegan.draw_batch(nets, batches, 0, config)
    for side, role in (("a", "generator"), ("b", "generator_back")):
        found, whole = nets[role].localizer, to_float(pictures[side])
        masks = enlarged(batches.masks[side], (96, 96))
        assert torch.allclose(masks, torch.cat([found(whole), found.sure(whole)], 1), atol=1e-4)
        assert (masks.std((0, 2, 3)) > 0.1).all()
        made, free = nets[role](whole, masks[:, :1]), nets[role].generator(whole)
        assert torch.allclose(made, nets[role](whole), atol=1e-4)
        assert torch.allclose(nets[role](whole, torch.ones(2, 1, 96, 96)), free, atol=1e-6)
