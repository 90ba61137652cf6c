"""The loop. `fit(config)` is a generator of events that a recipe prints, a page draws and a test counts.

    for event in ganzoo.fit(config):       # {"event": "start" | "step" | "samples" | ..., ...}
        ...

A run lives in runs/NAME/: config.json, log.jsonl, samples/STEP.png, resume.pt, model/, film.webp. Data order and noise
are functions of (seed, step), so that N steps + resume + N steps equal 2N steps, on the CPU bit for bit.
"""

import math
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Tensor

from ganzoo import checkpoint, parallel, settings
from ganzoo.data import data_word
from ganzoo.doctor import Doctor
from ganzoo.errors import GanzooError
from ganzoo.images import to_float
from ganzoo.runfolder import NoFolder, RunFolder, describe_device
from ganzoo.training import Training

FRAMES = 48  # in a film: early steps, where most happens, get most of them


def run_name(config) -> str:
    """{lesson}-{data}[-{variant}], the name of the run, the model and the Hub repository."""
    parts = [config.lesson, data_word(config.data), getattr(config, "variant", "")]
    name = config.name or "-".join(part for part in parts if part)
    return name + "-smoke" * (config.smoke and not name.endswith("-smoke"))


def choose_device(word: str | torch.device) -> torch.device:
    word = parallel.device_word(str(word))
    if word == "auto":
        word = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    kind, _, number = word.partition(":")
    there = {"cpu": 1, "cuda": torch.cuda.device_count(), "mps": int(torch.backends.mps.is_available())}
    if kind not in there or not (number.isdecimal() or not number):
        raise GanzooError(f"--device takes auto, cpu, cuda, cuda:N or mps, not {word!r}.")
    if int(number or 0) >= there[kind]:
        raise GanzooError(
            f"--device {word} is not on this machine ({there['cuda']} CUDA device(s) found): use --device auto."
        )
    return torch.device(word)


def film_steps(total: int) -> set[int]:
    """The steps after which samples are drawn: quadratically spaced, both ends included."""
    return {round(total * (i / FRAMES) ** 2) for i in range(FRAMES + 1)}


# --- starting and going on --------------------------------------------------------------------------------------


def prepare(config, given=frozenset()):
    """Check what can fail cheaply, before any training. For `--resume`, the settings of the run that is gone on with.

    `given` names the settings that the user typed: on resume only those of settings.FREE_ON_RESUME may differ.
    """
    if any(c in config.name for c in "/\\\0") or config.name in (".", ".."):
        raise GanzooError(f"--name is one word without slashes, not {config.name!r}; the folder is --out.")
    folder = Path(config.out) / run_name(config)
    if config.resume:
        config = _resumed(config, given, folder if config.resume == "auto" else Path(os.path.expanduser(config.resume)))
        folder = Path(config.out) / config.name
    elif parallel.place()[0]:
        return config  # the first process looks after the folder
    elif config.smoke:
        if (folder / "config.json").is_file() or not any(folder.glob("*")):  # a run's folder, not somebody's
            shutil.rmtree(folder, ignore_errors=True)
    elif (folder / "resume.pt").exists():
        raise GanzooError(
            f"{folder} already holds a run: add --resume to go on with it, or --name NEW to start another."
        )
    choose_device(config.device)
    check_size(config)
    cut = getattr(config, "accumulate", 1)
    if cut > 1 and (config.batch_size % cut or config.norm == "batch"):
        raise GanzooError(
            f"--accumulate {cut} cuts a batch into {cut} equal parts, each picture normalized for itself: choose a "
            f"--batch-size that {cut} divides (not {config.batch_size}) and a --norm other than batch."
        )
    if getattr(config, "init", "") and not config.resume:
        from ganzoo.model import find

        checkpoint.read_config(find(config.init))  # a wrong name should not wait for the data
    there = folder.is_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".probe").write_bytes(b"0" * 4096)
        (folder / ".probe").unlink()
        if not there:  # what fails from here on should leave nothing behind
            folder.rmdir()
    except OSError as error:
        raise GanzooError(f"{folder} cannot be written ({error.strerror}): choose another --out.") from None
    return config


def check_size(config) -> None:
    """Raise GanzooError where pictures of this size do not go through the networks of this config."""
    if config.image_size % config.size_multiple:
        raise GanzooError(
            f"--image-size must be a multiple of {config.size_multiple} for {config.lesson}, not {config.image_size}."
        )
    if problem := getattr(config, "problem", ""):
        raise GanzooError(problem)


def _resumed(config, given, folder: Path):
    """The settings of the run in `folder`, with what `given` may change. A run killed before its first save is whole
    again at step 0."""
    if folder.name in ("", ".."):  # --resume . from inside the run
        folder = folder.resolve()
    if not (folder / "config.json").is_file():
        raise GanzooError(
            f"{folder} holds no run, so there is nothing to resume: check the folder, or leave --resume out."
        )
    said, old = checkpoint.read_config(folder)
    if said["training"] or said["converted"]:
        raise GanzooError(
            f"{folder} is a model, not the run that made it: resume the run's folder"
            + (f" (--resume {folder.parent})" if (folder.parent / "resume.pt").is_file() else "")
            + f", or start a new run from these weights with --init {folder}."
        )
    if old.lesson != config.lesson:
        raise GanzooError(f"{folder} is a {old.lesson} run: resume it with train/{old.lesson}.py.")
    for name in given - {"name", "out", "resume"}:
        value = getattr(config, name)
        if name not in settings.FREE_ON_RESUME and value != getattr(old, name):
            raise GanzooError(
                f"{settings.flag_of(name)} was {getattr(old, name)!r} in {folder} and cannot change on resume: "
                "leave the flag out, or start another run with --name."
            )
        setattr(old, name, value)
    old.resume = "auto" if (folder / "resume.pt").exists() else ""
    old.name, old.out = folder.name, str(folder.parent)
    return old


# --- the loop ---------------------------------------------------------------------------------------------------


def _go_on(training: Training, config, folder: Path, total: int) -> list[str]:
    """Bring a training to where its run was saved; what the user should know of that. Raises GanzooError for other data."""
    state, notes = checkpoint.read_resume(folder / "resume.pt", training.device), []
    now = training.batches.per_epoch
    then = state.get("per_epoch", now)
    if then != now:
        raise GanzooError(
            f"The data is not what the run began with ({then:,} steps an epoch then, {now:,} now): put it back, or start "
            "another run with --name."
        )
    try:
        training.load_state(state)
    except (KeyError, TypeError, ValueError, AttributeError, RuntimeError):
        raise GanzooError(
            f"{folder}/resume.pt does not belong to its config.json (other networks): put back the file that does, or "
            "start another run with --name."
        ) from None
    epochs = checkpoint.read_config(folder)[1].epochs
    if config.decay and epochs != config.epochs:
        notes.append(
            f"{config.epochs} epochs instead of {epochs}: the learning rate now sinks to 0 at the new end, and may rise "
            "again first"
        )
    if training.step >= total:
        notes.append(f"step {training.step:,} of {total:,} is reached: nothing to do; a larger --epochs goes on")
    return notes


def fit(config, pictures=None, should_stop: Callable[[], bool] = lambda: False) -> Iterator[dict]:
    """Train a prepared config (see `prepare`) and yield what happens. `should_stop` is asked after every step; a stop
    saves first. Raises GanzooError with the remedy; whatever was saved before stays whole.
    """
    pictures = pictures or checkpoint.LESSONS[config.lesson].read_data(config)
    classes, depths = config.classes, channels_of(config)
    pictures.fill(config)
    if config.resume and channels_of(config) != depths:
        raise GanzooError(
            f"The data is not what the run began with (channels {depths} then, {channels_of(config)} now): put it back, or "
            "start another run with --name."
        )
    if config.resume and classes and config.classes != classes:
        raise GanzooError(
            f"The run began with the classes {', '.join(classes)}; the data now has {', '.join(config.classes)}."
        )
    device = choose_device(config.device)
    if device.type == "cuda":
        torch.set_float32_matmul_precision("high")  # fp32 means TF32 there
        torch.backends.cudnn.benchmark = True  # one shape in the whole run: the fastest convolutions are found once
    folder = Path(config.out) / run_name(config)
    training, doctor = Training(config, pictures, device), Doctor(hasattr(config, "in_channels"))
    run = RunFolder(folder) if parallel.place()[0] == 0 else NoFolder()
    real_diversity = diversity(to_float(pictures.shown))
    total = training.steps = 2 if config.smoke else config.epochs * training.batches.per_epoch
    every = 1 if config.smoke else min(50, training.batches.per_epoch)

    notes = [*pictures.notes, pictures.where(device)]
    if config.resume:
        notes += _go_on(training, config, folder, total)
    if getattr(config, "norm", "") == "batch" and config.batch_size == 1:
        notes.append(
            "--norm batch with one picture a step: use and training will differ; --norm instance_affine does not"
        )
    for row in run.cut_back(training.step if config.resume else -1):
        doctor.see(row)
    run.write_config(config)
    yield {
        "event": "start",
        "folder": str(folder),
        "step": training.step,
        "steps": total,
        "device": describe_device(device),
        "notes": notes,
    }

    frames = film_steps(total)
    began, spent, since = time.perf_counter(), 0.0, training.step

    def tick():
        """Count the time since the clock was last set as training; drawing samples and saving are not."""
        nonlocal began, spent
        now = time.perf_counter()
        training.seconds, spent, began = training.seconds + now - began, spent + now - began, now

    def note(row: dict):
        """A row into the log, the doctor's advice on it behind it."""
        advice = [{"event": "advice", "step": training.step, "code": c, "text": t} for c, t in doctor.see(row)]
        run.log(row, *advice)
        yield row
        yield from advice
        if any(a["code"] == "nan" for a in advice):
            raise GanzooError(f"Step {training.step}: {advice[0]['text']}")

    def samples():
        preview = training.preview()
        run.write_samples(training.step, training.sheet(preview))
        row = {
            "event": "samples",
            "step": training.step,
            "diversity": round(diversity(preview[: len(pictures.shown)]) / real_diversity, 4),
            **training.held_out(),
        }
        yield from note(row)

    if training.step == 0:
        yield from samples()
        began = time.perf_counter()
    while training.step < total:
        training.advance()
        stopping = parallel.anyone(should_stop()) and training.step < total
        if training.step % every == 0 or training.step == total:
            row = training.averages()  # waits for the device, so the clock is right on a GPU, too
            tick()
            row = {
                "event": "step",
                "step": training.step,
                "steps": total,
                "epoch": round(training.step / training.batches.per_epoch, 3),
                **row,
                "images_per_s": round((training.step - since) * training.batch_of_all / max(1e-9, spent), 1),
                "waiting": round(training.waited / max(1e-9, spent), 3),
                "seconds": round(training.seconds, 2),
            }
            if device.type == "cuda":
                row["memory_mb"] = round(torch.cuda.max_memory_allocated(device) / 2**20)
            yield from note(row)
            spent, since, training.waited = 0.0, training.step, 0.0
        saving = training.step % config.save_every == 0 or training.step == total or stopping
        if training.step in frames or saving:
            tick()
        if training.step in frames or stopping:
            yield from samples()
        if saving and not training.finite():
            yield from note({"event": "broken", "step": training.step})  # raises
        if saving:
            run.save(training, config, finished=stopping or training.step == total)
            yield {"event": "saved", "step": training.step, "folder": str(folder)}
        if training.step in frames or saving:
            began = time.perf_counter()
        if stopping:
            yield {"event": "stopped", "step": training.step, "folder": str(folder)}
            return
    yield {
        "event": "done",
        "step": training.step,
        "folder": str(folder),
        "model": str(folder / "model"),
        "minutes": round(training.seconds / 60, 2),
    }


def channels_of(config) -> tuple[int, ...]:
    """The channels of the networks: of input and output where a lesson has both."""
    return (config.in_channels, config.out_channels) if hasattr(config, "in_channels") else (config.channels,)


def diversity(pictures: Tensor) -> float:
    """Root mean squared distance between two different pictures of a batch (N, C, H, W), per pixel, in [-1, 1] units."""
    flat = pictures.float().flatten(1)
    count = len(flat)
    return max(1e-6, math.sqrt(float(flat.var(0, correction=0).mean()) * 2 * count / max(1, count - 1)))


def progress_line(row: dict) -> str:
    """One aligned line for a "step" row: how far, how fast, how long still, the losses and the critic's opinion."""
    left = int((row["steps"] - row["step"]) * row["seconds"] / max(1, row["step"]))
    said = f"step {row['step']:>7,}/{row['steps']:,}  {row['images_per_s']:>9,.0f} images/s  ETA {left // 60:d}:{left % 60:02d}"
    words = {
        "mae": "  MAE",
        "cycle": "  cycle",
        "loss_d": "  loss D",
        "loss_g": " G",
        "score_real": "  critic: real",
        "score_fake": " fake",
    }
    for key, word in words.items():
        if key in row:
            said += word + (
                "   nan"
                if row[key] is None
                else f" {row[key]:5.3f}"
                if key in ("mae", "cycle")
                else f" {row[key]:5.2f}"
            )
    if row.get("waiting", 0) >= 0.05:
        said += f"  waits for data {row['waiting']:.0%}"
    return said + (f"  {row['memory_mb']:,} MB" if "memory_mb" in row else "")
