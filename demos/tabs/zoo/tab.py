"""The tab Zoo: the models on this machine in the course's order; choosing one shows its card and all its numbers. And a
question to the Hub: whose models would you like to see? A click fetches one."""

import os
from html import escape
from urllib.parse import quote

import gradio as gr

from ganzoo import GanzooError

from ...catalog import hub, local
from ...ui.components import LOOKED_AT, QUIET, named, question, render_or_explain, sent, show
from ...ui.html import heading, quiet
from ...ui.words import Words
from . import render

# Choosing a card goes to its detail, with the keyboard too; a link opens the detail of its model.
REVEAL = """() => {
  ganzoo.reveal("detail");
  ganzoo.address();
  document.querySelector(".gz-back")?.focus({ preventScroll: true });
}"""
FIRST = """ganzoo.picks(element, trigger);
const said = new URLSearchParams(ganzoo.query);
let name = said.get("tab") === "zoo" && said.get("model");
watch("value", () => { if (name) trigger("select", { name }); name = null; });  // once the cards are there"""
ADDRESS = {  # what opens a model in its own tab: the button's word, and the address
    **dict.fromkeys(local.LESSONS, ("zoo_open", "?tab=create&model=")),
    **dict.fromkeys(local.TRANSLATORS, ("zoo_compare", "?tab=compare&family=")),
    **dict.fromkeys(local.CYCLES, ("zoo_translate", "?tab=translate&model=")),
}


class Zoo:
    def __init__(self, words: Words):
        self.words = words
        with gr.Column(elem_classes="gz-section"):
            show(heading(words("tab_zoo"), words("lead_zoo")))
            choices = [(words("zoo_start"), "start"), *named(words, "lesson", ADDRESS), (words("zoo_all"), "all")]
            with gr.Row(elem_classes="gz-controls"):
                self.which = gr.Radio(choices, value="start", label=words("zoo_which"), elem_id="zoo-which")
            self.cards = show("", elem_id="cards", min_height=400, js_on_load=FIRST)
        with gr.Column(visible=False, elem_classes="gz-section", elem_id="detail") as self.detail:
            self.title = show("", elem_id="detail-title")
            with gr.Row(elem_classes="gz-controls"):
                self.open = gr.Button(variant="primary", elem_id="open-model")
            with gr.Row():
                with gr.Column(min_width=320):
                    label = words("zoo_sheet")
                    self.sheet = gr.Image(label=label, show_label=False, format="png", elem_id="sheet", **LOOKED_AT)
                    self.numbers = show(elem_id="numbers")
                with gr.Column(min_width=320):
                    show(f"<h3>{escape(words('zoo_card'))}</h3>")
                    self.readme = gr.Markdown(elem_id="card")
        self.wish, owner = gr.State(""), os.environ.get("GANZOO_NAMESPACE", "").strip()[:96]
        with question(words, "hub", "hub-search"):
            with gr.Row(elem_classes="gz-controls"):
                self.owner = gr.Textbox(
                    owner, label=words("hub_owner"), placeholder="alice", max_lines=1, max_length=200,
                    elem_id="hub-owner",
                )  # fmt: skip
                self.find = gr.Button(words("hub_find"), elem_id="hub-find")
            self.found = show("", elem_id="hub-found", js_on_load="ganzoo.picks(element, trigger)")
            self.message = show("", elem_id="hub-said")
        chosen = [self.cards, self.which, self.detail, self.title, self.open, self.sheet, self.numbers, self.readme]
        once = {**QUIET, "concurrency_limit": 2}
        asking = [quiet(words("hub_asking")), ""]
        for event in (self.find.click, self.owner.submit):
            event(lambda: asking, None, [self.message, self.found], **QUIET).then(
                self._listed, self.owner, [self.found, self.message], **once
            )
        self.found.select(self._wished, None, [self.wish, self.message], **QUIET).then(
            self._fetched, [self.owner, self.wish, self.which], [self.found, self.message, *chosen], **once
        ).then(None, self.message, None, js="(message) => message || (ganzoo.reveal('detail'), ganzoo.address())")
        self.which.input(self.refresh, self.which, self.cards, **QUIET)
        self.cards.select(self._choose, self.which, chosen, **QUIET).then(None, None, None, js=REVEAL)

    def _listed(self, owner):
        return {self.found: render_or_explain(self.words, render.hub_html, owner), self.message: ""}

    def _wished(self, event: gr.EventData):
        return str(sent(event).get("name", ""))[:200], quiet(self.words("cmp_fetching"))

    def _fetched(self, owner, name, which):
        try:
            hub.fetch(name)
        except GanzooError as error:
            return {self.message: quiet(self.words.explain(error))}
        return self._listed(owner) | self.choose(which, name)

    def refresh(self, which: str):
        return render.catalog_html(self.words, which)

    def _choose(self, which: str, event: gr.EventData):
        return self.choose(which, str(sent(event).get("name", "")))

    def choose(self, which: str, name: str) -> dict:
        """Component -> value: what shows a model's own card, under a filter that shows it."""
        words, entry = self.words, next((e for e in local.entries() if e.name == name and not e.problem), None)
        lesson, sheet = entry.lesson if entry else "", entry and render.opened(entry.folder)
        if lesson and name not in [entry.name for entry in render.listed(which)]:
            which = lesson
        word, address = ADDRESS.get(lesson, ("zoo_open", ""))
        return {
            self.cards: render.catalog_html(words, which, name),
            self.which: which,
            self.detail: gr.Column(visible=True),
            self.title: render_or_explain(words, render.title, name),
            self.open: gr.Button(words(word), link=address + quote(name, safe="/"), visible=bool(lesson)),
            self.sheet: gr.Image(sheet, visible=sheet is not None),
            self.numbers: render_or_explain(words, render.numbers, name) if entry else "",
            self.readme: render_or_explain(words, render.card_beside, name) if entry else "",
        }
