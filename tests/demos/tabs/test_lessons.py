"""The networks are the course's: counted, measured, and each step moves what it should."""

import pytest
import torch

from ganzoo.models import cgan, dcgan, gan

DIGITS = tuple("0123456789")
LESSONS = [(gan, {}), (cgan, {"classes": DIGITS}), (dcgan, {"width": 8}), (dcgan, {"width": 8, "upsample": "resize"})]
SIZES = [{"channels": 1, "image_size": 28, "norm": "batch"}, {"channels": 3, "image_size": 32, "norm": "none"}]


def test_gan_generator_is_the_course_s_to_the_parameter():
    generator = gan.Generator()
    trained = sum(p.numel() for p in generator.parameters())
    running = sum(p.numel() for name, p in generator.named_buffers() if "running" in name)
    assert (trained, running, trained + running) == (561_168, 1_536, 562_704)  # the last one as Keras prints it


def batch_for(config, n=6):
    torch.manual_seed(0)
    batch = {
        "real": torch.rand(n, config.channels, config.image_size, config.image_size) * 2 - 1,
        "noise": torch.randn(n, config.noise_size),
    }
    return batch | ({"label": torch.arange(n) % 10} if config.needs_labels else {})


@pytest.mark.parametrize(("lesson", "more"), LESSONS)
@pytest.mark.parametrize("size", SIZES)
def test_shapes_ranges_and_stages(lesson, more, size):
    config = lesson.Config(**size, **more)
    nets, batch = lesson.build(config), batch_for(config)
    label = (batch["label"],) if "label" in batch else ()
    pictures = nets["generator"](batch["noise"], *label)
    assert pictures.shape == batch["real"].shape and pictures.abs().max() <= 1
    assert nets["discriminator"](pictures, *label).shape == (6, 1)
    stages = nets["generator"].stages(batch["noise"], *label)
    assert torch.equal(stages[0], batch["noise"]) and stages[-1].shape == pictures.shape
    for net in nets.values():
        for layer in net.modules():
            if isinstance(layer, (torch.nn.Conv2d, torch.nn.ConvTranspose2d)):
                assert layer.kernel_size[0] % layer.stride[0] == 0  # no checkerboard


class Adam(torch.optim.Adam):
    """Notes in `order` that its role has taken a step."""

    def __init__(self, role, order, *settings):
        super().__init__(*settings)
        self.role, self.order = role, order

    def step(self, closure=None):
        self.order.append(self.role)
        return super().step(closure)


@pytest.mark.parametrize(("lesson", "more"), LESSONS)
@pytest.mark.parametrize("adversarial", ["bce", "lsgan", "hinge"])
def test_train_step_moves_the_critic_then_the_creator_and_reports(lesson, more, adversarial):
    config = lesson.Config(channels=1, adversarial=adversarial, r1=1.0, **more)
    nets, order = lesson.build(config), []
    optimizers = {
        role: Adam(role, order, net.parameters(), config.lr, (config.beta1, 0.999)) for role, net in nets.items()
    }

    def played(step) -> tuple[torch.Tensor, set[str]]:
        """What the step gives, and whose weights it has moved."""
        before = {role: [p.clone() for p in net.parameters()] for role, net in nets.items()}
        row = step(nets, optimizers, batch_for(config), config)
        same = {r: all(map(torch.equal, weights, nets[r].parameters())) for r, weights in before.items()}
        return row, {role for role in same if not same[role]}

    row, moved = played(lesson.train_step)
    assert moved == {"generator", "discriminator"} and order == ["discriminator", "generator"]
    assert row.shape == (4,) and torch.isfinite(row).all() and ((row[2:] >= 0) & (row[2:] <= 1)).all()
    assert all(p.requires_grad for net in nets.values() for p in net.parameters())
    assert played(lesson.penalty_step)[1] == {"discriminator"}
