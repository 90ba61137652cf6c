"""Weights of the reference PyTorch code, read from a .pth file and understood from names and shapes alone.

found = reference.read(Path("latest_net_G.pth"))    # a Found: U-Net of 8 levels, 64 features, instance norm ...
"""

import pickle
import re
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from ganzoo.errors import GanzooError

LARGEST = 4 << 30  # bytes; the reference's largest file, a U-Net 256, has 218 MB
FLOATS = (torch.float32, torch.float16, torch.bfloat16, torch.float64)
PATCH_OF = {0: 1, 1: 16, 2: 34, 3: 70, 5: 286}  # layers of a PatchGAN (0: of single pixels): what one score sees
WRAPPERS = ("module.", "_orig_mod.")  # DataParallel, torch.compile


@dataclass
class Layer:
    """A convolution of the reference, by the names of its weights, and the norm behind it."""

    conv: str
    norm: str = ""
    biased: bool = False  # has a bias whatever the norm
    swapped: bool = False  # sees (skip, below) where ganzoo's sees (below, skip)


@dataclass
class Found:
    """A file of the reference, understood."""

    file: str
    kind: str  # unet | resnet | patch
    depth: int  # levels | blocks | layers
    width: int
    inputs: int
    outputs: int
    norm: str  # instance | instance_affine | batch | none
    dropout: bool | None  # None: its weights do not say
    layers: list[Layer]
    weights: dict[str, Tensor]

    @property
    def what(self) -> str:
        if self.kind == "patch":
            return f"PatchGAN of {self.depth} layers" if self.depth else "discriminator of single pixels"
        return f"U-Net of {self.depth} levels" if self.kind == "unet" else f"ResNet of {self.depth} blocks"

    def __str__(self) -> str:
        channels = f"{self.inputs} to {self.outputs} channels" if self.kind != "patch" else f"{self.inputs} channels"
        norm = "no norm" if self.norm == "none" else f"{self.norm.replace('_', ' ')} norm"
        return f"{self.what}, {self.width} features, {channels}, {norm}"


def read(path: Path) -> Found:
    """A .pth file of the reference -> what it is, with its weights."""
    return recognise(read_weights(path), path.name)


def read_weights(path: Path) -> dict[str, Tensor]:
    """The named weights of a .pth file as finite fp32. Nothing but tensors is ever unpickled."""
    if not path.is_file():
        raise GanzooError("pth_not_found", path=path)
    too_large = GanzooError("pth_too_large", path=path, most=LARGEST >> 30)
    try:
        if path.stat().st_size > LARGEST:
            raise too_large
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                if sum(part.file_size for part in packed.infolist()) > LARGEST:
                    raise too_large
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's own words on old formats
            weights = torch.load(path, map_location="cpu", weights_only=True)
    except GanzooError:
        raise
    except Exception as error:  # a hostile or torn file can raise anything inside an unpickler
        code = re.search(r"GLOBAL ([\w.]+)", str(error)) if isinstance(error, pickle.UnpicklingError) else None
        if code:
            raise GanzooError("pth_holds_code", path=path, found=code[1]) from error
        raise GanzooError("pth_damaged", path=path, reason=type(error).__name__) from error
    if not isinstance(weights, dict) or not weights:
        raise GanzooError("pth_without_weights", path=path)
    for name, value in weights.items():
        if not isinstance(name, str) or not isinstance(value, Tensor):
            raise GanzooError("pth_entry_no_tensor", path=path, name=str(name)[:60])
    while any(all(name.startswith(wrapper) for name in weights) for wrapper in WRAPPERS):
        weights = {name.partition(".")[2]: tensor for name, tensor in weights.items()}
    weights = {name: tensor for name, tensor in weights.items() if not name.endswith(".num_batches_tracked")}
    if sum(4 * tensor.numel() for tensor in weights.values()) > LARGEST:  # a few bytes can be repeated without end
        raise too_large
    for name, tensor in weights.items():
        if tensor.dtype not in FLOATS or tensor.layout != torch.strided or tensor.device.type != "cpu":
            raise GanzooError("pth_tensor_not_floats", path=path, name=name[:60], dtype=tensor.dtype)
        weights[name] = tensor.detach().float()
        if not torch.isfinite(weights[name]).all():
            raise GanzooError("weights_not_finite", path=path, name=name[:60])
    return weights


def recognise(weights: dict[str, Tensor], file: str) -> Found:
    """Names and shapes -> the architecture. The reference nests a U-Net's levels, numbers everything else."""

    def shape(name: str) -> tuple[int, ...]:
        found = tuple(weights[name].shape) if name in weights else ()
        if len(found) != 4:
            raise GanzooError("pth_convolution_missing", file=file, name=name)
        return found

    dropout = None
    if "model.model.0.weight" in weights:
        kind, (depth, layers) = "unet", _unet(weights)
        width, inputs = shape("model.model.0.weight")[:2]
        outputs = shape("model.model.3.weight")[1]
    elif "model.1.weight" in weights and any(".conv_block." in name for name in weights):
        dropout = "model.10.conv_block.5.weight" not in weights
        kind, (depth, layers) = "resnet", _resnet(weights, dropout)
        width, inputs = shape("model.1.weight")[:2]
        outputs = shape(layers[-1].conv + ".weight")[0]
    elif "model.0.weight" in weights or "net.0.weight" in weights:
        kind, (depth, layers) = "patch", _patch(weights)
        width, inputs = shape(layers[0].conv + ".weight")[:2]
        outputs = 1
    else:
        raise GanzooError("pth_unknown", file=file, name=min(weights, default="nothing")[:60])
    return Found(file, kind, depth, width, inputs, outputs, _norm(weights, layers), dropout, layers, weights)


def _unet(weights: dict) -> tuple[int, list[Layer]]:
    places = ["model.model"]  # of the levels, outermost first
    while f"{places[-1]}.{1 if len(places) == 1 else 3}.model.1.weight" in weights:
        places.append(f"{places[-1]}.{1 if len(places) == 1 else 3}.model")
    last = len(places) - 1
    down, up = [], []
    for i, place in enumerate(places):
        inner = 0 < i < last
        down.append(Layer(f"{place}.{min(i, 1)}", f"{place}.2" if inner else ""))
        norm = f"{place}.{6 if inner else 4}" if i else ""
        up.append(Layer(f"{place}.{5 if inner else 3}", norm, biased=not i, swapped=i < last))
    return len(places), down + up[::-1]


def _resnet(weights: dict, dropout: bool) -> tuple[int, list[Layer]]:
    blocks, second = 0, 6 if dropout else 5
    while any(name.startswith(f"model.{10 + blocks}.conv_block.") for name in weights):
        blocks += 1
    layers = [Layer(f"model.{i}", f"model.{i + 1}") for i in (1, 4, 7)]
    for i in range(10, 10 + blocks):
        layers += [Layer(f"model.{i}.conv_block.{j}", f"model.{i}.conv_block.{j + 1}") for j in (1, second)]
    layers += [Layer(f"model.{i}", f"model.{i + 1}") for i in (10 + blocks, 13 + blocks)]
    return blocks, [*layers, Layer(f"model.{17 + blocks}", biased=True)]


def _patch(weights: dict) -> tuple[int, list[Layer]]:
    if "net.0.weight" in weights:
        return 0, [Layer("net.0", biased=True), Layer("net.2", "net.3"), Layer("net.5")]
    depth = -1  # the last convolution makes the scores
    while f"model.{5 + 3 * depth}.weight" in weights:
        depth += 1
    middle = [Layer(f"model.{2 + 3 * i}", f"model.{3 + 3 * i}") for i in range(depth)]
    return depth, [Layer("model.0", biased=True), *middle, Layer(f"model.{2 + 3 * max(depth, 0)}", biased=True)]


def _norm(weights: dict, layers: list[Layer]) -> str:
    """Which norm: its weights say, else the biases do, which the reference gives to what instance norm follows."""
    normed = [layer for layer in layers if layer.norm]
    if any(f"{layer.norm}.weight" in weights for layer in normed):
        return "batch" if any(f"{layer.norm}.running_mean" in weights for layer in normed) else "instance_affine"
    return "instance" if any(f"{layer.conv}.bias" in weights for layer in normed) else "none"
