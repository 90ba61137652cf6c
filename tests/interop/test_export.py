"""train/export.py: the ONNX file makes what the network makes, for any number of pictures and any size that fits."""

import json
import sys

import onnx
import onnxruntime
import pytest
import torch

import ganzoo
from ganzoo import checkpoint
from ganzoo.interop import onnx_export
from ganzoo.models import cgan, cyclegan, gan, pix2pix
from ganzoo.models.localizer import Localizer
from tests.support import reference_nets as reference
from tests.support.raises_code import raises_code
from tests.train.test_recipes import refused, trained

NEAR = 1e-4
SMALL = {"width": 8, "image_size": 28, "channels": 1}
PAIRS = {"width": 4, "image_size": 16, "direction": "a->b"}
SIZES = ((64, 128), (96, 64))
CYCLE = PAIRS | {"blocks": 1, "critic_width": 4}
KINDS = {  # what is exported, a GAN by the command below: (lesson, settings, direction)
    "cgan": (cgan, SMALL | {"classes": ("one", "two", "three")}, None),
    "pix2pix batch": (
        pix2pix,
        PAIRS | {"norm": "batch", "upsample": "resize", "out_channels": 1, "noise": True, "padding": "replicate"},
        None,
    ),
    "cyclegan": (cyclegan, CYCLE | {"out_channels": 1, "residual": True, "upsample": "deconv3"}, "b->a"),
    "cyclegan masked": (cyclegan, CYCLE | {"image_size": 64, "masked": True}, None),
}


def model(folder, lesson, **settings):
    config = lesson.Config(**settings)
    nets = {role: reference.trained(net) for role, net in lesson.build(config).items()}
    for localizer in (part for net in nets.values() for part in net.modules() if isinstance(part, Localizer)):
        torch.nn.init.normal_(localizer.weight, 0, 0.1)
    checkpoint.save_model(folder, config, nets, {"name": folder.name})
    return ganzoo.load(folder)


@pytest.mark.parametrize("kind", KINDS)
def test_onnxruntime_makes_the_same(tmp_path, kind):
    lesson, settings, direction = KINDS[kind]
    made = model(tmp_path / "m", lesson, **settings)
    path = tmp_path / "m.onnx"
    assert onnx_export.write(made, path, direction) < NEAR
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m", "m.onnx"]  # one file, weights inside
    onnx.checker.check_model(path)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    for batch in (1, 5):
        for height, width in SIZES if made.translates else ((0, 0),):
            if made.translates:
                backwards = direction == "b->a"
                depth = made.config.out_channels if backwards else made.config.in_channels
                given = {"picture": torch.rand(batch, depth, height, width) * 2 - 1}
                wanted = made.translate_tensor(given["picture"], direction=direction)
            else:
                given = {"noise": made.noise(batch, seed=batch)}
                if lesson is cgan:
                    given["label"] = torch.arange(batch) % 3
                wanted = made.tensor(given["noise"], given["label"].tolist() if lesson is cgan else None)
            (found,) = session.run(None, {name: x.numpy() for name, x in given.items()})
            assert found.shape == tuple(wanted.shape)
            assert wanted.std() > 0.01
            assert float((torch.from_numpy(found) - wanted).abs().max()) < NEAR
    said = json.loads(session.get_modelmeta().custom_metadata_map["ganzoo"])
    assert (said["lesson"], said["value_range"]) == (lesson.Config.lesson, [-1, 1])
    if made.translates:
        assert (said["direction"], said["size_multiple"]) == (direction or "a->b", made.config.size_multiple)
    else:
        assert said["noise_size"] == 100


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """(a small GAN, the folder in which the command exported it, what that printed, torch's program): it takes seconds."""
    folder, programs, export = tmp_path_factory.mktemp("exported"), [], torch.onnx.export
    made = model(folder / "small", gan, **SMALL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.onnx, "export", lambda *args, **how: programs.append(export(*args, **how)) or programs[0])
        out = trained(folder, "small", "--out", "deep/made.onnx", script="export")
    return made, folder, out, programs[0]


def test_the_command_as_a_user_runs_it_and_wrong_uses_in_one_sentence(exported, tmp_path, monkeypatch):
    made, folder, out, _ = exported
    assert "deep/made.onnx: " in out and "the same pictures" in out
    assert sorted(str(p.relative_to(folder)) for p in folder.rglob("*.onnx")) == ["deep/made.onnx"]
    pair = model(tmp_path / "p", pix2pix, **PAIRS)
    for call, code in (
        (lambda: onnx_export.write(made, tmp_path / "x.onnx", "a->b"), "export_without_direction"),
        (lambda: onnx_export.write(pair, tmp_path / "x.onnx", "b->a"), "direction_unknown"),
        (lambda: onnx_export.write(ganzoo.load("judge-mnist"), tmp_path / "x.onnx"), "export_other_lesson"),
    ):
        with raises_code(code):
            call()
    refused(tmp_path, "export", "nowhere")
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with raises_code("onnx_missing"):
        onnx_export.write(made, tmp_path / "x.onnx")
    assert not (tmp_path / "x.onnx").exists()


def test_a_file_that_differs_is_not_kept_and_without_onnxruntime_nobody_knows(exported, tmp_path, monkeypatch):
    made, *_, program = exported
    monkeypatch.setattr(torch.onnx, "export", lambda *args, **how: program)
    with monkeypatch.context() as patch, raises_code("export_differs"):
        patch.setattr(onnx_export, "FARTHEST", -1.0)
        onnx_export.write(made, tmp_path / "x.onnx")
    assert not list(tmp_path.iterdir())
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert onnx_export.write(made, tmp_path / "x.onnx") is None
    assert (tmp_path / "x.onnx").stat().st_size > 10_000
