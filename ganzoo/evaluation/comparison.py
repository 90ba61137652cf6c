"""The contest (lesson 12): the same test pictures through several Pix2Pix models, as a table, a grid and curves.

python train/pix2pix.py --loss all                          # trains the three and writes runs/NAME-compare/
python train/evaluate.py runs/pix2pix-facades-*/model       # measures any models and prints their table
"""

import glob
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from ganzoo import checkpoint, images, model_card
from ganzoo.data.drawings import PALETTES
from ganzoo.data.paired import Pairs
from ganzoo.data.registry import data_word
from ganzoo.errors import GanzooError
from ganzoo.evaluation import fid, independent, lpips, metrics, segmenter
from ganzoo.files import save_text
from ganzoo.hub.bundled import WEIGHTS
from ganzoo.inference import Model, load
from ganzoo.training.plots import draw_comparison

COLUMNS = {  # of a table: what it calls a metric, and what real pictures get: a number, or the metric that says it
    "l1": ("L1 ↓", 0.0),
    "psnr": ("PSNR ↑", None),
    "ssim": ("SSIM ↑", 1.0),
    "sharpness": ("sharpness → 1", 1.0),
    "tone-lab": ("tone ↓", 0.0),
    "label-recovery-pixel-accuracy": ("label recovery, pixels ↑", "label-recovery-real-pixel-accuracy"),
    "label-recovery-class-iou": ("label recovery, IoU ↑", "label-recovery-real-class-iou"),
    "checkerboard": ("checkerboard → real", "checkerboard-real"),
    "common-pattern": ("common pattern ↓", "common-pattern-real"),
    "frechet-lite2": ("Fréchet (Lite2) ↓", "frechet-lite2-real"),
    "kernel-lite2": ("kernel distance (Lite2) ↓", "kernel-lite2-real"),
    "perceptual-lite2": ("perceptual (Lite2) ↓", 0.0),
    "fid-inception2015": ("FID ↓", None),
    "kid-inception2015": ("KID ↓", None),
    "lpips-alex-v0.1": ("LPIPS ↓", None),
}


def translated(made: Model, pictures: Tensor) -> Tensor:
    """uint8 (N, in, S, S) through the generator -> uint8 (N, out, S, S)."""
    return torch.cat([images.to_uint8(made.translate_tensor(images.to_float(part))) for part in pictures.split(16)])


def measure(made: Model, pairs: Pairs, judge=None, inception=None, net=None, shown=None, alex=None) -> dict:
    """The metrics of a Pix2Pix model over the whole test split; their names say the protocol. `judge`: `reader_for`;
    `inception`: fid.network; `net`: independent.network; `alex`: lpips.network. `shown` are the same pairs at another size,
    at which everything is compared: what the model makes at its own is enlarged to it."""
    now, then = (pairs.in_channels, pairs.out_channels), made.config.depths
    if now != then:
        raise GanzooError("pairs_changed", name=made.name, data=made.config.data, then=then, now=now)
    pictures, size = translated(made, pairs.test_input), f"{made.config.image_size}px"
    if shown and shown.test_target.shape != pairs.test_target.shape:
        pairs, side = shown, shown.test_target.shape[-1]
        pictures, size = images.resized(pictures, side, "bilinear"), f"{size}-shown-at-{side}px"
    truth = pairs.test_target
    found = metrics.pixel_metrics(pictures, truth)
    found |= {"sharpness": metrics.sharpness(pictures, truth), "tone-lab": metrics.tone(pictures, truth)}
    found |= {"checkerboard": metrics.checkerboard(pictures), "checkerboard-real": metrics.checkerboard(truth)}
    if len(truth) > 1:
        common = metrics.common_pattern
        found |= {"common-pattern": common(pictures), "common-pattern-real": common(truth)}
    protocol = f"{pairs.name}-{size}-n{len(truth)}-test"
    found = {f"{key}-{protocol}": round(value, 4) for key, value in found.items()}
    if net:
        found |= independent.paired(net, pictures, truth, protocol)
    if inception:
        found |= fid.distances(inception, pictures, truth, protocol)
    if alex:
        found |= lpips.distances(alex, pictures, truth, protocol)
    if judge:
        side = judge.config.image_size
        if side != truth.shape[-1]:
            protocol += f"-read-at-{side}px"
        wanted = segmenter.classes_of(images.resized(pairs.test_input, side, "nearest-exact"), segmenter.palette(pairs))
        for key, photos in (("label-recovery", pictures), ("label-recovery-real", truth)):
            scores = segmenter.recovery(segmenter.answers(judge.generator, images.resized(photos, side)), wanted)
            found |= {f"{key}-{name}-{protocol}": value for name, value in scores.items()}
    return found


def judges_of(made: Model, lesson: str) -> Iterator[Model]:
    """The judges of a model's data that are of that kind: `judge-WORD`, then `judge-WORD-ANYTHING`, first the bundled,
    then those beside its run."""
    name = f"judge-{data_word(made.config.data)}"
    run = made.folder.parent if made.folder.name == "model" else made.folder
    for place in (WEIGHTS, run.parent):
        for folder in [place / name, *sorted(place.glob(f"{glob.escape(name)}-*"))]:
            if (folder / "config.json").is_file() or (folder / "model").is_dir():
                found = load(folder)
                if found.config.lesson == lesson:
                    yield found


def judge_for(made: Model, given: Model | None = None) -> Model | None:
    """The classifier that judges a model's pictures: the `given` one, else that of its data, or None."""
    if given and given.config.lesson != "judge":
        raise GanzooError("judge_does_not_fit", judge=given.name, name=made.name)
    return given or next(judges_of(made, "judge"), None)


def reader_for(made: Model, pairs: Pairs, given: Model | None = None) -> Model | None:
    """The segmenter that can read these pairs' labels back from a picture: same direction, labels and channels. The `given`
    one; else one of the pictures' own size where there is one, else the first, which gets them resized; or None."""
    labels = tuple(PALETTES.get(pairs.direction.split("->")[0], ()))
    wanted = ("segmenter", pairs.direction, labels, (pairs.in_channels, pairs.out_channels))
    able = []
    for judge in [given] if given else judges_of(made, "segmenter"):
        config = judge.config
        if (config.lesson, getattr(config, "direction", ""), tuple(config.classes), config.depths) == wanted:
            able.append(judge)
    if given and not able:
        raise GanzooError("judge_does_not_fit", judge=given.name, name=made.name)
    return min(able, key=lambda judge: judge.config.image_size != pairs.test_input.shape[-1], default=None)


def table(rows: dict[str, dict[str, float]]) -> str:
    """{model: metrics} -> a Markdown table; the last row is what real test pictures get, where that is known."""
    columns = [c for c in COLUMNS if all(metrics.find(row, c) is not None for row in rows.values())]
    lines = ["| model | " + " | ".join(COLUMNS[c][0] for c in columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, row in rows.items():
        lines.append(f"| {name} | " + " | ".join(f"{metrics.find(row, c):.3f}" for c in columns) + " |")
    cells = []
    for _, real in (COLUMNS[c] for c in columns):
        if isinstance(real, str):
            real = metrics.find(next(iter(rows.values())), real)
        cells.append("" if real is None else f"{real:.3f}")
    return "\n".join([*lines, "| real pictures | " + " | ".join(cells) + " |"])


def write(folder: Path, models: dict[str, Path], pairs: Pairs) -> str:
    """table.md, grid.png and curves.png of trained models ({name: run folder}) into `folder`, and each model's numbers into
    its own config.json and card. Returns the table."""
    folder.mkdir(parents=True, exist_ok=True)
    opened = {name: load(path) for name, path in models.items()}
    judge = reader_for(next(iter(opened.values())), pairs)
    found = {name: measure(made, pairs, judge) for name, made in opened.items()}
    for name, made in opened.items():
        model_card.record(made.folder, found[name])
    source, target = pairs.direction.split("->")
    rows = ", ".join([source, *opened, f"the real {target}"])
    text = f"{table(found)}\n\ngrid.png, from the top: {rows}."
    save_text(folder / "table.md", text + "\n")
    few, truth = pairs.few(8)
    rows = [few, *(translated(made, few) for made in opened.values()), truth]
    images.save_picture(images.grid(images.together(rows), columns=len(few)), folder / "grid.png")
    logs = {name: checkpoint.read_log(path / "log.jsonl") for name, path in models.items()}
    images.save_picture(draw_comparison(logs), folder / "curves.png")
    return text
