"""The settings of CycleGAN (lesson 17); the networks and the training step are in cyclegan.py."""

from dataclasses import dataclass
from typing import ClassVar

from ganzoo.errors import GanzooError
from ganzoo.lesson_settings import ADVERSARIAL, HUB_DATA, SELDOM, Settings
from ganzoo.models.discriminators import CRITICS
from ganzoo.models.layers import ACTIVATIONS, NORMS, UPSAMPLES
from ganzoo.models.receptive_field import PATCHES, WORDS, misfit
from ganzoo.settings import option


@dataclass(frozen=True)
class Config(Settings):
    """Settings of lesson 17; the defaults are the paper's (section 4 and appendix 7)."""

    lesson: ClassVar[str] = "cyclegan"
    task: ClassVar[str] = "unpaired"
    translates: ClassVar[bool] = True
    rare: ClassVar[tuple] = (*SELDOM, "projected", "pool", "gate", "masked", "cycle_back")
    same_with_init: ClassVar[tuple] = ("residual", "gate", "masked")
    shaping: ClassVar[tuple] = ("generator", "blocks", "width", "upsample", "norm", "critic_width", "patch")

    data: str = option(
        "horse2zebra",
        "horse2zebra | monet2photo | summer2winter | apple2orange | a folder | two with a comma between: this,that | "
        + HUB_DATA,
    )
    epochs: int = option(200, "passes over the larger of the two sets", 1, 100_000)
    batch_size: int = option(1, "pictures of each side in one step", 1, 4096)
    image_size: int = option(256, "side of the square crops in pixels", 16, 1024)
    load_size: int = option(0, "side of the pictures that are cropped from (0: 286/256 of --image-size)", 0, 4096)
    decay: float = option(0.5, "last share of the run in which the learning rates sink to 0", 0.0, 1.0)
    adversarial: str = option("lsgan", "adversarial loss", choices=ADVERSARIAL)
    domains: str = option("", "names of the two sides: horse,zebra")
    cycle: float = option(10.0, "weight of the way there and back", 0.0, 1e6)
    cycle_back: float = option(0.0, "--cycle from B (0: the same); less where a pattern of B has to go", 0.0, 1e6)
    identity: float = option(0.5, "weight of zebras staying the same on the way to zebras, times --cycle", 0.0, 100.0)
    perceptual: float = option(0.0, "weight of pretrained features compared there and back, beside --cycle", 0.0, 1e6)
    pool: int = option(50, "size of the image buffer for the discriminators (0: only the present pictures)", 0, 10_000)
    generator: str = option("resnet", "kind of the generators", choices=("resnet", "unet"))
    blocks: int = option(9, "residual blocks of a resnet generator; 6 do for 128 pixels", 1, 32)
    residual: bool = option(False, "a resnet generator begins as a copy and learns what to change: quicker, and sharp")
    gate: bool = option(False, "a residual generator also says how much of each pixel to keep, to remove stripes")
    masked: bool = option(
        False, "with --init MODEL of train/mask.py: only the animals are changed and judged; finding them takes minutes"
    )
    width: int = option(64, "features of the generators' first layer", 1, 512)
    upsample: str = option("resize", "how sizes are doubled; deconv3: reference code", choices=(*UPSAMPLES, "deconv3"))
    critic: str = option("patch", "which discriminators: PatchGAN, Projected GAN or both", choices=CRITICS)
    projected: float = option(0.5, "weight of the discriminators of pretrained features", 0.0, 1e6)
    critic_width: int = option(64, "features of the discriminators' first layer", 1, 512)
    patch: int = option(70, "side in pixels of what one score of a discriminator sees", choices=PATCHES, words=WORDS)
    norm: str = option("instance", "normalization in all four networks", choices=NORMS)
    activation: str = option("leaky_relu", "activation of the discriminators", choices=ACTIVATIONS)
    # from the data
    in_channels: int = option(3, "channels of side A", flag=False, choices=(1, 3))
    out_channels: int = option(3, "channels of side B", flag=False, choices=(1, 3))
    direction: str = option("", "the forward direction: horse->zebra", flag=False)
    # from a converted file (train/convert.py)
    one_way: bool = option(False, "there is no generator for the way back", flag=False)

    @property
    def variant(self) -> str:
        return "perceptual" if self.perceptual else ""

    @property
    def needs_features(self) -> bool:
        return super().needs_features or self.masked

    @property
    def levels(self) -> int:
        """Halvings of the U-Net kind."""
        return min(8, (self.image_size & -self.image_size).bit_length() - 1)

    @property
    def shapes(self) -> dict:
        return super().shapes | ({"image_size": self.image_size} if self.generator == "unet" else {})

    @property
    def size_multiple(self) -> int:
        # A resnet halves twice and mirrors one pixel at quarter size, so it needs two there. The features halve five times.
        least = 2**self.levels if self.generator == "unet" else 8
        return max(least, 32) if self.masked else least

    @property
    def problem(self) -> GanzooError | None:
        """What cannot be built; None if all fits."""
        if self.residual and self.generator != "resnet":
            return GanzooError("residual_needs_resnet")
        if self.gate and not self.residual:
            return GanzooError("gate_needs_residual")
        if self.masked and not self.init:
            return GanzooError("masked_needs_init")
        return misfit(self) if self.critic != "projected" else None

    @property
    def directions(self) -> tuple[str, ...]:
        """("horse->zebra", "zebra->horse"); the first alone where there is no way back."""
        a, _, b = self.direction.partition("->")
        return (f"{a}->{b}",) if self.one_way else (f"{a}->{b}", f"{b}->{a}")
