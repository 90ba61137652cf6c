"""Metrics against numbers known without them, bundled judges against their promise, and the critics of real pictures."""

import json
import math
import random
import shutil
from pathlib import Path

import pytest
import torch
from PIL import Image, ImageDraw

import ganzoo
from ganzoo import checkpoint
from ganzoo.data.labeled import load_pictures, made_up_pictures
from ganzoo.evaluation import fid, judges, lpips, metrics
from ganzoo.evaluation.realness import PASS, realness, scrambled
from ganzoo.hub.bundled import WEIGHTS
from ganzoo.images import from_pil, to_float, to_pil
from ganzoo.models import gan
from tests.support.raises_code import raises_code
from tests.training.test_trainer import same
from train import evaluate


def test_frechet_distance_of_known_gaussians():
    generator = torch.Generator().manual_seed(0)
    a = torch.randn(4000, 5, generator=generator, dtype=torch.float64)
    a = (a - a.mean(0)) @ torch.linalg.inv(torch.linalg.cholesky(a.T.cov())).T  # exactly mean 0, covariance 1
    assert metrics.frechet_distance(a, a) == pytest.approx(0, abs=1e-9)
    assert metrics.frechet_distance(a, a + 2) == pytest.approx(5 * 4, rel=1e-9)  # a shift by 2 in five dimensions
    assert metrics.frechet_distance(a, 3 * a) == pytest.approx(5 * (3 - 1) ** 2, rel=1e-9)  # the standard deviations


def test_frechet_distance_is_symmetric_and_stands_fewer_samples_than_features():
    a, b = torch.randn(20, 64), torch.randn(30, 64) + 1
    assert metrics.frechet_distance(a, b) == pytest.approx(metrics.frechet_distance(b, a), rel=1e-6)
    assert metrics.frechet_distance(a, b) > 0
    a, b = a.double(), b.double()
    cov_a, cov_b = a.T.cov(), b.T.cov()
    cross = torch.linalg.eigvals(cov_a @ cov_b).real.clamp(min=0).sqrt().sum()  # the definition, nearly singular here
    wanted = (a.mean(0) - b.mean(0)).square().sum() + (cov_a + cov_b).trace() - 2 * cross
    assert metrics.frechet_distance(a, b) == pytest.approx(float(wanted), rel=1e-5)


def test_shares_and_accuracy():
    answers = torch.tensor([0, 0, 1, 2])
    assert metrics.class_shares(answers, ("a", "b", "c", "d")) == {"a": 0.5, "b": 0.25, "c": 0.25, "d": 0.0}
    assert metrics.label_accuracy(answers, torch.tensor([0, 1, 1, 2])) == 0.75


def test_speckle_counts_lone_dots_and_forgives_areas():
    flat = torch.zeros(1, 1, 9, 9) - 1
    assert metrics.speckle(flat) == 0
    dot = flat.clone()
    dot[0, 0, 4, 4] = 1
    assert metrics.speckle(dot) == pytest.approx(100 / 81)
    area = flat.clone()
    area[:, :, 3:, :] = 1
    assert metrics.speckle(area) == 0


@pytest.mark.parametrize(("name", "promise"), [("judge-mnist", 0.993), ("judge-fashion", 0.92)])
def test_bundled_judges_state_an_accuracy_that_meets_the_promise(name, promise):
    said = ganzoo.load(name).said["metrics"]
    word = name.split("-")[1]
    assert said[f"accuracy-{word}-n10000-test"] >= promise


def test_one_picture_has_no_distance(tmp_path, capsys):
    """Ten pictures leave one for the test: everything but a distance is measured of it."""
    pictures = made_up_pictures(10)
    for number, picture in enumerate(to_pil(pictures.train)):
        (tmp_path / "ten").mkdir(exist_ok=True)
        picture.save(tmp_path / "ten" / f"{number}.png")
    assert fid.distances(None, pictures.train, pictures.test[:1], "x") == {}
    config = gan.Config(channels=1, data=str(tmp_path / "ten"))
    checkpoint.save_model(tmp_path / "model", config, gan.build(config), {"name": "of-ten"})
    assert evaluate.main([str(tmp_path / "model"), "--n", "10", "--judge", "judge-mnist"]) == 0
    said = capsys.readouterr().out
    assert "speckle-median3-n10" in said and "class-share-ten-judge-n10" in said and "frechet" not in said


def test_a_measurement_is_the_same_for_every_batch_size():
    judge = ganzoo.load("judge-mnist").generator
    real, fake = made_up_pictures(300).train, made_up_pictures(300, seed=1).train
    asked = [[judges.ask(judge, pictures, size)[0] for pictures in (real, fake)] for size in (7, 64, 300)]
    distances = [metrics.frechet_distance(*both) for both in asked]
    assert distances == pytest.approx([distances[0]] * 3, rel=1e-4)


def test_one_loop_trains_a_judge_that_learns():
    config = judges.Config(epochs=4, batch_size=32, width=8, channels=1, classes=tuple("0123456789"))
    *_, done = judges.fit(config, made_up_pictures(500), torch.device("cpu"))
    assert done["metrics"]["accuracy"] > 0.9  # digits drawn by code differ only by a shift
    torch.rand(5)  # somebody else's draws change nothing: the same seed gives the same judge
    *_, again = judges.fit(config, made_up_pictures(500), torch.device("cpu"))
    assert same(done["net"].state_dict(), again["net"].state_dict())


def test_kernel_distance_is_unbiased_and_agrees_with_torchmetrics():
    from torchmetrics.image.kid import poly_mmd

    generator = torch.Generator().manual_seed(3)
    a, b = (torch.randn(60, 16, generator=generator, dtype=torch.float64) for _ in range(2))
    assert metrics.kernel_distance(a, b + 1) == pytest.approx(float(poly_mmd(a, b + 1)), rel=1e-9)
    pairs = torch.randn(400, 2, 8, 16, generator=generator, dtype=torch.float64)
    draws = [metrics.kernel_distance(*pair) for pair in pairs]
    mean, spread = torch.tensor(draws).mean(), torch.tensor(draws).std() / 20
    assert abs(mean) < 4 * spread  # eight pictures a side, and still 0 on average
    assert min(draws) < 0


@pytest.fixture
def inception_weights(tmp_path, monkeypatch):
    """The real network, whose weights are drawn at random in place of those of the file."""
    from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3 as Inception

    def drawn(net, _):
        torch.manual_seed(0)
        for weight in net.parameters():
            if weight.dim() == 4:
                torch.nn.init.kaiming_normal_(weight)  # keeps the features of different pictures apart

    monkeypatch.setattr(Inception, "load_state_dict", drawn)
    monkeypatch.setattr(Inception, "INPUT_IMAGE_SIZE", 75)  # 299 would take a minute here
    monkeypatch.setattr("torch.hub.get_dir", lambda: str(tmp_path))
    path = tmp_path / "checkpoints" / fid.URL.rsplit("/", 1)[1]
    path.parent.mkdir()
    torch.save({}, path)


def test_fid_and_kid_of_a_model(inception_weights, tmp_path, monkeypatch, capsys):
    """evaluate --fid on a real model folder: the numbers land beside the others, under names that say their protocol."""
    net = fid.network()
    real = load_pictures("tests/samples/fashion").test[:40]
    same = fid.distances(net, real, real, "x-n40")
    assert same["fid-inception2015-x-n40"] == pytest.approx(0, abs=1e-3)
    other = fid.distances(net, 255 - real, real, "x")
    assert other["fid-inception2015-x"] > 0.01 and other["kid-inception2015-x"] > same["kid-inception2015-x-n40"]

    folder = tmp_path / "gan-fashion"
    shutil.copytree(WEIGHTS / "gan-fashion", folder)
    said = json.loads((folder / "config.json").read_text())
    said["settings"]["data"] = "tests/samples/fashion"
    (folder / "config.json").write_text(json.dumps(said))
    assert evaluate.main([str(folder), "--n", "50", "--fid"]) == 0
    found = json.loads((folder / "config.json").read_text())["metrics"]
    assert found["fid-inception2015-fashion-n50-test"] > 0
    assert "fid-inception2015-fashion-n50-test" in (folder / "README.md").read_text()


@pytest.mark.parametrize(("module", "name"), [(fid, "fid"), (lpips, "lpips")])
def test_without_its_weights_a_number_of_papers_says_where_to_put_them(module, name, tmp_path, monkeypatch):
    monkeypatch.setattr("torch.hub.get_dir", lambda: str(tmp_path))
    path = tmp_path / "checkpoints" / module.URL.rsplit("/", 1)[1]
    path.parent.mkdir()
    path.write_bytes(b"not the file")
    with raises_code(f"{name}_wrong_file"):
        module.network()
    path.unlink()
    monkeypatch.setattr(module, "URL", "http://127.0.0.1:9/" + path.name)
    with raises_code(f"{name}_not_downloaded", path=path):
        module.network()


DATA = Path(__file__).parents[2] / "demos" / "data"


def drawn(kind: str, number: int) -> Image.Image:
    """A scribble, a box (hollow, full or crossed) or a blank of any grey, in one of many sizes and pens."""
    draw, sheet = random.Random(f"{kind} {number}"), Image.new("L", (280, 280))
    pen = ImageDraw.Draw(sheet)
    width, ink = draw.randint(12, 34), draw.randint(120, 255)
    if kind == "blank":
        sheet.paste(round(255 * number / 99), (0, 0, 280, 280))
    elif kind == "box":
        corners = [*(draw.uniform(20, 100) for _ in "xy"), *(draw.uniform(150, 260) for _ in "xy")]
        full = ink if draw.random() < 0.33 else None
        pen.rectangle(corners, fill=full, outline=ink, width=width)
        if draw.random() < 0.5:
            pen.line(corners, fill=ink, width=width)
            pen.line([corners[0], corners[3], corners[2], corners[1]], fill=ink, width=width)
    else:  # waves of random pace on both axes
        waves = [
            [(draw.uniform(0, math.tau), draw.uniform(1, 9), draw.uniform(20, 60)) for _ in range(3)] for _ in "xy"
        ]
        turns = [i / 200 for i in range(201)]
        points = [tuple(140 + sum(a * math.sin(p + w * t) for p, w, a in axis) for axis in waves) for t in turns]
        pen.line(points, fill=ink, width=width, joint="curve")
    return sheet


@pytest.mark.parametrize("data", ["fashion", "mnist"])
def test_scribbles_boxes_and_blanks_are_not_taken_for_real(data):
    """At the threshold that nine in ten real pictures pass, at most 5 % of 300 drawings do."""
    critic = realness(data)
    pictures = load_pictures(str(DATA / f"{data}-6000"))
    real = torch.tensor(critic(to_float(pictures.test[:500])))
    threshold = real.quantile(0.1)
    found = {}
    for kind in ("scribble", "box", "blank"):
        shares = torch.tensor(critic(to_float(from_pil([drawn(kind, i) for i in range(100)], 28, 1))))
        found[kind] = (shares >= threshold).double().mean().item()
    assert sum(found.values()) / 3 <= 0.05, found
    assert 0.85 <= (real >= PASS).double().mean() <= 0.97  # the share is one of real pictures


def test_pictures_get_worse_from_real_to_made_to_scrambled():
    critic, model = realness("mnist"), ganzoo.load("dcgan-mnist")
    real = to_float(load_pictures(str(DATA / "mnist-6000")).test[:200])
    groups = (real, model.tensor(model.noise(200, 5)), scrambled(model, 200, 5))
    shares = [torch.tensor(critic(pictures)).mean() for pictures in groups]
    assert shares[0] > shares[1] > shares[2]
