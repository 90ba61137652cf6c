"""Row 2: one round of the game, in the course's two steps, on real garments: who is trained, with which answer, and how the
critic's opinion moves."""

from functools import lru_cache

import torch
from torch import Tensor

from ganzoo.images import to_float, to_pil
from ganzoo.models import gan
from ganzoo.models.losses import as_opinion
from ganzoo.seeding import global_seed, seeded

from ...catalog import local
from ...ui.html import bar, bars, grid, note, section, sheet
from ...ui.words import Words
from .controls import dial

MOST, BATCH, RATE, SHOWN = 20, 32, 0.0005, 6
VALUES = {"rounds": dial(2, 0, MOST, "steps_rounds", "bad_rounds")}

FORMULA = (
    r"\begin{aligned} L_{\text{$critic_word}} &= -\log D(x) - \log\bigl(1 - D(G(z))\bigr) \\"
    r" L_{\text{$creator_word}} &= -\log D(G(z)) \end{aligned}"
)


@torch.no_grad()
def opinion(nets: dict, shown: Tensor, config) -> float:
    """The critic's mean opinion of pictures (B, 1, 28, 28): 0 fake, 1 real."""
    return float(as_opinion(nets["discriminator"](shown), config.adversarial).mean())


@lru_cache(maxsize=MOST + 1)
def play(rounds: int) -> dict:
    """A fresh GAN plays so many rounds; then one more, step by step. Pictures, and opinions (before, after)."""
    config, real = gan.Config(channels=1, lr=RATE, batch_size=BATCH), local.samples("mnist").train
    with global_seed(0):
        nets = gan.build(config)
    optimizers = {role: torch.optim.Adam(net.parameters(), RATE, (config.beta1, 0.999)) for role, net in nets.items()}
    for step in range(rounds + 1):
        dice = seeded(torch.device("cpu"), 0, step)
        chosen = torch.randint(0, len(real), (BATCH,), generator=dice)
        batch = {"real": to_float(real[chosen]), "noise": torch.randn(BATCH, config.noise_size, generator=dice)}
        if step < rounds:
            gan.train_step(nets, optimizers, batch, config)
    fake = nets["generator"](batch["noise"])
    seen = {"real": batch["real"], "fake": fake.detach()}
    before = {key: opinion(nets, shown, config) for key, shown in seen.items()}
    gan.discriminator_step(nets, optimizers, batch, fake, config)  # step 1
    after = {key: opinion(nets, shown, config) for key, shown in seen.items()}
    gan.generator_step(nets, optimizers, batch, fake, config)  # step 2
    with torch.no_grad():
        again = nets["generator"](batch["noise"])
    moved = {key: (before[key], after[key]) for key in seen} | {"again": (after["fake"], opinion(nets, again, config))}
    return {"pictures": seen | {"again": again}, "moved": moved}


CODE = (gan.discriminator_step, gan.generator_step, play)


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
    said = words("steps_said" if good else "steps_wrong", before=f"{before:.3f}", after=f"{after:.3f}", answer=answer)
    opinions = bars(bar(v, words(f"steps_{k}"), f"{v:.3f}") for k, v in (("before", before), ("after", after)))
    return note(name=name) + sheet(to_pil(found["pictures"][key][:SHOWN]), name) + opinions + note(said)
