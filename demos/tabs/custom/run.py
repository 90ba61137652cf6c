"""One training of Your pictures as the server sees it: the process of worker.py, and what its events have told."""

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from ganzoo.models import pix2pix

from ..compare.families import BEYOND
from . import worker

LOSSES = (*pix2pix.LOSSES, "gan+mae" + BEYOND)
SIZES = (64, 128)
STEPS = tuple(map(int, (os.environ.get("GANZOO_OWN_STEPS") or "300,600,2400").split(",")))  # short, medium, long
CORES = 2  # that one training may keep busy
BATCH, OUT = 4, "runs"
DATA = "my-pictures"  # how config.json and the card call a visitor's pairs
SETTINGS = {"width": 16, "critic_width": 16, "patch": 34, "data": DATA, "lr": 5e-4, "save_every": 10_000_000,
            "domains": "drawing,picture"}  # fmt: skip
SECRET = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "OAUTH_CLIENT_SECRET")  # not for the process that trains


@dataclass
class Run:
    """What is known of one loss's training."""

    loss: str
    folder: Path
    step: int = 0
    rows: list[dict] = field(default_factory=list)  # events "step"
    unseen: list[dict] = field(default_factory=list)  # events "samples": the error on pairs it never trained on
    advice: list[str] = field(default_factory=list)  # the doctor's codes
    metrics: dict = field(default_factory=dict)  # there once it is measured

    def heard(self, event: dict) -> None:
        match event["event"]:
            case "step":
                self.step = event["step"]
                self.rows.append(event)
            case "samples":
                self.unseen.append(event)
            case "advice":
                self.advice.append(event["code"])
            case "measured":
                self.metrics = event["metrics"]

    @property
    def model(self) -> Path:
        return self.folder / worker.MODEL

    @property
    def finished(self) -> bool:
        return bool(self.metrics)

    @property
    def sheet(self) -> Path | None:
        """The newest grid of held-out pairs."""
        return max((self.folder / "samples").glob("[0-9]*.png"), default=None)


def job(pairs: Path, losses: tuple, size: int, steps: int) -> dict:
    batch = min(BATCH, len(list((pairs / "train").iterdir())))
    settings = SETTINGS | {"image_size": size, "batch_size": batch, "steps": steps}
    return {"pairs": str(pairs), "out": OUT, "name": DATA, "losses": losses, "settings": settings}


def begin(folder: Path, job: dict) -> subprocess.Popen:
    env = {k: v for k, v in os.environ.items() if k not in SECRET}
    env |= {
        "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": str(CORES),
    }
    return subprocess.Popen(
        [sys.executable, worker.__file__, json.dumps(job)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=env,
        cwd=folder,  # so that no file says where it lay
    )


def tell(process: subprocess.Popen) -> None:
    """A line on its input asks a training to stop, save and measure."""
    with contextlib.suppress(OSError, ValueError):  # it has just ended by itself
        process.stdin.write("\n")
        process.stdin.flush()
