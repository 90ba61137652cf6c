"""The hostile suite (tests/hostile/): every hostile input, some kills, six threads, raw calls of the page."""

import json
import random
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

import ganzoo
from ganzoo import GanzooError, checkpoint
from ganzoo.data import complete, drawings
from ganzoo.data.labeled import made_up_pictures
from ganzoo.data.paired_sources import made_up_pairs
from ganzoo.data.unpaired_sources import made_up_unpaired
from ganzoo.evaluation import judges
from ganzoo.images import to_float, whole_tensor
from ganzoo.models import cyclegan, gan, pix2pix
from tests.hostile import inputs, raw
from tests.hostile.made import tiny
from tests.support.waiting import PATIENCE, until
from tests.train.test_recipes import FASHION, SMALL, start
from tests.training.test_trainer import rows_of, same, weights


@pytest.fixture(autouse=True)
def one_thread():
    """Sums are added in the same order alone and among others."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def sentence(error: BaseException) -> str:
    """Why an error is not what a user should meet; nothing if it is one clear sentence."""
    text = str(error)
    if not isinstance(error, GanzooError):
        return f"a raw {type(error).__name__}: {text[:100]}"
    if raw.LEAKS.search(text) or "\n" in text:
        return f"no clean sentence: {text[:200]!r}"
    return "" if 10 < len(text) < 700 else f"{len(text)} letters: {text[:100]!r}"


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
    """Killed after a random number of steps, twice; what lies on the disk then is whole."""
    dice, met, whole, killed = random.Random(0), 0, tmp_path / "whole", tmp_path / "killed"
    flags = ["--data", FASHION, *SMALL, "--name", "run", "--epochs", 10, "--set", "save_every=20", "--out", "."]

    def reached() -> int:
        return max((row["step"] for row in checkpoint.read_log(killed / "run" / "log.jsonl")), default=-1)

    for folder in (whole, killed):
        folder.mkdir()
    straight = start("gan", *flags, cwd=whole)
    for number in range(3):
        begun = (killed / "run" / "config.json").exists()
        process = start("gan", *flags, *["--resume"] * begun, cwd=killed)
        if number < 2:
            goal = reached() + dice.randint(0, 40)
            met += until(lambda goal=goal: reached() >= goal, process)
            time.sleep(dice.random() * 0.02)
            process.kill()
            process.communicate()
            for path in killed.rglob("*.json"):
                json.loads(path.read_text(encoding="utf-8"))
            if (killed / "run" / "resume.pt").exists():
                assert weights(killed / "run") and len(ganzoo.load(killed / "run").sample(2)) == 2
    for running in (process, straight):
        said = running.communicate(timeout=PATIENCE)
        assert running.returncode == 0, said[1][-300:]
    assert met and same(weights(whole / "run"), weights(killed / "run"))
    assert rows_of(whole / "run") == rows_of(killed / "run")


def calls(folder: Path) -> dict:
    """name -> a public call without arguments, whose answer is the same alone and among other threads."""
    pix = ganzoo.load(tiny(folder / "pix", upsample="deconv"))
    cycle = ganzoo.load(tiny(folder / "cycle", cyclegan, blocks=1, direction="horse->zebra"))
    plain, labelled, conv = (ganzoo.load(name) for name in ("gan-mnist", "cgan-mnist", "dcgan-fashion"))
    square, photo = drawings.facade(3, 32), drawings.facade(4, 33)
    tensor, digits = to_float(whole_tensor(square, 3)), plain.sample(4, seed=1)

    def fitted(module, pictures, **more):
        base = {"device": "cpu", "smoke": True, "ema": 0.9} | more

        def call():
            out = tempfile.mkdtemp(dir=folder)
            events = list(ganzoo.fit(ganzoo.prepare(module.Config(out=out, **base)), pictures()))
            found = ganzoo.load(events[-1]["model"])
            return [found.generator.state_dict(), [e for e in events if e["event"] == "samples"]]

        return call

    small = {"image_size": 16, "width": 4, "critic_width": 4, "patch": 16, "data": "x"}

    def judged():
        config = judges.Config(smoke=True, device="cpu", data="mnist", batch_size=16)
        pictures = made_up_pictures(64)
        config = complete(config, pictures)
        *_, last = judges.fit(config, pictures, torch.device("cpu"))
        return last["net"].state_dict()

    return {
        "load": lambda: ganzoo.load("gan-mnist").generator.state_dict(),
        "load a folder": lambda: ganzoo.load(folder / "pix").said,
        "sample": lambda: plain.sample(5, seed=3),
        "sample with labels": lambda: labelled.sample(labels=[3, 1, 4], seed=7),
        "sample a DCGAN": lambda: conv.sample(3, seed=9),
        "tensor": lambda: plain.tensor(plain.noise(3, 5)),
        "critique": lambda: plain.critique(digits),
        "critique with labels": lambda: labelled.critique(digits, [0, 1, 2, 3]),
        "critique patches": lambda: pix.critique(square, square).tolist(),
        "critique a side": lambda: cycle.critique(square, direction="zebra->horse").tolist(),
        "translate": lambda: pix.translate(photo),
        "translate_tensor": lambda: pix.translate_tensor(tensor),
        "a variation": lambda: pix.translate(photo, variation=1),
        "there": lambda: cycle.translate(photo),
        "back": lambda: cycle.translate(photo, direction="zebra->horse"),
        "fit a GAN": fitted(gan, lambda: made_up_pictures(40), width=8, data="mnist", batch_size=8),
        "fit a Pix2Pix": fitted(pix2pix, lambda: made_up_pairs(4, 16), **small),
        "fit a CycleGAN": fitted(cyclegan, lambda: made_up_unpaired(4, 16), blocks=1, **small),
        "fit a judge": judged,
    }


def test_answers_in_six_threads_are_those_alone(tmp_path):
    """All of them, in another order in each thread."""
    functions = calls(tmp_path)
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
