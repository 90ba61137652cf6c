"""What most GAN code does, for the benchmark to compare with: one generator of steps for each lesson."""

import dataclasses

import torch
import torchvision
from PIL import Image

from ganzoo import images
from ganzoo.data.paired import JITTER
from ganzoo.models import cyclegan, gan, pix2pix


class Drawn(torch.utils.data.Dataset):
    """`count` items, of which `draw(i)` makes each one anew."""

    def __init__(self, count: int, draw):
        self.count, self.draw = count, draw

    def __len__(self):
        return self.count

    def __getitem__(self, i):
        return self.draw(i)


def to_tensor(channels: int):
    """A PIL picture -> a tensor in [-1, 1]."""
    middle = [0.5] * channels
    return torchvision.transforms.Compose(
        [torchvision.transforms.ToTensor(), torchvision.transforms.Normalize(middle, middle)]
    )


def adam(config, *nets):
    weights = [parameter for net in nets for parameter in net.parameters()]
    return torch.optim.Adam(weights, lr=config.lr, betas=(config.beta1, 0.999))


def usual_loop(config, pictures, device):
    """A generator that trains one batch a `next`, written as the tutorials write it."""
    transform = to_tensor(1)
    data = Drawn(len(pictures.train), lambda i: (transform(images.to_pil(pictures.train[i : i + 1])[0]), 0))
    generator, discriminator = (net.to(device) for net in gan.build(config).values())
    creator, critic = adam(config, generator), adam(config, discriminator)
    criterion = torch.nn.BCEWithLogitsLoss()
    while True:
        for real, _ in torch.utils.data.DataLoader(data, config.batch_size, shuffle=True, drop_last=True):
            real = real.to(device)
            ones, zeros = torch.ones(len(real), 1, device=device), torch.zeros(len(real), 1, device=device)
            critic.zero_grad()
            fake = generator(torch.randn(len(real), config.noise_size, device=device))
            loss = criterion(discriminator(real), ones) + criterion(discriminator(fake.detach()), zeros)
            loss.backward()
            critic.step()
            creator.zero_grad()
            loss = criterion(discriminator(fake), ones)
            loss.backward()
            creator.step()
            yield loss.item()  # as the usual progress print does


def usual_pix2pix(config, pairs, device):
    """A generator that trains one pair a `next`, written as the reference code does it: batch 1, fp32, eager."""
    transform, side, large = to_tensor(3), config.image_size, round(config.image_size * JITTER)
    pil = list(zip(images.to_pil(pairs.train.original), images.to_pil(pairs.train.target), strict=True))

    def draw(i):
        x, y = torch.randint(0, large - side + 1, (2,)).tolist()
        both = [p.resize((large, large), Image.Resampling.BICUBIC) for p in pil[i]]
        both = [p.crop((x, y, x + side, y + side)) for p in both]
        if torch.rand(()) < 0.5:
            both = [p.transpose(Image.Transpose.FLIP_LEFT_RIGHT) for p in both]
        return tuple(transform(p) for p in both)

    generator, discriminator = (net.to(device) for net in pix2pix.build(config).values())
    creator, critic = adam(config, generator), adam(config, discriminator)
    bce, l1 = torch.nn.BCEWithLogitsLoss(), torch.nn.L1Loss()
    while True:
        for original, truth in torch.utils.data.DataLoader(Drawn(len(pil), draw), 1, shuffle=True):
            original, truth = original.to(device), truth.to(device)
            fake = generator(original)
            critic.zero_grad()
            on_fake = discriminator(torch.cat([original, fake.detach()], 1))
            on_real = discriminator(torch.cat([original, truth], 1))
            loss = (bce(on_fake, torch.zeros_like(on_fake)) + bce(on_real, torch.ones_like(on_real))) / 2
            loss.backward()
            critic.step()
            discriminator.requires_grad_(False)
            creator.zero_grad()
            on_fake = discriminator(torch.cat([original, fake], 1))
            loss = bce(on_fake, torch.ones_like(on_fake)) + config.weight * l1(fake, truth)
            loss.backward()
            creator.step()
            discriminator.requires_grad_(True)
            yield loss.item()  # as the usual progress print does


def remembered(pool: list, made, size: int):
    """A picture made just now or, half of the time, an older one of the pool, whose place it takes."""
    if len(pool) < size:
        pool.append(made)
        return made
    if torch.rand(()) < 0.5:
        i = torch.randint(len(pool), ()).item()
        made, pool[i] = pool[i], made
    return made


def usual_cyclegan(config, sets, device):
    """A generator that trains one picture of each side a `next`, written as the reference code does it: batch 1, fp32, eager."""
    transform, size = to_tensor(3), config.image_size
    pil_a, pil_b = (images.to_pil(sets.train[side]) for side in "ab")

    def draw(i):
        found = []
        for picture in (pil_a[i % len(pil_a)], pil_b[torch.randint(len(pil_b), ()).item()]):
            x, y = torch.randint(0, picture.width - size + 1, (2,)).tolist()
            picture = picture.crop((x, y, x + size, y + size))
            found.append(transform(picture.transpose(0) if torch.rand(()) < 0.5 else picture))
        return tuple(found)

    nets = {role: net.to(device) for role, net in cyclegan.build(dataclasses.replace(config, pool=0)).items()}
    forth, back, critics = nets["generator"], nets["generator_back"], ("discriminator", "discriminator_back")
    creator, critic = adam(config, forth, back), adam(config, *(nets[role] for role in critics))
    mse, l1, pools = torch.nn.MSELoss(), torch.nn.L1Loss(), {role: [] for role in critics}

    while True:
        for a, b in torch.utils.data.DataLoader(Drawn(max(len(pil_a), len(pil_b)), draw), 1, shuffle=True):
            a, b = a.to(device), b.to(device)
            fake_b, fake_a = forth(a), back(b)
            for role in critics:
                nets[role].requires_grad_(False)
            creator.zero_grad()
            loss = config.cycle * (l1(back(fake_b), a) + l1(forth(fake_a), b))
            loss = loss + config.cycle * config.identity * (l1(forth(b), b) + l1(back(a), a))
            for role, fake in zip(critics, (fake_b, fake_a), strict=True):
                scores = nets[role](fake)
                loss = loss + mse(scores, torch.ones_like(scores))
            loss.backward()
            creator.step()
            critic.zero_grad()
            for role, real, fake in zip(critics, (b, a), (fake_b, fake_a), strict=True):
                nets[role].requires_grad_(True)
                on_real, on_fake = nets[role](real), nets[role](remembered(pools[role], fake.detach(), config.pool))
                (0.5 * (mse(on_real, torch.ones_like(on_real)) + mse(on_fake, torch.zeros_like(on_fake)))).backward()
            critic.step()
            yield loss.item()  # as the usual progress print does
