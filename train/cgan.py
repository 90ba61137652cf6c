"""Train lesson 6, the conditional GAN: pick which digit it writes. The data needs labels.

    python train/cgan.py                          # MNIST
    python train/cgan.py --data my/folder --push  # one sub-folder a class, then to the Hub

Ctrl-C saves; --resume goes on, exactly. The run lies in runs/NAME, the model to share in runs/NAME/model.
"""

import sys

from ganzoo import data, recipes, settings
from ganzoo.models import cgan
from ganzoo.session import Session
from ganzoo.training import trainer


def main(argv=None) -> int:
    # Settings: cgan.Config has their defaults, the command line changes them. What can fail cheaply fails here.
    config, given = settings.parse(cgan.Config, argv, __doc__)
    config = trainer.prepare(config, given)
    init = recipes.find_init(config)
    push, config = recipes.open_push(config)

    # Data: pictures as uint8 tensors with a label each, in a training and a test part.
    pictures, config = data.load(config)

    # Networks: as in lesson 1, but both get the label, which multiplies what they see.
    nets = recipes.networks(config, init)

    # Training: each step is cgan.train_step, the discriminator first, then the generator.
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
