"""The training film: one frame, the curves with a cursor at its step, and the state that lesson 3 gives it."""

import json
from bisect import bisect_right
from functools import cached_property, lru_cache
from html import escape
from pathlib import Path

from gradio.data_classes import ImageData
from PIL import Image

from ganzoo import Model
from ganzoo.training import doctor
from ganzoo.training.plots import smoothed

from ..ui.charts import chart, limit
from ..ui.html import prose, uri
from ..ui.words import Trouble, Words
from . import local

PANELS = (  # title, then (key, word, class) of its lines
    ("curve_losses", (("loss_d", "critic_word", "critic"), ("loss_g", "creator_word", "creator"))),
    ("curve_scores", (("score_real", "of_real", "real"), ("score_fake", "of_fake", "fake"))),
)
KEYS = ("step", "loss_d", "loss_g", "score_real", "score_fake")
MILLISECONDS, COLUMNS, GAP = 120, 8, 2  # how ganzoo lays a film out
SIZE = (238, 238)  # of its frames, as pages show them


class Film:
    """What a model folder tells of its training: the step of every frame, the rows of the curves, the pictures."""

    def __init__(self, folder: Path):
        self.path = folder / "film.webp"
        try:
            story = json.loads((folder / "film.json").read_text(encoding="utf-8"))
            self.steps, columns = [int(s) for s in story["steps"]], [story["curves"][key] for key in KEYS]
            self.rows = [dict(zip(KEYS, row, strict=True)) for row in zip(*columns, strict=True)]
        except (OSError, ValueError, KeyError, TypeError):
            raise Trouble("no_film") from None
        if not self.steps or not self.rows:
            raise Trouble("no_film")

    @cached_property
    def pictures(self) -> list[str]:
        """The frames as data: addresses. WebP stores equal neighbours once, shown for longer, so one is found by its time."""
        kept, ends = [], []
        try:
            with Image.open(self.path) as film:
                for i in range(getattr(film, "n_frames", 1)):
                    film.seek(i)
                    kept.append(uri(on_black(film), "WEBP", quality=82))
                    ends.append((ends[-1] if ends else 0) + film.info.get("duration", MILLISECONDS))
        except (OSError, ValueError, EOFError, Image.DecompressionBombError):
            raise Trouble("no_film") from None
        return [kept[min(bisect_right(ends, i * MILLISECONDS), len(kept) - 1)] for i in range(len(self.steps))]

    @cached_property
    def states(self) -> list[tuple[int, str]]:
        """The states of lesson 3 that the run went through: (the step it began at, state), in order."""
        found = [(step, self._state(step)) for step in self.steps]
        return [now for before, now in zip([(0, ""), *found], found, strict=False) if now[1] != before[1]]

    def _state(self, step: int) -> str:
        return doctor.state([row for row in self.rows if row["step"] <= step])

    def facts(self, at: int) -> dict:
        """Frame `at` (0 is before the first step): its step, the last one, the state of the run, the picture."""
        at, steps = max(0, min(at, len(self.steps) - 1)), self.steps
        place = {"frame": at, "frames": len(steps), "step": steps[at], "last": steps[-1]}
        return place | {"state": self._state(steps[at]), "picture": self.pictures[at]}


def of(name: str) -> Film:
    """The film of a model by name, read again when it changes."""
    return _of(local.open_model(name))


@lru_cache(maxsize=8)
def _of(model: Model) -> Film:  # a model that has changed is another
    return Film(model.folder)


def on_black(sheet: Image.Image) -> Image.Image:
    """The white gaps between the 8 x 8 pictures of a sheet painted black; grey stays one channel."""
    sheet = sheet.convert("RGB")
    side = (sheet.width + GAP) // COLUMNS
    for i in range(1, COLUMNS):
        sheet.paste((0, 0, 0), (i * side - GAP, 0, i * side, sheet.height))
        sheet.paste((0, 0, 0), (0, i * side - GAP, sheet.width, i * side))
    red, green, blue = sheet.split()
    return sheet.convert("L") if red.tobytes() == green.tobytes() == blue.tobytes() else sheet


def bands(found, last: float) -> list[tuple[float, float, str]]:
    """States as `chart` wants them: (from, to, class)."""
    ends = [*(start for start, _ in found[1:]), last]  # of a run without a state nothing is left
    return [(a, b, f"state-{kind}") for (a, kind), b in zip(found, ends, strict=False)]


def state_keys(words: Words, found) -> str:
    """Which colour is which state."""
    kinds = list(dict.fromkeys(kind for _, kind in found))
    keys = "".join(f'<span class="gz-key state-{kind}">{escape(words("name_" + kind))}</span>' for kind in kinds)
    return f'<p class="gz-keys">{keys}</p>'


def still(address: str, step: int) -> ImageData:
    """A picture of a run, with the name under which it is saved."""
    return ImageData(url=address, orig_name=f"step-{step}.{address[len('data:image/') : address.index(';')]}")


def show(words: Words, name: str, at: int) -> tuple[ImageData, str]:
    """One frame; and the curves with a cursor at its step and the state of the run in words."""
    film = of(name)
    facts = film.facts(at)
    step, kind = facts["step"], facts["state"]
    place = {"frame": facts["frame"], "frames": facts["frames"] - 1, "step": f"{step:,}", "last": f"{facts['last']:,}"}
    sentence = prose(words("film_step", **place), words("state_" + kind))
    drawn = panels(words, film.rows, step, film.states, facts["last"]) + state(words, kind, sentence)
    return still(facts["picture"], step), f'<div data-frame="{facts["frame"]}">{drawn}</div>'


def panels(words: Words, rows: list[dict], step: int, found, last: float, **look) -> str:
    """All of PANELS, the states of the run behind their curves, and which colour is which."""
    coloured = bands(found, last)
    drawn = "".join(panel(words, rows, step, *lines, bands=coloured, **look) for lines in PANELS)
    return drawn + state_keys(words, found)


def state(words: Words, kind: str, *parts: str) -> str:
    """The name of a state, and what there is to say of it."""
    return f'<div class="gz-state"><b>{escape(words("name_" + kind))}</b>{"".join(parts)}</div>'


def panel(
    words: Words, rows: list[dict], step: int, title: str, lines, least=1.0, marks=(), bands=(), axis="live_axis"
) -> str:
    """One chart of PANELS: smoothed curves over the steps of `rows`, a cursor at `step`, thin lines at `marks`, coloured
    `bands`; the scale reaches `least`, the axis the last step of all these: not every step has a row."""
    values = [row[k] for row in rows for k, *_ in lines if isinstance(row.get(k), (int, float))]
    last = max([step, *(row["step"] for row in rows), *(end for _, end, _ in bands)]) or 1
    end, drawn = (last, words(axis, step=f"{last:,}")), curves(words, rows, lines)
    return chart(words(title), drawn, limit(values, least), end, at=step, marks=marks, bands=bands)


def curves(words: Words, rows: list[dict], lines) -> list[tuple]:
    """Smoothed lines as `chart` wants them."""
    found = []
    for key, word, kind in lines:
        known = [row for row in rows if key in row]
        smooth = smoothed([row[key] for row in known])
        points = [(row["step"], v) for row, v in zip(known, smooth, strict=True) if v is not None]
        found.append((words(word), kind, points))
    return found
