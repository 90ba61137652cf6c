"""What a training has made so far: how far it is, held-out pairs in rows, and at its end the numbers and the verdict."""

import gradio as gr

from ...ui.components import Album, show
from ...ui.words import Words
from ..compare import metrics
from . import render


class Results:
    def __init__(self, words: Words):
        self.words = words
        self.live = show(elem_id="own-live")
        self.album = Album(label=words("own_results"), show_label=False, visible=False, elem_id="own-results")
        self.verdict = show(elem_id="own-verdict")
        self.table = gr.Dataframe(
            interactive=False, wrap=True, datatype="markdown", show_label=False, visible=False, elem_id="own-table"
        )
        self.curves = show(elem_id="own-curves")
        self.shown = [self.live, self.album, self.verdict, self.table, self.curves]

    def gone(self) -> dict:
        hidden = gr.update(visible=False)
        return {self.live: "", self.verdict: "", self.table: hidden, self.curves: "", self.album: hidden}

    def now(self, work, finished: bool) -> dict:
        shown, columns = render.results(self.words, work)
        now = self.gone() | {
            self.live: render.live(self.words, work),
            self.album: gr.update(value=shown, columns=columns, visible=bool(shown)),
            self.curves: render.curves(self.words, work),
        }
        if finished:
            family = render.family(work)
            _, header, rows = metrics.table(self.words, family)
            now[self.table] = gr.update(value={"headers": header, "data": rows}, visible=True)
            now[self.verdict] = metrics.verdict(self.words, family, "own")
        return now
