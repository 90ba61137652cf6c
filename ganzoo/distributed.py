"""Several processes train one model: `torchrun --nproc-per-node 2 train/pix2pix.py`.

Every process has the same weights and its own slice of one large batch; before each optimizer step the gradients are
averaged. That is DistributedDataParallel's arithmetic without its wrapper, whose hooks fight a captured CUDA graph and
two optimizers that freeze each other's networks.
"""

import os

import torch
import torch.distributed as dist
from torch import Tensor

from ganzoo.errors import GanzooError


def place() -> tuple[int, int]:
    """(rank, world): who this process is among how many. (0, 1) without torchrun."""
    try:
        return int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    except ValueError:
        raise GanzooError("bad_rank") from None


def first() -> bool:
    """Whether this is the process that writes, speaks and pushes: the first of several, or the only one."""
    return place()[0] == 0


def start(device: torch.device) -> tuple[int, int]:
    """Meet the other processes, once. Returns (rank, world)."""
    rank, world = place()
    if world > 1 and not dist.is_initialized():
        if device.type == "cuda":
            torch.cuda.set_device(device)
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    return rank, world


def average_gradients(optimizer: torch.optim.Optimizer) -> None:
    """Make `optimizer.step` average its gradients over all processes first, in one message."""

    def hook(optimizer, args, kwargs):
        gradients = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
        flat = torch.cat([g.flatten() for g in gradients])
        dist.all_reduce(flat)
        flat /= dist.get_world_size()
        parts = flat.split([g.numel() for g in gradients])
        torch._foreach_copy_(gradients, [part.view_as(g) for part, g in zip(parts, gradients, strict=True)])

    optimizer.register_step_pre_hook(hook)


def mean(values: Tensor) -> Tensor:
    """The mean over all processes of what each has."""
    if not dist.is_initialized():
        return values
    values = values.clone()
    dist.all_reduce(values)
    return values / dist.get_world_size()


def any_process(flag: bool) -> bool:
    """True on all processes if it is true on any, so that all stop at the same step."""
    return bool(slowest(float(bool(flag))))


def slowest(seconds: float) -> float:
    """The largest of what all processes measured: they must reckon with the same."""
    if not dist.is_initialized():
        return seconds
    value = torch.tensor(seconds, device="cuda" if dist.get_backend() == "nccl" else "cpu", dtype=torch.float64)
    dist.all_reduce(value, dist.ReduceOp.MAX)
    return value.item()
