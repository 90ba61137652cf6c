"""What is measured before the first step: --minutes, the estimate, what --precision auto chooses. No test asks a real clock."""

import itertools
import json
import shlex

import pytest
import torch

from ganzoo import data, settings
from ganzoo.models import cyclegan, dcgan, gan, pix2pix
from ganzoo.training import precision, schedule, trainer
from tests.support.raises_code import raises_code
from tests.train.test_recipes import trained
from tests.training.test_trainer import begun, config, fit, read, same, weights

SMALL = {"image_size": 32, "width": 4, "critic_width": 4, "patch": 16}
LESSONS = [
    (gan, {"r1": 1.0, "batch_size": 32, "width": 16}),
    (dcgan, {"width": 4, "decay": 0.5, "batch_size": 32, "image_size": 8}),
    (pix2pix, {**SMALL, "perceptual": 1.0, "halvings": 3}),
    (cyclegan, {**SMALL, "blocks": 1, "pool": 4}),
]


@pytest.fixture
def machine(monkeypatch):
    """machine(seconds): a machine on which a step, and a look at samples, takes so long."""

    def speed(seconds: float) -> None:
        monkeypatch.setattr(schedule, "clock", itertools.count(0, seconds).__next__)

    speed(0.5)
    return speed


@pytest.mark.parametrize(("lesson", "more"), LESSONS)
def test_a_measured_training_goes_on_as_if_it_had_not_been(lesson, more, machine):
    plain, measured = begun(config(lesson, **more)), begun(config(lesson, **more))
    drawn = torch.get_rng_state()
    schedule.measure(measured)
    assert torch.equal(torch.get_rng_state(), drawn)
    assert same(plain.state(), measured.state())
    for training in (plain, measured):
        training.advance()
        training.advance()
    assert same(plain.state(), measured.state())


def test_a_rare_penalty_counts_as_often_as_it_comes(monkeypatch):
    """A step of one second, with the penalty nine: every fourth has it."""
    training, now = begun(config(gan, r1=1.0, r1_every=4, batch_size=32)), [0.0]

    def advance():
        now[0] += 9.0 if training.step % 4 == 0 else 1.0
        training.step += 1

    monkeypatch.setattr(schedule, "clock", lambda: now[0])
    monkeypatch.setattr(training, "advance", advance)
    assert schedule.measure(training).step == pytest.approx((9 + 3 * 1) / 4)


@pytest.mark.parametrize("pace", [schedule.Pace(0.01, 0.02), schedule.Pace(0.34, 3.0), schedule.Pace(2.0, 10.0)])
@pytest.mark.parametrize("minutes", [5.0, 30.0])
def test_steps_and_looks_fill_the_minutes(pace, minutes):
    made = config(gan, minutes=minutes)
    steps = schedule.steps_in(made, pace)
    looks = len(schedule.film_steps(made, steps))
    assert 0.9 * minutes < pace.minutes(steps, looks) <= minutes
    assert max(schedule.film_steps(made, steps)) == steps
    assert schedule.steps_in(config(gan, minutes=0.1), schedule.Pace(60.0, 60.0)) == 1  # at least


@pytest.mark.parametrize(("lesson", "more"), LESSONS[::3])
def test_a_run_by_minutes_stopped_and_resumed_ends_where_a_straight_one_ends(lesson, more, machine, tmp_path):
    more = {**more, "minutes": 0.15}  # nine seconds: half of them for looks, nine steps in the others
    straight = fit(config(lesson, tmp_path / "straight", **more))
    assert straight[0]["steps"] == straight[-1]["step"] == 9
    assert straight[0]["minutes"] == pytest.approx(0.15)
    assert fit(config(lesson, tmp_path / "halves", **more), stop_after=4)[-1]["event"] == "stopped"
    machine(7.0)  # resumed on another machine
    resumed = fit(config(lesson, tmp_path / "halves", resume="auto"), {"resume"})
    assert (resumed[0]["step"], resumed[0]["steps"], resumed[0]["minutes"]) == (4, 9, None)
    assert same(weights(tmp_path / "straight" / "x"), weights(tmp_path / "halves" / "x"))
    said = json.loads((tmp_path / "halves" / "x" / "config.json").read_text())["settings"]
    assert (said["steps"], said["minutes"]) == (9, 0.15)


def test_the_rates_sink_over_the_steps_that_minutes_gave(machine, tmp_path):
    fit(config(gan, tmp_path, width=4, batch_size=32, decay=0.5, minutes=0.15))
    rate = weights(tmp_path / "x")["optimizers"]["generator"]["param_groups"][0]["lr"]
    assert rate == pytest.approx(2e-4 * 1 / (0.5 * 9))  # in the last of nine steps


@pytest.mark.parametrize("steps", [300, 1000])
def test_the_average_of_a_short_run_looks_back_over_a_tenth_of_it(steps):
    """Weights that grow by one a step: what their average lags behind is how far it looks back."""
    training = begun(config(gan, width=1, noise_size=1, batch_size=2, image_size=4))
    for step in range(steps):
        training.step = step
        training.ready()
        for parameter in training.nets["generator"].parameters():
            parameter.data.fill_(step)
        training._move_average()
    lag = steps - next(training.average["generator"].parameters()).flatten()[0].item()
    assert 0.05 * steps < lag < 0.12 * steps


def test_a_resume_keeps_its_minutes_or_goes_on_by_epochs(machine, tmp_path):
    with raises_code("minutes_and_epochs"):
        trainer.prepare(config(gan, tmp_path, minutes=5.0, epochs=3), frozenset({"minutes", "epochs"}))
    fit(config(gan, tmp_path, batch_size=32, minutes=0.15))
    with raises_code("resume_setting_changed", flag="--minutes", old=0.15):
        fit(config(gan, tmp_path, minutes=0.3, resume="auto"), {"minutes", "resume"})
    assert fit(config(gan, tmp_path, minutes=0.15, resume="auto"), {"minutes", "resume"})[-1]["step"] == 9
    longer = fit(config(gan, tmp_path, epochs=1, resume="auto"), {"epochs", "resume"})
    assert longer[-1]["step"] == longer[0]["steps"] == 16
    said = json.loads((tmp_path / "x" / "config.json").read_text())["settings"]
    assert (said["steps"], said["minutes"], said["epochs"]) == (0, 0.0, 1)


@pytest.fixture
def printed(tmp_path, monkeypatch):
    """printed(lesson, *flags): the lines of a recipe on a few made-up pictures."""

    def run(lesson, *flags) -> list[str]:
        made = read(config(lesson, **(SMALL if lesson is pix2pix else {})))
        monkeypatch.setattr(data, "load", lambda config: (made, data.complete(config, made)))
        return trained(tmp_path, *flags, script=lesson.Config.lesson).splitlines()

    return run


def shorter(lines: list[str]) -> list[str]:
    """The words of the command that fits 30 minutes, where it is printed."""
    return next((shlex.split(line.split("gan.py")[1]) for line in lines if "--minutes 30" in line), [])


def test_over_an_hour_the_command_that_fits_half_an_hour_is_printed(printed, machine):
    flags = ["--data", "made-up", "--width", 8, "--batch-size=32", "--epochs", 1, "--device", "cpu", "--name=long"]
    machine(0.01)
    assert not shorter(printed(gan, *flags))
    machine(400.0)  # sixteen steps of 400 seconds and as many looks
    lines = printed(gan, *flags, "--out", "other")
    assert any("about 7 h" in line for line in lines)
    again, given = settings.parse(gan.Config, shorter(lines))
    assert (again.minutes, again.width, again.batch_size, again.out) == (30.0, 8, 32, "other")
    assert "epochs" not in given and again.name not in ("", "long")  # the run that goes on has that name


def test_two_steps_on_made_up_pictures_are_not_measured(printed, monkeypatch):
    monkeypatch.setattr(schedule, "measure", lambda training: pytest.fail("measured"))
    assert not shorter(printed(gan, "--smoke", "--device", "cpu", "--minutes", 500))


def test_a_contest_shares_its_minutes_and_every_loss_takes_as_many_steps(printed, monkeypatch, tmp_path):
    words = settings.typed_words(pix2pix.Config, SMALL)
    speeds = iter((0.5, 0.3, 0.7, 0.2))
    monkeypatch.setattr(schedule, "measure", lambda training: schedule.Pace(next(speeds), 0.1))
    printed(pix2pix, "--loss", "all", "--perceptual", 0, "--minutes", 0.15, "--device", "cpu", "--halvings", 3, *words)
    runs = [json.loads(p.read_text())["settings"] for p in sorted(tmp_path.glob("runs/*/config.json"))]
    assert len(runs) == 3
    assert {run["minutes"] for run in runs} == {0.15 / len(runs)}
    assert len({run["steps"] for run in runs}) == 1 and runs[0]["steps"] > 1


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
