"""Row 4: the creator with and without Batch Normalization. The same inspirations, the share of each digit that a classifier
counted, and what the normalization does inside: where the values lie that reach the last layer."""

import json
from functools import lru_cache
from html import escape

import torch
from PIL import Image

from ganzoo import images
from ganzoo.evaluation.metrics import class_shares, find
from ganzoo.images import open_picture
from ganzoo.inference import Model
from ganzoo.models.gan import Generator
from ganzoo.models.layers import norm1d

from ...catalog import local
from ...ui.charts import chart
from ...ui.html import bar, bars, grid, note, prose, said, section, share_bars
from ...ui.words import Words
from .lesson import Lesson, seed

MODELS = {"with_bn": ("gan-mnist", "plain"), "without_bn": ("gan-mnist-nobn", "plain second")}  # and their lines
NORMS = {"with_bn": "batch", "without_bn": "none"}
VALUES = {"idea": seed(7)}
COLLAPSE = local.DATA / "collapse"  # a real run with each norm, and its command
COUNT = 256  # inspirations that the values are averaged over
SHOWN = 16
EASY = 0.05  # a creator that writes only the easy digits has some that are rarer than this


@lru_cache(maxsize=16)
@torch.no_grad()
def centres(model: Model, seed: int) -> list[float]:
    """How far from 0 the values of each unit before the last layer lie on average, the nearest first."""
    values = model.generator.stages(model.noise(COUNT, seed))[-2]
    return values.mean(0).abs().sort().values.tolist()


def show(words: Words, seed: int) -> str:
    found = {key: centres(local.open_model(name), seed) for key, (name, _) in MODELS.items()}
    lines = [(words(key), MODELS[key][1], list(enumerate(values))) for key, values in found.items()]
    a, b = (values[-1] for values in found.values())
    text = words("bn_centres_said" if a < b else "bn_centres_not", a=f"{a:.2f}", b=f"{b:.2f}", count=COUNT)
    units = len(found["with_bn"])
    drawn = chart(words("bn_centres"), lines, max(a, b), (units - 1, words("bn_units", count=units)), alt=text)
    return _collapse(words) + section(words("bn_patient"), _low_rate(words)) + grid(drawn, prose(text))


def pictures(words: Words, seed: int) -> list:
    """What the same training made with and without the normalization, when the learning rate was too high; and with a low
    rate, both from the same inspirations."""
    shown = []
    for key, norm in NORMS.items():
        saved = open_picture(COLLAPSE / f"{norm}.png")
        some = (0, 0, saved.height, saved.height)  # as many columns as rows
        large = saved.resize((4 * saved.height, 4 * saved.height), Image.Resampling.NEAREST, some)
        shown.append((large, words("bn_too_fast", name=words(f"{key}_short"))))
    for key, (name, _) in MODELS.items():
        model = local.open_model(name)
        works = model.tensor(model.noise(SHOWN, seed))
        shown.append((images.grid(works, 4, 4), words("bn_slow", name=words(f"{key}_short"))))
    return shown


def _collapse(words: Words) -> str:
    """Of both trainings at too high a rate: the share of each digit, how much the pictures differ, and the command."""
    run, panels, most = json.loads((COLLAPSE / "collapse.json").read_text(encoding="utf-8")), [], {}
    for key, norm in NORMS.items():
        shares = run[norm]["shares"]
        rows = bars((bar(v, str(i), f"{v:.0%}", "creator") for i, v in enumerate(shares)), "digits")
        spread = words("bn_spread", value=f"{run[norm]['spread']:.3f}")
        panels.append(section(words(key), note(words("bn_shares"), spread), rows))
        most |= {f"{key}_digit": shares.index(max(shares)), f"{key}_share": f"{max(shares):.0%}"}
    command = f"{note(words('bn_command'))}<pre><code>{escape(run['command'])}</code></pre>"
    return said(words("bn_collapse", **most)) + grid(*panels) + command


def _low_rate(words: Words) -> str:
    """What the cards of the models with a low rate say (10,000 samples each), with a sentence that holds for any outcome."""
    panels, values, off, rarest = [], {}, [], []
    for short, (key, (name, _)) in zip("ab", MODELS.items(), strict=True):
        shares = find(local.entry(name).metrics, "class-share")
        panels.append(section(words(key), share_bars(words, shares, words("share_label"), "{:.1%}")))
        rare = min(shares, key=shares.get)
        rarest.append(shares[rare])
        off.append(round(50 * sum(abs(share - 1 / len(shares)) for share in shares.values()), 1))
        values |= {f"{short}_digit": rare, f"{short}_share": f"{shares[rare]:.1%}", f"{short}_off": off[-1]}
    verdict = words("bn_evener" if off[0] < off[1] else "bn_not_evener")
    all_there = words("bn_all_there") if min(rarest) >= EASY else ""
    return grid(*panels) + prose(words.together(words("bn_measured", **values), verdict, all_there))


CODE = (norm1d, Generator.__init__, class_shares, centres)
LESSON = Lesson("bn", 4, VALUES, show, CODE, pictures=pictures, number="4b")
