"""Row 4: the creator with and without Batch Normalization. The same inspirations, the share of each digit that a classifier
counted, and what the normalization does inside: where the values lie that reach the last layer."""

import json
from functools import lru_cache
from html import escape

import torch
from PIL import Image

from ganzoo.evaluation.metrics import class_shares
from ganzoo.images import to_pil
from ganzoo.inference import Model
from ganzoo.models.gan import Generator
from ganzoo.models.layers import norm1d

from ...catalog import local
from ...ui.charts import chart
from ...ui.html import grid, image, note, prose, said, section, share_bars, sheet
from ...ui.words import Words
from .controls import seed

MODELS = {"with_bn": ("gan-mnist", "plain"), "without_bn": ("gan-mnist-nobn", "plain second")}  # and their lines
VALUES = {"idea": seed(7)}
COLLAPSE = local.DATA / "collapse"  # a real run with each norm, and its command
COUNT = 256  # inspirations that the values are averaged over
SHOWN = 18
EASY = 0.05  # a creator that writes only the easy digits has some that are rarer than this


@lru_cache(maxsize=16)
@torch.no_grad()
def centres(model: Model, seed: int) -> list[float]:
    """How far from 0 the values of each unit before the last layer lie on average, the nearest first."""
    values = model.generator.stages(model.noise(COUNT, seed))[-2]
    return values.mean(0).abs().sort().values.tolist()


CODE = (norm1d, Generator.__init__, class_shares, centres)


def show(words: Words, seed) -> str:
    seed = local.seed_of(seed)
    found = {key: centres(local.open_model(name), seed) for key, (name, _) in MODELS.items()}
    lines = [(words(key), MODELS[key][1], list(enumerate(values))) for key, values in found.items()]
    far = {key: f"{values[-1]:.2f}" for key, values in found.items()}
    nearer = found["with_bn"][-1] < found["without_bn"][-1]
    text = words("bn_centres_said" if nearer else "bn_centres_not", a=far["with_bn"], b=far["without_bn"], count=COUNT)
    high = max(values[-1] for values in found.values())
    units = len(found["with_bn"])
    drawn = chart(words("bn_centres"), lines, high, (units - 1, words("bn_units", count=units)), alt=text)
    return _collapse(words) + section(words("bn_patient"), _patient(words, seed)) + grid(drawn, prose(text))


def _collapse(words: Words) -> str:
    """What the same training made with and without the normalization, when its settings ask too much: pictures, the share
    of each digit, how much the pictures differ, and the command."""
    run, panels = json.loads((COLLAPSE / "collapse.json").read_text(encoding="utf-8")), []
    for norm, key in (("none", "without_bn"), ("batch", "with_bn")):
        with Image.open(COLLAPSE / f"{norm}.png") as saved:
            picture = image(saved, words("bn_sheet", name=words(key)))
        shares = {str(digit): share for digit, share in enumerate(run[norm]["shares"])}
        bars = share_bars(words, shares, words("bn_shares"), "{:.0%}", "digits")
        panels.append(section(words(key), picture, note(words("bn_spread", value=f"{run[norm]['spread']:.3f}")), bars))
    command = f"{note(words('bn_command'))}<pre><code>{escape(run['command'])}</code></pre>"
    return said(words("bn_collapse")) + grid(*panels) + command


def _patient(words: Words, seed: int) -> str:
    """Two creators from the same inspirations, and what the models' own cards say (10,000 samples each)."""
    panels, shares = [], {}
    for key, (name, _) in MODELS.items():
        shares[key] = found = local.entry(name).metric("class-share-") or {}
        made = local.open_model(name)
        pictures = to_pil(made.tensor(made.noise(SHOWN, seed)))
        bars = (
            share_bars(words, found, words("share_label"), "{:.1%}", "digits") if found else note(words("not_measured"))
        )
        panels.append(section(words(key), sheet(pictures, words(key)), bars))
    return grid(*panels) + prose(_measured(words, shares))


def _measured(words: Words, shares: dict[str, dict]) -> str:
    """What the digit classifier counted, as a sentence that holds for any outcome."""
    if not all(shares.values()):
        return ""
    said = {}
    for key, short in (("with_bn", "a"), ("without_bn", "b")):
        rare = min(shares[key], key=shares[key].get)
        said |= {f"{short}_digit": rare, f"{short}_share": f"{shares[key][rare]:.1%}"}
        said[f"{short}_off"] = f"{50 * sum(abs(v - 1 / len(shares[key])) for v in shares[key].values()):.1f}"
    verdict = "bn_evener" if float(said["a_off"]) < float(said["b_off"]) else "bn_not_evener"
    all_there = min(min(found.values()) for found in shares.values()) >= EASY
    return words.together(words("bn_measured", **said), words(verdict), words("bn_all_there") if all_there else "")
