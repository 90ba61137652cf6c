"""The hostile suite (tests/hostile/): every hostile input, some kills, six threads, some raw calls."""

import pytest
import torch

from tests.hostile import inputs, kills, raw, threads


@pytest.fixture(autouse=True)
def one_thread():
    """Sums are added in the same order alone and among others."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.filterwarnings("ignore")
def test_hostile_inputs_are_one_sentence_each(tmp_path):
    count, wrong = inputs.tried(tmp_path)
    assert not wrong, "\n".join(wrong)
    assert count > 350


def test_a_killed_run_ends_where_one_that_nobody_killed_ends(tmp_path):
    met, wrong = kills.tried(tmp_path, kills=2, epochs=10, save_every=20)
    assert met and not wrong, wrong


def test_answers_in_six_threads_are_those_alone(tmp_path):
    count, wrong = threads.tried(tmp_path)
    assert count > 150 and not wrong, "\n".join(wrong)


def test_raw_calls_leak_nothing(site):
    count, wrong = raw.tried(site.url, lambda: site.printed, 150)
    assert count == 150 and not wrong, "\n".join(wrong)
