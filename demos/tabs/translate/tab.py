"""The tab Translate: a picture there and back, what changed, the critic's view of it, a whole folder. Components and events.

What is shown comes from inference.py, batch.py and render.py. Everything a page shows lies in its own components.
"""

from html import escape

import gradio as gr

from ganzoo import GanzooError

from ...ui import pictures
from ...ui.components import LOOKED_AT, PICKED, QUIET, Album, question, sent, show
from ...ui.html import prose, quiet, waiting
from ...ui.words import Trouble, Words
from . import batch, inference, render

AT_ONCE = {**QUIET, "queue": False}  # it says that work begins
HIGH, SOURCES = 250, 40  # pixels of a picture, and of gradio's row of sources under that of a visitor
PREVIEW = 8  # pictures of a folder that are shown while it is translated


class Translate:
    def __init__(self, words: Words):
        self.words = words
        with question(words, "translate", "s-translate"):
            self._bench()
        with question(words, "trl_two", "s-trl-two"):
            with gr.Row():
                look = LOOKED_AT | {"show_label": False, "max_height": 400, "min_width": 280}
                self.slider = gr.ImageSlider(label=words("trl_slide"), elem_id="trl-slider", **look)
                self.change = self._picture("change", words("trl_change"), height=400, min_width=280)
            show(render.scale(words, "trl_change"))
        with question(words, "trl_loops", "s-trl-loops"):
            self.loops = show(render.loops(words, "horse->zebra"), elem_id="trl-loops")
        with question(words, "trl_heat", "s-trl-heat"), gr.Row():
            self.heat = self._picture("heat", words("trl_heat"), height=400)
            with gr.Column():
                names = {"original": "trl_original", "there": "trl_translation", "back": "trl_way_back"}
                with gr.Row(elem_classes="gz-controls"):
                    judged = [(words(name), key) for key, name in names.items()]
                    self.judged = gr.Radio(judged, value="there", label=words("trl_judged"), elem_id="trl-judged")
                self.opinion = show("", elem_id="trl-opinion")
        with question(words, "trl_folder", "s-trl-folder"):
            self._folder()
        self._wire()

    def _picture(self, key: str, label: str, **more) -> gr.Image:
        """A picture that is shown, at 256 pixels or less as it was computed."""
        more = LOOKED_AT | {"height": HIGH, "alt_text": label} | more
        return gr.Image(label=label, elem_id=f"trl-{key}", type="filepath", image_mode=None, **more)

    def _bench(self):
        say, model = self.words, next(iter(inference.models()), None)
        with gr.Row(elem_classes="gz-controls", elem_id="trl-bench"):
            self.way = gr.Radio(self._ways(), value=0, label=say("trl_directions"), elem_id="trl-way")
            self.size = gr.Radio(self._sizes(), value=inference.USUAL, label=say("trl_size"), elem_id="trl-size")
            self.model = gr.Dropdown(
                inference.models(), value=model, label=say("trl_model"), allow_custom_value=True, elem_id="trl-model"
            )
        with gr.Row(elem_id="trl-row"):
            own = {"interactive": True, "sources": ["upload", "webcam", "clipboard"], "height": HIGH + SOURCES}
            self.original = self._picture("original", say("trl_original"), **own)
            self.there = self._picture("there", say("trl_there", domain="…"))
            self.back = self._picture("back", say("trl_back", domain="…"))
            self.error = self._picture("error", say("trl_error"))
        # On a phone it lies below the window.
        js = "ganzoo.later(element, trigger, 'focus', 3000); ganzoo.follow(element, watch)"
        self.report = show(waiting(say), elem_id="trl-report", js_on_load=js)
        self.example, self.known = gr.State(""), gr.State("")  # which example, of which model, is shown
        show(f"<h3>{escape(say('trl_examples'))}</h3>")
        look = PICKED | {"columns": 4, "object_fit": "cover"}
        self.examples = Album(label=say("trl_examples"), elem_id="trl-examples", **look)
        show(prose(say("trl_credit", name=inference.NAME)))

    def _folder(self):
        say = self.words
        label = say("trl_choose", most=batch.MOST, mb=batch.MB)
        # Files of any type: what is no picture is named in the page's own words.
        self.files = gr.File(label=label, file_count="multiple", height=150, elem_id="trl-files")
        with gr.Row(elem_classes="gz-controls"):
            self.go = gr.Button(say("trl_go"), variant="primary", elem_id="trl-go")
            self.stop = gr.Button(say("trl_stop"), visible=False, elem_id="trl-stop")
        self.done = show("", elem_id="trl-done")
        self.preview = gr.Gallery(
            label=say("trl_preview", most=PREVIEW), columns=4, height="auto", visible=False, elem_id="trl-preview"
        )
        self.zip = gr.File(label=say("trl_zip"), interactive=False, visible=False, elem_id="trl-zip")

    def _ways(self, directions=("horse->zebra", "zebra->horse")) -> list[tuple[str, int]]:
        """The directions of a model by their numbers, so that any model's fit the same component."""
        return [(self.words.direction(d), i) for i, d in enumerate(directions)]

    def _sizes(self, learned: int = 128) -> list[tuple[str, int]]:
        larger = [self.words("own_pixels", size=learned * n) for n in (2, 4)]
        names = [self.words("trl_size_own", size=learned), *larger, self.words("trl_size_full")]
        return list(zip(names, inference.SIZES, strict=True))

    def _wire(self):
        chosen = [self.model, self.way, self.size]
        row = [self.there, self.back, self.error, self.slider, self.change, self.report, self.loops, self.way]
        row += [self.size, self.example, self.known]
        both = [self.original, *row, self.examples, self.model]
        # When a picture is removed, gradio still sends it along: only what follows sees that it is gone.
        brought = gr.on([self.original.input, self.original.clear], self._begun, None, self.report, **AT_ONCE)
        run = [brought.then(self._own, [self.original, *chosen], row, **QUIET)]
        unreadable = self.words.explain(Trouble("cmp_no_picture"))
        run[0].failure(lambda: self._empty(unreadable), None, row, **QUIET)
        again = [self.known, self.original, self.example, *chosen]
        picked = self.examples.select(self._picked, self.known, [self.example, self.report], **AT_ONCE)
        turned = self.way.input(self._toward, [self.known, self.way], [self.there, self.back, self.report], **AT_ONCE)
        resized = self.size.input(self._begun, None, self.report, **AT_ONCE)
        other = self.model.input(self._begun, [self.known, self.model], self.report, **AT_ONCE)
        run += [
            picked.then(self._example, [self.example, *chosen], both, **QUIET),
            turned.then(self._again, again, both, **QUIET),
            resized.then(self._again, again, both, **QUIET),
            other.then(self._other, again, both, **QUIET),
            self.report.focus(self._first, None, both, **QUIET),
        ]
        judged = [self.judged, self.original, self.there, self.back, *chosen]
        for event in run:
            event.success(self._judge, judged, [self.heat, self.opinion], **QUIET)
        self.judged.input(self._judge, judged, [self.heat, self.opinion], **QUIET)
        self.heat.select(self._judge, judged, [self.heat, self.opinion], **QUIET)
        files = [self.zip, self.preview, self.done, self.stop]
        seen = QUIET | {"show_progress": "full", "show_progress_on": self.done}
        task = self.go.click(self._all, [self.files, *chosen], files, **seen)
        self.stop.click(lambda: self._nothing("trl_stopped"), None, files, cancels=[task], **QUIET)

    def _first(self, event: gr.EventData):
        """What is shown when the tab is first seen, or as a link says."""
        return self._answer(lambda: inference.first(sent(event).get("query")))

    def _begun(self, known=None, model=None):
        """Something is computed now; not where a list is only left and says its model again."""
        return gr.skip() if model and model == known else waiting(self.words)

    def _picked(self, known, event: gr.SelectData):
        """Which example is translated now."""
        names = inference.examples(inference.find(known))
        return names[min(event.index, len(names) - 1)], self._begun()

    def _toward(self, known, way):
        """Which direction is computed now."""
        return *self._labels(inference.numbered(inference.find(known), way)), self._begun()

    def _labels(self, direction: str) -> list[dict]:
        """What the picture there and the one back are called, as updates."""
        source, target = self.words.sides(direction)
        texts = self.words("trl_there", domain=target), self.words("trl_back", domain=source)
        return [gr.update(label=text, alt_text=text) for text in texts]

    def _example(self, name, model, way, times):
        return self._answer(lambda: inference.of_example(name, model, way, times))

    def _own(self, path, model, way, times):
        if not path:
            return self._empty("")
        return self._answer(lambda: inference.of_picture(path, model, way, times), self._row)

    def _again(self, known, path, example, model, way, times):
        """Another direction, size or model for what is shown."""
        if example or not path:
            return self._answer(lambda: inference.turned(example, model, way, times))
        return self._answer(lambda: inference.of_picture(path, model, way, times))

    def _other(self, known, path, example, model, way, times):
        """Another model; a list that is only left says its model again."""
        return gr.skip() if model == known else self._again(known, path, example, model, way, times)

    def _answer(self, make, show=None) -> dict:
        """`show(make())`, by default all that follows from it; or why not."""
        try:
            return (show or self._whole)(make())
        except GanzooError as error:
            return self._empty(self.words.explain(error))

    def _row(self, made: inference.Made) -> dict:
        """Component -> value: the pictures, what is said of them, and the choices that this model has."""
        say = self.words
        model, (there, back) = made.model, self._labels(made.direction)
        original, translated = self._stored(made, "original"), self._stored(made, "there")
        return {
            self.there: there | {"value": translated},
            self.back: back | {"value": self._stored(made, "back")},
            self.error: self._stored(made, "error"),
            self.slider: (original, translated),
            self.change: self._stored(made, "change"),
            self.report: render.report(say, made),
            self.loops: render.loops(say, model.directions[0]),
            self.way: gr.update(choices=self._ways(model.directions), value=model.directions.index(made.direction)),
            self.size: gr.update(choices=self._sizes(model.config.image_size), value=made.times),
            self.example: made.example,
            self.known: inference.catalog_name(model),
        }

    def _whole(self, made: inference.Made) -> dict:
        """The row, the examples and the model; and the picture, but a visitor's own stays as it came."""
        model, shown = made.model, self._row(made)
        shown[self.examples] = self._gallery(model)
        shown[self.model] = gr.update(choices=inference.models(), value=inference.catalog_name(model))
        if made.example:
            picture = inference.example(made.example, model.config.image_size)
            shown[self.original] = render.stored(picture, made.example)
        return shown

    def _stored(self, made: inference.Made, key: str) -> str | None:
        picture = getattr(made, key)
        return picture and render.stored(picture, f"{render.named(made.direction)}-{key}")

    def _empty(self, line: str) -> dict:
        gone = dict.fromkeys([self.there, self.back, self.error, self.slider, self.change])
        return gone | {self.report: quiet(line) if line else "", self.example: ""}

    def _gallery(self, model) -> list:
        shown = []
        for name in inference.examples(model):
            small = inference.example(name, model.config.image_size).copy()
            small.thumbnail((256, 256))
            title = self.words(f"trl_{name}") if name in inference.ANIMALS else self.words.domain(inference.kind(name))
            shown.append((small, title))
        return shown

    def _judge(self, key, original, there, back, model, way, times, event: gr.EventData):
        """A critic's patches, the one that was clicked or the least real one in a frame."""
        path = {"original": original, "there": there, "back": back}.get(key)
        if not path:
            return None, ""
        try:
            opened = inference.find(model)
            side = inference.numbered(opened, way)
            if key != "there":  # the critic is asked that knows real pictures of this side
                side = inference.other_way(opened, side)
            picture = inference.sized(opened, pictures.read(path), times if key == "original" else 0)
            scores = inference.opinions(opened, picture, side)
            cell = inference.patch_at(opened, picture, scores, sent(event).get("index"))
            sheet = render.stored(inference.critic_map(opened, picture, scores, cell), f"critic-{key}")
            return sheet, render.opinion(self.words, opened, side, scores, cell)
        except GanzooError as error:
            return None, quiet(self.words.explain(error))

    def _all(self, files, model, way, times, progress=gr.Progress()):  # noqa: B008  (gradio's own way to ask for one)
        """A folder: pictures as they are made, at last the zip."""
        yield self._nothing("trl_reading") | {self.stop: gr.update(visible=True)}
        shown, over = [], {self.stop: gr.update(visible=False)}
        try:
            for event in batch.translated_all(files or [], model, way, times):
                if isinstance(event, batch.Result):
                    packed = render.file(event.data, event.name)
                    done = batch.said(self.words, event)
                    yield over | {self.zip: gr.update(value=packed, visible=True), self.done: done}
                    return
                done, count, name, made = event
                progress((done, count), desc=self.words("trl_progress", done=done, count=count, name=name))
                if len(shown) < PREVIEW:
                    shown.append((render.stored(made, name), name))
                    yield {self.preview: gr.update(value=list(shown), visible=True)}
                else:
                    yield gr.skip()  # here it can be stopped
        except GanzooError as error:
            yield over | {self.zip: gr.update(visible=False), self.done: quiet(self.words.explain(error))}

    def _nothing(self, key: str) -> dict:
        hidden = dict.fromkeys([self.zip, self.preview], gr.update(value=None, visible=False))
        return hidden | {self.stop: gr.update(visible=False), self.done: quiet(self.words(key))}
