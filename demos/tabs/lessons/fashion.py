"""Row 5: the homework. The same networks on Fashion-MNIST, and what kinds of garments they make, counted here."""

from functools import lru_cache

from torch import Tensor

from ganzoo import images
from ganzoo.evaluation import judges
from ganzoo.evaluation.metrics import class_shares

from ...catalog import local
from ...ui.html import grid, note, section, share_bars
from ...ui.words import Words
from .lesson import Lesson, seed

VALUES = {"idea": seed(7)}
MODELS = ("gan", "dcgan")
SHOWN, COUNTED = 36, 300


@lru_cache(maxsize=8)
def counted(lesson: str, seed: int) -> tuple[Tensor, dict[str, float]]:
    """COUNTED garments (N, 1, 28, 28) of a bundled creator, and the share of each kind, by the bundled judge."""
    made = local.open_model(f"{lesson}-fashion")
    pictures = made.tensor(made.noise(COUNTED, seed))
    judge = local.judge("fashion")
    return pictures, class_shares(judges.answers(judge.generator, pictures), judge.config.classes)


def pictures(words: Words, seed: int) -> list:
    works = [(counted(lesson, seed)[0], words(f"lesson_{lesson}")) for lesson in MODELS]
    works.append((local.samples("fashion").train, words("mlp_real")))
    return [(images.grid(some[:SHOWN], 6, 4), title) for some, title in works]


def show(words: Words, seed: int) -> str:
    label, panels = words("fashion_shares", count=COUNTED), []
    for lesson in MODELS:
        bars = share_bars(words, counted(lesson, seed)[1], label, "{:.0%}")
        panels.append(section(words(f"lesson_{lesson}"), note(label), bars))
    return grid(*panels)


LESSON = Lesson("fashion", 5, VALUES, show, (counted, class_shares), pictures=pictures, columns=3)
