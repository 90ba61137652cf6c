"""The tab Your pictures: pairs in, a small Pix2Pix trained before your eyes, and the model to take along.

Components and events only; the work is in session.py, what is shown in render.py, taking the model along in export_panel.py.
"""

import asyncio
from html import escape
from pathlib import Path

import gradio as gr

from ganzoo import GanzooError
from ganzoo.data.made_pairs import KINDS
from ganzoo.models.pix2pix import LOSSES

from ...ui import pictures
from ...ui.components import QUIET, render_or_explain, show
from ...ui.html import heading, quiet
from ...ui.words import Words
from ..compare.families import NAMES
from . import examples, render, session, sessions
from .board import board, palette
from .export_panel import Take

SOURCES = ("houses", "towns", "draw", "upload")
MADE = ("own_made_pairs", "own_made_edges", "own_made_grey", "own_made_small", "own_made_hole")
LENGTHS = ("own_short", "own_medium", "own_long")
EVERY = 0.5  # seconds between two looks at a training
WATCH = {**QUIET, "concurrency_limit": None}


class Own:
    """The components of the tab in one language."""

    def __init__(self, words: Words):
        self.words = words
        with gr.Column(elem_classes="gz-section", elem_id="own"):
            show(heading(words("q_own"), words("lead_own")))
            self._pairs()
            self._training()
        with gr.Column(elem_classes="gz-section", elem_id="own-after", visible=False) as self.after:
            self._trying()
            self.take = Take(words)
        self._wire()

    def _pairs(self):
        say, first = self.words, session.FIRST[0]
        with gr.Row(elem_classes="gz-controls"):
            labels = [say(key) for key in ("own_houses", "own_towns", "own_draw", "own_upload")]
            self.source = gr.Radio(
                list(zip(labels, SOURCES, strict=True)), value=first, label=say("own_source"), elem_id="own-source"
            )
            kinds = list(zip([say(key) for key in MADE], ("", *KINDS), strict=True))
            self.kind = gr.Radio(kinds, value="", label=say("own_made"), visible=False, elem_id="own-kind")
            self.files = gr.UploadButton(
                say("own_choose_files"), file_count="multiple", visible=False, elem_id="own-files"
            )
        with gr.Column(visible=False, elem_id="own-drawing") as self.drawing:
            show(
                f'<div class="gz-own-tools">{palette(say)}<label class="gz-check"><input type="checkbox" data-trace> '
                f'{escape(say("own_trace"))}</label></div><div class="gz-own-boards">'
                f"{board(say, 'a', say('own_board_a'))}{board(say, 'b', say('own_board_b'))}</div>",
                elem_id="own-boards",
                js_on_load="ganzoo.own.start(element)",
            )
            with gr.Row(elem_classes="gz-controls"):
                self.add = gr.Button(say("own_add"), elem_id="own-add")
                self.drop = gr.Button(say("own_drop"), elem_id="own-drop")
        self.pairs = show(render.pairs(say, None, first), elem_id="own-pairs")

    def _training(self):
        say, (_, loss, size, steps) = self.words, session.FIRST
        with gr.Row(elem_classes="gz-controls"):
            choices = [(NAMES[key], key) for key in LOSSES] + [(say("own_all"), "all")]
            self.loss = gr.Radio(choices, value=loss, label=say("own_loss"), elem_id="own-loss")
            sizes = [(say("own_pixels", size=s), s) for s in session.SIZES]
            self.size = gr.Radio(sizes, value=size, label=say("own_size"), elem_id="own-size")
            lengths = [(say(key), count) for key, count in zip(LENGTHS, session.STEPS, strict=True)]
            self.steps = gr.Radio(lengths, value=steps, label=say("own_steps"), elem_id="own-steps")
        show(f'<p class="gz-own-small">{escape(say("own_lengths"))}</p>')
        with gr.Row(elem_classes="gz-controls"):
            self.train = gr.Button(say("own_train"), variant="primary", elem_id="own-train")
            self.stop = gr.Button(say("own_cancel"), visible=False, elem_id="own-stop")
        self.live = show("", elem_id="own-live")

    def _trying(self):
        say = self.words
        show(heading(say("own_try"), say("own_try_said")))
        with gr.Row(elem_classes="gz-own-try"):
            with gr.Column(scale=1, min_width=280):
                self.board = show(
                    f'<div class="gz-own-tools">{palette(say)}</div>{board(say, "try", say("own_try_board"))}',
                    elem_id="own-try",
                    js_on_load="ganzoo.own.start(element, trigger, 'input')",
                )
            with gr.Column(scale=2, min_width=280):
                self.tried = show("", elem_id="own-tried")

    # --- events -------------------------------------------------------------------------------------------------

    def _wire(self):
        shown = [self.live, self.train, self.stop, self.after, self.take.which]
        picture = gr.Textbox(visible=False)
        second = gr.Textbox(visible=False)
        pairs = [self.pairs, self.train]
        self.source.input(self._chosen, self.source, [*pairs, self.kind, self.files, self.drawing], **QUIET)
        self.kind.input(self._made, self.kind, pairs, **QUIET)
        self.files.upload(self._uploaded, [self.files, self.kind], pairs, **{**QUIET, "concurrency_limit": 2})
        self.add.click(self._add, [picture, second], pairs, js="() => ganzoo.own.pair()", **QUIET)
        self.drop.click(self._drop, None, pairs, **QUIET)
        self.train.click(self._start, [self.source, self.loss, self.size, self.steps], shown, **QUIET).then(
            self._watch, None, shown, **WATCH
        ).then(self._first, None, picture, **QUIET).then(
            self._try, picture, self.tried, js="(source) => ganzoo.own.put(source)", **QUIET
        )
        self.stop.click(self._stop, None, None, **QUIET)
        self.board.input(self._try, picture, self.tried, js="() => ganzoo.own.drawing()", **QUIET)

    def _chosen(self, source, request: gr.Request):
        work = sessions.SESSIONS.get(request.session_hash)
        source = source if source in SOURCES else SOURCES[0]
        return [
            *self._pairs_of(work, source),
            gr.update(visible=source == "upload"),
            gr.update(visible=source == "upload"),
            gr.update(visible=source == "draw"),
        ]

    def _pairs_of(self, work, source: str) -> list:
        """The pairs, and whether they are enough for the button Train."""
        enough = work.enough(source) if work else source in examples.KINDS
        return [render.pairs(self.words, work, source), gr.update(interactive=enough)]

    def _made(self, kind, request: gr.Request):
        """Another kind of pairs wants another upload."""
        work = sessions.SESSIONS.get(request.session_hash)
        if work and work.uploaded and work.kind == kind:
            return self._pairs_of(work, "upload")
        return [render.pairs(self.words, None, "upload", kind), gr.update(interactive=False)]

    def _uploaded(self, paths, kind, request: gr.Request):
        paths = [Path(str(path)) for path in (paths if isinstance(paths, list) else [paths]) if path]

        def read():
            work = sessions.of(request.session_hash)
            work.upload(paths, kind if kind in KINDS else "")
            return self._pairs_of(work, "upload")

        try:
            return self._said(read)
        finally:
            for path in paths:  # gradio's own copy: what was uploaded is kept nowhere
                path.unlink(missing_ok=True)

    def _add(self, a, b, request: gr.Request):
        def add():
            work = sessions.of(request.session_hash)
            work.draw(pictures.opened(a), pictures.opened(b))
            return self._pairs_of(work, "draw")

        return self._said(add)

    def _drop(self, request: gr.Request):
        def drop():
            work = sessions.of(request.session_hash)
            work.drawn[-1:] = []
            return self._pairs_of(work, "draw")

        return self._said(drop)

    def _said(self, answer) -> list:
        """The pairs that `answer()` gives, or the one quiet line that says why not; what was there before stays."""
        try:
            return answer()
        except GanzooError as error:
            return [quiet(self.words.explain(error)), gr.skip()]

    def _start(self, source, loss, size, steps, request: gr.Request):
        try:
            work = sessions.of(request.session_hash)
            work.start(source, loss, size, steps)
            return self._now(work)
        except GanzooError as error:
            return [quiet(self.words.explain(error)), *[gr.skip()] * 4]

    async def _watch(self, request: gr.Request):
        """Follow the training of this page. While somebody follows, it goes on; a page that is left ends it."""
        work = sessions.SESSIONS.get(request.session_hash)
        seen = None
        while work and work.status in ("waiting", "training", "stopping"):
            work.beat()
            if work.version != seen:
                seen = work.version
                yield self._now(work)
            await asyncio.sleep(EVERY)
        yield self._now(work) if work and (work.runs or work.trouble) else [gr.skip()] * 5

    def _now(self, work):
        """The training as it is, and which buttons make sense."""
        going, names = work.status in ("waiting", "training", "stopping"), work.finished
        best = "gan+mae" if "gan+mae" in names else (names or [None])[-1]
        after = bool(names) and not going
        return [
            render.live(self.words, work),
            gr.update(visible=not going),
            gr.update(visible=going, interactive=work.status != "stopping"),
            gr.update(visible=after),
            gr.update(choices=[(NAMES[n], n) for n in names], value=best, visible=len(names) > 1)
            if after
            else gr.skip(),
        ]

    def _stop(self, request: gr.Request):
        work = sessions.SESSIONS.get(request.session_hash)
        if work:
            work.stop()

    def _first(self, request: gr.Request):
        work = sessions.SESSIONS.get(request.session_hash)
        return render.start_picture(self.words, work) if work and work.finished else ""

    def _try(self, picture, request: gr.Request):
        work = sessions.SESSIONS.get(request.session_hash)
        if not work or not work.finished or not picture:
            return ""
        return render_or_explain(self.words, render.tried, work, picture)
