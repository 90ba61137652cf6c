"""The settings of Pix2Pix (lessons 9 to 15); the networks and the training step are in pix2pix.py."""

from dataclasses import dataclass
from typing import ClassVar

from ganzoo.errors import GanzooError
from ganzoo.lesson_settings import HUB_DATA, SELDOM, Settings
from ganzoo.models.layers import ACTIVATIONS, NORMS, PADDINGS, UPSAMPLES
from ganzoo.models.receptive_field import PATCHES, WORDS, misfit
from ganzoo.settings import option

LOSSES = ("gan", "mae", "gan+mae")
SHAPING = ("width", "no_skips", "upsample", "norm", "most", "noise", "critic_width", "patch", "unconditional")
RARE = ("adversarial", "weight", "moments", "most", "dropout", "noise", "padding", "unconditional")


@dataclass(frozen=True)
class Config(Settings):
    """Settings of Pix2Pix; the defaults are the paper's (section 6.2) but for the norm and the upsampling."""

    lesson: ClassVar[str] = "pix2pix"
    task: ClassVar[str] = "paired"
    translates: ClassVar[bool] = True
    rare: ClassVar[tuple] = (*SELDOM, *RARE)
    same_with_init: ClassVar[tuple] = ("padding",)
    shaping: ClassVar[tuple] = SHAPING

    data: str = option(
        "facades",
        "facades | maps | aerial-map | edges2shoes | night2day | cityscapes | a folder of pairs | " + HUB_DATA,
    )
    epochs: int = option(200, "passes over the training pairs", 1, 100_000)
    batch_size: int = option(1, "pairs in one step", 1, 65_536)
    image_size: int = option(256, "side of the square pictures in pixels", 8, 1024)
    decay: float = option(0.5, "last share of the run in which the learning rates sink to 0", 0.0, 1.0)
    split_test: str = option("", "split to test on, never trained on (default: test, else val, else a held-out tenth)")
    pairs_from: str = option(
        "", "make pairs of plain photos: from this to the photo", choices=("", "edges", "grey", "small", "hole")
    )
    domains: str = option("", "names of sides A and B, or of two columns: photo,label")
    direction: str = option("", "which side becomes which: label->photo")
    loss: str = option("gan+mae", "training loss; all: each, and gan+mae --perceptual", choices=(*LOSSES, "all"))
    pixel: str = option("mae", "how pixels are compared (lesson 10)", choices=("mae", "mse"))
    weight: float = option(100.0, "weight of the pixel loss beside the adversarial one", 0.0, 1e6)
    perceptual: float = option(0.0, "weight of the perceptual loss (pretrained features)", 0.0, 1e6)
    moments: float = option(
        0.0, "weight of features' means and spreads over many pictures, beside --perceptual", 0.0, 1e6
    )
    width: int = option(64, "features of the generator's first layer", 1, 512)
    most: int = option(8, "features of the deepest layers, in multiples of --width", 1, 64)
    halvings: int = option(0, "layers of the generator's way down (0: as many as the size allows, at most 8)", 0, 10)
    no_skips: bool = option(False, "leave out the U-Net's connections (lesson 13)")
    # Measured (train/RESULTS.md): the same error as the paper's deconv, sharper, and no grid pattern.
    upsample: str = option("resize", "how the generator doubles sizes (paper: deconv)", choices=UPSAMPLES)
    dropout: float = option(0.5, "noise in the three innermost blocks while training", 0.0, 0.95)
    noise: bool = option(False, "a channel of noise for the generator: texture where a drawing says nothing")
    padding: str = option("zeros", "beyond the edges, for the generator: zeros, or the edge again", choices=PADDINGS)
    critic_width: int = option(64, "features of the discriminator's first layer", 1, 512)
    patch: int = option(70, "side in pixels of what one score of a discriminator sees", choices=PATCHES, words=WORDS)
    unconditional: bool = option(False, "hide the input from the discriminator (the paper's ablation)")
    norm: str = option("instance", "normalization in both networks", choices=NORMS)
    activation: str = option("leaky_relu", "activation of the way down and the discriminator", choices=ACTIVATIONS)
    # from a converted file (train/convert.py)
    variations: str = option(
        "asked",
        "dropout and noise in use: where a variation is asked for, or never",
        flag=False,
        choices=("asked", "never"),
    )
    # from the data
    in_channels: int = option(3, "channels of the input", flag=False, choices=(1, 3))
    out_channels: int = option(3, "channels of the output", flag=False, choices=(1, 3))

    @property
    def levels(self) -> int:
        """Halvings on the way down: --halvings, or as often as the side can be halved, at most 8 times."""
        return self.halvings or min(8, (self.image_size & -self.image_size).bit_length() - 1)

    @property
    def shapes(self) -> dict:
        return super().shapes | {"halvings": self.levels}

    @property
    def size_multiple(self) -> int:
        return 2**self.levels

    @property
    def problem(self) -> GanzooError | None:
        """What cannot be built: a picture that cannot be halved, or a discriminator that runs out of it. None if all fits."""
        size = self.image_size
        if self.perceptual and self.loss == "gan":
            return GanzooError("perceptual_needs_truth")
        if self.moments and not self.perceptual and self.loss != "all":  # --loss all has a weight of its own
            return GanzooError("moments_need_perceptual", moments=self.moments)
        if self.padding != "zeros" and self.upsample == "deconv":
            return GanzooError("padding_with_deconv", padding=self.padding)
        if self.levels < 1:
            return GanzooError("image_size_odd", lesson=self.lesson, image_size=size)
        return misfit(self) if self.loss != "mae" else None

    @property
    def directions(self) -> tuple[str, ...]:
        return (self.direction,)

    @property
    def varies(self) -> bool:
        return (self.dropout > 0 or self.noise) and self.variations == "asked"

    @property
    def critic_sees_input(self) -> bool:
        return not self.unconditional

    @property
    def draws_in_step(self) -> bool:
        return self.dropout > 0 or self.noise or self.diffaugment

    @property
    def variant(self) -> str:
        return self._named(self.word)

    @property
    def word(self) -> str:
        """The loss as names spell it: gan, mae, gan-mae, gan-mae-perceptual."""
        return f"{self.spelled(self.loss)}-perceptual" if self.perceptual else self.spelled(self.loss)

    @property
    def comparison(self) -> str:
        """The name of the comparison of the losses, which differs for each variant."""
        return self._named("compare-mse" if self.pixel == "mse" else "compare")

    def spelled(self, loss: str) -> str:
        """A loss in the names of runs, of files and on the Hub: gan, mae or mse, gan-mae or gan-mse."""
        return loss.replace("+", "-").replace("mae", self.pixel)

    def _named(self, word: str) -> str:
        parts = [word, self.pairs_from, self.no_skips and "noskip", self.unconditional and "nocond"]
        return "-".join(filter(None, parts))
