"""Time a recipe against the usual loop, in one run on one machine, and print the ratio.

    python train/benchmark gan [--runs 7] [--batches 150] [--device cpu]
    python train/benchmark pix2pix [--device cuda] [--batch-size 64] [--compile]   # beside the eager fp32 batch-1 loop
    python train/benchmark compare [--runs 40]                  # Compare's handler beside bare passes; a stroke in a browser
    python train/benchmark page                                 # how fast the pages open, beside an empty gradio page
    python train/benchmark load [--visitors 50] [--calls 5000]  # what many visitors at once wait, beside one alone
    python train/benchmark live                                 # what others wait while a visitor's GAN trains
    python train/benchmark translate [--model cyclegan-horse2zebra] [--image-size 128] # the page's handler beside bare passes

The usual loop is what most GAN code does: a DataLoader over PIL pictures with ToTensor and Normalize, one pass for real
and one for fake, eager Adam in fp32; for Pix2Pix at batch 1, as the paper has it. Same networks and optimizer settings on
the same device; the two take turns, so that a busy machine disturbs both alike, and the median of the ratios is printed.
Warm-up and compilation are not counted.
"""

import argparse
import signal
import statistics
import sys
import time
from pathlib import Path

if __name__ == "__main__":
    if not __package__:  # started as a folder: look for modules in the checkout, also for `demos`
        __package__ = "train.benchmark"
        sys.path[0] = str(Path(__file__).resolve().parent.parent.parent)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C while torch loads ends without a traceback

import torch

from ganzoo import images, recipes, settings
from ganzoo.data import labeled, paired_sources
from ganzoo.device import choose_device, describe_device
from ganzoo.models import gan, pix2pix
from ganzoo.training import trainer
from ganzoo.training.step import Training

from . import compare, pages, usual_loops

LESSONS = ("gan", "pix2pix", "translate", "compare", "page", "load", "live")


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


def contest(args, device) -> tuple:
    """(our step, the usual step, images in one of ours, images in one of theirs) for the lesson asked for."""
    # No average in the usual loop, so none here: the comparison is of the same work.
    if args.lesson == "gan":
        config = gan.Config(channels=1, ema=0.0, precision="fp32")
        pictures = labeled.made_up_pictures(20_000)
        usual = usual_loops.usual_loop(config, pictures, device)
        return Training(config, pictures, device).advance, lambda: next(usual), config.batch_size, config.batch_size
    if args.lesson == "translate":  # what the page computes for one picture, and both bare forward passes
        from demos.tabs.translate import inference

        model = inference.find(args.model)
        picture = inference.example("foal").resize((args.image_size, args.image_size))
        tensor, forth, back = images.to_float(images.whole_tensor(picture, 3)), model.generator, model.generator_back
        bare = torch.no_grad()(lambda: back(forth(tensor)))
        return lambda: inference.there_and_back(model, picture, model.direction), bare, 1, 1
    size = dict(image_size=args.image_size, width=args.width, critic_width=args.width, ema=0.0, decay=0.0)
    more = dict(batch_size=args.batch_size, precision=args.precision, compile=args.compile, **size)
    ours = settings.checked(pix2pix.Config(**more, upsample="deconv"))
    trainer.check_size(ours)
    pictures = paired_sources.made_up_pairs(max(64, args.batch_size), args.image_size)
    usual = usual_loops.usual_pix2pix(pix2pix.Config(**size, upsample="deconv"), pictures, device)
    return Training(ours, pictures, device).advance, lambda: next(usual), args.batch_size, 1


def race(args) -> None:
    """Let our step and the usual one take turns; print their speeds and the ratio."""
    device = choose_device(args.device)
    ours, usual, our_images, their_images = contest(args, device)
    warm = 10 if args.lesson == "gan" else 5
    print(f"warm-up, compilation included: {pages.took(lambda: [(ours(), usual()) for _ in range(warm)]):.1f} s")
    passes, ratios = args.lesson == "translate", []
    what = "pairs/s" if args.lesson == "pix2pix" else "images/s"
    for run in range(args.runs):
        mine = args.batches * our_images / timed(ours, args.batches, device)
        theirs = args.batches * their_images / timed(usual, args.batches, device)
        ratios.append(theirs / mine if passes else mine / theirs)  # time, speed
        usually = "bare passes" if passes else "usual loop"
        print(f"run {run + 1}: ganzoo {mine:,.1f} {what}, {usually} {theirs:,.1f} {what}")
    where = f"{torch.get_num_threads()} threads, torch {torch.__version__}, {describe_device(device)}"
    median, spread = statistics.median(ratios), f"lowest {min(ratios):.2f}, highest {max(ratios):.2f}"
    print(f"median ratio {median:.2f} ({spread}), {where}")


def main(argv=None) -> int:
    parser = settings.Parser(description=__doc__)
    parser.add_argument("lesson", choices=LESSONS, metavar="|".join(LESSONS))
    parser.add_argument("--runs", type=count, default=7)
    parser.add_argument("--batches", type=count, default=150, help="batches in one run")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--batch-size", type=count, default=1, help="Pix2Pix only, ours (default: 1)")
    parser.add_argument("--width", type=count, default=64, help="Pix2Pix only (default: 64, the paper's)")
    parser.add_argument("--image-size", type=count, default=256, help="Pix2Pix and translate only (default: 256)")
    parser.add_argument("--precision", default="auto", choices=["auto", "fp32", "bf16"], help="Pix2Pix only, ours")
    parser.add_argument("--compile", action="store_true", help="compile our networks (CUDA), Pix2Pix only")
    parser.add_argument("--model", default="cyclegan-horse2zebra", help="translate only: a bundled model or runs/NAME")
    parser.add_argument("--visitors", type=count, default=50, help="load only (default: 50)")
    parser.add_argument("--calls", type=count, default=5000, help="load only: mixed calls that memory is watched over")
    parser.add_argument("--limit", type=float, default=1200, help="load only: end the watching after so many seconds")
    args = parser.parse_args(argv)
    sys.stdout.reconfigure(line_buffering=True)  # each line when it is known, also in a file
    match args.lesson:
        case "compare":
            compare.compare(args.runs)
        case "page":
            pages.page(args.runs)
        case "live":
            pages.live()
        case "load":
            pages.load(args.visitors, args.calls, args.limit)
        case _:
            race(args)
    return 0


if __name__ == "__main__":
    sys.exit(recipes.guarded(main))
