"""Train lesson 1, the GAN of dense layers, on digits, garments or your own pictures.

    python train/gan.py                          # MNIST
    python train/gan.py --data fashion --push    # Fashion-MNIST, then to the Hub
    python train/gan.py --norm none              # lesson 4: what happens without Batch Normalization

Ctrl-C saves; --resume goes on, exactly. The run lies in runs/NAME, the model to share in runs/NAME/model.
"""

import sys

from ganzoo import data, recipes, settings
from ganzoo.models import gan
from ganzoo.session import Session
from ganzoo.training import trainer


def main(argv=None) -> int:
    # Settings: gan.Config has their defaults, the command line changes them. What can fail cheaply fails here.
    config, given = settings.parse(gan.Config, argv, __doc__)
    config = trainer.prepare(config, given)
    init = recipes.find_init(config)
    push, config = recipes.open_push(config)

    # Data: pictures as uint8 tensors, in a training and a test part.
    pictures, config = data.load(config)

    # Networks: a generator that turns 100 random numbers into a picture, a discriminator that grades pictures.
    nets = recipes.networks(config, init)

    # Training: each step is gan.train_step, the discriminator first, then the generator.
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
