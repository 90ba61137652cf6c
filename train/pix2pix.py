"""Train lessons 9 to 15, Pix2Pix: translate pictures, learned from pairs.

    python train/pix2pix.py                                   # facades, GAN + MAE
    python train/pix2pix.py --loss all                        # GAN, MAE and GAN + MAE, and a page that compares them
    python train/pix2pix.py --data my/pairs --direction 'B->A' --push

Ctrl-C saves; --resume goes on, exactly. The run lies in runs/NAME, the model to share in runs/NAME/model.
"""

import sys

from ganzoo import pix2pix, recipe

if __name__ == "__main__":
    sys.exit(recipe.run(pix2pix, __doc__))
