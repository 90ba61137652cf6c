"""Numbers whose name says their protocol, in float64 (SSIM: float32).

`frechet-mnist-judge128-n10000-test` is the Fréchet distance between the judge's 128 features of 10,000 samples and of
the MNIST test split. Such a distance compares only with itself: never with an Inception FID.
"""

import torch
import torch.nn.functional as F
from torch import Tensor


def find(found: dict, kind: str):
    """The metric of a kind among full names: `l1` finds `l1-facades-128px-n106-test`, and nothing of real pictures."""
    names = (name for name in found if name.startswith(f"{kind}-") and not name.startswith(f"{kind}-real-"))
    return found.get(next(names, ""))


def frechet_distance(a: Tensor, b: Tensor) -> float:
    """Fréchet distance of two feature sets (N, D), (M, D), each taken for a Gaussian (Heusel et al. 2017, eq. 6). The trace
    of the root comes from the eigenvalues of the symmetric sqrt(A) B sqrt(A), or of fewer pictures than features from the
    singular values of the features' products, (N, M): the same, and quick."""
    a, b = a.double(), b.double()
    if len(a) < 2 or len(b) < 2:
        raise ValueError("a Fréchet distance needs at least two pictures on either side")
    mean = (a.mean(0) - b.mean(0)).square().sum()
    if max(len(a), len(b)) < a.shape[1]:
        a, b = ((x - x.mean(0)) / (len(x) - 1) ** 0.5 for x in (a, b))
        cross = torch.linalg.svdvals(a @ b.T).sum()
        return float(mean + a.square().sum() + b.square().sum() - 2 * cross)
    cov_a, cov_b = a.T.cov(), b.T.cov()
    values, vectors = torch.linalg.eigh(cov_a)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    cross = torch.linalg.eigvalsh(root @ cov_b @ root).clamp(min=0).sqrt().sum()
    return float(mean + cov_a.trace() + cov_b.trace() - 2 * cross)


def kernel_distance(a: Tensor, b: Tensor) -> float:
    """Squared maximum mean discrepancy of two feature sets (N, D), (M, D) under the kernel (x.y / D + 1)^3, unbiased: 0
    on average for two draws from one set, however few, so it may come out below 0 (Binkowski et al. 2018, section 4)."""
    a, b = a.double(), b.double()
    if len(a) < 2 or len(b) < 2:
        raise ValueError("a kernel distance needs at least two pictures on either side")

    def total(x: Tensor, y: Tensor) -> Tensor:
        return sum(((part @ y.T / x.shape[1] + 1) ** 3).sum() for part in x.split(1000))

    def among(x: Tensor) -> Tensor:
        self_likeness = ((x.square().sum(1) / x.shape[1] + 1) ** 3).sum()
        return (total(x, x) - self_likeness) / (len(x) * (len(x) - 1))

    return float(among(a) + among(b) - 2 * total(a, b) / (len(a) * len(b)))


def distances(seen: Tensor, real: Tensor, frechet: str, kernel: str) -> dict[str, float]:
    """Fréchet and kernel distance of features (N, D), (M, D) under these names; nothing of less than two pictures."""
    if min(len(seen), len(real)) < 2:
        return {}
    return {frechet: round(frechet_distance(seen, real), 3), kernel: round(kernel_distance(seen, real), 5)}


def class_shares(answers: Tensor, classes: tuple) -> dict[str, float]:
    """The share of pictures that the judge takes for each class; the shares sum to 1."""
    counts = torch.bincount(answers, minlength=len(classes)).double()
    return {name: round(float(share), 4) for name, share in zip(classes, counts / counts.sum(), strict=True)}


def label_accuracy(answers: Tensor, labels: Tensor) -> float:
    """The share of conditional samples that the judge takes for the class of their label."""
    return float((answers == labels).double().mean())


def speckle(pictures: Tensor) -> float:
    """How much lone dots stand out (lesson 7): mean |x - median of its 3x3 neighbourhood|, pictures (N, C, H, W) in
    [-1, 1], in percent of the full range. Real pictures have some too: always read it beside theirs."""
    x = pictures.float().flatten(0, 1)[:, None]
    around = F.unfold(F.pad(x, (1, 1, 1, 1), mode="replicate"), 3)
    median = around.median(1).values.view_as(x)
    return float((x - median).abs().double().mean() / 2 * 100)


# Translated pictures beside the truth: uint8 (N, C, H, W) on both sides.
FEW = 8  # pictures at a time: a convolution in float64 on the CPU takes a hundred times a picture's own memory


def pixel_metrics(made: Tensor, truth: Tensor) -> dict[str, float]:
    """L1 (pixels in 0..1, lower is better), PSNR in dB and SSIM (both higher is better), means over the pictures."""
    from torchmetrics.functional.image import peak_signal_noise_ratio, structural_similarity_index_measure

    sums = dict.fromkeys(("l1", "psnr", "ssim"), 0.0)
    for x, y in zip(made.split(FEW), truth.split(FEW), strict=True):
        a, b = x.double() / 255, y.double() / 255
        sums["l1"] += float((a - b).abs().mean()) * len(a)
        psnr = peak_signal_noise_ratio(a, b, data_range=1.0, dim=(1, 2, 3), reduction="elementwise_mean")
        sums["psnr"] += float(psnr) * len(a)
        # in float32, whose convolutions are fifteen times faster: it agrees to seven digits
        sums["ssim"] += float(structural_similarity_index_measure(a.float(), b.float(), data_range=1.0)) * len(a)
    return {key: value / len(made) for key, value in sums.items()}


def sharpness(made: Tensor, truth: Tensor) -> float:
    """High-frequency energy of the made pictures over that of the true ones: 1 is as sharp as real, below is blurred. High
    frequencies are what a 5 x 5 binomial blur takes away and a 3 x 3 one leaves, for a checkerboard, which the latter wipes
    out, is no detail."""
    wide = torch.tensor([1.0, 4.0, 6.0, 4.0, 1.0], dtype=torch.float64)
    narrow = torch.tensor([0.0, 1.0, 2.0, 1.0, 0.0], dtype=torch.float64)
    band = torch.outer(narrow, narrow) / 16 - torch.outer(wide, wide) / 256

    def energy(pictures: Tensor) -> float:
        total = 0.0
        for part in pictures.split(FEW):
            grey = part.double().mean(1, keepdim=True) / 255
            padded = F.pad(grey, (2, 2, 2, 2), mode="reflect")
            total += float(F.conv2d(padded, band[None, None]).square().mean()) * len(part)
        return total / len(pictures)

    return energy(made) / max(1e-12, energy(truth))


def common_pattern(pictures: Tensor) -> float:
    """The share of fine detail that is the same in all pictures, in that sixteenth of the picture where it is largest: 0 none,
    1 all. Detail is what a Gaussian of 3 pixels takes away from the brightness; what pictures have in common by chance, one
    part in their number, is taken off. Where there is next to no detail, a tenth of the picture's mean stands for it. Pictures
    (N, C, H, W), N at least 2, H and W at least 8."""
    count, _, height, width = pictures.shape
    bell = torch.exp(-0.5 * (torch.arange(-6, 7, dtype=torch.float64) / 3).square())
    blur = (torch.outer(bell, bell) / bell.sum().square())[None, None]
    total, energy = torch.zeros(2, height, width, dtype=torch.float64)
    for part in pictures.split(FEW):
        grey = part.double().mean(1, keepdim=True)
        detail = (grey - F.conv2d(F.pad(grey, (6, 6, 6, 6), mode="reflect"), blur))[:, 0]
        total += detail.sum(0)
        energy += detail.square().sum(0)
    common, whole = (F.adaptive_avg_pool2d(x[None], 4) for x in ((total / count).square(), energy / count))
    beyond_chance = (common - whole / count) * count / (count - 1)
    return float((beyond_chance / whole.clamp(min=float(whole.mean()) / 10 + 1e-12)).max().clamp(min=0))


def tone(made: Tensor, truth: Tensor) -> float:
    """How much the colours as a whole differ from the true ones: 0 the same, 1 nothing in common. One minus the overlap of
    the histograms of L, a and b over all pixels of the set, mean of the three (Isola et al. 2017, 5.1, figure 7)."""
    limits, bins = ((0.0, 100.0), (-110.0, 110.0), (-110.0, 110.0)), 64

    def shares(pictures: Tensor) -> Tensor:
        counts = torch.zeros(3, bins, dtype=torch.float64)
        for part in pictures.split(FEW):
            for channel, values in enumerate(lab(part).unbind(1)):
                counts[channel] += torch.histc(values, bins, *limits[channel])
        return counts / (len(pictures) * pictures[0, 0].numel())

    return float((1 - torch.minimum(shares(made), shares(truth)).sum(1)).mean())


def lab(pictures: Tensor) -> Tensor:
    """sRGB, uint8 (N, C, H, W) -> CIE Lab under D65, float64 (N, 3, H, W); grey pictures count as three equal channels."""
    rgb = pictures.expand(-1, 3, -1, -1).double() / 255
    linear = torch.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    matrix = torch.tensor(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]],
        dtype=torch.float64,
    )
    xyz = torch.einsum("ij,njhw->nihw", matrix, linear) / matrix.sum(1)[None, :, None, None]
    f = torch.where(xyz > (6 / 29) ** 3, xyz.clamp(min=1e-12) ** (1 / 3), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = f.unbind(1)
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], 1)


def checkerboard(pictures: Tensor) -> float:
    """A grid pattern as a number: the energy of the brightness at period 2 (the corners of the spectrum: every second
    row, column or both) over the mean energy of the frequencies just below. About 1 is none (Odena et al. 2016)."""
    height, width = pictures.shape[2:]
    spectrum = torch.zeros(height, width, dtype=torch.float64)
    for part in pictures.split(FEW):
        grey = part.double().mean(1)
        spectrum += torch.fft.fft2(grey - grey.mean((1, 2), keepdim=True)).abs().square().sum(0) / len(pictures)
    half_h, half_w = height // 2, width // 2
    peaks = [spectrum[half_h, 0], spectrum[0, half_w], spectrum[half_h, half_w]]
    near_h, near_w = slice(half_h - height // 8, half_h - 1), slice(half_w - width // 8, half_w - 1)
    around = [spectrum[near_h, 0].mean(), spectrum[0, near_w].mean(), spectrum[near_h, near_w].mean()]
    return float(sum(p / a.clamp(min=1e-12) for p, a in zip(peaks, around, strict=True)) / 3)
