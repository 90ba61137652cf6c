"""The contest (lesson 12): the same test pictures through several Pix2Pix models, as a table, a grid and curves.

python train/pix2pix.py --loss all                          # trains the three and writes runs/NAME-compare/
python train/evaluate.py runs/pix2pix-facades-*/model       # measures any models and prints their table
"""

import glob
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from ganzoo import card, checkpoint, images, inception, metrics, segmenter
from ganzoo.curves import draw_comparison
from ganzoo.data import data_word
from ganzoo.drawings import PALETTES
from ganzoo.errors import GanzooError
from ganzoo.model import WEIGHTS, Model, load
from ganzoo.pairs import Pairs

BETTER = {  # how a table names a metric, and which way is better
    "l1": "L1 ↓",
    "psnr": "PSNR ↑",
    "ssim": "SSIM ↑",
    "sharpness": "sharpness → 1",
    "tone-lab": "tone ↓",
    "label-recovery-pixel-accuracy": "label recovery, pixels ↑",
    "label-recovery-class-iou": "label recovery, IoU ↑",
    "checkerboard": "checkerboard → real",
    "fid-inception2015": "FID ↓",
    "kid-inception2015": "KID ↓",
}


def translate_all(made: Model, pairs: Pairs, batch_size: int = 16) -> Tensor:
    """Every test input through the generator -> uint8 (N, out, S, S)."""
    parts = pairs.test_input.split(batch_size)
    return torch.cat([images.to_uint8(made.translate_tensor(images.to_float(part))) for part in parts])


def measure(made: Model, pairs: Pairs, judge: Model | None = None, fid=None) -> dict[str, float]:
    """The metrics of a Pix2Pix model over the whole test split; their names say the protocol. `judge`: `reader_for`, which
    reads at its own size; `fid`: inception.network."""
    now, then = (pairs.in_channels, pairs.out_channels), (made.config.in_channels, made.config.out_channels)
    if now != then:
        raise GanzooError(
            f"{made.name} was trained on pairs of {then[0]} and {then[1]} channels, and {made.config.data} now has {now[0]} "
            f"and {now[1]}: put the pairs back that it was trained on."
        )
    pictures, truth = translate_all(made, pairs), pairs.test_target
    found = metrics.pixel_metrics(pictures, truth)
    found |= {"sharpness": metrics.sharpness(pictures, truth), "tone-lab": metrics.tone(pictures, truth)}
    found |= {"checkerboard": metrics.checkerboard(pictures), "checkerboard-real": metrics.checkerboard(truth)}
    protocol = f"{pairs.name}-{made.config.image_size}px-n{len(truth)}-test"
    found = {f"{key}-{protocol}": round(value, 4) for key, value in found.items()}
    if judge:
        side = judge.config.image_size
        if side != made.config.image_size:
            protocol += f"-read-at-{side}px"
        wanted = segmenter.classes_of(images.resized(pairs.test_input, side, "nearest-exact"), segmenter.palette(pairs))
        for key, asked in (("label-recovery", pictures), ("label-recovery-real", truth)):
            answers = segmenter.answers(judge.generator, images.resized(asked, side))
            scores = segmenter.recovery(answers, wanted)
            found |= {f"{key}-{name}-{protocol}": value for name, value in scores.items()}
    return found | (inception.distances(fid, pictures, truth, protocol) if fid else {})


def judges_of(data: str, lesson: str) -> Iterator[Model]:
    """The judges of a set that are of that kind: `judge-WORD` bundled or trained here, then `judge-WORD-ANYTHING`."""
    name = f"judge-{data_word(data)}"
    for place in (WEIGHTS, Path("runs")):
        for folder in [place / name, *sorted(place.glob(f"{glob.escape(name)}-*"))]:
            if (folder / "config.json").is_file() or (folder / "model").is_dir():
                found = load(folder)
                if found.config.lesson == lesson:
                    yield found


def judge_for(data: str) -> Model | None:
    """The classifier of a set, bundled or trained here, if there is one."""
    return next(judges_of(data, "judge"), None)


def reader_for(config, pairs: Pairs) -> Model | None:
    """The segmenter that can read these pairs' labels back from a picture: same direction, labels and channels; one of the
    pictures' own size where there is one, else the first, which gets them resized. None where there is none."""
    domain = pairs.direction.split("->")[0]
    asked = (pairs.direction, tuple(PALETTES.get(domain, ())), pairs.in_channels, pairs.out_channels)
    able = [
        judge
        for judge in judges_of(config.data, "segmenter")
        if (judge.config.direction, tuple(judge.config.classes), 3, judge.config.channels) == asked
    ]
    return min(able, key=lambda judge: judge.config.image_size != config.image_size, default=None)


def table(rows: dict[str, dict[str, float]]) -> str:
    """{model: metrics} -> a Markdown table; the last row is what real test pictures get, where that is known."""
    columns = [key for key in BETTER if all(_value(row, key) is not None for row in rows.values())]
    lines = ["| model | " + " | ".join(BETTER[c] for c in columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, row in rows.items():
        lines.append(f"| {name} | " + " | ".join(f"{_value(row, c):.3f}" for c in columns) + " |")
    first = next(iter(rows.values()))
    real = {c: _value(first, c.replace("label-recovery", "label-recovery-real")) for c in columns if "label" in c}
    real |= {
        "checkerboard": _value(first, "checkerboard-real"),
        "l1": 0.0,
        "ssim": 1.0,
        "sharpness": 1.0,
        "tone-lab": 0.0,
    }
    shown = [f"{real[c]:.3f}" if real.get(c) is not None else "" for c in columns]
    return "\n".join([*lines, "| real pictures | " + " | ".join(shown) + " |"])


def _value(row: dict, key: str):
    """The metric of that kind in a row of full names: `l1` finds `l1-facades-128px-n106-test`, not another kind."""
    found = [v for name, v in row.items() if name.startswith(f"{key}-") and not name.startswith(f"{key}-real")]
    return found[0] if found else None


def write(folder: Path, models: dict[str, Path], pairs: Pairs) -> str:
    """table.md, grid.png and curves.png of trained models ({name: run folder}) into `folder`, and each model's numbers into
    its own config.json and card. Returns the table."""
    folder.mkdir(parents=True, exist_ok=True)
    opened = {name: load(path) for name, path in models.items()}
    if not all(made.translates for made in opened.values()):
        raise GanzooError("Only Pix2Pix models can be compared on pictures: leave the others out.")
    judge = reader_for(next(iter(opened.values())).config, pairs)
    found = {name: measure(made, pairs, judge) for name, made in opened.items()}
    for name, made in opened.items():
        card.record(made.folder, found[name])
    source, target = pairs.direction.split("->")
    rows = ", ".join([source, *opened, f"the real {target}"])
    text = f"{table(found)}\n\ngrid.png, from the top: {rows}."
    images.save_atomic(folder / "table.md", lambda temporary: temporary.write_text(text + "\n", encoding="utf-8"))
    few, truth = pairs.few(8)
    rows = [few, *(images.to_uint8(m.translate_tensor(images.to_float(few))) for m in opened.values()), truth]
    depth = max(row.shape[1] for row in rows)
    sheet = images.grid(torch.cat([row.expand(-1, depth, -1, -1) for row in rows]), columns=len(few))
    images.save_picture(sheet, folder / "grid.png")
    logs = {name: checkpoint.read_log(path / "log.jsonl") for name, path in models.items()}
    images.save_picture(draw_comparison(logs), folder / "curves.png")
    return text
