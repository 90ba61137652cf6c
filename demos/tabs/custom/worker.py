"""One training of Your pictures in a process of its own: `ganzoo.training.trainer.fit`, its events as lines of JSON on stdout.

A process of its own, because its seeds are then nobody else's, the pages stay quick, and ending
it ends everything. It stops, saving first, when a line or the end of its input arrives: also when the server is gone.

    python demos/tabs/custom/worker.py '{"pairs": FOLDER, "out": FOLDER, "name": "mine", "losses": ["mae"], "settings": {...}}'
"""

import json
import signal
import sys
import threading
from pathlib import Path

MODEL = Path("model")
PERCEPTUAL = {"loss": "gan+mae", "perceptual": 10.0, "weight": 50.0}  # as the bundled facades were trained


def name_of(name: str, loss: str, alone: bool) -> str:
    """The run's name: as asked, and with its loss where there are several."""
    return name if alone else f"{name}-{loss.replace('+', '-')}"


def measured(model: Path, pairs) -> dict:
    """The numbers of a model over the held-out pairs, written into its config.json and card."""
    from ganzoo.evaluation import comparison
    from ganzoo.hub import model_card
    from ganzoo.inference import Model

    found = comparison.measure(Model(model), pairs)
    model_card.record(model, found)
    return found


def timed(config, pairs) -> dict:
    """Seconds that a step and a look take here: a few real ones, timed as `--minutes` does."""
    from dataclasses import asdict

    from ganzoo import data
    from ganzoo.device import choose_device
    from ganzoo.training import schedule
    from ganzoo.training.step import Training

    config = data.complete(config, pairs)
    training = Training(config, pairs, choose_device(config.device))
    training.steps = schedule.length(config, training.batches.per_epoch)
    return asdict(schedule.measure(training))


def main(job: dict) -> int:
    from ganzoo import GanzooError
    from ganzoo.data.paired_sources import load_pairs
    from ganzoo.models.pix2pix import Config
    from ganzoo.training import trainer

    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()

    def say(**event) -> None:
        print(json.dumps(event), flush=True)

    out, losses = Path(job["out"]), job["losses"]
    try:
        settings = job["settings"]
        pairs = load_pairs(job["pairs"], settings["image_size"], domains=settings.get("domains", ""))
        pairs.name = settings["data"]
        say(event="ready")
        for loss in losses:
            if stop.is_set():
                break
            name = name_of(job["name"], loss, len(losses) == 1)
            graded = PERCEPTUAL if loss == "gan+mae+perceptual" else {"loss": loss}
            config = trainer.prepare(Config(**settings, **graded, name=name, out=str(out)))
            if job.get("timing"):
                say(event="pace", loss=loss, **timed(config, pairs))
                continue
            say(event="run", loss=loss)
            for event in trainer.fit(config, pairs, stop.is_set):
                if event["event"] != "saved":  # where files lie is nobody's business
                    say(loss=loss, **{k: v for k, v in event.items() if k not in ("folder", "model", "notes")})
            (out / name / "resume.pt").unlink(missing_ok=True)  # nobody goes on with this run: most of its bytes
            say(event="measured", loss=loss, metrics=measured(out / name / MODEL, pairs))
    except GanzooError as error:
        say(event="failed", code=error.code)
        return 2
    say(event="end", stopped=stop.is_set())
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # it is stopped by a line; Ctrl-C ends it at once
    sys.exit(main(json.loads(sys.argv[1])))
