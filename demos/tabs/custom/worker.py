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


def main(job: dict) -> int:
    from ganzoo import GanzooError
    from ganzoo.data.paired_sources import load_pairs
    from ganzoo.evaluation import comparison
    from ganzoo.models.pix2pix import Config
    from ganzoo.training import trainer

    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()

    def say(**event) -> None:
        print(json.dumps(event), flush=True)

    out, losses, folders = Path(job["out"]), job["losses"], {}
    try:
        settings = job["settings"]
        pairs = load_pairs(job["pairs"], settings["image_size"], domains=settings.get("domains", ""))
        pairs.name = settings["data"]
        for loss in losses:
            if stop.is_set():
                break
            name = name_of(job["name"], loss, len(losses) == 1)
            say(event="run", loss=loss)
            for event in trainer.fit(
                trainer.prepare(Config(**settings, loss=loss, name=name, out=str(out))), pairs, stop.is_set
            ):
                if event["event"] != "saved":
                    say(loss=loss, **_public(event))
            folders[loss] = out / name
            (folders[loss] / "resume.pt").unlink(missing_ok=True)  # nobody goes on with this run: most of its bytes
            say(event="measured", loss=loss, metrics=measured(folders[loss] / MODEL, pairs))
        if len(folders) > 1:
            comparison.write(out / "compare", folders, pairs)
            say(event="compared")
    except GanzooError as error:
        say(event="failed", code=error.code)
        return 2
    say(event="end", stopped=stop.is_set())
    return 0


def _public(event: dict) -> dict:
    """An event without the places of files, which are nobody's business."""
    return {k: v for k, v in event.items() if k not in ("folder", "model", "notes")}


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # it is stopped by a line; Ctrl-C ends it at once
    sys.exit(main(json.loads(sys.argv[1])))
