"""ganzoo: the GAN family to run, train, share and understand.

The public names, in the order data flows: data -> lesson -> checkpoint -> trainer -> hub.
Nothing heavy is imported here: gradio, datasets, torchvision and torchmetrics load when first needed.
"""

from ganzoo import cgan, cyclegan, dcgan, gan, judges, metrics, pix2pix, segmenter
from ganzoo.data import Pictures, load_pictures
from ganzoo.errors import GanzooError
from ganzoo.model import Model, bundled, load
from ganzoo.pairs import Pairs
from ganzoo.pairsources import load_pairs
from ganzoo.patches import receptive_field
from ganzoo.trainer import fit, prepare
from ganzoo.unpaired import Unpaired
from ganzoo.unpairedsources import load_unpaired

__version__ = "0.1.0"
__all__ = [
    "GanzooError",
    "Model",
    "Pairs",
    "Pictures",
    "Unpaired",
    "bundled",
    "cgan",
    "cyclegan",
    "dcgan",
    "fit",
    "gan",
    "judges",
    "load",
    "load_pairs",
    "load_pictures",
    "load_unpaired",
    "metrics",
    "pix2pix",
    "prepare",
    "receptive_field",
    "segmenter",
]
