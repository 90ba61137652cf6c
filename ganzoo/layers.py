"""What several lessons share: activations, norms, weight init, the noise and order that are functions of (seed, step)."""

import torch
from torch import Tensor, nn

from ganzoo.errors import GanzooError

NORMS = ("instance", "instance_affine", "batch", "none")


def check_choice(name: str, value, choices) -> None:
    """Raise GanzooError where `value` is none of `choices`."""
    if value not in choices:
        raise GanzooError(f"{name} is one of {', '.join(map(str, choices))}, not {value!r}.")


def check_counts(**counts) -> None:
    """Raise GanzooError where one of several named numbers of layers or features is not a whole number from 1 on."""
    for name, value in counts.items():
        if type(value) is not int or value < 1:
            raise GanzooError(f"{name} is a whole number from 1 on, not {value!r}.")


def activation(kind: str) -> nn.Module:
    """LeakyReLU with slope 0.2 keeps a gradient where ReLU's neurons die (lesson 16, hack 1)."""
    check_choice("activation", kind, ("leaky_relu", "relu"))
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


def double(kind: str, inputs: int, outputs: int, bias: bool = True) -> list[nn.Module]:
    """Twice the height and width. deconv: kernel 4, stride 2. deconv3: kernel 3, stride 2, as the reference CycleGAN has
    it; no multiple of its stride, so cells are counted unequally often. resize: nearest neighbour, then a 3x3 convolution,
    which seldom makes a checkerboard (Odena et al. 2016). bilinear: the same between softer neighbours; no weights can make
    one of it alone."""
    check_choice("upsample", kind, ("resize", "bilinear", "deconv", "deconv3"))
    if kind == "deconv":
        return [nn.ConvTranspose2d(inputs, outputs, kernel_size=4, stride=2, padding=1, bias=bias)]
    if kind == "deconv3":
        return [nn.ConvTranspose2d(inputs, outputs, 3, stride=2, padding=1, output_padding=1, bias=bias)]
    how = dict(mode="bilinear", align_corners=False) if kind == "bilinear" else {}
    return [nn.Upsample(scale_factor=2, **how), nn.Conv2d(inputs, outputs, kernel_size=3, padding=1, bias=bias)]


def init_normal(module: nn.Module) -> None:
    """Convolutions start at N(0, 0.02) and norms at N(1, 0.02) (Radford et al. 2016, section 4)."""
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)


def parts(batch: dict[str, Tensor], count: int) -> list[dict[str, Tensor]]:
    """A batch -> `count` equal ones, in order (--accumulate). The mean of their losses is the loss of the whole where each
    picture is normalized for itself."""
    cut = {name: tensor.chunk(count) for name, tensor in batch.items()}
    return [{name: pieces[i] for name, pieces in cut.items()} for i in range(count)]


def mix(*numbers: int) -> int:
    """Whole numbers -> one well-mixed 63-bit seed (splitmix64), so that neighbouring steps share no randomness."""
    state = 0
    for number in numbers:
        state = (state ^ (number & 0xFFFFFFFFFFFFFFFF)) + 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
        state = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
        state = (state ^ state >> 27) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
        state ^= state >> 31
    return state >> 1


def seeded(device: torch.device | str, *numbers: int) -> torch.Generator:
    """A random generator on `device` whose draws depend on nothing but `numbers`."""
    return torch.Generator(device).manual_seed(mix(*numbers))


def noise(count: int, size: int, seed: int, device: torch.device | str = "cpu") -> Tensor:
    """`count` inspirations, standard normal (count, size). Drawn on the CPU, so that a seed means the same picture
    on every device, and one by one, so that the first pictures of a larger request stay the same."""
    return torch.stack([torch.randn(size, generator=seeded("cpu", seed, i)) for i in range(count)]).to(device)
