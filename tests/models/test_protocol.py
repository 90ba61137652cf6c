"""Every lesson has the functions and settings that the trainer asks of it (ganzoo/models/protocol.py), and networks of the
course: counted, measured, and each step moves what it should."""

import inspect

import pytest
import torch

from ganzoo.lesson_settings import Declared, Settings
from ganzoo.models import cgan, cyclegan, dcgan, gan, pix2pix
from ganzoo.models.protocol import Lesson, Networks
from ganzoo.models.registry import JUDGES, LESSONS
from tests.training.test_trainer import PAIRED, begun, config


@pytest.mark.parametrize("name", [*LESSONS, *JUDGES])
def test_a_lesson_is_what_the_trainer_asks_for_and_a_judge_is_networks_and_their_settings(name):
    module, protocol, kind = (
        (LESSONS[name], Lesson, Settings) if name in LESSONS else (JUDGES[name], Networks, Declared)
    )
    assert isinstance(module, protocol) and isinstance(module, Lesson) == (name in LESSONS)
    for function, wanted in inspect.getmembers(protocol, inspect.isfunction):
        if not function.startswith("_"):  # it takes as many parameters as the protocol's, with the same defaults
            theirs = [p.default for p in inspect.signature(getattr(module, function)).parameters.values()]
            assert theirs == [p.default for p in inspect.signature(wanted).parameters.values()][1:], function
    assert issubclass(module.Config, kind) and module.Config.lesson == name
    assert name in JUDGES or module.Config.task in ("labeled", "paired", "unpaired")


LABELED = {"batch_size": 16, "width": 8, "r1": 1.0}
STEPS = [(gan, LABELED | {"adversarial": kind}) for kind in ("bce", "lsgan", "hinge")]
STEPS += [(cgan, LABELED | {"adversarial": "relativistic"})]
STEPS += [(dcgan, LABELED | more) for more in ({}, {"upsample": "resize"})]
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


SMALL = [(gan, {}), (cgan, {"classes": tuple("0123456789")}), (dcgan, {"width": 8})]
SMALL += [(dcgan, {"width": 8, "upsample": "resize"})]


def test_gan_generator_is_the_course_s_to_the_parameter():
    generator = gan.Generator()
    trained = sum(p.numel() for p in generator.parameters())
    running = sum(p.numel() for name, p in generator.named_buffers() if "running" in name)
    assert (trained, running, trained + running) == (561_168, 1_536, 562_704)  # the last one as Keras prints it


@pytest.mark.parametrize(("lesson", "more"), SMALL)
@pytest.mark.parametrize(("channels", "size", "norm"), [(1, 28, "batch"), (3, 32, "none")])
def test_shapes_ranges_and_stages(lesson, more, channels, size, norm):
    made = lesson.Config(channels=channels, image_size=size, norm=norm, **more)
    nets, noise = lesson.build(made), torch.randn(6, made.noise_size)
    label = (torch.arange(6),) if made.needs_labels else ()
    pictures = nets["generator"](noise, *label)
    assert pictures.shape == (6, channels, size, size) and pictures.abs().max() <= 1
    assert nets["discriminator"](pictures, *label).shape == (6, 1)
    stages = nets["generator"].stages(noise, *label)
    assert torch.equal(stages[0], noise) and stages[-1].shape == pictures.shape
    for layer in (layer for net in nets.values() for layer in net.modules()):
        if isinstance(layer, (torch.nn.Conv2d, torch.nn.ConvTranspose2d)):
            assert layer.kernel_size[0] % layer.stride[0] == 0  # no checkerboard
