"""The blind round: which one would you take for a photo? The losses and the real photo in random order, and a tally."""

import string

import gradio as gr

from ganzoo import GanzooError

from ...ui.components import QUIET, Picture, question, show
from ...ui.html import bar, bars, note, prose, quiet, section, waiting
from ...ui.words import Words
from . import handlers, render
from .families import KEYS, name

CHOICES = (*KEYS, "truth")
MOST = 1_000_000


class Blind:
    """The section of Compare, in one language. The tally stays in the visitor's browser."""

    def __init__(self, demo: gr.Blocks, words: Words, board):
        self.words = words
        self.order = gr.State([])  # the keys of the pictures of this round, as they are shown
        self.family = gr.State("")  # the family of this round; none before the first
        self.tally = gr.BrowserState({}, storage_key="ganzoo-blind", secret="ganzoo")
        with question(words, "cmp_blind", "s-cmp-blind"):
            self.among = show(elem_id="cmp-blind-among")
            with gr.Row(elem_id="cmp-blind", elem_classes="gz-grid four", visible=False) as self.round:
                self.drawing = Picture(label=words("cmp_drawing"), alt_text=words("cmp_drawing"), min_width=160)
                self.cells = [self._cell(letter) for letter in string.ascii_uppercase[: len(CHOICES)]]
            self.message = show(waiting(words), elem_id="cmp-blind-said", js_on_load="ganzoo.later(element, trigger)")
            self.source = show(elem_id="cmp-blind-source")
            with gr.Row(elem_classes="gz-controls"):
                self.next = gr.Button(words("cmp_blind_next"), elem_id="cmp-blind-next", min_width=160)
                self.forget = gr.Button(words("cmp_tally_reset"), visible=False, min_width=160)
            self.counts = show(elem_id="cmp-tally")
        parts = [part for cell in self.cells for part in cell]
        everything = [self.order, self.family, self.among, self.round, self.drawing, *parts, self.message, self.source]
        everything += [self.tally, self.counts, self.forget]
        # After whatever may bring another family; and after a round, for another may have come while it was made.
        self.follow = {"fn": self._followed, "inputs": [board, self.family], "outputs": everything, **QUIET}
        for begun in (self.message.select, self.next.click):  # the first round comes when it is about to be seen
            begun(self._round, board, everything, **QUIET).then(**self.follow)
        for place, (_, _, button) in enumerate(self.cells):
            button.click(self._chosen(place), [self.order, self.tally], everything, **QUIET)
        self.forget.click(lambda: self._counted({}), None, everything, **QUIET)
        demo.load(self._counted, self.tally, everything, **QUIET)

    def _cell(self, letter: str):
        with gr.Column(min_width=160, visible=False) as column:
            picture = Picture(show_label=False, alt_text=self.words("cmp_blind_pick", letter=letter))
            button = gr.Button(self.words("cmp_blind_pick", letter=letter))
        return column, picture, button

    def _round(self, state) -> dict:
        try:
            job, made, order = handlers.blind(self.words, state)
        except GanzooError as error:  # the round before may be of another family
            none = {self.order: [], self.round: gr.update(visible=False), self.among: "", self.source: ""}
            return none | {self.family: state.family, self.message: quiet(self.words.explain(error))}
        shown = {self.order: order, self.round: gr.update(visible=True), self.message: ""}
        shown[self.family] = state.family
        shown[self.among] = prose(self.words("cmp_blind_truth" if "truth" in order else "cmp_blind_made"))
        shown[self.source] = note(self.words("cmp_cited")) if job.cited else ""
        shown[self.drawing] = render.shown(made.drawing, f"{job.family.name}-drawing")
        for place, (column, picture, button) in enumerate(self.cells):
            letter = string.ascii_uppercase[place]
            shown[column] = gr.update(visible=place < len(order))
            if place < len(order):
                shown[picture] = render.shown(made.pictures[order[place]], letter)
                text = self.words("cmp_blind_pick", letter=letter)
                shown[button] = gr.update(value=text, interactive=True, variant="secondary")
        return shown

    def _followed(self, state, family: str):
        """A round of the board's family, where the one that is shown is of another."""
        return self._round(state) if family not in ("", state.family) else gr.skip()

    def _chosen(self, place: int):
        def choose(order, tally) -> dict:
            if not isinstance(order, list) or place >= len(order):
                return {self.message: ""}
            shown = {self.message: prose(self._lesson(order, order[place]))}
            for i, key in enumerate(order):
                variant = "primary" if i == place else "secondary"
                text = f"{string.ascii_uppercase[i]} · {name(self.words, key)}"
                shown[self.cells[i][2]] = gr.update(value=text, interactive=False, variant=variant)
            return shown | self._counted(tally, order[place])

        return choose

    def _lesson(self, order: list[str], chosen: str) -> str:
        if "truth" not in order:
            return self.words("cmp_blind_said", loss=name(self.words, chosen))
        if chosen == "truth":
            return self.words("cmp_blind_found")
        letter = string.ascii_uppercase[order.index("truth")]
        key = "cmp_blind_fooled" if chosen in ("gan", "mae") else "cmp_blind_both"
        return self.words(key, loss=name(self.words, chosen), letter=letter)

    def _counted(self, tally, chosen: str = "") -> dict:
        """The tally, and what was chosen just now, as bars: how often each was taken for a photo."""
        tally = tally if isinstance(tally, dict) else {}
        counts = {key: n for key in CHOICES if type(n := tally.get(key)) is int and 0 < n < MOST}
        if chosen:
            counts[chosen] = counts.get(chosen, 0) + 1
        rows, whole = [], sum(counts.values())
        for key in filter(counts.get, CHOICES):
            kind = "real" if key == "truth" else "creator"
            rows.append(bar(counts[key] / whole, name(self.words, key), str(counts[key]), kind))
        html = section(self.words("cmp_tally"), bars(rows, "wide")) if counts else ""
        return {self.tally: counts, self.counts: html, self.forget: gr.update(visible=bool(counts))}
