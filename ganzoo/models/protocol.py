"""What a lesson is: the functions and settings that the trainer asks of a module such as ganzoo/models/gan.py.

A module fits a protocol when it has functions of these names, with as many parameters; nothing is inherited. To add
a lesson, write a module with all of `Lesson` and enter it in registry.py. tests/models/test_protocol.py holds every lesson to it.
"""

from typing import Any, Protocol, runtime_checkable

from torch import Tensor, nn

from ganzoo.lesson_settings import Declared


@runtime_checkable
class Networks(Protocol):
    """What a model folder needs: settings, and the networks that they describe. Judges are no more than this."""

    Config: type[Declared]

    def build(self, config) -> dict[str, nn.Module]:
        """The networks with fresh weights, by role. Generators are called generator and generator_back."""


@runtime_checkable
class Lesson(Networks, Protocol):
    """What the trainer needs besides. `nets` and `optimizers` are by role; `data` is what `data.load` gave."""

    def columns(self, config) -> tuple[str, ...]:
        """Names of the numbers that `train_step` returns."""

    def prepare(self, nets, batches, config) -> None:
        """What is found out once, with the weights that training begins or goes on with, before the first batch."""

    def draw_batch(self, batches, step: int, config) -> dict[str, Tensor]:
        """What `train_step` needs at `step`: a function of (seed, step) alone, so that a resumed run sees the same."""

    def train_step(self, nets, optimizers, batch, config) -> Tensor:
        """One round, discriminator first, generator second; returns the numbers of `columns`, 1-dimensional. It has no
        Python branch that depends on a tensor, so that a GPU can record it once and replay it."""

    def penalty_step(self, nets, optimizers, batch, config) -> None:
        """The gradient penalty (--r1), taken every `config.r1_every` steps before `train_step`."""

    def preview(self, nets, config, data, device) -> Tensor:
        """What the generators make of inputs that never change: (N, C, H, W) in [-1, 1]."""

    def sheet(self, made: Tensor, data, scale: int = 1) -> Any:
        """The preview as one PIL picture."""

    def held_out(self, nets, config, data, device) -> dict[str, float]:
        """Numbers on pictures that are never trained on, for a lesson that knows the right answer; else {}."""
