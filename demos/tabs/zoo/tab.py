"""The tab Zoo: every model on this machine as a card; choosing one shows its own card and all its numbers."""

from html import escape

import gradio as gr

from ...catalog import local
from ...ui.components import QUIET, render_or_explain, show
from ...ui.html import heading
from ...ui.words import Words
from ..create.tab import Create
from . import render
from .hub_search import HubSearch

# Choosing a card goes to its detail, with the keyboard too; the way back ends at that card.
REVEAL = (
    "() => { ganzoo.reveal('detail'); document.querySelector('#detail .gz-back')?.focus({ preventScroll: true }); }"
)
BACK = """element.addEventListener("click", (event) => {
  if (!event.target.closest(".gz-back")) return;
  event.preventDefault();
  const card = document.querySelector("#cards .gz-card[aria-pressed=true]") || document.querySelector("#cards .gz-card");
  card?.scrollIntoView({ behavior: "smooth", block: "center" });
  card?.focus({ preventScroll: true });
});"""


class Zoo:
    def __init__(self, words: Words, create: Create, tabs: gr.Tabs):
        self.words, self.create = words, create
        self.name = gr.State("")
        with gr.Column(elem_classes="gz-section"):
            show(heading(words("tab_zoo"), words("lead_zoo")))
            self.cards = show(
                "", elem_id="cards", min_height=400, js_on_load="ganzoo.cards(element, trigger, 'select')"
            )
        with gr.Column(visible=False, elem_classes="gz-section gz-detail", elem_id="detail") as self.detail:
            self.title = show("", elem_id="detail-title", js_on_load=BACK)
            self.open = gr.Button(words("zoo_open"), variant="primary", elem_id="open-in-create")
            self.compare = gr.Button(words("zoo_compare"), variant="primary", elem_id="open-in-compare", visible=False)
            self.translate = gr.Button(
                words("zoo_translate"), variant="primary", elem_id="open-in-translate", visible=False
            )
            with gr.Row(elem_classes="gz-readme"):
                with gr.Column():
                    show(f"<h3>{escape(words('zoo_card'))}</h3>")
                    self.readme = gr.Markdown(elem_id="card")
                self.numbers = show(elem_id="numbers")
        self.hub_search = HubSearch(words)
        chosen = [self.name, self.cards, self.detail, self.title, self.open, self.compare, self.translate]
        chosen += [self.readme, self.numbers]
        self.hub_search.wire(self.choose, chosen)
        self.cards.select(self._choose, None, chosen, **QUIET).then(None, None, None, js=REVEAL)
        c = create
        self.open.click(
            lambda name: [gr.Tabs(selected="create"), *c.open(name)],
            self.name,
            [tabs, *c.state],
            **QUIET,
        ).then(c._judge, [c.board, *c.choice], c.judged, js="ganzoo.drawing", **QUIET).then(
            None, None, None, js="() => ganzoo.reveal('grid')"
        )

        self.compare.click(lambda: gr.Tabs(selected="compare"), None, tabs, **QUIET).then(
            None, None, None, js="() => ganzoo.compare.fromZoo()"
        )
        self.translate.click(lambda: gr.Tabs(selected="translate"), None, tabs, **QUIET).then(
            None, None, None, js="() => ganzoo.translate.fromZoo()"
        )

    def refresh(self):
        return render.catalog_html(self.words)

    def _choose(self, event: gr.EventData):
        return self.choose(str(event._data.get("name", "") if isinstance(event._data, dict) else ""))

    def choose(self, name: str):
        """The values that show a model's own card."""
        lesson = next((e.lesson for e in local.entries() if e.name == name), "")
        return (
            name,
            render.catalog_html(self.words, name),
            gr.Column(visible=True),
            render_or_explain(self.words, render.title, name),
            gr.Button(visible=lesson in local.LESSONS),
            gr.Button(visible=lesson in local.TRANSLATORS),
            gr.Button(visible=lesson in local.CYCLES),
            render_or_explain(self.words, render.card_beside, name),
            render_or_explain(self.words, render.numbers, name),
        )
