"""Train lesson 1, the GAN of dense layers, on digits, garments or your own pictures.

    python train/gan.py                          # MNIST
    python train/gan.py --data fashion --push    # Fashion-MNIST, then to the Hub
    python train/gan.py --norm none              # lesson 4: what happens without Batch Normalization

Ctrl-C saves; --resume goes on, exactly. The run lies in runs/NAME, the model to share in runs/NAME/model.
"""

import sys

from ganzoo import gan, recipe

if __name__ == "__main__":
    sys.exit(recipe.run(gan, __doc__))
