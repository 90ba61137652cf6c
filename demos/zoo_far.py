"""The Zoo's question to the Hub: whose models would you like to see? A name, its models, and a click fetches one."""

import os
from html import escape

import far
import gradio as gr
import shelf
from answers import told
from create import QUIET, show
from parts import heading, quiet
from words import Words


def found_html(words: Words, owner: str) -> str:
    """Somebody's models as small cards, those already here marked; one quiet line if there are none."""
    models = far.of(owner)
    if not models:
        return quiet(words("far_none", owner=str(owner).strip()[:80]))
    cards = []
    for name, lesson in models.items():
        here = name in shelf.FETCHED
        kind = " · ".join(
            part
            for part in (words(f"lesson_{lesson}") if lesson in far.PAGES else "", words("far_here") if here else "")
            if part
        )
        label = words("zoo_choose" if here else "far_fetch", name=name)
        cards.append(
            f'<button type="button" class="gz-card" data-name="{escape(name)}" aria-label="{escape(label)}">'
            f'<strong>{escape(name)}</strong><span class="gz-kind">{escape(kind)}</span></button>'
        )
    return f'<div class="gz-cards">{"".join(cards)}</div>'


class Far:
    """The field, the list, and `fetched`: the name that was chosen last, for the Zoo to show."""

    def __init__(self, words: Words):
        self.words = words
        self.wish = gr.State("")
        with gr.Column(elem_classes="gz-section", elem_id="far"):
            show(heading(words("q_far"), words("lead_far")))
            with gr.Row(elem_classes="gz-controls"):
                self.owner = gr.Textbox(
                    os.environ.get("GANZOO_NAMESPACE", "").strip()[:96],
                    label=words("far_owner"),
                    placeholder="alice",
                    max_lines=1,
                    max_length=200,
                    elem_id="far-owner",
                )
                self.find = gr.Button(words("far_find"), elem_id="far-find")
            self.found = show("", elem_id="far-found", js_on_load="ganzoo.cards(element, trigger, 'select')")
            self.said = show("", elem_id="far-said")

    def wire(self, choose, outputs) -> None:
        """`choose(name)` gives the values of `outputs`: the Zoo's own card of a model."""
        say = self.words
        once = {**QUIET, "concurrency_limit": 2}
        for event in (self.find.click, self.owner.submit):
            event(lambda: [quiet(say("far_asking")), ""], None, [self.said, self.found], **QUIET).then(
                lambda owner: [told(say, found_html, owner), ""], self.owner, [self.found, self.said], **once
            )

        def wish(event: gr.EventData):
            name = str(event._data.get("name", "") if isinstance(event._data, dict) else "")[:200]
            return name, quiet(say("cmp_fetching"))

        def fetched(owner, name):
            problem = told(say, lambda words: far.fetch(name) and "")
            if problem:
                return [gr.skip(), problem, *[gr.skip()] * len(outputs)]
            return [told(say, found_html, owner), "", *choose(name)]

        self.found.select(wish, None, [self.wish, self.said], **QUIET).then(
            fetched, [self.owner, self.wish], [self.found, self.said, *outputs], **once
        ).then(None, self.said, None, js="(said) => said || ganzoo.reveal('detail')")
