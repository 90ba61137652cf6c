"""Components and event settings that every tab uses."""

import gradio as gr

from ganzoo import GanzooError

from .html import quiet
from .words import Words

QUIET = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": 4}
LIVE = {**QUIET, "queue": False, "trigger_mode": "always_last"}


def show(value: str = "", js_on_load: str | None = None, **kwargs) -> gr.HTML:
    """Our own HTML, without gradio's prose styles around it."""
    return gr.HTML(value, js_on_load=js_on_load, apply_default_css=False, **kwargs)


def render_or_explain(words: Words, draw, *args) -> str:
    """`draw(words, *args)`, or the one quiet line that says why not and what to do."""
    try:
        return draw(words, *args)
    except GanzooError as error:
        return quiet(words.explain(error))
