"""Model folders: what is saved comes back, and whatever else lies there is one clear error."""

import json
import pickle
import struct

import pytest
import torch
from safetensors.torch import load_file, save_file

import ganzoo
from ganzoo import checkpoint
from ganzoo.models import cgan, dcgan, gan
from tests.support.raises_code import raises_code

DIGITS = tuple("0123456789")


def save(folder, lesson=gan, **more):
    config = lesson.Config(channels=1, classes=DIGITS if lesson is cgan else (), **more)
    torch.manual_seed(1)
    nets = lesson.build(config)
    checkpoint.save_model(folder, config, nets, {"name": folder.name, "metrics": {"some": 1.5}})
    return config, nets


@pytest.mark.parametrize(("lesson", "more"), [(gan, {}), (cgan, {}), (dcgan, {"width": 8, "upsample": "resize"})])
def test_what_is_saved_comes_back(tmp_path, lesson, more):
    config, nets = save(tmp_path / "m", lesson, **more)
    model = ganzoo.load(tmp_path / "m")
    assert model.config == config
    for name, tensor in nets["generator"].state_dict().items():
        loaded = model.generator.state_dict()[name]
        assert loaded.dtype == tensor.dtype
        assert torch.allclose(loaded.float(), tensor.float(), atol=1e-3, rtol=1e-3), name
    stored = load_file(tmp_path / "m" / "model.safetensors")
    assert stored["seed.0.weight" if lesson is dcgan else "last.weight"].dtype == torch.float16
    assert not model.generator.training


def edit(folder, change):
    path = folder / "config.json"
    said = json.loads(path.read_text())
    change(said)
    path.write_text(json.dumps(said))


def tensors(folder, change):
    path = folder / "model.safetensors"
    found = load_file(path)
    change(found)
    save_file(found, path)


def config(content: bytes):
    return lambda folder: (folder / "config.json").write_bytes(content)


def weights(content: bytes):
    return lambda folder: (folder / "model.safetensors").write_bytes(content)


def facts(**values):
    return lambda folder: edit(folder, lambda said: said.update(values))


def settings(**values):
    return lambda folder: edit(folder, lambda said: said["settings"].update(values))


def tensor(**values):
    """The tensors by their names, `__` for a dot."""
    return lambda folder: tensors(folder, lambda t: t.update({k.replace("__", "."): v for k, v in values.items()}))


BROKEN = {  # code: what breaks a model folder so
    "not_a_model_folder": [lambda f: (f / "config.json").unlink()],
    "folder_of_pickles": [lambda f: (f / "config.json").rename(f / "net_G.pth")],
    "config_damaged": [config(content) for content in (b"", b"{", b"[" * 200_000, b" " * (2 << 20) + b"{}")],
    "config_foreign": [
        *(config(content) for content in (b"[1]", b'{"lesson": "gan"}', b'{"format": ' + b"9" * 10_000 + b"}")),
        facts(library="timm"),
    ],
    "config_of_newer_ganzoo": [facts(format=99)],
    "config_format_unknown": [facts(format=True), facts(format="x" * 9999)],
    "lesson_unknown": [facts(lesson="stylegan9"), facts(lesson=["gan"])],
    "config_settings_no_object": [lambda f: edit(f, lambda said: said.pop("settings")), facts(settings=[])],
    "config_setting_unknown": [settings(wings=2)],
    "bad_setting": [
        *(settings(width=width) for width in ("wide", 10**9, True)),
        *(settings(channels=4), settings(classes=[1, 2])),
        *(settings(image_size="28; rm -rf"), settings(norm="../../etc/passwd")),
    ],
    "config_bad_channels": [settings(channels=0)],
    "config_bad_classes": [facts(lesson="cgan")],  # which has labels
    "config_entry_no_object": [facts(metrics=[1])],
    "config_number_too_large": [facts(metrics={"a": 10**40})],
    "weights_missing": [lambda f: (f / "model.safetensors").unlink()],
    "weights_damaged": [
        lambda f: weights((f / "model.safetensors").read_bytes()[:-1])(f),
        weights(b""),
        weights(pickle.dumps({"a": 1})),
        weights(struct.pack("<Q", 4) + b"nope"),  # a header that is no JSON
        weights(struct.pack("<Q", 1 << 40) + b"{}"),  # a header of terabytes
    ],
    "weights_too_large": [weights(b"0" * 30_000_000)],
    "weights_not_finite": [lambda f: tensors(f, lambda t: t["last.bias"].fill_(float("nan")))],
    "tensor_foreign": [tensor(alien=torch.zeros(1))],
    "tensor_missing": [weights(struct.pack("<Q", 2) + b"{}"), lambda f: tensors(f, lambda t: t.pop("last.bias"))],
    "wrong_shape": [tensor(last__bias=torch.zeros(3)), settings(noise_size=50)],
}


FOREIGN = [torch.float8_e5m2, torch.int8, torch.int64, torch.bool, torch.complex64, torch.float64]
COUNTER = "hidden.0.2.num_batches_tracked"


@pytest.mark.parametrize(("name", "dtype"), [*(("last.bias", dtype) for dtype in FOREIGN), (COUNTER, torch.float32)])
def test_weights_of_a_dtype_that_no_model_has_are_refused(tmp_path, name, dtype):
    save(tmp_path / "m")
    tensors(tmp_path / "m", lambda t: t.update({name: t[name].to(dtype)}))
    wanted = ["int64"] if name == COUNTER else ["float16", "bfloat16", "float32"]
    with raises_code("wrong_dtype", name=name, dtype=str(dtype).removeprefix("torch."), wanted=wanted):
        ganzoo.load(tmp_path / "m")


def test_weights_in_bfloat16_and_float32_are_read_and_overflowing_ones_are_kept_in_float32(tmp_path):
    for dtype in (torch.bfloat16, torch.float32):
        save(tmp_path / "m")
        tensors(tmp_path / "m", lambda t, d=dtype: t.update({"last.bias": t["last.bias"].to(d)}))
        assert ganzoo.load(tmp_path / "m").generator.last.bias.dtype == torch.float32
    config, nets = save(tmp_path / "m")
    torch.nn.init.constant_(nets["generator"].last.bias, 1e6)
    checkpoint.save_model(tmp_path / "m", config, nets, {})
    assert ganzoo.load(tmp_path / "m").generator.last.bias[0] == 1e6


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_model_folder_is_one_clear_sentence(tmp_path, code):
    for number, breaker in enumerate(BROKEN[code]):
        save(tmp_path / str(number))
        breaker(tmp_path / str(number))
        with raises_code(code) as error:
            ganzoo.load(tmp_path / str(number))
        assert "\n" not in str(error.value) and len(str(error.value)) < 400


def test_a_pickle_file_is_refused_with_the_reason(tmp_path):
    (tmp_path / "latest_net_G.pth").write_bytes(b"anything")
    with raises_code("model_is_a_pickle"):
        ganzoo.load(tmp_path / "latest_net_G.pth")
