"""Training: exact resume, nothing half-written, early errors."""

import json
import shlex
import time
from pathlib import Path

import pytest
import torch

import ganzoo
from ganzoo import cgan, checkpoint, dcgan, gan, settings, trainer
from ganzoo.data import made_up_pictures
from ganzoo.errors import GanzooError
from ganzoo.training import Training

SMALL = {"batch_size": 16, "seed": 3, "save_every": 7, "device": "cpu", "data": "made-up"}


def run(config, steps=None, given=frozenset()):
    """Train on 128 made-up digits; stop after `steps`."""
    pictures = made_up_pictures(160)
    config = trainer.prepare(config, given)
    events = []
    for event in trainer.fit(config, pictures, should_stop=lambda: steps is not None and taken(events) + 1 >= steps):
        events.append(event)
        yield event


def taken(events):
    return max((e["step"] for e in events if e["event"] == "step"), default=0)


def weights(folder):
    return checkpoint.read_resume(folder / "resume.pt", "cpu")


def same(a, b):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a if k != "seconds")
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return torch.equal(a, b) if isinstance(a, torch.Tensor) else a == b


@pytest.mark.parametrize(
    ("lesson", "more"), [(gan, {"r1": 1.0}), (cgan, {"adversarial": "lsgan"}), (dcgan, {"width": 4})]
)
def test_n_steps_resume_n_steps_equal_2n_steps_bit_for_bit(lesson, more, tmp_path):
    straight = lesson.Config(out=str(tmp_path), name="straight", epochs=4, **SMALL, **more)
    list(run(straight))
    first = lesson.Config(out=str(tmp_path), name="halves", epochs=2, **SMALL, **more)
    list(run(first))
    again = lesson.Config(out=str(tmp_path), name="halves", epochs=4, resume="auto", **SMALL, **more)
    list(run(again, given={"epochs", "resume"}))
    assert same(weights(tmp_path / "straight"), weights(tmp_path / "halves"))
    logs = [
        [
            {k: v for k, v in row.items() if k not in ("seconds", "images_per_s", "steps", "waiting")}
            for row in checkpoint.read_log(tmp_path / name / "log.jsonl")
            if row["event"] == "step"
        ]
        for name in ("straight", "halves")
    ]
    assert logs[0] == logs[1]


def test_a_run_folder_holds_what_the_design_promises(tmp_path):
    events = list(run(gan.Config(out=str(tmp_path), name="x", epochs=1, **SMALL)))
    assert [e["event"] for e in events if e["event"] in ("start", "done")] == ["start", "done"]
    for name in (
        "config.json",
        "log.jsonl",
        "resume.pt",
        "film.webp",
        "samples/000000.png",
        "samples/000008.png",
        "model/config.json",
        "model/model.safetensors",
        "model/discriminator.safetensors",
        "model/README.md",
        "model/samples.png",
        "model/curves.png",
        "model/film.webp",
    ):
        assert (tmp_path / "x" / name).stat().st_size > 0, name
    said, config = checkpoint.read_config(tmp_path / "x" / "model")
    assert said["training"]["step"] == 8
    assert config.epochs == 1
    assert not list((tmp_path / "x").rglob("*.tmp"))


def test_resume_refuses_another_learning_rate_and_says_which_it_was(tmp_path):
    list(run(gan.Config(out=str(tmp_path), name="x", epochs=1, **SMALL)))
    with pytest.raises(GanzooError, match=r"--lr was 0\.0002"):
        list(run(gan.Config(out=str(tmp_path), name="x", lr=1e-3, resume="auto", **SMALL), given={"lr", "resume"}))


def test_a_second_run_of_the_same_name_is_refused_with_both_ways_out(tmp_path):
    list(run(gan.Config(out=str(tmp_path), name="x", epochs=1, **SMALL)))
    with pytest.raises(GanzooError, match=r"--resume.*--name"):
        list(run(gan.Config(out=str(tmp_path), name="x", epochs=1, **SMALL)))


def test_log_is_json_line_by_line(tmp_path):
    list(run(gan.Config(out=str(tmp_path), name="x", epochs=1, **SMALL)))
    rows = [json.loads(line) for line in (tmp_path / "x" / "log.jsonl").read_text().splitlines()]
    assert {"samples", "step"} <= {row["event"] for row in rows}


def test_a_run_starts_from_a_model(tmp_path):
    """--init: the weights of a bundled model, refused where lesson or shape differ, remembered in the card."""
    config = trainer.prepare(dcgan.Config(smoke=True, init="dcgan-mnist", width=32, out=str(tmp_path)))
    training = Training(config, _filled(config), torch.device("cpu"))
    model = ganzoo.load("dcgan-mnist")
    for role, net in (("generator", model.generator), ("discriminator", model.discriminator)):
        for name, tensor in net.state_dict().items():
            assert torch.equal(training.nets[role].state_dict()[name], tensor), f"{role}: {name}"
    assert all(p.requires_grad for p in training.nets["generator"].parameters())
    model = Path(list(trainer.fit(config))[-1]["model"])
    said, _ = checkpoint.read_config(model)
    assert "--epochs 70" in said["training"]["before"][0]
    assert said["training"]["before"][0] in (model / "README.md").read_text(encoding="utf-8")
    for name, other, word in (
        ("gan-mnist", {}, "is a gan model"),
        ("dcgan-mnist", {"width": 16}, "does not fit"),
        ("nobody", {}, "no model"),
    ):
        wrong = dcgan.Config(smoke=True, init=name, out=str(tmp_path), name=f"x{name}", **other)
        with pytest.raises(GanzooError, match=word):
            Training(wrong, _filled(wrong), torch.device("cpu"))


def _filled(config):
    pictures = dcgan.read_data(config)
    pictures.fill(config)
    return pictures


def test_a_model_says_nothing_of_the_machine_and_only_the_licence_it_was_given(tmp_path):
    list(run(gan.Config(out=str(tmp_path / "secret"), name="x", epochs=1, **SMALL)))
    list(run(gan.Config(out=str(tmp_path / "secret"), name="y", epochs=1, license="cc-by-4.0", **SMALL)))
    for name, allowed in (("x", None), ("y", "license: cc-by-4.0\n")):
        folder = tmp_path / "secret" / name / "model"
        assert "secret" not in (folder / "config.json").read_text() + (folder / "README.md").read_text()
        assert ("license" in (folder / "README.md").read_text()) is bool(allowed)
        assert (allowed or "") in (folder / "README.md").read_text()
    assert json.loads((tmp_path / "secret" / "x" / "config.json").read_text())["settings"]["out"]  # a run needs it


def test_minutes_count_every_step(tmp_path, monkeypatch):
    """Grids are drawn at odd steps; the time of the steps before them counts all the same."""
    plain, spent = Training.advance, []

    def advance(self):
        began = time.perf_counter()
        plain(self)
        time.sleep(0.01)
        spent.append(time.perf_counter() - began)

    monkeypatch.setattr(Training, "advance", advance)
    rows = [e for e in run(gan.Config(**SMALL, epochs=20, out=str(tmp_path))) if e["event"] == "step"]
    assert sum(spent) <= rows[-1]["seconds"] + 0.01


def test_the_command_in_the_card_is_what_trains_the_same():
    """A resumed run's card names the settings, not the words that it was resumed with."""
    made = dcgan.Config(data="my pictures", norm="none", lr=0.001, out="/secret", push="me/x", resume="auto", width=32)
    line = settings.command(made)
    assert line == "python train/dcgan.py --data 'my pictures' --lr 0.001 --width 32 --norm none"
    again, _ = settings.parse(dcgan.Config, shlex.split(line)[2:])
    assert settings.command(again) == line
