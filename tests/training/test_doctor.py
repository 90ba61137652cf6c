"""The doctor on runs that really show the illness, and on one that does not."""

import math

import pytest
import torch

from ganzoo.data.labeled import load_pictures
from ganzoo.models import gan
from ganzoo.training import trainer
from ganzoo.training.doctor import ADVICE, Doctor, state
from tests.support.raises_code import raises_code

FASHION = "tests/samples/fashion"


def codes(tmp_path, epochs, **more):
    config = gan.Config(
        data=FASHION, out=str(tmp_path), name="x", device="cpu", epochs=epochs, batch_size=16, width=64, **more
    )
    found = []
    for event in trainer.fit(trainer.prepare(config), load_pictures(FASHION)):
        if event["event"] == "advice":
            found.append(event["code"])
    return found


def test_a_critic_that_wins_outright_is_named(tmp_path):
    found = codes(tmp_path, 25, lr=1e-5, discriminator_lr=4e-3)
    assert found.count("critic_wins") == 1


def test_a_creator_that_collapses_is_named(tmp_path):
    # A critic that hardly learns never punishes the one picture it likes best: this ends alike on every kind of CPU.
    found = codes(tmp_path, 15, norm="none", lr=2e-3, discriminator_lr=1e-5)
    assert found.count("collapse") == 1


def test_a_healthy_run_is_left_in_peace(tmp_path):
    assert not {"critic_wins", "collapse", "nan"} & set(codes(tmp_path, 25))


def test_nan_stops_the_run_and_keeps_the_last_save(tmp_path):
    config = gan.Config(data=FASHION, out=str(tmp_path), name="x", device="cpu", epochs=2, batch_size=48, save_every=3)
    events = trainer.fit(trainer.prepare(config), load_pictures(FASHION))
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
    assert ("inspiration" in ADVICE[code]) is not translates


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


def test_plateau_is_named_once_when_both_losses_rest():
    doctor = Doctor()
    falling = [row(i, 0.7 - 0.3 * math.exp(-i / 50), 0.7 + i / 500) for i in range(200)]
    assert not [a for r in falling for a in doctor.see(r)]
    level = [row(200 + i, 0.5 + 0.01 * math.sin(i), 1.1 + 0.02 * math.cos(i)) for i in range(1500)]
    assert [code for r in level for code, _ in doctor.see(r)] == ["plateau"]


def test_a_resumed_log_does_not_repeat_its_advice():
    doctor = Doctor()
    rows = [row(i, 0.5, 1.0) for i in range(1500)]
    first = [a for r in rows for a in doctor.see(r)]
    again = Doctor()
    again.see({"event": "advice", "code": first[0][0]})
    assert not [a for r in rows for a in again.see(r)]


def test_states_are_the_three_of_the_lesson():
    assert state([row(0, 0.1, 4.0, 0.99, 0.01)]) == "early"
    assert state([row(i, 0.6 - i / 2000, 1 + i / 100) for i in range(60)]) == "contest"
    assert state([row(i, 0.5, 1.0) for i in range(1500)]) == "level"


def test_one_class_alone_is_a_collapse_even_where_the_pictures_differ():
    """Noise that a classifier takes for bags: the losses look like a contest."""
    doctor = Doctor()
    counts = [{"event": "samples", "step": 300 + i, "diversity": 1.0, "largest_class": 1.0} for i in range(3)]
    assert [code for r in counts for code, _ in doctor.see(r)] == ["collapse"]
    steps = [row(300 + 20 * i, 0.3, 3.0, 0.7, 0.2) for i in range(60)]
    assert state(steps) == "contest"
    assert state([r | {"largest_class": 1.0} for r in steps]) == "collapse"
    assert state([r | {"largest_class": 0.3} for r in steps]) == "contest"


def test_a_critic_far_ahead_for_long_wins():
    doctor = Doctor()
    rows = [row(20 * i, 0.1, 51.0, 0.92, 0.05) for i in range(40)]
    said = [(r["step"], code) for r in rows for code, _ in doctor.see(r)]
    assert [code for _, code in said] == ["critic_wins"] and said[0][0] >= 300


def test_every_advice_is_one_sentence_with_a_remedy():
    for text in ADVICE.values():
        assert text.endswith(".")
        assert "\n" not in text
        assert "--" in text or "stop" in text
