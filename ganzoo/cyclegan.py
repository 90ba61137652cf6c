"""Lesson 17: CycleGAN. Translate without pairs: there, back, and compare with the original (slides: CycleGAN; Zhu et al. 2017).

    python train/cyclegan.py --data horse2zebra

One creator makes zebras of horses, another makes horses of zebras, and a critic for each side knows only real pictures of
that side. Nobody knows the right answer, so the way there and back must end where it began.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from ganzoo import images
from ganzoo.gan import seen
from ganzoo.layers import NORMS, double, init_normal, norm2d, parts
from ganzoo.losses import as_opinion, creator_loss, critic_loss, pixel_loss, r1_penalty
from ganzoo.patches import PATCHES
from ganzoo.patches import WORDS as PATCH_WORDS
from ganzoo.pix2pix import PatchDiscriminator, UNetGenerator
from ganzoo.settings import Settings, option
from ganzoo.unpaired import Unpaired
from ganzoo.unpairedsources import read_data

__all__ = ["Config", "ImagePool", "ResNetGenerator", "build", "columns", "draw_batch", "penalty_step", "preview"]
__all__ += ["read_data", "sheet", "train_step"]


@dataclass
class Config(Settings):
    """Settings of lesson 17; the defaults are the paper's (section 4 and appendix 7)."""

    lesson: ClassVar[str] = "cyclegan"
    needs_labels: ClassVar[bool] = False

    data: str = option("horse2zebra", "horse2zebra | a folder | two folders or two data sets on the Hub: this,that")
    epochs: int = option(200, "passes over the larger of the two sets", low=1, high=100_000)
    batch_size: int = option(1, "pictures of each side in one step", low=1, high=4096)
    accumulate: int = option(
        1, "parts in which a batch goes through the networks where the whole does not fit in memory", low=1, high=4096
    )
    image_size: int = option(256, "side of the square crops in pixels", low=16, high=1024)
    load_size: int = option(
        0, "side of the pictures that are cropped from (0: 286/256 of --image-size)", low=0, high=4096
    )
    decay: float = option(0.5, "last share of the run in which the learning rates sink to 0", low=0.0, high=1.0)
    adversarial: str = option("lsgan", "adversarial loss", choices=("bce", "lsgan", "hinge"))
    domains: str = option("", "names of the two sides: horse,zebra")
    cycle: float = option(10.0, "weight of the way there and back", low=0.0, high=1e6)
    identity: float = option(
        0.5, "how much a zebra should stay as it is on the way to zebras, times --cycle", low=0.0, high=100.0
    )
    pool: int = option(
        50, "made pictures that each critic is reminded of (0: only the present ones)", low=0, high=10_000
    )
    generator: str = option("resnet", "kind of the generators", choices=("resnet", "unet"))
    blocks: int = option(9, "residual blocks of a resnet generator; 6 do for 128 pixels", low=1, high=32)
    residual: bool = option(
        False,
        "a resnet generator begins as a copy of its input and learns only what to change: quicker, and it stays sharp",
    )
    width: int = option(64, "features of the generators' first layer", low=1, high=512)
    upsample: str = option(
        "resize",
        "how the generators double the size; deconv3 is the reference code's, its kernel is no multiple of its stride",
        choices=("resize", "bilinear", "deconv", "deconv3"),
    )
    critic_width: int = option(64, "features of the discriminators' first layer", low=1, high=512)
    patch: int = option(
        70, "side in pixels of what one score of a discriminator sees", choices=tuple(PATCHES), words=PATCH_WORDS
    )
    norm: str = option("instance", "normalization in all four networks", choices=NORMS)
    activation: str = option("leaky_relu", "activation of the critics", choices=("leaky_relu", "relu"))
    # from the data
    in_channels: int = option(3, "channels of side A", flag=False, choices=(1, 3))
    out_channels: int = option(3, "channels of side B", flag=False, choices=(1, 3))
    direction: str = option("", "the forward direction: horse->zebra", flag=False)
    # from a converted file (train/convert.py)
    one_way: bool = option(False, "there is no generator for the way back", flag=False)

    @property
    def levels(self) -> int:
        """Halvings of the U-Net kind."""
        return min(8, (self.image_size & -self.image_size).bit_length() - 1)

    @property
    def size_multiple(self) -> int:
        # A resnet halves twice and mirrors one pixel at quarter size, so it needs two there.
        return 2**self.levels if self.generator == "unet" else 8

    @property
    def problem(self) -> str:
        """What cannot be built. Nothing if all fits."""
        if self.residual and self.generator != "resnet":
            return "--residual is for --generator resnet: a U-Net joins its input to its output in its own way."
        return ""

    @property
    def directions(self) -> tuple[str, ...]:
        """("horse->zebra", "zebra->horse"); the first alone where there is no way back."""
        a, _, b = self.direction.partition("->")
        return (f"{a}->{b}",) if self.one_way else (f"{a}->{b}", f"{b}->{a}")


class Residual(nn.Module):
    """Two 3x3 convolutions whose answer is added to what came in (paper, appendix 7.2)."""

    def __init__(self, features: int, norm: str):
        super().__init__()
        self.layers = nn.Sequential(
            *(
                nn.ReflectionPad2d(1),
                nn.Conv2d(features, features, 3, bias=norm == "none"),
                *norm2d(norm, features),
                nn.ReLU(),
            ),
            *(nn.ReflectionPad2d(1), nn.Conv2d(features, features, 3, bias=norm == "none"), *norm2d(norm, features)),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x)


class ResNetGenerator(nn.Module):
    """Pictures (B, in, H, W) -> (B, out, H, W) in [-1, 1]; H and W multiples of 4 (paper, appendix 7.2).

    7x7, two halvings, `blocks` residual blocks at quarter size, two doublings, 7x7, tanh; the edges are mirrored.
    `residual`, ours: what the layers say is added to the input before the tanh, so that an untrained network copies.
    """

    def __init__(
        self, in_channels=3, out_channels=3, width=64, blocks=9, norm="instance", upsample="resize", residual=False
    ):
        super().__init__()
        bias, self.residual, self.out_channels = norm == "none", residual, out_channels

        def normed(features):
            return [*norm2d(norm, features), nn.ReLU()]

        self.layers = nn.Sequential(
            *(nn.ReflectionPad2d(3), nn.Conv2d(in_channels, width, 7, bias=bias), *normed(width)),
            *(nn.Conv2d(width, 2 * width, 3, stride=2, padding=1, bias=bias), *normed(2 * width)),
            *(nn.Conv2d(2 * width, 4 * width, 3, stride=2, padding=1, bias=bias), *normed(4 * width)),
            *(Residual(4 * width, norm) for _ in range(blocks)),
            *(*double(upsample, 4 * width, 2 * width, bias), *normed(2 * width)),
            *(*double(upsample, 2 * width, width, bias), *normed(width)),
            *(nn.ReflectionPad2d(3), nn.Conv2d(width, out_channels, 7)),
        )
        self.apply(init_normal)
        if residual:
            nn.init.zeros_(self.layers[-1].weight)

    def forward(self, picture: Tensor) -> Tensor:
        change = self.layers(picture)
        if self.residual:
            if picture.shape[1] != self.out_channels:  # grey and colour
                picture = picture.mean(1, keepdim=True).expand(-1, self.out_channels, -1, -1)
            change = change + torch.atanh(0.98 * picture)  # 0.98: at black and white the inverse of tanh has no end
        return torch.tanh(change)


class ImagePool(nn.Module):
    """Pictures made lately, kept on the device; half of what a critic is shown comes from here (paper, section 4).

    It is a module without parameters, so that it lies in the resume file like the networks. Which place is used, and
    whether old and new change places, comes with the batch: a function of (seed, step), so a step has no Python branch.
    """

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
    """The networks of a config, with fresh weights. generator: A -> B, judged by discriminator, which knows B;
    generator_back: B -> A, judged by discriminator_back, which knows A."""

    def creator(inputs, outputs):
        if config.generator == "unet":
            return UNetGenerator(
                inputs, outputs, config.width, config.levels, norm=config.norm, upsample=config.upsample, dropout=0.0
            )
        return ResNetGenerator(
            inputs, outputs, config.width, config.blocks, config.norm, config.upsample, config.residual
        )

    a, b = config.in_channels, config.out_channels
    nets: dict[str, nn.Module] = {
        "generator": creator(a, b),
        "generator_back": creator(b, a),
        "discriminator": PatchDiscriminator(b, config.critic_width, config.patch, config.norm, config.activation),
        "discriminator_back": PatchDiscriminator(a, config.critic_width, config.patch, config.norm, config.activation),
    }
    if config.one_way:
        return {role: net for role, net in nets.items() if not role.endswith("_back")}
    if config.pool:
        nets |= {
            "pool": ImagePool(config.pool, b, config.image_size),
            "pool_back": ImagePool(config.pool, a, config.image_size),
        }
    return nets


def columns(config: Config) -> tuple[str, ...]:
    """Names of the numbers that `train_step` returns. cycle, identity: mean absolute error of pixels in 0..1; likeness: how
    far a translation resembles its original, as a correlation; the scores of the two critics, and of the way back alone."""
    return (
        *("cycle", "identity", "loss_d", "loss_g", "score_real", "score_fake", "score_fake_back"),
        *("likeness", "likeness_back"),
    )


def draw_batch(batches, step: int, config: Config) -> dict[str, Tensor]:
    """Pictures of both sides and, if there is a pool, which of its places this step uses."""
    return batches(step) | (batches.pool_places(step, config.pool) if config.pool else {})


def preview(nets: dict, config: Config, sets: Unpaired, device) -> Tensor:
    """Six test pictures of each side, always the same -> (24, C, S, S): A translated, and back; B translated, and back."""
    a, b = (images.to_float(sets.few(side)).to(device) for side in "ab")
    forth, back = nets["generator"], nets["generator_back"]
    fake_b, fake_a = forth(a), back(b)
    return torch.cat(_alike([fake_b, back(fake_b), fake_a, forth(fake_a)]))


def sheet(made: Tensor, sets: Unpaired, scale: int = 1):
    """Six rows as one PIL picture: A, its translation, back again; B, its translation, back again."""
    rows = [*images.to_uint8(made).cpu().split(len(sets.few("a")))]
    if len(rows) != 4:  # the sides show a different number of pictures: only what is sure
        return images.grid(images.to_uint8(made).cpu(), scale=scale)
    rows = [sets.few("a"), *rows[:2], sets.few("b"), *rows[2:]]
    return images.grid(torch.cat(_alike(rows)), columns=len(rows[0]), scale=scale)


def _alike(rows: list[Tensor]) -> list[Tensor]:
    """Grey rows beside colour ones get three channels."""
    depth = max(row.shape[1] for row in rows)
    return [row.expand(-1, depth, -1, -1) for row in rows]


def train_step(nets, optimizers, batch, config) -> Tensor:
    """One round. `batch`: "a" and "b", pictures of the two sides in [-1, 1], and the pool's places. Returns `columns`. With
    --accumulate the batch comes in parts, whose gradients add up to those of the whole."""
    pieces, rows, made = parts(batch, config.accumulate), [], []
    forth, back = nets["generator"], nets["generator_back"]
    whole = len(pieces) == 1  # of several parts the graphs are not kept: what was made is made again in step 2

    # Step 1, train the critics: real pictures of their side are 1, made ones, new or remembered, are 0.
    for role in ("discriminator", "discriminator_back"):
        optimizers[role].zero_grad()
    for piece in pieces:
        a, b = piece["a"], piece["b"]
        with torch.set_grad_enabled(whole):
            fake_b, fake_a = forth(a).float(), back(b).float()
        made.append((fake_b, fake_a) if whole else None)
        loss_d, real, fake = 0.0, [], []
        for way, truth, shown in (("", b, fake_b.detach()), ("_back", a, fake_a.detach())):
            critic = nets[f"discriminator{way}"]
            if f"pool{way}" in nets:
                shown = nets[f"pool{way}"].swap(shown, piece["place"], piece["take"], piece["put"])
            on_real, on_made = (critic(seen(x, config)).float() for x in (truth, shown))
            loss_d = loss_d + critic_loss(on_real, on_made, config.adversarial)
            real.append(as_opinion(on_real.detach(), config.adversarial).mean())
            fake.append(as_opinion(on_made.detach(), config.adversarial).mean())
        (loss_d / len(pieces)).backward()
        alike = [likeness(a, fake_b.detach()), likeness(b, fake_a.detach())]
        rows.append([loss_d.detach() / 2, sum(real) / 2, sum(fake) / 2, fake[1], *alike])
    for role in ("discriminator", "discriminator_back"):
        optimizers[role].step()

    # Step 2, train the creators: the critics should say 1; there and back should end at the original (equation 2); and
    # what is of the other side already should stay as it is (section 5.2).
    for role in ("generator", "generator_back"):
        optimizers[role].zero_grad()
        nets[role.replace("generator", "discriminator")].requires_grad_(False)
    for piece, fakes, row in zip(pieces, made, rows, strict=True):
        a, b = piece["a"], piece["b"]
        fake_b, fake_a = fakes or (forth(a).float(), back(b).float())
        loss_g = creator_loss(nets["discriminator"](seen(fake_b, config)).float(), config.adversarial)
        loss_g = loss_g + creator_loss(nets["discriminator_back"](seen(fake_a, config)).float(), config.adversarial)
        cycle = pixel_loss(back(fake_b).float(), a) + pixel_loss(forth(fake_a).float(), b)
        same = torch.zeros((), device=a.device)
        if config.identity and a.shape[1] == b.shape[1]:
            same = pixel_loss(forth(b).float(), b) + pixel_loss(back(a).float(), a)
        ((loss_g + config.cycle * (cycle + config.identity * same)) / len(pieces)).backward()
        row[:1] = [cycle.detach() / 4, same.detach() / 4, row[0], loss_g.detach() / 2]
    for role in ("generator", "generator_back"):
        optimizers[role].step()
        nets[role.replace("generator", "discriminator")].requires_grad_(True)
    return torch.stack([torch.stack(row) for row in rows]).mean(0)


def likeness(original: Tensor, made: Tensor) -> Tensor:
    """Correlation of the brightness of two batches, -1 .. 1: below 0 the colours are turned round, near 1 nothing changed."""
    x, y = (p.mean(1).flatten(1) for p in (original, made))
    x, y = x - x.mean(1, keepdim=True), y - y.mean(1, keepdim=True)
    return ((x * y).sum(1) / (x.norm(dim=1) * y.norm(dim=1)).clamp(min=1e-6)).mean()


def penalty_step(nets, optimizers, batch, config) -> None:
    """R1 on real pictures of both sides, every `r1_every` steps with that many times the weight."""
    for role, truth in (("discriminator", batch["b"]), ("discriminator_back", batch["a"])):
        optimizers[role].zero_grad()
        for piece in truth.chunk(config.accumulate):
            real = seen(piece, config).detach().requires_grad_(True)
            penalty = r1_penalty(nets[role](real).mean((2, 3)), real)
            (0.5 * config.r1 * config.r1_every / config.accumulate * penalty).backward()
        optimizers[role].step()
