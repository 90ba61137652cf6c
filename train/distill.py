"""Teach a CycleGAN's generator to do in one pass what it does in two.

    python train/distill.py --model cyclegan-horse2zebra --direction 'zebra->horse'

What is left of the stripes after one pass, a second pass takes away; but two passes take twice the time and blur. So the
generator learns from itself: its first pass should give what lies between its first and its second (distillation,
Hinton et al. 2015). No discriminator takes part, so nothing can swing.

Ctrl-C ends the training early: the model is saved as it is.
"""

import copy
import dataclasses
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import torch

from ganzoo import checkpoint, data, images, inference, model_card, pretrained, recipes, session, settings
from ganzoo.errors import GanzooError
from ganzoo.lesson_settings import JudgeSettings
from ganzoo.models import cyclegan
from ganzoo.models.features import perceptual_distance
from ganzoo.models.losses import pixel_loss
from ganzoo.settings import option
from ganzoo.training import loop, precision, run_dir, trainer

SHOWN_EVERY = 100  # steps between two lines


@dataclass(frozen=True)
class Config(JudgeSettings):
    """What the command line takes."""

    lesson: ClassVar[str] = "distill"
    task: ClassVar[str] = "unpaired"

    data: str = option("horse2zebra", "two sets of pictures, as train/cyclegan.py takes them")
    model: str = option("cyclegan-horse2zebra", "a CycleGAN: bundled name, model folder or user/name on the Hub")
    direction: str = option("zebra->horse", "the direction whose generator learns")
    share: float = option(0.6, "how far to go from the first pass (0) to the second (1)", 0.0, 1.0)
    steps: int = option(3000, "steps of one picture", 1, 10_000_000)
    lr: float = option(5e-4, "Adam's learning rate; it sinks to 0 over the second half", 0.0, 1.0)
    pixels: float = option(10.0, "weight of the mean absolute error of pixels", 0.0, 1e6)
    perceptual: float = option(1.0, "weight of the difference of pretrained features", 0.0, 1e6)
    image_size: int = option(192, "side of the crops in pixels", 16, 1024)


class Distillation:
    """A copy of a generator learns, picture by picture, what lies between the first and the second pass of the original."""

    def __init__(self, teacher, batches, side: str, config: Config, half: bool):
        self.teacher, self.student = teacher, copy.deepcopy(teacher).requires_grad_(True)
        self.batches, self.side, self.config, self.half = batches, side, config, half
        self.features = pretrained.load(device=batches.device)
        self.optimizer = torch.optim.Adam(self.student.parameters(), config.lr)
        self.step, self.errors = 0, []

    def advance(self) -> None:
        config, picture = self.config, self.batches(self.step)[self.side]
        for group in self.optimizer.param_groups:
            group["lr"] = config.lr * min(1.0, 2 - 2 * self.step / config.steps)
        with torch.autocast(picture.device.type, torch.bfloat16, enabled=self.half):
            with torch.no_grad():
                first = self.teacher(picture).float()
                second = self.teacher(first).float()
                wanted = torch.lerp(first, second, config.share)
                features = self.features(wanted)
            made = self.student(picture).float()
            likeness = perceptual_distance(self.features(made), features)
        error = pixel_loss(made, wanted)
        self.optimizer.zero_grad()
        (config.pixels * error + config.perceptual * likeness).backward()
        self.optimizer.step()
        self.errors.append(error.detach() / 2)
        self.step += 1

    def averages(self) -> dict[str, float]:
        """mae: mean absolute error of pixels in 0..1 since the last row."""
        mean, self.errors = torch.stack(self.errors).mean().item(), []
        return {"mae": round(mean, 4)}


def main(argv=None) -> int:
    config, _ = settings.parse(Config, argv, __doc__)
    made = inference.load(config.model, config.device)
    if made.config.lesson != "cyclegan" or made.config.one_way:
        raise GanzooError("distill_needs_cyclegan", name=made.name)
    if made.config.in_channels != made.config.out_channels:
        raise GanzooError("distill_needs_same_channels", name=made.name)
    teacher = made.translator(config.direction).requires_grad_(False)
    side, role = ("a", "generator") if config.direction == made.direction else ("b", "generator_back")
    steps = 2 if config.smoke else config.steps
    config = dataclasses.replace(config, name=trainer.run_name(config), steps=steps)
    trainer.make_room(config)
    trainer.check(config)
    same = ("data", "image_size", "seed", "smoke", "precision")
    how = {name: getattr(config, name) for name in same} | {"batch_size": 1, "chosen_precision": "", "resume": ""}
    sets, wanted = data.load(dataclasses.replace(made.config, init=config.model, **how))
    half = precision.choose(wanted, made.device, {"generator": teacher}) == "bf16"

    began, stop = time.perf_counter(), []
    session.stop_on_signals(stop)
    training = Distillation(teacher, sets.batches(wanted, made.device), side, config, half)
    for row, stopping in loop.rounds(training, config.steps, SHOWN_EVERY, lambda: bool(stop)):
        if row or stopping:
            row = row or loop.step_row(training)
            print(f"step {row['step']:,}/{config.steps:,}  MAE to what it learns {row['mae']:.4f}", flush=True)

    minutes = (time.perf_counter() - began) / 60
    nets = {each: made.network(each) for each in checkpoint.FILES if (made.folder / checkpoint.FILES[each]).is_file()}
    nets[role] = training.student.requires_grad_(False).eval()
    facts = run_dir.facts(config, made.device, training.step, minutes)
    facts |= run_dir.origin(wanted, made.folder, made.folder) | {"precision": "bf16" if half else "fp32"}
    folder = Path(config.out) / config.name / "model"
    checkpoint.save_model(folder, made.config, nets, {"name": config.name, "metrics": {}, "training": facts})
    with torch.no_grad():
        sheet = cyclegan.sheet(cyclegan.preview(nets, made.config, sets, made.device), sets)
    images.save_picture(sheet, folder / "samples.png")
    model_card.write_card(folder)
    print(f"{folder}: {training.step:,} steps in {minutes:.1f} minutes")
    return recipes.STOPPED if training.step < config.steps else 0


if __name__ == "__main__":
    sys.exit(recipes.guarded(main))
