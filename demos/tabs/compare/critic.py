"""What the critic thinks of every patch: the map of its scores beside the picture, and the patch behind one of them."""

import gradio as gr

from ganzoo import GanzooError

from ...ui.components import QUIET, Choice, Picture, question, show
from ...ui.html import prose, quiet
from ...ui.words import Trouble, Words
from . import handlers, inference, render
from .families import name

# A stroke that is drawn while the map is out of sight leaves it as it was: it follows when it is seen.
SEEN = """new IntersectionObserver((seen) => {
  ganzoo.judging = seen.at(-1).isIntersecting;
  if (ganzoo.judging && ganzoo.stale) { ganzoo.stale = false; trigger("focus"); }
}, { rootMargin: "400px" }).observe(element);"""


class Critic:
    """The section of Compare, in one language. `values` gives what it shows of a drawing's pictures."""

    def __init__(self, words: Words, board, vary):
        self.words = words
        with question(words, "cmp_heat", "s-cmp-heat"):
            with gr.Row():
                self.judged = Choice([], label=words("cmp_judged"), min_width=160)
                self.judge = Choice([], label=words("cmp_judge"), min_width=160)
                self.row = gr.Slider(1, 2, step=1, label=words("cmp_row"), min_width=160, buttons=[])
                self.column = gr.Slider(1, 2, step=1, label=words("cmp_column"), min_width=160, buttons=[])
            self.stretch = gr.Checkbox(False, label=words("cmp_stretch"))
            with gr.Row(elem_id="cmp-heat"):
                self.picture = Picture(label=words("cmp_judged"), alt_text=words("cmp_judged"), min_width=160)
                self.map = Picture(label=words("cmp_map"), alt_text=words("cmp_heat_alt"), min_width=160)
                self.patch = Picture(label=words("cmp_patch_alt"), alt_text=words("cmp_patch_alt"), min_width=160)
            self.said = show(elem_id="cmp-heat-said", js_on_load=SEEN)
        self.options = [self.judged, self.judge, self.row, self.column, self.stretch]
        self.outputs = [*self.options, self.picture, self.map, self.patch, self.said]
        inputs = [board, vary, *self.options]
        for control in self.options:
            control.input(self._again, inputs, self.outputs, trigger_mode="always_last", **QUIET)
        self.said.focus(self._again, inputs, self.outputs, **QUIET)
        self.map.select(self._clicked, inputs, self.outputs, **QUIET)

    def values(self, family, made: inference.Made, judged, judge, row, column, stretch, place=None) -> dict:
        """Component -> value. `place`: a click on the map, in its pixels."""
        opinion = inference.judge(family, made, str(judged), str(judge))
        if opinion is None:
            line = quiet(self.words("cmp_no_critic"))
            return {self.picture: None, self.map: None, self.patch: None, self.said: line}
        count = len(opinion.scores)
        cell = [int(v) - 1 if isinstance(v, (int, float)) else count // 2 for v in (row, column)]
        if place is not None:
            cell = render.cell_at(opinion, family.size, *place)
        cell = [min(max(v, 0), count - 1) for v in cell]
        framed, sheet, patch, said, scale = render.critic(self.words, made, opinion, cell, stretch is True)
        keys = [key for key in family.keys if key in family.members] + ["truth"]
        judges = [(name(self.words, key), key) for key in opinion.critics]
        file = f"{family.name}-{opinion.picture}"
        return {
            self.judged: gr.update(choices=[(name(self.words, key), key) for key in keys], value=opinion.picture),
            self.judge: gr.update(choices=judges, value=opinion.critic, visible=len(judges) > 1),
            self.row: gr.update(maximum=count, value=cell[0] + 1),
            self.column: gr.update(maximum=count, value=cell[1] + 1),
            self.picture: render.shown(framed, file),
            self.map: render.shown(sheet, f"{file}-map"),
            self.patch: render.shown(patch, f"{file}-patch"),
            self.said: prose(said, scale),
        }

    def _again(self, scene, vary, judged, *rest, place=None) -> dict:
        try:
            if isinstance(scene, Trouble):
                raise scene
            job = handlers.drawn(self.words, scene)
            only = [str(judged)] if judged in job.family.members else ["gan+mae"]
            made = inference.translate(job.family, job.drawing, job.truth, losses=only)
            return self.values(job.family, made, judged, *rest, place=place)
        except GanzooError as error:
            return {self.said: quiet(self.words.explain(error))}

    def _clicked(self, event: gr.SelectData, scene, vary, *options) -> dict:
        return self._again(scene, vary, *options, place=event.index)
