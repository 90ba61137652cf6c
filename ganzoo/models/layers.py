"""What several lessons share: activations, norms, doubling, initial weights."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganzoo.inputs import check_choice

ACTIVATIONS = ("leaky_relu", "relu")
UPSAMPLES = ("resize", "bilinear", "bilinear_last", "deconv")
NORMS = ("instance", "instance_affine", "batch", "none")
PADDINGS = ("zeros", "replicate")


def activation(kind: str) -> nn.Module:
    """LeakyReLU with slope 0.2 keeps a gradient where ReLU's neurons die (lesson 16, hack 1)."""
    check_choice("activation", kind, ACTIVATIONS)
    return nn.LeakyReLU(0.2) if kind == "leaky_relu" else nn.ReLU()


def norm1d(kind: str, features: int) -> list[nn.Module]:
    return [nn.BatchNorm1d(features)] if kind == "batch" else []


def norm2d(kind: str, features: int) -> list[nn.Module]:
    """batch; instance (each picture for itself, so that training and use agree); instance_affine, the same with a scale
    and a shift that are learned, as batch has them; or none."""
    check_choice("norm", kind, NORMS)
    if kind == "none":
        return []
    if kind == "batch":
        return [nn.BatchNorm2d(features)]
    return [nn.InstanceNorm2d(features, affine=kind == "instance_affine")]


def double(
    kind: str, inputs: int, outputs: int, bias: bool = True, last: bool = False, padding="zeros"
) -> list[nn.Module]:
    """Twice the height and width. deconv: kernel 4, stride 2. deconv3: kernel 3, stride 2, as the reference CycleGAN has
    it; no multiple of its stride, so cells are counted unequally often. resize: nearest neighbour, then a 3x3 convolution,
    which seldom makes a checkerboard (Odena et al. 2016). bilinear: softer neighbours; no weights make one alone.
    bilinear_last: so in the `last` doubling of a network, which makes the finest grid, and resize before it. `padding`, one of
    PADDINGS, is what a 3x3 convolution sees beyond the edges; the transposed ones have zeros in any case."""
    check_choice("upsample", kind, (*UPSAMPLES, "deconv3"))
    if kind == "deconv":
        return [nn.ConvTranspose2d(inputs, outputs, kernel_size=4, stride=2, padding=1, bias=bias)]
    if kind == "deconv3":
        return [nn.ConvTranspose2d(inputs, outputs, 3, stride=2, padding=1, output_padding=1, bias=bias)]
    # Two layers each, so that weights keep their names from one of these kinds to another.
    if kind == "resize" or (kind == "bilinear_last" and not last):
        return [nn.Identity(), ResizeConv2d(inputs, outputs, 3, padding=1, bias=bias, padding_mode=padding)]
    bilinear = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
    return [bilinear, nn.Conv2d(inputs, outputs, 3, padding=1, bias=bias, padding_mode=padding)]


class ResizeConv2d(nn.Conv2d):
    """(B, in, H, W) -> (B, out, 2H, 2W): nearest-neighbour doubling and a 3x3 convolution in one pass. The same numbers come
    from a transposed convolution (kernel 4, stride 2) whose weights are sums of the nine: 16 multiplications a pixel of the
    input instead of 36. `keep_sums` adds them once for all passes; training, or loading other weights, forgets that."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.register_buffer("summed", None, persistent=False)

    def sums(self) -> Tensor:
        above, middle, below = self.weight.transpose(0, 1).unbind(2)
        rows = torch.stack([below, middle + below, above + middle, above], 2)
        left, middle, right = rows.unbind(3)
        return torch.stack([right, middle + right, left + middle, left], 3)

    def train(self, mode: bool = True):
        if mode:
            self.summed = None
        return super().train(mode)

    def _load_from_state_dict(self, *args, **kwargs):
        self.summed = None
        super()._load_from_state_dict(*args, **kwargs)

    def forward(self, x: Tensor) -> Tensor:
        weight = self.sums() if self.summed is None else self.summed
        if self.padding_mode == "zeros":
            return F.conv_transpose2d(x, weight, self.bias, stride=2, padding=1)
        repeated = F.pad(x, (1, 1, 1, 1), "replicate")  # before the doubling: the same as after it
        return F.conv_transpose2d(repeated, weight, self.bias, stride=2, padding=3)


@torch.no_grad()
def keep_sums(net: nn.Module) -> nn.Module:
    """Make `net`, whose weights stay as they are, faster (a U-Net at 256 pixels on the CPU by 11 to 15 %). Returns it."""
    for layer in net.modules():
        if isinstance(layer, ResizeConv2d):
            layer.summed = layer.sums().contiguous()
    return net


def init_normal(module: nn.Module) -> None:
    """Convolutions start at N(0, 0.02) and norms at N(1, 0.02) (Radford et al. 2016, section 4)."""
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)
