"""The public API: each question of the pages as one function of plain values, English words and picture files.

from gradio_client import Client, handle_file
client = Client("http://127.0.0.1:7860")
pictures, details = client.predict("cgan", "mnist", 7, 4, [2, 0, 2, 6], api_name="/sample")
pictures, details = client.predict(handle_file("drawing.png"), "facades", api_name="/translate")
"""

import inspect
from typing import Any

import gradio as gr
import torch
from gradio.components.api_component import Api
from gradio_client.utils import python_type_to_json_schema
from PIL import Image

from ganzoo.evaluation.metrics import speckle
from ganzoo.images import to_pil

from .catalog import film, hub, local
from .tabs.compare import families as compare_families
from .tabs.compare import inference as compare_inference
from .tabs.create import drawing as create_drawing
from .tabs.create import render as create_render
from .tabs.translate import inference as translate_inference
from .tabs.zoo import render as zoo_render
from .ui import pictures
from .ui.words import Trouble, Words

ENGLISH = Words("en")
MOST, SPECKLED = 64, 18  # pictures in one call, and in a count of speckles
Upload = dict[str, Any]  # a picture file as gradio hands it over: its path, among others
Pictures = list[tuple[Image.Image, str]]  # each with its caption
VALUES = {  # what the API panel says of a parameter
    "lesson": "gan, cgan or dcgan",
    "data": "mnist or fashion",
    "seed": "whole number from 0 to 2147483647: the same seed gives the same pictures",
    "seed_a": "seed of the first inspiration",
    "seed_b": "seed of the second inspiration",
    "count": f"how many pictures, 1 to {MOST}",
    "labels": "cgan only: the class of each picture, such as [2, 0, 2, 6]; empty for 0, 1, 2 ...",
    "share": "0 for the first inspiration to 1 for the second",
    "number": "a frame of the film, 0 for the first",
    "name": "a name from /models, or user/name on the Hub for /fetch",
    "owner": "a user or an organisation on the Hub",
    "family": "facades, aerial-map, or the name of one Pix2Pix model",
    "direction": "such as horse->zebra; empty for the model's first",
    "model": "the name of a CycleGAN from /models; empty for the first",
    "picture": "a picture file; with gradio_client: handle_file(path)",
    "truth": "the true answer as a picture file, if known",
}


def _read(picture: Upload | None) -> Image.Image:
    """gradio has checked that the path is that of an uploaded file."""
    return pictures.read((picture or {}).get("path"))


def _name(lesson, data) -> str:
    return f"{str(lesson)[:20]}-{str(data)[:20]}"


def _open(lesson, data) -> object:
    return local.open_model(_name(lesson, data))


def _labels(model, labels, count: int) -> list[int] | None:
    """[] means none were asked for: 0, 1, 2 .. where the model takes labels."""
    if not labels:
        return create_render.labels_for(model, count)
    if not model.config.needs_labels:
        raise Trouble("no_labels")
    most = len(model.classes) - 1
    if not isinstance(labels, list) or len(labels) != count:
        raise Trouble("bad_labels", high=count, most=most)
    try:
        return [local.whole(k, 0, most, "bad_labels") for k in labels]
    except Trouble:
        raise Trouble("bad_labels", high=count, most=most) from None


def models() -> list[dict]:
    """Every model on this machine: name, lesson, data, metrics, megabytes."""
    return [
        {"name": e.name, "lesson": e.lesson, "data": e.data, "metrics": e.metrics, "megabytes": round(e.megabytes, 2)}
        for e in local.entries()
        if not e.problem
    ]


def found(owner: str) -> list[dict]:
    """Somebody's models on the Hub that were pushed with ganzoo: name, lesson, and whether it is in the catalog already."""
    return [{"name": k, "lesson": v, "here": k in local.FETCHED} for k, v in hub.of(owner).items()]


def fetch(name: str) -> dict:
    """Put one model of the Hub into the catalog."""
    hub.fetch(name)
    return {"name": name}


def card(name: str) -> str:
    """The model card as Markdown."""
    return zoo_render.card(ENGLISH, name)


def sample(
    lesson: str = "gan", data: str = "mnist", seed: int = 7, count: int = 24, labels: list[int] | None = None
) -> tuple[Pictures, dict]:
    """Pictures from a seed, and the critic's score of each, 0 fake .. 1 real. `labels`: one a picture, cgan only."""
    model = _open(lesson, data)
    number, count = local.seed_of(seed), local.whole(count, 1, MOST, "bad_count")
    labels = _labels(model, labels, count)
    made = model.tensor(model.noise(count, number), labels)
    scores = model.critique(made, labels)
    captions = [str(model.classes[k]) for k in labels] if labels else [str(i + 1) for i in range(count)]
    details = {"model": model.name, "seed": number, "labels": labels, "scores": scores}
    return list(zip(to_pil(made), captions, strict=True)), details


def morph(
    lesson: str = "gan", data: str = "mnist", seed_a: int = 7, seed_b: int = 8, share: float = 0.5
) -> tuple[Image.Image, dict]:
    """The picture at `share` of the way from inspiration A to B, on the sphere, with the critic's score."""
    model = _open(lesson, data)
    at = local.number(share, 0, 1, "bad_share")
    labels = create_render.labels_for(model, 1)
    picture = create_render.on_the_way(model, seed_a, seed_b, [at], labels)
    return to_pil(picture)[0], {"share": at, "score": model.critique(picture, labels)[0]}


def grow(lesson: str = "gan", data: str = "mnist", seed: int = 7) -> dict:
    """How many numbers an inspiration becomes layer by layer, how the critic shrinks them, and its score."""
    model = _open(lesson, data)
    with torch.no_grad():
        label = model.labels(create_render.labels_for(model, 1), 1)
        up = model.generator.stages(model.noise(1, local.seed_of(seed)), *label)
        down = model.discriminator.stages(up[-1], *label)
    score = model.critique(up[-1], create_render.labels_for(model, 1))[0]
    return {"creator": [list(x.shape[1:]) for x in up], "critic": [list(x.shape[1:]) for x in down], "score": score}


def filters(data: str = "mnist") -> dict:
    """What each label multiplies: the creator's factors (labels x 100) and the critic's (labels x 784)."""
    model = _open("cgan", data)
    nets = {"creator": model.generator, "critic": model.discriminator}
    return {"classes": list(model.classes)} | {
        key: [[round(v, 4) for v in row] for row in net.filter.weight.tolist()] for key, net in nets.items()
    }


def speckles(data: str = "mnist", seed: int = 7) -> dict:
    """The speckle number of 18 pictures of the dense and of the convolutional creator, from the same noise."""
    number = local.seed_of(seed)
    made = {lesson: _open(lesson, data) for lesson in ("gan", "dcgan")}
    return {k: speckle(m.tensor(m.noise(SPECKLED, number))) for k, m in made.items()}


def frame(lesson: str = "gan", data: str = "mnist", number: int = 0) -> tuple[Image.Image, dict]:
    """One frame of the training film: the picture; how many frames there are, its step, and the state of the training."""
    run = film.of(_name(lesson, data))
    found = run.facts(local.whole(number, 0, len(run.steps) - 1, "bad_frame"))
    return pictures.opened(found.pop("picture")), found


def judge(picture: Upload, lesson: str = "gan", data: str = "mnist") -> tuple[Image.Image, dict]:
    """A drawing in white on black: what critics see of it (28 x 28), `real_share`, the share of real pictures that look less
    real to the critic of the set, and `scores`, what the model's own critic says: one number, or one a label."""
    model = _open(lesson, data)
    seen, share = create_drawing.opinion(local.set_of(model), _read(picture))
    labels = list(range(len(model.classes))) or None
    scores = model.critique([seen] * len(labels or [0]), labels)
    return seen, {"real_share": share, "scores": scores, "classes": list(model.classes)}


def translate(picture: Upload, family: str = "facades", truth: Upload | None = None) -> tuple[Pictures, dict]:
    """A picture -> its translation by each loss of a family, or by one model of that name. The middle square is taken, at
    the models' size. A picture twice as wide as high is read as a pair: drawing and truth. With a truth: `l1`, the mean
    absolute difference in 0..1 of each."""
    if not isinstance(family, str):
        raise Trouble("no_model", name=str(family)[:80])
    chosen = compare_families.find(family)
    drawing, half = compare_inference.split(chosen, _read(picture))
    known = compare_inference.split(chosen, _read(truth)) if truth else (half, None)
    known = known[1] or known[0]
    squares = [None if p is None else pictures.square(p, chosen.size) for p in (drawing, known)]
    only = [loss for loss, entry in chosen.members.items() if entry.name == family]
    made = compare_inference.translate(chosen, *squares, losses=only)
    shown = {loss: to_pil(p[None])[0] for loss, p in made.pictures.items() if loss != "truth"}
    return [(p, loss) for loss, p in shown.items()], {
        "family": chosen.name,
        "size": chosen.size,
        "models": {loss: chosen.members[loss].name for loss in shown},
        "l1": made.errors,
        "milliseconds": round(made.milliseconds, 1),
    }


def cycle(picture: Upload, direction: str = "", model: str = "") -> tuple[Image.Image, Image.Image | None, dict]:
    """A picture of any size there and back by a CycleGAN: the translation, the way back, and `cycle_l1`, the mean absolute
    difference in 0..1 between the original and the way back. `direction` is one that the model names, such as horse->zebra
    (empty: its first); `model` is a name from /models (empty: the first CycleGAN)."""
    if not isinstance(direction, str) or not isinstance(model, str):
        raise Trouble("cmp_request")
    chosen = translate_inference.find(model[:300])
    way = translate_inference.way(chosen, direction[:300])
    made = translate_inference.there_and_back(chosen, _read(picture), way)
    details = {
        "model": translate_inference.catalog_name(chosen),
        "direction": way,
        "directions": list(chosen.directions),
        "size": list(made.there.size),
        "cycle_l1": made.cycle,
        "milliseconds": round(made.milliseconds, 1),
    }
    return made.there, made.back, details


def _component(kind, label: str, default=None) -> gr.components.Component:
    """What gradio needs to know of a value: pictures are files, all other values plain JSON."""
    if kind in (Upload, Upload | None, Image.Image, Image.Image | None):
        return gr.Image(label=label, format="png")
    if kind == Pictures:
        return gr.Gallery(label=label, format="png")
    return Api(default, python_type_to_json_schema(kind), label)


def described(function) -> str:
    """The docstring with a line for each parameter, in the form that gradio hands on to agents and the API panel."""
    text = inspect.getdoc(function).split("\n\nArgs:")[0]
    lines = "".join(f"\n    {name}: {VALUES[name]}" for name in inspect.signature(function).parameters)
    return f"{text}\n\nArgs:{lines}" if lines else text


def publish() -> None:
    """Register the endpoints on the page being built. Their components carry types and labels, and are never shown."""
    functions = (models, found, fetch, card, sample, morph, grow, filters, speckles, frame, judge, translate, cycle)
    with gr.Column(visible=False):
        for function in functions:
            signature = inspect.signature(function)
            inputs = [
                _component(p.annotation, VALUES[name], None if p.default is p.empty else p.default)
                for name, p in signature.parameters.items()
            ]
            function.__doc__ = described(function)  # gradio reads what parameters mean from there alone
            kinds = signature.return_annotation
            kinds = kinds.__args__ if getattr(kinds, "__origin__", None) is tuple else (kinds,)
            outputs = [_component(kind, "pictures" if "Image" in str(kind) else "details") for kind in kinds]
            name = function.__name__
            gr.on([], function, inputs, outputs, api_name=name, preprocess=False, concurrency_limit=4)
