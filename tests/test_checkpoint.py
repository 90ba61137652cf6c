"""Model folders: what is saved comes back, and whatever else lies there is one clear error."""

import json
import pickle
import struct

import pytest
import torch
from safetensors.torch import load_file, save_file

import ganzoo
from ganzoo import cgan, checkpoint, dcgan, gan
from ganzoo.errors import GanzooError

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
    assert (
        load_file(tmp_path / "m" / "model.safetensors")["last.weight" if lesson is not dcgan else "seed.0.weight"].dtype
        == torch.float16
    )
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


def settings(**values):
    return lambda folder: edit(folder, lambda said: said["settings"].update(values))


BROKEN = {
    "no config": (lambda f: (f / "config.json").unlink(), "no config.json"),
    "not json": (lambda f: (f / "config.json").write_text("{"), "not readable JSON"),
    "binary json": (lambda f: (f / "config.json").write_bytes(b"\xff\xfe\0"), "not readable JSON"),
    "deep json": (lambda f: (f / "config.json").write_text("[" * 200_000), "not readable JSON"),
    "huge json": (lambda f: (f / "config.json").write_text(" " * (2 << 20) + "{}"), "larger than 1 MB"),
    "a list": (lambda f: (f / "config.json").write_text("[1]"), "not written by ganzoo"),
    "another library": (lambda f: edit(f, lambda s: s.update(library="timm")), "not written by ganzoo"),
    "a newer format": (lambda f: edit(f, lambda s: s.update(format=99)), "update ganzoo"),
    "a format in words": (lambda f: edit(f, lambda s: s.update(format="one")), "update ganzoo"),
    "an unknown lesson": (lambda f: edit(f, lambda s: s.update(lesson="stylegan9")), "unknown lesson 'stylegan9'"),
    "a lesson that is a list": (lambda f: edit(f, lambda s: s.update(lesson=["gan"])), "unknown lesson"),
    "no settings": (lambda f: edit(f, lambda s: s.pop("settings")), "must be an object"),
    "an unknown setting": (settings(wings=2), "unknown setting 'wings'"),
    "width in words": (settings(width="wide"), "width takes a whole number"),
    "width beyond reason": (settings(width=10**9), "width takes a whole number"),
    "width true": (settings(width=True), "width takes a whole number"),
    "noise of NaN": (settings(lr=float("nan")), "lr takes a number"),
    "four channels": (settings(channels=4), "channels takes one of"),
    "classes of numbers": (settings(classes=[1, 2]), "classes takes a list of texts"),
    "metrics a list": (lambda f: edit(f, lambda s: s.update(metrics=[1])), "must be an object"),
    "no weights": (lambda f: (f / "model.safetensors").unlink(), "is missing"),
    "cut weights": (
        lambda f: (f / "model.safetensors").write_bytes((f / "model.safetensors").read_bytes()[:5000]),
        "damaged",
    ),
    "empty weights": (lambda f: (f / "model.safetensors").write_bytes(b""), "damaged"),
    "a header of terabytes": (
        lambda f: (f / "model.safetensors").write_bytes(struct.pack("<Q", 1 << 40) + b"{}"),
        "damaged",
    ),
    "a pickle in disguise": (lambda f: (f / "model.safetensors").write_bytes(pickle.dumps({"a": 1})), "damaged"),
    "a foreign tensor": (lambda f: tensors(f, lambda t: t.update(alien=torch.zeros(1))), "foreign tensor 'alien'"),
    "a missing tensor": (lambda f: tensors(f, lambda t: t.pop("last.bias")), "lacks 'last.bias'"),
    "another shape": (lambda f: tensors(f, lambda t: t.update({"last.bias": torch.zeros(3)})), "has shape (3,)"),
    "NaN weights": (lambda f: tensors(f, lambda t: t["last.bias"].fill_(float("nan"))), "NaN"),
    "weights ten times too large": (lambda f: (f / "model.safetensors").write_bytes(b"0" * 30_000_000), "larger"),
    "only a pickle": (lambda f: ((f / "config.json").unlink(), (f / "net_G.pth").write_bytes(b"x")), "pickle"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_model_folder_is_one_clear_sentence(tmp_path, kind):
    save(tmp_path / "m")
    breaker, words = BROKEN[kind]
    breaker(tmp_path / "m")
    with pytest.raises(GanzooError) as error:
        ganzoo.load(tmp_path / "m")
    message = str(error.value)
    assert words in message
    assert "\n" not in message
    assert len(message) < 400


def test_conditional_model_needs_classes(tmp_path):
    save(tmp_path / "m", cgan)
    settings(classes=[])(tmp_path / "m")
    with pytest.raises(GanzooError, match="2 to 1,000 classes"):
        ganzoo.load(tmp_path / "m")


@pytest.mark.parametrize("name", ["", " ", "nope", "../nope", "/nope/nope", "a\0b"])
def test_unknown_names_say_what_there_is(name):
    with pytest.raises(GanzooError):
        ganzoo.load(name)


def test_a_pickle_file_is_refused_with_the_reason(tmp_path):
    (tmp_path / "latest_net_G.pth").write_bytes(b"anything")
    with pytest.raises(GanzooError, match="can run any code"):
        ganzoo.load(tmp_path / "latest_net_G.pth")


def test_overflowing_weights_are_kept_in_full_precision(tmp_path):
    config = gan.Config(channels=1)
    nets = gan.build(config)
    torch.nn.init.constant_(nets["generator"].last.bias, 1e6)
    checkpoint.save_model(tmp_path / "m", config, nets, {})
    assert ganzoo.load(tmp_path / "m").generator.last.bias[0] == 1e6
