"""The loop. `fit(config)` is a generator of events that a recipe prints, a page draws and a test counts.

    for event in ganzoo.fit(config):       # {"event": "start" | "step" | "samples" | ..., ...}
        ...

A run lives in runs/NAME/: config.json, log.jsonl, samples/STEP.png, resume.pt, model/, film.webp. Data order and noise
are functions of (seed, step), so that N steps + resume + N steps equal 2N steps, on the CPU bit for bit.
"""

import dataclasses
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import torch

from ganzoo import checkpoint, distributed, settings
from ganzoo.data.registry import data_word
from ganzoo.device import choose_device, describe_device
from ganzoo.errors import GanzooError
from ganzoo.models import pretrained
from ganzoo.training import schedule
from ganzoo.training.loop import Clock, rounds
from ganzoo.training.run_dir import Recorder, bring_back, origin
from ganzoo.training.step import Training

FEW = 500  # steps in which a translator learns colours and little else


def run_name(config) -> str:
    """{lesson}-{data}[-{variant}]: run, model and Hub repository. GanzooError for a --name that no folder can have."""
    name = config.name or "-".join(filter(None, (config.lesson, data_word(config.data), config.variant)))
    if any(c in name for c in "/\\\0") or name in (".", ".."):
        raise GanzooError("bad_run_name", name=name)
    return f"{name}-smoke" if config.smoke and not name.endswith("-smoke") else name


def prepare(config, given=frozenset()):
    """Check what can fail cheaply, before any training. Returns the settings with the run's name in full; for `--resume`, the
    settings of the run that is gone on with. `given` names the settings that the user typed: on resume only those of
    settings.FREE_ON_RESUME may differ."""
    if {"minutes", "epochs"} <= set(given) and config.minutes:
        raise GanzooError("minutes_and_epochs")
    config = dataclasses.replace(config, name=run_name(config))
    folder = Path(config.out) / config.name
    if not config.resume and not config.smoke and bring_back(folder):
        config = dataclasses.replace(config, resume="auto")
    if config.resume:
        config = _resumed(config, given, folder if config.resume == "auto" else Path(os.path.expanduser(config.resume)))
    elif distributed.first():
        make_room(config)
    if distributed.first():  # the first process looks after the folder
        check(config)
    return config


def make_room(config) -> None:
    """Remove what an older --smoke of this name left; any other run or model of this name is a GanzooError."""
    folder = Path(config.out) / config.name
    if _left_by_smoke(folder):
        shutil.rmtree(folder, ignore_errors=True)
    elif (folder / "resume.pt").exists():
        raise GanzooError("run_exists", folder=folder)
    elif any((place / "model.safetensors").exists() for place in (folder, folder / "model")):
        raise GanzooError("model_exists", folder=folder)


def _left_by_smoke(folder: Path) -> bool:
    for place in (folder, folder / "model"):  # a run; what distills or judges leaves only the model
        with suppress(GanzooError):
            return checkpoint.read_config(place)[1].smoke
    return False


def check(config) -> None:
    """Raise GanzooError where this machine lacks the device or the pretrained features, the size does not fit or the folder
    cannot be written."""
    choose_device(config.device)
    check_size(config)
    if config.needs_features:
        pretrained.load()
    folder = Path(config.out) / config.name
    there = folder.is_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"0" * 4096)
        if not there:  # what fails from here on should leave nothing behind
            folder.rmdir()
    except OSError as error:
        raise GanzooError("out_not_writable", folder=folder, reason=error.strerror) from None


def check_size(config) -> None:
    """Raise GanzooError where pictures of this size do not go through the networks of this config."""
    size, multiple = config.image_size, config.size_multiple
    if size % multiple:
        raise GanzooError("image_size_not_multiple", multiple=multiple, lesson=config.lesson, image_size=size)
    if config.problem:
        raise config.problem


def _resumed(config, given, folder: Path):
    """The settings of the run in `folder`, with what `given` may change. Killed before a save it begins at step 0."""
    if folder.name in ("", ".."):  # --resume . from inside the run
        folder = folder.resolve()
    if not (folder / "config.json").is_file():
        raise GanzooError("no_run_to_resume", folder=folder)
    content, old = checkpoint.read_config(folder)
    if content["training"] or content["converted"]:
        if (folder.parent / "resume.pt").is_file():
            raise GanzooError("resume_model_of_run", folder=folder, run=folder.parent)
        raise GanzooError("resume_model", folder=folder)
    if old.lesson != config.lesson:
        raise GanzooError("resume_other_lesson", folder=folder, lesson=old.lesson)
    for name in settings.dropped(type(old), content["settings"]):
        value, (always, version) = content["settings"][name], settings.DROPPED[name]
        if always is not None and value != always:
            flag = settings.flag_of(name)
            raise GanzooError("resume_dropped_setting", folder=folder, flag=flag, value=value, version=version)
    if "epochs" in given:  # a run that went by --minutes goes by epochs from now on
        old = dataclasses.replace(old, minutes=0.0, steps=0)
    if config.resume != "auto" and "name" in given and config.name != folder.name:
        raise GanzooError("resume_setting_changed", flag="--name", old=folder.name, folder=folder)
    changed = {}
    for name in given - {"name", "out", "resume"}:
        changed[name], then = getattr(config, name), getattr(old, name)
        if name not in settings.FREE_ON_RESUME and changed[name] != then:
            raise GanzooError("resume_setting_changed", flag=settings.typed(old, name), old=then, folder=folder)
    resume = "auto" if (folder / "resume.pt").exists() else ""
    return dataclasses.replace(old, **changed, resume=resume, name=folder.name, out=str(folder.parent))


def fit(config, pictures, nets: dict, should_stop=lambda: False, init: Path | None = None) -> Iterator[dict]:
    """Train a prepared config and yield what happens. `config` and `pictures` are what `data.load` gave, `nets` what
    `recipes.networks` gave; `should_stop` is asked after every step, and a stop saves first; `init` is the model folder that
    the networks came from, for the card. Raises GanzooError with the remedy; whatever was saved before stays whole."""
    folder = Path(config.out) / config.name
    training, recorder, start = _begin(config, pictures, folder, nets, init)
    yield {"event": "start", "folder": str(folder), **start}

    config, total = training.config, training.steps
    frames = schedule.film_steps(config, total)
    every = 1 if config.smoke else min(50, training.batches.per_epoch)
    if training.step == 0:
        yield from recorder.samples()
    clock = Clock(training)
    for row, stopping in rounds(training, total, every, should_stop):
        if row:  # the clock is read after it: its numbers wait for the GPU
            epoch = round(training.step / training.batches.per_epoch, 3)
            row = {"event": "step", "step": training.step, "steps": total, "epoch": epoch, **row, **clock.speed()}
            if training.device.type == "cuda":
                row["memory_mb"] = round(torch.cuda.max_memory_allocated(training.device) / 2**20)
            yield from recorder.note(row)
        looking = training.step in frames or stopping
        saving = training.step % config.save_every == 0 or training.step == total or stopping
        if looking or saving:
            clock.tick()
            if looking:
                yield from recorder.samples()
            if saving:
                yield from recorder.save(finished=stopping or training.step == total)
            clock.start()
        if stopping:
            yield {"event": "stopped", "step": training.step, "folder": str(folder)}
            return
    done = {"model": str(folder / "model"), "minutes": round(training.seconds / 60, 2)}
    yield {"event": "done", "step": training.step, "folder": str(folder), **done}


def _begin(config, pictures, folder: Path, nets: dict, init: Path | None) -> tuple[Training, Recorder, dict]:
    """A training that is where its run is, what writes it down, and what the user should know of it."""
    device = choose_device(config.device)
    if device.type == "cuda":
        torch.set_float32_matmul_precision("high")  # fp32 means TF32 there
        torch.backends.cudnn.benchmark = True  # one shape in the whole run: the fastest convolutions are found once
    training = Training(config, pictures, device, nets)
    recorder = Recorder(training, folder, origin(config, folder, init))
    if not config.resume:
        training.prepare()
    minutes = schedule.plan(training)
    config = training.config
    notes, changed = [*pictures.notes, pictures.where(device), f"computes in {config.chosen_precision}"], []
    if config.minutes and training.steps < FEW:
        notes.append("a smaller --image-size or --width takes more steps in this time, and may get further")
    if config.resume:
        more, changed = _go_on(training, config, folder)
        training.prepare()
        notes += more
    if config.norm == "batch" and config.batch_size == 1:
        advice = "use and training will differ; --norm instance_affine does not"
        notes.append(f"--norm batch with one picture a step: {advice}")
    recorder.begin(changed)
    start = {"step": training.step, "steps": training.steps, "minutes": minutes}
    return training, recorder, {**start, "device": describe_device(device), "notes": notes}


def _go_on(training: Training, config, folder: Path) -> tuple[list[str], list[dict]]:
    """Bring a training to where its run was saved: (what the user should know, rows that the log and the card keep)."""
    state, notes, changed = checkpoint.read_resume(folder / "resume.pt", training.device), [], []
    content, old = checkpoint.read_config(folder)
    if config.depths != old.depths:
        raise GanzooError("resume_channels_changed", then=old.depths, now=config.depths)
    if old.classes and config.classes != old.classes:
        raise GanzooError("resume_classes_changed", then=list(old.classes), now=list(config.classes))
    now = training.batches.per_epoch
    then = state.get("per_epoch", now)
    if then != now:
        raise GanzooError("resume_data_changed", then=then, now=now)
    try:
        training.load_state(state)
    except (KeyError, TypeError, ValueError, AttributeError, RuntimeError):
        raise GanzooError("resume_other_networks", folder=folder) from None
    if gone := settings.dropped(type(old), content["settings"]):
        notes.append(f"no settings any more, and without effect on this run: {', '.join(gone)}")
    total, before = training.steps, schedule.length(old, now)
    # Until the decay of the shorter of the two begins, their steps are the same.
    if config.decay and before != total and training.step > (1 - config.decay) * min(before, total) + 1:
        changed.append({"event": "changed", "step": training.step, "name": "steps", "old": before, "new": total})
        notes.append(
            f"{total:,} steps instead of {before:,}: the learning rate has followed the old length and now sinks to 0 "
            f"at the new end, so this is not the run that {total:,} steps would have been from their start"
        )
    if training.step >= total:
        notes.append(f"step {training.step:,} of {total:,} is reached: nothing to do; a larger --epochs goes on")
    return notes, changed
