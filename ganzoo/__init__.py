"""ganzoo: the GAN family to run, train, share and understand.

The public names, in the order data flows: data -> lesson -> checkpoint -> trainer -> hub.
Nothing heavy is imported here: gradio, datasets, torchvision and torchmetrics load when first needed.
"""

from ganzoo import cgan, dcgan, gan
from ganzoo.data import load_pictures
from ganzoo.errors import GanzooError

__version__ = "0.1.0"
__all__ = ["GanzooError", "cgan", "dcgan", "gan", "load_pictures"]
