"""LPIPS, the perceptual distance that papers report: how unlike two pictures are to a network trained on photos.

    python train/evaluate.py MODEL --lpips      # needs torchvision and, the first time, a download of 233 MB

AlexNet and the weights of its layers are those of version 0.1 (Zhang et al. 2018), as torchmetrics computes them; 0 is the
same picture. Only Pix2Pix has a true picture beside each one that it makes.
"""

import torch
from torch import Tensor, nn

from ganzoo.errors import GanzooError
from ganzoo.evaluation.fid import DAMAGED, fetched
from ganzoo.images import to_float

URL = "https://download.pytorch.org/models/alexnet-owt-7be5be79.pth"
SMALLEST = 64  # pixels: AlexNet sees nothing in less


def network(device: torch.device | str = "cpu") -> nn.Module:
    """(N, 3, H, W) in [-1, 1], twice -> their distance. GanzooError where torchvision or the weights cannot be had."""
    try:
        import torchvision  # noqa: F401
    except ImportError:
        raise GanzooError("lpips_missing") from None
    from torchmetrics.image.lpip import LearnedPerceptualImagePatchSimilarity

    path, there = fetched(URL)
    if not there:
        raise GanzooError("lpips_not_downloaded", url=URL, path=path)
    try:
        return LearnedPerceptualImagePatchSimilarity(net_type="alex").to(device)
    except DAMAGED:
        raise GanzooError("lpips_wrong_file", path=path) from None


@torch.no_grad()
def distances(net: nn.Module, made: Tensor, real: Tensor, protocol: str) -> dict[str, float]:
    """The mean LPIPS of pictures and what they should be, uint8 (N, 1 or 3, H, W); `protocol` ends its name. Nothing for
    pictures that are too small for it."""
    if min(real.shape[-2:]) < SMALLEST:
        return {}
    net.reset()
    for pair in zip(made.split(16), real.split(16), strict=True):
        net.update(*(to_float(part).expand(-1, 3, -1, -1).to(net.device) for part in pair))
    return {f"lpips-alex-v0.1-{protocol}": round(float(net.compute()), 4)}
