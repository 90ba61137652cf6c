"""Row 1: a GAN as a picture: inspiration -> creator -> work -> critic -> 0 or 1, and the creator layer by layer."""

from html import escape

import torch
from torch import Tensor, nn

from ganzoo.images import to_pil
from ganzoo.models.gan import Discriminator, Generator
from ganzoo.models.losses import as_opinion

from ...catalog import local
from ...ui.html import figure, flow, image, signed, square
from ...ui.words import Words
from .controls import seed

VALUES = {"idea": seed(42)}
KERAS = {"Linear": "Dense", "BatchNorm1d": "Batch Normalization"}  # the course's names


def layers(net: nn.Module) -> list[tuple[str, int, int]]:
    """(name, outputs, numbers) of every layer that holds numbers; Keras counts a norm's running statistics, too."""
    found = []
    for layer in net.modules():
        if type(layer).__name__ in KERAS:
            kept = [*layer.parameters(), *(b for b in layer.buffers() if b.ndim)]
            outputs = layer.out_features if isinstance(layer, nn.Linear) else layer.num_features
            found.append((KERAS[type(layer).__name__], outputs, sum(x.numel() for x in kept)))
    return found


@torch.no_grad()
def judge(model, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """One inspiration (1, 100), the work that the creator makes of it (1, 1, 28, 28), the critic's opinion (1,) 0 to 1."""
    noise = model.noise(1, seed)
    work = model.generator(noise)
    return noise, work, as_opinion(model.discriminator(work), model.config.adversarial).flatten()


CODE = (layers, judge, Generator.__init__, Discriminator.__init__)


def show(words: Words, seed) -> str:
    seed = local.seed_of(seed)
    noise, work, opinion = judge(local.open_model("gan-mnist"), seed)
    idea = words("opening_idea", count=noise.numel())
    picture = image(to_pil(work)[0], words("opening_work"))
    return flow(
        figure(image(signed(square(noise[0])), idea), escape(idea)),
        _network(words, "creator", (100, 256, 512, 784)),
        figure(picture, escape(words("opening_pixels", count=work.numel()))),
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
    name = escape(words(f"gan_{role}"))
    return figure(f'<svg class="gz-svg {role}" viewBox="0 0 150 170" role="img" aria-label="{name}">{bars}</svg>', name)


def numbers(words: Words) -> tuple[list, list]:
    with torch.device("meta"):  # only counted
        net = Generator()
    found, trained = layers(net), sum(x.numel() for x in net.parameters())
    whole = sum(numbers for *_, numbers in found)
    rows = [[name, outputs, f"{numbers:,}"] for name, outputs, numbers in found]
    rows += [[f"**{words('gan_whole')}**", "", f"**{whole:,}**"], [words("gan_trained"), "", f"{trained:,}"]]
    rows.append([words("gan_counted"), "", f"{whole - trained:,}"])
    return [words(key) for key in ("gan_layer", "gan_outputs", "gan_numbers")], rows
