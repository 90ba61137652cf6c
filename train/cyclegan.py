"""Train lesson 17, CycleGAN: translate without pairs, there and back.

    python train/cyclegan.py                                   # horses and zebras
    python train/cyclegan.py --data summer,winter --push       # any two folders
    python train/cyclegan.py --image-size 128 --blocks 6       # a quarter of the work

Ctrl-C saves; --resume goes on, exactly. The run lies in runs/NAME, the model to share in runs/NAME/model.
"""

import sys

from ganzoo import data, recipes, settings
from ganzoo.models import cyclegan
from ganzoo.session import Session
from ganzoo.training import trainer


def main(argv=None) -> int:
    # Settings: cyclegan.Config has their defaults, the command line changes them. What can fail cheaply fails here.
    config, given = settings.parse(cyclegan.Config, argv, __doc__)
    config = trainer.prepare(config, given)
    init = recipes.find_init(config)
    push, config = recipes.open_push(config)

    # Data: two sets of pictures without pairs, each in a training and a test part.
    pictures, config = data.load(config)

    # Networks: two generators, there and back, and a discriminator for each side.
    nets = recipes.networks(config, init)

    if config.masked:
        print("First, the animals in all training pictures are looked for. It takes minutes on a CPU.", flush=True)

    # Training: each step is cyclegan.train_step, the discriminators first, then the generators.
    # An event tells of numbers (every 50 steps), of samples, of the doctor's advice and of saves.
    with Session(config, push, argv) as session:
        for event in trainer.fit(config, pictures, nets, session.should_stop, init):
            session.show(event)
    if session.stopped:
        return recipes.STOPPED

    recipes.finish_push(push, session.model)
    return 0


if __name__ == "__main__":
    sys.exit(recipes.guarded(main))
