"""Every lesson has the functions and settings that the trainer asks of it (ganzoo/models/protocol.py)."""

import inspect

import pytest
import torch

from ganzoo.lesson_settings import Declared, Settings
from ganzoo.models import cgan, cyclegan, dcgan, gan, pix2pix
from ganzoo.models.protocol import Lesson, Networks
from ganzoo.models.registry import JUDGES, LESSONS
from tests.training.test_trainer import PAIRED, begun, config


def assert_called_alike(module, protocol):
    """Each function takes as many parameters as the protocol's, with the same defaults."""
    for name, wanted in inspect.getmembers(protocol, inspect.isfunction):
        if not name.startswith("_"):
            theirs = [p.default for p in inspect.signature(getattr(module, name)).parameters.values()]
            assert theirs == [p.default for p in inspect.signature(wanted).parameters.values()][1:], name


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_is_what_the_trainer_asks_for(name):
    lesson = LESSONS[name]
    assert isinstance(lesson, Lesson)
    assert_called_alike(lesson, Lesson)
    assert issubclass(lesson.Config, Settings) and lesson.Config.lesson == name
    assert lesson.Config.task in ("labeled", "paired", "unpaired")


@pytest.mark.parametrize("name", JUDGES)
def test_a_judge_is_networks_and_their_settings(name):
    judge = JUDGES[name]
    assert isinstance(judge, Networks) and not isinstance(judge, Lesson)
    assert_called_alike(judge, Networks)
    assert issubclass(judge.Config, Declared) and judge.Config.lesson == name


LABELED = {"batch_size": 16, "width": 8, "r1": 1.0}
STEPS = [(gan, LABELED | {"adversarial": kind}) for kind in ("bce", "lsgan", "hinge")]
STEPS += [
    (cgan, LABELED | {"adversarial": "relativistic"}),
    (dcgan, LABELED),
    (dcgan, LABELED | {"upsample": "resize"}),
]
PAIRS = [{}, {"pixel": "mse", "adversarial": "lsgan"}, {"unconditional": True, "adversarial": "hinge"}]
PAIRS += [{"diffaugment": True}]
SIDES = [{}, {"upsample": "deconv", "norm": "none"}, {"generator": "unet", "pool": 0}, {"residual": True, "gate": True}]
SIDES += [{"image_size": 64, "critic": "both", "perceptual": 1.0, "batch_size": 2}]
STEPS += [(pix2pix, PAIRED | {"r1": 1.0, "loss": loss} | more) for loss in pix2pix.LOSSES for more in PAIRS]
STEPS += [(cyclegan, PAIRED | {"r1": 1.0, "blocks": 1} | more) for more in SIDES]


@pytest.mark.parametrize(("lesson", "more"), STEPS)
def test_a_step_moves_every_network_and_reports_what_it_saw(lesson, more):
    training = begun(config(lesson, **more))

    def weights() -> dict[str, torch.Tensor]:
        return {role: torch.cat([p.detach().flatten() for p in training.nets[role].parameters()]) for role in roles}

    roles = training.optimizers.keys()
    before = weights()
    training.advance()
    assert ("discriminator" in roles) is (more.get("loss") != "mae")
    assert not [role for role, after in weights().items() if torch.equal(before[role], after)]
    row = training.averages()
    assert list(row) == list(lesson.columns(training.config)) and None not in row.values()
    assert all(p.requires_grad for role in roles for p in training.nets[role].parameters())
