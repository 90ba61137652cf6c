"""A model in use: sample and critique, deterministic, with errors that say what to do."""

import subprocess
import sys

import pytest
import torch
from PIL import Image

import ganzoo
from ganzoo import cgan, checkpoint, gan
from ganzoo.errors import GanzooError


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    found = {}
    for lesson in (gan, cgan):
        folder = tmp_path_factory.mktemp(lesson.Config.lesson)
        config = lesson.Config(channels=1, classes=tuple("0123456789") if lesson is cgan else ())
        checkpoint.save_model(folder, config, lesson.build(config), {"name": lesson.Config.lesson})
        found[lesson.Config.lesson] = ganzoo.load(folder)
    return found


def same(a, b):
    return [x.tobytes() for x in a] == [x.tobytes() for x in b]


def test_the_same_seed_gives_the_same_pictures_and_a_prefix(models):
    pictures = models["gan"].sample(n=12, seed=7)
    assert len(pictures) == 12
    assert (pictures[0].mode, pictures[0].size) == ("L", (28, 28))
    assert same(pictures, models["gan"].sample(n=12, seed=7))
    assert same(pictures[:5], models["gan"].sample(n=5, seed=7))
    assert not same(pictures, models["gan"].sample(n=12, seed=8))


def test_labels_may_be_numbers_or_names(models):
    assert same(models["cgan"].sample(labels=[3, 1, 4], seed=7), models["cgan"].sample(labels=["3", "1", "4"], seed=7))
    assert len(models["cgan"].sample(n=3, labels=5)) == 3


def test_a_picture_does_not_depend_on_its_neighbours(models):
    noise = models["gan"].noise(300, 0)
    whole = models["gan"].tensor(noise)
    assert torch.allclose(whole[290:], models["gan"].tensor(noise[290:]), atol=1e-6)


def test_critique_gives_one_number_for_one_and_a_list_for_many(models):
    pictures = models["gan"].sample(3)
    opinions = models["gan"].critique(pictures)
    assert len(opinions) == 3
    assert all(0 <= o <= 1 for o in opinions)
    assert models["gan"].critique(pictures[0]) == pytest.approx(opinions[0], abs=1e-6)
    assert models["gan"].critique([]) == []
    assert len(models["cgan"].critique(pictures, [1, 2, 3])) == 3


def test_critique_takes_any_picture(models):
    assert 0 <= models["gan"].critique(Image.new("RGBA", (300, 200), (9, 99, 0, 40))) <= 1


@pytest.mark.parametrize(
    ("who", "call"),
    [
        ("gan", lambda m: m.sample(n=0)),
        ("gan", lambda m: m.sample(n=-3)),
        ("gan", lambda m: m.sample(n=10**12)),
        ("gan", lambda m: m.sample(n=2.5)),
        ("gan", lambda m: m.sample(n=True)),
        ("gan", lambda m: m.sample(n=2, seed=-1)),
        ("gan", lambda m: m.sample(n=2, seed="x")),
        ("gan", lambda m: m.sample(labels=[1])),
        ("cgan", lambda m: m.sample(labels=[10])),
        ("cgan", lambda m: m.sample(labels=[-1])),
        ("cgan", lambda m: m.sample(labels=["seven"])),
        ("cgan", lambda m: m.sample(labels=[1.5])),
        ("cgan", lambda m: m.sample(n=3, labels=[1, 2])),
        ("cgan", lambda m: m.critique(m.sample(2))),
        ("gan", lambda m: m.critique("nowhere.png")),
        ("gan", lambda m: m.critique(b"not a picture")),
    ],
)
def test_wrong_calls_are_one_sentence(models, who, call):
    with pytest.raises(GanzooError) as error:
        call(models[who])
    assert "\n" not in str(error.value)


def test_a_model_without_its_critic_says_so(tmp_path):
    config = gan.Config(channels=1)
    checkpoint.save_model(tmp_path / "m", config, {"generator": gan.build(config)["generator"]}, {})
    model = ganzoo.load(tmp_path / "m")
    with pytest.raises(GanzooError, match="without its discriminator"):
        model.critique(model.sample(1))


def test_import_is_light():
    heavy = ("gradio", "datasets", "torchvision", "torchmetrics", "huggingface_hub")
    code = f"import sys, ganzoo; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_patch_critic_takes_pictures_and_tensors_one_or_many():
    from ganzoo import drawings

    model = ganzoo.load("pix2pix-facades-gan-mae")
    drawing = drawings.facade(3, model.config.image_size)
    photo = model.translate(drawing)
    one = model.critique(photo, drawing)
    assert one.ndim == 2 and 0 <= one.min() <= one.max() <= 1
    (listed,) = model.critique([photo], drawing)
    x, y = (ganzoo.images.to_float(ganzoo.images.whole_tensor(p, 3)) for p in (photo, drawing))
    (tensors,) = model.critique(x, y)
    assert abs(listed - one).max() < 1e-6 and abs(tensors - one).max() < 1e-6
