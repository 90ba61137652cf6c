"""A live training becomes a model folder among the local runs, which Zoo and Create list, and a zip to take along."""

import dataclasses
import threading
from pathlib import Path

from ganzoo import GanzooError
from ganzoo.images import save_picture
from ganzoo.training.run_dir import RunFolder

from ...catalog import local
from ...ui.words import Trouble
from .run import Run

MOST = 20  # models that visitors may keep on one server
_one_at_a_time = threading.Lock()


def keep(run: Run) -> tuple[str, Path]:
    """Write runs/{lesson}-{data}-live-{n}/ as the trainer would. Returns (the name in the catalog, a zip of the model)."""
    with _one_at_a_time, run.lock:
        if run.training.step == 0:
            raise Trouble("live_nothing_to_keep")
        if run.broken:
            raise Trouble("live_nan")
        folder = _new_folder(f"{run.lesson}-{run.data}-live")
        try:
            _write(run, folder)
        except GanzooError:
            raise Trouble("live_no_space") from None
        return f"runs/{folder.name}", local.zipped(folder / "model", folder / f"{folder.name}.zip")


def _new_folder(stem: str) -> Path:
    try:
        local.RUNS.mkdir(exist_ok=True)
        if len(list(local.RUNS.glob("*-live-*"))) >= MOST:
            raise Trouble("live_full", most=MOST)
        for number in range(1, 10 * MOST):
            folder = local.RUNS / f"{stem}-{number}"
            if not folder.exists():
                folder.mkdir()
                return folder
    except OSError:
        raise Trouble("live_no_space") from None
    raise Trouble("live_full", most=MOST)


def _write(run: Run, folder: Path) -> None:
    config = dataclasses.replace(run.training.config, name=folder.name, out=str(folder.parent))
    writer = RunFolder(folder, origin={})
    writer.write_config(config)
    changed = [
        {"event": "changed", "step": step, "name": name, "old": old, "new": new} for step, name, old, new in run.changes
    ]
    writer.log(*sorted([*run.rows, *changed], key=lambda row: row["step"]))
    for step, picture in run.frames:
        save_picture(picture, folder / "samples" / f"{step:06d}.png")
    writer.save(run.training, config, finished=True)
