"""Which device computes: chosen once, never at import."""

import os
import platform

import torch

from ganzoo import distributed
from ganzoo.errors import GanzooError


def choose_device(word: str | torch.device) -> torch.device:
    word, local = str(word), os.environ.get("LOCAL_RANK")
    if word in ("auto", "cuda") and local and distributed.place()[1] > 1 and torch.cuda.is_available():
        word = f"cuda:{local}"  # with torchrun each process of a host takes its own GPU
    if word == "auto":
        word = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    kind, _, number = word.partition(":")
    there = {"cpu": 1, "cuda": torch.cuda.device_count(), "mps": int(torch.backends.mps.is_available())}
    if kind not in there or not (number.isdecimal() or not number):
        raise GanzooError("device_unknown", device=word)
    if int(number or 0) >= there[kind]:
        raise GanzooError("device_not_here", device=word, count=there["cuda"])
    return torch.device(word)


def describe_device(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{platform.machine()} CPU, {torch.get_num_threads()} threads" if device.type == "cpu" else device.type
