"""What the hostile cases are made of: small models, pictures, bombs, pickles."""

import struct
import zlib
from pathlib import Path

import torch
from PIL import Image

from ganzoo import checkpoint
from ganzoo.models import cyclegan, pix2pix
from tests.fake_hub.pictures import saved


def tiny(folder: Path, module=pix2pix, seed=2, metrics=None, **more) -> Path:
    """A small model folder with random weights: nothing that uses it depends on how well it draws."""
    more = {"image_size": 32, "width": 4, "critic_width": 4, "patch": 16, "in_channels": 3, "out_channels": 3} | more
    config = module.Config(**more)
    torch.manual_seed(seed)
    nets = module.build(config)
    for weight in (weight for net in nets.values() for weight in net.parameters()):
        torch.nn.init.normal_(weight, 0, 0.2)
    name = folder.parent.name if folder.name == "model" else folder.name
    checkpoint.save_model(folder, config, nets, {"name": name, "metrics": metrics or {}})
    return folder


def cycle(folder: Path, **more) -> Path:
    settings = {"data": "horse2zebra", "direction": "horse->zebra", "blocks": 1, "pool": 0} | more
    return tiny(folder, cyclegan, **settings)


def png(size=(32, 32), colour=(20, 90, 160)) -> bytes:
    return saved(Image.new("RGB", size, colour))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises width x height pixels."""
    small = png((1, 1))
    header = b"IHDR" + struct.pack(">II", width, height) + small[24:29]
    return small[:12] + header + struct.pack(">I", zlib.crc32(header)) + small[33:]


class Evil:
    """A pickle that would leave a file behind if anybody opened it."""

    def __init__(self, mark: Path):
        self.mark = mark

    def __reduce__(self):
        return (open, (str(self.mark), "w"))
