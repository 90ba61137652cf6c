"""Trainings killed at random moments (SIGKILL): whatever lies on the disk is whole, and the run that goes on ends with the
weights, optimizers and log of one that nobody killed, to the bit. Also SIGTERM, and kills in the middle of a push."""

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import torch

import ganzoo
from ganzoo import checkpoint
from tests.support import quick

ROOT = Path(__file__).parent.parent.parent
FASHION = ROOT / "tests" / "samples" / "fashion"
SMALL = ["--data", FASHION, "--batch-size", 32, "--width", 8, "--seed", 4, "--device", "cpu", "--name", "run"]
PATIENCE = 300  # seconds for a step that a busy machine may take


def start(folder: Path, *words, env=None) -> subprocess.Popen:
    """train/gan.py in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    env = {k: v for k, v in (env or os.environ).items() if k != "GANZOO_DATA"} | {"PYTHONUNBUFFERED": "1"}
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


def same(a, b) -> bool:
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a if k != "seconds")
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return torch.equal(a, b) if isinstance(a, torch.Tensor) else a == b


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


def render_or_explain(run: Path) -> list[dict]:
    """The log without what differs from run to run: times."""
    timed = ("seconds", "images_per_s", "waiting")
    return [{k: v for k, v in row.items() if k not in timed} for row in checkpoint.read_log(run / "log.jsonl")]


def tried(folder: Path, kills: int, epochs: int, save_every: int, past: int = 0, seed: int = 0) -> tuple[int, list]:
    """Train straight; then the same with `kills` SIGKILLs, each after a random number of steps (the last ones only after
    step `past`) -> (kills that met a living run, what went wrong)."""
    dice, flags = random.Random(seed), ["--epochs", epochs, "--set", f"save_every={save_every}"]
    straight = start(folder / "straight", *flags)
    killed, met, wrong = folder / "killed", 0, []
    for number in range(kills):
        begun = (killed / "runs" / "run" / "config.json").exists()
        process = start(killed, *flags, *["--resume"] * begun)
        goal = (max(past, reached(killed)) if past else reached(killed)) + dice.randint(0, 2 * save_every)
        alive = until(lambda goal=goal: reached(killed) >= goal, process)
        time.sleep(dice.random() * 0.02)
        process.kill()
        process.communicate()
        met += alive
        if problem := torn(killed):
            wrong.append(f"kill {number + 1}: {problem}")
    begun = (killed / "runs" / "run" / "config.json").exists()
    process = start(killed, *flags, *["--resume"] * begun)
    said = process.communicate(timeout=PATIENCE)
    if process.returncode:
        wrong.append(f"the last resume: {said[1][-300:]}")
    if straight.communicate(timeout=PATIENCE) and straight.returncode:
        wrong.append("the straight run failed")
    runs = [folder / name / "runs" / "run" for name in ("straight", "killed")]
    if not wrong and not same(*(checkpoint.read_resume(run / "resume.pt", "cpu") for run in runs)):
        wrong.append("weights or optimizers differ")
    if not wrong and render_or_explain(runs[0]) != render_or_explain(runs[1]):
        wrong.append("the logs differ")
    return met, wrong


def terminated(folder: Path) -> str:
    """SIGTERM saves and says how to go on. Returns what is wrong."""
    process = start(folder, "--epochs", 9000)
    until(lambda: reached(folder) > 0, process)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=PATIENCE)
    state = folder / "runs" / "run" / "resume.pt"
    if process.returncode != 130 or "--resume" not in out or err or not state.exists():
        return f"exit {process.returncode}: {(out + err)[-300:]}"
    return ""


def pushing(hub, folder: Path, at: str) -> str:
    """Kill a run at one of the Hub's calls of its push; the same command with --resume pushes. Returns what is wrong."""
    hub.reset()
    hub.fail_next("slow", 1, at, seconds=5.0)
    flags, env = ["--epochs", 1, "--push", "alice/pushed"], hub.env(folder)
    process = start(folder, *flags, env=env)
    if not until(lambda: any(at in path for _, path in hub.requests), process):
        return process.communicate()[1][-300:]
    process.kill()
    process.communicate()
    hub.troubles.clear()
    if problem := torn(folder):
        return problem
    time.sleep(0.2)
    process = start(folder, *flags, "--resume", env=env)
    out, err = process.communicate(timeout=PATIENCE)
    names = set(hub.store.repos["models", "alice/pushed"].head.files)
    whole = {"config.json", "model.safetensors", "README.md"} <= names
    return "" if process.returncode == 0 and whole else f"{(out + err)[-300:]} {sorted(names)}"
