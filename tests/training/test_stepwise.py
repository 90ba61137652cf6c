"""Two turns are one round bit for bit, and what changes while a run goes on changes that and nothing else."""

import pytest
import torch

from ganzoo.models import cgan, dcgan, gan
from ganzoo.training.stepwise import Stepwise
from tests.support.raises_code import raises_code
from tests.training.test_trainer import begun, config, same

LESSONS = [(gan, {"r1": 1.0, "r1_every": 2}), (cgan, {"adversarial": "lsgan"}), (dcgan, {"width": 4})]


def begin(lesson, **more) -> Stepwise:
    return Stepwise(begun(config(lesson, batch_size=16, **more)))


def weights(play) -> dict[str, torch.Tensor]:
    nets = play.training.nets.items()
    return {f"{role}.{name}": tensor.clone() for role, net in nets for name, tensor in net.state_dict().items()}


def moved(play, before) -> set[str]:
    return {name for name, tensor in weights(play).items() if not torch.equal(tensor, before[name])}


@pytest.mark.parametrize(("lesson", "more"), LESSONS)
def test_two_turns_are_one_round(lesson, more):
    whole, halves = begin(lesson, **more), begin(lesson, **more)
    for i in range(5):
        whole.training.advance()
        halves.discriminator_turn()
        halves.generator_turn() if i % 2 else halves.advance()
    assert same(whole.training.state(), halves.training.state())
    assert whole.training.averages() == halves.training.averages()
    assert halves.training.step == 5 and halves.half is None


def test_a_turn_moves_its_player_alone_and_says_what_it_saw():
    play = begin(gan, lr=1e-3)
    before = weights(play)
    turn = play.discriminator_turn()
    found = moved(play, before)
    assert found and all(k.startswith("discriminator") or "running" in k or "tracked" in k for k in found)
    assert turn.real.shape == turn.fake.shape == (16, 1, 28, 28)
    assert turn.real_after.mean() > turn.real_before.mean() and turn.fake_after.mean() < turn.fake_before.mean()
    before = weights(play)
    turn = play.generator_turn()
    found = moved(play, before)
    assert found and all(k.startswith("generator") and "running" not in k for k in found)
    assert turn.fake_after.mean() > turn.fake_before.mean() and not torch.equal(turn.changed, turn.fake)
    play.discriminator_turn()
    play.discriminator_turn()  # the round in between was finished
    assert play.training.step == 2


def test_rates_and_beta1_change_on_the_living_optimizers():
    play = begin(gan)
    play.advance()
    memory = play.training.optimizers["generator"]
    changes = {"lr": (2e-4, 1e-3), "beta1": (0.5, 0.9), "discriminator_lr": (0.0, 4e-3)}  # (before, after)
    assert play.change(lr=1e-3, beta1=0.9, discriminator_lr=4e-3) == changes
    assert play.training.optimizers["generator"] is memory
    groups = {role: o.param_groups[0] for role, o in play.training.optimizers.items()}
    assert (groups["generator"]["lr"], groups["discriminator"]["lr"]) == (1e-3, 4e-3)
    assert all(group["betas"] == (0.9, 0.999) for group in groups.values())
    assert play.change(lr=1e-3) == {}
    with raises_code("bad_setting"):
        play.change(lr=7.0)
    assert play.training.config.lr == 1e-3


@pytest.mark.parametrize(("lesson", "more"), LESSONS)
def test_a_new_norm_or_activation_keeps_the_weights_that_fit(lesson, more):
    play = begin(lesson, **more)
    for _ in range(3):
        play.advance()
    old, memory = weights(play), play.training.optimizers["generator"].state_dict()["state"]
    play.change(norm="none")
    new = weights(play)
    assert old.keys() > new.keys() and not moved(play, old)
    kept = play.training.optimizers["generator"].state_dict()["state"]
    assert 0 < len(kept) < len(memory) and all(s["step"] == 3 for s in kept.values())
    play.change(norm="batch", activation="relu")
    assert weights(play).keys() == old.keys()
    acts = [m for m in play.training.nets["discriminator"].modules() if isinstance(m, torch.nn.ReLU)]
    assert acts and not [m for m in play.training.nets["generator"].modules() if isinstance(m, torch.nn.LeakyReLU)]
    play.advance()
    assert play.training.preview().isfinite().all() and play.training.step == 4
