"""The two pages, English and Chinese: header, tabs, footer. What is in a tab stands in that tab's own file."""

import json
from html import escape

import gradio as gr

from ganzoo import GanzooError

from . import api
from .runtime import server_log
from .tabs.compare.tab import Compare
from .tabs.create.tab import Create
from .tabs.custom import session as custom_session
from .tabs.custom.tab import Own
from .tabs.lessons import two_steps
from .tabs.lessons.tab import Lessons
from .tabs.live import sessions as live_sessions
from .tabs.live.tab import Live
from .tabs.translate import inference as translate_inference
from .tabs.translate.tab import Translate
from .tabs.zoo.tab import Zoo
from .ui.components import show
from .ui.words import LANGUAGES, Words


class Pages(gr.Blocks):
    """Blocks whose every call that fails is answered by one sentence in the language of its page. What was not foreseen also
    leaves its traceback in the server's log."""

    async def process_api(self, block_fn, *args, **kwargs):
        block_fn = self.fns[block_fn] if isinstance(block_fn, int) else block_fn
        words = Words(block_fn.page or LANGUAGES[0])
        try:
            return await super().process_api(block_fn, *args, **kwargs)
        except gr.Error as error:
            error.print_exception = False  # it was foreseen: a sentence for the visitor, nothing for the log
            raise
        except GanzooError as error:
            sentence = words.explain(error)
        except Exception as error:
            server_log.log.warning("A call broke: %s", server_log.without_words(error))
            sentence = words("call_broke")
        raise gr.Error(sentence, print_exception=False)


# What gradio calls its controls to screen readers, in English on every page.
LABELS = (
    "gradio_picture", "gradio_slider", "gradio_number", "gradio_camera", "gradio_paste", "gradio_upload", "gradio_drop",
)  # fmt: skip


def header(words: Words) -> str:
    home, there = ("./", "zh") if words.language == "en" else ("zh", "./")
    english = Words(LANGUAGES[0])
    labels = json.dumps({english(key, name="(.*)"): words(key, name="$1") for key in LABELS})
    return (
        f'<div class="gz-top" data-labels="{escape(labels)}"><a class="gz-name" href="{home}">{words("title")}</a>'
        f'<span class="gz-tagline">{escape(words("tagline"))}</span>'
        f'<a class="gz-language" href="{there}" title="{escape(words("other_language_title"))}">'
        f"{words('other_language')}</a></div>"
    )


def footer(words: Words) -> str:
    api = f'<a class="gz-link" href="./?show=api">{escape(words("use_api"))}</a>'
    return f'<p class="gz-note">{escape(words("footer"))} {api}</p>'


def page(demo: gr.Blocks, words: Words) -> None:
    gr.Navbar(visible=False)
    show(header(words))
    with gr.Tabs(selected="compare", elem_id="tabs") as tabs:
        with gr.Tab(words("tab_compare"), id="compare"):
            Compare(demo, words)
        with gr.Tab(words("tab_create"), id="create"):
            Create(words)
        with gr.Tab(words("tab_translate"), id="translate"):
            Translate(words)
        with gr.Tab(words("tab_live"), id="live"):
            Live(demo, words)
        with gr.Tab(words("tab_lessons"), id="lessons"):
            Lessons(demo, words)
        with gr.Tab(words("tab_own"), id="own"):
            Own(words)
        with gr.Tab(words("tab_zoo"), id="zoo") as tab:
            zoo = Zoo(words)
    tab.select(zoo.refresh, zoo.which, zoo.cards, api_visibility="private", show_progress="hidden")
    demo.load(None, None, tabs, js="() => ganzoo.firstTab()")
    show(footer(words))


def left(request: gr.Request) -> None:
    """A page was closed: end and forget what its visitor trained."""
    for visits in (live_sessions.VISITS, custom_session.VISITS):
        visits.leave(request.session_hash)


def build() -> gr.Blocks:
    """Both pages. The first language is at /, the others at /LANGUAGE; the API belongs to the first."""
    with Pages(title="ganzoo", analytics_enabled=False, fill_width=True, delete_cache=(300, 1800)) as demo:
        page(demo, Words(LANGUAGES[0]))
        api.publish()
        demo.unload(left)
    for language in LANGUAGES[1:]:
        with demo.route(language, f"/{language}", show_in_navbar=False):
            page(demo, Words(language))
    return demo


def warm() -> None:
    """What costs its first visitor seconds, before anybody comes: Translate's example, and a training step, at which torch
    imports its compiler."""
    translate_inference.first("")
    two_steps.play(two_steps.VALUES["rounds"].first)
