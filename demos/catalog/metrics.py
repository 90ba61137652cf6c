"""What the names of metrics mean, for every page that shows one."""

import math

from . import local

# A metric's name (label-recovery-class-iou-facades-128px-n106-test) starts with one of these: the word for it, how its number
# is written, and its aim: 0 (lower is better), higher, a number, or as much as real pictures have.
KNOWN = {
    "frechet": ("zoo_frechet", "{:.2f}", "0"),
    "kernel": ("zoo_kernel", "{:.3f}", "0"),
    "label-accuracy": ("zoo_accuracy", "{:.1%}", "higher"),
    "smallest-class-share": ("zoo_smallest", "{:.1%}", "higher"),
    "class-share": ("zoo_shares", "{:.1%}", ""),
    "speckle-median3": ("zoo_speckle", "{:.2f}%", "real"),
    "label-recovery-pixel-accuracy": ("cmp_recovery", "{:.1%}", "real"),
    "label-recovery-class-iou": ("zoo_iou", "{:.2f}", "real"),
    "tone-lab": ("cmp_tone", "{:.2f}", "0"),
    "sharpness": ("cmp_sharpness", "{:.0%}", "1"),
    "l1": ("cmp_l_one", "{:.3f}", "0"),
    "psnr": ("zoo_psnr", "{:.1f} dB", "higher"),
    "ssim": ("zoo_ssim", "{:.2f}", "higher"),
    "perceptual": ("zoo_perceptual", "{:.2f}", "0"),
    "checkerboard": ("zoo_checkerboard", "{:.2f}", "real"),
    "taken-for": ("zoo_taken", "{:.1%}", "higher"),
    "cycle-l1": ("zoo_cycle", "{:.3f}", "0"),
    "identity-l1": ("zoo_identity", "{:.3f}", "0"),
    "background-change": ("zoo_background", "{:.2f}", "0"),
}


def value(entry: local.Entry, start: str) -> float | None:
    """The finite number that a model's metric has; None without one."""
    found = entry.metric(start)
    number = isinstance(found, (int, float)) and not isinstance(found, bool) and math.isfinite(found)
    return float(found) if number else None
