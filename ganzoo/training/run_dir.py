"""runs/NAME/: the events and files of a run while it trains, and what a later session or a card reads of them.

config.json, log.jsonl, samples/STEP.png (the same noise every time), resume.pt, film.webp, and model/, a model folder.
"""

import json
import logging
import math
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import torch
from torch import Tensor

from ganzoo import checkpoint, distributed, model_card, settings
from ganzoo.data import registry
from ganzoo.device import describe_device
from ganzoo.errors import GanzooError
from ganzoo.files import save_atomic, save_json, save_text
from ganzoo.images import open_picture, save_film, save_picture, to_float
from ganzoo.training.doctor import Doctor
from ganzoo.training.plots import draw_curves
from ganzoo.training.step import Training

log = logging.getLogger("ganzoo")


class RunFolder:
    """runs/NAME/: what is written while a run trains. Every file but the log is replaced whole or not at all."""

    def __init__(self, folder: Path, origin: dict):
        self.folder, self.origin, self.kept = folder, origin, kept_at(folder.name)
        self.copied: dict[Path, int] = {}  # file -> its time when it was kept
        (folder / "samples").mkdir(parents=True, exist_ok=True)
        for place in (folder, folder / "samples", folder / "model"):  # half files of a process that was killed
            for path in place.glob(".*.tmp"):
                path.unlink(missing_ok=True)

    def write_config(self, config) -> None:
        save_json(self.folder / "config.json", checkpoint.describe(config, {}))

    def log(self, *rows: dict) -> None:
        try:
            with open(self.folder / "log.jsonl", "a", encoding="utf-8") as file:
                file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        except OSError as error:
            raise GanzooError("log_not_writable", folder=self.folder, reason=error.strerror) from None

    def cut_back(self, step: int) -> list[dict]:
        """Remove the log rows and sample sheets after `step`: a resumed run writes them again. Returns the rows that stay."""
        path = self.folder / "log.jsonl"
        logged = checkpoint.read_log(path)
        rows = [row for row in logged if row["step"] <= step]
        save_text(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
        for row in logged:
            if row["event"] == "samples" and row["step"] > step:
                self.sheet(row["step"]).unlink(missing_ok=True)
        return rows

    def sheet(self, step: int) -> Path:
        return self.folder / "samples" / f"{step:06d}.png"

    def save(self, training: Training, config, finished: bool) -> None:
        """The model folder, then resume.pt: whoever finds the second finds the first. `finished` adds the film."""
        model = self.folder / "model"
        rows = checkpoint.read_log(self.folder / "log.jsonl")
        made = {
            **facts(config, training.device, training.step, training.seconds / 60),
            "epochs": round(training.step / training.batches.per_epoch, 2),
            "batch_size": config.batch_size,
            "precision": "bf16" if training.precision else "fp32",
            "ema": config.ema,
            **self.origin,
        }
        for row in rows:
            if row["event"] == "changed":  # on the live page, or on resume
                more = ", and with them the decay of the learning rate" if row["name"] == "steps" else ""
                change = f"step {row['step']:,}: {row['name']} {row['old']} -> {row['new']}{more}"
                made.setdefault("changed", []).append(change)
        content = {"name": self.folder.name, "training": made}
        if config.license:
            content["license"] = config.license
        checkpoint.save_model(model, config, training.shared, content)
        sheet = training.sheet(training.preview(), scale=2 if config.image_size < 64 else 1)
        save_picture(sheet, model / "samples.png")
        save_picture(draw_curves(rows), model / "curves.png")
        model_card.write_card(model)
        if not config.smoke:  # two steps are not gone on with, and full networks with their optimizers are large
            checkpoint.save_resume(self.folder / "resume.pt", training.state())
        if finished:
            self.write_film(model, training.columns)

    def write_film(self, model: Path, columns: tuple) -> None:
        """Every sample grid in order -> film.webp, and film.json with the step of each frame and the curves beside it."""
        logged = checkpoint.read_log(self.folder / "log.jsonl")
        sheets = {}
        for step in (row["step"] for row in logged if row["event"] == "samples"):
            with suppress(GanzooError):  # the film does without a sheet that is gone or damaged
                sheets[step] = open_picture(self.sheet(step))
        last = next(reversed(sheets.values()), None)
        sheets = {step: sheet for step, sheet in sheets.items() if sheet.size == last.size}
        if len(sheets) < 2:
            return
        save_film(list(sheets.values()), self.folder / "film.webp")
        save_atomic(model / "film.webp", lambda temporary: shutil.copyfile(self.folder / "film.webp", temporary))
        rows = [row for row in logged if row["event"] == "step" and row.keys() >= set(columns)]
        thin = rows[:: max(1, len(rows) // 200)]
        story = {"steps": list(sheets), "curves": {key: [row[key] for row in thin] for key in ("step", *columns)}}
        save_text(model / "film.json", json.dumps(story))

    def keep(self) -> None:
        """Copy what is new to where the run is kept, resume.pt last: whoever finds it finds the rest. A disk that refuses
        costs nothing but this copy: the next save tries again."""
        if not self.kept:
            return
        files = (path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())
        names = [name for name in files if not name.parts[0].startswith(".")]
        try:
            for name in sorted(names, key=lambda name: (name.name == "resume.pt", name)):
                path, target = self.folder / name, self.kept / name
                time = path.stat().st_mtime_ns
                if self.copied.get(path) != time:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    temporary = target.with_name(f".{target.name}.tmp")
                    shutil.copyfile(path, temporary)
                    os.replace(temporary, target)
                    self.copied[path] = time
        except OSError as error:
            log.warning("The run was not kept in %s (%s); the next save tries again.", self.kept, error.strerror)


def facts(config, device: torch.device, steps: int, minutes: float) -> dict:
    """What a card says of how the weights came to be."""
    revision = registry.revision_of(config.data)
    return {
        "command": settings.command(config),
        "seed": config.seed,
        "step": steps,
        "minutes": round(minutes, 2),
        "hardware": describe_device(device),
        "git_commit": git_commit(),
        "versions": versions(),
        **({"data_revision": revision} if revision else {}),
    }


def origin(config, folder: Path, init: Path | None) -> dict:
    """What a card says of the model folder `init`, which the run in `folder` started from: {} where there is none, else
    "before", the commands that made it, oldest first, and its Hub id as "base_model" where somebody said it."""
    if config.resume and config.init:
        try:
            made = checkpoint.read_config(folder / "model")[0]["training"]
        except GanzooError:  # somebody removed it
            made = {}
        return {"before": [config.init]} | {name: made[name] for name in ("before", "base_model") if name in made}
    if not init:
        return {}
    content, theirs = checkpoint.read_config(init)
    made = content["training"]
    last = f"{made.get('command', config.init)} ({model_card.thousands(made.get('step', 0))} steps)"
    address = theirs.push if Path(os.path.expanduser(config.init)).is_dir() else config.init
    known = {"base_model": address} if address.count("/") == 1 else {}
    return {"before": [*model_card.texts(made.get("before")), last], **known}


def versions() -> dict[str, str]:
    return {"python": platform.python_version(), "torch": torch.__version__}


def git_commit() -> str:
    """The commit of this code: $GANZOO_GIT_COMMIT where it travels without .git (a job, a Space), else what git says."""
    if os.environ.get("GANZOO_GIT_COMMIT"):
        return os.environ["GANZOO_GIT_COMMIT"]
    ask = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    try:
        return subprocess.run(ask, capture_output=True, text=True, timeout=5).stdout.strip() or "unknown"
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"


def kept_at(name: str) -> Path | None:
    """A second place for the run of this name, where the machine's own disk is lost at its end: $GANZOO_KEEP/NAME. Else None.
    train/jobs.py mounts a bucket of the Hub there, which takes nothing but whole files, one after the other."""
    home = os.environ.get("GANZOO_KEEP")
    return Path(home) / name if home else None


def bring_back(folder: Path) -> bool:
    """Whether a kept run stands in `folder` now, to go on with. A run that is in `folder` already stays as it is."""
    kept = kept_at(folder.name)
    if not kept or not (kept / "resume.pt").is_file():
        return False
    if not (folder / "resume.pt").is_file():
        folder.parent.mkdir(parents=True, exist_ok=True)
        whole = folder.with_name(f".{folder.name}.{os.getpid()}")
        shutil.copytree(kept, whole, ignore=shutil.ignore_patterns(".*"))
        try:
            whole.rename(folder)  # of several processes the first one wins
        except OSError:
            shutil.rmtree(whole, ignore_errors=True)
    return (folder / "resume.pt").is_file()


class Recorder:
    """Writes the run folder of a training and asks the doctor. Each method yields the events that it gives rise to."""

    def __init__(self, training: Training, folder: Path, origin: dict):
        self.training, self.folder = training, folder
        self.doctor = Doctor(training.config.translates)
        self.files = RunFolder(folder, origin) if distributed.first() else None
        self.real_diversity = diversity(to_float(training.pictures.shown))

    def begin(self, changed: list[dict]) -> None:
        """Bring the folder to where the training is. `changed`: rows for what a resume has changed."""
        if self.files is None:
            return
        for row in self.files.cut_back(self.training.step if self.training.config.resume else -1):
            self.doctor.see(row)
        self.files.log(*changed)  # before the config: after a kill here the next resume logs it again
        self.files.write_config(self.training.config)

    def note(self, row: dict) -> Iterator[dict]:
        """A row into the log, the doctor's advice on it behind it. Raises GanzooError where going on is of no use."""
        step = self.training.step
        advice = [{"event": "advice", "step": step, "code": c, "text": t} for c, t in self.doctor.see(row)]
        if self.files:
            self.files.log(row, *advice)
        yield row
        yield from advice
        for note in advice:
            if note["code"] == "nan":
                raise GanzooError("training_broke", step=step, advice=note["text"])

    def samples(self) -> Iterator[dict]:
        preview = self.training.preview()
        if self.files:
            save_picture(self.training.sheet(preview), self.files.sheet(self.training.step))
        shown = len(self.training.pictures.shown)
        row = {"diversity": round(diversity(preview[:shown]) / self.real_diversity, 4), **self.training.held_out()}
        yield from self.note({"event": "samples", "step": self.training.step, **row})

    def save(self, finished: bool) -> Iterator[dict]:
        """The model and what a resume needs; `finished` adds the film. Raises GanzooError for weights that are no numbers."""
        if not self.training.finite():
            yield from self.note({"event": "broken", "step": self.training.step})  # raises
        if self.files:
            self.files.save(self.training, self.training.config, finished)
            self.files.keep()
        yield {"event": "saved", "step": self.training.step, "folder": str(self.folder)}


def diversity(pictures: Tensor) -> float:
    """Root mean squared distance between two different pictures of a batch (N, C, H, W), per pixel, in [-1, 1] units."""
    flat = pictures.float().flatten(1)
    count = len(flat)
    return max(1e-6, math.sqrt(float(flat.var(0, correction=0).mean()) * 2 * count / max(1, count - 1)))
