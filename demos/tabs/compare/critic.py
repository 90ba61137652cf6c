"""What the critic thinks of every patch: the map of its scores beside the picture, and the patch behind one of them."""

from contextlib import suppress
from dataclasses import dataclass

import gradio as gr
import numpy
from PIL import Image, ImageDraw

from ganzoo import GanzooError
from ganzoo.images import to_pil
from ganzoo.models.receptive_field import patch_box

from ...catalog import local
from ...ui import pictures
from ...ui.components import QUIET, Choice, Picture, question, sent, show
from ...ui.html import prose, quiet
from ...ui.words import Words
from . import handlers, inference, render
from .families import KEYS, Family, name
from .inference import Made

# --fake, --real and the ground of ui/base.css
FAKE, REAL, MIDDLE = numpy.array([(166, 58, 134), (28, 122, 74), (247, 248, 250)])
SHOWN = 512  # the side of the critic's map: gradio finds the place of a click only where a picture is not enlarged


@dataclass
class Opinion:
    """What one critic says of every patch of one picture."""

    picture: str  # the loss whose picture is judged, or "truth"
    critic: str  # the loss whose critic judges
    critics: list[str]  # all that could
    scores: numpy.ndarray  # (h, w), 0 fake .. 1 real
    patch: int  # side of the square of pixels that one score sees


def ask(family: Family, made: Made, picture: str = "", critic: str = "") -> Opinion | None:
    """The opinion of one critic (the wished one, else GAN + MAE's) of one picture; None where no critic came along."""
    models = {}
    for loss in sorted(family.members, key=lambda loss: (loss != "gan+mae", KEYS.index(loss))):
        with suppress(GanzooError):  # removed since it translated
            model = local.open_model(family.members[loss].name, local.TRANSLATORS)
            if (model.folder / "discriminator.safetensors").is_file():
                models[loss] = model
    if not models:
        return None
    critic = critic if critic in models else next(iter(models))
    picture = next(key for key in (picture, "gan+mae", *made.pictures) if key in made.pictures)
    model = models[critic]
    original = None if model.config.unconditional else to_pil(made.drawing[None])
    scores = model.critique(to_pil(made.pictures[picture][None]), original)[0]
    return Opinion(picture, critic, list(models), numpy.asarray(scores), model.config.patch)


def edges(opinion: Opinion, size: int) -> list[float]:
    """Where the cells of the map begin and end, in pixels: a score's place is the middle of its patch."""
    count, jump = len(opinion.scores), pictures.jump(opinion.patch)
    return [0.0, *(size / 2 + (i - count / 2) * jump for i in range(1, count)), float(size)]


def drawn(words: Words, made: Made, opinion: Opinion, cell: list[int], stretch: bool):
    """(picture with the patch's frame, map, patch, what is said) for the score in row and column `cell`."""
    size, (row, column) = made.drawing.shape[-1], cell
    left, top, right, bottom = patch_box(opinion.patch, row, column, size)
    framed = to_pil(made.pictures[opinion.picture][None])[0]
    patch = framed.crop((left, top, right, bottom)).resize((SHOWN // 2,) * 2, Image.Resampling.NEAREST)
    _frame(framed, (left, top, right - 1, bottom - 1))
    low, high = (opinion.scores.min(), opinion.scores.max()) if stretch else (0.0, 1.0)
    ends = [round(e * SHOWN / size) for e in edges(opinion, size)]
    shares = (opinion.scores - low) / max(1e-6, high - low)
    weight, colour = numpy.abs(2 * shares - 1)[..., None], numpy.where(shares[..., None] > 0.5, REAL, FAKE)
    cells = numpy.rint(MIDDLE * (1 - weight) + colour * weight).astype(numpy.uint8)  # pale in the middle
    sheet = Image.fromarray(cells.repeat(numpy.diff(ends), 0).repeat(numpy.diff(ends), 1))
    _frame(sheet, (ends[column], ends[row], ends[column + 1] - 1, ends[row + 1] - 1))
    width, height = right - left, bottom - top
    values = {"row": row + 1, "column": column + 1, "score": f"{opinion.scores[row][column]:.2f}", "width": width}
    whole = width == height == opinion.patch
    sentence = words("cmp_patch" if whole else "cmp_patch_edge", height=height, field=opinion.patch, **values)
    scale = words("cmp_scale_stretched" if stretch else "cmp_scale", low=f"{low:.2f}", high=f"{high:.2f}")
    return framed, sheet, patch, prose(sentence, scale)


def _frame(picture: Image.Image, box: tuple[int, int, int, int]) -> None:
    pen = ImageDraw.Draw(picture)
    pen.rectangle(box, outline="white", width=2)
    left, top, right, bottom = box
    pen.rectangle((left - 1, top - 1, right + 1, bottom + 1), outline="black")


class Critic:
    """The section of Compare, in one language. `values` gives what it shows of a drawing's pictures."""

    def __init__(self, words: Words, board):
        self.words, self.board = words, board
        with question(words, "cmp_heat", "s-cmp-heat"):
            with gr.Row():
                self.judged = Choice([], label=words("cmp_judged"), min_width=160)
                self.judge = Choice([], label=words("cmp_judge"), min_width=160)
                self.row = gr.Slider(1, 2, step=1, label=words("cmp_row"), min_width=160, buttons=[])
                self.column = gr.Slider(1, 2, step=1, label=words("cmp_column"), min_width=160, buttons=[])
            self.stretch = gr.Checkbox(False, label=words("cmp_stretch"))
            with gr.Row(elem_id="cmp-heat", elem_classes="gz-grid four"):
                self.picture = Picture(label=words("cmp_judged"), alt_text=words("cmp_judged"), min_width=160)
                self.map = Picture(label=words("cmp_map"), alt_text=words("cmp_heat_alt"), min_width=160)
                self.patch = Picture(label=words("cmp_patch_label"), alt_text=words("cmp_patch_alt"), min_width=160)
            self.message = show(elem_id="cmp-heat-said", js_on_load="ganzoo.compare.judge(element, trigger)")
        self.options = [self.judged, self.judge, self.row, self.column, self.stretch]
        self.outputs = [*self.options, self.picture, self.map, self.patch, self.message]
        inputs = {board, *self.options}
        for control in self.options:
            control.input(self._again, inputs, self.outputs, trigger_mode="always_last", **QUIET)
        self.message.focus(self._again, inputs, self.outputs, **QUIET)
        self.map.select(self._again, inputs, self.outputs, **QUIET)

    def values(self, family, made: Made, given: dict, place=None) -> dict:
        """Component -> value, as the options in `given` say. `place`: a click on the map, in its pixels."""
        opinion = ask(family, made, given.get(self.judged, ""), given.get(self.judge, ""))
        if opinion is None:
            line = quiet(self.words("cmp_no_critic"))
            return {self.picture: None, self.map: None, self.patch: None, self.message: line}
        count = len(opinion.scores)
        if place is None:
            cell = [min(int(given.get(part, count // 2 + 1)), count) - 1 for part in (self.row, self.column)]
        else:
            places = (v * family.size / SHOWN for v in reversed(place))
            cell = [pictures.score_at(v, family.size, opinion.patch, count) for v in places]
        framed, sheet, patch, sentences = drawn(self.words, made, opinion, cell, given.get(self.stretch, False))
        keys = [*family.keys, "truth"] if "truth" in made.pictures else family.keys
        judged = [(name(self.words, key), key) for key in keys]
        judges = [(name(self.words, key), key) for key in opinion.critics]
        file = f"{family.name}-{opinion.picture}"
        return {
            self.judged: gr.update(choices=judged, value=opinion.picture),
            self.judge: gr.update(choices=judges, value=opinion.critic, visible=len(judges) > 1),
            self.row: gr.update(maximum=count, value=cell[0] + 1),
            self.column: gr.update(maximum=count, value=cell[1] + 1),
            self.picture: render.shown(framed, file),
            self.map: render.shown(sheet, f"{file}-map"),
            self.patch: render.shown(patch, f"{file}-patch"),
            self.message: sentences,
        }

    def _again(self, event: gr.EventData, given: dict) -> dict:
        judged = given[self.judged]
        try:
            job = handlers.drawn(self.words, given[self.board])
            only = [key for key in (judged, "gan+mae") if key in job.family.members][:1]
            made = inference.translate(job.family, job.drawing, job.truth, losses=only)
            return self.values(job.family, made, given, sent(event).get("index"))
        except GanzooError as error:
            return {self.message: quiet(self.words.explain(error))}
