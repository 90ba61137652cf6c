"""What was measured of a family's models over the whole test set: the table, and the verdict that follows from it."""

import re
from html import escape

from ganzoo.models.pix2pix_config import LOSSES

from ...catalog.metrics import KNOWN, aimed, value
from ...ui.words import Words
from .families import NAMES, Family, name

LABELS, REAL = "label-recovery-pixel-accuracy", "label-recovery-real-pixel-accuracy"
NUMBERS = ("l1", "sharpness", "tone-lab", LABELS)
MARGIN = 0.10  # how far the winner's L1 may lie above that of MAE, which has the lowest by design


def verdict(words: Words, family: Family, by: str = "cmp") -> str:
    """Which of the course's three losses wins, by the rule that stands beside it. Nothing where a number is missing.
    `by`: "cmp", labels read back and tone; "own", fine detail and tone, where nobody can read labels."""
    members = {loss: family.members[loss] for loss in LOSSES if loss in family.members}
    second = LABELS if by == "cmp" else "sharpness"
    needed = ("l1", "tone-lab", second, *([REAL] if by == "cmp" else []))
    found = {start: {loss: value(entry, start) for loss, entry in members.items()} for start in needed}
    if len(members) < len(LOSSES) or any(number is None for row in found.values() for number in row.values()):
        return ""
    in_tone = _nearest(found["tone-lab"], 0.0, KNOWN["tone-lab"][1])
    goal = found[REAL]["gan"] if by == "cmp" else 1.0
    in_detail = _nearest(found[second], goal, KNOWN[second][1])
    errors = found["l1"]
    winner = min(in_tone & in_detail, key=errors.get, default=None)
    if winner is None:
        first, tone = (min(nearest, key=errors.get) for nearest in (in_detail, in_tone))
        sentence = words(f"{by}_verdict_split", first=name(words, first), tone=name(words, tone))
    elif (over := errors[winner] / errors["mae"] - 1) <= MARGIN:
        sentence = words(f"{by}_verdict_wins", winner=name(words, winner))
    else:
        values = {"winner": name(words, winner), "over": f"{over:.0%}", "margin": f"{MARGIN:.0%}"}
        sentence = words(f"{by}_verdict_close", **values)
    measured = count(family) or ""
    detail = _detail(words, members, measured) if by == "cmp" else ""
    why, rule = words(f"{by}_verdict_why"), words(f"{by}_verdict_rule", margin=f"{MARGIN:.0%}", count=measured)
    paragraphs = [sentence, words.together(why, detail), rule]
    return f'<div class="gz-cmp-verdict">{"".join(f"<p>{escape(text)}</p>" for text in paragraphs)}</div>'


def _detail(words: Words, members: dict, measured) -> str:
    """How much fine detail each loss leaves, over the whole test set."""
    shares = {loss: value(entry, "sharpness") for loss, entry in members.items()}
    listed = [f"{NAMES[loss]} {share:.0%}" for loss, share in shares.items() if share is not None]
    return words("cmp_verdict_detail", count=measured, listed=words.listing(listed, "and")) if listed else ""


def count(family: Family) -> int | None:
    """How many pictures were measured: the names of metrics say so."""
    found = re.search(r"-n(\d+)-", " ".join(metric for entry in family.members.values() for metric in entry.metrics))
    return int(found[1]) if found else None


def table(words: Words, family: Family, losses=()) -> tuple[str, list[str], list[list[str]]]:
    """(title, head, rows) of the numbers of the whole test set, cells as HTML: a row a number with what it should reach, a
    column a loss (none named: all), the nearest to the goal bold. No rows where no member has a number."""
    found = {key: family.members[key] for key in losses or family.keys if key in family.members}
    keys = [key for key, entry in found.items() if any(value(entry, start) is not None for start in NUMBERS)]
    rows = []
    for start in NUMBERS:
        word, form, target = KNOWN[start]
        values = {key: value(found[key], start) for key in keys}
        if all(number is None for number in values.values()):
            continue
        real = next((r for r in (value(found[key], REAL) for key in keys) if r is not None), None)
        goal = real if target == "real" else float(target)
        arrow = aimed(words, start, target, "" if goal is None else form.format(goal))
        nearest = set() if goal is None else _nearest(values, goal, form)
        best = nearest if len(nearest) < len(keys) else set()
        meaning = escape(words(word.replace("cmp_", "cmp_means_")))
        texts = {key: "–" if number is None else form.format(number) for key, number in values.items()}
        marked = [f"<b>{text}</b>" if key in best else text for key, text in texts.items()]
        rows.append([escape(f"{words(word)} {arrow}"), *marked, meaning])
    measured = count(family)
    title = words("cmp_tested", count=measured) if measured else words("cmp_tested_all")
    return title, ["", *(name(words, key) for key in keys), words("cmp_meaning")], rows


def _nearest(values: dict[str, float | None], goal: float, form: str) -> set[str]:
    """The keys that come nearest to the goal, as far as the page shows digits: beyond them two seeds differ more."""
    apart = {key: form.format(abs(number - goal)) for key, number in values.items() if number is not None}
    return {key for key, text in apart.items() if text == min(apart.values(), key=lambda t: float(t.rstrip("%")))}
