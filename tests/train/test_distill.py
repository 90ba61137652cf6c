"""train/distill.py: one pass learns to do what two do."""

import errno
import json

import pytest
import torch
from PIL import Image

from ganzoo import checkpoint
from ganzoo.models import cyclegan
from ganzoo.models.layers import keep_sums
from ganzoo.seeding import global_seed
from ganzoo.training.distillation import Distillation
from tests.hostile.made import cycle
from tests.train.test_recipes import refused, run, trained
from train import distill

BACK = ("--direction", "zebra->horse")


class SamePicture:
    """Batches that always hold one picture."""

    device = torch.device("cpu")

    def __call__(self, step):
        return {"b": torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(1)) * 2 - 1}


def distillation(share: float, steps: int = 150) -> Distillation:
    with global_seed(3):
        small = cyclegan.Config(width=4, blocks=1, image_size=32, in_channels=3, out_channels=3)
        teacher = keep_sums(cyclegan.build(small)["generator_back"].eval().requires_grad_(False))  # as from a file
    config = distill.Config(share=share, steps=steps, lr=2e-3)
    return Distillation(teacher, SamePicture(), "b", config, half=False)


def test_what_is_learned_lies_between_the_first_and_the_second_pass():
    nothing_to_learn, training = distillation(share=0.0), distillation(share=0.5)
    nothing_to_learn.advance()
    assert nothing_to_learn.averages() == {"mae": 0.0}

    picture = SamePicture()(0)["b"]
    before = {name: tensor.clone() for name, tensor in training.teacher.state_dict().items()}
    first = training.teacher(picture)
    wanted = (first + training.teacher(first)) / 2
    while training.step < 150:
        training.advance()
    assert all(torch.equal(tensor, before[name]) for name, tensor in training.teacher.state_dict().items())
    learned = training.student.state_dict()
    assert not [name for name in before if torch.equal(learned[name], before[name])]
    away = (first - wanted).abs().mean()
    assert (training.student(picture) - wanted).abs().mean() < 0.7 * away


@pytest.mark.parametrize(
    ("direction", "learned", "critic"),
    [("horse->zebra", "generator", "patch"), ("zebra->horse", "generator_back", "both")],
)
def test_one_generator_is_changed_and_all_else_stays(direction, learned, critic, tmp_path):
    small = cycle(tmp_path / "small", critic=critic)
    flags = ["--model", small, "--direction", direction, "--image-size", "32", "--smoke", "--name", "learned"]
    out = trained(tmp_path, *flags, script="distill")
    made = tmp_path / "runs" / "learned-smoke" / "model"
    assert str(made.relative_to(tmp_path)) in out
    for role, file in checkpoint.FILES.items():
        if (small / file).is_file():
            assert ((made / file).read_bytes() == (small / file).read_bytes()) == (role != learned), role
    content = json.loads((made / "config.json").read_text())
    settings = json.loads((small / "config.json").read_text())["settings"]
    assert content["settings"] == settings | {"smoke": True}
    assert content["training"]["command"].startswith("ganzoo distill") and content["metrics"] == {}
    assert (made / "README.md").is_file() and (made / "samples.png").is_file()


def test_what_cannot_be_distilled_is_a_sentence(tmp_path):
    grey = cycle(tmp_path / "grey", in_channels=1)
    assert "grey and colour" in refused(tmp_path, "distill", "--model", grey, *BACK)
    assert "not a CycleGAN" in refused(tmp_path, "distill", "--model", "cgan-fashion", *BACK)
    small = ("--model", cycle(tmp_path / "small"))
    assert "choose one of these directions" in refused(tmp_path, "distill", *small, "--direction", "horse->cow")
    assert "--direction" in refused(tmp_path, "distill", *small)
    for depth, data in ((1, "colour"), (3, "grey")):
        for side in ("A", "B"):
            (tmp_path / data / side).mkdir(parents=True)
            for i in range(12):
                Image.effect_noise((40, 40), 60).convert("L" if data == "grey" else "RGB").save(
                    tmp_path / data / side / f"{i}.png"
                )
        model = cycle(tmp_path / f"for-{data}", in_channels=depth, out_channels=depth)
        said = refused(tmp_path, "distill", "--model", model, *BACK, "--image-size", "32", "--data", data, "--steps", 2)
        assert f"{depth}, {depth} channel(s)" in said
    assert "multiple of 8" in refused(tmp_path, "distill", *small, *BACK, "--image-size", "30")
    assert "from 0 to 1" in refused(tmp_path, "distill", "--share", "nan")


def test_what_goes_wrong_costs_no_model(tmp_path, monkeypatch):
    runs = tmp_path / "runs"
    small = cycle(runs / "small-smoke" / "model")
    flags = ("--model", small, *BACK, "--image-size", "32", "--smoke", "--name")
    before = {path.name: path.read_bytes() for path in small.iterdir()}
    assert "choose another --name" in refused(tmp_path, "distill", *flags, "small")
    assert {path.name: path.read_bytes() for path in small.iterdir()} == before

    with monkeypatch.context() as patch:
        patch.setattr(Distillation, "advance", lambda training: pytest.fail("a damaged file was found too late"))
        half = cycle(tmp_path / "half")
        (half / "model.safetensors").write_bytes(b"half of it")
        assert "damaged" in refused(tmp_path, "distill", "--model", half, *flags[2:], "half")

    def full(source, target):
        raise OSError(errno.ENOSPC, "No space left on device", str(target))

    with monkeypatch.context() as patch:
        patch.setattr(distill.derived.shutil, "copyfile", full)
        code, _, said = run("distill", *flags, "other", cwd=tmp_path)
    assert code == 2 and "No space left" in said and not list((runs / "other-smoke").iterdir())

    def advance(training, once=Distillation.advance):
        once(training)
        torch.nn.init.constant_(next(training.student.parameters()), float("nan"))

    monkeypatch.setattr(Distillation, "advance", advance)
    code, _, said = run("distill", *flags, "other", cwd=tmp_path)
    assert code == 2 and "no longer numbers" in said and not (runs / "other-smoke" / "model").exists()


def test_a_stop_keeps_the_model_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(distill.session, "stop_on_signals", lambda stop: stop.append(2))
    monkeypatch.setattr(distill, "SHOWN_EVERY", 10)
    small = cycle(tmp_path / "small")
    code, out, _ = run("distill", "--model", small, *BACK, "--image-size", "32", "--smoke", cwd=tmp_path)
    assert code == distill.recipes.STOPPED and "Stopped after 1 of 2 steps" in out
    assert (tmp_path / "runs" / "distill-horse2zebra-horse-smoke" / "model" / "model_back.safetensors").is_file()
