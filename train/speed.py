"""Time a recipe against the usual loop, in one run on one machine, and print the ratio.

    python train/speed.py gan [--runs 7] [--batches 150] [--device cpu]

The usual loop is what most GAN code does: a DataLoader over PIL pictures with ToTensor and Normalize, one pass for real
and one for fake, eager Adam. Same networks, batch size, optimizer settings and device; the two take turns, so that a
busy machine disturbs both alike, and the median of the ratios is printed. Warm-up and compilation are not counted.
"""

import argparse
import statistics
import sys
import time

import torch
import torchvision

from ganzoo import data, gan, images, recipe, trainer
from ganzoo.training import Training


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


def timed(advance, batches: int, device) -> float:
    """Seconds for `batches` calls of `advance`, everything on the device finished."""
    began = time.perf_counter()
    for _ in range(batches):
        advance()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - began


def main(argv=None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lesson", choices=["gan"])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--batches", type=int, default=150, help="batches in one run")
    parser.add_argument("--device", default="cpu")
    asked = parser.parse_args(argv)
    device = trainer.choose_device(asked.device)
    # No average in the usual loop, so none here: the comparison is of the same work.
    config = gan.Config(channels=1, ema=0.0, precision="fp32")
    pictures = data.made_up_pictures(20_000)
    ours = Training(config, pictures, device).advance
    usual = usual_loop(config, pictures, device)
    for _ in range(10):
        ours(), next(usual)
    speeds = []
    for run in range(asked.runs):
        seconds = [timed(ours, asked.batches, device), timed(lambda: next(usual), asked.batches, device)]
        speeds.append([asked.batches * config.batch_size / s for s in seconds])
        print(
            f"run {run + 1}: ganzoo {speeds[-1][0]:,.0f} images/s, usual loop {speeds[-1][1]:,.0f} images/s", flush=True
        )
    ratios = [mine / theirs for mine, theirs in speeds]
    where = f"{torch.get_num_threads()} threads, torch {torch.__version__}, {trainer.describe_device(device)}"
    print(
        f"median ratio {statistics.median(ratios):.2f} (lowest {min(ratios):.2f}, highest {max(ratios):.2f}), {where}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(recipe.guarded(main))
