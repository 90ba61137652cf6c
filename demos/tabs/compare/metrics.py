"""What was measured of a family's models over the whole test set: the table, and the verdict that follows from it."""

import math
import re
from html import escape

from ganzoo.models.pix2pix import LOSSES

from ...ui.words import Words
from .families import Family, name

# word: what the metric's name starts with, how it is written, and what it should reach: 0, 1, or what real photos get
NUMBERS = {
    "cmp_l_one": (("l1",), "{:.3f}", "0"),
    "cmp_sharpness": (("sharpness",), "{:.2f}", "1"),
    "cmp_tone": (("tone",), "{:.2f}", "0"),
    "cmp_recovery": (("label-recovery", "label-accuracy"), "{:.0%}", "real"),
}
REAL = "label-recovery-real-pixel-accuracy"
MARGIN = 0.10  # how far the winner's L1 may lie above that of MAE, which has the lowest by design


def numbers(entry) -> list[tuple[str, str]]:
    """[(word, text)] of what the model's own card says about the test set; a number that is missing is left out."""
    found = ((key, form, value(entry, *starts)) for key, (starts, form, _) in NUMBERS.items())
    return [(key, form.format(number)) for key, form, number in found if number is not None]


def value(entry, *starts: str) -> float | None:
    """The first finite metric whose name starts with one of `starts`: of made pictures, unless `starts` names real ones."""
    for start in starts:
        named = (name for name in entry.metrics if name.startswith(start) and ("-real-" in name) == ("-real-" in start))
        found = entry.metrics.get(next(named, ""))
        if isinstance(found, (int, float)) and not isinstance(found, bool) and math.isfinite(found):
            return float(found)
    return None


def verdict(words: Words, family: Family, by: str = "cmp") -> str:
    """Which of the course's three losses wins, by the rule that stands beside it. Nothing where a number is missing.
    `by`: "cmp", labels read back and tone; "own", fine detail and tone, where nobody can read labels."""
    members = {loss: family.members[loss] for loss in LOSSES if loss in family.members}
    asked = ("l1", "tone", "label-recovery", REAL) if by == "cmp" else ("l1", "tone", "sharpness")
    found = {loss: [value(entry, start) for start in asked] for loss, entry in members.items()}
    if len(found) < len(LOSSES) or any(number is None for row in found.values() for number in row):
        return ""
    in_tone = min(found, key=lambda loss: found[loss][1])
    in_detail = min(found, key=lambda loss: abs(found[loss][2] - (found[loss][3] if by == "cmp" else 1)))
    over = found[in_detail][0] / found["mae"][0] - 1
    if in_tone != in_detail:
        said = words(f"{by}_verdict_split", first=name(words, in_detail), tone=name(words, in_tone))
    elif over <= MARGIN:
        said = words(f"{by}_verdict_wins", winner=name(words, in_detail))
    else:
        values = {"winner": name(words, in_detail), "over": f"{over:.0%}", "margin": f"{MARGIN:.0%}"}
        said = words(f"{by}_verdict_close", **values)
    rule = words(f"{by}_verdict_rule", margin=f"{MARGIN:.0%}", count=count(family) or "")
    return (
        f'<div class="gz-cmp-verdict"><p>{escape(said)}</p><p>{escape(words(f"{by}_verdict_why"))}</p>'
        f"<p>{escape(rule)}</p></div>"
    )


def count(family: Family) -> int | None:
    """How many pictures were measured: the names of metrics say so."""
    found = re.search(r"-n(\d+)-", " ".join(metric for entry in family.members.values() for metric in entry.metrics))
    return int(found[1]) if found else None


GRADED = {"gan": "cmp_graded_gan", "mae": "cmp_graded_mae", "gan+mae": "cmp_graded_both"}
BLURRED = 0.1  # share of a photo's fine detail below which a picture is called blurred
NEAREST = {"cmp_near_error": "l1", "cmp_near_tone": "tone", "cmp_near_labels": "label-recovery"}


def caption(words: Words, family: Family, key: str) -> str:
    """What a creator was graded on, and what its numbers of the whole test set say. Nothing is claimed without a number."""
    said = [words(GRADED.get(key, "cmp_graded_perceptual"))]
    entry = family.members[key]
    detail = value(entry, "sharpness")
    if detail is not None:
        said.append(words("cmp_blurred" if detail < BLURRED else "cmp_detail", share=f"{detail:.0%}"))
    first = [word for word, metric in NEAREST.items() if _first(family, key, metric)]
    if first:
        said.append(words("cmp_nearest", what=words.listing([words(word) for word in first], "and")))
    return words.together(*said)


def _first(family: Family, key: str, metric: str) -> bool:
    """Whether of all members with this number the one of `key` comes nearest to real photos."""
    apart = {}
    for other, entry in family.members.items():
        number, real = value(entry, metric), value(entry, REAL) if metric == "label-recovery" else 0.0
        if number is not None and real is not None:
            apart[other] = abs(number - real)
    return len(apart) > 1 and key in apart and all(apart[key] < v for other, v in apart.items() if other != key)


def table(words: Words, family: Family) -> tuple[str, list[str], list[list[str]]]:
    """(title, header, rows) of the numbers of the whole test set: a row a number with what it should reach, a column a loss,
    the nearest to the goal bold. No rows where no member has a number."""
    keys = [key for key in family.keys if key in family.members and numbers(family.members[key])]
    rows = []
    for word, (starts, form, target) in NUMBERS.items():
        values = {key: value(family.members[key], *starts) for key in keys}
        if all(number is None for number in values.values()):
            continue
        real = next((r for r in (value(family.members[key], REAL) for key in keys) if r is not None), None)
        goal = real if target == "real" else float(target)
        arrow = "↓" if target == "0" else "↑" if goal is None else f"→ {form.format(goal)}"
        best = _nearest(values, goal, form)
        meaning = words(word.replace("cmp_", "cmp_means_"))
        texts = {key: "–" if number is None else form.format(number) for key, number in values.items()}
        marked = [f"**{text}**" if key in best else text for key, text in texts.items()]
        rows.append([f"{words(word)} {arrow}", *marked, meaning])
    measured = count(family)
    title = words("cmp_tested", count=measured) if measured else words("cmp_tested_all")
    return title, ["", *(name(words, key) for key in keys), words("cmp_meaning")], rows


def _nearest(values: dict[str, float | None], goal: float | None, form: str) -> set[str]:
    """The keys that come nearest to the goal, as far as the page shows digits; none where all are equally near."""
    if goal is None:
        return set()
    apart = {key: form.format(abs(number - goal)) for key, number in values.items() if number is not None}
    nearest = {key for key, text in apart.items() if text == min(apart.values(), key=lambda t: float(t.rstrip("%")))}
    return nearest if len(nearest) < len(apart) else set()
