"""The tab Your pictures: pairs in, a small Pix2Pix trained before your eyes, and the model to take along.

Components and events only; the work is in session.py, what is shown in render.py, taking the model along in export.py.
"""

import asyncio
import math
from html import escape
from pathlib import Path

import gradio as gr

from ganzoo import GanzooError
from ganzoo.data.made_pairs import KINDS

from ...ui import pictures
from ...ui.components import PICKED, QUIET, Album, Upload, named, question, render_or_explain, show
from ...ui.html import grid, heading, prose, quiet, table
from ...ui.words import Words
from ..compare import metrics
from ..compare.families import name
from . import examples, render, run, session, uploads
from .export import Take

MADE = ("own_made_pairs", "own_made_edges", "own_made_grey", "own_made_small", "own_made_hole")
LENGTHS = ("own_short", "own_medium", "own_long")
NONE = math.nan  # JSON writes it as null; gradio drops a None from what it sends
EVERY = 0.5  # seconds between two looks at a training
WATCH = {**QUIET, "concurrency_limit": None, "trigger_mode": "always_last"}


class Own:
    def __init__(self, words: Words):
        self.words = words
        with question(words, "own", "own"):
            self._pairs()
            self._training()
        with gr.Column(elem_classes="gz-section", elem_id="own-after", visible=False) as self.after:
            self._trying()
            self.take = Take(words)
        self._wire()

    def _pairs(self):
        say, first = self.words, session.FIRST[0]
        with gr.Row(elem_classes="gz-controls"):
            sources = named(say, "own", ("houses", "towns", "draw", "upload"))
            self.source = gr.Radio(sources, value=first, label=say("own_source"), elem_id="own-source")
            kinds = list(zip(map(say, MADE), ("", *KINDS), strict=True))
            self.kind = gr.Radio(kinds, value="", label=say("own_made"), visible=False, elem_id="own-kind")
            text = say("own_choose_files")
            self.files = gr.UploadButton(text, file_count="multiple", visible=False, elem_id="own-files")
        with gr.Column(visible=False, elem_id="own-drawing") as self.drawing:
            trace = f'<label class="gz-pen"><input type="checkbox" data-trace>{escape(say("own_trace"))}</label>'
            boards = [render.board(say, "a", say("own_board_a")), render.board(say, "b", say("own_board_b"))]
            boards.append(render.tools(say, "own") + trace)
            show(grid(*boards, kind="three"), elem_id="own-boards", js_on_load="ganzoo.own.start(element)")
            self.photo = self._photo("own-photo", say("own_photo"))
            self.add = gr.Button(say("own_add"), elem_id="own-add")
        self.trouble = show(elem_id="own-trouble")
        show(f"<h3>{escape(say('own_pairs'))}</h3>")
        label = say("own_pairs")
        self.pairs = Album(render.pairs(None, first), label=label, columns=6, elem_id="own-pairs", **PICKED)
        with gr.Row(visible=False, elem_classes="gz-controls", elem_id="own-change") as self.change:
            self.swap = gr.Button(say("own_swap"), elem_id="own-swap")
            self.remove = gr.Button(say("own_remove_none"), interactive=False, elem_id="own-remove")
        self.said = show(render.said(say, None, first), elem_id="own-said")
        self.picked = gr.State(-1)

    def _photo(self, elem_id: str, label: str) -> Upload:
        """A picture from a file, the webcam or the clipboard, to be laid on a board."""
        with gr.Accordion(label, open=False):
            return Upload(label=label, show_label=False, height=230, elem_id=elem_id)

    def _training(self):
        say, (_, loss, size, steps) = self.words, session.FIRST
        with gr.Row(elem_classes="gz-controls"):
            choices = [(name(say, key), key) for key in run.LOSSES] + [(say("own_all"), "all")]
            self.loss = gr.Radio(choices, value=loss, label=say("own_loss"), elem_id="own-loss")
            sizes = [(say("own_pixels", size=s), s) for s in run.SIZES]
            self.size = gr.Radio(sizes, value=size, label=say("own_size"), elem_id="own-size")
            lengths = list(zip(map(say, LENGTHS), run.STEPS, strict=True))
            self.steps = gr.Radio(lengths, value=steps, label=say("own_steps"), elem_id="own-steps")
        wait = f'<p class="gz-note gz-later">{escape(say("own_measuring"))}</p>'
        self.estimate = show(wait, elem_id="own-estimate", js_on_load="ganzoo.later(element, trigger)")
        with gr.Row(elem_classes="gz-controls"):
            self.train = gr.Button(say("own_train"), variant="primary", elem_id="own-train")
            self.stop = gr.Button(say("own_cancel"), visible=False, elem_id="own-stop")
        self.live = show(elem_id="own-live")
        self.results = Album(label=say("own_results"), show_label=False, visible=False, elem_id="own-results")
        self.verdict = show(elem_id="own-verdict")
        self.table = show(elem_id="own-table")
        self.curves = show(elem_id="own-curves")

    def _trying(self):
        say = self.words
        show(heading(say("own_try"), say("own_try_said")))
        with gr.Row():
            with gr.Column(scale=1, min_width=280):
                html = render.board(say, "try", say("own_try_board")) + render.tools(say, "own-try")
                self.board = show(html, elem_id="own-try", js_on_load="ganzoo.own.start(element, trigger)")
                self.opened = self._photo("own-open", say("own_open_picture"))
            with gr.Column(scale=2, min_width=280):
                self.tried = show("", elem_id="own-tried")

    def _wire(self):
        left, right = gr.Textbox(visible=False), gr.Textbox(visible=False)
        results = [self.live, self.results, self.verdict, self.table, self.curves, *self.take.shown, self.after]
        locked = [self.source, self.kind, self.files, self.drawing, self.add]
        self.shown = [*results, self.train, self.stop, self.change, *locked]
        chosen = [self.pairs, self.said, self.trouble, self.remove, self.picked, *self.shown]

        def on(event, act, *inputs, **how):
            """Let an event do `act(work, source, kind, *inputs)`, if anything, and then show the chosen pairs."""

            def changed(request: gr.Request, *given):
                return self._changed(request, act, *given)

            return event(changed, [self.source, self.kind, *inputs], chosen, **QUIET | how)

        self._put_first(on(self.source.input, None), left)
        # another kind of pairs wants another upload
        on(self.kind.input, lambda work, *_: work.changing("upload").clear())
        uploaded = [self.source, self.kind, self.files]
        self.files.upload(self._uploaded, uploaded, chosen, **QUIET | {"concurrency_limit": 2})
        boards = "(source, kind) => [source, kind, ...ganzoo.own.drawn('a', 'b')]"
        added = on(
            self.add.click, lambda work, *given: work.draw(*map(pictures.opened, given[2:])), left, right, js=boards
        )
        added.success(None, self.trouble, js="(trouble) => { trouble || ganzoo.own.wipe() }", **QUIET)
        on(self.swap.click, lambda work, source, _: work.changing(source).swap())
        on(self.remove.click, lambda work, source, _, picked: work.changing(source).remove(picked), self.picked)
        self.pairs.select(self._picked, None, [self.picked, self.remove], **QUIET)
        length = [self.loss, self.size, self.steps]
        chosen_anew = [self.estimate.select, *(part.input for part in length)]
        gr.on(chosen_anew, self._estimate, length, self.estimate, **{**WATCH, "concurrency_limit": 2})
        begun = self.train.click(self._start, [self.source, *length], [self.trouble, *self.shown], **QUIET)
        self._put_first(begun.then(self._watch, None, self.shown, **WATCH), left)
        self.stop.click(self._stop, None, None, **QUIET)
        self.board.input(self._try, left, self.tried, js="() => ganzoo.own.drawn('try')", **QUIET)
        laid = self.photo.input(self._square, self.photo, [left, self.trouble, self.photo], **QUIET)
        laid.success(None, left, None, js="(source) => ganzoo.own.put('b', source)")
        opened = self.opened.input(self._square, self.opened, [left, self.tried, self.opened], **QUIET)
        self._put(opened, left)

    def _put(self, event, picture):
        """After it, the picture lies on the board and is tried."""
        put = "(source) => ganzoo.own.put('try', source)"
        event.success(self._try, picture, self.tried, js=put, **QUIET)

    def _put_first(self, event, picture):
        """After it, what has been trained is tried on a held-out input."""
        self._put(event.then(self._first, self.source, picture, **QUIET), picture)

    # --- the pairs ----------------------------------------------------------------------------------------------

    def _changed(self, request: gr.Request, act, source, kind, *given) -> dict:
        """Do `act(work, ...)`, if anything; then the pairs as they are, none of them picked, and what was trained on them. What
        could not be done is said in one line, and the pairs stay as they were."""
        line = ""
        try:
            if act:
                act(session.of(request.session_hash), source, kind, *given)
        except GanzooError as error:
            line = quiet(self.words.explain(error))
        work = session.VISITS.of(request.session_hash)
        found = render.pairs(work, source)
        return {
            self.pairs: gr.update(value=found, visible=bool(found), selected_index=NONE),
            self.said: render.said(self.words, work, source, kind),
            self.trouble: line,
            **self._picking(-1),
            **self._now(work, source),
        }

    def _uploaded(self, source, kind, paths, request: gr.Request):
        paths = [Path(path) for path in paths or ()]
        try:
            return self._changed(request, lambda work, *_: work.upload(paths, kind), source, kind)
        finally:
            for path in paths:  # gradio's own copy: what was uploaded is kept nowhere
                path.unlink(missing_ok=True)

    def _picked(self, event: gr.SelectData):
        return self._picking(event.index)

    def _picking(self, index: int) -> dict:
        text = self.words("own_remove", number=index + 1) if index >= 0 else self.words("own_remove_none")
        return {self.picked: index, self.remove: gr.update(value=text, interactive=index >= 0)}

    def _square(self, path):
        """The middle square of a picture, for a board."""
        if not path:
            return gr.skip(), "", gr.skip()
        try:
            return render.for_board(pictures.read(path)), "", None
        except GanzooError as error:
            return "", quiet(self.words.explain(error)), None
        finally:
            Path(path).unlink(missing_ok=True)

    # --- the training -------------------------------------------------------------------------------------------

    def _estimate(self, loss, size, steps):
        """How long that takes here. Whoever waits for the first one waits in the queue."""
        known = run.measured(size)
        if known is None:
            return ""
        key, called = ("own_estimate_all", "") if loss == "all" else ("own_estimate", name(self.words, loss))
        time = render.lasting(self.words, known.whole(run.LOSSES if loss == "all" else (loss,), steps))
        return prose(self.words(key, loss=called, size=size, steps=f"{steps:,}", time=time))

    def _start(self, source, loss, size, steps, request: gr.Request):
        try:
            work = session.of(request.session_hash)
            work.start(source, loss, size, steps)
            return {self.trouble: "", **self._now(work, source)}
        except GanzooError as error:
            return {self.trouble: quiet(self.words.explain(error))}

    async def _watch(self, request: gr.Request):
        """Follow the training of this page. While somebody follows, it goes on; a page that is left ends it."""
        work = session.VISITS.of(request.session_hash)
        seen = None
        while work and work.going:
            work.beat()
            if work.version != seen:
                seen = work.version
                yield self._now(work, work.source)
            await asyncio.sleep(EVERY)
        yield self._now(work, work.source) if work else {self.after: gr.update(visible=False)}

    def _now(self, work, source) -> dict:
        """What was trained on the chosen pairs, and which buttons make sense. Results of other pairs stay where they are,
        out of sight."""
        going = bool(work) and work.going
        shown = work if work and work.source == source else None
        after = bool(shown and shown.finished) and not going
        own = source not in examples.KINDS
        count = len(work.own(source)) if work and own else 0
        return {
            self.source: gr.update(interactive=not going),
            self.add: gr.update(interactive=not going),
            self.kind: gr.update(interactive=not going, visible=source == "upload"),
            self.files: gr.update(interactive=not going, visible=source == "upload"),
            self.drawing: gr.update(visible=source == "draw"),
            **self._results(shown, render.family(shown) if after else None),
            self.change: gr.update(visible=count > 0 and not going),
            self.train: gr.update(visible=not going, interactive=not own or count >= uploads.FEWEST),
            self.stop: gr.update(visible=going, interactive=going and work.status != "stopping"),
            self.after: gr.update(visible=after),
            **(self.take.offer(shown) if after else {}),
        }

    def _results(self, work, family) -> dict:
        """What a training has made so far: how far it is, held-out pairs in rows, and at its end, as a `family`, the numbers
        and the verdict."""
        say = self.words
        found, columns = render.results(say, work) if work else ([], 1)
        numbers = verdict = ""
        if family:
            _, head, rows = metrics.table(say, family)
            numbers = table(head, rows)
            verdict = metrics.verdict(say, family, "own")
        return {
            self.live: render.live(say, work) if work else "",
            self.results: gr.update(value=found, columns=columns, visible=bool(found)),
            self.verdict: verdict,
            self.table: numbers,
            self.curves: render.curves(say, work) if work else "",
        }

    def _stop(self, request: gr.Request):
        if work := session.VISITS.of(request.session_hash):
            work.stop()

    def _first(self, source, request: gr.Request):
        work = session.VISITS.of(request.session_hash)
        return render.for_board(work.held_out()) if work and work.finished and work.source == source else ""

    def _try(self, picture, request: gr.Request):
        work = session.VISITS.of(request.session_hash)
        if not work or not work.finished or not picture:
            return ""
        return render_or_explain(self.words, render.tried, work, picture)
