"""Row 12: the contest. One drawing through three creators that differ in their loss alone, the real photo, and the verdict."""

from ganzoo.models.pix2pix import LOSSES, train_step

from ...ui.html import note
from ...ui.words import Words
from ..compare import families, metrics
from .facade_pairs import choice, made, model, pair
from .lesson import Lesson

VALUES = {"pair": choice("52.jpg")}
FORMULA = r"L = L_{\text{GAN}} + \lambda \, L_{\text{MAE}}"


def show(words: Words, name: str) -> str:
    verdict = metrics.verdict(words, families.find("facades"))
    link = ("zh" if words.language == "zh" else "./") + "?family=facades"
    linked = f'<p class="gz-contents"><a href="{link}">{words("contest_link")}</a></p>'
    weight = words("contest_weight", weight=f"{model('gan+mae').config.weight:g}")
    return verdict + linked + note(words.together(weight, words("cmp_cited")))


def pictures(words: Words, name: str) -> list:
    drawing, photo = pair(name)
    works = [(made(loss, name), title) for loss, title in families.NAMES.items()]
    return [(drawing, words("pair_drawing")), *works, (photo, words("pair_real"))]


def numbers(words: Words) -> list[list]:
    """The whole test set, from the models' own cards: a row a number, a column a loss."""
    family = families.find("facades")
    _, head, rows = metrics.table(words, family, LOSSES)
    measured = words("contest_measured", count=metrics.count(family))
    return [[measured, *head[1:-1]], *(row[:-1] for row in rows)]  # without what each number means


LESSON = Lesson("contest", 12, VALUES, show, (train_step, metrics.verdict), FORMULA, numbers, pictures, columns=5)
