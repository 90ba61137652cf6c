"""The networks of the reference PyTorch code, rebuilt from its layout: same modules, same key names, same quirks.

Facts, read in ANCHORS.md and the papers, that the converter must meet: a U-Net is blocks inside blocks, each with its own
Sequential; activations work in place, so what a skip carries has been through LeakyReLU already; only where instance norm
follows (or no norm ever) has a convolution a bias; a ResNet's dropout moves the places of what comes after it.
"""

import functools

import torch
from torch import nn

NORMS = {
    "batch": functools.partial(nn.BatchNorm2d, affine=True, track_running_stats=True),
    "instance": functools.partial(nn.InstanceNorm2d, affine=False, track_running_stats=False),
    "old instance": functools.partial(nn.InstanceNorm2d, affine=False, track_running_stats=True),  # torch 0.3 files
    "none": lambda features: nn.Identity(),
}


def _biased(norm: str) -> bool:
    return norm.endswith("instance")


class _Level(nn.Module):
    """One level of the U-Net: down, whatever is inside, up, and its own input laid beside the result."""

    def __init__(self, outer, inner, inside, norm, inputs=None, outermost=False, dropout=False):
        super().__init__()
        self.outermost = outermost
        bias, normed = _biased(norm), NORMS[norm]
        down = nn.Conv2d(inputs or outer, inner, 4, stride=2, padding=1, bias=bias)
        features = inner if inside is None else 2 * inner
        up = nn.ConvTranspose2d(features, outer, 4, stride=2, padding=1, bias=bias or outermost)
        if outermost:
            parts = [down, inside, nn.ReLU(True), up, nn.Tanh()]
        elif inside is None:
            parts = [nn.LeakyReLU(0.2, True), down, nn.ReLU(True), up, normed(outer)]
        else:
            parts = [nn.LeakyReLU(0.2, True), down, normed(inner), inside, nn.ReLU(True), up, normed(outer)]
            parts += [nn.Dropout(0.5)] if dropout else []
        self.model = nn.Sequential(*parts)

    def forward(self, x):
        return self.model(x) if self.outermost else torch.cat([x, self.model(x)], 1)


class UNet(nn.Module):
    def __init__(self, inputs=3, outputs=3, levels=8, width=64, norm="batch", dropout=False):
        super().__init__()
        deep = 8 * width
        block = _Level(deep, deep, None, norm)
        for _ in range(levels - 5):
            block = _Level(deep, deep, block, norm, dropout=dropout)
        for features in (4 * width, 2 * width, width):
            block = _Level(features, 2 * features, block, norm)
        self.model = _Level(outputs, width, block, norm, inputs=inputs, outermost=True)

    def forward(self, x):
        return self.model(x)


class _Block(nn.Module):
    def __init__(self, features, norm, dropout):
        super().__init__()

        def half():
            return [nn.ReflectionPad2d(1), nn.Conv2d(features, features, 3, bias=_biased(norm)), NORMS[norm](features)]

        self.conv_block = nn.Sequential(*half(), nn.ReLU(True), *([nn.Dropout(0.5)] if dropout else []), *half())

    def forward(self, x):
        return x + self.conv_block(x)


class ResNet(nn.Module):
    def __init__(self, inputs=3, outputs=3, width=64, blocks=9, norm="instance", dropout=False):
        super().__init__()
        bias, normed = _biased(norm), NORMS[norm]
        parts = [nn.ReflectionPad2d(3), nn.Conv2d(inputs, width, 7, bias=bias), normed(width), nn.ReLU(True)]
        for w in (width, 2 * width):
            parts += [nn.Conv2d(w, 2 * w, 3, stride=2, padding=1, bias=bias), normed(2 * w), nn.ReLU(True)]
        parts += [_Block(4 * width, norm, dropout) for _ in range(blocks)]
        for w in (4 * width, 2 * width):
            up = nn.ConvTranspose2d(w, w // 2, 3, stride=2, padding=1, output_padding=1, bias=bias)
            parts += [up, normed(w // 2), nn.ReLU(True)]
        self.model = nn.Sequential(*parts, nn.ReflectionPad2d(3), nn.Conv2d(width, outputs, 7), nn.Tanh())

    def forward(self, x):
        return self.model(x)


class PatchGAN(nn.Module):
    def __init__(self, inputs=6, width=64, layers=3, norm="batch"):
        super().__init__()
        parts = [nn.Conv2d(inputs, width, 4, stride=2, padding=1), nn.LeakyReLU(0.2, True)]
        before = width
        for i in range(1, layers + 1):
            after = width * min(2**i, 8)
            stride = 2 if i < layers else 1
            parts += [nn.Conv2d(before, after, 4, stride=stride, padding=1, bias=_biased(norm))]
            parts += [NORMS[norm](after), nn.LeakyReLU(0.2, True)]
            before = after
        self.model = nn.Sequential(*parts, nn.Conv2d(before, 1, 4, stride=1, padding=1))

    def forward(self, x):
        return self.model(x)


class PixelGAN(nn.Module):
    def __init__(self, inputs=6, width=64, norm="batch"):
        super().__init__()
        bias = _biased(norm)
        self.net = nn.Sequential(
            *(nn.Conv2d(inputs, width, 1), nn.LeakyReLU(0.2, True)),
            *(nn.Conv2d(width, 2 * width, 1, bias=bias), NORMS[norm](2 * width), nn.LeakyReLU(0.2, True)),
            nn.Conv2d(2 * width, 1, 1, bias=bias),
        )

    def forward(self, x):
        return self.net(x)


def trained(net: nn.Module, seed: int = 0) -> nn.Module:
    """As after a training: weights that move the picture, and biases and statistics that are far from where they start."""
    torch.manual_seed(seed)
    for module in net.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            inputs = module.weight[0].numel() if isinstance(module, nn.Conv2d) else module.weight[:, 0].numel() / 4
            nn.init.normal_(module.weight, 0.0, inputs**-0.5)
            if module.bias is not None:
                nn.init.normal_(module.bias, 0.0, 0.3)
        elif isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            nn.init.normal_(module.weight, 1.0, 0.3)
            nn.init.normal_(module.bias, 0.0, 0.3)
            nn.init.normal_(module.running_mean, 0.0, 0.3)
            nn.init.uniform_(module.running_var, 0.5, 2.0)
            module.num_batches_tracked.fill_(1000)
    net.eval()
    for module in net.modules():
        # Of instance norm the reference throws away what torch 0.3 kept, so that it divides by a picture's own always.
        if isinstance(module, nn.InstanceNorm2d):
            module.train()
    return net
