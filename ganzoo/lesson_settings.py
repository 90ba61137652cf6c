"""The settings that every lesson has, those that every judge has, and what else settings say."""

from dataclasses import dataclass
from typing import ClassVar

from ganzoo.errors import GanzooError
from ganzoo.settings import option

# What translators take with --set: their recipes have flags enough.
SELDOM = ("beta1", "discriminator_lr", "r1_every", "decay", "diffaugment", "channels", "activation")
SELDOM += ("critic_width", "patch", "save_every", "compile", "license", "push_every", "track")

HUB_DATA = (
    "a data set on the Hub (user/name[@revision][:config][:rows]; digits alone are rows, a config of digits is "
    "user/name:64:0)"
)
PRECISIONS = ("auto", "fp32", "bf16")
ADVERSARIAL = ("bce", "lsgan", "hinge", "relativistic")  # losses of ganzoo/models/losses.py


class Declared:
    """What the settings of a lesson or a judge say besides their values. What depends on these is a property."""

    lesson: ClassVar[str]
    task: ClassVar[str]  # the kind of data: labeled, paired or unpaired
    needs_labels: ClassVar[bool] = False
    translates: ClassVar[bool] = False  # makes pictures from pictures, not from noise
    same_with_init: ClassVar[tuple] = ()  # settings that --init must share although no tensor's shape shows them
    shaping: ClassVar[tuple] = ()  # settings that tensors' shapes depend on
    rare: ClassVar[tuple] = ()  # settings without a flag of their own: --set NAME=VALUE
    size_multiple: ClassVar[int] = 1  # that the side of a picture is a multiple of
    variant: ClassVar[str] = ""  # the last part of a run's name, where a setting makes it another kind of model
    problem: ClassVar[GanzooError | None] = None  # what cannot be built
    directions: ClassVar[tuple[str, ...]] = ()  # of a translation, for example ("label->photo",)
    varies: ClassVar[bool] = False  # one picture has several translations
    critic: ClassVar[str] = "patch"  # which discriminators there are: patch, projected or both
    critic_sees_input: ClassVar[bool] = False  # the discriminator judges a translation beside its original
    perceptual: ClassVar[float] = 0.0  # weight of the perceptual loss
    channels: int

    @property
    def needs_features(self) -> bool:
        """Whether the losses ask the pretrained features."""
        return self.perceptual > 0 or self.critic != "patch"

    @property
    def shapes(self) -> dict:
        """The settings that an error of --init names where the weights do not fit."""
        return {name: getattr(self, name) for name in self.shaping}

    @property
    def depths(self) -> tuple[int, ...]:
        """The channels of the networks' pictures: of input and output where there are both."""
        return (self.in_channels, self.out_channels) if self.translates else (self.channels,)


@dataclass(frozen=True)
class Settings(Declared):
    """The settings that every recipe shares."""

    data: str = option("mnist", "mnist | fashion | a folder | " + HUB_DATA)
    name: str = option("", "name of the run and the model (default: lesson-data)")
    epochs: int = option(20, "passes over the training pictures", 1, 100_000)
    minutes: float = option(0.0, "minutes to train for; the speed is measured first (0: by --epochs)", 0.0, 1e6)
    batch_size: int = option(64, "pictures in one step", 2, 65_536)
    lr: float = option(2e-4, "Adam's learning rate (lesson 16)", 0.0, 1.0)
    beta1: float = option(0.5, "Adam's beta1: how much of the last step's direction is kept (lesson 16)", 0.0, 0.9999)
    discriminator_lr: float = option(0.0, "the discriminator's own learning rate (0: the same as --lr)", 0.0, 1.0)
    adversarial: str = option("bce", "adversarial loss; relativistic wants --r1, too (R3GAN)", choices=ADVERSARIAL)
    r1: float = option(0.0, "weight of the R1 gradient penalty (0: off); with relativistic of R2, too", 0.0, 1e6)
    r1_every: int = option(16, "steps between two R1 penalties", 1, 100_000)
    decay: float = option(0.0, "last share of the run in which the learning rates sink to 0", 0.0, 1.0)
    ema: float = option(0.999, "decay of the averaged weights that are shared and sampled (0: off)", 0.0, 0.999999)
    seed: int = option(0, "the same seed gives the same run", 0, 2**31 - 1)
    image_size: int = option(28, "side of the square pictures in pixels", 4, 1024)
    channels: int = option(0, "1 grey, 3 colour (0: as the data)", choices=(0, 1, 3))
    device: str = option("auto", "auto | cpu | cuda | cuda:N | mps")
    precision: str = option("auto", "auto: bf16 on CUDA and on CPUs faster with it, else fp32", choices=PRECISIONS)
    diffaugment: bool = option(False, "shift, cut and colour at random what the discriminator sees (few pictures)")
    save_every: int = option(1000, "steps between two saves of resume.pt", 1, 10_000_000)
    out: str = option("runs", "folder that holds the run folders")
    resume: str = option("", "go on with a run: its folder, or nothing for the run of this name", optional_value="auto")
    init: str = option("", "start from the weights of a model, not from fresh ones: bundled name, folder or user/name")
    push: str = option("", "push the model to the Hub: USER/NAME; alone: your own {name}", optional_value="auto")
    compile: bool = option(False, "compile the networks on CUDA: a minute before the first step, faster ones after it")
    private: bool = option(False, "make the pushed repository private")
    license: str = option("", "licence that the model's card names, for example mit (nothing: none)")
    push_every: int = option(0, "steps between two pushes in the background while training (0: at the end)", 0, 10**9)
    track: bool = option(False, "log to trackio as well (pip install trackio; works offline)")
    smoke: bool = option(False, "two steps on made-up data, offline: is the installation sound?")
    # from the data, not from the command line
    classes: tuple = option((), "names of the labels", flag=False)
    # from the machine, when the run begins; a resume keeps them
    steps: int = option(0, "steps that --minutes gave (0: by epochs)", 0, 10**12, flag=False)
    chosen_precision: str = option("", "what the run computes in", flag=False, choices=("", *PRECISIONS[1:]))

    @property
    def draws_in_step(self) -> bool:
        """Whether a training step draws random numbers of its own."""
        return self.diffaugment


@dataclass(frozen=True)
class JudgeSettings(Declared):
    """The settings that the judges share (the classifier, the segmenter and the discriminator of a set), and distillation."""

    data: str = option("mnist", "mnist | fashion | a folder | " + HUB_DATA)
    name: str = option("", "name of the run and the judge (default: judge-data)")
    seed: int = option(0, "the same seed gives the same run", 0, 2**31 - 1)
    device: str = option("auto", "auto | cpu | cuda | cuda:N | mps")
    precision: str = option("auto", "auto: bf16 on CUDA, fp32 elsewhere", choices=PRECISIONS)
    out: str = option("runs", "folder that holds the run folders")
    smoke: bool = option(False, "two steps on made-up data, offline")
    classes: tuple = option((), "names of the labels", flag=False)
