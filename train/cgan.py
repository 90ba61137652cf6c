"""Train lesson 6, the conditional GAN: pick which digit it writes. The data needs labels.

    python train/cgan.py                          # MNIST
    python train/cgan.py --data my/folder --push  # one sub-folder a class, then to the Hub

Ctrl-C saves; --resume goes on, exactly. The run lies in runs/NAME, the model to share in runs/NAME/model.
"""

import sys

from ganzoo import cgan, recipe

if __name__ == "__main__":
    sys.exit(recipe.run(cgan, __doc__))
