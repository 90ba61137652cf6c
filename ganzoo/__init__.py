"""ganzoo: the GAN family to run, train, share and understand.

The public names, in the order data flows: data | models -> checkpoint -> hub -> inference | training -> evaluation.
Nothing heavy is imported here: gradio, datasets, torchvision and torchmetrics load when first needed.
"""

import signal
import sys
from pathlib import Path

_script = Path(sys.argv[0]) if sys.argv else Path()  # there are none where another program embeds Python
if (  # the command `ganzoo`, or a script of train/: Ctrl-C while torch loads ends it without a traceback
    sys.orig_argv[1:3] == ["-m", "ganzoo"]
    or _script.stem == "ganzoo"
    or Path(__file__).parent.parent / "train" in _script.absolute().parents
):
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from ganzoo.data import drawings
from ganzoo.data.labeled import Pictures, load_pictures
from ganzoo.data.paired import Pairs
from ganzoo.data.paired_sources import load_pairs
from ganzoo.data.unpaired import Unpaired
from ganzoo.data.unpaired_sources import load_unpaired
from ganzoo.errors import GanzooError
from ganzoo.evaluation import judges, metrics, realness, segmenter
from ganzoo.hub.bundled import bundled
from ganzoo.inference import Model, load
from ganzoo.models import cgan, cyclegan, dcgan, gan, pix2pix
from ganzoo.models.receptive_field import receptive_field
from ganzoo.recipes import fit
from ganzoo.training.trainer import prepare

__version__ = "0.1.0"
