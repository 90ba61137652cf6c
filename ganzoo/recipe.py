"""What every recipe in train/ does around `trainer.fit`: read the command line, print, stop cleanly, push.

A recipe is three lines: its docstring (which is its --help), its lesson, and `recipe.run`.
"""

import signal
import sys

from ganzoo import settings, trainer
from ganzoo.errors import GanzooError


def run(lesson, description: str, argv: list[str] | None = None) -> int:
    """Train `lesson` (a module with `Config`) as the command line says. Returns the exit code: 0, 2 for a user's
    error, 130 after Ctrl-C (which saves first)."""
    return guarded(lambda: _run(lesson, description, argv))


def guarded(main) -> int:
    """Call a script's `main`; an error that the user can put right becomes one line and exit code 2."""
    try:
        return main()
    except GanzooError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2


def _run(lesson, description: str, argv: list[str] | None) -> int:
    config, given = settings.parse(lesson.Config, argv, description)
    config = trainer.prepare(config, given)
    push = None
    if config.push:
        from ganzoo import hub  # only who pushes waits for the client

        push = hub.Push(config.push, trainer.run_name(config), config.private)
        print(f"Will push to {push.repo_id}.")
    model = train(config)
    if model is None:
        return 130
    if push:
        print(f"Pushed to {push.upload(model)}")
    return 0


def train(config) -> str | None:
    """Print the events of `trainer.fit`. Returns the model folder, or None if Ctrl-C stopped the run (it is saved)."""
    stop = []
    before = signal.signal(
        signal.SIGINT, lambda *_: stop.append(1) or signal.signal(signal.SIGINT, signal.default_int_handler)
    )
    live = sys.stdout.isatty()
    printed = -1.0
    try:
        for event in trainer.fit(config, should_stop=lambda: bool(stop)):
            kind = event["event"]
            if kind == "start":
                print(
                    f"{event['folder']}: {config.lesson} on {event['device']}, {event['steps']:,} steps"
                    + (f", going on from step {event['step']:,}" if event["step"] else "")
                )
                for note in event["notes"]:
                    print(f"  {note}")
                sys.stdout.flush()
            elif kind == "step":
                if live:
                    print("\r" + trainer.progress_line(event), end="", flush=True)
                elif event["seconds"] - printed >= 5 or event["step"] == event["steps"]:  # in a file: a line in 5 s
                    print(trainer.progress_line(event), flush=True)
                    printed = event["seconds"]
            elif kind == "advice":
                print(f"{chr(10) if live else ''}Doctor, step {event['step']:,}: {event['text']}", flush=True)
            elif kind == "stopped":
                print(
                    f"{chr(10) if live else ''}Stopped and saved at step {event['step']:,}. Go on with: "
                    f"python {sys.argv[0]} --resume {event['folder']}",
                    flush=True,
                )
                return None
            elif kind == "done":
                print(f"{chr(10) if live else ''}Done in {event['minutes']} minutes. The model: {event['model']}")
                return event["model"]
    finally:
        signal.signal(signal.SIGINT, before)
    return None
