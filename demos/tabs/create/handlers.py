"""The answers of the tab Create: (choice, seed, what was typed) -> HTML, or one quiet line that says what to do.

Everything is computed per call; nothing a visitor does is kept on the server.
"""

from functools import wraps
from html import escape
from urllib.parse import quote

from ganzoo import GanzooError
from ganzoo.data.registry import CLASSES

from ...catalog import film, local
from ...ui.components import render_or_explain
from ...ui.words import Trouble, Words
from . import drawing, render

LESSON, DATA, SEED, PICKS = "dcgan", "mnist", 7, "2026"
MOST_PICKS = 8
QUESTIONS = ("make", "between", "grow", "cgan", "hand")


# --- what each part shows ---------------------------------------------------------------------------------------


def chosen(lesson, data, custom) -> str:
    return custom or local.name_of(lesson or LESSON, data or DATA)


def link(lesson, data, custom, seed) -> str:
    return f"?model={quote(custom)}&amp;seed={seed}" if custom else f"?lesson={lesson}&amp;set={data}&amp;seed={seed}"


def explained(draw):
    """`draw(words, ...)` as an answer: what cannot be drawn is one quiet line."""
    return wraps(draw)(lambda words, *args: render_or_explain(words, draw, *args))


@explained
def grid(words, lesson, data, custom, seed, pick) -> str:
    number, at = local.seed_of(seed), local.whole(pick, 0, render.COUNT - 1, "bad_pick")
    made = render.make(words, local.open_model(chosen(lesson, data, custom)), number, at)
    return f'<div data-link="{link(lesson, data, custom, number)}">{made}</div>'


def contents(words: Words) -> str:
    """One line of links to the questions further down."""
    links = "".join(f'<a href="#s-{key}">{escape(words("q_" + key))}</a>' for key in QUESTIONS[1:])
    return f'<nav class="gz-contents" aria-label="{escape(words("sections"))}">{links}</nav>'


@explained
def growth(words, name, seed, pick) -> str:
    at = local.whole(pick, 0, render.COUNT - 1, "bad_pick")
    return render.grow(words, local.open_model(name), local.seed_of(seed), at)


@explained
def way(words, name, first, second) -> str:
    return render.strip(words, local.open_model(name), local.seed_of(first), local.seed_of(second))


@explained
def point(words, name, first, second, percent) -> str:
    share = local.whole(percent, 0, 100, "bad_share") / 100
    return render.morph(words, local.open_model(name), local.seed_of(first), local.seed_of(second), share)


def picks_of(text, classes: int) -> list[int]:
    """ "2026" -> [2, 0, 2, 6]"""
    digits = "".join(str(text or "").replace(",", "").split())
    if not digits.isascii() or not digits.isdigit() or len(digits) > MOST_PICKS or max(map(int, digits)) >= classes:
        raise Trouble("bad_labels", high=MOST_PICKS, most=min(9, classes - 1))
    return [int(d) for d in digits]


@explained
def for_labels(words, data, picks, seed) -> str:
    made = local.open_model(local.name_of("cgan", data or DATA))
    return render.for_labels(words, made, picks_of(picks, len(made.classes)), local.seed_of(seed))


@explained
def labels(words, data, seed) -> str:
    return render.under_labels(words, local.open_model(local.name_of("cgan", data or DATA)), local.seed_of(seed))


@explained
def training(words, name, frame) -> str:
    """The film at a frame."""
    return film.show(words, name, int(frame or 0))


judged = explained(drawing.judge)


def belongs(name) -> tuple[str | None, str | None]:
    """The lesson and the set of a model by name; None for what cannot be told."""
    try:
        model = local.open_model(name)
    except GanzooError:
        return None, None
    return model.config.lesson, local.set_of(model)


def frames(name) -> int:
    """The number of the film's last frame; 0 for a model that came without a film."""
    try:
        return len(film.of(name).steps) - 1
    except GanzooError:
        return 0


def buttons(words, data) -> list[str]:
    """What the buttons of the labels say: "0" .. "9", or "0 T-shirt" .. "9 boot"."""
    names = CLASSES.get(data or DATA, CLASSES["mnist"])
    return [name if name == str(k) else f"{k} {words.label(name)}" for k, name in enumerate(names)]
