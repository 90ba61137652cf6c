"""What most GAN code does, for the benchmark to compare with: one generator of steps for each lesson."""

import dataclasses

import torch
import torchvision
from PIL import Image

from ganzoo import images
from ganzoo.data.paired import JITTER
from ganzoo.models import cyclegan, gan, pix2pix


def usual_loop(config, pictures, device):
    """A generator that trains one batch a `next`, written as the tutorials write it."""
    transform = torchvision.transforms.Compose(
        [torchvision.transforms.ToTensor(), torchvision.transforms.Normalize([0.5], [0.5])]
    )

    class PilPictures(torch.utils.data.Dataset):
        def __len__(self):
            return len(pictures.train)

        def __getitem__(self, i):
            return transform(images.to_pil(pictures.train[i : i + 1])[0]), 0

    nets = {role: net.to(device) for role, net in gan.build(config).items()}
    generator, discriminator = nets["generator"], nets["discriminator"]
    adam = {r: torch.optim.Adam(n.parameters(), lr=config.lr, betas=(config.beta1, 0.999)) for r, n in nets.items()}
    criterion = torch.nn.BCEWithLogitsLoss()
    while True:
        for real, _ in torch.utils.data.DataLoader(PilPictures(), config.batch_size, shuffle=True, drop_last=True):
            real = real.to(device)
            ones, zeros = torch.ones(len(real), 1, device=device), torch.zeros(len(real), 1, device=device)
            adam["discriminator"].zero_grad()
            fake = generator(torch.randn(len(real), config.noise_size, device=device))
            loss = criterion(discriminator(real), ones) + criterion(discriminator(fake.detach()), zeros)
            loss.backward()
            adam["discriminator"].step()
            adam["generator"].zero_grad()
            loss = criterion(discriminator(fake), ones)
            loss.backward()
            adam["generator"].step()
            yield loss.item()  # as the usual progress print does


def usual_pix2pix(config, pairs, device):
    """A generator that trains one pair a `next`, written as the reference code does it: batch 1, fp32, eager."""
    to_tensor = torchvision.transforms.Compose(
        [torchvision.transforms.ToTensor(), torchvision.transforms.Normalize([0.5] * 3, [0.5] * 3)]
    )

    class PilPairs(torch.utils.data.Dataset):
        def __init__(self):
            train = pairs.train
            self.pil = list(zip(images.to_pil(train.original), images.to_pil(train.target), strict=True))

        def __len__(self):
            return len(self.pil)

        def __getitem__(self, i):
            side, large = config.image_size, round(config.image_size * JITTER)
            x, y = torch.randint(0, large - side + 1, (2,)).tolist()
            both = [
                p.resize((large, large), Image.Resampling.BICUBIC).crop((x, y, x + side, y + side)) for p in self.pil[i]
            ]
            if torch.rand(()) < 0.5:
                both = [p.transpose(Image.Transpose.FLIP_LEFT_RIGHT) for p in both]
            return tuple(to_tensor(p) for p in both)

    nets = {role: net.to(device) for role, net in pix2pix.build(config).items()}
    generator, discriminator = nets["generator"], nets["discriminator"]
    adam = {r: torch.optim.Adam(n.parameters(), lr=config.lr, betas=(config.beta1, 0.999)) for r, n in nets.items()}
    bce, l1 = torch.nn.BCEWithLogitsLoss(), torch.nn.L1Loss()
    while True:
        for original, truth in torch.utils.data.DataLoader(PilPairs(), 1, shuffle=True):
            original, truth = original.to(device), truth.to(device)
            fake = generator(original)
            adam["discriminator"].zero_grad()
            on_fake = discriminator(torch.cat([original, fake.detach()], 1))
            on_real = discriminator(torch.cat([original, truth], 1))
            loss = (bce(on_fake, torch.zeros_like(on_fake)) + bce(on_real, torch.ones_like(on_real))) / 2
            loss.backward()
            adam["discriminator"].step()
            discriminator.requires_grad_(False)
            adam["generator"].zero_grad()
            on_fake = discriminator(torch.cat([original, fake], 1))
            loss = bce(on_fake, torch.ones_like(on_fake)) + config.weight * l1(fake, truth)
            loss.backward()
            adam["generator"].step()
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
    to_tensor = torchvision.transforms.Compose(
        [torchvision.transforms.ToTensor(), torchvision.transforms.Normalize([0.5] * 3, [0.5] * 3)]
    )
    size = config.image_size

    class PilSets(torch.utils.data.Dataset):
        def __init__(self):
            self.pil = {side: images.to_pil(pictures) for side, pictures in sets.train.items()}

        def __len__(self):
            return max(map(len, self.pil.values()))

        def __getitem__(self, i):
            pair = [self.pil["a"][i % len(self.pil["a"])], self.pil["b"][torch.randint(len(self.pil["b"]), ()).item()]]
            found = []
            for picture in pair:
                x, y = torch.randint(0, picture.width - size + 1, (2,)).tolist()
                picture = picture.crop((x, y, x + size, y + size))
                found.append(to_tensor(picture.transpose(0) if torch.rand(()) < 0.5 else picture))
            return tuple(found)

    nets = {role: net.to(device) for role, net in cyclegan.build(dataclasses.replace(config, pool=0)).items()}
    forth, back, critics = nets["generator"], nets["generator_back"], ("discriminator", "discriminator_back")
    adam = {
        kind: torch.optim.Adam([p for r in roles for p in nets[r].parameters()], config.lr, betas=(config.beta1, 0.999))
        for kind, roles in (("g", ("generator", "generator_back")), ("d", critics))
    }
    mse, l1, pools = torch.nn.MSELoss(), torch.nn.L1Loss(), {role: [] for role in critics}

    while True:
        for a, b in torch.utils.data.DataLoader(PilSets(), 1, shuffle=True):
            a, b = a.to(device), b.to(device)
            fake_b, fake_a = forth(a), back(b)
            for role in critics:
                nets[role].requires_grad_(False)
            adam["g"].zero_grad()
            loss = config.cycle * (l1(back(fake_b), a) + l1(forth(fake_a), b))
            loss = loss + config.cycle * config.identity * (l1(forth(b), b) + l1(back(a), a))
            for role, fake in zip(critics, (fake_b, fake_a), strict=True):
                scores = nets[role](fake)
                loss = loss + mse(scores, torch.ones_like(scores))
            loss.backward()
            adam["g"].step()
            adam["d"].zero_grad()
            for role, real, fake in zip(critics, (b, a), (fake_b, fake_a), strict=True):
                nets[role].requires_grad_(True)
                on_real, on_fake = nets[role](real), nets[role](remembered(pools[role], fake.detach(), config.pool))
                (0.5 * (mse(on_real, torch.ones_like(on_real)) + mse(on_fake, torch.zeros_like(on_fake)))).backward()
            adam["d"].step()
            yield loss.item()  # as the usual progress print does
