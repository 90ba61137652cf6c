"""The tab Lessons: the course, one lesson a screen, in its order and with its numbers. Components and events only.

Each lesson is a module that computes (see `screen`).
"""

import json

import gradio as gr

from ...ui.components import QUIET
from ...ui.words import Words
from . import (
    adam_momentum,
    batch_norm,
    contest,
    cycle,
    fashion,
    feature_maps,
    gan_loss,
    gan_networks,
    kernel_stride,
    label_filter,
    leaky_relu,
    mlp_vs_conv,
    opening,
    patch_critic,
    pixel_losses,
    receptive_field,
    tanh,
    three_states,
    translation,
    two_steps,
    unet_skips,
)
from .screen import Screen

MODULES = (
    opening, gan_networks, two_steps, three_states, tanh, batch_norm, fashion, label_filter, mlp_vs_conv,
    kernel_stride, translation, pixel_losses, feature_maps, gan_loss, contest, unet_skips, patch_critic,
    receptive_field, leaky_relu, adam_momentum, cycle,
)  # fmt: skip
COURSE = [module.LESSON for module in MODULES]
ORDER = [lesson.key for lesson in COURSE]


class Lessons:
    def __init__(self, demo: gr.Blocks, words: Words):
        titles = [(lesson.title(words), lesson.key) for lesson in COURSE]
        with gr.Column(elem_id="lessons-page"):
            with gr.Row(elem_id="lessons-top"):
                small = {"scale": 0, "min_width": 84}
                back = gr.Button(words("lessons_back"), elem_id="lessons-back", interactive=False, **small)
                named = {"label": words("lessons_all"), "show_label": False, "elem_id": "lessons-all"}
                self.contents = gr.Dropdown(titles, value=ORDER[0], **named)
                forth = gr.Button(words("lessons_next"), elem_id="lessons-next", variant="primary", **small)
            with gr.Walkthrough(selected=0, elem_id="lessons") as self.steps:
                for i, (title, _) in enumerate(titles):
                    with gr.Step(title, id=i):
                        Screen(words, COURSE[i])
        shown, quick = [self.steps, self.contents, back, forth], {**QUIET, "queue": False}
        back.click(lambda key: _to(key, -1), self.contents, shown, **quick)
        forth.click(lambda key: _to(key, 1), self.contents, shown, **quick)
        self.contents.input(lambda key: _to(key, 0), self.contents, shown, **quick)
        self.steps.select(_pressed, None, shown, **quick)  # on the bar of steps
        self.steps.change(None, None, None, js="ganzoo.lessons.turned")
        demo.load(None, None, shown, js=f"() => ganzoo.lessons.first({json.dumps(ORDER)})")


def _to(key: str, by: int) -> tuple:
    """The lesson so many after the one of that key, in the frame and in the list; Back and Next rest at the ends."""
    at, last = ORDER.index(key) + by if key in ORDER else 0, len(ORDER) - 1
    at = min(max(at, 0), last)
    return gr.Walkthrough(selected=at), ORDER[at], gr.Button(interactive=at > 0), gr.Button(interactive=at < last)


def _pressed(event: gr.SelectData) -> tuple:
    return _to(ORDER[event.index], 0)
