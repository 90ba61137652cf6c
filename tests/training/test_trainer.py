"""Training: exact resume, nothing half-written, early errors."""

import dataclasses
import itertools
import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
import torch
from PIL import Image

import ganzoo
from ganzoo import checkpoint, data, recipes, settings
from ganzoo.models import cgan, cyclegan, dcgan, gan, pix2pix
from ganzoo.models.registry import LESSONS
from ganzoo.training import loop, schedule, trainer
from ganzoo.training.step import Training
from tests.hostile.made import cycle
from tests.support.raises_code import raises_code

TINY = {"device": "cpu", "seed": 3, "data": "made-up", "name": "x"}
PAIRED = {"image_size": 32, "width": 4, "critic_width": 4, "batch_size": 4}
SMALL = {"batch_size": 64, "width": 16, "save_every": 7}  # eight steps an epoch


@pytest.fixture(scope="module", autouse=True)
def unmeasured():
    """What a step takes here is estimated in tests/training/test_minutes.py."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schedule, "measure", lambda training: schedule.Pace(0.01, 0.01))
        yield


def config(lesson, out="runs", **more):
    return lesson.Config(**{**TINY, "out": str(out), **more})


def read(made):
    """Made-up pictures, offline."""
    return data.load(dataclasses.replace(made, smoke=True))[0]


def begun(made) -> Training:
    pictures, made = data.load(dataclasses.replace(made, smoke=True))
    training = Training(made, pictures, torch.device("cpu"), recipes.networks(made))
    training.steps = 100
    return training


def fit(made, given=(), stop_after=None) -> list[dict]:
    """The events of a run; it is stopped after `stop_after` steps."""
    made, asked = trainer.prepare(made, frozenset(given)), itertools.count(1)
    return list(recipes.fit(made, read(made), lambda: next(asked) == stop_after))


def weights(folder):
    return checkpoint.read_resume(folder / "resume.pt", "cpu")


def same(a, b):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a if k != "seconds")
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return torch.equal(a, b) if isinstance(a, torch.Tensor) else a == b


LABELED = SMALL | {"batch_size": 128}  # four steps an epoch, as with PAIRED
RUNS = {
    "gan with a penalty": (gan, LABELED | {"r1": 1.0, "r1_every": 3}),
    "cgan": (cgan, LABELED | {"adversarial": "lsgan"}),
    "dcgan": (dcgan, LABELED | {"width": 4}),
    "pix2pix with dropout": (pix2pix, PAIRED),
    "pix2pix by mae alone": (pix2pix, PAIRED | {"loss": "mae", "decay": 0.0}),
    "pix2pix with noise": (pix2pix, PAIRED | {"loss": "mae", "dropout": 0.0, "noise": True}),
    "pix2pix with penalties": (pix2pix, PAIRED | {"loss": "gan", "r1": 1.0, "r1_every": 3, "diffaugment": True}),
    "pix2pix with features": (pix2pix, PAIRED | {"image_size": 64, "perceptual": 1.0, "moments": 1.0, "batch_size": 1}),
    "cyclegan with a pool": (cyclegan, PAIRED | {"blocks": 1, "pool": 3}),
    "cyclegan with both critics": (
        cyclegan,
        PAIRED | {"image_size": 64, "blocks": 1, "critic": "both", "r1": 1.0, "r1_every": 2, "batch_size": 1},
    ),
    "cyclegan with masks": (
        cyclegan,
        PAIRED | {"image_size": 64, "blocks": 1, "patch": 16, "masked": True, "batch_size": 1},
    ),
}


def rows_of(folder, *events) -> list[dict]:
    """The rows of the log, or those of these events, without what differs from run to run: times."""
    timed = ("seconds", "images_per_s", "waiting")
    rows = [row for row in checkpoint.read_log(folder / "log.jsonl") if not events or row["event"] in events]
    return [{key: value for key, value in row.items() if key not in timed} for row in rows]


@pytest.mark.parametrize("kind", RUNS)
def test_a_run_stopped_and_resumed_ends_where_a_straight_one_ends_bit_for_bit(kind, tmp_path):
    lesson, more = RUNS[kind]
    if more.get("masked"):
        more = more | {"init": str(cycle(tmp_path / "masked", image_size=64, masked=True))}
    folders = [tmp_path / name / "x" for name in ("straight", "halves")]
    fit(config(lesson, folders[0].parent, steps=4, **more))
    assert fit(config(lesson, folders[1].parent, steps=4, **more), stop_after=2)[-1]["event"] == "stopped"
    torch.manual_seed(0)  # where the caller's random numbers stand changes nothing
    fit(config(lesson, folders[1].parent, resume="auto", **more), {"resume"})
    assert weights(folders[0])["step"] == 4 and same(*map(weights, folders))
    assert rows_of(folders[0], "step")[-1] == rows_of(folders[1], "step")[-1]


def test_a_state_from_another_device_leaves_the_optimizers_as_this_one_wants_them(tmp_path):
    here, there = (begun(config(gan, tmp_path / name, steps=4, **SMALL)) for name in ("here", "there"))
    state = there.state()
    for optimizer in state["optimizers"].values():
        optimizer["param_groups"][0] |= {"lr": torch.tensor(9.0), "capturable": True, "fused": False}
    here.load_state(state)
    for optimizer in here.optimizers.values():
        (group,) = optimizer.param_groups
        assert (group["lr"], group["capturable"], group["fused"]) == (here.config.lr, False, True)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """(runs, events): the folder with a run `x` of one epoch, which no test may change, and what it told."""
    runs = tmp_path_factory.mktemp("finished") / "secret"
    return runs, fit(config(gan, runs, epochs=1, **SMALL))


def test_a_run_folder_holds_what_the_design_promises(finished):
    runs, events = finished
    assert [e["event"] for e in events if e["event"] in ("start", "done")] == ["start", "done"]
    names = "config.json log.jsonl resume.pt film.webp samples/000000.png samples/000008.png model/config.json"
    names += " model/model.safetensors model/discriminator.safetensors model/README.md model/samples.png"
    for name in f"{names} model/curves.png model/film.webp".split():
        assert (runs / "x" / name).stat().st_size > 0, name
    said, config = checkpoint.read_config(runs / "x" / "model")
    assert said["training"]["step"] == 8
    assert config.epochs == 1
    assert not list((runs / "x").rglob("*.tmp"))
    rows = [json.loads(line) for line in (runs / "x" / "log.jsonl").read_text().splitlines()]
    assert {"samples", "step"} <= {row["event"] for row in rows}


def test_a_film_does_without_a_sheet_that_is_damaged_gone_or_of_another_size(finished, tmp_path):
    shutil.copytree(finished[0] / "x", tmp_path / "x")
    sheets = sorted((tmp_path / "x" / "samples").glob("*.png"))
    sheets[0].write_bytes(b"no picture")
    sheets[1].unlink()
    Image.new("L", (8, 8)).save(sheets[2])
    again = config(gan, tmp_path, epochs=2, resume="auto", **SMALL)
    assert fit(again, {"epochs", "resume"})[-1]["event"] == "done"
    steps = json.loads((tmp_path / "x" / "model" / "film.json").read_text())["steps"]
    assert steps[-1] == 16 and not {int(sheet.stem) for sheet in sheets[:3]} & set(steps)


def test_a_second_run_of_the_same_name_and_a_resume_with_another_rate_or_name_are_refused(finished):
    with raises_code("resume_setting_changed", flag="--lr", old=0.0002):
        fit(config(gan, finished[0], lr=1e-3, resume="auto", **SMALL), {"lr", "resume"})
    with raises_code("resume_setting_changed", flag="--name", old="x"):
        trainer.prepare(config(gan, finished[0], name="other", resume=str(finished[0] / "x")), {"name", "resume"})
    with raises_code("run_exists"):
        fit(config(gan, finished[0], epochs=1, **SMALL))


def test_a_run_starts_from_a_model(tmp_path):
    """--init: the weights of a bundled model, refused where lesson or shape differ, remembered in the card."""

    def started(made):
        pictures, made = data.load(made)
        return Training(made, pictures, torch.device("cpu"), recipes.networks(made, recipes.find_init(made)))

    made = trainer.prepare(dcgan.Config(smoke=True, init="dcgan-mnist", width=32, out=str(tmp_path)))
    nets, model = started(made).nets, ganzoo.load("dcgan-mnist")
    assert same(nets["generator"].state_dict(), model.generator.state_dict())
    assert same(nets["discriminator"].state_dict(), model.discriminator.state_dict())
    assert all(p.requires_grad for p in nets["generator"].parameters())
    model = Path(list(recipes.fit(made))[-1]["model"])
    said, _ = checkpoint.read_config(model)
    assert "--epochs 70" in said["training"]["before"][0]
    assert said["training"]["before"][0] in (model / "README.md").read_text(encoding="utf-8")
    for name, other, code in (
        ("gan-mnist", {}, "init_other_lesson"),
        ("dcgan-mnist", {"width": 16}, "init_has_setting"),
        ("dcgan-mnist", {"width": 32, "channels": 3}, "init_other_channels"),
        ("nobody", {}, "model_not_found"),
    ):
        with raises_code(code):
            started(dcgan.Config(smoke=True, init=name, out=str(tmp_path), name=f"x{name}", **other))


def test_a_model_says_nothing_of_the_machine_and_only_the_licence_it_was_given(finished, tmp_path):
    fit(config(gan, tmp_path / "secret", name="y", epochs=1, license="cc-by-4.0", **SMALL))
    for runs, name, allowed in ((finished[0], "x", None), (tmp_path / "secret", "y", "license: cc-by-4.0\n")):
        folder = runs / name / "model"
        assert "secret" not in (folder / "config.json").read_text() + (folder / "README.md").read_text()
        assert ("license" in (folder / "README.md").read_text()) is bool(allowed)
        assert (allowed or "") in (folder / "README.md").read_text()
    assert json.loads((finished[0] / "x" / "config.json").read_text())["settings"]["out"]  # a run needs it


def test_minutes_count_every_step(tmp_path, monkeypatch):
    """Grids are drawn at odd steps; the time of the steps before them counts all the same."""
    plain, now = Training.advance, [0.0]

    def advance(self):
        plain(self)
        now[0] += 1

    monkeypatch.setattr(Training, "advance", advance)
    monkeypatch.setattr(loop, "clock", lambda: now[0])
    rows = [e for e in fit(config(gan, tmp_path, epochs=5, **SMALL)) if e["event"] == "step"]
    assert rows[-1]["seconds"] == rows[-1]["steps"] == 40


def test_the_command_in_the_card_is_what_trains_the_same():
    """A resumed run's card names the settings, not the words that it was resumed with."""
    made = dcgan.Config(data="my pictures", norm="none", lr=0.001, out="/secret", push="me/x", resume="auto", width=32)
    line = settings.command(made)
    assert line == "ganzoo train dcgan --data 'my pictures' --lr 0.001 --width 32 --norm none"
    again, _ = settings.parse(dcgan.Config, shlex.split(line)[3:])
    assert settings.command(again) == line
    made = pix2pix.Config(weight=50.0, most=6, no_skips=True, compile=True, diffaugment=True)
    line = settings.command(made)
    assert line == "ganzoo train pix2pix --no-skips --set diffaugment=true weight=50.0 most=6"
    assert settings.parse(pix2pix.Config, shlex.split(line)[3:])[0] == dataclasses.replace(made, compile=False)


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=LESSONS)
def test_a_recipe_has_few_flags_and_says_where_the_others_are(lesson, capsys):
    with pytest.raises(SystemExit):
        settings.parse(lesson.Config, ["--help"])
    said = capsys.readouterr().out
    flags = re.findall(r"^  (--[a-z0-9-]+)", said, re.M)
    assert len(flags) <= 32, flags
    for name in lesson.Config.rare:
        assert name in said and settings.flag_of(name) not in flags
        with raises_code("set_instead"):
            settings.parse(lesson.Config, [settings.flag_of(name), "1"])
    with raises_code("set_unknown"):
        settings.parse(lesson.Config, ["--set", "lr=1"])


def test_another_length_on_resume_is_said_before_the_first_step_and_in_the_card(tmp_path):
    """With decay the rates have followed the old length: that run is another one than the longer run from its start."""
    fit(config(gan, tmp_path, epochs=2, decay=0.5, **SMALL))
    longer = config(gan, tmp_path, epochs=4, decay=0.5, resume="auto", **SMALL)
    start = fit(longer, {"epochs", "resume"}, stop_after=9)[0]  # killed after its first save would be the same
    assert start["event"] == "start" and any("steps instead of" in note for note in start["notes"])
    assert fit(longer, {"resume"})[-1]["event"] == "done"
    card = (tmp_path / "x" / "model" / "README.md").read_text()
    assert len(re.findall(r"step \d+: steps \d+ -> \d+", card)) == 1 and "--epochs 4" in card


def test_another_length_on_resume_before_the_decay_is_the_run_from_its_start(tmp_path):
    more = {"decay": 0.25, **SMALL}
    fit(config(gan, tmp_path / "straight", epochs=4, **more))
    fit(config(gan, tmp_path / "longer", epochs=2, **more), stop_after=7)  # the decay has not begun
    start = fit(config(gan, tmp_path / "longer", epochs=4, resume="auto", **more), {"epochs", "resume"})[0]
    assert not any("steps instead of" in note for note in start["notes"])
    assert same(weights(tmp_path / "straight" / "x"), weights(tmp_path / "longer" / "x"))
    assert not re.search(r"steps \d+ -> ", (tmp_path / "longer" / "x" / "model" / "README.md").read_text())


def test_a_dropped_setting_is_ignored_where_nothing_changes_and_else_refused(finished, tmp_path):
    """A run of an older ganzoo goes on where what is gone held what is always done now; a model always loads."""
    shutil.copytree(finished[0] / "x", tmp_path / "x")
    longer = config(gan, tmp_path, epochs=2, resume="auto", **SMALL)
    for place, value in (("x", 1), ("x/model", 4)):
        path = tmp_path / place / "config.json"
        said = json.loads(path.read_text())
        said["settings"]["accumulate"] = value
        path.write_text(json.dumps(said))
    assert len(ganzoo.load(tmp_path / "x" / "model").sample(2)) == 2
    events = fit(longer, {"epochs", "resume"})
    assert events[-1]["event"] == "done" and any("accumulate" in note for note in events[0]["notes"])
    path = tmp_path / "x" / "config.json"
    said = json.loads(path.read_text())
    assert "accumulate" not in said["settings"]
    said["settings"]["accumulate"] = 2
    path.write_text(json.dumps(said))
    with raises_code("resume_dropped_setting", flag="--accumulate", value=2) as caught:
        fit(longer, {"epochs", "resume"})
    assert "0.1.0" in caught.value.values["version"]
