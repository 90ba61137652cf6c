"""Lessons 9 to 15: Pix2Pix. Translate a picture into another, learned from pairs (slides: Pix2Pix; Isola et al. 2017).

    python train/pix2pix.py --data facades --loss all

The creator is a U-Net: it must look at the original, so its earlier features are joined to its later layers. The critic
is a PatchGAN: it grades every region instead of the whole. What the creator is told decides what it learns: `gan` (be
taken for real), `mae` (be close, pixel by pixel), or `gan+mae`, which wins.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganzoo import images
from ganzoo.diffaugment import diffaugment
from ganzoo.errors import GanzooError
from ganzoo.layers import NORMS, activation, check_choice, check_counts, double, init_normal, norm2d, parts
from ganzoo.losses import as_opinion, creator_loss, critic_loss, pixel_loss, r1_penalty
from ganzoo.pairs import Pairs
from ganzoo.pairsources import read_data
from ganzoo.patches import PATCHES, fits
from ganzoo.patches import WORDS as PATCH_WORDS
from ganzoo.settings import Settings, option

__all__ = ["LOSSES", "Config", "PatchDiscriminator", "UNetGenerator", "build", "columns", "draw_batch"]
__all__ += ["held_out", "penalty_step", "preview", "read_data", "sheet", "train_step"]

LOSSES = ("gan", "mae", "gan+mae")


@dataclass
class Config(Settings):
    """Settings of Pix2Pix; the defaults are the paper's (section 6.2) but for the norm and the upsampling."""

    lesson: ClassVar[str] = "pix2pix"
    needs_labels: ClassVar[bool] = False

    data: str = option("facades", "facades | maps | aerial-map | a folder of pairs | a data set on the Hub (user/name)")
    epochs: int = option(200, "passes over the training pairs", low=1, high=100_000)
    batch_size: int = option(1, "pairs in one step", low=1, high=65_536)
    accumulate: int = option(
        1, "parts in which a batch goes through the networks where the whole does not fit in memory", low=1, high=4096
    )
    image_size: int = option(256, "side of the square pictures in pixels", low=8, high=1024)
    decay: float = option(0.5, "last share of the run in which the learning rates sink to 0", low=0.0, high=1.0)
    split_test: str = option("", "split to test on, never trained on (default: test, else val, else a held-out tenth)")
    domains: str = option("", "names of sides A and B, or of two columns: photo,label")
    direction: str = option("", "which side becomes which: label->photo")
    stream: bool = option(False, "read pairs from disk while training (by itself where they do not fit in memory)")
    loss: str = option("gan+mae", "what the generator is told; all trains the three", choices=(*LOSSES, "all"))
    pixel: str = option("mae", "how pixels are compared (lesson 10)", choices=("mae", "mse"))
    weight: float = option(100.0, "weight of the pixel loss beside the adversarial one", low=0.0, high=1e6)
    width: int = option(64, "features of the generator's first layer", low=1, high=512)
    most: int = option(8, "features of the deepest layers, in multiples of --width", low=1, high=64)
    halvings: int = option(
        0, "layers of the generator's way down (0: as many as the size allows, at most 8)", low=0, high=10
    )
    no_skips: bool = option(False, "leave out the U-Net's connections (lesson 13)")
    # Measured (README): the same error as the paper's deconv, sharper, and no grid pattern.
    upsample: str = option(
        "resize", "how the generator doubles the size; deconv is the paper's", choices=("resize", "bilinear", "deconv")
    )
    dropout: float = option(0.5, "noise in the three innermost blocks while training", low=0.0, high=0.95)
    variations: str = option(
        "asked",
        "that noise in use: asleep unless a variation is asked for, or always asleep",
        choices=("asked", "never"),
    )
    critic_width: int = option(64, "features of the discriminator's first layer", low=1, high=512)
    patch: int = option(
        70, "side in pixels of what one score of the discriminator sees", choices=tuple(PATCHES), words=PATCH_WORDS
    )
    unconditional: bool = option(False, "hide the input from the discriminator (the paper's ablation)")
    norm: str = option("instance", "normalization in both networks", choices=NORMS)
    activation: str = option("leaky_relu", "activation of the way down and the critic", choices=("leaky_relu", "relu"))
    # from the data
    in_channels: int = option(3, "channels of the input", flag=False, choices=(1, 3))
    out_channels: int = option(3, "channels of the output", flag=False, choices=(1, 3))

    @property
    def levels(self) -> int:
        """Halvings on the way down: as asked, or as often as the side can be halved, at most 8 times."""
        return self.halvings or min(8, (self.image_size & -self.image_size).bit_length() - 1)

    @property
    def size_multiple(self) -> int:
        return 2**self.levels

    @property
    def problem(self) -> str:
        """What cannot be built: a picture that cannot be halved, or a critic that runs out of picture. Nothing if all fits."""
        if self.levels < 1:
            return f"--image-size must be even, best a power of two, for {self.lesson}, not {self.image_size}."
        if self.loss != "mae" and not fits(self.patch, self.image_size, self.norm):
            fitting = [str(p) for p in PATCHES if fits(p, self.image_size, self.norm)]
            return (
                f"--patch {self.patch} needs larger pictures than {self.image_size} pixels: "
                f"use --patch {' or '.join(fitting[-2:])}, or a larger --image-size."
            )
        return ""

    @property
    def variant(self) -> str:
        return self._named(self.spelled(self.loss))

    @property
    def contest(self) -> str:
        """The comparison of the three losses, told from that of another variant."""
        return self._named("compare" + "-mse" * (self.pixel == "mse"))

    def spelled(self, loss: str) -> str:
        """A loss in the names of runs, of files and on the Hub: gan, mae or mse, gan-mae or gan-mse."""
        return loss.replace("+", "-").replace("mae", self.pixel)

    def _named(self, word: str) -> str:
        return word + "-noskip" * self.no_skips + "-nocond" * self.unconditional


class UNetGenerator(nn.Module):
    """Pictures (B, in_channels, H, W) -> (B, out_channels, H, W) in [-1, 1]; H and W multiples of 2 ** levels.

    Paper, section 6.1.1: `levels` convolutions (kernel 4, stride 2) down and as many up; every layer up also sees the
    layer of its size on the way down. `last` replaces tanh (a segmenter wants raw scores). A convolution before a norm
    has no bias, because the norm would take it away again. Raises GanzooError for what no network can be built of.
    """

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
        last: type[nn.Module] = nn.Tanh,
    ):
        super().__init__()
        check_counts(in_channels=in_channels, out_channels=out_channels, width=width, levels=levels, most=most)
        if not 0 <= dropout < 1:
            raise GanzooError(f"dropout is a share from 0 to below 1, not {dropout!r}.")
        self.skips = skips
        sizes = [in_channels, *(width * min(2**i, most) for i in range(levels))]
        self.down = nn.ModuleList()
        for i in range(levels):
            ends = i in (0, levels - 1)  # no norm on the picture itself, none where one pixel may be left
            self.down.append(
                nn.Sequential(
                    *([activation(act)] if i else []),
                    nn.Conv2d(sizes[i], sizes[i + 1], kernel_size=4, stride=2, padding=1, bias=ends or norm == "none"),
                    *([] if ends else norm2d(norm, sizes[i + 1])),
                )
            )
        self.up = nn.ModuleList()
        for i in reversed(range(levels)):
            inputs = sizes[i + 1] * (2 if skips and i < levels - 1 else 1)
            outputs = sizes[i] if i else out_channels
            block = [nn.ReLU(), *double(upsample, inputs, outputs, bias=not i or norm == "none")]
            if i:
                block += norm2d(norm, outputs)
                block += [nn.Dropout(dropout)] if dropout and levels - 1 > i >= levels - 4 else []
            self.up.append(nn.Sequential(*block, *([] if i else [last()])))
        self.apply(init_normal)

    def forward(self, picture: Tensor) -> Tensor:
        seen = []
        x = picture
        for layer in self.down:
            x = layer(x)
            seen.append(x)
        x = self.up[0](seen.pop())
        for layer in self.up[1:]:
            x = layer(torch.cat([x, seen.pop()], 1) if self.skips else x)
        return x


class PatchDiscriminator(nn.Module):
    """Input and picture (B, in + out, H, W) in [-1, 1] -> a map of raw scores (B, 1, h, w), one for every patch.

    Paper, section 6.1.2: no dense layer on top, so the position of a score is the position of its patch. The default,
    70, gives 30 x 30 scores for 256 x 256 pixels. `patch` 1 looks at single pixels with 1 x 1 kernels. Raises
    GanzooError for a patch that is none of the known ones.
    """

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
    """The networks of a config, with fresh weights; a run on pixels alone (`mae`) has no discriminator."""
    nets: dict[str, nn.Module] = {
        "generator": UNetGenerator(
            config.in_channels,
            config.out_channels,
            config.width,
            config.levels,
            config.most,
            not config.no_skips,
            config.norm,
            config.upsample,
            config.dropout,
            config.activation,
        )
    }
    if config.loss != "mae":
        channels = config.out_channels + (0 if config.unconditional else config.in_channels)
        nets["discriminator"] = PatchDiscriminator(
            channels, config.critic_width, config.patch, config.norm, config.activation
        )
    return nets


def columns(config: Config) -> tuple[str, ...]:
    """Names of the numbers that `train_step` returns. mae: mean absolute error of pixels in 0..1."""
    return ("mae",) if config.loss == "mae" else ("mae", "loss_d", "loss_g", "score_real", "score_fake")


def draw_batch(batches, step: int, config: Config) -> dict[str, Tensor]:
    return batches(step)


def preview(nets: dict, config: Config, pairs: Pairs, device) -> Tensor:
    """Six test inputs, always the same -> what the generator makes of them (6, out, S, S)."""
    return nets["generator"](images.to_float(pairs.few()[0]).to(device))


def held_out(nets: dict, config: Config, pairs: Pairs, device) -> dict[str, float]:
    """Mean absolute error (pixels in 0..1) over up to 64 test pairs, always the same: beside the error while training it
    shows when the pairs are learned by heart."""
    sums = 0.0
    originals, truths = pairs.few(64)
    for original, truth in zip(originals.split(8), truths.split(8), strict=True):
        made = nets["generator"](images.to_float(original).to(device)).float()
        sums += float((made - images.to_float(truth).to(device)).abs().mean((1, 2, 3)).sum()) / 2
    return {"mae_test": sums / len(truths)}


def sheet(made: Tensor, pairs: Pairs, scale: int = 1):
    """Three rows as one PIL picture: inputs, what was made, the truth."""
    rows = [images.to_uint8(made).cpu(), *pairs.few()]
    depth = max(row.shape[1] for row in rows)
    made, original, truth = (row.expand(-1, depth, -1, -1) for row in rows)
    return images.grid(torch.cat([original, made, truth]), columns=len(made), scale=scale)


def shown(picture: Tensor, original: Tensor, config: Config) -> Tensor:
    """What the critic gets to see: the picture, and beside it the original that it should fit."""
    pair = picture if config.unconditional else torch.cat([original, picture], 1)
    return diffaugment(pair, pair.shape[1] - picture.shape[1]) if config.diffaugment else pair


def train_step(nets, optimizers, batch, config) -> Tensor:
    """One round. `batch`: "input" (B, in, S, S) and "target" (B, out, S, S) in [-1, 1]. Returns `columns`. With
    --accumulate the batch comes in parts, whose gradients add up to those of the whole."""
    pieces, rows, made = parts(batch, config.accumulate), [], []
    generator, discriminator = nets["generator"], nets.get("discriminator")
    whole = len(pieces) == 1  # of several parts the graphs are not kept: what was made is made again in step 2

    # Step 1, train the critic: a true pair is 1, the original with what the creator makes of it is 0 (section 3.1).
    if discriminator is not None:
        optimizers["discriminator"].zero_grad()
    for piece in pieces:
        original, truth = piece["input"], piece["target"]
        with torch.set_grad_enabled(whole):
            fake = generator(original).float()
        made.append(fake if whole else None)
        row = [(fake.detach() - truth).abs().mean() / 2]
        if discriminator is not None:
            on_real = discriminator(shown(truth, original, config)).float()
            on_fake = discriminator(shown(fake.detach(), original, config)).float()
            loss_d = critic_loss(on_real, on_fake, config.adversarial)
            (loss_d / len(pieces)).backward()
            opinions = [as_opinion(scores.detach(), config.adversarial).mean() for scores in (on_real, on_fake)]
            row += [loss_d.detach(), *opinions]
        rows.append(row)
    if discriminator is not None:
        optimizers["discriminator"].step()
        discriminator.requires_grad_(False)

    # Step 2, train the creator: the critic should say 1, and every pixel should be near the truth (equation 4).
    optimizers["generator"].zero_grad()
    for piece, fake, row in zip(pieces, made, rows, strict=True):
        original, truth = piece["input"], piece["target"]
        fake = generator(original).float() if fake is None else fake
        loss = torch.zeros((), device=fake.device)
        if discriminator is not None:
            loss_g = creator_loss(discriminator(shown(fake, original, config)).float(), config.adversarial)
            loss = loss + loss_g
            row.insert(2, loss_g.detach())
        if config.loss != "gan":
            loss = loss + config.weight * pixel_loss(fake, truth, config.pixel)
        (loss / len(pieces)).backward()
    optimizers["generator"].step()
    if discriminator is not None:
        discriminator.requires_grad_(True)
    return torch.stack([torch.stack(row) for row in rows]).mean(0)


def penalty_step(nets, optimizers, batch, config) -> None:
    """R1 on true pairs, every `r1_every` steps with that many times the weight (Karras et al. 2020, appendix B)."""
    if "discriminator" not in nets:
        return
    optimizers["discriminator"].zero_grad()
    for piece in parts(batch, config.accumulate):
        real = shown(piece["target"], piece["input"], config).detach().requires_grad_(True)
        scores = nets["discriminator"](real)
        penalty = r1_penalty(F.adaptive_avg_pool2d(scores, 1), real)
        (0.5 * config.r1 * config.r1_every / config.accumulate * penalty).backward()
    optimizers["discriminator"].step()
