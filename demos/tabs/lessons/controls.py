"""What a visitor sets in a lesson."""

import gradio as gr

from ...ui.words import Words


def choice(words: Words, name: str, values: list, first) -> gr.Radio:
    """Buttons side by side."""
    return gr.Radio(values, value=first, label=words(name), elem_id=name.replace("_", "-"))


def dial(low: float, high: float, first: float, step: float, label: str, name: str) -> gr.Slider:
    return gr.Slider(low, high, value=first, step=step, label=label, elem_id=name, buttons=[], min_width=160)
