"""Lesson 17: CycleGAN. Translate without pairs: there, back, and compare with the original (slides: CycleGAN; Zhu et al. 2017).

    python train/cyclegan.py --data horse2zebra

One generator makes zebras of horses, another makes horses of zebras, and a discriminator for each side knows only real
pictures of that side. Nobody knows the right answer, so the way there and back must end where it began.
"""

from functools import partial

import torch
from torch import Tensor, nn

from ganzoo import images
from ganzoo.models import discriminators
from ganzoo.models.cyclegan_config import Config
from ganzoo.models.discriminators import descend, frozen
from ganzoo.models.features import perceptual_distance
from ganzoo.models.gan import seen
from ganzoo.models.layers import double, init_normal, norm2d
from ganzoo.models.localizer import Masked, coarse_masks
from ganzoo.models.losses import pixel_loss
from ganzoo.models.pix2pix import PatchDiscriminator, UNetGenerator
from ganzoo.models.projected import ProjectedDiscriminator


class Residual(nn.Module):
    """Two 3x3 convolutions whose answer is added to what came in (paper, appendix 7.2)."""

    def __init__(self, features: int, norm: str):
        super().__init__()

        def convolution():
            conv = nn.Conv2d(features, features, 3, bias=norm == "none")
            return [nn.ReflectionPad2d(1), conv, *norm2d(norm, features)]

        self.layers = nn.Sequential(*convolution(), nn.ReLU(), *convolution())

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x)


class ResNetGenerator(nn.Module):
    """Pictures (B, in, H, W) -> (B, out, H, W) in [-1, 1]; H and W multiples of 4 (paper, appendix 7.2). `residual`, ours:
    what the layers say is added to the input before the tanh, so that an untrained network copies. `gate`, ours: one more
    channel says how much of the input stays at each pixel; at first nearly all of it."""

    def __init__(
        self,
        in_channels=3,
        out_channels=3,
        width=64,
        blocks=9,
        norm="instance",
        upsample="resize",
        residual=False,
        gate=False,
    ):
        super().__init__()
        bias, self.residual, self.out_channels, self.gate = norm == "none", residual, out_channels, gate

        def normed(features):
            return [*norm2d(norm, features), nn.ReLU()]

        self.layers = nn.Sequential(
            *(nn.ReflectionPad2d(3), nn.Conv2d(in_channels, width, 7, bias=bias), *normed(width)),
            *(nn.Conv2d(width, 2 * width, 3, stride=2, padding=1, bias=bias), *normed(2 * width)),
            *(nn.Conv2d(2 * width, 4 * width, 3, stride=2, padding=1, bias=bias), *normed(4 * width)),
            *(Residual(4 * width, norm) for _ in range(blocks)),
            *(*double(upsample, 4 * width, 2 * width, bias), *normed(2 * width)),
            *(*double(upsample, 2 * width, width, bias, last=True), *normed(width)),
            *(nn.ReflectionPad2d(3), nn.Conv2d(width, out_channels + gate, 7)),
        )
        self.apply(init_normal)
        if residual:
            nn.init.zeros_(self.layers[-1].weight)

    def forward(self, picture: Tensor) -> Tensor:
        change = self.layers(picture)
        if self.residual:
            if picture.shape[1] != self.out_channels:  # grey and colour
                picture = picture.mean(1, keepdim=True).expand(-1, self.out_channels, -1, -1)
            kept = 1.0
            if self.gate:
                change, logit = change[:, :-1], change[:, -1:]
                kept = torch.sigmoid(logit + 3)  # 3: 95 % stays before anything is learned
            # 0.98: at black and white the inverse of tanh has no end
            change = change + kept * torch.atanh(0.98 * picture)
        return torch.tanh(change)


class ImagePool(nn.Module):
    """Pictures made lately; half of what a discriminator sees comes from here (paper, section 4). It is a module without
    parameters, so that it lies in the resume file like the networks. What is swapped comes with the batch, so a step has no
    Python branch."""

    def __init__(self, size: int, channels: int, side: int):
        super().__init__()
        self.register_buffer("kept", torch.zeros(size, channels, side, side))

    @torch.no_grad()
    def swap(self, made: Tensor, place: Tensor, take: Tensor, put: Tensor) -> Tensor:
        """`made` (B, C, S, S), where `take` (B,) replaced by the picture at `place` (B,); where `put`, made is kept there."""
        old = self.kept[place]
        self.kept[place] = torch.where(put[:, None, None, None], made.to(old.dtype), old)
        return torch.where(take[:, None, None, None], old, made.to(old.dtype))


def build(config: Config) -> dict[str, nn.Module]:
    """generator: A -> B, judged by discriminator, which knows B; generator_back and discriminator_back: the other way."""

    def unmasked(inputs, outputs):
        style = dict(norm=config.norm, upsample=config.upsample)
        if config.generator == "unet":
            return UNetGenerator(inputs, outputs, config.width, config.levels, dropout=0.0, **style)
        style |= dict(residual=config.residual, gate=config.gate)
        return ResNetGenerator(inputs, outputs, config.width, config.blocks, **style)

    def generator(inputs, outputs):
        return Masked(unmasked(inputs, outputs)) if config.masked else unmasked(inputs, outputs)

    a, b = config.in_channels, config.out_channels
    nets: dict[str, nn.Module] = {"generator": generator(a, b), "generator_back": generator(b, a)}
    for way, channels in (("", b), ("_back", a)):
        if config.critic != "projected":
            shape = (channels, config.critic_width, config.patch)
            nets[f"discriminator{way}"] = PatchDiscriminator(*shape, config.norm, config.activation)
        if config.critic != "patch":
            nets[f"projected{way}"] = ProjectedDiscriminator()
    if config.one_way:
        return {role: net for role, net in nets.items() if not role.endswith("_back")}
    for role, channels in (("pool", b), ("pool_back", a)) if config.pool else ():
        nets[role] = ImagePool(config.pool, channels, config.image_size)
    return nets


def columns(config: Config) -> tuple[str, ...]:
    """cycle, identity: mean absolute error of pixels in 0..1; scores: the mean of both sides, and of the way back alone."""
    scores, likenesses = ("score_real", "score_fake", "score_fake_back"), ("likeness", "likeness_back")
    return ("cycle", "identity", "loss_d", "loss_g", *scores, *likenesses)


def prepare(nets, batches, config: Config) -> None:
    """With `masked`, find the masks of all training pictures."""
    if config.masked:
        roles = {"a": "generator", "b": "generator_back"}
        batches.masks = {s: coarse_masks(nets[role].localizer, batches.train[s]) for s, role in roles.items()}


def draw_batch(batches, step: int, config: Config) -> dict[str, Tensor]:
    return batches(step) | (batches.pool_places(step, config.pool) if config.pool else {})


def preview(nets: dict, config: Config, sets, device) -> Tensor:
    """Six test pictures of each side, always the same -> (24, C, S, S): A translated, and back; B translated, and back."""
    a, b = (images.to_float(sets.few(side)).to(device) for side in "ab")
    forth, back = nets["generator"], nets["generator_back"]
    fake_b, fake_a = forth(a), back(b)
    return images.together([fake_b, back(fake_b), fake_a, forth(fake_a)])


def sheet(made: Tensor, sets, scale: int = 1):
    """Six rows as one PIL picture: A, its translation, back again; B, its translation, back again."""
    rows = [*images.to_uint8(made).cpu().split(len(sets.few("a")))]
    if len(rows) != 4:  # the sides show a different number of pictures: only what is sure
        return images.grid(images.to_uint8(made).cpu(), scale=scale)
    rows = [sets.few("a"), *rows[:2], sets.few("b"), *rows[2:]]
    return images.grid(images.together(rows), columns=len(rows[0]), scale=scale)


def held_out(nets: dict, config: Config, sets, device) -> dict[str, float]:
    """Without pairs nobody knows the right answer, so there is nothing to measure."""
    return {}


def train_step(nets, optimizers, batch, config) -> Tensor:
    """One round. `batch`: "a" and "b", pictures of the two sides in [-1, 1], with `masked` their masks as well, and the pool's
    places. Returns `columns`."""
    a, b, judges = batch["a"], batch["b"], discriminators.present(nets, "", "_back")
    forth, back = (partial(translated, nets[role], batch, config) for role in ("generator", "generator_back"))
    fake_b, fake_a = forth(a, "a").float(), back(b, "b").float()
    shown = {
        "": (judged(batch, config, b, "b"), judged(batch, config, fake_b, "a")),
        "_back": (judged(batch, config, a, "a"), judged(batch, config, fake_a, "b")),
    }

    # Step 1, train the discriminators: real pictures of their side are 1, made ones, new or remembered, are 0.
    loss_d, real, fake = 0.0, [], []
    for way, (truth, made) in shown.items():
        made = made.detach()
        if f"pool{way}" in nets:
            made = nets[f"pool{way}"].swap(made, batch["place"], batch["take"], batch["put"])
        on_real, on_made = (discriminators.score(nets, config, seen(x, config), way) for x in (truth, made))
        loss_d = loss_d + discriminators.discriminator_loss(on_real, on_made)
        real.append(discriminators.opinion(on_real))
        fake.append(discriminators.opinion(on_made))
    descend(loss_d, optimizers, judges)
    alike = [likeness(a, fake_b.detach()), likeness(b, fake_a.detach())]

    # Step 2, train the generators: the discriminators should say 1; there and back should end at the original (equation
    # 2); and what is of the other side already should stay as it is (section 5.2).
    with frozen(nets, judges):
        loss_g = 0.0
        for way, (truth, made) in shown.items():
            on_fake, on_real = discriminators.score(nets, config, seen(made, config), way), None
            if config.adversarial == "relativistic":
                on_real = discriminators.score(nets, config, seen(truth, config), way)
            loss_g = loss_g + discriminators.generator_loss(on_fake, on_real)
        loss, cycle = returned(nets, ((back(fake_b, "a"), a), (forth(fake_a, "b"), b)), config)
        same = torch.zeros_like(cycle)
        if config.identity and a.shape[1] == b.shape[1]:
            kept, same = returned(nets, ((back(a, "a"), a), (forth(b, "b"), b)), config)
            loss = loss + config.identity * kept
        descend(loss_g + loss, optimizers, ["generator", "generator_back"])
    losses = [cycle / 4, same / 4, loss_d.detach() / 2, loss_g.detach() / 2]
    return torch.stack([*losses, sum(real) / 2, sum(fake) / 2, fake[1], *alike])


def translated(generator: nn.Module, batch: dict, config: Config, pictures: Tensor, side: str) -> Tensor:
    """`pictures`: the batch's `side`, or what was made of it. With `masked`, both use the mask of that side."""
    return generator(pictures, batch[f"mask_{side}"]) if config.masked else generator(pictures)


def judged(batch: dict, config: Config, pictures: Tensor, side: str) -> Tensor:
    """What the discriminators see of the batch's `side`, or of what was made of it. With `masked` only where the thing surely
    is: the generators leave the background alone, so it would give real pictures away (Mejjati et al. 2018, section 3.2)."""
    return pictures * batch[f"sure_{side}"] if config.masked else pictures


def judged_fakes(nets: dict, batch: dict, config: Config, way: str) -> Tensor:
    """What discriminator{way} sees of the pictures that generator{way} makes."""
    side = "b" if way else "a"
    return judged(batch, config, translated(nets[f"generator{way}"], batch, config, batch[side], side), side)


def returned(nets: dict, pairs, config: Config) -> tuple[Tensor, Tensor]:
    """(what came back, what it should be) for what began at A and for what began at B -> the loss, pixels by --cycle and
    features by --perceptual, and the sum of the mean absolute errors of pixels in [-1, 1] for the log. The two may weigh
    differently (`cycle_back`), as lambda A and lambda B do in the paper's code."""
    pairs = [(made.float(), original) for made, original in pairs]
    errors = [pixel_loss(made, original) for made, original in pairs]
    loss = config.cycle * errors[0] + (config.cycle_back or config.cycle) * errors[1]
    for made, original in pairs if config.perceptual else ():
        with torch.no_grad():
            wanted = nets["features"](original)
        loss = loss + config.perceptual * perceptual_distance(nets["features"](made), wanted)
    return loss, sum(errors).detach()


def likeness(original: Tensor, made: Tensor) -> Tensor:
    """Correlation of the brightness of two batches, -1 .. 1: below 0 the colours are turned round, near 1 nothing changed."""
    x, y = (p.mean(1).flatten(1) for p in (original, made))
    x, y = x - x.mean(1, keepdim=True), y - y.mean(1, keepdim=True)
    return ((x * y).sum(1) / (x.norm(dim=1) * y.norm(dim=1)).clamp(min=1e-6)).mean()


def penalty_step(nets, optimizers, batch, config) -> None:
    """The gradient penalty (--r1) on both sides; see discriminators.penalty_step."""
    for way, real in (("", "b"), ("_back", "a")):
        truth, make = judged(batch, config, batch[real], real), partial(judged_fakes, nets, batch, config, way)
        discriminators.penalty_step(nets, optimizers, way, truth, make, partial(seen, config=config), config)
