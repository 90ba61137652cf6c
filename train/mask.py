"""Let a CycleGAN change nothing but the animals: find out where they are, and keep the rest of each picture.

    python train/mask.py --model runs/cyclegan-horse2zebra/model

Nobody draws a mask. The generators stay as they are; a localizer beside each (ganzoo/models/localizer.py) learns from
pretrained features where the thing is that tells the two sets apart. It takes minutes.
"""

import dataclasses
import sys
import time
from dataclasses import dataclass
from typing import ClassVar

from ganzoo import inference, recipes, settings
from ganzoo.errors import GanzooError
from ganzoo.models.localizer import PICTURES, STEPS, Masked
from ganzoo.settings import option
from ganzoo.training import derived, precision, run_dir


@dataclass(frozen=True)
class Config(derived.Config):
    """What the command line takes."""

    lesson: ClassVar[str] = "mask"

    name: str = option("", "name of the run and the model (default: mask-data)")
    image_size: int = option(192, "side of the crops in pixels", 64, 1024)
    needs_features: ClassVar[bool] = True


def main(argv=None) -> int:
    # Settings, and the model. What can fail cheaply fails here.
    config, given = settings.parse(Config, argv, __doc__)
    if not config.model:
        raise GanzooError("mask_needs_model")
    model = inference.load(config.model, config.device)
    derived.check(model, config.image_size)
    made = dataclasses.replace(model.config, masked=True)
    if made.image_size % made.size_multiple:
        raise GanzooError("mask_needs_size", name=model.name, multiple=made.size_multiple, image_size=made.image_size)
    config = derived.prepare(model, config, given)
    sets, data_config = derived.load_data(model, config)
    batches = sets.batches(data_config, model.device)
    half = precision.choose(data_config, model.device, {"generator": model.generator}) == "bf16"

    # A localizer for each direction.
    began, count, nets = time.perf_counter(), 8 if config.smoke else PICTURES, {}
    for side, role, direction in zip("ab", derived.GENERATORS, model.directions, strict=True):
        thing = direction.partition("->")[0]
        print(f"Looking for the {thing} in {count} pictures of each set.", flush=True)
        net = model.network(role)
        nets[role] = Masked(net.generator if isinstance(net, Masked) else net).to(model.device)
        nets[role].localizer.learn(nets[role].generator, batches, side, config.seed, half, count)
    minutes = (time.perf_counter() - began) / 60
    facts = run_dir.facts(config, model.device, STEPS, minutes) | {"precision": "bf16" if half else "fp32"}
    folder = derived.save(model, made, nets, config, data_config, sets, facts)
    print(f"{folder}: {minutes:.1f} minutes")
    return 0


if __name__ == "__main__":
    sys.exit(recipes.guarded(main))
