"""The hostile suite (tests/hostile/): every hostile input, some kills, six threads, raw calls of the page."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from tests.hostile import inputs, kills, raw, sentence, threads
from tests.train.test_recipes import FASHION, SMALL, start
from tests.training.test_trainer import same


@pytest.fixture(autouse=True)
def one_thread():
    """Sums are added in the same order alone and among others."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.filterwarnings("ignore")
def test_hostile_inputs_are_one_sentence_each(tmp_path):
    wrong, count = [], 0
    for name, call in inputs.cases(tmp_path):
        count += 1
        try:
            call()
            problem = "" if name.startswith("good:") else "nothing was said"
        except Exception as error:
            problem = f"raised {error!r}" if name.startswith("good:") else sentence(error)
        if problem:
            wrong.append(f"{name}: {problem}")
    assert not wrong, "\n".join(wrong)
    assert count > 350


def test_a_killed_run_ends_where_one_that_nobody_killed_ends(tmp_path):
    """Killed after a random number of steps, twice."""
    dice, killed, met = random.Random(0), tmp_path / "killed", 0
    flags = ["--data", FASHION, *SMALL, "--name", "run", "--epochs", 10, "--set", "save_every=20"]
    for folder in (tmp_path / "straight", killed):
        folder.mkdir()
    straight = start("gan", *flags, cwd=tmp_path / "straight")
    for number in range(3):
        begun = (killed / "runs" / "run" / "config.json").exists()
        process = start("gan", *flags, *["--resume"] * begun, cwd=killed)
        if number < 2:
            goal = kills.reached(killed) + dice.randint(0, 40)
            met += kills.until(lambda goal=goal: kills.reached(killed) >= goal, process)
            time.sleep(dice.random() * 0.02)
            process.kill()
            process.communicate()
            kills.check_whole(killed)
    for running in (process, straight):
        said = running.communicate(timeout=kills.PATIENCE)
        assert running.returncode == 0, said[1][-300:]
    assert met and same(*map(kills.told, (tmp_path / "straight", killed)))


def test_answers_in_six_threads_are_those_alone(tmp_path):
    """All of them, in another order in each thread."""
    functions = threads.calls(tmp_path)
    alone = {name: call() for name, call in functions.items()}
    names = list(functions)
    order = [names[(i * (2 * t + 1) + t) % len(names)] for t in range(6) for i in range(len(names))]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda name: functions[name](), order))
    assert len(order) > 100
    assert not [name for name, found in zip(order, together, strict=True) if not same(found, alone[name])]


def test_raw_calls_leak_nothing(site):
    wrong = raw.tried(site.url, lambda: site.printed)
    assert not wrong, "\n".join(wrong)
