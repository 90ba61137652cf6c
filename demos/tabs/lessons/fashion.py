"""Row 5: the homework. The same networks on Fashion-MNIST, and what kinds of garments they make, counted here."""

from functools import lru_cache
from html import escape

import gradio as gr
import torch

from ganzoo.evaluation import judges
from ganzoo.evaluation.metrics import class_shares
from ganzoo.hub.bundled import WEIGHTS
from ganzoo.images import to_pil
from ganzoo.inference import Model

from ...catalog import local
from ...ui.html import image, share_bars
from ...ui.words import Words
from .controls import Controls, another

FIRST = (7,)
NAMES = ("idea",)
MODELS = ("gan", "dcgan")
SHOWN, COUNTED = 18, 300


@lru_cache(maxsize=8)
@torch.no_grad()
def counted(lesson: str, seed: int) -> tuple[torch.Tensor, dict[str, float]]:
    """COUNTED garments (N, 1, 28, 28) of a bundled creator, and the share of each kind, by the bundled judge."""
    made = local.open_model(local.name_of(lesson, "fashion"))
    pictures = made.tensor(made.noise(COUNTED, seed))
    judge = Model(WEIGHTS / "judge-fashion")
    return pictures, class_shares(judges.answers(judge.generator, pictures), judge.config.classes)


CODE = (counted, class_shares)


def controls(words: Words) -> Controls:
    return Controls([gr.State(FIRST[0])], [another(words("new"), "fashion-new")])


def show(words: Words, seed) -> str:
    seed = local.seed_of(seed)
    panels = []
    for lesson in MODELS:
        pictures, shares = counted(lesson, seed)
        name = words(f"lesson_{lesson}")
        cells = "".join(image(p, f"{name} {i + 1}") for i, p in enumerate(to_pil(pictures[:SHOWN])))
        label = words("fashion_shares", count=COUNTED)
        bars = share_bars(words, shares, label, "{:.0%}", "")
        panels.append(
            f'<section><h3>{escape(name)}</h3><div class="gz-tiles">{cells}</div>'
            f'<p class="gz-note">{escape(label)}</p>{bars}</section>'
        )
    return (
        f'<div class="gz-stage" data-link="?tab=lessons&amp;stage=fashion&amp;idea={seed}">'
        f'<div class="gz-pair">{"".join(panels)}</div></div>'
    )


def notes(words: Words) -> str:
    return words("fashion_notes")
