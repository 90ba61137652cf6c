"""Train lesson 7, the DCGAN: strokes instead of points.

    python train/dcgan.py                         # MNIST
    python train/dcgan.py --upsample resize       # no transposed convolution, so no checkerboard
    python train/dcgan.py --data my/photos --image-size 64 --push

Ctrl-C saves; --resume goes on, exactly. The run lies in runs/NAME, the model to share in runs/NAME/model.
"""

import sys

from ganzoo import data, recipes, settings
from ganzoo.models import dcgan
from ganzoo.session import Session
from ganzoo.training import trainer


def main(argv=None) -> int:
    # Settings: dcgan.Config has their defaults, the command line changes them. What can fail cheaply fails here.
    config, given = settings.parse(dcgan.Config, argv, __doc__)
    config = trainer.prepare(config, given)
    init = recipes.find_init(config)
    push, config = recipes.open_push(config)

    # Data: pictures as uint8 tensors, in a training and a test part.
    pictures, config = data.load(config)

    # Networks: as in lesson 1, of convolutions: the generator doubles the size twice, the discriminator halves it twice.
    nets = recipes.networks(config, init)

    # Training: each step is dcgan.train_step, the discriminator first, then the generator.
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
