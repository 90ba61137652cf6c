"""Teach a CycleGAN's generator to do in one pass what it does in two.

    python train/distill.py --model runs/cyclegan-horse2zebra/model --direction 'zebra->horse'

What is left of the stripes after one pass, a second pass takes away; but two passes take twice the time and blur. So the
generator learns from itself: its first pass should give what lies between its first and its second (distillation,
Hinton et al. 2015). No discriminator takes part, so the training cannot oscillate.

Ctrl-C ends the training early: the model is saved as it is.
"""

import dataclasses
import sys
import time
from dataclasses import dataclass
from typing import ClassVar

from ganzoo import inference, recipes, session, settings
from ganzoo.errors import GanzooError
from ganzoo.settings import option
from ganzoo.training import derived, distillation, loop, precision, run_dir

SHOWN_EVERY = 100  # steps between two lines


@dataclass(frozen=True)
class Config(derived.Config):
    """What the command line takes."""

    lesson: ClassVar[str] = "distill"

    name: str = option("", "name of the run and the model (default: distill-data-target)")
    direction: str = option("", "the direction whose generator learns: zebra->horse")
    share: float = option(0.6, "how far to go from the first pass (0) to the second (1)", 0.0, 1.0)
    steps: int = option(3000, "steps of one picture", 1, 10_000_000)
    lr: float = option(5e-4, "Adam's learning rate; it sinks to 0 over the second half", 0.0, 1.0)
    pixels: float = option(10.0, "weight of the mean absolute error of pixels", 0.0, 1e6)
    perceptual: float = option(1.0, "weight of the difference of pretrained features", 0.0, 1e6)
    image_size: int = option(192, "side of the crops in pixels", 16, 1024)

    @property
    def variant(self) -> str:
        return self.direction.rpartition("->")[2]


def main(argv=None) -> int:
    # Settings, and the model that learns from itself. What can fail cheaply fails here.
    config, given = settings.parse(Config, argv, __doc__)
    if not config.model or not config.direction:
        raise GanzooError("distill_needs_model")
    model = inference.load(config.model, config.device)
    derived.check(model, config.image_size)
    teacher = model.translator(config.direction).requires_grad_(False)
    config = dataclasses.replace(config, steps=2 if config.smoke else config.steps)
    config = derived.prepare(model, config, given)

    # Data: crops of the side that the generator reads.
    sets, data_config = derived.load_data(model, config)
    side, role = ("a", "generator") if config.direction == model.direction else ("b", "generator_back")

    # Training.
    began, stop = time.perf_counter(), []
    session.stop_on_signals(stop)
    half = precision.choose(data_config, model.device, {"generator": teacher}) == "bf16"
    training = distillation.Distillation(teacher, sets.batches(data_config, model.device), side, config, half)
    for row, stopping in loop.rounds(training, config.steps, SHOWN_EVERY, lambda: bool(stop)):
        if row or stopping:
            row = row or loop.step_row(training)
            print(f"step {row['step']:,}/{config.steps:,}  MAE to its target {row['mae']:.4f}", flush=True)
    minutes = (time.perf_counter() - began) / 60

    # The model: the files of the one that it was, with one generator replaced.
    facts = run_dir.facts(config, model.device, training.step, minutes) | {"precision": "bf16" if half else "fp32"}
    folder = derived.save(model, model.config, {role: training.student}, config, data_config, sets, facts)
    print(f"{folder}: {training.step:,} steps in {minutes:.1f} minutes")
    if training.step < config.steps:
        print(f"Stopped after {training.step:,} of {config.steps:,} steps: the model is saved as it is.")
        return recipes.STOPPED
    return 0


if __name__ == "__main__":
    sys.exit(recipes.guarded(main))
