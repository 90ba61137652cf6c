"""A model's metrics: what their names mean, and rows for a page: a phrase, a number, and what the number should be."""

import math
import re
from dataclasses import dataclass

from ganzoo.evaluation.metrics import find

from ..ui.words import Words
from . import local

# A metric's name (label-recovery-class-iou-facades-128px-n106-test) starts with one of these: the word for it, how its number
# is written, and its aim: 0 (lower is better), higher, a number, or as much as real pictures have.
KNOWN = {
    "frechet": ("zoo_frechet", "{:.2f}", "0"),
    "kernel": ("zoo_kernel", "{:.3f}", "0"),
    "label-accuracy": ("zoo_accuracy", "{:.1%}", "higher"),
    "smallest-class-share": ("zoo_smallest", "{:.1%}", "higher"),
    "class-share": ("zoo_shares", "{:.1%}", ""),
    "speckle-median3": ("zoo_speckle", "{:.2f}%", "real"),
    "label-recovery-pixel-accuracy": ("cmp_recovery", "{:.1%}", "real"),
    "label-recovery-class-iou": ("zoo_iou", "{:.2f}", "real"),
    "tone-lab": ("cmp_tone", "{:.2f}", "0"),
    "sharpness": ("cmp_sharpness", "{:.0%}", "1"),
    "l1": ("cmp_l_one", "{:.3f}", "0"),
    "psnr": ("zoo_psnr", "{:.1f} dB", "higher"),
    "ssim": ("zoo_ssim", "{:.2f}", "higher"),
    "perceptual": ("zoo_perceptual", "{:.2f}", "0"),
    "checkerboard": ("zoo_checkerboard", "{:.2f}", "real"),
    "common-pattern": ("zoo_pattern", "{:.1%}", "0"),
    "taken-for": ("zoo_taken", "{:.1%}", "higher"),
    "cycle-l1": ("zoo_cycle", "{:.3f}", "0"),
    "identity-l1": ("zoo_identity", "{:.3f}", "0"),
    "background-change": ("zoo_background", "{:.2f}", "0"),
}
SHORT = {  # those that tell models of a lesson apart, the most telling first
    local.LESSONS: ("frechet", "label-accuracy", "smallest-class-share"),
    local.TRANSLATORS: ("label-recovery-pixel-accuracy", "tone-lab", "l1", "sharpness"),
    local.CYCLES: ("taken-for", "cycle-l1"),
}
UNWANTED = ("checkerboard", "speckle-median3")  # the less the better where nobody knows how much real pictures have
WAY = re.compile(r"-([^-]+->[^->]+)-")


def value(entry: local.Entry, start: str) -> float | None:
    """The finite number that a model's metric has; None without one."""
    found = find(entry.metrics, start)
    number = isinstance(found, (int, float)) and not isinstance(found, bool) and math.isfinite(found)
    return float(found) if number else None


@dataclass
class Row:
    """One metric as the page shows it. `name` is the protocol: what was measured, on what, how many pictures, which split."""

    name: str
    start: str
    phrase: str
    value: str
    arrow: str
    aim: str


def rows(words: Words, entry: local.Entry) -> list[Row]:
    """Every metric of a model. What real pictures get is no row of its own: it is the aim of the row that it belongs to."""
    found = {n: value for n, value in entry.metrics.items() if "-real-others-" not in n}  # other photos are no aim
    real = {_same(n): written(words, _start(n), value) for n, value in found.items() if "-real-" in n}
    made = {n: value for n, value in found.items() if "-real-" not in n and "-before-" not in n}
    return [_row(words, name, value, real.get(_same(name), "")) for name, value in made.items()]


def _start(name: str) -> str:
    """The longest key of KNOWN that a metric's name starts with; nothing for one of another version, or a reader's own."""
    return max((key for key in KNOWN if _plain(name).startswith(key + "-")), key=len, default="")


def _row(words: Words, name: str, value, real: str) -> Row:
    start = _start(name)
    word, _, aim = KNOWN.get(start, ("", "", ""))
    way = (WAY.search(name) or ["", ""])[1]
    side, target = (re.match(r"taken-for-([^-]+)", name) or ["", ""])[1], way.rpartition("->")[2]
    if side and target:
        side = target if side == "target" else side
        aim = "higher" if side == target else "0"
    beside = words("zoo_real", value=real) if real else ""
    if not word:
        return Row(name, "", name, written(words, "", value), "", beside)
    phrase = words(word, side=words.domain(side))
    if start in ("frechet", "kernel", "taken-for") and "lite2" in name:
        phrase = words("zoo_by_photos", metric=phrase)
    if way:
        phrase = words("zoo_of_way", metric=phrase[:1].lower() + phrase[1:], way=words.direction(way))
    arrow = aimed(words, start, aim, real if aim == "real" else written(words, start, 1))
    text = phrase[:1].upper() + phrase[1:]
    return Row(name, start, text, written(words, start, value), arrow, "" if aim == "real" else beside)


def aimed(words: Words, start: str, aim: str, goal: str) -> str:
    """What a number should be; `goal`: the number that it should reach, nothing where that is not known."""
    if aim == "1" or (aim == "real" and goal):
        return words("aim_best" if aim == "1" else "aim_real", value=goal)
    return {"0": "↓", "higher": "↑", "real": "↓" if start in UNWANTED else "↑"}.get(aim, "")


def protocol(words: Words, name: str, data: str) -> str:
    """How a metric was measured, as its name says; nothing for a name that says nothing of that."""
    count, size = re.search(r"-n(\d+)", name), re.search(r"-(\d+)px-", name)
    if not count:
        return ""
    values = {"count": f"{int(count[1]):,}", "data": data}
    return words("zoo_tested", size=size[1], **values) if size else words("zoo_made", **values)


def short(words: Words, entry: local.Entry) -> list[Row]:
    """The few that tell models of this lesson apart; what was not measured is left out."""
    starts = next((starts for lessons, starts in SHORT.items() if entry.lesson in lessons), ())
    known = [row for row in rows(words, entry) if row.start in starts and "lite2" not in row.name]
    return sorted(known, key=lambda row: starts.index(row.start))


def written(words: Words, start: str, value) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{words.label(k)} {v:.1%}" if isinstance(v, float) else f"{k} {v}" for k, v in value.items())
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not math.isfinite(value):
        return str(value)
    text = KNOWN[start][1].format(value) if start in KNOWN else f"{value:g}"
    return re.sub("^-", "−" if re.search("[1-9]", text) else "", text)  # zero has no sign


def _plain(name: str) -> str:
    """A metric's name without its mark that real pictures were measured."""
    return re.sub(r"-real(-halves|-others)?(?=-)", "", name)


def _same(name: str) -> str:
    """What the metric of made pictures and that of real ones share; speckle is named by how many were made."""
    return re.sub(r"^(speckle-median3)-.*", r"\1", _plain(name))
