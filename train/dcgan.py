"""Train lesson 7, the DCGAN: strokes instead of points.

    python train/dcgan.py                         # MNIST
    python train/dcgan.py --upsample resize       # no transposed convolution, so no checkerboard
    python train/dcgan.py --data my/photos --image-size 64 --push

Ctrl-C saves; --resume goes on, exactly. The run lies in runs/NAME, the model to share in runs/NAME/model.
"""

import sys

from ganzoo import dcgan, recipe

if __name__ == "__main__":
    sys.exit(recipe.run(dcgan, __doc__))
