"""Row 5: the homework. The same networks on Fashion-MNIST, and what kinds of garments they make, counted here."""

from functools import lru_cache

from torch import Tensor

from ganzoo.evaluation import judges
from ganzoo.evaluation.metrics import class_shares
from ganzoo.images import to_pil

from ...catalog import local
from ...ui.html import grid, note, section, share_bars, sheet
from ...ui.words import Words
from .controls import seed

VALUES = {"idea": seed(7)}
MODELS = ("gan", "dcgan")
SHOWN, COUNTED = 18, 300


@lru_cache(maxsize=8)
def counted(lesson: str, seed: int) -> tuple[Tensor, dict[str, float]]:
    """COUNTED garments (N, 1, 28, 28) of a bundled creator, and the share of each kind, by the bundled judge."""
    made = local.open_model(local.name_of(lesson, "fashion"))
    pictures = made.tensor(made.noise(COUNTED, seed))
    judge = local.judge("fashion")
    return pictures, class_shares(judges.answers(judge.generator, pictures), judge.config.classes)


CODE = (counted, class_shares)


def show(words: Words, seed: int) -> str:
    label, panels = words("fashion_shares", count=COUNTED), []
    for lesson in MODELS:
        pictures, shares = counted(lesson, seed)
        name = words(f"lesson_{lesson}")
        bars = share_bars(words, shares, label, "{:.0%}", "")
        panels.append(section(name, sheet(to_pil(pictures[:SHOWN]), name), note(label), bars))
    return grid(*panels)
