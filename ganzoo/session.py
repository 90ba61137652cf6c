"""A run as the terminal sees it: events as lines, Ctrl-C as a save, one process a run."""

import os
import shlex
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

from ganzoo import distributed, settings
from ganzoo.data.registry import data_word
from ganzoo.errors import GanzooError
from ganzoo.training import schedule

LONG = 60  # minutes, from which on the command for 30 is printed
ENDS = (signal.SIGINT, signal.SIGTERM)  # what asks a script to end


class Session:
    """A run as the terminal sees it. While it lasts no other process may write into the run's folder, and Ctrl-C and SIGTERM
    ask for a save; `show` prints an event, tracks it (--track) and pushes what was saved (push_every)."""

    def __init__(self, config, push=None, argv: list[str] | None = None, number: int = 0, runs: int = 1):
        """The run is `number` of the `runs` of its command, whose words are `argv`, None for those of the process."""
        self.config, self.push, self.runs = config, push, runs
        self.shorter = "" if number else in_half_an_hour(config, argv, runs)
        self.live = sys.stdout.isatty()
        self.stops: list[int] = []  # to stop
        self.printed, self.pushed = -1.0, 0  # seconds at the last line; pushes while it trains
        self.steps, self.model, self.stopped = 0, "", False

    def __enter__(self) -> "Session":
        # First, so that a run which another process trains is not tracked twice.
        self.lock = locked(Path(self.config.out) / self.config.name)
        self.tracker = None
        if self.config.track and distributed.first():
            contest = None
            if self.runs > 1:  # what the names of its runs share: all but the loss
                before, _, after = self.config.name.rpartition(f"-{self.config.word}")
                contest = before + after
            self.tracker = Tracker(self.config, contest)
        self.handlers = stop_on_signals(self.stops)
        return self

    def __exit__(self, *error) -> None:
        with ExitStack() as ending:  # the last one first, each of them also where another one fails
            if self.push:
                ending.callback(self.push.finish)
            for number, handler in self.handlers.items():
                ending.callback(signal.signal, number, handler)
            if self.tracker:
                ending.callback(self.tracker.trackio.finish)
            if self.lock:
                ending.callback(self.lock.close)

    def should_stop(self) -> bool:
        return bool(self.stops)

    def show(self, event: dict) -> None:
        if self.tracker:
            self.tracker.see(event)
        line = "\n" if self.live else ""  # below the line that is written over and over
        match event["event"]:
            case "start":
                self._start(event)
            case "step":
                self._step(event)
            case "saved" if self.push and self.config.push_every and event["step"] < self.steps:
                count = event["step"] // self.config.push_every
                if count > self.pushed:
                    self.pushed = count
                    self.push.upload_later(str(Path(event["folder"]) / "model"), event["step"])
            case "advice":
                self._say(f"{line}Doctor, step {event['step']:,}: {event['text']}", flush=True)
            case "stopped":
                self.stopped = True
                again = f"{command()} --resume {shlex.quote(event['folder'])}"
                self._say(f"{line}Stopped and saved at step {event['step']:,}. Go on with: {again}", flush=True)
            case "done":
                self.model = event["model"]
                self._say(f"{line}Done in {event['minutes']} minutes. The model: {event['model']}")

    def _say(self, *words, **how) -> None:
        if not distributed.first():
            return
        try:
            print(*words, **how)
        except BrokenPipeError:  # what read our lines has gone (| head): save and stop
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115
            self.stops.append(1)

    def _start(self, event: dict) -> None:
        self.steps = event["steps"]
        self.pushed = event["step"] // self.config.push_every if self.config.push_every else 0
        going_on = f", going on from step {event['step']:,}" if event["step"] else ""
        self._say(f"{event['folder']}: {self.config.lesson} on {event['device']}, {event['steps']:,} steps{going_on}")
        for note in event["notes"]:
            self._say(f"  {note}")
        if event["minutes"] is not None:
            each = f", for each of the {self.runs} runs" if self.runs > 1 else ""
            self._say(f"  {schedule.spoken(event['minutes'])} on this machine{each}")
            if self.shorter and event["minutes"] * self.runs > LONG:
                self._say(f"  To fit 30 minutes: {self.shorter}")
        self._say(end="", flush=True)

    def _step(self, event: dict) -> None:
        if self.live:
            self._say("\r" + progress_line(event), end="", flush=True)
        elif event["seconds"] - self.printed >= 5 or event["step"] == event["steps"]:  # in a file: a line in 5 s
            self._say(progress_line(event), flush=True)
            self.printed = event["seconds"]


class Tracker:
    """--track hands the events of a run to trackio, a local dashboard (`trackio show`) that needs no account and no network:
    numbers, sheets of samples, advice. With TRACKIO_SPACE_ID=USER/NAME a Space of your own shows them, from a job, too."""

    def __init__(self, config, group: str | None = None):
        """`group`: the contest that the run is part of. GanzooError where trackio is missing or its Space cannot be had."""
        try:
            import trackio
        except ImportError:
            raise GanzooError("trackio_missing") from None
        from ganzoo.hub_client import TROUBLE, short  # here, because the client of the Hub takes a second to load

        self.trackio, self.folder = trackio, Path(config.out) / config.name
        how = dict(project="ganzoo", name=config.name, group=group, config=settings.to_json(config))
        try:
            trackio.init(**how, resume="allow", embed=False)
        except (*TROUBLE, ValueError, RuntimeError) as error:
            raise GanzooError("trackio_space_not_there", reason=short(error)) from None

    def see(self, event: dict) -> None:
        match event["event"]:
            case "step":
                self._log(event)
            case "samples":
                self._log(event, self.folder / "samples" / f"{event['step']:06d}.png")
            case "advice":
                level = self.trackio.AlertLevel.ERROR if event["code"] == "nan" else self.trackio.AlertLevel.WARN
                self.trackio.alert(f"Doctor, step {event['step']:,}", event["text"], level)

    def _log(self, row: dict, sheet: Path | None = None) -> None:
        found = {k: v for k, v in row.items() if isinstance(v, (int, float)) and k not in ("step", "steps")}
        if sheet and sheet.is_file():
            found["sheet"] = self.trackio.Image(sheet, caption=f"step {row['step']:,}")
        self.trackio.log(found, step=row["step"])


def locked(folder: Path):
    """An open file that only one process can hold for a run: two would write into each other's log and weights."""
    if not distributed.first():
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
        raise GanzooError("run_is_training", folder=folder) from None
    return lock


def stop_on_signals(stop: list) -> dict:
    """Signals ask for a clean stop by filling `stop`; the third one ends the process. Returns the handlers before."""

    def handle(*signal_and_frame):
        if len(stop) == 2:
            signal.default_int_handler(*signal_and_frame)
        stop.append(1)

    return {number: signal.signal(number, handle) for number in ENDS}


def progress_line(row: dict) -> str:
    """One aligned line for a "step" row: how far, how fast, how long still, the losses and the discriminator's opinion."""
    left = int((row["steps"] - row["step"]) * row["seconds"] / max(1, row["step"]))
    line = f"step {row['step']:>7,}/{row['steps']:,}  {row['images_per_s']:>9,.0f} images/s"
    line += f"  ETA {left // 60:d}:{left % 60:02d}"
    words = {"mae": "  MAE", "cycle": "  cycle", "loss_d": "  loss D", "loss_g": " G"}
    words |= {"score_real": "  D: real", "score_fake": " fake"}
    for key, word in words.items():
        if key in row:
            digits = 3 if key in ("mae", "cycle") else 2
            line += word + ("   nan" if row[key] is None else f" {row[key]:5.{digits}f}")
    if row.get("waiting", 0) >= 0.05:
        line += f"  waits for data {row['waiting']:.0%}"
    return line + (f"  {row['memory_mb']:,} MB" if "memory_mb" in row else "")


def in_half_an_hour(config, argv: list[str] | None, runs: int = 1) -> str:
    """The same command with --minutes 30, under another name; nothing for a run that goes by minutes already."""
    if config.minutes:
        return ""
    parser = settings.Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("--epochs")
    parser.add_argument("--name")
    given, kept = parser.parse_known_args(argv)
    name = given.name or (config.name if runs == 1 else f"{config.lesson}-{data_word(config.data)}")
    return f"{command()} {shlex.join([*kept, '--minutes', '30', '--name', f'{name}-30min'])}"


def command() -> str:
    """What started this, as one would type it: a script of a checkout, or a command of an installed ganzoo."""
    path = Path(sys.executable)
    python = str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else shlex.quote(sys.executable)
    return f"{python} {sys.argv[0]}" if os.path.isfile(sys.argv[0]) else f"{python} -m {sys.argv[0]}"
