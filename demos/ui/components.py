"""Components and event settings that every tab uses."""

from contextlib import contextmanager
from typing import ClassVar
from urllib.parse import parse_qs

import gradio as gr
from gradio.components.gallery import GalleryData, GalleryImage
from gradio.components.imageslider import SliderData
from gradio.data_classes import GradioModel, GradioRootModel, ImageData
from PIL import Image

from ganzoo import GanzooError

from .html import heading, quiet, uri
from .words import Words

QUIET = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": 4}
LIVE = {**QUIET, "queue": False, "trigger_mode": "always_last"}


def show(value: str = "", js_on_load: str | None = None, **kwargs) -> gr.HTML:
    """Our own HTML, without gradio's prose styles around it."""
    return gr.HTML(value, js_on_load=js_on_load, apply_default_css=False, **kwargs)


@contextmanager
def question(words: Words, key: str, elem_id: str, **values):
    """A section of a tab: what stands in this context, under the words q_KEY and lead_KEY."""
    with gr.Column(elem_classes="gz-section", elem_id=elem_id):
        show(heading(words(f"q_{key}"), words(f"lead_{key}", **values)))
        yield


def render_or_explain(words: Words, draw, *args) -> str:
    """`draw(words, *args)`, or the one quiet line that says why not and what to do."""
    try:
        return draw(words, *args)
    except GanzooError as error:
        return quiet(words.explain(error))


def start_with(part, value) -> None:
    """Let a component start with what an event would give it: a value, or a `gr.update` of its settings."""
    changes = dict(value) if isinstance(value, dict) and "__type__" in value else {"value": value}
    changes.pop("__type__", None)
    for key, setting in changes.items():
        if key == "value" and hasattr(part, "postprocess"):
            setting = part.postprocess(setting)
            setting = setting.model_dump() if isinstance(setting, (GradioModel, GradioRootModel)) else setting
        elif key != "value":
            part.constructor_args[key] = setting  # of these gradio makes the component anew for each visitor
        setattr(part, key, setting)


def named(words: Words, prefix: str, keys) -> list[tuple[str, str]]:
    """Choices by key, called as the words PREFIX_KEY say."""
    return [(words(f"{prefix}_{key}"), key) for key in keys]


def sent(event: gr.EventData) -> dict:
    """What the browser sent along with an event."""
    return event._data if isinstance(event._data, dict) else {}


def linked(query, most: int = 200) -> dict[str, str]:
    """What an address says: key -> value, of so many characters at most."""
    return {k: v[0][:most] for k, v in parse_qs(str(query or "").lstrip("?")[: 5 * most]).items()}


LOOKED_AT = {"interactive": False, "buttons": ["download", "fullscreen"]}  # of a picture
SHARP = {"show_label": False, "elem_classes": "gz-px"}  # of a picture whose pixels are enlarged
PICKED = {"show_label": False, "allow_preview": False, "buttons": []}  # of an album whose pictures are choices


class Native:
    """A component of ours that browsers draw as one of gradio, `like`. `ours`: settings unlike gradio's."""

    like: ClassVar[type]
    ours: ClassVar[dict] = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **self.ours | kwargs)

    def get_block_name(self) -> str:
        return self.like.__name__.lower()

    def get_config(self, cls=None) -> dict:
        return super().get_config(cls or self.like)


class Picture(Native, gr.Image):
    """A picture that is only looked at, enlarged and saved. It travels inside the answer (a `gradio.data_classes.ImageData`
    with a data: address) instead of as a file: it is there with the answer, and nothing of a visitor's is written down."""

    like = gr.Image
    ours = LOOKED_AT

    def postprocess(self, value: ImageData | None) -> ImageData | None:
        return value


class Upload(Native, gr.Image):
    """A picture from a visitor, as the path of its file: `ui.pictures.read` opens it, and says in words why it cannot."""

    like = gr.Image
    ours: ClassVar = {"sources": ["upload", "webcam", "clipboard"], "type": "filepath", "interactive": True}

    def postprocess(self, value: ImageData | None) -> ImageData | None:
        return value

    def preprocess(self, payload: ImageData | None) -> str | None:
        return payload and payload.path


class Pair(Native, gr.ImageSlider):
    """Two pictures under a slider, which travel as those of `Picture` do."""

    like = gr.ImageSlider
    ours = LOOKED_AT

    def postprocess(self, value: tuple[ImageData, ImageData] | None) -> SliderData | None:
        return value and SliderData(root=value)


class Album(Native, gr.Gallery):
    """Pictures or their data: addresses side by side, each with its caption, which travel as those of `Picture` do."""

    like = gr.Gallery
    ours = LOOKED_AT | {"height": "auto", "object_fit": "contain"}

    def postprocess(self, value: list[tuple[Image.Image | str, str]] | None) -> GalleryData:
        shown = []
        for i, (picture, text) in enumerate(value or [], 1):
            address = picture if isinstance(picture, str) else uri(picture, compress_level=3)
            shown.append(GalleryImage(image=ImageData(url=address, orig_name=f"{i}.png"), caption=text))
        return GalleryData(root=shown)


class Choice(Native, gr.Dropdown):
    """A dropdown whose choices change with what is shown. gradio would refuse a value by the choices of another moment; the
    functions check it themselves."""

    like = gr.Dropdown

    def preprocess(self, payload) -> str:
        return payload if isinstance(payload, str) else ""
