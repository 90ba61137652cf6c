"""Train lesson 17, CycleGAN: translate without pairs, there and back.

    python train/cyclegan.py                                   # horses and zebras
    python train/cyclegan.py --data summer,winter --push       # any two folders
    python train/cyclegan.py --image-size 128 --blocks 6       # a quarter of the work

Ctrl-C saves; --resume goes on, exactly. The run lies in runs/NAME, the model to share in runs/NAME/model.
"""

import sys

from ganzoo import cyclegan, recipe

if __name__ == "__main__":
    sys.exit(recipe.run(cyclegan, __doc__))
