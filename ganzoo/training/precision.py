"""What a run computes in: fp32 or bf16 (`--precision auto`), measured on the processor at hand.

On CUDA bf16 is always the faster one. A CPU with avx512_bf16 or amx trains convolutions faster in bf16; one without them
imitates it and may be 20 times slower. So a convolution is timed, and what was chosen is stored with the run.
"""

import functools
import time

import torch
import torch.nn.functional as F
from torch import nn

from ganzoo import distributed

clock = time.perf_counter
PAYS = 1.2  # times as fast: less than that is not worth bf16's rounding
HOPELESS = 0.5
ROUNDS = 6


def choose(config, device: torch.device, nets: dict[str, nn.Module]) -> str:
    """ "fp32" or "bf16": as the run began, else as asked for, else (auto) what is faster on this device for these
    networks. Several processes agree: bf16 where it pays for all of them."""
    if config.chosen_precision:
        return config.chosen_precision
    if config.precision != "auto":
        return config.precision
    if device.type == "cuda":
        return "bf16"
    # A run that stored no choice was begun by an older ganzoo, whose auto was fp32 on a CPU.
    if device.type != "cpu" or config.resume:
        return "fp32"
    modules = [module for net in nets.values() for module in net.modules()]
    if not any(isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)) for module in modules):
        return "fp32"  # on dense layers alone (GAN, CGAN) bf16 is not worth its rounding
    return "fp32" if distributed.any_process(bf16_gain() < PAYS) else "bf16"


@functools.cache
def bf16_gain() -> float:
    """How many times as fast this processor trains a small convolution in bf16 as in fp32 (below 1: slower). Forward and
    backward as in the middle of a U-Net (32 to 64 features, 64 pixels). Both take turns and the fastest of six rounds counts,
    so that a busy machine disturbs little; what is far behind after two rounds is not waited for: half a second."""
    picture, weight = torch.full((1, 32, 64, 64), 0.1), torch.full((64, 32, 4, 4), 0.1)
    fastest = {torch.float32: float("inf"), torch.bfloat16: float("inf")}
    for done in range(ROUNDS):
        gain = fastest[torch.float32] / fastest[torch.bfloat16] if done else 0.0
        if done >= 2 and gain < HOPELESS:
            break
        for kind in fastest:
            began = clock()
            with torch.enable_grad(), torch.autocast("cpu", torch.bfloat16, enabled=kind == torch.bfloat16):
                inputs = picture.clone().requires_grad_(), weight.clone().requires_grad_()
                made = F.conv2d(*inputs, stride=2, padding=1)
            torch.autograd.grad(made.float().sum(), inputs)
            fastest[kind] = min(fastest[kind], clock() - began)
    return fastest[torch.float32] / fastest[torch.bfloat16]
