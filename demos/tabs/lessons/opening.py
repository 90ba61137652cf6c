"""Row 0: recognising shrinks a picture to one answer, creating expands an inspiration to a picture; who says what is right?"""

from html import escape

import torch
from torch import Tensor

from ganzoo.images import to_pil
from ganzoo.inference import Model
from ganzoo.models.gan import Generator

from ...catalog import local
from ...ui.html import figure, flow, image, section, signed, square
from ...ui.words import Words
from .controls import seed

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


CODE = (recognise, create, Generator.stages)


def show(words: Words, seed) -> str:
    seed = local.seed_of(seed)
    noise, *hidden, picture = create(local.open_model("gan-mnist"), seed)
    pixels, features, answers = recognise(picture[None])
    picture = image(to_pil(picture[None])[0], words("opening_work"))
    work = figure(picture, escape(words("opening_pixels", count=pixels.numel())))
    answer = escape(words("opening_answer", share=f"{float(answers.max()):.0%}"))
    verdict = figure(f'<output class="gz-verdict">{int(answers.argmax())}</output>', answer)
    growing = [_numbers(words, noise, "opening_idea"), *(_numbers(words, stage) for stage in hidden)]
    recognising = flow(work, _numbers(words, features), verdict)
    return section(words("opening_recognise"), recognising, kind="critic") + section(
        words("opening_create"), flow(*growing, work), kind="creator"
    )


def _numbers(words: Words, values: Tensor, key: str = "opening_numbers") -> str:
    text = words(key, count=values.numel())
    return figure(image(signed(square(values)), text), escape(text))
