"""The tab Compare: one drawing, one network, several losses. Its components and events.

The board (board.py) says what it holds, handlers.py makes a Job of every wish, and `_answer` shows what comes of it.
"""

import json
import os
import random
import re
from html import escape

import gradio as gr

from ganzoo import GanzooError

from ...ui.components import QUIET, Choice, Pair, Picture, Upload, linked, question, sent, show, start_with
from ...ui.html import note, quiet, table
from ...ui.words import Words
from . import families, handlers, inference, metrics, render
from .blind import Blind
from .board import Board
from .critic import Critic
from .families import KEYS, name

# Who waits for others sees gradio's place in line; of strokes that wait, the last is enough.
LIVE = {**QUIET, "show_progress": "minimal"}
LONGEST_LINK = 20_000  # characters; board.js puts a drawing of at most 16,000 into one
PAIR = f"(...given) => ganzoo.compare.pair({json.dumps(['truth', *KEYS])}, ...given)"
REVEAL = "() => ganzoo.reveal(document.getElementById('cmp-photo')?.offsetParent ? 'cmp-upload' : 'cmp-results')"


class Compare:
    """The components of the tab in one language. Other tabs open a family here by its address, ?family=NAME."""

    def __init__(self, demo: gr.Blocks, words: Words):
        self.words = words
        try:
            job, made = handlers.first()
        except (GanzooError, OSError) as error:  # a damaged checkout: the other tabs still work
            show(quiet(words.explain(error) if isinstance(error, GanzooError) else words("cmp_no_first")))
            return
        with question(words, "compare", "s-compare"):
            with gr.Row(elem_classes="gz-controls", elem_id="cmp-controls"):
                choices = [(words("cmp_family_" + key.replace("-", "_")), key) for key in families.FIRST]
                self.family = gr.Radio(choices, value=job.family.name, label=words("cmp_family"), container=False)
                self.surprise = gr.Button(words("cmp_surprise"), variant="primary", elem_id="cmp-surprise")
                self.example = gr.Button(words("cmp_example"), elem_id="cmp-example")
            self.message = show(elem_id="cmp-said")
            with gr.Row():
                with gr.Column(scale=1, min_width=244):
                    self.board = Board(words, render.board_state(job))
                self._results()
            self._more()
        with question(words, "cmp_two", "s-cmp-two"):
            with gr.Row():
                choices = self._choices(job)
                self.left = Choice(choices, value="mae", label=words("cmp_first"))
                self.right = Choice(choices, value="gan+mae", label=words("cmp_second"))
            self.slider = Pair(show_label=False, elem_id="cmp-two", max_height=512)
        self.critic = Critic(words, self.board)
        self.blind = Blind(demo, words, self.board)
        self._wire(demo)
        # The first answer stands in the page itself.
        values = self._live(job, made, {}) | self._rest(job) | self.critic.values(job.family, made, {})
        for part, value in values.items():
            start_with(part, value)

    def _results(self) -> None:
        words = self.words
        self.columns, self.images, self.captions = {}, {}, {}
        with gr.Column(scale=4, min_width=244):
            with gr.Row(elem_id="cmp-results"):
                for key in KEYS:
                    with gr.Column(min_width=0) as self.columns[key]:
                        self.images[key] = self._picture(key, words("cmp_made_alt", loss=name(words, key)))
                        self.captions[key] = show()
                with gr.Column(min_width=0, elem_id="cmp-truth") as self.photo:  # its button keeps the photo's place
                    self.truth = self._picture("truth", words("cmp_truth_alt"))
                    self.reveal = gr.Button(words("cmp_reveal"), elem_id="cmp-reveal")
            self.notes = show(elem_id="cmp-notes")
            self.verdict = show(elem_id="cmp-verdict")
            self.took = show(elem_id="cmp-took")
            with gr.Accordion("", open=False, elem_id="cmp-measured") as self.measured:
                self.table = show()

    def _picture(self, key: str, alt: str) -> Picture:
        title = name(self.words, key)
        show(f"<h3>{escape(title)}</h3>")
        return Picture(label=title, show_label=False, alt_text=alt)

    def _more(self) -> None:
        """Variations, a picture from elsewhere, other models, the link, the Space."""
        words = self.words
        self.vary = gr.Checkbox(False, label=words("cmp_vary"), visible=False, container=False, elem_id="cmp-vary")
        with gr.Accordion(words("cmp_upload"), open=False, elem_id="cmp-upload") as self.fold, gr.Row():
            self.upload = Upload(show_label=False, height=230, label=words("cmp_upload"), min_width=244)
            with gr.Column(visible=False, min_width=244, elem_id="cmp-photo") as self.choices:
                self.answer = show()
                with gr.Row(elem_classes="gz-controls"):
                    self.back = gr.Button(words("cmp_photo_other"), elem_id="cmp-back")
                    self.keep = gr.Button(words("cmp_photo_keep"), visible=False, elem_id="cmp-keep")
                    self.trace = gr.Button(words("cmp_photo_trace"), elem_id="cmp-trace")
        more = gr.Accordion(words("cmp_more"), open=False, elem_id="cmp-others")
        with more, gr.Row(elem_classes="gz-controls"):
            self.others = Choice([], value=None, label=words("cmp_on_machine"))
            self.hub = gr.Textbox(label=words("cmp_hub"), placeholder="alice/my-model", max_lines=1, max_length=190)
            self.fetch = gr.Button(words("cmp_open"), min_width=120)
        with gr.Accordion(words("cmp_share"), open=False, elem_id="cmp-share"):
            if space := os.environ.get("SPACE_ID", ""):
                gr.Markdown(words.together(words("cmp_share_what"), words("cmp_share_here")))
                address = f"https://huggingface.co/spaces/{space}?duplicate=true"
                gr.Button(words("cmp_share_duplicate"), link=address, variant="primary")
                self.command = None
            else:
                gr.Markdown(words.together(words("cmp_share_what"), words("cmp_share_run")))
                self.command = gr.Code(families.publishing(), language="shell", interactive=False, show_label=False)
                gr.Markdown(words("cmp_share_needs"))
        with gr.Row(elem_classes="gz-controls"):
            self.copy = gr.Button(words("copy_link"), elem_id="cmp-link")
            self.copied = show(elem_id="cmp-copied")

    def _choices(self, job) -> list[tuple[str, str]]:
        keys = job.family.keys if job.truth is None else [*job.family.keys, "truth"]
        return [(self.words("cmp_drawing"), "drawing"), *((name(self.words, key), key) for key in keys)]

    def _wire(self, demo: gr.Blocks) -> None:
        self.options = {self.board, self.vary, self.left, self.right, *self.critic.options}
        live = [*self.images.values(), *self.captions.values(), *self.critic.outputs]
        live += [self.message, self.notes, self.choices, self.answer, self.back, self.keep, self.fold, self.upload]
        live += [self.truth, self.photo, self.reveal, self.took, self.left, self.right]
        whole = [*live, *self.columns.values(), self.board, self.family, self.vary, self.example]
        whole += [self.verdict, self.measured, self.table]
        self.outputs = [*whole, *filter(None, [self.command])]
        seen = [self.left, self.right, self.board, self.truth, *self.images.values()]
        self.slide = {"fn": None, "inputs": seen, "outputs": self.slider, "js": PAIR, **QUIET}
        self._on(self.board.input, handlers.drawn, outputs=live, trigger_mode="always_last")
        self._on(self.vary.input, handlers.drawn, outputs=live)
        for brought in (
            self._on(self.board.upload, handlers.uploaded),
            self._on(self.upload.input, handlers.file, self.upload),
        ):
            brought.then(None, None, None, js=REVEAL)
        self._on(self.surprise.click, handlers.surprise)
        self._on(self.example.click, handlers.example)
        self._on(self.keep.click, handlers.kept)
        self._on(self.trace.click, handlers.traced)
        self._on(self.back.click, handlers.back)
        self._on(self.family.input, handlers.opened, self.family)
        self._on(self.others.input, handlers.opened, self.others)
        self._on(self.fetch.click, handlers.opened, self.hub)
        self._on(self.hub.submit, handlers.opened, self.hub)
        self.reveal.click(self._revealed, self.reveal, [self.reveal, self.truth], **QUIET)
        self.copy.click(self._linked, self.copied, self.copied, js="ganzoo.copy", **QUIET)
        for side in (self.left, self.right):
            side.input(**self.slide)
        demo.load(self._on_machine, None, self.others, **QUIET)
        demo.load(**self.slide)
        shown = {"show_progress_on": self.took, **LIVE}
        followed = self.board.select(self._followed, self.options, self.outputs, **shown)
        followed.then(**self.slide).then(**self.blind.follow)

    def _on(self, event, make, *extra, outputs=None, **how):
        """`make(words, state, *values of extra)` is the Job of this event."""
        whole = outputs is None

        def answer(given: dict) -> dict:
            return self._answer(lambda: make(self.words, given[self.board], *map(given.get, extra)), given, whole)

        shown = {"show_progress_on": self.took, **LIVE, **how}
        done = event(answer, {*self.options, *extra}, outputs or self.outputs, **shown).then(**self.slide)
        return done.then(**self.blind.follow) if whole else done

    def _answer(self, make, given: dict, whole: bool) -> dict:
        """Component -> value for the Job `make()`. `given`: what all the options say."""
        try:
            job = make()
            if job is None:
                return {self.message: ""}
            variation = random.randrange(handlers.SEEDS) if given[self.vary] else None
            made = inference.translate(job.family, job.drawing, job.truth, variation)
        except GanzooError as error:
            return {self.message: quiet(self.words.explain(error))}
        shown = self._live(job, made, given)
        if whole or given[self.board].judged:
            shown |= self.critic.values(job.family, made, given)
        return shown | self._rest(job) if whole else shown

    def _live(self, job, made, given: dict) -> dict:
        words, choices = self.words, self._choices(job)
        photo = None if job.truth is None else render.shown(job.truth[0], f"{job.family.name}-photo")
        took = words("cmp_took", ms=f"{made.milliseconds:.0f}")
        shown = {
            self.message: "",
            self.notes: render.notes(words, job),
            self.photo: gr.update(visible=photo is not None),
            self.truth: gr.update(value=photo, visible=False),
            self.reveal: words("cmp_reveal"),
            self.took: note(words("cmp_cited") if job.cited else "", took),
            self.choices: gr.update(visible=job.photo is not None),
        }
        if job.photo is not None:
            drawn_here = job.seed is None and not job.pair  # of another picture it is no real photo
            shown |= {
                self.fold: gr.update(open=True),
                self.upload: render.shown(job.photo[0], "photo"),
                self.answer: "".join(map(quiet, job.notes)),
                self.back: gr.update(visible=bool(job.back)),
                self.keep: gr.update(visible=drawn_here and inference.photographic(job.photo)),
            }
        for key in KEYS:
            shown[self.images[key]], shown[self.captions[key]] = render.column(words, job.family, made, key)
        keys = [key for _, key in choices]
        for side, default in ((self.left, "mae"), (self.right, "gan+mae")):
            value = next((key for key in (given.get(side), default) if key in keys), keys[-1])
            shown[side] = gr.update(choices=choices, value=value)
        return shown

    def _rest(self, job) -> dict:
        """What a new drawing or another family brings too."""
        family, words = job.family, self.words
        title, head, rows = metrics.table(words, family)
        shown = {
            self.board: render.board_state(job),
            self.family: family.name if family.name in families.FIRST else None,
            self.vary: gr.update(visible=family.varies),
            self.example: gr.update(visible=bool(families.real_pairs(family))),
            self.verdict: metrics.verdict(words, family),
            self.measured: gr.update(label=title, visible=bool(rows)),
            self.table: table(head, rows),
        }
        shown |= {column: gr.update(visible=key in family.members) for key, column in self.columns.items()}
        return shown | ({self.command: families.publishing(family)} if self.command else {})

    def _followed(self, event: gr.EventData, given: dict) -> dict:
        """What the link names with which the page was opened."""
        query = linked(sent(event).get("query"), LONGEST_LINK)
        return self._answer(lambda: handlers.restored(self.words, query), given, True)

    def _on_machine(self):
        return gr.update(choices=[name for name in families.families() if name not in families.FIRST])

    def _revealed(self, label: str):
        on = label == self.words("cmp_reveal")
        return self.words("cmp_unreveal" if on else "cmp_reveal"), gr.update(visible=on)

    def _linked(self, link: str) -> str:
        return quiet(self.words("copied" if re.search(r"[?&](d|drawing|pair)=", link) else "cmp_link_short"))
