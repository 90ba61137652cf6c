"""The tab Translate: a picture there and back, the critic's view of it, a whole folder. Its components and events.

What is shown comes from handlers.py and batch.py; what the browser does by itself (files, camera, the
slider, the map's layer) stands in tab.js. One event carries every wish, so nothing is kept on the server.
"""

import json
from html import escape

import gradio as gr

from ...ui.components import QUIET, show
from ...ui.html import heading, waiting
from ...ui.words import Words
from . import batch, handlers

# The browser itself sends one request at a time; who waits for others sees gradio's own place in line.
LIVE = {**QUIET, "show_progress": "minimal", "trigger_mode": "multiple"}
SPOKEN = ("cmp_no_camera", "cmp_no_answer", "cmp_fetching", "cmp_no_picture", "copied", "cmp_link_short", "trl_patch",
          "trl_working", "trl_zip_large", "trl_zip_many", "trl_stopped", "trl_reading")  # said by the browser itself  # fmt: skip
LIMITS = {"most": batch.MOST, "mb": batch.MB}


class Translate:
    """The components of the tab in one language. Other tabs open a model here with `ganzoo.translate.open(name)`."""

    def __init__(self, words: Words):
        self.words = words
        with gr.Column(elem_classes="gz-section", elem_id="s-translate"):
            show(heading(words("q_translate"), words("lead_translate")))
            self.bench = show(self._bench(), elem_id="trl-bench", js_on_load="ganzoo.translate.start(element, trigger)")
            self.results = show(
                waiting(words),
                elem_id="trl-results",
                js_on_load="ganzoo.later(element, trigger, 'focus'); ganzoo.translate.follow(element, watch)",
            )
            self.refused = show("", elem_id="trl-refused", js_on_load="ganzoo.translate.refused(element, watch)")
        with gr.Column(elem_classes="gz-section", elem_id="s-trl-two"):
            show(heading(words("q_trl_two"), words("lead_trl_two")))
            show(self._two(), elem_id="trl-two", js_on_load="ganzoo.translate.two(element)")
        with gr.Column(elem_classes="gz-section", elem_id="s-trl-heat"):
            show(heading(words("q_trl_heat"), words("lead_trl_heat")))
            show(self._heat(), elem_id="trl-heat", js_on_load="ganzoo.translate.heat(element)")
            self.opinions = show(
                "", elem_id="trl-opinions", js_on_load="ganzoo.translate.opinions(element, trigger, watch)"
            )
        with gr.Column(elem_classes="gz-section", elem_id="s-trl-folder"):
            show(heading(words("q_trl_folder"), words("lead_trl_folder")))
            self.files = show(
                self._folder(), elem_id="trl-folder", js_on_load="ganzoo.translate.folder(element, trigger)"
            )
            self.stop = show("", elem_id="trl-stop", js_on_load="ganzoo.translate.stopper(element, trigger)")
            self.zip = show("", elem_id="trl-zip", js_on_load="ganzoo.translate.packed(element, watch)")
        shown = [self.results, self.refused]
        self.bench.input(self._answer, self.bench, shown, js="ganzoo.translate.request", **LIVE)
        self.opinions.input(self._critic, self.opinions, self.opinions, js="ganzoo.translate.criticRequest", **LIVE)
        run = self.files.input(self._folder_answer, self.files, self.zip, js="ganzoo.translate.folderRequest", **QUIET)
        self.stop.input(None, None, None, cancels=[run], **{k: v for k, v in QUIET.items() if k == "api_visibility"})
        self.results.focus(self._first, None, self.results, **QUIET)

    def _answer(self, payload):
        """(a new row, nothing) or (the row as it is, why not)."""
        answer = handlers.answer(self.words, payload)
        return (gr.skip(), answer) if 'data-refused="' in answer else (answer, "")

    def _critic(self, payload):
        return handlers.critic(self.words, payload)

    def _first(self, event: gr.EventData):
        """The row when the tab is first seen, as a link says."""
        return handlers.first(self.words, event._data.get("query") if isinstance(event._data, dict) else "")

    def _folder_answer(self, payload):
        yield from batch.answer(self.words, payload)

    # --- the still parts ----------------------------------------------------------------------------------------

    def _button(self, do: str, key: str, kind: str = "") -> str:
        return f'<button type="button" class="gz-button {kind}" data-trl="{do}">{escape(self.words(key))}</button>'

    def _bench(self) -> str:
        say = self.words
        spoken = escape(json.dumps({key: say.sentences[key] for key in SPOKEN}, ensure_ascii=False))
        return (
            f'<div class="gz-trl-bench" data-words="{spoken}" data-limits="{escape(json.dumps(LIMITS))}">'
            f'<div class="gz-actions">{self._button("upload", "trl_upload", "primary")}{self._button("webcam", "cmp_webcam")}'
            f'{self._button("link", "copy_link")}<label class="gz-trl-model">{escape(say("trl_model"))} '
            f'<select data-models></select></label><input type="file" accept="image/*,.tif,.tiff" hidden>'
            f'<span class="gz-trl-hint">{escape(say("trl_drop"))}</span></div>'
            f'<div class="gz-camera gz-trl-camera" hidden><video playsinline muted></video>'
            f"{self._button('take', 'cmp_take')}{self._button('close', 'cmp_close')}</div>"
            f'<details class="gz-more"><summary>{escape(say("cmp_more"))}</summary><div><form data-trl-hub><label>'
            f'{escape(say("cmp_hub"))} <input type="text" maxlength="190" autocomplete="off" spellcheck="false" '
            f'placeholder="user/cyclegan-horse2zebra"></label> <button class="gz-button">{escape(say("cmp_open"))}</button>'
            f'</form></div></details><p class="gz-quiet gz-trl-said" role="status" hidden></p></div>'
        )

    def _two(self) -> str:
        return (
            '<div class="gz-cmp-two"><div class="gz-stack"><img class="gz-trl-full" data-side="there" alt="">'
            '<img class="gz-trl-full gz-cmp-over" data-side="original" alt=""><i class="gz-line"></i>'
            f'<input type="range" min="0" max="100" step="1" value="50" aria-label="{escape(self.words("trl_slide"))}">'
            '</div><div class="gz-cmp-beside"><p class="gz-prose" data-apart aria-live="polite"></p></div></div>'
        )

    def _heat(self) -> str:
        say = self.words
        return (
            f'<div class="gz-cmp-heat"><div><div class="gz-stack" tabindex="0" role="group" '
            f'aria-label="{escape(say("cmp_heat_alt"))}"><img class="gz-trl-full" alt=""><canvas class="gz-layer"></canvas>'
            f'<i class="gz-cmp-field"></i></div><p class="gz-legend"><span>{escape(say("cmp_fake"))}</span>'
            f'<span class="gz-judging" aria-hidden="true"></span><span>{escape(say("cmp_real"))}</span></p></div>'
            f'<div class="gz-cmp-beside"><label>{escape(say("trl_judged"))} <select data-picture></select></label>'
            f'<label class="gz-check"><input type="checkbox" data-layer checked> {escape(say("cmp_heat_on"))}</label>'
            f'<label class="gz-check"><input type="checkbox" data-stretch> {escape(say("cmp_stretch"))}</label>'
            f'<p class="gz-prose" data-asked></p><p class="gz-prose" data-said aria-live="polite"></p></div></div>'
            f'<p class="gz-quiet" data-none hidden></p>'
        )

    def _folder(self) -> str:
        return (
            f'<div class="gz-trl-folder"><div class="gz-actions">{self._button("folder", "trl_choose")}'
            f'<button type="button" class="gz-button" data-trl="stop" hidden>{escape(self.words("trl_stop"))}</button>'
            f'<input type="file" multiple accept="image/*,.tif,.tiff,.zip" hidden></div>'
            f'<p class="gz-quiet" role="status" hidden></p></div>'
        )
