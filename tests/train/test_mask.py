"""train/mask.py: a CycleGAN changes nothing but what tells its two sets apart."""

import json
from pathlib import Path

import pytest
import torch
from PIL import Image

import ganzoo
from ganzoo import checkpoint
from ganzoo.models import localizer
from tests.hostile.made import cycle
from tests.train.test_recipes import refused, trained


@pytest.fixture(scope="module")
def masked(tmp_path_factory) -> tuple[Path, Path]:
    """A small CycleGAN and what train/mask.py made of it."""
    place = tmp_path_factory.mktemp("masked")
    small = cycle(place / "small", critic="both", image_size=64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(localizer, "STEPS", 20)
        out = trained(place, "--model", small, "--image-size", "64", "--smoke", "--name", "masked", script="mask")
    assert "Looking for the horse" in out and "Looking for the zebra" in out
    return small, place / "runs" / "masked-smoke" / "model"


def test_the_generators_stay_and_a_localizer_comes_beside_each(masked):
    small, made = masked
    for role, file in checkpoint.FILES.items():
        if (small / file).is_file() and not role.startswith("generator"):
            assert (made / file).read_bytes() == (small / file).read_bytes(), role
    before, after = ganzoo.load(small), ganzoo.load(made)
    picture = torch.rand(1, 3, 64, 64) * 2 - 1
    for role, direction in (("generator", "horse->zebra"), ("generator_back", "zebra->horse")):
        net = after.network(role)
        for name, tensor in before.network(role).state_dict().items():
            assert torch.equal(net.generator.state_dict()[name], tensor)
        assert net.localizer.weight.abs().max() > 0
        translated = before.translate_tensor(picture, direction=direction)
        wanted = picture + net.localizer(picture) * (translated - picture)
        assert torch.allclose(after.translate_tensor(picture, direction=direction), wanted, atol=1e-5)
    assert after.translate(Image.new("RGB", (50, 30))).size == (50, 30)
    for way, reader in (("", after.generator_back), ("_back", after.generator)):  # they judge what masks leave
        seen = picture * reader.localizer.sure(picture)
        assert (after.patch_map(picture, way) == before.patch_map(seen, way)).all()
    content = json.loads((made / "config.json").read_text())
    assert content["settings"]["masked"] and content["training"]["command"].startswith("ganzoo mask ")
    assert content["metrics"] == {} and (made / "README.md").is_file() and (made / "samples.png").is_file()


def test_a_masked_model_is_trained_on_and_masked_again(masked, tmp_path, monkeypatch):
    monkeypatch.setattr(localizer, "STEPS", 20)
    made, again = masked[1], ("--model", masked[1], "--image-size", "64", "--smoke", "--name", "again")
    trained(tmp_path, *again, script="mask")
    twice = ganzoo.load(tmp_path / "runs" / "again-smoke" / "model")
    first = ganzoo.load(made).generator.generator.state_dict()
    assert all(torch.equal(first[name], tensor) for name, tensor in twice.generator.generator.state_dict().items())
    flags = ("--init", made, "--smoke", "--image-size", "64", "--width", "4", "--blocks", "1", "--critic", "both")
    assert "--init" in refused(tmp_path, "cyclegan", "--smoke", "--set", "masked")
    assert "--set masked" in refused(tmp_path, "cyclegan", *flags, "--set", "critic_width=4", "patch=16")
    trained(tmp_path, *flags, "--name", "on", "--set", "critic_width=4", "patch=16", "masked", script="cyclegan")
    on = ganzoo.load(tmp_path / "runs" / "on-smoke" / "model")
    assert torch.equal(on.generator.localizer.weight, ganzoo.load(made).generator.localizer.weight)


def test_a_mask_of_other_features_and_what_cannot_be_masked_are_sentences(masked, tmp_path, monkeypatch):
    assert "--model NAME" in refused(tmp_path, "mask")
    assert "not a CycleGAN" in refused(tmp_path, "mask", "--model", "cgan-fashion")
    grey = cycle(tmp_path / "grey", in_channels=1)
    assert "grey and colour" in refused(tmp_path, "mask", "--model", grey)
    odd = cycle(tmp_path / "odd", image_size=40)
    assert "multiple of 32" in refused(tmp_path, "mask", "--model", odd)
    monkeypatch.setattr(checkpoint.pretrained, "digest", lambda: "another")
    with pytest.raises(ganzoo.GanzooError) as error:
        ganzoo.load(masked[1])
    assert error.value.code == "weights_of_other_features"
