"""The doctor reads a run's log and says in plain words what goes wrong and what to do (lesson 3: the three states).

It sees only the rows of log.jsonl, so a resumed run, a page and a test all get the same opinion from the same log.
Each piece of advice is given once.
"""

import json
import math
from collections.abc import Iterable
from pathlib import Path

# Opinions are the discriminator's mean verdict, 0 fake .. 1 real. A healthy fight stays well inside these.
SURE_REAL, SURE_FAKE = 0.95, 0.05
WINDOWS = 10  # logged rows in a row before the doctor believes what it sees
LEAST_DIVERSITY = 0.4  # of the real pictures' own diversity
# Classes that are really made, where a classifier counts them. Fewer are a collapse where the discriminator is so far ahead;
# with a smaller gap they are blots that are still growing.
FEW_KINDS, SEEN_THROUGH = 3.0, 0.4
GAP = 0.8  # real less made opinion: the discriminator has it easy
TIME_TO_LEARN = 200  # steps before a lack of variety counts
INVERTED = -0.25  # correlation of originals and translations under which colours are turned round
SAME, COPIES = 0.99, 60  # correlation above which nothing was translated, and for how many logged rows
DEAD, ALIVE = 0.03, 0.2  # opinions of made pictures: a discriminator that is never in doubt, and one that is
TEST_ABOVE_BEST, TRAIN_BELOW = 1.04, 0.85  # errors over those at the best test error: overfitting
LEVEL = 0.03  # relative change of a loss from one stretch to the next that still counts as level
STRETCH = 70  # rows in one stretch at least; later a quarter of the run so far

ADVICE: dict[str, str] = json.loads(Path(__file__).with_name("advice.json").read_text(encoding="utf-8"))


class Doctor:
    """Feed it the rows of a log in order; `see` returns the advice that a row gives rise to."""

    def __init__(self, translates: bool = False):
        """`translates`: the lesson makes pictures from pictures, not from noise."""
        self.translates = translates
        self.steps: list[dict] = []
        self.samples: list[dict] = []
        self.unseen: list[tuple[float, float]] = []  # error on test pictures, and the training error of that time
        self.broken = False
        self.given: set[str] = set()

    def see(self, row: dict) -> list[tuple[str, str]]:
        """One row of the log -> [(code, sentence)], mostly empty."""
        kind = row.get("event")
        if kind == "advice":  # a resumed run reads its old log: what was said is not said again
            self.given.add(row.get("code", ""))
            return []
        self.broken = kind == "broken"  # the trainer found weights that are no numbers
        if kind == "step":
            self.steps.append(row)
        elif kind == "samples":
            self.samples.append(row)
            errors = [r["mae"] for r in self.steps[-WINDOWS:] if r.get("mae")]
            if row.get("mae_test") and len(errors) == WINDOWS:
                self.unseen.append((row["mae_test"], sum(errors) / WINDOWS))
        signs = {
            "nan": self._nan,
            "critic_wins": self._discriminator_wins,
            "same_answer" if self.translates else "collapse": self._collapse,
            "by_heart": self._overfits,
            "inverted": self._inverted,
            "copies": self._copies,
            "one_way": self._one_way,
            "plateau": lambda: state(self.steps) == "level",
        }
        found = [code for code, sign in signs.items() if code not in self.given and sign()]
        self.given.update(found)
        return [(code, ADVICE[code]) for code in found]

    def _nan(self) -> bool:
        last = self.steps[-1] if self.steps else {}
        return self.broken or any(last.get(key, 0) is None for key in ("mae", "cycle", "loss_d", "loss_g"))

    def _discriminator_wins(self) -> bool:
        last = self.steps[-WINDOWS:]
        if len(last) < WINDOWS:
            return False
        sure = all(number(row, "score_real") > SURE_REAL and number(row, "score_fake") < SURE_FAKE for row in last)
        return sure or (last[0].get("step", 0) >= TIME_TO_LEARN and all(gap(row) > GAP for row in last))

    def _collapse(self) -> bool:
        """Samples resemble each other far more than real pictures do, or are of few kinds while the discriminator is far ahead,
        although the generator has had time to learn."""
        last = self.samples[-3:]
        if len(last) < 3 or last[-1].get("step", 0) < TIME_TO_LEARN:
            return False
        alike = all(row.get("diversity", 1.0) < LEAST_DIVERSITY for row in last)
        return alike or few_kinds([row.get("kinds", math.inf) for row in last], self.steps[-WINDOWS:])

    def _overfits(self) -> bool:
        """Pix2Pix: the last three held-out errors lie above the best one, and the training error has sunk since."""
        if not self.unseen:
            return False
        best, then = min(self.unseen)
        return all(e > TEST_ABOVE_BEST * best and trained < TRAIN_BELOW * then for e, trained in self.unseen[-3:])

    def _inverted(self) -> bool:
        """CycleGAN: early in the run, brightness of originals and translations is opposed in one direction."""
        last = [(number(row, "likeness"), number(row, "likeness_back")) for row in self.steps[-WINDOWS:]]
        return len(last) == WINDOWS and any(max(way) < INVERTED for way in zip(*last, strict=True))

    def _copies(self) -> bool:
        last = self.steps[-COPIES:]
        return len(last) == COPIES and all(number(r, way) > SAME for r in last for way in ("likeness", "likeness_back"))

    def _one_way(self) -> bool:
        """CycleGAN: for long, one discriminator sees through every translation, the other one does not."""
        last = [r for r in self.steps[-2 * WINDOWS :] if r.keys() >= {"score_fake", "score_fake_back"}]
        if len(last) < 2 * WINDOWS:
            return False
        back = [number(row, "score_fake_back") for row in last]
        forth = [2 * number(row, "score_fake") - b for row, b in zip(last, back, strict=True)]
        return any(max(dead) < DEAD and min(alive) > ALIVE for dead, alive in ((forth, back), (back, forth)))


def number(row: dict, name: str) -> float:
    """A number of a row, 0 where it is missing or none."""
    return row.get(name) or 0


def gap(row: dict) -> float:
    """How much more the discriminator believes real pictures than made ones."""
    return number(row, "score_real") - number(row, "score_fake")


def kinds(shares: Iterable[float]) -> float:
    """How many classes are really made: 10 of equal shares are 10, one alone is 1 (the exponential of the entropy)."""
    return math.exp(-sum(share * math.log(share) for share in shares if share > 0))


def few_kinds(counted: list[float], rows: list[dict]) -> bool:
    """Whether these counts of `kinds` are all small while the discriminator is far ahead in these rows."""
    ahead = len(rows) == WINDOWS and sum(map(gap, rows)) > SEEN_THROUGH * WINDOWS
    return ahead and bool(counted) and max(counted) < FEW_KINDS


def state(steps: list[dict]) -> str:
    """The state that lesson 3 names: "early" (the discriminator has it easy), "contest" (both improve) or "level"; or "collapse",
    where rows tell how many `kinds` of pictures are made, and these are few. Level means that the mean of either loss moved
    by less than 3 % between the last two stretches. A stretch grows with the run: what looks level over a minute may still
    sink over an hour."""
    recent = steps[-WINDOWS:]
    counted = [row["kinds"] for row in recent if "kinds" in row]
    if recent and recent[-1].get("step", 0) >= TIME_TO_LEARN and few_kinds(counted, recent):
        return "collapse"
    if len(recent) < WINDOWS or sum(map(gap, recent)) / len(recent) > GAP:
        return "early"
    stretch = max(STRETCH, len(steps) // 4)
    if len(steps) < 3 * stretch:
        return "contest"
    losses = [key for key in ("mae", "loss_d", "loss_g") if key in steps[-1]]
    level = all(_is_level([r.get(key) for r in steps[-2 * stretch :]]) for key in losses)
    return "level" if level else "contest"


def _is_level(values: list) -> bool:
    if not all(isinstance(v, (int, float)) and math.isfinite(v) for v in values):
        return False
    half = len(values) // 2
    before, after = sum(values[:half]) / half, sum(values[half:]) / (len(values) - half)
    return abs(after - before) <= LEVEL * max(abs(before), abs(after), 1e-6)
