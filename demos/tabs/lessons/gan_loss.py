"""Row 11: a creator that is graded by the critic alone. From afar its picture looks real, near by the details are poor."""

from functools import lru_cache

from PIL import Image

from ganzoo.evaluation import metrics
from ganzoo.models.losses import generator_loss

from ...ui.html import bar, bars, grid, note, said, section
from ...ui.pictures import square
from ...ui.words import Words
from ..compare.families import NAMES
from .facade_pairs import SIDE, choice, made, pair
from .lesson import Lesson

VALUES = {"pair": choice("23.jpg")}
FORMULA = (
    r"\begin{aligned} L_{\text{$critic_word}} &= -\log D(x, y) - \log\bigl(1 - D(x, G(x))\bigr) \\"
    r" L_{\text{$creator_word}} &= -\log D(x, G(x)) \end{aligned}"
)
BOX = (80, 80, 176, 176)  # what is looked at near by


@lru_cache(maxsize=8)
def measured(name: str) -> dict[str, tuple[float, float]]:
    """loss -> (how far the colours as a whole lie from the photo's, the mean error of a pixel), both 0 to 1."""
    truth = square(pair(name)[1], SIDE)
    found = {loss: square(made(loss, name), SIDE) for loss in ("gan", "mae")}
    return {loss: (metrics.tone(x, truth), metrics.pixel_metrics(x, truth)["l1"]) for loss, x in found.items()}


def show(words: Words, name: str) -> str:
    found, sections = measured(name), []
    near_but_poor = found["gan"][0] < found["mae"][0] and found["gan"][1] > found["mae"][1]
    for i, title in enumerate(("ganloss_tone", "ganloss_error")):
        rows = (bar(values[i], NAMES[loss], f"{values[i]:.2f}", "creator") for loss, values in found.items())
        sections.append(section(words(title), bars(rows)))
    text = words("ganloss_said" if near_but_poor else "ganloss_other")
    return said(text) + grid(*sections) + note(words("cmp_cited"))


def pictures(words: Words, name: str) -> list:
    """The real photo, GAN alone, MAE alone: the whole pictures, small as from afar, then the same part of each near by."""
    shown = [(pair(name)[1], words("pair_real")), (made("gan", name), "GAN"), (made("mae", name), "MAE")]
    far = [(picture, words("ganloss_far", name=n)) for picture, n in shown]
    look = (SIDE, SIDE), Image.Resampling.NEAREST, BOX
    near = [(picture.resize(*look), words("ganloss_near", name=n)) for picture, n in shown]
    return far + near


CODE = (generator_loss, metrics.tone, measured)
LESSON = Lesson("ganloss", 11, VALUES, show, CODE, FORMULA, pictures=pictures, columns=6)
