"""Row 2: one round of the game, in the course's two steps, on real digits: who is trained, with which answer, and how the
critic's opinion moves."""

from functools import lru_cache

import torch

from ganzoo.data import complete
from ganzoo.images import to_pil
from ganzoo.models import gan
from ganzoo.training.step import Training
from ganzoo.training.stepwise import Stepwise

from ...catalog import local
from ...ui.html import bar, bars, grid, note, section, sheet
from ...ui.words import Words
from .lesson import Lesson, dial

MOST, BATCH, RATE, SHOWN = 20, 32, 0.0005, 6
VALUES = {"rounds": dial(2, 0, MOST, "steps_rounds", "bad_rounds")}

FORMULA = (
    r"\begin{aligned} L_{\text{$critic_word}} &= -\log D(x) - \log\bigl(1 - D(G(z))\bigr) \\"
    r" L_{\text{$creator_word}} &= -\log D(G(z)) \end{aligned}"
)


@lru_cache(maxsize=MOST + 1)
def play(rounds: int) -> dict:
    """A fresh GAN plays so many rounds; then one more, step by step. Pictures, and opinions (before, after)."""
    real = local.samples("mnist")
    config = complete(gan.Config(lr=RATE, batch_size=BATCH), real)
    game = Stepwise(Training(config, real, torch.device("cpu")))
    for _ in range(rounds):
        game.advance()
    first = game.discriminator_turn()  # step 1
    second = game.generator_turn()  # step 2
    moved = {
        "real": (first.real_before, first.real_after),
        "fake": (first.fake_before, first.fake_after),
        "again": (second.fake_before, second.fake_after),
    }
    return {
        "pictures": {"real": first.real, "fake": first.fake, "again": second.changed},
        "moved": {key: (float(before.mean()), float(after.mean())) for key, (before, after) in moved.items()},
    }


def show(words: Words, rounds: int) -> str:
    found = play(rounds)
    return grid(
        section(words("steps_critic"), _side(words, found, "real", 1), _side(words, found, "fake", 0), kind="critic"),
        section(words("steps_creator"), _side(words, found, "again", 1), kind="creator"),
    )


def _side(words: Words, found: dict, key: str, answer: int) -> str:
    """Some of the pictures, the answer that is taught, and the critic's opinion before and after."""
    before, after = found["moved"][key]
    name = words(f"steps_{key}")
    good = (after > before) == (answer == 1)
    text = words("steps_said" if good else "steps_wrong", before=f"{before:.3f}", after=f"{after:.3f}", answer=answer)
    opinions = bars(bar(v, words(f"steps_{k}"), f"{v:.3f}") for k, v in (("before", before), ("after", after)))
    return note(name=name) + sheet(to_pil(found["pictures"][key][:SHOWN]), name) + opinions + note(text)


LESSON = Lesson("steps", 2, VALUES, show, (gan.discriminator_step, gan.generator_step, play), FORMULA)
