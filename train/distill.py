"""Teach a CycleGAN's generator to do in one pass what it does in two, and to leave the rest of a picture alone.

    python train/distill.py --model runs/cyclegan-horse2zebra/model --direction 'zebra->horse' --mask

What is left of the stripes after one pass, a second pass takes away; but two passes take twice the time and blur. So the
generator learns from itself: its first pass should give what lies between its first and its second (distillation,
Hinton et al. 2015). With `--mask` it also finds out where the animals are (ganzoo/training/localization.py), and learns to
leave all else as it is. No discriminator takes part, so the training cannot oscillate.

Ctrl-C ends the training early: the model is saved as it is.
"""

import dataclasses
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from ganzoo import checkpoint, data, images, inference, model_card, pretrained, recipes, session, settings
from ganzoo.errors import GanzooError
from ganzoo.lesson_settings import PRECISIONS, JudgeSettings
from ganzoo.models import cyclegan
from ganzoo.settings import option
from ganzoo.training import distillation, localization, loop, precision, run_dir, trainer

SHOWN_EVERY = 100  # steps between two lines
GENERATORS = ("generator", "generator_back")


@dataclass(frozen=True)
class Config(JudgeSettings):
    """What the command line takes."""

    lesson: ClassVar[str] = "distill"
    task: ClassVar[str] = "unpaired"

    data: str = option("horse2zebra", "two sets of pictures (left out: those that the model learned from)")
    name: str = option("", "name of the run and the model (default: distill-data-target)")
    precision: str = option("auto", "auto: bf16 on CUDA and on CPUs faster with it, else fp32", choices=PRECISIONS)
    model: str = option("", "a CycleGAN: bundled name, model folder or user/name on the Hub")
    direction: str = option("", "the direction whose generator learns: zebra->horse")
    mask: bool = option(False, "change nothing but what tells the two sets apart: the animals, not the trees")
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
    _check(model, config)
    teacher = model.translator(config.direction).requires_grad_(False)
    config = dataclasses.replace(
        config,
        data=config.data if "data" in given else model.config.data,
        steps=2 if config.smoke else config.steps,
    )
    config = dataclasses.replace(config, name=trainer.run_name(config))
    trainer.make_room(config)
    trainer.check(config)

    # Data: crops of the side that the generator reads.
    same = ("data", "image_size", "seed", "smoke", "precision")
    how = {name: getattr(config, name) for name in same} | {"batch_size": 1, "chosen_precision": "", "resume": ""}
    load_size = max(model.config.load_size, config.image_size) if model.config.load_size else 0
    sets, data_config = data.load(dataclasses.replace(model.config, init=config.model, load_size=load_size, **how))
    if data_config.depths != model.config.depths:
        then, now = list(model.config.depths), list(data_config.depths)
        raise GanzooError("init_other_channels", name=config.model, then=then, now=now)
    side, role = ("a", "generator") if config.direction == model.direction else ("b", "generator_back")

    # Training.
    began, stop = time.perf_counter(), []
    session.stop_on_signals(stop)
    half = precision.choose(data_config, model.device, {"generator": teacher}) == "bf16"
    batches, localizer = sets.batches(data_config, model.device), None
    if config.mask:
        thing = config.direction.partition("->")[0]
        count = 4 if config.smoke else localization.PICTURES
        print(f"Looking for the {thing} in {count} pictures of each set.", flush=True)
        features = pretrained.load(device=model.device)
        localizer = localization.learn(features, teacher, batches, side, config.seed, half, count)
    training = distillation.Distillation(teacher, batches, side, config, half, localizer)
    for row, stopping in loop.rounds(training, config.steps, SHOWN_EVERY, lambda: bool(stop)):
        if row or stopping:
            row = row or loop.step_row(training)
            print(f"step {row['step']:,}/{config.steps:,}  MAE to its target {row['mae']:.4f}", flush=True)
    minutes = (time.perf_counter() - began) / 60

    # The model: the files of the one that it was, with one generator replaced.
    folder = Path(config.out) / config.name / "model"
    folder.mkdir(parents=True, exist_ok=True)
    for file in checkpoint.FILES.values():
        if (model.folder / file).is_file():
            shutil.copyfile(model.folder / file, folder / file)
    facts = run_dir.facts(config, model.device, training.step, minutes) | {"precision": "bf16" if half else "fp32"}
    facts |= run_dir.origin(data_config, model.folder, model.folder)
    said = {"name": config.name, "metrics": {}, "training": facts}
    said |= {"license": model.said["license"]} if model.said.get("license") else {}
    made = dataclasses.replace(model.config, smoke=config.smoke)
    checkpoint.save_model(folder, made, {role: training.student}, said)
    nets = {role: training.student, **{name: model.network(name) for name in GENERATORS if name != role}}
    samples = cyclegan.preview(nets, model.config, sets, model.device).detach()
    images.save_picture(cyclegan.sheet(samples, sets), folder / "samples.png")
    model_card.write_card(folder)
    print(f"{folder}: {training.step:,} steps in {minutes:.1f} minutes")
    if training.step < config.steps:
        print(f"Stopped after {training.step:,} of {config.steps:,} steps: the model is saved as it is.")
        return recipes.STOPPED
    return 0


def _check(model, config: Config) -> None:
    """Raise GanzooError for a model that cannot learn from itself at this size."""
    if model.config.lesson != "cyclegan" or model.config.one_way:
        raise GanzooError("distill_needs_cyclegan", name=model.name)
    if model.config.in_channels != model.config.out_channels:
        raise GanzooError("distill_needs_same_channels", name=model.name)
    multiple, size = model.config.size_multiple, config.image_size
    if size % multiple:
        raise GanzooError("image_size_not_multiple", multiple=multiple, lesson=model.name, image_size=size)


if __name__ == "__main__":
    sys.exit(recipes.guarded(main))
