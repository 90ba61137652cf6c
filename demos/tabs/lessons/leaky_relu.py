"""Row 16, first hack: a ReLU unit that is below zero for every picture gets no gradient any more; LeakyReLU's slope of
0.2 lets it come back. Two networks, alike but for that, learn to read digits for a moment while their units are counted."""

from functools import lru_cache
from html import escape

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganzoo.models.layers import activation

from ...catalog import local
from ...ui.charts import chart
from ...ui.html import grid, prose, said
from ...ui.words import Trouble, Words
from .controls import choice

RATES = ("0.001", "0.003", "0.01", "0.03")
VALUES = {"rate": choice("0.03", "relu_rate", RATES)}
STEPS, EVERY, BATCH, WIDTH, PICTURES = 120, 4, 64, 96, 1024
KINDS = {"relu": "plain second", "leaky_relu": "plain"}  # and their lines


@lru_cache(maxsize=1)
def digits() -> tuple[Tensor, Tensor]:
    """Digits to learn from, offline: drawn by the bundled conditional creator, each with the label it was asked for."""
    model = local.open_model("cgan-mnist")
    labels = torch.arange(PICTURES) % 10
    return model.tensor(model.noise(PICTURES, 16), labels.tolist()).flatten(1), labels


def reader(kind: str) -> nn.Sequential:
    """Dense WIDTH, activation, dense WIDTH, activation, ten scores; the same first weights for either activation."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        first, second, last = nn.Linear(784, WIDTH), nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 10)
    return nn.Sequential(first, activation(kind), second, activation(kind), last)


@torch.no_grad()
def silent(net: nn.Sequential, pictures: Tensor) -> Tensor:
    """Which hidden units are below zero for every picture, (2 * WIDTH,): with ReLU no gradient reaches their weights."""
    first = net[0](pictures)
    second = net[2](net[1](first))
    return torch.cat([(first <= 0).all(0), (second <= 0).all(0)])


@lru_cache(maxsize=len(RATES) * 2)
def learn(kind: str, rate: str) -> dict:
    """Train for STEPS steps with Adam and count: the share of silent units, how often one came back, what was learnt."""
    pictures, labels = digits()
    net, dice = reader(kind), torch.Generator().manual_seed(0)
    adam = torch.optim.Adam(net.parameters(), float(rate), (0.5, 0.999))
    before, shares, back = silent(net, pictures), [], 0
    for step in range(STEPS + 1):
        if step % EVERY == 0:
            now = silent(net, pictures)
            back += int((before & ~now).sum())
            shares.append(float(now.float().mean()))
            before = now
        chosen = torch.randint(0, PICTURES, (BATCH,), generator=dice)
        adam.zero_grad()
        F.cross_entropy(net(pictures[chosen]), labels[chosen]).backward()
        adam.step()
    with torch.no_grad():
        right = float((net(pictures).argmax(1) == labels).float().mean())
    return {"shares": shares, "back": back, "right": right}


def chain(kind: str, first: float = -0.8, second: float = 1.5) -> tuple[list[float], float]:
    """The factors of the gradient of y = second * f(first * x) by `first`, at x = 1, and that gradient itself by autograd."""
    weight, act = torch.tensor(first, requires_grad=True), activation(kind)
    inside = (weight * 1.0).detach().requires_grad_()
    act(inside).backward()
    (second * act(weight * 1.0)).backward()
    return [second, inside.grad.item(), 1.0], weight.grad.item()


CODE = (activation, chain, reader, silent, learn)


def show(words: Words, rate) -> str:
    if str(rate) not in RATES:
        raise Trouble("bad_rate", known=", ".join(RATES))
    found = {kind: learn(kind, str(rate)) for kind in KINDS}
    lines = [(words(f"relu_{kind}"), colour, list(enumerate(found[kind]["shares"]))) for kind, colour in KINDS.items()]
    learnt = []
    for kind, f in found.items():
        values = {"share": f"{f['shares'][-1]:.0%}", "back": f["back"], "right": f"{f['right']:.0%}"}
        learnt.append(words("relu_said", kind=words(f"relu_{kind}"), **values))
    more = found["relu"]["shares"][-1] > found["leaky_relu"]["shares"][-1] + 0.005
    verdict = words("relu_more" if more else "relu_even")
    end = (len(lines[0][2]) - 1, words("step_axis", step=STEPS))
    drawn = chart(words("relu_silent"), lines, 1.0, end, True, " ".join(learnt))
    return grid(_curves(words), drawn) + said(verdict) + "".join(map(prose, learnt))


def _curves(words: Words) -> str:
    """Both functions from -4 to 4; left of 0 is where they differ."""
    xs = torch.linspace(-4, 4, 33)
    lines, keys = "", ""
    for kind, line in KINDS.items():
        points = " ".join(
            f"{240 + x * 55:.0f},{150 - y * 33:.1f}"
            for x, y in zip(xs.tolist(), activation(kind)(xs).tolist(), strict=True)
        )
        lines += f'<polyline class="{line}" points="{points}"/>'
        keys += f'<span class="gz-key {line}">{escape(words(f"relu_{kind}"))}</span>'
    name, off = escape(words("relu_curves")), escape(words("relu_off"))
    drawn = (
        f'<svg class="gz-svg" viewBox="0 0 480 190" role="img" aria-label="{name}"><rect width="240" height="190"/>'
        f'<path class="grid" d="M0 150H480M240 0V190"/>{lines}<text x="12" y="22">{off}</text></svg>'
    )
    return f'<figure class="gz-chart"><figcaption><b>{name}</b>{keys}</figcaption>{drawn}</figure>'


def formula(words: Words) -> str:
    rows = []
    for kind in KINDS:
        factors, whole = chain(kind)
        product = r" \times ".join(f"{factor:g}" for factor in factors)
        rows.append(rf"\text{{{words(f'relu_{kind}')}}} &: {product} = {whole:g}")
    parts = r" \times ".join(rf"\text{{{words(key)}}}" for key in ("relu_layer", "relu_activation", "relu_before"))
    lines = r" \\ ".join([rf"\frac{{\partial L}}{{\partial W}} &= {parts} \times \dots", *rows])
    return rf"\begin{{aligned}} {lines} \end{{aligned}}"
