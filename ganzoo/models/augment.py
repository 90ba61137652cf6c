"""DiffAugment (Zhao et al. 2020): what the discriminator sees is shifted, cut and coloured at random, real and made
alike, and the gradient passes through. Without it, it overfits to a few hundred pictures."""

import torch
from torch import Tensor


def diffaugment(pictures: Tensor, colour: bool = True) -> Tensor:
    """(B, C, H, W) -> the same shape. Not `colour`: shifted and cut alone."""
    return _cutout(_shift(_colour(pictures) if colour else pictures))


def _draw(pictures: Tensor) -> Tensor:
    return torch.rand(len(pictures), 1, 1, 1, device=pictures.device, dtype=pictures.dtype)


def _colour(x: Tensor) -> Tensor:
    x = x + (_draw(x) - 0.5)  # brightness
    grey = x.mean(1, keepdim=True)
    x = grey + (x - grey) * (2 * _draw(x))  # saturation
    middle = x.mean((1, 2, 3), keepdim=True)
    return middle + (x - middle) * (0.5 + _draw(x))  # contrast


def _shift(x: Tensor) -> Tensor:
    batch, channels, height, width = x.shape
    down, right = (torch.randint(-(s // 8), s // 8 + 1, (batch, 1), device=x.device) for s in (height, width))
    ys = torch.arange(height, device=x.device)[None] + down
    xs = torch.arange(width, device=x.device)[None] + right
    inside = ((ys >= 0) & (ys < height))[:, None, :, None] & ((xs >= 0) & (xs < width))[:, None, None, :]
    rows = ys.clamp(0, height - 1)[:, None, :, None].expand(-1, channels, -1, width)
    columns = xs.clamp(0, width - 1)[:, None, None, :].expand(-1, channels, height, -1)
    return x.gather(2, rows).gather(3, columns) * inside


def _cutout(x: Tensor) -> Tensor:
    height, width = x.shape[2:]
    top, left = (torch.randint(-s // 4, s - s // 4, (len(x), 1), device=x.device) for s in (height, width))
    ys, xs = torch.arange(height, device=x.device)[None], torch.arange(width, device=x.device)[None]
    hole_y = (ys >= top) & (ys < top + height // 2)
    hole_x = (xs >= left) & (xs < left + width // 2)
    return x * ~(hole_y[:, None, :, None] & hole_x[:, None, None, :])
