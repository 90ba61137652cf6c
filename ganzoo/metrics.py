"""Numbers whose name says their protocol (a leaf; float64 throughout).

`frechet-mnist-judge128-n10000-test` is the Fréchet distance between the judge's 128 features of 10,000 samples and of
the MNIST test split. Such a distance compares only with itself: never with an Inception FID.
"""

import torch
from torch import Tensor


def frechet_distance(a: Tensor, b: Tensor) -> float:
    """Fréchet distance of two feature sets (N, D), (M, D), each taken for a Gaussian (Heusel et al. 2017, eq. 6).

    The trace of the root comes from the eigenvalues of the symmetric sqrt(A) B sqrt(A): no complex numbers, no sqrtm.
    """
    a, b = a.double(), b.double()
    if len(a) < 2 or len(b) < 2:
        raise ValueError("a Fréchet distance needs at least two pictures on either side")
    mean = (a.mean(0) - b.mean(0)).square().sum()
    cov_a, cov_b = a.T.cov(), b.T.cov()
    values, vectors = torch.linalg.eigh(cov_a)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    cross = torch.linalg.eigvalsh(root @ cov_b @ root).clamp(min=0).sqrt().sum()
    return float(mean + cov_a.trace() + cov_b.trace() - 2 * cross)


def class_shares(answers: Tensor, classes: tuple) -> dict[str, float]:
    """The share of pictures that the judge takes for each class; the shares sum to 1."""
    counts = torch.bincount(answers, minlength=len(classes)).double()
    return {name: round(float(share), 4) for name, share in zip(classes, counts / counts.sum(), strict=True)}


def label_accuracy(answers: Tensor, labels: Tensor) -> float:
    """The share of conditional samples that the judge takes for the class that was asked for."""
    return float((answers == labels).double().mean())


def speckle(pictures: Tensor) -> float:
    """How much lone dots stand out (lesson 7): mean |x - median of its 3x3 neighbourhood|, pictures (N, C, H, W) in
    [-1, 1], in percent of the full range. Real pictures have some too: always read it beside theirs."""
    x = pictures.float().flatten(0, 1)[:, None]
    around = torch.nn.functional.unfold(torch.nn.functional.pad(x, (1, 1, 1, 1), mode="replicate"), 3)
    median = around.median(1).values.view_as(x)
    return float((x - median).abs().double().mean() / 2 * 100)
