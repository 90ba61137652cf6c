"""Lessons 9 to 15: Pix2Pix. Translate a picture into another, learned from pairs (slides: Pix2Pix; Isola et al. 2017).

    python train/pix2pix.py --data facades --loss all

The generator is a U-Net: it must look at the original, so its earlier features are joined to its later layers. The
discriminator is a PatchGAN: it grades every region instead of the whole. The loss decides what the generator learns: `gan`
(be taken for real), `mae` (be close, pixel by pixel), or `gan+mae`, which wins.
"""

import dataclasses
from contextvars import ContextVar
from functools import partial

import torch
from torch import Tensor, nn

from ganzoo import images
from ganzoo.errors import GanzooError
from ganzoo.inputs import check_choice, check_counts
from ganzoo.models import discriminators
from ganzoo.models.augment import diffaugment
from ganzoo.models.discriminators import descend, frozen
from ganzoo.models.features import Moments, map_channels, perceptual_distance
from ganzoo.models.layers import PADDINGS, activation, double, init_normal, norm2d
from ganzoo.models.losses import as_opinion, discriminator_loss, generator_loss, pixel_loss
from ganzoo.models.pix2pix_config import LOSSES, Config
from ganzoo.models.receptive_field import PATCHES
from ganzoo.seeding import Salt, seeded

TILE = 256  # side in pixels of the noise field that a generator in use has; larger pictures repeat it
VARIATION: ContextVar[int | None] = ContextVar(
    "variation", default=None
)  # the seed of the noise that `translate` was asked for
PERCEPTUAL = 0.2  # of `weight`: the perceptual loss in the contest (--loss all); train/RESULTS.md has its numbers


def contest(config: Config, given=frozenset()) -> list[Config]:
    """--loss all: the course's three, alike in all else, and the step beyond the course, which --perceptual 0 leaves out; else
    the one run of this loss. `given`: names of the flags that were typed."""
    if config.loss != "all":
        return [config]
    weight = config.perceptual if "perceptual" in given else PERCEPTUAL * config.weight
    if config.moments and not weight:
        raise GanzooError("moments_need_perceptual", moments=config.moments)
    three = [dataclasses.replace(config, loss=loss, perceptual=0.0, moments=0.0) for loss in LOSSES]
    return three + ([dataclasses.replace(config, loss="gan+mae", perceptual=weight)] if weight else [])


class NoiseChannel(nn.Module):
    """Pictures (B, C, H, W) in [-1, 1] -> (B, C + 1, H, W) with a channel of standard normal noise, from which the generator
    makes texture where a drawing says nothing (paper, section 3: z). While training it is new at each step. In use the same
    drawing always gets the same noise, and drawings of different colour get noise of their own: were it one field for all, all
    pictures would have the same texture at the same place. A seed in VARIATION draws other noise."""

    def __init__(self):
        super().__init__()
        tile = torch.randn(TILE, TILE, generator=seeded("cpu", 0, Salt.NOISE_CHANNEL), device="cpu")
        self.register_buffer("tile", tile, persistent=False)

    def forward(self, picture: Tensor) -> Tensor:
        count, _, height, width = picture.shape
        seed = VARIATION.get()
        if self.training:
            noise = torch.randn(count, 1, height, width, device=picture.device)
        elif seed is not None:
            generator = torch.Generator().manual_seed(seed)
            noise = torch.randn(1, 1, height, width, generator=generator).expand(count, -1, -1, -1).to(picture.device)
        else:
            noise = self._field(picture)
        return torch.cat([picture, noise], 1)

    def _field(self, picture: Tensor) -> Tensor:
        """The tile, from a place on that the mean colour decides, in steps of four of 256 levels: a stroke of the pen seldom
        changes it, or the whole picture would change with each stroke. Whole numbers, so that a GPU finds the same place."""
        _, channels, height, width = picture.shape
        levels = ((picture.detach() + 1) * 127.5).round().long().sum((2, 3)) // (4 * height * width)
        key = (levels * 64 ** torch.arange(channels, device=picture.device)).sum(1, keepdim=True)
        place = key * 40503 % TILE**2  # an odd factor takes neighbouring colours far apart
        rows = (place // TILE + torch.arange(height, device=picture.device)) % TILE
        columns = (place + torch.arange(width, device=picture.device)) % TILE
        return self.tile[rows[:, None, :, None], columns[:, None, None, :]]


class UNetGenerator(nn.Module):
    """Pictures (B, in_channels, H, W) -> (B, out_channels, H, W) in [-1, 1]; H and W multiples of 2 ** levels. Paper, section
    6.1.1: `levels` convolutions (kernel 4, stride 2) down and as many up; every layer up also sees the layer of its size on
    the way down. A convolution before a norm has no bias, because the norm would take it away again. From zeros beyond the
    edges a network learns where it is (Islam et al. 2020), and can put the same pattern there in every picture; with `padding`
    "replicate", which repeats the edge, a picture of one colour gives a picture of one colour."""

    def __init__(
        self,
        in_channels=3,
        out_channels=3,
        width=64,
        levels=8,
        most=8,
        skips=True,
        norm="instance",
        upsample="deconv",
        dropout=0.5,
        act="leaky_relu",
        last: type[nn.Module] = nn.Tanh,  # a segmenter wants raw scores
        noise=False,
        padding="zeros",
    ):
        super().__init__()
        check_counts(in_channels=in_channels, out_channels=out_channels, width=width, levels=levels, most=most)
        check_choice("padding", padding, PADDINGS)
        if not 0 <= dropout < 1:
            raise GanzooError("bad_dropout", dropout=dropout)
        self.skips = skips
        self.noise = NoiseChannel() if noise else None
        sizes = [in_channels + noise, *(width * min(2**i, most) for i in range(levels))]
        self.down = nn.ModuleList()
        for i in range(levels):
            ends = i in (0, levels - 1)  # no norm on the picture itself, none where one pixel may be left
            shape = dict(kernel_size=4, stride=2, padding=1, padding_mode=padding)
            conv = nn.Conv2d(sizes[i], sizes[i + 1], bias=ends or norm == "none", **shape)
            normed = [] if ends else norm2d(norm, sizes[i + 1])
            self.down.append(nn.Sequential(*([activation(act)] if i else []), conv, *normed))
        self.up = nn.ModuleList()
        for i in reversed(range(levels)):
            inputs = sizes[i + 1] * (2 if skips and i < levels - 1 else 1)
            outputs = sizes[i] if i else out_channels
            bias = not i or norm == "none"
            block = [nn.ReLU(), *double(upsample, inputs, outputs, bias, last=not i, padding=padding)]
            if i:
                block += norm2d(norm, outputs)
                block += [nn.Dropout(dropout)] if dropout and levels - 1 > i >= levels - 4 else []
            self.up.append(nn.Sequential(*block, *([] if i else [last()])))
        self.apply(init_normal)

    def forward(self, picture: Tensor) -> Tensor:
        seen = []
        x = self.noise(picture) if self.noise else picture
        for layer in self.down:
            x = layer(x)
            seen.append(x)
        x = self.up[0](seen.pop())
        for layer in self.up[1:]:
            x = layer(torch.cat([x, seen.pop()], 1) if self.skips else x)
        return x


class PatchDiscriminator(nn.Module):
    """Input and picture (B, in + out, H, W) in [-1, 1] -> a map of raw scores (B, 1, h, w), one for every patch. Paper,
    section 6.1.2: no dense layer on top, so the position of a score is the position of its patch. The default, 70, gives 30 x
    30 scores for 256 x 256 pixels. `patch` 1 looks at single pixels with 1 x 1 kernels. One that is not in PATCHES
    raises GanzooError."""

    def __init__(self, channels=6, width=64, patch=70, norm="instance", act="leaky_relu"):
        super().__init__()
        check_choice("patch", patch, PATCHES)
        check_counts(channels=channels, width=width)
        strides = PATCHES[patch]
        sizes = [channels, *(width * min(2**i, 8) for i in range(len(strides) - 1)), 1]
        shape = dict(kernel_size=1) if patch == 1 else dict(kernel_size=4, padding=1)
        layers: list[nn.Module] = []
        for i, stride in enumerate(strides):
            normed = 0 < i < len(strides) - 1 and norm != "none"
            layers.append(nn.Conv2d(sizes[i], sizes[i + 1], stride=stride, bias=not normed, **shape))
            if i < len(strides) - 1:
                layers += [*(norm2d(norm, sizes[i + 1]) if normed else []), activation(act)]
        self.layers = nn.Sequential(*layers)
        self.apply(init_normal)

    def forward(self, pair: Tensor) -> Tensor:
        return self.layers(pair)


def build(config: Config) -> dict[str, nn.Module]:
    """A run on pixels alone (`mae`) has no discriminator."""
    shape = (config.in_channels, config.out_channels, config.width, config.levels, config.most, not config.no_skips)
    style = dict(norm=config.norm, act=config.activation)
    more = dict(upsample=config.upsample, dropout=config.dropout, noise=config.noise, padding=config.padding)
    unet = UNetGenerator(*shape, **more, **style)
    nets: dict[str, nn.Module] = {"generator": unet}
    if config.loss != "mae":
        channels = config.out_channels + (0 if config.unconditional else config.in_channels)
        nets["discriminator"] = PatchDiscriminator(channels, config.critic_width, config.patch, **style)
    if config.moments:
        nets["moments"] = Moments(map_channels())
    return nets


def columns(config: Config) -> tuple[str, ...]:
    """mae: mean absolute error of pixels in 0..1; perceptual, moments: of features, `perceptual_distance` and `Moments`."""
    names = ["mae"] if config.loss == "mae" else ["mae", "loss_d", "loss_g", "score_real", "score_fake"]
    names += [name for name in ("perceptual", "moments") if getattr(config, name)]
    return tuple(names)


def prepare(nets: dict, batches, config: Config) -> None:
    """Nothing has to be found out before the first batch."""


def draw_batch(batches, step: int, config: Config) -> dict[str, Tensor]:
    return batches(step)


def preview(nets: dict, config: Config, pairs, device) -> Tensor:
    """Six test inputs, always the same -> what the generator makes of them (6, out, S, S)."""
    return nets["generator"](images.to_float(pairs.few()[0]).to(device))


def held_out(nets: dict, config: Config, pairs, device) -> dict[str, float]:
    """Mean absolute error (pixels in 0..1) over up to 64 test pairs, always the same: beside the error while training it
    shows when the pairs are learned by heart."""
    sums = 0.0
    originals, truths = pairs.few(64)
    for original, truth in zip(originals.split(8), truths.split(8), strict=True):
        made = nets["generator"](images.to_float(original).to(device)).float()
        sums += float((made - images.to_float(truth).to(device)).abs().mean((1, 2, 3)).sum()) / 2
    return {"mae_test": sums / len(truths)}


def sheet(made: Tensor, pairs, scale: int = 1):
    """Three rows as one PIL picture: inputs, what was made, the truth."""
    original, truth = pairs.few()
    return images.grid(images.together([original, images.to_uint8(made).cpu(), truth]), columns=len(made), scale=scale)


def seen(picture: Tensor, original: Tensor, config: Config) -> Tensor:
    """What the discriminator sees: original and picture (--diffaugment moves both alike), or the picture alone."""
    pair = torch.cat([original, picture], 1)
    if config.diffaugment:
        pair = diffaugment(pair, colour=False)  # measured: with other contrasts it lets blurred pictures pass
    return pair[:, original.shape[1] :] if config.unconditional else pair


def train_step(nets, optimizers, batch, config) -> Tensor:
    """One round. `batch`: "input" (B, in, S, S) and "target" (B, out, S, S) in [-1, 1]. Returns `columns`."""
    original, truth = batch["input"], batch["target"]
    judges, kind = discriminators.present(nets), config.adversarial
    fake = nets["generator"](original).float()
    found = {"mae": (fake.detach() - truth).abs().mean() / 2}

    # Step 1, train the discriminator: a true pair is 1, the original with what the generator makes of it is 0 (section 3.1).
    if judges:
        on_real = nets["discriminator"](seen(truth, original, config)).float()
        on_fake = nets["discriminator"](seen(fake.detach(), original, config)).float()
        found["loss_d"] = discriminator_loss(on_real, on_fake, kind)
        found["score_real"] = as_opinion(on_real.detach(), kind).mean()
        found["score_fake"] = as_opinion(on_fake.detach(), kind).mean()
        descend(found["loss_d"], optimizers, judges)

    # Step 2, train the generator: the discriminator should say 1, every pixel should be near the truth (equation 4), and
    # what a network trained on photographs sees in both should be alike (pix2pixHD, section 3.2).
    with frozen(nets, judges):
        losses = []
        if judges:
            on_fake, on_real = nets["discriminator"](seen(fake, original, config)).float(), None
            if kind == "relativistic":
                on_real = nets["discriminator"](seen(truth, original, config)).float()
            found["loss_g"] = generator_loss(on_fake, kind, on_real)
            losses.append(found["loss_g"])
        if config.loss != "gan":
            losses.append(config.weight * pixel_loss(fake, truth, config.pixel))
        if config.perceptual:
            with torch.no_grad():
                wanted = nets["features"](truth)
            maps = nets["features"](fake)
            found["perceptual"] = perceptual_distance(maps, wanted)
            losses.append(config.perceptual * found["perceptual"])
            if config.moments:
                found["moments"] = nets["moments"](maps, wanted)
                losses.append(config.moments * found["moments"])
        descend(sum(losses), optimizers, ["generator"])
    return torch.stack([found[name].detach() for name in columns(config)])


def penalty_step(nets, optimizers, batch, config) -> None:
    """The gradient penalty (--r1) on pairs; see discriminators.penalty_step."""
    make, see = partial(nets["generator"], batch["input"]), partial(seen, original=batch["input"], config=config)
    discriminators.penalty_step(nets, optimizers, "", batch["target"], make, see, config)
