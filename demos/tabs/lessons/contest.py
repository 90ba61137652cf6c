"""Row 12: the contest. One drawing through three creators that differ in their loss alone, the real photo, and the verdict."""

from ganzoo.models.pix2pix import train_step

from ...ui.html import note
from ...ui.words import Words
from ..compare import families, metrics
from .facade_pairs import choice, made, pair
from .screen import Lesson

VALUES = {"pair": choice("52.jpg")}
FORMULA = r"L = L_{\text{GAN}} + \lambda \, L_{\text{MAE}}"


def show(words: Words, name: str) -> str:
    verdict = metrics.verdict(words, families.find("facades"))
    link = ("zh" if words.language == "zh" else "./") + "?family=facades"
    linked = f'<p class="gz-contents"><a href="{link}">{words("contest_link")}</a></p>'
    return verdict + linked + note(words("cmp_cited"))


def pictures(words: Words, name: str) -> list:
    drawing, photo = pair(name)
    works = [(made(loss, name), title) for loss, title in families.NAMES.items()]
    return [(drawing, words("pair_drawing")), *works, (photo, words("pair_real"))]


def numbers(words: Words) -> list[list]:
    """The whole test set, from the models' own cards."""
    rows = [[words("contest_loss")]]
    for word, (_, _, goal) in metrics.NUMBERS.items():
        rows[0].append(f"{words(word)} → {words('contest_as_real') if goal == 'real' else goal}")
    members = families.find("facades").members
    for key, title in families.NAMES.items():
        found = dict(metrics.numbers(members[key]))
        rows.append([title, *(found.get(word, "–") for word in metrics.NUMBERS)])
    return rows


LESSON = Lesson("contest", 12, VALUES, show, (train_step, metrics.verdict), FORMULA, numbers, pictures, columns=5)
