"""The networks are the course's: counted, measured, and each step moves what it should."""

import pytest
import torch

from ganzoo.models import cgan, dcgan, gan

DIGITS = tuple("0123456789")
LESSONS = [(gan, {}), (cgan, {"classes": DIGITS}), (dcgan, {"width": 8}), (dcgan, {"width": 8, "upsample": "resize"})]


def count(net, trained=True):
    return (
        sum(p.numel() for p in net.parameters())
        if trained
        else sum(b.numel() for name, b in net.named_buffers() if "running" in name)
    )


def test_gan_generator_is_the_course_s_to_the_parameter():
    generator = gan.Generator()
    assert count(generator) == 561_168
    assert count(generator, trained=False) == 1_536
    assert count(generator) + count(generator, trained=False) == 562_704  # as Keras prints it


def batch_for(config, n=6):
    torch.manual_seed(0)
    batch = {
        "real": torch.rand(n, config.channels, config.image_size, config.image_size) * 2 - 1,
        "noise": torch.randn(n, config.noise_size),
    }
    return batch | ({"label": torch.arange(n) % 10} if config.needs_labels else {})


@pytest.mark.parametrize(("lesson", "more"), LESSONS)
@pytest.mark.parametrize(("channels", "image_size"), [(1, 28), (3, 32)])
@pytest.mark.parametrize("norm", ["batch", "none"])
def test_shapes_ranges_and_stages(lesson, more, channels, image_size, norm):
    config = lesson.Config(channels=channels, image_size=image_size, norm=norm, **more)
    nets = lesson.build(config)
    batch = batch_for(config)
    label = (batch["label"],) if "label" in batch else ()
    pictures = nets["generator"](batch["noise"], *label)
    assert pictures.shape == (6, channels, image_size, image_size)
    assert pictures.abs().max() <= 1
    assert nets["discriminator"](pictures, *label).shape == (6, 1)
    stages = nets["generator"].stages(batch["noise"], *label)
    assert torch.equal(stages[0], batch["noise"])
    assert stages[-1].shape == pictures.shape


@pytest.mark.parametrize(("lesson", "more"), LESSONS)
@pytest.mark.parametrize("adversarial", ["bce", "lsgan", "hinge"])
def test_train_step_moves_both_networks_and_reports(lesson, more, adversarial):
    config = lesson.Config(channels=1, adversarial=adversarial, r1=1.0, **more)
    nets = lesson.build(config)
    optimizers = {
        role: torch.optim.Adam(net.parameters(), config.lr, (config.beta1, 0.999)) for role, net in nets.items()
    }
    before = {role: [p.clone() for p in net.parameters()] for role, net in nets.items()}
    row = lesson.train_step(nets, optimizers, batch_for(config), config)
    assert row.shape == (4,)
    assert torch.isfinite(row).all()
    assert ((row[2:] >= 0) & (row[2:] <= 1)).all()
    for role, net in nets.items():
        assert any(not torch.equal(a, b) for a, b in zip(before[role], net.parameters(), strict=True)), role
        assert all(p.requires_grad for p in net.parameters())
    critic = [p.clone() for p in nets["discriminator"].parameters()]
    lesson.penalty_step(nets, optimizers, batch_for(config), config)
    assert any(not torch.equal(a, b) for a, b in zip(critic, nets["discriminator"].parameters(), strict=True))


def test_critic_is_trained_on_the_present_creator_then_creator_on_the_new_critic():
    """The two steps in the course's order: the first step must not touch the creator, the second not the critic."""
    config = gan.Config(channels=1)
    nets = gan.build(config)
    order = []

    class Spy(torch.optim.SGD):
        def step(self, closure=None):
            order.append(
                "discriminator"
                if self.param_groups[0]["params"][0] is next(nets["discriminator"].parameters())
                else "generator"
            )
            return super().step(closure)

    gan.train_step(nets, {role: Spy(net.parameters(), 0.1) for role, net in nets.items()}, batch_for(config), config)
    assert order == ["discriminator", "generator"]


def test_the_label_multiplies_noise_and_picture():
    config = cgan.Config(channels=1, classes=DIGITS)
    nets = cgan.build(config)
    noise, label = torch.randn(3, 100), torch.tensor([4, 4, 7])
    filtered = nets["generator"].stages(noise, label)[1]
    assert torch.allclose(filtered, noise * nets["generator"].filter.weight[label])
    pictures = torch.rand(3, 1, 28, 28)
    filtered = nets["discriminator"].stages(pictures, label)[1]
    assert torch.allclose(filtered.flatten(1), pictures.flatten(1) * nets["discriminator"].filter.weight[label])


def test_every_dcgan_kernel_is_a_multiple_of_its_stride():
    for upsample in ("deconv", "resize"):
        for net in dcgan.build(dcgan.Config(channels=1, width=4, upsample=upsample)).values():
            for layer in net.modules():
                if isinstance(layer, (torch.nn.Conv2d, torch.nn.ConvTranspose2d)):
                    assert layer.kernel_size[0] % layer.stride[0] == 0
