"""The networks are the course's: counted and measured. Their steps: tests/models/test_protocol.py."""

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
