"""Row 1: a GAN as a picture: inspiration -> creator -> work -> critic -> 0 or 1, and the creator layer by layer."""

from html import escape

import torch
from torch import Tensor, nn

from ganzoo.models.gan import Discriminator, Generator
from ganzoo.models.losses import as_opinion

from ...catalog import local
from ...ui.html import figure, flow, svg
from ...ui.words import Words
from .lesson import Lesson, seed
from .opening import as_numbers, as_work

VALUES = {"idea": seed(42)}
KERAS = {nn.Linear: "Dense", nn.BatchNorm1d: "Batch Normalization"}  # the course's names


def layers(net: nn.Module) -> list[tuple[str, int, int]]:
    """(name, outputs, numbers) of every layer that holds numbers; Keras counts a norm's running statistics, too."""
    found = []
    for layer in net.modules():
        if type(layer) in KERAS:
            kept = [*layer.parameters(), *(b for b in layer.buffers() if b.ndim)]
            outputs = layer.out_features if isinstance(layer, nn.Linear) else layer.num_features
            found.append((KERAS[type(layer)], outputs, sum(x.numel() for x in kept)))
    return found


@torch.no_grad()
def judge(model, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """One inspiration (1, 100), the work that the creator makes of it (1, 1, 28, 28), the critic's opinion (1,) 0 to 1."""
    noise = model.noise(1, seed)
    work = model.generator(noise)
    return noise, work, as_opinion(model.discriminator(work), model.config.adversarial).flatten()


def show(words: Words, seed: int) -> str:
    noise, work, opinion = judge(local.open_model("gan-mnist"), seed)
    return flow(
        as_numbers(words, noise[0], "opening_idea"),
        _network(words, "creator", (100, 256, 512, 784)),
        as_work(words, work[0]),
        _network(words, "critic", (784, 512, 256, 1)),
        figure(f'<output class="gz-verdict">{float(opinion):.2f}</output>', escape(words("gan_opinion"))),
    )


def _network(words: Words, role: str, sizes: tuple) -> str:
    """A network as bars, one a layer, as long as the layer is wide (by its root: 784 beside 1)."""
    bars = "".join(
        f'<rect x="{20 + i * 34}" y="{74 - 2.4 * size**0.5:.1f}" width="16" height="{4.8 * size**0.5:.1f}" rx="2"/>'
        f'<text x="{28 + i * 34}" y="164" text-anchor="middle">{size}</text>'
        for i, size in enumerate(sizes)
    )
    name = words(f"gan_{role}")
    return figure(svg(150, 170, name, bars, kind=role), escape(name))


def numbers(words: Words) -> list[list]:
    with torch.device("meta"):  # only counted
        net = Generator()
    found, trained = layers(net), sum(x.numel() for x in net.parameters())
    whole = sum(numbers for *_, numbers in found)
    return [
        [words(key) for key in ("gan_layer", "gan_outputs", "gan_numbers")],
        *([name, outputs, f"{numbers:,}"] for name, outputs, numbers in found),
        [f"**{words('gan_whole')}**", "", f"**{whole:,}**"],
        [words("gan_trained"), "", f"{trained:,}"],
        [words("gan_counted"), "", f"{whole - trained:,}"],
    ]


LESSON = Lesson("gan", 1, VALUES, show, (layers, judge, Generator.__init__, Discriminator.__init__), numbers=numbers)
