"""Time a recipe against the usual loop, in one run on one machine, and print the ratio.

    python train/speed.py gan [--runs 7] [--batches 150] [--device cpu]
    python train/speed.py pix2pix [--device cuda] [--batch-size 64] [--compile]   # beside the eager fp32 batch-1 loop
    python train/speed.py compare [--runs 40]                  # Compare's handler beside bare passes; a stroke in a browser
    python train/speed.py page                                 # how fast the pages open, beside an empty gradio page
    python train/speed.py load [--visitors 50] [--calls 2000]  # what many visitors at once wait, beside one alone
    python train/speed.py live                                 # what others wait while a visitor's GAN trains
    python train/speed.py cyclegan [--device cuda] [--batch-size 8] [--compile]   # pictures of both sides count as one pair
    python train/speed.py translate [--model cyclegan-horse2zebra] [--image-size 128] # the page's handler beside bare passes

The usual loop is what most GAN code does: a DataLoader over PIL pictures with ToTensor and Normalize, one pass for real
and one for fake, eager Adam in fp32; for Pix2Pix at batch 1, as the paper has it. Same networks and optimizer settings on
the same device; the two take turns, so that a busy machine disturbs both alike, and the median of the ratios is printed.
Warm-up and compilation are not counted.
"""

import argparse
import dataclasses
import json
import statistics
import sys
import time

import speed_compare
import speed_pages
import torch
import torchvision
from PIL import Image

from ganzoo import cyclegan, data, gan, images, pairsources, pix2pix, recipe, settings, trainer
from ganzoo.pairs import JITTER
from ganzoo.training import Training
from ganzoo.unpairedsources import made_up_unpaired


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

    def remembered(pool, made):
        if len(pool) < config.pool:
            pool.append(made)
            return made
        if torch.rand(()) < 0.5:
            i = torch.randint(len(pool), ()).item()
            made, pool[i] = pool[i], made
        return made

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
                on_real, on_fake = nets[role](real), nets[role](remembered(pools[role], fake.detach()))
                (0.5 * (mse(on_real, torch.ones_like(on_real)) + mse(on_fake, torch.zeros_like(on_fake)))).backward()
            adam["d"].step()
            yield loss.item()  # as the usual progress print does


def handler(asked) -> tuple:
    """(the page's handler of Translate from the request's text to its HTML, both bare forward passes, 1, 1)."""
    import meadow
    import parts
    import translate_answers
    from words import Words

    picture = meadow.draw("horse", 0, asked.image_size)
    request = json.dumps({"id": 1, "do": "upload", "model": asked.model, "file": parts.uri(picture)})
    model = translate_answers.work.find(asked.model)
    tensor, nets = images.to_float(images.whole_tensor(picture, 3)), (model.generator, model.generator_back)

    def page():
        assert "data-refused" not in translate_answers.answer(Words("en"), request)

    @torch.no_grad()
    def bare():
        nets[1](nets[0](tensor))

    return page, bare, 1, 1


def timed(advance, batches: int, device) -> float:
    """Seconds for `batches` calls of `advance`, everything on the device finished."""
    began = time.perf_counter()
    for _ in range(batches):
        advance()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - began


def count(text: str) -> int:
    """A number on the command line, from 1 on."""
    if not text.isdecimal() or not 1 <= int(text) <= 10**6:
        raise argparse.ArgumentTypeError(f"takes a whole number from 1 to 1,000,000, not {text!r}")
    return int(text)


def checked(config):
    """A config that a recipe would take, too."""
    settings.check(config)
    trainer.check_size(config)
    return config


def contest(asked, device) -> tuple:
    """(our step, the usual step, images in one of ours, images in one of theirs) for the lesson asked for."""
    # No average in the usual loop, so none here: the comparison is of the same work.
    if asked.lesson == "gan":
        config = gan.Config(channels=1, ema=0.0, precision="fp32")
        pictures = data.made_up_pictures(20_000)
        usual = usual_loop(config, pictures, device)
        return Training(config, pictures, device).advance, lambda: next(usual), config.batch_size, config.batch_size
    if asked.lesson == "translate":
        return handler(asked)
    if asked.lesson == "cyclegan":
        size = dict(image_size=asked.image_size, width=asked.width, critic_width=asked.width, ema=0.0, decay=0.0)
        ours = checked(
            cyclegan.Config(batch_size=asked.batch_size, precision=asked.precision, compile=asked.compile, **size)
        )
        sets = made_up_unpaired(max(64, asked.batch_size), asked.image_size)
        usual = usual_cyclegan(cyclegan.Config(**size, upsample="deconv3"), sets, device)
        return Training(ours, sets, device).advance, lambda: next(usual), asked.batch_size, 1
    size = dict(
        image_size=asked.image_size, width=asked.width, critic_width=asked.width, ema=0.0, decay=0.0, upsample="deconv"
    )
    ours = checked(
        pix2pix.Config(batch_size=asked.batch_size, precision=asked.precision, compile=asked.compile, **size)
    )
    pairs = pairsources.made_up_pairs(max(64, asked.batch_size), asked.image_size)
    usual = usual_pix2pix(pix2pix.Config(**size), pairs, device)
    return Training(ours, pairs, device).advance, lambda: next(usual), asked.batch_size, 1


def main(argv=None) -> int:
    parser = settings.Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "lesson",
        choices=["gan", "pix2pix", "cyclegan", "translate", "compare", "page", "load", "live"],
        metavar="gan|pix2pix|cyclegan|translate|compare|page|load|live",
    )
    parser.add_argument("--runs", type=count, default=7)
    parser.add_argument("--batches", type=count, default=150, help="batches in one run")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--batch-size", type=count, default=1, help="ours, translators only (default: 1)")
    parser.add_argument("--width", type=count, default=64, help="translators only (default: 64, the paper's)")
    parser.add_argument("--image-size", type=count, default=256, help="translators only (default: 256)")
    parser.add_argument("--precision", default="auto", choices=["auto", "fp32", "bf16"], help="ours, translators only")
    parser.add_argument("--compile", action="store_true", help="compile our networks (CUDA), translators only")
    parser.add_argument("--model", default="cyclegan-horse2zebra", help="translate only: a bundled model or runs/NAME")
    parser.add_argument("--visitors", type=count, default=50, help="load only (default: 50)")
    parser.add_argument("--calls", type=count, default=2000, help="load only: calls that memory is watched over")
    parser.add_argument("--limit", type=float, default=1200, help="load only: end the watching after so many seconds")
    asked = parser.parse_args(argv)
    if asked.lesson == "compare":
        return speed_compare.compare(asked.runs)
    if asked.lesson == "page":
        return speed_pages.page(asked.runs)
    if asked.lesson == "live":
        return speed_pages.live()
    if asked.lesson == "load":
        return speed_pages.load(asked.visitors, asked.calls, asked.limit)
    device = trainer.choose_device(asked.device)
    ours, usual, our_images, their_images = contest(asked, device)
    began = time.perf_counter()
    for _ in range(10 if asked.lesson == "gan" else 5):
        ours(), usual()
    print(f"warm-up, compilation included: {time.perf_counter() - began:.1f} s", flush=True)
    speeds = []
    for run in range(asked.runs):
        seconds = [timed(ours, asked.batches, device), timed(usual, asked.batches, device)]
        speeds.append([asked.batches * n / s for n, s in zip((our_images, their_images), seconds, strict=True)])
        mine, theirs, what = (*speeds[-1], "pairs/s" if asked.lesson in ("pix2pix", "cyclegan") else "images/s")
        usually = "bare passes" if asked.lesson == "translate" else "usual loop"
        print(f"run {run + 1}: ganzoo {mine:,.1f} {what}, {usually} {theirs:,.1f} {what}", flush=True)
    ratios = [theirs / mine if asked.lesson == "translate" else mine / theirs for mine, theirs in speeds]  # time, speed
    where = f"{torch.get_num_threads()} threads, torch {torch.__version__}, {trainer.describe_device(device)}"
    print(
        f"median ratio {statistics.median(ratios):.2f} (lowest {min(ratios):.2f}, highest {max(ratios):.2f}), {where}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(recipe.guarded(main))
