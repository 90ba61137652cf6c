"""What the recipes in train/ share: errors as one sentence, the model of --init, pushes, and several runs in one command.

Each recipe calls these one after the other, so that it reads from top to bottom: settings, data, networks, training, push.
"""

import dataclasses
import errno
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import torch

from ganzoo import checkpoint, data, distributed, session, settings
from ganzoo.data.registry import data_word
from ganzoo.errors import GanzooError, Stopped
from ganzoo.evaluation import comparison
from ganzoo.hub.locate import find
from ganzoo.models import pretrained
from ganzoo.training import step, trainer

MISSHAPEN = ("tensor_missing", "tensor_foreign", "wrong_shape", "weights_too_large")
STOPPED = 130  # the exit code after Ctrl-C or SIGTERM, which save first


def guarded(main) -> int:
    """Call a script's `main`; an error that the user can put right becomes one line and exit code 2. SIGTERM, which
    containers, `kill` and time limits send, is heard as Ctrl-C."""
    for number in session.ENDS:  # a script ends silently while it loads; from here on there is something to say
        if threading.current_thread() is threading.main_thread():
            signal.signal(number, signal.default_int_handler)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started this (>&-): there is nobody to tell
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):  # a name that the terminal cannot show is no reason to stop
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        return main()
    except BrokenPipeError:  # what read our lines has gone (| head)
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  (for as long as the process lives)
        return 141
    except (KeyboardInterrupt, Stopped) as error:
        print(str(error) or "Stopped.", file=sys.stderr)
        return STOPPED
    except (GanzooError, UnicodeEncodeError, OSError, MemoryError, RuntimeError) as error:
        known = error if isinstance(error, GanzooError) else _known(error)
        if not known:
            raise
        if known.code == "no_space_to_print":  # what could not be written is not tried again at the end
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115
        print(f"Error: {known}", file=sys.stderr)
        return 2


def _known(error: Exception) -> GanzooError | None:
    """What Python, the system and torch raise that the user can put right; None for anything else."""
    if isinstance(error, UnicodeEncodeError):
        return GanzooError("name_not_writable", text=error.object[error.start : error.end][:80])
    if isinstance(error, OSError):
        if error.errno == errno.ENOSPC:
            return GanzooError("no_space_to_print")
        return GanzooError("file_not_usable", path=error.filename, reason=error.strerror) if error.filename else None
    # On the CPU torch raises a plain RuntimeError, which only its words tell from others.
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "allocate memory" in str(error):
        return GanzooError("out_of_memory")
    return None


def find_init(*configs) -> Path | None:
    """The folder of the model that --init names, where a run of `configs` starts from one. Raises GanzooError for a wrong
    name now, because it should not wait for the data."""
    for config in configs:
        if config.init and not config.resume:
            folder = find(config.init)
            checkpoint.read_config(folder)
            return folder
    return None


def networks(config, init: Path | None = None) -> dict[str, torch.nn.Module]:
    """The networks of a completed config, on the CPU: fresh weights, which depend on the seed alone, or those of the model
    folder `init`. Where the losses need them, the frozen pretrained "features" are among them."""
    nets = step.networks(config)
    if init and not config.resume:
        start_from(init, config, nets)
    if config.needs_features:
        nets["features"] = pretrained.load()
    return nets


def start_from(folder: Path, config, nets: dict[str, torch.nn.Module]) -> None:
    """Fill fresh networks with the weights of a model folder (--init): fine-tuning. The discriminator starts fresh where the
    model comes without one. Raises GanzooError if the model is missing, of another lesson or of another shape."""
    name = config.init
    _, theirs = checkpoint.read_config(folder)
    if theirs.lesson != config.lesson:
        raise GanzooError("init_other_lesson", name=name, theirs=theirs.lesson, lesson=config.lesson)
    for field in config.same_with_init:
        if getattr(theirs, field) != getattr(config, field):
            raise _other_settings(name, theirs, {field: getattr(theirs, field)})
    if theirs.depths != config.depths:
        raise GanzooError("init_other_channels", name=name, then=list(theirs.depths), now=list(config.depths))
    for role, net in nets.items():
        path = folder / checkpoint.FILES.get(role, "")
        if role.startswith("generator") or (role in checkpoint.FILES and path.is_file()):
            try:
                checkpoint.read_network(folder, role, net)
            except GanzooError as error:
                other = {k: value for k, value in theirs.shapes.items() if value != config.shapes.get(k)}
                if other and error.code in MISSHAPEN:
                    raise _other_settings(name, theirs, other) from None
                raise GanzooError("init_does_not_fit", name=name, reason=str(error)) from None
            net.requires_grad_(True).train()


def _other_settings(name: str, theirs, values: dict) -> GanzooError:
    """--init names a model that has other settings than this run: `values`."""
    has = {field: value for field, value in values.items() if value is not False}
    if has:
        return GanzooError("init_has_setting", name=name, flag=" ".join(settings.typed_words(type(theirs), has)))
    lacks = " ".join(settings.typed(theirs, field) for field in values)
    return GanzooError("init_lacks_setting", name=name, flag=lacks)


def fit(config, pictures=None, should_stop: Callable[[], bool] = lambda: False) -> Iterator[dict]:
    """Train a prepared config from Python: `ganzoo.fit`. Reads the data where `pictures` are left out, and yields events."""
    init = find_init(config)
    if pictures is None:
        pictures, config = data.load(config)
    else:
        config = data.complete(config, pictures)
    yield from trainer.fit(config, pictures, networks(config, init), should_stop, init)


def open_push(config) -> tuple:
    """(what will push this run, or None; the config with the repository's full name, so that the card says how to load
    from there). Asks the Hub now, because a bad token should not cost hours."""
    if not config.push or not distributed.first():
        return None, config
    from ganzoo.hub.upload import Push  # only who pushes waits for the client

    push = Push(config.push, config.name, config.private)
    print(f"Will push to {push.repo_id}.")
    return push, dataclasses.replace(config, push=push.repo_id)


def finish_push(push, model: str) -> None:
    """Push the finished model, where it was asked for."""
    if push:
        print(f"Pushed to {push.upload(model)}")


def several(config, entries: list) -> list:
    """A run for each of `entries` (--loss all), which share --minutes; with --resume those that were begun go on."""
    if len(entries) == 1:
        return entries
    if config.resume not in ("", "auto"):
        raise GanzooError("resume_all_takes_no_folder")
    runs = []
    for one in entries:
        named = f"{config.name}-{one.word}" if config.name else ""
        push = f"{config.push}-{one.word}" if "/" in config.push else config.push
        one = dataclasses.replace(one, name=named, push=push, minutes=config.minutes / len(entries))
        begun = (Path(config.out) / trainer.run_name(one) / "config.json").is_file()
        runs.append(dataclasses.replace(one, resume="auto" if config.resume and begun else ""))
    if config.resume and not any(one.resume for one in runs):
        raise GanzooError("no_comparison_to_resume", out=config.out)
    return runs


def compare(base, models: dict[str, str], pairs, pushes: list) -> None:
    """The comparison of --loss all: written beside the runs, and into the cards of the `models` ({word: folder}), which are
    pushed once more with it. `base`: the settings of the command."""
    if any(pushes):
        from ganzoo.hub.upload import collect

        title = f"{data_word(base.data)}: {len(models)} losses compared"
        collection = collect(title, [push.repo_id for push in pushes], base.private)
        if collection:
            print(f"All of them in one collection: {collection}")
    name = base.name + "-compare" if base.name else f"{base.lesson}-{data_word(base.data)}-{base.comparison}"
    place = Path(base.out) / trainer.run_name(dataclasses.replace(base, name=name))
    print(comparison.write(place, {word.replace("-", "+"): Path(m).parent for word, m in models.items()}, pairs))
    print(f"The comparison: {place}/table.md, grid.png, curves.png")
    for push, model in zip(pushes, models.values(), strict=True):
        if push:
            print(f"Measured and pushed to {push.upload(model, f'{push.name}, measured with ganzoo')}")
