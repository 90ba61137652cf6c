"""Row 16, second hack: Adam's beta1 is how much of the speed is left after a step. What a push leaves, and what that does
to the smallest GAN there is (Mescheder et al. 2018): a creator of one number, a critic of one number."""

import math
from functools import lru_cache
from html import escape

import torch
import torch.nn.functional as F

from ...ui.charts import chart
from ...ui.html import figure, grid, said, section, svg
from ...ui.words import Words
from .lesson import Lesson, dial

COURSE = 0.5
VALUES = {"beta1": dial(0.9, 0.0, 0.95, "beta1", "bad_beta1", step=0.05)}
FORMULA = r"\text{$friction_new} = \beta_1 \times \text{$friction_old} + (1 - \beta_1) \times \text{$friction_now}"
PUSHED, COASTING = 20, 12  # steps with a push, and without
STEPS, RATE, R1, FASTER = 600, 0.02, 0.3, 5
SIDE, REACH = 360, 2.0  # pixels and half the width of the plane


def coast(beta1: float) -> list[float]:
    """Something is pushed for a while, then let go: its speed at every step after that, as a share of the speed before."""
    speed, speeds = 0.0, []
    for step in range(PUSHED + COASTING):
        push = 1.0 if step < PUSHED else 0.0
        speed = beta1 * speed + (1 - beta1) * push  # what the friction leaves, and what is new
        if step >= PUSHED - 1:
            speeds.append(speed)
    return [now / speeds[0] for now in speeds]


@lru_cache(maxsize=32)
def smallest_gan(beta1: float, times: int = 1) -> list[tuple[float, float]]:
    """(creator, critic) step by step: every real picture is the number 0, the creator always makes its own number, the
    critic's score of x is its own number times x, and R1 holds it back. Both should come to rest at 0."""
    creator, critic = torch.ones(1, requires_grad=True), torch.ones(1, requires_grad=True)
    adams = {net: torch.optim.Adam([net], times * RATE, (beta1, 0.999)) for net in (creator, critic)}
    track = [(1.0, 1.0)]
    for _ in range(STEPS):
        adams[critic].zero_grad()  # step 1: the real 0 scores critic * 0, the fake critic * creator
        (F.softplus(-critic * 0.0) + F.softplus(critic * creator.detach()) + R1 / 2 * critic**2).sum().backward()
        adams[critic].step()
        adams[creator].zero_grad()  # step 2
        F.softplus(-critic.detach() * creator).sum().backward()
        adams[creator].step()
        track.append((creator.item(), critic.item()))
    return track


def away(track: list) -> list[float]:
    """How far the game is from its end, step by step."""
    return [math.hypot(*point) for point in track]


def show(words: Words, beta1: float) -> str:
    both = {COURSE: "plain"}
    both.setdefault(beta1, "plain second")  # equal ones are one line
    lines = [(f"beta1 {b:g}", colour, list(enumerate(coast(b)))) for b, colour in both.items()]
    left = {b: f"{coast(b)[1]:.0%}" for b in both}
    speeds = words("friction_left", beta1=f"{beta1:g}", share=left[beta1], course=left[COURSE])
    end = (COASTING, words("friction_steps", count=COASTING))
    drawn = chart(words("friction_speed"), lines, 1.0, end, True, speeds)
    games = [*((b, 1) for b in both), (COURSE, FASTER)]  # beta1, and how many times the learning rate
    ended = {game: sum(away(smallest_gan(*game))[-100:]) / 100 for game in games}
    course, yours = ended[COURSE, 1], ended[beta1, 1]
    key = "friction_same" if beta1 == COURSE else "friction_farther" if yours > course else "friction_closer"
    ends = words(key, beta1=f"{beta1:g}", distance=f"{yours:.2f}", course=f"{course:.2f}", steps=STEPS)
    fast = words("friction_rate", times=FASTER, distance=f"{ended[COURSE, FASTER]:.2f}", course=f"{course:.2f}")
    planes = grid(*(_plane(words, *game) for game in games), kind="three")
    game = section(words("friction_game"), said(words.together(ends, fast)), planes)
    return f'{said(speeds)}<div class="gz-half">{drawn}</div>{game}'


def _plane(words: Words, beta1: float, times: int) -> str:
    """The track in the plane of the two numbers; the dot is where it ended, the ring where it should."""
    track, half = smallest_gan(beta1, times), SIDE // 2
    places = [(half * (1 + creator / REACH), half * (1 - critic / REACH)) for creator, critic in track]
    name = escape(words("friction_times", times=times)) if times > 1 else ""
    alt = words("friction_track_alt", beta1=f"{beta1:g}", steps=STEPS, distance=f"{away(track)[-1]:.2f}")
    drawn = (
        f'<path class="grid" d="M{half} 0V{SIDE}M0 {half}H{SIDE}"/>'
        f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}"/>'
        f'<text x="{half + 6}" y="16">↑ {escape(words("critic_word"))}</text>'
        f'<text x="{SIDE}" y="{SIDE - 6}" text-anchor="end">{escape(words("creator_word"))} →</text>'
        f'<circle fill="none" stroke="currentColor" cx="{half}" cy="{half}" r="9"/>'
        f'<circle fill="currentColor" cx="{places[-1][0]:.1f}" cy="{places[-1][1]:.1f}" r="5"/>'
    )
    return figure(svg(SIDE, SIDE, alt, drawn), f"<b>beta1 {beta1:g}{name}</b>")


LESSON = Lesson("friction", 16, VALUES, show, (coast, smallest_gan), FORMULA, number="16b")
