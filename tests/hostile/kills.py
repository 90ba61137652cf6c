"""Trainings killed at random moments (SIGKILL): whatever lies on the disk is whole, and the run that goes on ends with the
weights, optimizers and log of one that nobody killed, to the bit."""

import json
import os
import random
import subprocess
import time
from pathlib import Path

import ganzoo
from ganzoo import checkpoint
from tests.support import quick
from tests.training.test_trainer import same

ROOT = Path(__file__).parent.parent.parent
FASHION = ROOT / "tests" / "samples" / "fashion"
SMALL = ["--data", FASHION, "--batch-size", 32, "--width", 8, "--seed", 4, "--device", "cpu", "--name", "run"]
PATIENCE = 300  # seconds for a step that a busy machine may take


def start(folder: Path, *words) -> subprocess.Popen:
    """train/gan.py in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    env = {k: v for k, v in os.environ.items() if k != "GANZOO_DATA"} | {"PYTHONUNBUFFERED": "1"}
    command = [*quick.PYTHON, ROOT / "train" / "gan.py", *SMALL, *words]
    return subprocess.Popen(
        list(map(str, command)), cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def reached(folder: Path) -> int:
    """The last step in the log."""
    rows = checkpoint.read_log(folder / "runs" / "run" / "log.jsonl")
    return max((row["step"] for row in rows), default=-1)


def until(condition, process: subprocess.Popen) -> bool:
    """Wait until it holds; False if the process ended before."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if process.poll() is not None:
            return False
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.005)
    return True


def torn(folder: Path) -> str:
    """What of a killed run is not whole."""
    run = folder / "runs" / "run"
    for path in run.rglob("*.json"):
        json.loads(path.read_text(encoding="utf-8"))
    if (run / "resume.pt").exists():
        checkpoint.read_resume(run / "resume.pt", "cpu")
        if len(ganzoo.load(run).sample(2)) != 2:
            return "the model does not sample"
    return ""


def told(run: Path) -> list[dict]:
    """The log without what differs from run to run: times."""
    timed = ("seconds", "images_per_s", "waiting")
    return [{k: v for k, v in row.items() if k not in timed} for row in checkpoint.read_log(run / "log.jsonl")]


def tried(folder: Path, kills: int, epochs: int, save_every: int) -> tuple[int, list]:
    """Train straight; then the same with `kills` SIGKILLs, each after a random number of steps -> (kills that met a living
    run, what went wrong)."""
    dice, flags = random.Random(0), ["--epochs", epochs, "--set", f"save_every={save_every}"]
    straight = start(folder / "straight", *flags)
    killed, met, wrong = folder / "killed", 0, []

    def again() -> subprocess.Popen:
        begun = (killed / "runs" / "run" / "config.json").exists()
        return start(killed, *flags, *["--resume"] * begun)

    for number in range(kills):
        process = again()
        goal = reached(killed) + dice.randint(0, 2 * save_every)
        met += until(lambda goal=goal: reached(killed) >= goal, process)
        time.sleep(dice.random() * 0.02)
        process.kill()
        process.communicate()
        if problem := torn(killed):
            wrong.append(f"kill {number + 1}: {problem}")
    process = again()
    said = process.communicate(timeout=PATIENCE)
    if process.returncode:
        wrong.append(f"the last resume: {said[1][-300:]}")
    if straight.communicate(timeout=PATIENCE) and straight.returncode:
        wrong.append("the straight run failed")
    runs = [folder / name / "runs" / "run" for name in ("straight", "killed")]
    if not wrong and not same(*(checkpoint.read_resume(run / "resume.pt", "cpu") for run in runs)):
        wrong.append("weights or optimizers differ")
    if not wrong and told(runs[0]) != told(runs[1]):
        wrong.append("the logs differ")
    return met, wrong
