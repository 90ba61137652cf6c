"""train/convert.py: networks with the reference's layout give the same pictures after conversion, whatever their kind; a
file that is none of them is one sentence."""

import json
from pathlib import Path

import pytest
import torch

import ganzoo
from ganzoo import inference, model_card
from ganzoo.data import drawings
from tests.hostile.made import Evil
from tests.models.test_pix2pix import count
from tests.support import reference_nets as reference
from tests.support.raises_code import raises_code
from tests.train.test_recipes import refused
from train import convert as script

NEAR = 1e-5
CARD = drawings.facade(1).resize((128, 128))
NORMS = tuple(reference.NORMS)
KINDS = [(norm, i % 2, i // 2 % 2 == 0) for i, norm in enumerate(NORMS)]  # (norm, depth of two, dropout)


def save(net, path, parallel=False, tracked=True, **how):
    state = net.state_dict()
    if not tracked:
        state = {k: v for k, v in state.items() if not k.endswith("num_batches_tracked")}
    torch.save({f"module.{k}": v for k, v in state.items()} if parallel else state, path, **how)
    return path


def converted(tmp_path, *argv) -> inference.Model:
    assert script.main([*map(str, argv), "--out", str(tmp_path / "runs"), "--name", "home"]) == 0
    return ganzoo.load(tmp_path / "runs" / "home")


def gap(a, b) -> float:
    assert a.shape == b.shape
    assert b.std() > 0.01  # two empty pictures would agree too
    return float((a - b).abs().max())


@torch.no_grad()
def answer(net, *pictures):
    return net(torch.cat(pictures, 1).clone())


@pytest.mark.parametrize(("norm", "deep", "dropout"), KINDS)
def test_a_u_net_and_its_critic_become_a_pix2pix(tmp_path, norm, deep, dropout):
    levels = (7, 8)[deep]
    side, width = 2**levels, 4 if levels == 7 else 3
    net = reference.trained(reference.UNet(3, 1, levels, width, norm, dropout))
    critic = reference.trained(reference.PatchGAN(4, 5, norm=norm))
    files = [save(net, tmp_path / "latest_net_G.pth"), "--critic", save(critic, tmp_path / "latest_net_D.pth")]
    made = converted(tmp_path, *files, *([] if dropout else ["--no-dropout"]))
    config = made.config
    assert (config.lesson, config.levels, config.width, config.critic_width) == ("pix2pix", levels, width, 5)
    assert (config.in_channels, config.out_channels, config.image_size, config.patch) == (3, 1, side, 70)
    assert config.norm == {"old instance": "instance"}.get(norm, norm)
    picture = torch.rand(2, 3, side, side) * 2 - 1
    wanted = answer(net, picture)
    assert gap(made.translate_tensor(picture), wanted) < NEAR
    assert gap(answer(made.discriminator, picture, wanted), answer(critic, picture, wanted)) < NEAR
    if dropout:
        assert not torch.equal(made.translate_tensor(picture, variation=1), made.translate_tensor(picture))


@pytest.mark.parametrize(("norm", "deep", "dropout"), KINDS)
def test_two_resnets_and_their_critics_become_a_cyclegan(tmp_path, norm, deep, dropout):
    blocks = (6, 9)[deep]
    nets = {
        "A": reference.trained(reference.ResNet(3, 1, 4, blocks, norm, dropout), 1),
        "B": reference.trained(reference.ResNet(1, 3, 4, blocks, norm, dropout), 2),
    }
    critics = {
        "A": reference.trained(reference.PatchGAN(1, 4, norm=norm), 3),  # D_A knows side B, which G_A makes
        "B": reference.trained(reference.PatchGAN(3, 4, norm=norm), 4),
    }
    files = {f"G_{k}": save(n, tmp_path / f"latest_net_G_{k}.pth") for k, n in nets.items()}
    files |= {f"D_{k}": save(n, tmp_path / f"latest_net_D_{k}.pth") for k, n in critics.items()}
    flags = ["--back", files["G_B"], "--critic", files["D_A"], "--critic-back", files["D_B"], "--data", "horse2zebra"]
    made = converted(tmp_path, files["G_A"], *flags)
    assert made.directions == ("horse->zebra", "zebra->horse")
    assert (made.config.blocks, made.config.upsample) == (blocks, "deconv3")
    side = 128 if blocks == 6 else 256
    assert made.config.image_size == side
    colour, grey = torch.rand(1, 3, side, side) * 2 - 1, torch.rand(1, 1, side, side) * 2 - 1
    assert gap(made.translate_tensor(colour), answer(nets["A"], colour)) < NEAR
    assert gap(made.translate_tensor(grey, direction="zebra->horse"), answer(nets["B"], grey)) < NEAR
    assert gap(answer(made.discriminator, grey), answer(critics["A"], grey)) < NEAR
    assert gap(answer(made.discriminator_back, colour), answer(critics["B"], colour)) < NEAR


def makes_the_same(made, net, direction=None) -> bool:
    picture = torch.rand(1, 3, 128, 128) * 2 - 1
    return gap(made.translate_tensor(picture, direction=direction), answer(net, picture)) < NEAR


# By DataParallel, without counted batches, by a torch of 2018.
SAVED = [{"parallel": True}, {"tracked": False}, {"_use_new_zipfile_serialization": False}]


@pytest.mark.parametrize(
    ("dtype", "how"), [*((torch.float32, how) for how in SAVED), (torch.half, {}), (torch.double, {})]
)
def test_however_it_was_saved(tmp_path, dtype, how):
    net = reference.trained(reference.UNet(levels=7, width=4)).to(dtype)
    assert makes_the_same(converted(tmp_path, save(net, tmp_path / "latest_net_G.pth", **how)), net.float())


@pytest.mark.parametrize("kind", ["unet", "resnet"])
def test_one_direction_alone_and_its_statistics(tmp_path, kind):
    """Batch norm without --eval divides by what each picture has: `--statistics picture` is that, exactly."""
    net = reference.UNet(levels=7, width=4) if kind == "unet" else reference.ResNet(width=4, blocks=6, norm="batch")
    net, critic = reference.trained(net), reference.trained(reference.PatchGAN(3, 4))
    files = [save(net, tmp_path / "G.pth"), "--critic", save(critic, tmp_path / "D.pth"), "--statistics", "picture"]
    made = converted(tmp_path, *files, "--direction", "label -> photo")
    assert made.directions == ("label->photo",)
    assert made.config.norm == "instance_affine"
    pictures = torch.rand(3, 3, 128, 128) * 2 - 1
    together = made.translate_tensor(pictures)
    for one in (net.train(), critic.train()):  # a picture at a time, as the reference's test does
        for module in one.modules():
            if isinstance(module, torch.nn.Dropout):
                module.eval()
    for i in range(3):
        assert gap(together[i : i + 1], answer(net, pictures[i : i + 1])) < NEAR
    assert gap(answer(made.discriminator, pictures[:1]), answer(critic, pictures[:1])) < NEAR
    assert made.critique(made.translate(CARD)).shape == (14, 14)
    with raises_code("direction_unknown"):
        made.translate(CARD, direction="photo->label")


@pytest.mark.parametrize(
    ("layers", "patch", "norm"),
    [(0, 1, "batch"), (0, 1, "none"), (1, 16, "instance"), (2, 34, "none"), (5, 286, "batch")],
)
def test_other_critics(tmp_path, layers, patch, norm):
    net = reference.UNet(levels=7, width=2, norm=norm)
    critic = reference.PatchGAN(6, 3, layers, norm) if layers else reference.PixelGAN(6, 3, norm)
    files = [save(reference.trained(net), tmp_path / "G.pth"), save(reference.trained(critic), tmp_path / "D.pth")]
    made = converted(tmp_path, files[0], "--critic", files[1])
    assert made.config.patch == patch
    pair = torch.rand(1, 6, 128, 128) * 2 - 1
    assert gap(answer(made.discriminator, pair), answer(critic, pair)) < NEAR


def test_two_u_nets_become_a_cyclegan(tmp_path):
    nets = [reference.trained(reference.UNet(levels=7, width=2, norm="instance"), i) for i in range(2)]
    a, b = (save(net, tmp_path / f"latest_net_G_{k}.pth") for k, net in zip("AB", nets, strict=True))
    made = converted(tmp_path, a, "--back", b)
    assert made.directions == ("A->B", "B->A")
    for direction, net in zip(made.directions, nets, strict=True):
        assert makes_the_same(made, net, direction)
    with raises_code("no_critic"):
        made.critique(CARD)


def test_a_bias_before_batch_norm_moves_into_the_running_mean(tmp_path):
    net = reference.UNet(levels=7, width=4)
    for module in net.modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.ConvTranspose2d)) and module.bias is None:
            module.bias = torch.nn.Parameter(torch.zeros(module.out_channels))
    assert makes_the_same(converted(tmp_path, save(reference.trained(net), tmp_path / "G.pth")), net)


def test_the_command_as_a_user_runs_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    net = reference.trained(reference.UNet(levels=7, width=4))
    (tmp_path / "secret place").mkdir()
    path = save(net, tmp_path / "secret place" / "latest_net_G.pth")
    assert script.main([str(path), "--data", "facades"]) == 0
    out = capsys.readouterr().out
    assert "U-Net of 7 levels, 4 features, 3 to 3 channels, batch norm" in out and "--statistics picture" in out
    folder = tmp_path / "runs" / "pix2pix-facades-gan-mae" / "model"
    assert sorted(p.name for p in folder.iterdir()) == ["README.md", "config.json", "model.safetensors"]
    said = json.loads((folder / "config.json").read_text())
    assert said["converted"]["command"] == "ganzoo convert latest_net_G.pth --data facades"
    assert said["converted"]["files"] == {"generator": "latest_net_G.pth"}
    assert "secret" not in (folder / "config.json").read_text()
    text = (folder / "README.md").read_text()
    assert "license: unknown" in text and "huggan/facades" in text
    model_card.write_card(folder)  # as evaluate does
    assert (folder / "README.md").read_text() == text
    assert "already exists" in refused(tmp_path, "convert", path, "--data", "facades")


def test_fp16_is_half_the_size_and_near(tmp_path):
    net = reference.trained(reference.UNet(levels=7, width=4))
    made = converted(tmp_path, save(net, tmp_path / "G.pth"), "--half")
    picture = torch.rand(1, 3, 128, 128) * 2 - 1
    assert NEAR < gap(made.translate_tensor(picture), answer(net, picture)) < 0.05
    assert (made.folder / "model.safetensors").stat().st_size < count(net) * 2.2
    assert "stored as fp16" in (made.folder / "README.md").read_text()


FIRST, LAST, DEEP = (f"model.model.{place}" for place in ("0.weight", "3.bias", "1.model.3.model.3.model.1.weight"))
NORM = "model.model.1.model.2.running_var"


def state(**more):
    return dict(reference.trained(reference.UNet(levels=7, width=2)).state_dict()) | more


def without(*keys):
    return {key: tensor for key, tensor in state().items() if key not in keys}


def unpadded():
    state = reference.ResNet(width=2, blocks=6).state_dict()
    return {key.replace("block.1.", "block.0."): tensor for key, tensor in state.items()}


DENSE = {"model.0.weight": torch.zeros(3, 3), "model.0.bias": torch.zeros(3)}
WRONG = {  # kind: (what is saved, words of the sentence)
    "code": (lambda: Evil(Path("pwned")), "could run code"),
    "code beside weights": (lambda: state(extra=Evil(Path("pwned"))), "could run code"),
    "a whole network": (lambda: reference.UNet(levels=7, width=2), "torch.save(net.state_dict(), path)"),
    "a tensor": (lambda: torch.zeros(3), "no named weights"),
    "nothing": (lambda: {}, "no named weights"),
    "a trainer's checkpoint": (lambda: {"epoch": 3, "state_dict": state()}, "'epoch' is not a tensor"),
    "numbers as names": (lambda: {1: torch.zeros(3)}, "'1' is not a tensor"),
    "an LSTM": (lambda: torch.nn.LSTM(4, 4).state_dict(), "unknown architecture (it contains 'bias_hh_l0'"),
    "a dense model": (lambda: DENSE, "no convolution 'model.0.weight'"),
    "a key less": (lambda: without(DEEP), "lacks"),
    "a norm less": (lambda: without(NORM), f"lacks '{NORM}'"),
    "the last bias less": (lambda: without(LAST), f"lacks '{LAST}'"),
    "the last kernel less": (lambda: without("model.model.3.weight"), "no convolution 'model.model.3.weight'"),
    "a key more": (lambda: state(alien=torch.zeros(1)), "contains 'alien'"),
    "another shape": (lambda: state(**{DEEP: torch.zeros(2, 2, 4, 4)}), "has shape (2, 2, 4, 4)"),
    "a kernel of 3": (lambda: state(**{FIRST: torch.zeros(2, 3, 3, 3)}), "has shape (2, 3, 3, 3)"),
    "a flat kernel": (lambda: state(**{FIRST: torch.zeros(3)}), "no convolution"),
    "NaN": (lambda: state(**{LAST: torch.full((3,), float("nan"))}), "NaN"),
    "whole numbers": (lambda: state(**{LAST: torch.zeros(3, dtype=torch.int64)}), "not a plain tensor"),
    "sparse": (lambda: state(**{LAST: torch.zeros(3).to_sparse()}), "not a plain tensor"),
    "five channels": (lambda: reference.UNet(5, 3, 7, 2).state_dict(), "takes one of 1, 3"),
    "terabytes": (lambda: state(**{FIRST: torch.zeros(1).expand(10**6, 10**6, 1, 1)}), "larger than 4 GB"),
    "zero padding": (unpadded, "lacks 'model.10.conv_block.1.weight'"),
    "a critic": (lambda: reference.PatchGAN(6, 2).state_dict(), "is a PatchGAN of 3 layers, not a generator"),
    "a critic cut off": (lambda: {"model.0.weight": torch.zeros(2, 6, 4, 4)}, "not a generator"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_file_is_one_sentence_and_writes_nothing(tmp_path, monkeypatch, kind):
    monkeypatch.chdir(tmp_path)
    what, words = WRONG[kind]
    torch.save(what(), "G.pth")
    assert words in refused(tmp_path, "convert", "G.pth")
    assert [p.name for p in tmp_path.iterdir()] == ["G.pth"]


def test_files_that_are_no_weights(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    whole = save(reference.UNet(levels=7, width=2), tmp_path / "G.pth").read_bytes()
    old = save(reference.UNet(levels=7, width=2), tmp_path / "O.pth", _use_new_zipfile_serialization=False).read_bytes()
    for name, content in {
        "empty": b"",
        "text": b"hello\n" * 100,
        "cut": whole[:5000],
        "cut at the end": whole[:-100],
        "old and cut": old[: len(old) // 2],
        "turned": whole[:3000] + bytes(255 - b for b in whole[3000:4000]) + whole[4000:],
        "safetensors": b"\x10\0\0\0\0\0\0\0{}" + b" " * 100,
    }.items():
        (tmp_path / "bad.pth").write_bytes(content)
        assert "bad.pth" in refused(tmp_path, "convert", "bad.pth"), name
    assert "is not a file" in refused(tmp_path, "convert", "nowhere.pth")
    assert "is not a file" in refused(tmp_path, "convert", tmp_path)
    with open("large.pth", "wb") as large:
        large.truncate(5 << 30)  # sparse: no byte of it on the disk
    assert "larger than 4 GB" in refused(tmp_path, "convert", "large.pth")
    (tmp_path / "large.pth").unlink()


def test_files_that_do_not_belong_together(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    nets = {"G": reference.UNet(levels=7, width=2), "G8": reference.UNet(levels=8, width=2)}
    nets |= {"R": reference.ResNet(width=2, blocks=6), "R9": reference.ResNet(width=2, blocks=9)}
    nets |= {"D3": reference.PatchGAN(3, 2, norm="instance"), "DI": reference.PatchGAN(6, 2, norm="instance")}
    nets |= {"D4": reference.PatchGAN(6, 2, layers=4), "D5": reference.PatchGAN(5, 2)}
    for name, net in nets.items():
        save(net, tmp_path / f"{name}.pth")
    for argv, words in (
        (["G.pth", "--critic", "G.pth"], "not a discriminator"),
        (["G.pth", "--critic", "DI.pth"], "has batch norm and DI.pth has instance"),
        (["G.pth", "--critic", "D4.pth"], "which ganzoo does not have"),
        (["G.pth", "--critic", "D5.pth"], "takes 5 channels"),
        (["G.pth", "--back", "G8.pth"], "is not the way back"),
        (["R.pth", "--back", "R9.pth"], "is not the way back"),
        (["R.pth", "--critic", "DI.pth"], "takes 6 channels, but a discriminator of this cyclegan model takes 3"),
        (["R.pth", "--critic", "D3.pth", "--critic-back", "D3.pth"], "give the four of one model"),
        (["G.pth", "--image-size", "100"], "does not fit"),
        (["G.pth", "--direction", "label"], "takes two different names"),
        (["G.pth", "--direction", "a->a"], "takes two different names"),
        (["G.pth", "--name", "../up"], "one word without slashes"),
        (["G.pth", "--statistics", "mean"], "nvalid choice"),
        (["G.pth", "--wings"], "nrecognized arguments"),
        ([], "required: generator"),
    ):
        assert words in refused(tmp_path, "convert", *argv), argv
    assert not (tmp_path / "runs").exists()
    (tmp_path / "file").write_text("x")
    assert "--out" in refused(tmp_path, "convert", "G.pth", "--out", "file")
