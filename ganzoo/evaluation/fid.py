"""FID and KID, the distances that papers report: Inception features of made and of real pictures.

    python train/evaluate.py MODEL --fid        # needs torch-fidelity and, the first time, a download of 96 MB

Network, resizing and weights are those of the first FID code (Heusel et al. 2017), as torch-fidelity keeps them. Both
numbers depend on how many pictures there are, FID strongly: under some thousands it is far too high, and KID is the one
to read. Compare either only with numbers of the same n.
"""

import pickle
from contextlib import suppress
from pathlib import Path

import torch
from torch import Tensor, nn

from ganzoo.errors import GanzooError
from ganzoo.evaluation import metrics

URL = "https://github.com/toshas/torch-fidelity/releases/download/v0.2.0/weights-inception-2015-12-05-6726825d.pth"
DAMAGED = (OSError, RuntimeError, EOFError, ValueError, KeyError, pickle.UnpicklingError)  # of a file of weights


def fetched(url: str) -> tuple[Path, bool]:
    """(a file of weights among torch's, whether it is there): downloaded once and checked by the hash in its name."""
    path = Path(torch.hub.get_dir()) / "checkpoints" / url.rsplit("/", 1)[1]
    with suppress(OSError, RuntimeError):
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            torch.hub.download_url_to_file(url, str(path), hash_prefix=path.stem.rsplit("-", 1)[1])
    return path, path.is_file()


def network(device: torch.device | str = "cpu") -> nn.Module:
    """The Inception network of 2015-12-05, uint8 (N, 3, H, W) -> features (N, 2048)."""
    try:
        from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3
    except ImportError:
        raise GanzooError("fid_missing") from None
    path, there = fetched(URL)
    if not there:
        raise GanzooError("fid_not_downloaded", url=URL, path=path)
    try:
        torch.load(path, weights_only=True)  # torch-fidelity opens any pickle: let it have only one that holds tensors
    except DAMAGED:
        raise GanzooError("fid_wrong_file", path=path) from None
    return FeatureExtractorInceptionV3("ganzoo", ["2048"], feature_extractor_weights_path=str(path)).to(device)


@torch.no_grad()
def features(net: nn.Module, pictures: Tensor) -> Tensor:
    """uint8 (N, 1 or 3, H, W) -> (N, 2048) on the CPU."""
    device = next(net.parameters()).device
    return torch.cat([net(x.expand(-1, 3, -1, -1).to(device))[0].cpu() for x in pictures.split(32)])


def distances(net: nn.Module, made: Tensor, real: Tensor, protocol: str) -> dict[str, float]:
    """FID and KID of two sets of at least two pictures, uint8 (N, C, H, W); `protocol` ends their names."""
    if min(len(made), len(real)) < 2:
        return {}
    names = f"fid-inception2015-{protocol}", f"kid-inception2015-{protocol}"
    return metrics.distances(features(net, made), features(net, real), *names)
