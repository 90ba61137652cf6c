"""Row 16, first hack: a ReLU unit that is below zero for every picture gets no gradient any more; LeakyReLU's slope of
0.2 lets it come back. Two networks, alike but for that, learn to read digits for a moment while their units are counted.

In the second half the learning rate falls to 0, as in most trainings: without that, what was learnt last is chance. At 0.03
LeakyReLU then reads 97 to 98% of the digits and ReLU 10 to 78% (measured with 16 seeds)."""

from functools import lru_cache
from html import escape

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganzoo.models.layers import activation

from ...catalog import local
from ...ui.charts import chart
from ...ui.html import grid, prose, said, svg
from ...ui.words import Words
from .lesson import Lesson, choice

RATES = ("0.001", "0.003", "0.01", "0.03")
VALUES = {"rate": choice("0.03", "relu_rate", RATES, "bad_rate")}
STEPS, EVERY, BATCH, WIDTH, PICTURES = 120, 4, 64, 96, 1024
KINDS = {"leaky_relu": "plain", "relu": "plain second"}  # and their lines


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
    """Train for STEPS steps with Adam and count: the share of silent units, how often one rose again, what was learnt."""
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
        adam.param_groups[0]["lr"] = float(rate) * min(1.0, 2 - 2 * step / STEPS)
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


def show(words: Words, rate: str) -> str:
    xs, end = torch.linspace(-4, 4, 33), (STEPS // EVERY, words("step_axis", step=STEPS))
    curves = f'<rect width="240" height="190"/><text x="12" y="22">{escape(words("relu_off"))}</text>'
    curves += '<path class="grid" d="M0 150H480M240 0V190"/>'
    keys, lines, learnt = "", [], []
    for kind, line in KINDS.items():
        name, found = words(f"relu_{kind}"), learn(kind, rate)
        places = torch.stack([240 + xs * 55, 150 - activation(kind)(xs) * 33], 1).tolist()
        curves += f'<polyline class="{line}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}"/>'
        keys += f'<span class="gz-key {line}">{escape(name)}</span>'
        lines.append((name, line, list(enumerate(found["shares"]))))
        values = {"share": f"{found['shares'][-1]:.0%}", "back": found["back"], "right": f"{found['right']:.0%}"}
        learnt.append(words("relu_dead" if kind == "relu" else "relu_risen", kind=name, **values))
    title = words("relu_curves")
    caption = f"<figcaption><b>{escape(title)}</b>{keys}</figcaption>"
    functions = f'<figure class="gz-chart">{caption}{svg(480, 190, title, curves)}</figure>'
    drawn = chart(words("relu_silent"), lines, 1.0, end, True, " ".join(learnt))
    better = learn("leaky_relu", rate)["right"] > learn("relu", rate)["right"] + 0.1
    return grid(functions, drawn) + said(words("relu_better" if better else "relu_even")) + "".join(map(prose, learnt))


def _product(kind: str) -> str:
    factors, whole = chain(kind)
    return rf"\text{{$relu_{kind}}} &: " + r" \times ".join(f"{factor:g}" for factor in factors) + f" = {whole:g}"


FORMULA = (
    r"\begin{aligned} \frac{\partial L}{\partial W} &= \text{$relu_layer} \\ &\quad \times \text{$relu_activation}"
    rf" \\ &\quad \times \text{{$relu_before}} \times \dots"
    rf" \\ {_product('relu')} \\ {_product('leaky_relu')} \end{{aligned}}"
)


LESSON = Lesson("relu", 16, VALUES, show, (activation, chain, reader, silent, learn), FORMULA, number="16a")
