"""Row 10: one drawing with several true answers. What is the best single answer, if every pixel is compared?"""

import random
import time
from functools import lru_cache

import torch
from PIL import Image, ImageDraw
from torch import Tensor

from ganzoo.images import to_float, to_pil, whole_tensor

from ...ui.html import grid, note, said, section, table
from ...ui.words import Words
from .lesson import Lesson, dial, seed

COUNT = 7  # truths: an odd number, so that the median is one of them in every pixel
SIDE = 38  # pixels: few enough that torch needs no second thread, which would cost more than it brings
VALUES = {"truths": seed(2026, "other_truths", "bad_truths"), "agree": dial(3, 1, COUNT, "agree", "bad_agree")}
FORMULA = (
    r"\begin{aligned} \text{MSE} &= (\text{$losses_predicted} - \text{$losses_right})^2 \\"
    r" \text{MAE} &= |\text{$losses_predicted} - \text{$losses_right}| \end{aligned}"
)
BEST = {"mse": "mean", "mae": "median"}  # loss: which answer has the least
STEPS = 250
SKIES = ["#8fc1ea", "#f2c078", "#dfe6ec", "#31456b", "#b9d8c2"]
WALLS = ["#b5482c", "#f2ead8", "#d9a441", "#6e8fa3", "#7c9b5b", "#e9b7b0", "#8a5a44"]
ROOFS = ["#5b2e22", "#3c3f4a", "#a03a2a", "#2f5d50", "#c47f2c"]
PANES = ["#1d2b45", "#ffe9a3", "#e8f3fb"]


def house(seed) -> Image.Image:
    """One sharp answer to the drawing "a house": where it stands and how it is painted is anyone's guess."""
    dice = random.Random(f"house {seed}")
    sheet = Image.new("RGB", (SIDE, SIDE), dice.choice(SKIES))
    pen = ImageDraw.Draw(sheet)
    left, top = dice.randint(4, 11), dice.randint(15, 19)
    right, ground, peak = left + 22, 34, top - dice.randint(7, 11)
    pen.rectangle([0, ground, SIDE, SIDE], fill=dice.choice(["#6c8f4a", "#8d8f94", "#c9b48a"]))
    pen.rectangle([left, top, right, ground], fill=dice.choice(WALLS))
    pen.polygon([(left - 3, top), (right + 3, top), ((left + right) // 2, peak)], fill=dice.choice(ROOFS))
    pane, doorway = dice.choice(PANES), dice.choice([0, 1, 2])
    for i in range(3):
        x = left + 2 + i * 7
        if i == doorway:
            pen.rectangle([x, ground - 9, x + 4, ground], fill=dice.choice(["#3b2418", "#22506b", "#8c1f28"]))
        else:
            pen.rectangle([x, top + 4, x + 4, top + 8], fill=pane)
    return sheet


def sketch() -> Image.Image:
    """The drawing that all of them are a true answer to."""
    sheet = Image.new("RGB", (SIDE, SIDE), "#ffffff")
    pen = ImageDraw.Draw(sheet)
    pen.line([(8, 34), (8, 17), (19, 8), (30, 17), (30, 34), (8, 34)], fill="#191d26")
    pen.line([(5, 17), (33, 17)], fill="#191d26")
    return sheet


def truths(seed: int, agree: int) -> Tensor:
    """COUNT true answers (COUNT, 3, SIDE, SIDE) in 0..1, the first `agree` of them the same."""
    drawn = [house(f"{seed} {max(0, i - agree + 1)}") for i in range(COUNT)]
    return torch.cat([(to_float(whole_tensor(picture, 3)) + 1) / 2 for picture in drawn])


def mean_answer(truths: Tensor) -> Tensor:
    """The answer with the least squared error (MSE): the average of the truths."""
    return truths.mean(0)


def median_answer(truths: Tensor) -> Tensor:
    """The answer with the least absolute error (MAE): the middle value of the truths in every pixel and colour."""
    return truths.median(0).values


def error(answer: Tensor, truths: Tensor, loss: str) -> Tensor:
    """How wrong one answer is on average over all truths: mse or mae."""
    difference = answer - truths
    return (difference.square() if loss == "mse" else difference.abs()).mean()


def descend(truths: Tensor, loss: str, steps: int = STEPS) -> Tensor:
    """The answer found by training alone: start grey and follow the gradient of the loss in smaller and smaller steps."""
    answer = torch.full_like(truths[0], 0.5, requires_grad=True)
    for step in range(steps):
        (slope,) = torch.autograd.grad(error(answer, truths, loss) * answer.numel(), answer)
        answer = (answer - 0.05 * (1 - step / steps) * slope).detach().requires_grad_()
    return answer.detach()


@lru_cache(maxsize=16)
def answers(seed: int, agree: int) -> dict:
    """The truths, both best answers by formula and by descent, every loss, and the milliseconds of each descent."""
    given = truths(seed, agree)
    best = {"mse": mean_answer(given), "mae": median_answer(given)}
    found, took = {}, {}
    for loss in best:
        began = time.perf_counter()
        found[loss] = descend(given, loss)
        took[loss] = (time.perf_counter() - began) * 1000
    rows = {**dict(enumerate(given)), **{BEST[loss]: answer for loss, answer in best.items()}}
    losses = {name: {loss: float(error(x, given, loss)) for loss in best} for name, x in rows.items()}
    return {"truths": given, "best": best, "found": found, "losses": losses, "ms": took}


def pictures(words: Words, seed: int, agree: int) -> list:
    """The drawing, all true answers, and both best answers, each by formula and by descent."""
    found = answers(seed, agree)
    shown = [(truth, words("losses_truth", number=i)) for i, truth in enumerate(found["truths"], 1)]
    for loss, name in BEST.items():
        for answer, key in ((found["best"][loss], f"losses_{name}"), (found["found"][loss], "losses_descent")):
            shown.append((answer, words("losses_by", loss=loss.upper(), answer=words(key))))
    works = [(to_pil(pixels[None] * 2 - 1)[0], title) for pixels, title in shown]
    large = (SIDE * 8, SIDE * 8)
    drawn = [(sketch(), words("losses_sketch")), *works]
    return [(picture.resize(large, Image.Resampling.NEAREST), title) for picture, title in drawn]


def show(words: Words, seed: int, agree: int) -> str:
    found, panels = answers(seed, agree), []
    for loss in BEST:
        gap = float((found["best"][loss] - found["found"][loss]).abs().max()) * 255
        text = words("losses_gap", steps=STEPS, gap=f"{gap:.1f}", ms=f"{found['ms'][loss]:.0f}")
        panels.append(section(words(f"losses_{loss}"), note(text)))
    panels.append(_table(words, found["losses"]))
    majority = torch.equal(found["best"]["mae"], found["truths"][0])
    key = "losses_majority" if majority else "losses_differ" if agree == 1 else "losses_no_majority"
    verdict = words("losses_one" if agree == COUNT else key, agree=agree, count=COUNT, others=COUNT - agree)
    return said(verdict) + grid(*panels)


def _table(words: Words, losses: dict) -> str:
    least = {loss: min(row[loss] for row in losses.values()) for loss in BEST}
    rows = []
    for name, row in losses.items():
        rows.append([words("losses_truth", number=name + 1) if isinstance(name, int) else words(f"losses_{name}")])
        for loss in BEST:
            tag = "b" if row[loss] <= least[loss] + 1e-7 else "span"
            rows[-1].append(f"<{tag}>{row[loss]:.4f}</{tag}>")
    head = [words(key) for key in ("losses_answer", "losses_col_mse", "losses_col_mae")]
    return section(words("losses_table"), table(head, rows))


CODE = (mean_answer, median_answer, error, descend)
LESSON = Lesson("losses", 10, VALUES, show, CODE, FORMULA, pictures=pictures, columns=8)
