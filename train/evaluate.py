"""Measure models. Where one is given as a folder, the numbers go into its config.json and card.

    python train/evaluate.py runs/gan-mnist/model runs/dcgan-mnist/model [--n 10000] [--seed 1] [--device cuda] [--fid]

For GAN, CGAN and DCGAN: the Fréchet distance of the set's judge against the test split, the share of every class, the
speckle number beside that of real pictures, and for CGAN the share of samples that show the label asked for.
For Pix2Pix, over the whole test split: L1, PSNR, SSIM, sharpness, tone, checkerboard, and label recovery where the set
has a judge (train/judge.py); several models of one set are printed as a table. For CycleGAN, both ways: cycle and identity
error, the share of translations that a judge of the two domains takes for the target, the same share of real pictures,
and a Fréchet distance.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from ganzoo import (
    card,
    comparison,
    cyclegan,
    cyclemetrics,
    data,
    images,
    inception,
    judges,
    metrics,
    model,
    pix2pix,
    recipe,
    settings,
    trainer,
)
from ganzoo.errors import GanzooError


def measure(made: model.Model, n: int, seed: int, fid=None) -> dict:
    """The metrics of one model, by name; `n` samples of `seed` against the whole test split of its data."""
    word = data.data_word(made.config.data)
    judge = comparison.judge_for(made.config.data)
    if judge and (judge.config.image_size, judge.config.channels) != (made.config.image_size, made.config.channels):
        judge = None
    real = data.load_pictures(made.config.data, made.config.image_size, made.config.channels).test
    noise = made.noise(n, seed)
    fake = images.to_uint8(made.tensor(noise))
    found = {
        f"speckle-median3-n{n}": round(metrics.speckle(images.to_float(fake)), 3),
        f"speckle-median3-real-{word}-test": round(metrics.speckle(images.to_float(real)), 3),
    }
    if judge:
        net = judge.generator.to(made.device)
        real_features, _ = judges.ask(net, real)
        features, scores = judges.ask(net, fake)
        answers = scores.argmax(1)
        shares = metrics.class_shares(answers, data.CLASSES.get(word, tuple(str(i) for i in range(scores.shape[1]))))
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
    return found | (inception.distances(fid, fake, real, f"{word}-n{n}-test") if fid else {})


def main(argv=None) -> int:
    parser = settings.Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", help="model folders or bundled names")
    parser.add_argument("--n", type=int, default=10_000, help="samples (default: 10000)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the samples (default: 1)")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--fid", action="store_true", help="FID and KID, too (downloads the Inception weights once)")
    parser.add_argument(
        "--push", action="store_true", help="push each to the Hub again, now with its numbers in the card"
    )
    asked = parser.parse_args(argv)
    if asked.n < 2 or asked.seed < 0:
        raise GanzooError("--n takes a whole number from 2 on, --seed one from 0 on.")
    fid = inception.network(trainer.choose_device(asked.device)) if asked.fid else None
    sets: dict[tuple, tuple] = {}
    tables: dict[tuple, dict] = {}
    for name in asked.models:
        made = model.load(name, asked.device)
        there = Path(os.path.expanduser(name))
        own = made.folder in (there, there / "model")
        if asked.push and not own:
            raise GanzooError(f"--push takes your own model's folder, and {name} is not one: give runs/NAME/model.")
        if made.config.lesson in ("judge", "segmenter"):
            text = f"{name} is a judge: train/judge.py measured it, and its card says how good it is."
            if len(asked.models) == 1:
                raise GanzooError(text)
            print(f"Left out: {text}", flush=True)  # runs/*/model names the judges, too
            continue
        if made.config.lesson == "pix2pix":
            c = made.config
            key = (c.data, c.image_size, c.direction, c.domains, c.split_test)
            if key not in sets:  # read once for all models of a set
                pairs = pix2pix.read_data(c)
                sets[key] = (pairs, comparison.reader_for(c, pairs))
            found = comparison.measure(made, *sets[key], fid)
            tables.setdefault(key, {})[made.name] = found
        elif made.translates:
            judge = comparison.judge_for(made.config.data)
            found = cyclemetrics.measure(made, cyclegan.read_data(made.config), judge, fid)
        else:
            found = measure(made, asked.n, asked.seed, fid)
        print(f"{made.name} ({made.folder})", json.dumps(found, ensure_ascii=False), flush=True)
        if own:  # a bundled model, or one from the Hub, is somebody else's folder
            card.record(made.folder, found)
        if asked.push:
            from ganzoo.push import Push

            there = made.config.push if made.config.push.count("/") == 1 else "auto"
            message = f"{made.name}, measured with ganzoo"
            print(
                f"Pushed to {Push(there, made.name, made.config.private).upload(str(made.folder), message)}", flush=True
            )
    for rows in tables.values():
        print("\n" + comparison.table(rows))
    return 0


if __name__ == "__main__":
    sys.exit(recipe.guarded(main))
