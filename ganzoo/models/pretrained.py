"""The weights of the pretrained feature network (ganzoo/models/features.py), read from a folder.

net = pretrained.load()                     # EfficientNet-Lite0 (ImageNet), bundled, 5 MB
maps = net(pictures)                        # pictures in [-1, 1] -> maps at strides 4, 8, 16 and 32
"""

import functools
import hashlib
import json
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from ganzoo.errors import GanzooError
from ganzoo.models.features import EfficientNetLite

FOLDER = Path(__file__).parent.parent / "weights" / "features-efficientnet-lite0"


@functools.cache
def digest() -> str:
    """SHA-256 of the bundled weights, which a projected discriminator and a masked generator name: they work with these
    features alone."""
    try:
        return hashlib.sha256((FOLDER / "model.safetensors").read_bytes()).hexdigest()
    except OSError:
        raise GanzooError("features_damaged", folder=FOLDER) from None


def load(folder: Path = FOLDER, device: torch.device | str = "cpu") -> EfficientNetLite:
    """The frozen network of a folder (config.json, model.safetensors). GanzooError where one is missing or damaged."""
    try:
        content = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        tensors = load_file(folder / "model.safetensors")
        with torch.device("meta"):  # no weights of its own, which would move torch's random state
            net = EfficientNetLite(content["variant"], content["classes"])
        net.load_state_dict({name: tensor.float() for name, tensor in tensors.items()}, strict=True, assign=True)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError):
        raise GanzooError("features_damaged", folder=folder) from None
    return net.eval().requires_grad_(False).to(device)
