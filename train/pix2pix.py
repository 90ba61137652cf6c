"""Train lessons 9 to 15, Pix2Pix: translate pictures, learned from pairs.

    python train/pix2pix.py                                   # facades, GAN + MAE
    python train/pix2pix.py --loss all                        # GAN, MAE and GAN + MAE, and a page that compares them
    python train/pix2pix.py --data my/pairs --direction 'B->A' --push
    python train/pix2pix.py --minutes 30                      # as many steps as fit into that on this machine

Ctrl-C saves; --resume goes on, exactly. The run lies in runs/NAME, the model to share in runs/NAME/model.
"""

import dataclasses
import sys

from ganzoo import data, distributed, recipes, settings
from ganzoo.models import pix2pix
from ganzoo.session import Session
from ganzoo.training import trainer


def main(argv=None) -> int:
    # Settings: defaults in pix2pix.Config, changed by the command line. --loss all becomes a run for each loss.
    base, given = settings.parse(pix2pix.Config, argv, __doc__)
    configs = [trainer.prepare(config, given) for config in recipes.several(base, pix2pix.contest(base, given))]
    init = recipes.find_init(*configs)
    runs = [recipes.open_push(config) for config in configs]

    # Data: pairs of an original and the picture that it should become, in a training and a test part.
    pairs, _ = data.load(configs[0])

    models, steps = {}, 0
    for push, config in runs:
        config = data.complete(config, pairs)
        if config.minutes:  # every loss takes as many steps as the first one
            config = dataclasses.replace(config, steps=config.steps or steps)

        # Networks: a U-Net that translates, and a PatchGAN that judges each region of its picture beside the original.
        nets = recipes.networks(config, init)

        # Training: each step is pix2pix.train_step, the discriminator first, then the generator. Events tell of it.
        with Session(config, push, argv, len(models), len(runs)) as session:
            for event in trainer.fit(config, pairs, nets, session.should_stop, init):
                session.show(event)
        if session.stopped:
            if len(runs) > 1:
                print("The other losses: the same command once more, with --resume.")
            return recipes.STOPPED
        recipes.finish_push(push, session.model)
        models[config.word], steps = session.model, session.steps

    # Comparison: the same test pictures through all models, as a table, a grid and curves.
    if len(runs) > 1 and distributed.first():
        recipes.compare(base, models, pairs, [push for push, _ in runs])
    return 0


if __name__ == "__main__":
    sys.exit(recipes.guarded(main))
