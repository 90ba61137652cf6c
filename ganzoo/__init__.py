"""ganzoo: the GAN family to run, train, share and understand.

The public names, in the order data flows: data -> lesson -> checkpoint -> trainer -> hub.
Nothing heavy is imported here: gradio, datasets, torchvision and torchmetrics load when first needed.
"""

from ganzoo import cgan, dcgan, gan, judges, metrics
from ganzoo.data import Pictures, load_pictures
from ganzoo.errors import GanzooError
from ganzoo.model import Model, bundled, load
from ganzoo.trainer import fit, prepare

__version__ = "0.1.0"
__all__ = [
    "GanzooError",
    "Model",
    "Pictures",
    "bundled",
    "cgan",
    "dcgan",
    "fit",
    "gan",
    "judges",
    "load",
    "load_pictures",
    "metrics",
    "prepare",
]
