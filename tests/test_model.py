"""A model in use: sample and critique, deterministic. What is asked wrongly is in tests/hostile/inputs.py."""

import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image

import ganzoo
from ganzoo.data import drawings
from ganzoo.hub.bundled import WEIGHTS
from ganzoo.models import cyclegan
from tests.support.raises_code import raises_code


@pytest.fixture(scope="module")
def models():
    names = {"gan": "gan-mnist", "cgan": "cgan-mnist", "pix2pix": "pix2pix-facades-gan-mae"}
    return {lesson: ganzoo.load(name) for lesson, name in names.items()}


def same(a, b):
    return [x.tobytes() for x in a] == [x.tobytes() for x in b]


def test_the_same_seed_gives_the_same_pictures_whatever_their_neighbours_are(models):
    pictures = models["gan"].sample(n=12, seed=7)
    assert len(pictures) == 12
    assert (pictures[0].mode, pictures[0].size) == ("L", (28, 28))
    assert same(pictures, models["gan"].sample(n=12, seed=7))
    assert same(pictures[:5], models["gan"].sample(n=5, seed=7))
    assert not same(pictures, models["gan"].sample(n=12, seed=8))
    noise = models["gan"].noise(300, 0)
    whole = models["gan"].tensor(noise)
    assert torch.allclose(whole[290:], models["gan"].tensor(noise[290:]), atol=1e-4)


def test_critique_gives_one_number_for_one_and_a_list_for_many(models):
    pictures = models["gan"].sample(3)
    opinions = models["gan"].critique(pictures)
    assert len(opinions) == 3
    assert all(0 <= o <= 1 for o in opinions)
    assert models["gan"].critique(pictures[0]) == pytest.approx(opinions[0], abs=1e-6)
    assert models["gan"].critique([]) == []
    assert len(models["cgan"].critique(pictures, [1, 2, 3])) == 3
    assert 0 <= models["gan"].critique(Image.new("RGBA", (300, 200), (9, 99, 0, 40))) <= 1  # any picture is taken


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_floats_of_any_precision_are_taken(models, dtype):
    pix2pix = models["pix2pix"]
    noise, picture = models["gan"].noise(2), torch.zeros(1, 3, 64, 64)
    assert models["gan"].tensor(noise.to(dtype)).dtype == torch.float32
    assert torch.equal(pix2pix.translate_tensor(picture.to(dtype)), pix2pix.translate_tensor(picture))
    digit = torch.zeros(1, 1, 28, 28)
    assert models["gan"].critique(digit.to(dtype)) == models["gan"].critique(digit)


def test_labels_are_numbers_or_names_also_of_numpy_and_torch(models):
    wanted = models["cgan"].sample(labels=[3, 1], seed=7)
    for labels in (np.array([3, 1]), torch.tensor([3, 1]), [np.int64(3), torch.tensor(1)], ("3", 1), ["3", "1"]):
        assert same(models["cgan"].sample(labels=labels, seed=7), wanted)
    assert len(models["cgan"].sample(n=3, labels=5)) == 3


@pytest.mark.parametrize("name", ["judge-mnist", "realness-mnist", "judge-facades"])
def test_a_judge_makes_no_pictures(name):
    judge = ganzoo.load(name)
    picture = Image.new("RGB", (64, 64))
    for call in (judge.sample, lambda: judge.translate(picture), lambda: judge.critique(picture)):
        with raises_code("judge_makes_nothing"):
            call()


def test_a_model_without_its_critic_says_so(tmp_path):
    shutil.copytree(WEIGHTS / "gan-mnist", tmp_path / "m", ignore=shutil.ignore_patterns("discriminator.*"))
    model = ganzoo.load(tmp_path / "m")
    with raises_code("no_critic"):
        model.critique(model.sample(1))


def test_import_is_light():
    heavy = ("gradio", "datasets", "torchvision", "torchmetrics", "huggingface_hub")
    code = f"import sys, ganzoo; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_patch_critic_takes_pictures_and_tensors_one_or_many(models):
    pix2pix = models["pix2pix"]
    drawing = drawings.facade(3, pix2pix.config.image_size)
    photo = pix2pix.translate(drawing)
    one = pix2pix.critique(photo, drawing)
    assert one.ndim == 2 and 0 <= one.min() <= one.max() <= 1
    (listed,) = pix2pix.critique([photo], drawing)
    x, y = (ganzoo.images.to_float(ganzoo.images.whole_tensor(p, 3)) for p in (photo, drawing))
    (tensors,) = pix2pix.critique(x, y)
    assert abs(listed - one).max() < 1e-6 and abs(tensors - one).max() < 1e-6


def test_a_critic_that_only_trains_is_not_built_to_use_a_model(monkeypatch):
    model = ganzoo.inference.Model(WEIGHTS / "cyclegan-horse2zebra")
    assert model.config.critic == "both"
    monkeypatch.setattr(cyclegan, "ProjectedDiscriminator", None)
    assert model.generator and model.discriminator_back
