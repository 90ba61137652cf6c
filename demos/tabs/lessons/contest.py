"""Row 12: the contest. One drawing through three creators that differ in their loss alone, the real photo, and the verdict."""

from ganzoo.models.pix2pix import train_step

from ...ui.words import Words
from ..compare import families, metrics
from . import facade_pairs
from .facade_pairs import LOSSES, made, pair

VALUES = {"pair": facade_pairs.choice("52.jpg")}
COLUMNS = 5
FORMULA = r"L = L_{\text{GAN}} + \lambda \, L_{\text{MAE}}"
CODE = (train_step, metrics.verdict)


def show(words: Words, name) -> str:
    facade_pairs.checked(name)
    verdict = metrics.verdict(words, families.find("facades"))
    link = ("zh" if words.language == "zh" else "./") + "?family=facades"
    linked = f'<p class="gz-contents"><a href="{link}">{words("contest_link")}</a></p>'
    return verdict + linked + facade_pairs.cited(words)


def pictures(words: Words, name) -> list:
    drawing, photo = pair(name)
    return [
        (drawing, words("pair_drawing")),
        *((made(loss, name), title) for loss, title in LOSSES.items()),
        (photo, words("pair_real")),
    ]


def numbers(words: Words) -> tuple[list, list]:
    """The whole test set, from the models' own cards."""
    members = families.find("facades").members
    rows = []
    for key, title in families.NAMES.items():
        found = dict(metrics.numbers(members[key])) if key in members else {}
        rows.append([title, *(found.get(word, "–") for word in metrics.NUMBERS)])
    head = [words("contest_loss")]
    for word, (_, _, goal) in metrics.NUMBERS.items():
        head.append(f"{words(word)} → {goal if goal.isdigit() else words('contest_as_real')}")
    return head, rows
