"""What most GAN code does, for the benchmark to compare with: one generator of steps for each lesson."""

import torch
from PIL import Image
from torch.utils.data import DataLoader, default_collate
from torchvision.transforms import Compose, Normalize, ToTensor

from ganzoo import images
from ganzoo.data.paired import JITTER
from ganzoo.models import gan, pix2pix

TO_TENSOR = Compose([ToTensor(), Normalize([0.5], [0.5])])  # a PIL picture -> a tensor in [-1, 1]


def batches(count: int, batch_size: int, draw):
    """Batches without end of `count` items, of which `draw(i)` makes each one anew."""
    how = dict(shuffle=True, drop_last=True, collate_fn=lambda rows: default_collate([draw(i) for i in rows]))
    while True:
        yield from DataLoader(range(count), batch_size, **how)


def cropped(pictures: list[Image.Image], side: int) -> list[torch.Tensor]:
    """A random square of pictures, the same of each, mirrored half of the time."""
    x, y = torch.randint(0, pictures[0].width - side + 1, (2,)).tolist()
    pictures = [p.crop((x, y, x + side, y + side)) for p in pictures]
    if torch.rand(()) < 0.5:
        pictures = [p.transpose(Image.Transpose.FLIP_LEFT_RIGHT) for p in pictures]
    return [TO_TENSOR(p) for p in pictures]


def adam(config, *nets):
    weights = [parameter for net in nets for parameter in net.parameters()]
    return torch.optim.Adam(weights, lr=config.lr, betas=(config.beta1, 0.999))


def bce(scores, answer: float):
    """Binary cross-entropy of raw scores and one answer for all of them: 1 real, 0 fake."""
    return torch.nn.functional.binary_cross_entropy_with_logits(scores, torch.full_like(scores, answer))


def usual_loop(config, pictures, device):
    """A generator that trains one batch a `next`, written as the tutorials write it."""
    generator, discriminator = (net.to(device) for net in gan.build(config).values())
    adam_g, adam_d = adam(config, generator), adam(config, discriminator)

    def draw(i):
        return TO_TENSOR(images.to_pil(pictures.train[i : i + 1])[0]), 0

    for real, _ in batches(len(pictures.train), config.batch_size, draw):
        real = real.to(device)
        adam_d.zero_grad()
        fake = generator(torch.randn(len(real), config.noise_size, device=device))
        loss = bce(discriminator(real), 1.0) + bce(discriminator(fake.detach()), 0.0)
        loss.backward()
        adam_d.step()
        adam_g.zero_grad()
        loss = bce(discriminator(fake), 1.0)
        loss.backward()
        adam_g.step()
        yield loss.item()  # as the usual progress print does


def usual_pix2pix(config, pairs, device):
    """A generator that trains one pair a `next`, written as the reference code does it: batch 1, fp32, eager."""
    large = (round(config.image_size * JITTER),) * 2
    pil = list(zip(images.to_pil(pairs.train.original), images.to_pil(pairs.train.target), strict=True))
    generator, discriminator = (net.to(device) for net in pix2pix.build(config).values())
    adam_g, adam_d = adam(config, generator), adam(config, discriminator)
    l1 = torch.nn.L1Loss()

    def draw(i):
        return cropped([p.resize(large, Image.Resampling.BICUBIC) for p in pil[i]], config.image_size)

    for original, truth in batches(len(pil), 1, draw):
        original, truth = original.to(device), truth.to(device)
        fake = generator(original)
        adam_d.zero_grad()
        on_fake = discriminator(torch.cat([original, fake.detach()], 1))
        on_real = discriminator(torch.cat([original, truth], 1))
        loss = (bce(on_fake, 0.0) + bce(on_real, 1.0)) / 2
        loss.backward()
        adam_d.step()
        discriminator.requires_grad_(False)
        adam_g.zero_grad()
        loss = bce(discriminator(torch.cat([original, fake], 1)), 1.0) + config.weight * l1(fake, truth)
        loss.backward()
        adam_g.step()
        discriminator.requires_grad_(True)
        yield loss.item()
