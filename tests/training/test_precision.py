"""What --precision auto chooses, and that a run keeps it. No test asks a real clock."""

import itertools
import json

import pytest

from ganzoo.models import dcgan, gan
from ganzoo.training import precision
from tests.training.test_trainer import begun, config, fit, same, weights


@pytest.fixture
def gain(monkeypatch):
    """gain(times): a processor that trains convolutions in bf16 so many times as fast as in fp32."""
    return lambda times: monkeypatch.setattr(precision, "bf16_gain", lambda: times)


def chosen(lesson, **more) -> str:
    return "bf16" if begun(config(lesson, **more)).precision else "fp32"


def test_auto_takes_what_the_processor_is_faster_with_and_a_flag_decides_itself(gain):
    small = {"width": 4, "batch_size": 32}
    gain(0.05)
    assert chosen(dcgan, **small) == "fp32"
    assert chosen(dcgan, precision="bf16", **small) == "bf16"
    gain(1.8)
    assert chosen(dcgan, **small) == "bf16"
    assert chosen(gan, **small) == "fp32"  # dense layers alone
    assert chosen(dcgan, precision="fp32", **small) == "fp32"


@pytest.mark.parametrize(("first", "later"), [(1.8, 0.05), (0.05, 1.8)])
def test_a_resume_computes_as_the_run_began_on_another_processor_too(first, later, gain, tmp_path):
    more = {"width": 2, "batch_size": 128, "image_size": 8, "epochs": 1}
    gain(first)
    fit(config(dcgan, tmp_path / "straight", **more))
    fit(config(dcgan, tmp_path / "halves", **more), stop_after=2)
    gain(later)
    fit(config(dcgan, tmp_path / "halves", resume="auto"), {"resume"})
    assert same(weights(tmp_path / "straight" / "x"), weights(tmp_path / "halves" / "x"))
    said = json.loads((tmp_path / "halves" / "x" / "model" / "config.json").read_text())
    assert said["settings"]["chosen_precision"] == said["training"]["precision"] == ("bf16" if first > 1 else "fp32")


def test_a_run_of_an_older_ganzoo_goes_on_in_fp32(gain, tmp_path):
    """It stored no choice; its auto was fp32 on every CPU."""
    gain(0.05)
    fit(config(dcgan, tmp_path, width=2, batch_size=128, image_size=8, epochs=1), stop_after=2)
    path = tmp_path / "x" / "config.json"
    said = json.loads(path.read_text())
    for name in ("chosen_precision", "minutes", "steps"):
        del said["settings"][name]
    path.write_text(json.dumps(said))
    gain(1.8)
    fit(config(dcgan, tmp_path, resume="auto"), {"resume"})
    assert json.loads(path.read_text())["settings"]["chosen_precision"] == "fp32"


@pytest.mark.parametrize(("fp32", "bf16", "rounds"), [(2.0, 1.0, 6), (1.0, 20.0, 2)])
def test_the_gain_is_the_ratio_of_the_times_and_what_is_hopeless_is_not_waited_for(fp32, bf16, rounds, monkeypatch):
    times = itertools.accumulate(itertools.cycle((0.0, fp32, 0.0, bf16)))
    asked = []
    monkeypatch.setattr(precision, "clock", lambda: asked.append(1) or next(times))
    assert precision.bf16_gain.__wrapped__() == pytest.approx(fp32 / bf16)
    assert len(asked) == 4 * rounds
