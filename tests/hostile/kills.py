"""Trainings killed at random moments (SIGKILL): whatever lies on the disk is whole, and the run that goes on ends with the
weights, optimizers and log of one that nobody killed, to the bit."""

import json
import subprocess
import time
from pathlib import Path

import ganzoo
from ganzoo import checkpoint

PATIENCE = 300  # seconds for a step that a busy machine may take


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


def check_whole(folder: Path) -> None:
    """Everything that a killed run left can be read."""
    run = folder / "runs" / "run"
    for path in run.rglob("*.json"):
        json.loads(path.read_text(encoding="utf-8"))
    if (run / "resume.pt").exists():
        checkpoint.read_resume(run / "resume.pt", "cpu")
        assert len(ganzoo.load(run).sample(2)) == 2


def told(folder: Path) -> tuple[dict, list[dict]]:
    """What a run has come to: its state, and its log without what differs from run to run, times."""
    run = folder / "runs" / "run"
    timed = ("seconds", "images_per_s", "waiting")
    rows = [{k: v for k, v in row.items() if k not in timed} for row in checkpoint.read_log(run / "log.jsonl")]
    return checkpoint.read_resume(run / "resume.pt", "cpu"), rows
