"""The doctor on runs that really show the illness, and on one that does not."""

import math

import pytest
import torch

from ganzoo import recipes
from ganzoo.data import complete
from ganzoo.data.labeled import load_pictures
from ganzoo.models import gan
from ganzoo.training import trainer
from ganzoo.training.doctor import ADVICE, Doctor, state
from tests.support.raises_code import raises_code

FASHION = "tests/samples/fashion"
# A critic that hardly learns never punishes the one picture it likes best: that run ends alike on every kind of CPU.
RUNS = {
    "critic_wins": {"epochs": 14, "lr": 1e-5, "discriminator_lr": 4e-3},
    "collapse": {"epochs": 12, "norm": "none", "lr": 2e-3, "discriminator_lr": 1e-5},
    "": {"epochs": 14},
}


@pytest.mark.parametrize("illness", RUNS)
def test_an_illness_is_named_once_and_a_healthy_run_is_left_in_peace(tmp_path, illness):
    settings = {"data": FASHION, "out": str(tmp_path), "name": "x", "device": "cpu", "batch_size": 16, "width": 64}
    config = trainer.prepare(gan.Config(**settings, **RUNS[illness]))
    events = recipes.fit(config, load_pictures(FASHION))
    said = [event["code"] for event in events if event["event"] == "advice"]
    assert said.count(illness) == bool(illness) and (illness or not {"critic_wins", "collapse", "nan"} & set(said))


def test_nan_stops_the_run_and_keeps_the_last_save(tmp_path):
    config = gan.Config(data=FASHION, out=str(tmp_path), name="x", device="cpu", epochs=2, batch_size=48, save_every=3)
    pictures = load_pictures(FASHION)
    config = complete(trainer.prepare(config), pictures)
    events = trainer.fit(config, pictures, recipes.networks(config))
    with raises_code("training_broke"):
        for event in events:
            if event["event"] == "saved":  # an overflow, as a far too high learning rate makes it
                events.gi_frame.f_locals["training"].nets["discriminator"].last.bias.data.fill_(math.inf)
    # the next save comes before the next row of the log, and must not put the broken weights there
    kept = torch.load(tmp_path / "x" / "resume.pt", weights_only=True)
    assert kept["step"] == 3 and all(torch.isfinite(p).all() for net in kept["nets"].values() for p in net.values())
    log = (tmp_path / "x" / "log.jsonl").read_text()
    assert '"code": "nan"' in log
    assert "NaN" not in log


@pytest.mark.parametrize(("translates", "code"), [(False, "collapse"), (True, "same_answer")])
def test_what_always_looks_alike_has_a_remedy_that_fits_the_lesson(translates, code):
    doctor = Doctor(translates)
    rows = [{"event": "samples", "step": 300 + i, "diversity": 0.1} for i in range(3)]
    assert [c for r in rows for c, _ in doctor.see(r)] == [code]
    assert ("noise" in ADVICE[code]) is not translates


def by_heart(unseen, trained):
    """What is said of a run whose error on test pictures and on its own goes as these two functions of the sample."""
    doctor, said = Doctor(translates=True), []
    for sample in range(10):
        steps = [{"event": "step", "step": sample * 10 + i, "mae": trained(sample)} for i in range(10)]
        for r in [*steps, {"event": "samples", "step": sample * 10 + 9, "diversity": 1.0, "mae_test": unseen(sample)}]:
            said += [code for code, _ in doctor.see(r)]
    return said


def test_pairs_learned_by_heart_are_named_once():
    assert by_heart(lambda s: 0.2 - 0.01 * min(s, 4) + 0.01 * max(0, s - 4), lambda s: 0.2 - 0.015 * s) == ["by_heart"]
    assert by_heart(lambda s: 0.2 - 0.01 * s, lambda s: 0.2 - 0.015 * s) == []  # both sink: it learns
    assert by_heart(lambda s: 0.2 + 0.01 * s, lambda s: 0.2 + 0.01 * s) == []  # both rise: something else is wrong


def row(step, d, g, real=0.6, fake=0.4):
    return {"event": "step", "step": step, "loss_d": d, "loss_g": g, "score_real": real, "score_fake": fake}


def test_plateau_is_named_once_when_both_losses_rest_and_not_again_after_a_resume():
    doctor = Doctor()
    falling = [row(i, 0.7 - 0.3 * math.exp(-i / 50), 0.7 + i / 500) for i in range(200)]
    assert not [a for r in falling for a in doctor.see(r)]
    level = [row(200 + i, 0.5 + 0.01 * math.sin(i), 1.1 + 0.02 * math.cos(i)) for i in range(1500)]
    assert [code for r in level for code, _ in doctor.see(r)] == ["plateau"]
    resumed = Doctor()  # whose log holds this advice
    resumed.see({"event": "advice", "code": "plateau"})
    assert not [a for r in level for a in resumed.see(r)]


def test_states_are_the_three_of_the_lesson():
    assert state([row(0, 0.1, 4.0, 0.99, 0.01)]) == "early"
    assert state([row(i, 0.6 - i / 2000, 1 + i / 100) for i in range(60)]) == "contest"
    assert state([row(i, 0.5, 1.0) for i in range(1500)]) == "level"


# Runs of Watch it learn, every 100 rounds from the 300th: (kinds, scores of real and made pictures, diversity).
WITHOUT_NORM = {  # learning rate 0.003, beta1 0.9, no Batch Normalization
    "digits": [(2.25, 0.836, 0.140, 0.41), (2.09, 0.826, 0.150, 0.70), (2.79, 0.853, 0.124, 0.47)],  # 8, 1 and 3 alone
    "garments": [(2.41, 0.809, 0.095, 1.04), (2.07, 0.914, 0.051, 0.87), (2.96, 0.847, 0.117, 1.05)],
}
# The settings that the page opens with: a classifier takes the first blots for 8, at one with a critic that wavers.
USUAL = [(1.0, 0.597, 0.485, 0.60), (1.25, 0.551, 0.486, 0.72), (2.59, 0.533, 0.483, 0.79)]


def watched(counts) -> tuple[set, str]:
    """(what the doctor says, the state) of a run with these counts, ten rows of the log to each."""
    doctor, rows, said = Doctor(), [], set()
    for i, (made, real, fake, diversity) in enumerate(counts):
        rows += [row(300 + 100 * i + 10 * k, 0.2, 2.5, real, fake) | {"kinds": made} for k in range(10)]
        sample = {"event": "samples", "step": rows[-1]["step"], "diversity": diversity, "kinds": made}
        said |= {code for r in (*rows[-10:], sample) for code, _ in doctor.see(r)}
    return said, state(rows)


@pytest.mark.parametrize("data", WITHOUT_NORM)
def test_few_kinds_are_a_collapse_where_the_critic_sees_through_them(data):
    said, verdict = watched(WITHOUT_NORM[data])
    assert "collapse" in said and verdict == "collapse"
    assert watched(USUAL) == (set(), "contest")


def test_a_critic_far_ahead_for_long_wins():
    doctor = Doctor()
    rows = [row(20 * i, 0.1, 51.0, 0.92, 0.05) for i in range(40)]
    said = [(r["step"], code) for r in rows for code, _ in doctor.see(r)]
    assert [code for _, code in said] == ["critic_wins"] and said[0][0] >= 300
