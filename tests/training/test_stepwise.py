"""Two turns are one round bit for bit, and what changes while a run goes on changes that and nothing else."""

import pytest
import torch

from ganzoo.data import complete
from ganzoo.data.labeled import made_up_pictures
from ganzoo.models import cgan, dcgan, gan
from ganzoo.training.step import Training
from ganzoo.training.stepwise import Stepwise
from tests.support.raises_code import raises_code
from tests.training.test_trainer import same

LESSONS = [(gan, {"r1": 1.0, "r1_every": 2}), (cgan, {"adversarial": "lsgan"}), (dcgan, {"width": 4})]


def begin(lesson, **more) -> Stepwise:
    pictures = made_up_pictures(64)
    config = lesson.Config(batch_size=16, seed=3, device="cpu", data="made-up", **more)
    config = complete(config, pictures)
    return Stepwise(Training(config, pictures, torch.device("cpu")))


def tensors(play):
    state = play.training.state()
    found = {
        f"{part}.{role}.{k}": v for part in ("average", "nets") for role, d in state[part].items() for k, v in d.items()
    }
    for role, said in state["optimizers"].items():
        found |= {f"{role}.{i}.{k}": v for i, kept in said["state"].items() for k, v in kept.items()}
    return {k: v.clone() for k, v in found.items()} | {"sums": state["sums"].clone()}


@pytest.mark.parametrize(("lesson", "more"), LESSONS)
def test_two_turns_are_one_round(lesson, more):
    whole, halves = begin(lesson, **more), begin(lesson, **more)
    for i in range(5):
        whole.training.advance()
        halves.discriminator_turn()
        halves.generator_turn() if i % 2 else halves.advance()
    assert (
        same(whole.training.state(), halves.training.state())
        and whole.training.averages() == halves.training.averages()
    )
    assert halves.training.step == 5 and halves.half is None


def test_a_turn_moves_its_player_alone_and_says_what_it_saw():
    play = begin(gan, lr=1e-3)
    kept = tensors(play)
    turn = play.discriminator_turn()
    moved = {k for k, v in tensors(play).items() if k in kept and k.startswith("nets") and not torch.equal(v, kept[k])}
    assert moved and all(k.startswith("nets.discriminator") or "running" in k or "tracked" in k for k in moved)
    assert turn.real.shape == turn.fake.shape == (16, 1, 28, 28)
    assert turn.real_after.mean() > turn.real_before.mean() and turn.fake_after.mean() < turn.fake_before.mean()
    kept = tensors(play)
    turn = play.generator_turn()
    moved = {k for k, v in tensors(play).items() if k in kept and k.startswith("nets") and not torch.equal(v, kept[k])}
    assert moved and all(k.startswith("nets.generator") and "running" not in k for k in moved)
    assert turn.fake_after.mean() > turn.fake_before.mean() and not torch.equal(turn.changed, turn.fake)
    play.discriminator_turn()
    play.discriminator_turn()  # the round in between was finished
    assert play.training.step == 2


def test_rates_and_beta1_change_on_the_living_optimizers():
    play = begin(gan)
    play.advance()
    memory = play.training.optimizers["generator"]
    assert play.change(lr=1e-3, beta1=0.9, discriminator_lr=4e-3) == {
        "lr": (2e-4, 1e-3),
        "beta1": (0.5, 0.9),
        "discriminator_lr": (0.0, 4e-3),
    }
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
    old, memory = tensors(play), play.training.optimizers["generator"].state_dict()["state"]
    play.change(norm="none")
    new = tensors(play)
    gone = {k for k in old if k.startswith("nets") and k not in new}
    assert gone and all(torch.equal(new[k], old[k]) for k in new if k.startswith("nets"))
    kept = play.training.optimizers["generator"].state_dict()["state"]
    assert 0 < len(kept) < len(memory) and all(s["step"] == 3 for s in kept.values())
    play.change(norm="batch", activation="relu")
    assert {k for k in tensors(play) if k.startswith("nets")} == {k for k in old if k.startswith("nets")}
    acts = [m for m in play.training.nets["discriminator"].modules() if isinstance(m, torch.nn.ReLU)]
    assert acts and not [m for m in play.training.nets["generator"].modules() if isinstance(m, torch.nn.LeakyReLU)]
    play.advance()
    assert play.training.preview().isfinite().all() and play.training.step == 4
