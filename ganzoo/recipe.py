"""What every recipe in train/ does around `trainer.fit`: read the command line, print, stop cleanly, push.

A recipe is three lines: its docstring (which is its --help), its lesson, and `recipe.run`.
"""

import dataclasses
import errno
import os
import shlex
import signal
import sys
from pathlib import Path

import torch

from ganzoo import parallel, settings, tracking, trainer
from ganzoo.data import data_word
from ganzoo.errors import GanzooError, Stopped


def run(lesson, description: str, argv: list[str] | None = None) -> int:
    """Train `lesson` (a module with `Config`) as the command line says. Returns the exit code: 0, 2 for a user's
    error, 130 after Ctrl-C (which saves first)."""
    return guarded(lambda: _run(lesson, description, argv))


def guarded(main) -> int:
    """Call a script's `main`; an error that the user can put right becomes one line and exit code 2."""
    for stream in (sys.stdout, sys.stderr):  # a name that the terminal cannot show is no reason to stop
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        return main()
    except BrokenPipeError:  # what read our lines has gone (| head)
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  (for as long as the process lives)
        return 141
    except UnicodeEncodeError as error:
        print(
            f"Error: {error.object[:80]!r} has characters that cannot be written: choose another name.", file=sys.stderr
        )
        return 2
    except OSError as error:
        if error.errno == errno.ENOSPC:
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115  (what could not be written is not tried again at the end)
            print("Error: What this prints finds no space left: free some.", file=sys.stderr)
            return 2
        if not error.filename:  # no file of the user's: not for this net
            raise
        print(f"Error: {error.filename} cannot be used ({error.strerror}): choose another.", file=sys.stderr)
        return 2
    except (MemoryError, RuntimeError) as error:
        if not isinstance(error, (MemoryError, torch.OutOfMemoryError)) and "allocate memory" not in str(error):
            raise
        print(
            "Error: There is not enough memory for this: use a smaller --batch-size, --image-size or --width, or --accumulate "
            "where there is one. Whatever was saved before is whole.",
            file=sys.stderr,
        )
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except Stopped as error:
        print(error, file=sys.stderr)
        return 130
    except GanzooError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2


def interpreter() -> str:
    """The Python that runs this, as one would type it."""
    path = Path(sys.executable)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else shlex.quote(sys.executable)


def _run(lesson, description: str, argv: list[str] | None) -> int:
    config, given = settings.parse(lesson.Config, argv, description)
    configs = [config] if getattr(config, "loss", "") != "all" else _contest(lesson, config)
    # Whatever can fail early fails here, for every run, before the first one starts.
    configs = [trainer.prepare(c, given) for c in configs]
    first = parallel.place()[0] == 0
    pushes = [_push(c) if config.push and first else None for c in configs]
    pictures = lesson.read_data(configs[0])
    for one, push in zip(configs, pushes, strict=True):
        if push:
            one = dataclasses.replace(one, push=push.repo_id)  # so that the card says how to load it from there
        try:
            model = train(one, pictures, push)
        finally:
            if push:
                push.finish()
        if model is None:
            if len(configs) > 1:
                print("The other losses: the same command once more, with --resume.")
            return 130
        if push:
            print(f"Pushed to {push.upload(model)}")
    if len(configs) > 1 and config.push and first:
        from ganzoo.push import collect

        collection = collect(
            f"{data_word(config.data)}: GAN, MAE, GAN+MAE", [p.repo_id for p in pushes], config.private
        )
        if collection:
            print(f"The three in one collection: {collection}")
    if len(configs) > 1 and first:
        from ganzoo import comparison

        folders = {c.loss.replace("mae", c.pixel): Path(c.out) / trainer.run_name(c) for c in configs}
        named = config.name + "-compare" if config.name else f"pix2pix-{data_word(config.data)}-{config.contest}"
        place = Path(config.out) / (named + "-smoke" * config.smoke)
        print(comparison.write(place, folders, pictures))
        print(f"The comparison: {place}/table.md, grid.png, curves.png")
        for one, push in zip(configs, pushes, strict=True):
            if push:  # once more, now with its numbers in the card
                model = str(Path(one.out) / trainer.run_name(one) / "model")
                print(f"Measured and pushed to {push.upload(model, f'{trainer.run_name(one)}, measured with ganzoo')}")
    return 0


def _contest(lesson, config) -> list:
    """--loss all: one run for each loss, alike in everything else; with --resume those that were begun go on."""
    if config.resume not in ("", "auto"):
        raise GanzooError(
            "--loss all goes on with three runs, so its --resume takes no folder: repeat the command that began them and "
            "add a bare --resume."
        )
    runs = []
    for loss in lesson.LOSSES:
        named = f"{config.name}-{config.spelled(loss)}" if config.name else ""
        push = f"{config.push}-{config.spelled(loss)}" if "/" in config.push else config.push
        one = dataclasses.replace(config, loss=loss, name=named, push=push)
        begun = (Path(config.out) / trainer.run_name(one) / "config.json").is_file()
        runs.append(dataclasses.replace(one, resume="auto" if config.resume and begun else ""))
    if config.resume and not any(one.resume for one in runs):
        raise GanzooError(
            f"{config.out}/ holds no run of this comparison, so there is nothing to resume: check --name and --out, or leave "
            "--resume out."
        )
    return runs


def _push(config):
    from ganzoo.push import Push  # only who pushes waits for the client

    push = Push(config.push, trainer.run_name(config), config.private)
    print(f"Will push to {push.repo_id}.")
    return push


def locked(folder: Path):
    """An open file that only one process can hold for a run: two would write into each other's log and weights."""
    if parallel.place()[0]:
        return None
    try:
        import fcntl
    except ImportError:  # not on Windows
        return None
    folder.mkdir(parents=True, exist_ok=True)
    lock = open(folder / ".lock", "w")  # noqa: SIM115  (held as long as the run)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise GanzooError(f"Another process trains in {folder}: wait for it, or choose another --name.") from None
    return lock


def heed_ctrl_c(stop: list):
    """From now on Ctrl-C fills `stop` instead of ending the process; the third one ends it. Returns the handler before."""
    return signal.signal(
        signal.SIGINT, lambda *how: stop.append(1) if len(stop) < 2 else signal.default_int_handler(*how)
    )


def train(config, pictures=None, push=None) -> str | None:
    """Print the events of `trainer.fit`. Returns the model folder, or None if Ctrl-C stopped the run (it is saved)."""
    stop: list[int] = []
    before = heed_ctrl_c(stop)
    live = sys.stdout.isatty()
    tracker = tracking.Tracker(trainer.run_name(config), config) if config.track and parallel.place()[0] == 0 else None
    printed = -1.0

    def say(*words, **how):
        if parallel.place()[0]:  # the first of several processes speaks
            return
        try:
            print(*words, **how)
        except BrokenPipeError:  # what read our lines has gone (| head): save and stop
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115
            stop.append(1)

    lock = locked(Path(config.out) / trainer.run_name(config))
    try:
        for event in trainer.fit(config, pictures, should_stop=lambda: bool(stop)):
            kind = event["event"]
            if kind == "start":
                steps, pushed = event["steps"], event["step"] // config.push_every if config.push_every else 0
                say(
                    f"{event['folder']}: {config.lesson} on {event['device']}, {event['steps']:,} steps"
                    + (f", going on from step {event['step']:,}" if event["step"] else "")
                )
                for note in event["notes"]:
                    say(f"  {note}")
                say(end="", flush=True)
            elif kind == "step":
                if tracker:
                    tracker.log(event)
                if live:
                    say("\r" + trainer.progress_line(event), end="", flush=True)
                elif event["seconds"] - printed >= 5 or event["step"] == event["steps"]:  # in a file: a line in 5 s
                    say(trainer.progress_line(event), flush=True)
                    printed = event["seconds"]
            elif kind == "saved":
                if push and config.push_every and event["step"] // config.push_every > pushed and event["step"] < steps:
                    pushed = event["step"] // config.push_every
                    push.upload_later(str(Path(event["folder"]) / "model"), event["step"])
            elif kind == "advice":
                say(f"{chr(10) if live else ''}Doctor, step {event['step']:,}: {event['text']}", flush=True)
            elif kind == "stopped":
                say(
                    f"{chr(10) if live else ''}Stopped and saved at step {event['step']:,}. Go on with: "
                    f"{interpreter()} {sys.argv[0]} --resume {shlex.quote(event['folder'])}",
                    flush=True,
                )
                return None
            elif kind == "done":
                say(f"{chr(10) if live else ''}Done in {event['minutes']} minutes. The model: {event['model']}")
                return event["model"]
    finally:
        if lock:
            lock.close()
        if tracker:
            tracker.finish()
        signal.signal(signal.SIGINT, before)
    return None
