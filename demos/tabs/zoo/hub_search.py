"""The Zoo's question to the Hub: whose models would you like to see? A name, its models, and a click fetches one."""

import os
from html import escape

import gradio as gr

from ...catalog import hub, local
from ...ui.components import QUIET, question, render_or_explain, sent, show
from ...ui.html import quiet
from ...ui.words import Words


def found_html(words: Words, owner: str) -> str:
    """Somebody's models as small cards, those already here marked; one quiet line if there are none."""
    models = hub.of(owner)
    if not models:
        return quiet(words("hub_none", owner=str(owner).strip()[:80]))
    cards = []
    for name, lesson in models.items():
        here = name in local.FETCHED
        said = (words(f"lesson_{lesson}") if lesson in hub.PAGES else "", words("hub_here") if here else "")
        kind = " · ".join(filter(None, said))
        label = words("zoo_choose" if here else "hub_fetch", name=name)
        cards.append(
            f'<button type="button" class="gz-card" data-name="{escape(name)}" aria-label="{escape(label)}">'
            f"<strong>{escape(name)}</strong><span>{escape(kind)}</span></button>"
        )
    return f'<div class="gz-cards">{"".join(cards)}</div>'


class HubSearch:
    """The field, the list, and `fetched`: the name that was chosen last, for the Zoo to show."""

    def __init__(self, words: Words):
        self.words = words
        self.wish = gr.State("")
        with question(words, "hub", "hub-search"):
            with gr.Row(elem_classes="gz-controls"):
                self.owner = gr.Textbox(
                    os.environ.get("GANZOO_NAMESPACE", "").strip()[:96],
                    label=words("hub_owner"),
                    placeholder="alice",
                    max_lines=1,
                    max_length=200,
                    elem_id="hub-owner",
                )
                self.find = gr.Button(words("hub_find"), elem_id="hub-find")
            self.found = show("", elem_id="hub-found", js_on_load="ganzoo.picks(element, trigger)")
            self.said = show("", elem_id="hub-said")

    def wire(self, choose, which, outputs) -> None:
        """`choose(value of which, name)` gives the values of `outputs`: the Zoo's own card of a model."""
        say = self.words
        once = {**QUIET, "concurrency_limit": 2}
        for event in (self.find.click, self.owner.submit):
            event(lambda: [quiet(say("hub_asking")), ""], None, [self.said, self.found], **QUIET).then(
                lambda owner: [render_or_explain(say, found_html, owner), ""],
                self.owner,
                [self.found, self.said],
                **once,
            )

        def wish(event: gr.EventData):
            return str(sent(event).get("name", ""))[:200], quiet(say("cmp_fetching"))

        def fetched(owner, name, which):
            problem = render_or_explain(say, lambda words: hub.fetch(name) and "")
            if problem:
                return [gr.skip(), problem, *[gr.skip()] * len(outputs)]
            return [render_or_explain(say, found_html, owner), "", *choose(which, name)]

        self.found.select(wish, None, [self.wish, self.said], **QUIET).then(
            fetched, [self.owner, self.wish, which], [self.found, self.said, *outputs], **once
        ).then(None, self.said, None, js="(said) => said || ganzoo.reveal('detail')")
