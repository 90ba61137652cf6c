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
from .screen import Lesson, Screen

COURSE = (
    Lesson("opening", 0, opening),
    Lesson("gan", 1, gan_networks),
    Lesson("steps", 2, two_steps),
    Lesson("states", 3, three_states),
    Lesson("tanh", 4, tanh),
    Lesson("bn", 4, batch_norm),
    Lesson("fashion", 5, fashion),
    Lesson("label", 6, label_filter),
    Lesson("mlp", 7, mlp_vs_conv),
    Lesson("stride", 8, kernel_stride),
    Lesson("translation", 9, translation),
    Lesson("losses", 10, pixel_losses),
    Lesson("features", 10, feature_maps),
    Lesson("ganloss", 11, gan_loss),
    Lesson("contest", 12, contest),
    Lesson("unet", 13, unet_skips),
    Lesson("patch", 14, patch_critic),
    Lesson("field", 15, receptive_field),
    Lesson("relu", 16, leaky_relu),
    Lesson("friction", 16, adam_momentum),
    Lesson("cycle", 17, cycle),
)
ORDER = [lesson.key for lesson in COURSE]

FIRST = f"""() => {{ // the lesson that the followed link names
  const order = {json.dumps(ORDER)}, at = Math.max(0, order.indexOf(new URLSearchParams(location.search).get("stage")));
  const button = (interactive) => ({{ interactive, __type__: "update" }});
  return [{{ selected: at, __type__: "update" }}, order[at], button(at > 0), button(at < order.length - 1)];
}}"""


class Lessons:
    def __init__(self, demo: gr.Blocks, words: Words):
        titles = [(f"{lesson.row} · {words('q_' + lesson.key)}", lesson.key) for lesson in COURSE]
        with gr.Row(elem_id="lessons-top"):
            back = gr.Button(words("lessons_back"), elem_id="lessons-back", scale=0, min_width=84, interactive=False)
            label = words("lessons_all")
            self.contents = gr.Dropdown(titles, value=ORDER[0], label=label, show_label=False, elem_id="lessons-all")
            forth = gr.Button(words("lessons_next"), elem_id="lessons-next", variant="primary", scale=0, min_width=84)
        with gr.Walkthrough(selected=0, elem_id="lessons") as self.steps:
            for i, (title, _) in enumerate(titles):
                with gr.Step(title, id=i):
                    Screen(words, COURSE[i])
        shown, quick = [self.steps, self.contents, back, forth], {**QUIET, "queue": False}
        back.click(lambda key: _to(key, -1), self.contents, shown, **quick)
        forth.click(lambda key: _to(key, 1), self.contents, shown, **quick)
        self.contents.input(lambda key: _to(key, 0), self.contents, shown, **quick)
        self.steps.select(_pressed, None, shown, **quick)  # on the bar of steps
        self.steps.change(None, None, None, js="() => setTimeout(ganzoo.address, 60)")  # once gradio has drawn it
        demo.load(None, None, shown, js=FIRST)


def _to(key: str, by: int) -> tuple:
    """The lesson so many after the one of that key, in the frame and in the list; Back and Next rest at the ends."""
    at, last = ORDER.index(key) + by if key in ORDER else 0, len(ORDER) - 1
    at = min(max(at, 0), last)
    return gr.Walkthrough(selected=at), ORDER[at], gr.Button(interactive=at > 0), gr.Button(interactive=at < last)


def _pressed(event: gr.SelectData) -> tuple:
    at = event.index if isinstance(event.index, int) and 0 <= event.index < len(ORDER) else 0
    return _to(ORDER[at], 0)
