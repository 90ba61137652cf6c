"""One training of Your pictures in a process of its own: `ganzoo.fit`, its events as lines of JSON on stdout.

A process of its own, because its seeds are then nobody else's, the pages stay quick, and ending
it ends everything. It stops, saving first, when a line or the end of its input arrives: also when the server is gone.

    python demos/tabs/custom/worker.py '{"pairs": FOLDER, "runs": {"mae": "mine"}, "settings": {...}}'
"""

import dataclasses
import json
import signal
import sys
import threading
import traceback
from pathlib import Path

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a line stops it; Ctrl-C ends it, also while torch loads

from ganzoo import GanzooError, data, model_card, recipes
from ganzoo.data.paired_sources import load_pairs
from ganzoo.device import choose_device
from ganzoo.evaluation import comparison
from ganzoo.inference import Model
from ganzoo.models.pix2pix_config import Config
from ganzoo.training import schedule, trainer
from ganzoo.training.step import Training

# Moments of features, which the bundled facades have too, do not help with so few pairs (train/RESULTS.md).
PERCEPTUAL = {"loss": "gan+mae", "perceptual": 10.0, "weight": 50.0}


def timed(config, pairs) -> dict:
    """Seconds that a step and a look take here: a few real ones, timed as `--minutes` does."""
    config = data.complete(config, pairs)
    training = Training(config, pairs, choose_device(config.device), recipes.networks(config))
    training.steps = schedule.length(config, training.batches.per_epoch)
    return dataclasses.asdict(schedule.measure(training))


def main(job: dict) -> int:
    stop = threading.Event()

    def wait_for_line() -> None:
        sys.stdin.readline()
        stop.set()

    def say(**event) -> None:
        print(json.dumps(event), flush=True)

    threading.Thread(target=wait_for_line, daemon=True).start()
    try:
        settings = job["settings"]
        pairs = load_pairs(job["pairs"], settings["image_size"], domains=settings["domains"])
        pairs.name = settings["data"]
        say(event="ready")
        for loss, name in job["runs"].items():
            if stop.is_set():
                break
            graded = PERCEPTUAL if loss == "gan+mae+perceptual" else {"loss": loss}
            config = trainer.prepare(Config(**settings, **graded, name=name))
            if job["timing"]:
                say(event="pace", loss=loss, **timed(config, pairs))
                continue
            for event in recipes.fit(config, pairs, stop.is_set):
                say(loss=loss, **event)
            folder = Path(config.out) / config.name
            (folder / "resume.pt").unlink(missing_ok=True)  # nobody goes on with this run: most of its bytes
            model_card.record(folder / "model", comparison.measure(Model(folder / "model"), pairs))
            say(event="measured", loss=loss)
    except GanzooError as error:
        say(event="failed", code=error.code)
        return 2
    except Exception as error:  # what nobody foresaw: the server logs the calls that led to it, not its words
        calls = "".join(traceback.format_tb(error.__traceback__))
        say(event="failed", code="", traceback=f"{type(error).__name__}\n{calls}")
        return 2
    say(event="end", stopped=stop.is_set())
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
