"""The tab Compare: one drawing, one network, several losses. Its components and events.

What is shown comes from handlers.py; what the browser does by itself (drawing, undo, the slider, the heat layer)
stands in tab.js and views.js. One event carries every wish, so a stroke costs one request.
"""

import json
import os
from html import escape

import gradio as gr

from ganzoo import GanzooError
from ganzoo.models.pix2pix import LOSSES

from ...ui.components import QUIET, show
from ...ui.html import heading, waiting
from ...ui.words import Words
from . import families, handlers, render

# The browser itself sends one request at a time; who waits for others sees gradio's own place in line.
LIVE = {**QUIET, "show_progress": "minimal", "trigger_mode": "multiple"}
SPOKEN = ("cmp_no_camera", "cmp_no_answer", "cmp_fetching", "cmp_no_picture", "cmp_link_short", "copied",
          "cmp_apart", "cmp_reveal", "cmp_unreveal", "cmp_patch", "cmp_patch_edge", "cmp_blind_said",
          "cmp_blind_found", "cmp_blind_fooled",
          "cmp_drawing", "cmp_fake", "cmp_real", "cmp_lowest",
          "cmp_highest")  # sentences that the browser says by itself  # fmt: skip


class Compare:
    """The components of the tab in one language. Other tabs open a family here with `ganzoo.compare.open(name)`."""

    def __init__(self, demo: gr.Blocks, words: Words):
        self.words = words
        with gr.Column(elem_classes="gz-section", elem_id="s-compare"):
            show(heading(words("q_compare"), words("lead_compare")))
            show(self._controls(), elem_id="cmp-controls")
            self.others = show(self._others(), elem_id="cmp-others")
            with gr.Row(elem_classes="gz-bench"):
                self.board = show(
                    self._board(), elem_id="cmp-board", js_on_load="ganzoo.compare.start(element, trigger)"
                )
                self.results = show(
                    handlers.first(words), elem_id="cmp-results", js_on_load="ganzoo.compare.follow(element, watch)"
                )
            show(self._passing_on(), elem_id="cmp-pass-on")
        with gr.Column(elem_classes="gz-section", elem_id="s-cmp-two"):
            show(heading(words("q_cmp_two"), words("lead_cmp_two")))
            show(self._two(), elem_id="cmp-two", js_on_load="ganzoo.compare.two(element)")
        with gr.Column(elem_classes="gz-section", elem_id="s-cmp-heat"):
            show(heading(words("q_cmp_heat"), words("lead_cmp_heat")))
            show(self._heat(), elem_id="cmp-heat", js_on_load="ganzoo.compare.heat(element)")
        with gr.Column(elem_classes="gz-section", elem_id="s-cmp-blind"):
            show(heading(words("q_cmp_blind"), words("lead_cmp_blind")))
            self.blind = show(
                waiting(words),
                elem_id="cmp-blind",
                js_on_load="ganzoo.compare.blind(element, trigger, watch)",
            )
            show(self._tally(), elem_id="cmp-tally", js_on_load="ganzoo.compare.tally(element)")
        self.board.input(self._answer, self.board, self.results, js="ganzoo.compare.request", **LIVE)
        self.blind.input(self._blind, self.blind, self.blind, js="ganzoo.compare.blindRequest", **LIVE)
        demo.load(self._others, None, self.others, **QUIET)  # runs trained since the start

    def _answer(self, payload):
        return handlers.answer(self.words, payload)

    def _blind(self, payload):
        return handlers.blind(self.words, payload)

    # --- the still parts ----------------------------------------------------------------------------------------

    def _controls(self) -> str:
        say = self.words
        chosen = "".join(
            f'<button type="button" data-family="{key}" aria-pressed="{str(key == handlers.FAMILY).lower()}">'
            f"{escape(say('cmp_family_' + key.replace('-', '_')))}</button>"
            for key in families.FIRST
        )
        return (
            f'<div class="gz-actions"><span class="gz-cmp-segments" role="group" aria-label="{escape(say("cmp_family"))}">'
            f'{chosen}</span><button type="button" class="gz-button primary" data-do="surprise">'
            f"{escape(say('cmp_surprise'))}</button>{self._button('example', 'cmp_example', hidden=True)}"
            f"{self._button('upload', 'cmp_upload')}"
            f"{self._button('webcam', 'cmp_webcam')}"
            f'<input type="file" accept="image/*,.tif,.tiff" hidden></div>'
            f'<p class="gz-quiet gz-cmp-said" role="status" hidden></p>'
        )

    def _passing_on(self) -> str:
        buttons = self._button("link", "copy_link") + self._button("share", "cmp_share")
        return f'<div class="gz-actions">{buttons}</div>{render.sharing(self.words, os.environ.get("SPACE_ID", ""))}'

    def _button(self, do: str, key: str, hidden: bool = False, disabled: bool = False) -> str:
        how = "".join(f" {word}" for word, there in (("hidden", hidden), ("disabled", disabled)) if there)
        return f'<button type="button" class="gz-button" data-do="{do}"{how}>{escape(self.words(key))}</button>'

    def _others(self) -> str:
        """Every other family on this machine, and a line for the Hub. Asked anew whenever the page is loaded."""
        say = self.words
        names = [name for name in families.families() if name not in families.FIRST]
        options = "".join(f'<option value="{escape(name)}">{escape(name)}</option>' for name in names)
        local = (
            f'<label>{escape(say("cmp_on_machine"))} <select data-families><option value="">{escape(say("cmp_choose"))}'
            f"</option>{options}</select></label>"
        )
        return (
            f'<details class="gz-more"><summary>{escape(say("cmp_more"))}</summary><div>{local if names else ""}'
            f'<form data-hub><label>{escape(say("cmp_hub"))} <input type="text" maxlength="190" autocomplete="off" '
            f'spellcheck="false" placeholder="user/pix2pix-facades-gan-mae"></label> '
            f'<button class="gz-button">{escape(say("cmp_open"))}</button></form></div></details>'
        )

    def _board(self) -> str:
        say = self.words
        try:
            family = families.find(handlers.FAMILY)
            size, palette, vary = family.size, family.palette, "" if render.varies(family) else " hidden"
        except GanzooError:
            size, palette, vary = 256, "label", " hidden"
        tools = "".join(
            f'<button type="button" data-tool="{tool}" aria-pressed="{str(tool == "box").lower()}">'
            f"{escape(say(f'cmp_{tool}'))}</button>"
            for tool in ("box", "brush", "eraser")
        )
        palettes = "".join(render.palette(say, key, key == palette) for key in families.PALETTES)
        spoken = escape(json.dumps({key: say.sentences[key] for key in SPOKEN}, ensure_ascii=False))
        return (
            f'<div class="gz-board" data-words="{spoken}"><div class="gz-title"><h3>{escape(say("cmp_drawing"))}</h3>'
            f'<button type="button" class="gz-link" data-do="undo" disabled>{escape(say("cmp_undo"))}</button>'
            f'<button type="button" class="gz-link" data-do="clear">{escape(say("cmp_clear"))}</button></div>'
            f'<div class="gz-sheet"><canvas width="{size}" height="{size}" tabindex="0" role="img" aria-label="'
            f'{escape(say("cmp_board_alt", size=size))}"></canvas><i class="gz-cross" hidden></i>'
            f'<img class="gz-truth" alt="{escape(say("cmp_truth_alt"))}" hidden>'
            f'<div class="gz-camera" hidden><video playsinline muted></video>'
            f"{self._button('take', 'cmp_take')}{self._button('close', 'cmp_close')}</div></div>"
            f"{self._button('reveal', 'cmp_reveal', hidden=True)}"
            f'<div class="gz-tools"><span class="gz-cmp-segments" role="group" aria-label="{escape(say("cmp_tools"))}">{tools}'
            f"</span></div>{palettes}"
            f'<label class="gz-pen" hidden>{escape(say("cmp_width"))}<input type="range" min="1" max="24" value="6"></label>'
            f'<label class="gz-check" data-vary{vary}><input type="checkbox"> {escape(say("cmp_vary"))}</label>'
            f'<div class="gz-quietly"><button type="button" class="gz-link" data-do="truth">'
            f"{escape(say('cmp_add_truth'))}</button></div></div>"
        )

    def _two(self) -> str:
        say = self.words
        selects = "".join(
            f'<label><span>{escape(say(key))}</span> <select data-side="{side}"></select></label>'
            for side, key in (("left", "cmp_first"), ("right", "cmp_second"))
        )
        return (
            '<div class="gz-cmp-two"><div class="gz-stack"><img class="gz-made" data-side="right" alt="">'
            '<img class="gz-made gz-cmp-over" data-side="left" alt=""><i class="gz-line"></i>'
            f'<input type="range" min="0" max="100" step="1" value="50" aria-label="{escape(say("cmp_slide"))}">'
            f'</div><div class="gz-cmp-beside">{selects}<p class="gz-prose" data-apart aria-live="polite"></p></div></div>'
        )

    def _heat(self) -> str:
        say = self.words
        return (
            f'<div class="gz-cmp-heat"><div><div class="gz-stack" tabindex="0" role="group" '
            f'aria-label="{escape(say("cmp_heat_alt"))}"><img class="gz-made" alt=""><canvas class="gz-layer"></canvas>'
            f'<i class="gz-cmp-field"></i></div><p class="gz-legend"><span data-low>{escape(say("cmp_fake"))}</span>'
            f'<span class="gz-judging" aria-hidden="true"></span><span data-high>{escape(say("cmp_real"))}</span></p></div>'
            f'<div class="gz-cmp-beside"><div class="gz-chosen"><label>{escape(say("cmp_judged"))} '
            f"<select data-picture></select></label><label data-judges hidden>{escape(say('cmp_judge'))} "
            f'<select data-critic></select></label></div><label class="gz-check"><input type="checkbox" data-layer checked> '
            f'{escape(say("cmp_heat_on"))}</label><label class="gz-check"><input type="checkbox" data-stretch> '
            f'{escape(say("cmp_stretch"))}</label><canvas class="gz-patch" role="img" '
            f'aria-label="{escape(say("cmp_patch_alt"))}"></canvas><p class="gz-prose" data-said aria-live="polite"></p>'
            f'</div></div><p class="gz-quiet gz-no-critic" hidden>{escape(say("cmp_no_critic"))}</p>'
        )

    def _tally(self) -> str:
        say = self.words
        rows = "".join(
            f'<span class="gz-bar {"real" if key == "truth" else "creator"}" data-count="{key}"'
            f'{"" if key in LOSSES else " data-optional"}><span class="gz-bar-label">'
            f'{escape(render.name(say, key))}</span><span class="gz-rail"><i style="width:0"></i></span>'
            f'<span class="gz-bar-number">0</span></span>'
            for key in (*families.KEYS, "truth")
        )
        return (
            f'<p class="gz-prose" data-revealed aria-live="polite"></p><div class="gz-actions">'
            f"{self._button('blind', 'cmp_blind_next', disabled=True)}</div>"
            f'<div class="gz-tally" hidden><h3>{escape(say("cmp_tally"))}</h3>'
            f'<div class="gz-bars wide">{rows}</div><button type="button" class="gz-link" data-do="forget">'
            f"{escape(say('cmp_tally_reset'))}</button></div>"
        )
