"""Convert weights of the reference PyTorch code (Pix2Pix, CycleGAN) into ganzoo's networks.

    found = {"generator": reference.read(Path("latest_net_G.pth"))}
    config, nets = convert.networks(found, data="facades", direction="label->photo")

What differs between the two libraries and cancels: a bias before instance norm has no effect, a bias before batch norm
moves into the running mean, and the two halves that meet at a skip come in the other order.
"""

import torch
from torch import Tensor, nn

from ganzoo import settings
from ganzoo.data.registry import known
from ganzoo.errors import GanzooError
from ganzoo.interop.reference import PATCH_OF, Found
from ganzoo.models import cyclegan, pix2pix


def networks(
    found: dict, data="", direction="", name="", image_size=0, statistics="running", dropout=0.5, adversarial=""
) -> tuple:
    """Files (reference.Found) by role (generator, discriminator, generator_back, discriminator_back) -> (config,
    networks). A U-Net alone becomes a Pix2Pix, two generators a CycleGAN, a ResNet alone one direction of a CycleGAN.
    Batch norm divides by `statistics`: "running", the averages of the training, or "picture", what each picture has."""
    first, discriminator, norm = found["generator"], found.get("discriminator"), _norm(found)
    if statistics == "picture" and norm == "batch":
        norm = "instance_affine"
    paired = first.kind == "unet" and "generator_back" not in found
    usual = known(data, "paired").direction or "->".join(known(data, "unpaired").sides)
    sides = [part.strip() for part in (direction or usual).split("->")]
    if len(sides) != 2 or not all(sides) or sides[0] == sides[1]:
        raise GanzooError("convert_direction", direction=direction)
    values = {"data": data, "name": name, "direction": "->".join(sides), "norm": norm}
    values |= {"width": first.width, "in_channels": first.inputs, "out_channels": first.outputs}
    if adversarial:
        values["adversarial"] = adversarial
    if discriminator:
        if discriminator.depth not in PATCH_OF:
            raise GanzooError("pth_critic_unknown", file=discriminator.file, what=discriminator.what)
        values |= {"critic_width": discriminator.width, "patch": PATCH_OF[discriminator.depth]}
    if paired:
        lesson, side = pix2pix, 2 ** max(7, first.depth)
        values |= {"halvings": first.depth, "dropout": dropout}
        values["unconditional"] = discriminator is not None and discriminator.inputs == first.outputs
        values |= {"upsample": "deconv", "most": 8, "loss": "gan+mae"}  # the reference's, not ganzoo's defaults
    elif first.kind == "unet":
        lesson, side = cyclegan, 2**first.depth
        values["upsample"] = "deconv"
    else:
        lesson, side = cyclegan, 256 if first.depth > 6 else 128
        values |= {"upsample": "deconv3", "blocks": first.depth}
    if not paired:
        values |= {"generator": first.kind, "one_way": "generator_back" not in found}
    try:
        config = settings.checked(lesson.Config(**values, image_size=image_size or side))
    except GanzooError as error:
        raise GanzooError("pth_settings_wrong", file=first.file, network=str(first), reason=str(error)) from None
    if config.image_size % config.size_multiple or (first.kind == "unet" and config.levels != first.depth):
        raise GanzooError("convert_image_size", image_size=image_size, what=first.what)
    _agree(config, found)
    nets = lesson.build(config)
    return config, {role: _filled(nets[role], one) for role, one in found.items()}


def _norm(found: dict[str, Found]) -> str:
    """The norm that all files share. Raises GanzooError where they differ, or where a file holds another kind of network."""
    for role, one in found.items():
        wanted = role.partition("_")[0]
        if (wanted == "discriminator") != (one.kind == "patch"):
            raise GanzooError("pth_wrong_network", file=one.file, what=one.what, wanted=wanted)
    first = found["generator"]
    for one in found.values():
        if one.norm != first.norm:
            raise GanzooError("pth_norms_differ", first=first.file, norm=first.norm, file=one.file, other=one.norm)
    return first.norm


def _agree(config, found: dict[str, Found]) -> None:
    """Raise GanzooError where the files are not of one model."""
    first = found["generator"]
    seen = {"discriminator": first.outputs, "discriminator_back": first.inputs}
    if config.lesson == "pix2pix" and not config.unconditional:
        seen["discriminator"] += first.inputs
    for role, one in found.items():
        wanted = seen.get(role, one.inputs)
        if one.inputs != wanted:
            lesson, inputs = config.lesson, one.inputs
            raise GanzooError("pth_critic_channels", file=one.file, inputs=inputs, lesson=lesson, wanted=wanted)
    back, forward, other = (found.get(role) for role in ("generator_back", "discriminator", "discriminator_back"))
    turned = (first.what, first.width, first.outputs, first.inputs)
    if back and (back.what, back.width, back.inputs, back.outputs) != turned:
        raise GanzooError("pth_not_the_way_back", file=back.file, back=str(back), first=first.file, there=str(first))
    if other and (not back or not forward or (other.what, other.width) != (forward.what, forward.width)):
        raise GanzooError("pth_other_critic", file=other.file)


def _convolutions(net: nn.Module) -> list[tuple[str, str]]:
    """The convolutions of a network of ganzoo in order, each with the norm behind it (or nothing)."""
    found: list[tuple[str, str]] = []
    for name, module in net.named_modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            found.append((name, ""))
        elif isinstance(module, (nn.BatchNorm2d, nn.InstanceNorm2d)):
            found[-1] = (found[-1][0], name)
    return found


def _filled(net: nn.Module, found: Found) -> nn.Module:
    """`net` with the weights of `found`; what is missing, foreign or of another shape is named."""
    rest, own, new = dict(found.weights), net.state_dict(), {}

    def take(name: str, shape: torch.Size | tuple[int, ...]) -> Tensor:
        tensor, file, what, width = rest.pop(name, None), found.file, found.what, found.width
        if tensor is None:
            raise GanzooError("pth_tensor_missing", file=file, name=name, what=what)
        has, wanted = tuple(tensor.shape), tuple(shape)
        if has != wanted:
            raise GanzooError(
                "pth_tensor_shape", file=file, name=name, what=what, width=width, shape=has, wanted=wanted
            )
        return tensor

    for layer, (conv, norm) in zip(found.layers, _convolutions(net), strict=True):
        weight = take(f"{layer.conv}.weight", own[f"{conv}.weight"].shape)
        new[f"{conv}.weight"] = torch.cat(weight.chunk(2)[::-1]) if layer.swapped else weight
        features = (net.get_submodule(conv).out_channels,)
        bias = torch.zeros(features)
        if layer.biased or found.norm == "instance" or f"{layer.conv}.bias" in rest:
            bias = take(f"{layer.conv}.bias", features)
        if f"{conv}.bias" in own:
            new[f"{conv}.bias"] = bias
        if not layer.norm:
            continue
        if found.norm in ("batch", "instance_affine"):
            new[f"{norm}.weight"] = take(f"{layer.norm}.weight", features)
            new[f"{norm}.bias"] = take(f"{layer.norm}.bias", features)
        if found.norm == "batch":
            mean = take(f"{layer.norm}.running_mean", features) - bias  # the norm would take it away again
            variance = take(f"{layer.norm}.running_var", features)
            statistics = {"running_mean": mean, "running_var": variance, "num_batches_tracked": torch.tensor(0)}
            new |= {f"{norm}.{key}": value for key, value in statistics.items() if f"{norm}.{key}" in own}
        else:  # instance norm kept statistics in the files of torch 0.3, and the reference never used them
            for key in ("running_mean", "running_var"):
                rest.pop(f"{layer.norm}.{key}", None)
    if rest:
        raise GanzooError("pth_tensor_foreign", file=found.file, name=min(rest)[:60], what=found.what)
    net.load_state_dict(new, strict=True, assign=True)
    return net.eval()
