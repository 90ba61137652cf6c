"""Row 3: the three states of a training, on the real curves of a bundled model and with its pictures from each of them."""

import math
from functools import lru_cache
from itertools import groupby

from ganzoo.training.doctor import state

from ...catalog import film, local
from ...ui.charts import chart
from ...ui.html import grid, note, prose, section, shown
from ...ui.words import Words
from .lesson import Lesson, choice

VALUES = {"pictures": choice("mnist", "states_set", local.SETS, "bad_set", "data")}


@lru_cache(maxsize=4)
def states(name: str) -> list[tuple[str, int, int]]:
    """(state, first step, last step) one after the other: what the doctor says at each line of the training's log. A state
    that lasts for less than a fiftieth of the run's steps (on a scale of their logarithms) is left to its neighbour."""
    rows = film.of(name).rows
    spans = _joined([(state(rows[: i + 1]), row["step"], row["step"]) for i, row in enumerate(rows)])
    long = [s for i, s in enumerate(spans) if i == 0 or _place(s[2]) - _place(s[1]) > _place(rows[-1]["step"]) / 50]
    return _joined(long)


def _joined(spans: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Neighbours of one state as one span."""
    groups = [list(group) for _, group in groupby(spans, lambda span: span[0])]
    return [(group[0][0], group[0][1], group[-1][2]) for group in groups]


def _place(step: int) -> float:
    """Where a step stands on the scale: most happens early."""
    return math.log10(1 + step)


def show(words: Words, data: str) -> str:
    name = f"gan-{data}"
    run, spans = film.of(name), states(name)
    last = run.rows[-1]["step"]
    end = (last, words("live_axis", step=f"{last:,}"))
    began = [(first, key) for key, first, _ in spans]
    charts, columns = [], []
    for title, lines in film.PANELS:
        drawn = film.curves(words, run.rows, lines)
        top = max(1.0, *(v for *_, points in drawn for _, v in points))
        charts.append(chart(words(title), drawn, top, end, bands=film.bands(began, last), log=True))
    for key, first, last in spans:
        # the state in words, the pictures at its middle, the critic's scores from its beginning to its end
        middle = (_place(first) + _place(last)) / 2
        at = min(range(len(run.steps)), key=lambda i: abs(_place(run.steps[i]) - middle))
        inside = [row for row in run.rows if first <= row["step"] <= last]
        real, fake = (f"{inside[0][k]:.2f} → {inside[-1][k]:.2f}" for k in ("score_real", "score_fake"))
        scores = words("states_scores", real=real, fake=fake, first=f"{first:,}", last=f"{last:,}")
        picture = shown(run.pictures[at], words("film_alt", step=run.steps[at]), film.SIZE)
        columns.append(section(words(f"name_{key}"), picture, note(scores), prose(words(f"state_{key}"))))
    return grid(*charts) + film.state_keys(words, began) + grid(*columns, kind="three")


LESSON = Lesson("states", 3, VALUES, show, (state, states))
