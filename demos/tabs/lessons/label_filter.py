"""Row 6: the label is a filter that multiplies. One inspiration before, the filter, the inspiration after; then the same for
the critic, which filters the picture position by position."""

from html import escape

import torch
from torch import Tensor

from ganzoo.images import to_pil
from ganzoo.models import cgan
from ganzoo.models.losses import as_opinion

from ...catalog import local
from ...ui.html import bar, figure, flow, image, legend, said, section, signed, square
from ...ui.words import Words
from .lesson import Lesson, choice, seed

VALUES = {"label": choice(3, "label_choice", range(10), "bad_label"), "idea": seed(7)}


@torch.no_grad()
def filtered(model, label: int, seed: int) -> dict[str, Tensor]:
    """Everything that one inspiration and its picture pass through under a label: creator and critic, filter by filter."""
    labels = torch.tensor([label])
    noise, after, *_, picture = model.generator.stages(model.noise(1, seed), labels)
    _, seen, *_, raw = model.discriminator.stages(picture, labels)
    return {
        "noise": noise[0],
        "creator": model.generator.filter.weight[label],
        "after": after[0],
        "picture": picture[0],
        "critic": model.discriminator.filter.weight[label].view_as(picture[0]),
        "seen": seen.view_as(picture)[0],
        "score": as_opinion(raw.float(), model.config.adversarial).flatten(),
    }


def show(words: Words, label: int, seed: int) -> str:
    model = local.open_model("cgan-mnist")
    found, name = filtered(model, label, seed), words.label(model.classes[label])
    turned = float(((found["noise"] > 0) != (found["after"] > 0)).float().mean())
    flat = float((found["creator"].abs() < 0.5).float().mean())
    work, opinion = to_pil(found["picture"][None])[0], float(found["score"])
    picture = figure(image(work, words("asked_alt", label=name)), escape(words("label_picture")))
    scored = figure(bar(opinion, number=f"{opinion:.2f}", kind="critic score"), escape(words("stage_score")))
    creator = [*(_cell(words, found, key, name) for key in ("noise", "creator", "after")), picture]
    critic = [picture, *(_cell(words, found, key, name) for key in ("critic", "seen")), scored]
    return (
        said(words("label_said", label=name, turned=f"{turned:.0%}", flat=f"{flat:.0%}"))
        + section(words("label_creator"), flow(*creator, signs="×=→"), kind="creator")
        + section(words("label_critic"), flow(*critic, signs="×=→"), kind="critic")
        + legend(words("against"), words("for"))
    )


def _cell(words: Words, found: dict, key: str, label: str) -> str:
    """Numbers as green and purple: a vector as a square, a picture as it lies."""
    values = found[key]
    sheet = square(values) if values.ndim == 1 else values.mean(0)
    text = words(f"label_{key}" + ("_filter" if key in ("creator", "critic") else ""), label=label)
    return figure(image(signed(sheet), f"{text}, {words('stage_alt', count=values.numel())}"), escape(text))


LESSON = Lesson("label", 6, VALUES, show, (cgan.Generator.stages, cgan.Discriminator.stages, filtered))
