"""Row 0: creating expands an inspiration to a picture, recognising shrinks a picture to one answer; who says what is right?"""

from html import escape

import torch
from torch import Tensor

from ganzoo.images import to_pil
from ganzoo.inference import Model
from ganzoo.models.gan import Generator

from ...catalog import local
from ...ui.html import figure, flow, image, section, signed, square
from ...ui.words import Words
from .lesson import Lesson, seed

VALUES = {"idea": seed(21)}


@torch.no_grad()
def recognise(picture: Tensor) -> list[Tensor]:
    """What is left of a picture (1, 1, 28, 28) on the way to an answer: (784,), (128,), the shares of ten answers (10,)."""
    net = local.judge("mnist").generator
    features = net.features(picture)
    return [picture.flatten(), features[0], net.last(features)[0].softmax(0)]


@torch.no_grad()
def create(model: Model, seed: int) -> list[Tensor]:
    """What an inspiration becomes on the way to a picture: (100,), (256,), (512,), (1, 28, 28)."""
    return [stage[0] for stage in model.generator.stages(model.noise(1, seed))]


def show(words: Words, seed: int) -> str:
    noise, *hidden, picture = create(local.open_model("gan-mnist"), seed)
    _, features, answers = recognise(picture[None])
    work = as_work(words, picture)
    answer = escape(words("opening_answer", share=f"{float(answers.max()):.0%}"))
    verdict = figure(f'<output class="gz-verdict">{int(answers.argmax())}</output>', answer)
    growing = [as_numbers(words, noise, "opening_idea"), *(as_numbers(words, stage) for stage in hidden), work]
    recognising = flow(work, as_numbers(words, features), verdict)
    creator = section(words("opening_create"), flow(*growing), kind="creator")
    return creator + section(words("opening_recognise"), recognising, kind="critic")


def as_numbers(words: Words, values: Tensor, key: str = "opening_numbers") -> str:
    """A vector as a square, its count under it."""
    text = words(key, count=values.numel())
    return figure(image(signed(square(values)), text), escape(text))


def as_work(words: Words, picture: Tensor) -> str:
    """A picture (1, 28, 28), the count of its pixels under it."""
    work = image(to_pil(picture[None])[0], words("opening_work"))
    return figure(work, escape(words("opening_pixels", count=picture.numel())))


LESSON = Lesson("opening", 0, VALUES, show, (recognise, create, Generator.stages))
