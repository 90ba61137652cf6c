"""runs/NAME/: what is written while a run trains, and what a later session or a card reads of it.

config.json, log.jsonl, samples/STEP.png (the same noise every time), resume.pt, film.webp, and model/, a model folder.
"""

import functools
import json
import os
import platform
import shutil
import subprocess
from pathlib import Path

import torch
from PIL import Image

from ganzoo import card, checkpoint, settings
from ganzoo.curves import draw_curves
from ganzoo.errors import GanzooError
from ganzoo.images import film_frames, save_atomic, save_film, save_picture
from ganzoo.training import Training


class RunFolder:
    """runs/NAME/: what is written while a run trains. Every file but the log is replaced whole or not at all."""

    def __init__(self, folder: Path):
        self.folder = folder
        (folder / "samples").mkdir(parents=True, exist_ok=True)
        for place in (folder, folder / "samples", folder / "model"):  # half files of a process that was killed
            for path in place.glob(".*.tmp"):
                path.unlink(missing_ok=True)

    def write_config(self, config) -> None:
        text = json.dumps(checkpoint.describe(config, {}), indent=1, ensure_ascii=False)
        save_atomic(self.folder / "config.json", lambda temporary: temporary.write_text(text + "\n", encoding="utf-8"))

    def log(self, *rows: dict) -> None:
        try:
            with open(self.folder / "log.jsonl", "a", encoding="utf-8") as log:
                log.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        except OSError as error:
            raise GanzooError(
                f"{self.folder}/log.jsonl could not be written ({error.strerror}): free some space, "
                "then go on with --resume."
            ) from None

    def cut_back(self, step: int) -> list[dict]:
        """Forget what came after the last save: a resumed run writes it again."""
        rows = checkpoint.read_log(self.folder / "log.jsonl", step)
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        save_atomic(self.folder / "log.jsonl", lambda temporary: temporary.write_text(text, encoding="utf-8"))
        for path in (self.folder / "samples").glob("*.png"):
            if path.stem.isdigit() and int(path.stem) > step:
                path.unlink()
        return rows

    def write_samples(self, step: int, sheet: Image.Image) -> None:
        save_picture(sheet, self.folder / "samples" / f"{step:06d}.png")

    def save(self, training: Training, config, finished: bool) -> None:
        """The model folder, then resume.pt: whoever finds the second finds the first. `finished` adds film and curves."""
        model = self.folder / "model"
        rows = checkpoint.read_log(self.folder / "log.jsonl")
        made = facts(config, training.device, training.step, training.seconds / 60) | {
            "epochs": round(training.step / training.batches.per_epoch, 2),
            "batch_size": config.batch_size,
            "precision": "bf16" if training.precision else "fp32",
            "ema": config.ema,
        }
        if config.init:
            made["before"] = history(config.init)
        changed = [row for row in rows if row["event"] == "changed"]  # on the live page, while it ran
        if changed:
            made["changed"] = [f"step {r['step']:,}: {r['name']} {r['old']} -> {r['new']}" for r in changed]
        checkpoint.save_model(
            model,
            config,
            training.shared,
            {"name": self.folder.name, **({"license": config.license} if config.license else {}), "training": made},
        )
        save_picture(
            training.sheet(training.preview(), scale=2 if config.image_size < 64 else 1), model / "samples.png"
        )
        save_picture(draw_curves(rows), model / "curves.png")
        card.write_card(model)
        if not config.smoke:  # two steps are not gone on with, and full networks with their optimizers are large
            checkpoint.save_resume(self.folder / "resume.pt", training.state())
        if finished:
            self.write_film(model, training.columns)

    def write_film(self, model: Path, columns: tuple) -> None:
        """Every sample grid in order -> film.webp, and film.json with the step of each frame and the curves beside it."""
        paths = sorted(path for path in (self.folder / "samples").glob("*.png") if path.stem.isdigit())
        try:
            frames = [frame for path in paths for frame in film_frames(path)]
        except (OSError, ValueError, SyntaxError):  # a damaged one
            return
        if len(frames) < 2 or len({frame.size for frame in frames}) > 1:  # a foreign picture among them: no film
            return
        save_film(frames, self.folder / "film.webp")
        save_atomic(model / "film.webp", lambda temporary: shutil.copyfile(self.folder / "film.webp", temporary))
        rows = [
            r
            for r in checkpoint.read_log(self.folder / "log.jsonl")
            if r["event"] == "step" and r.keys() >= set(columns)
        ]
        thin = rows[:: max(1, len(rows) // 200)]
        story = {
            "steps": [int(p.stem) for p in paths],
            "curves": {k: [r[k] for r in thin] for k in ("step", *columns)},
        }
        save_atomic(model / "film.json", lambda temporary: temporary.write_text(json.dumps(story), encoding="utf-8"))


class NoFolder:
    """The run folder of a process that is not the first of several: it writes nothing."""

    def __getattr__(self, name):
        return lambda *args, **kwargs: []


def facts(config, device: torch.device, steps: int, minutes: float) -> dict:
    """What a card says of how the weights came to be."""
    return {
        "command": settings.command(config),
        "seed": config.seed,
        "step": steps,
        "minutes": round(minutes, 2),
        "hardware": describe_device(device),
        "git_commit": git_commit(),
        "versions": {"python": platform.python_version(), "torch": torch.__version__},
    }


@functools.cache
def history(name: str) -> list[str]:
    """The commands that made the model which a run starts from (--init), oldest first. Read once: the new model may
    take the old one's place."""
    from ganzoo.model import find

    try:
        said, _ = checkpoint.read_config(find(name))
    except GanzooError:  # gone since: a resumed run does not need it any more
        return [name]
    made = said["training"]
    return [
        *card.texts(made.get("before")),
        f"{made.get('command', name)} ({card.thousands(made.get('step', 0))} steps)",
    ]


def git_commit() -> str:
    """The commit of this code: $GANZOO_GIT_COMMIT where it travels without .git (a job, a Space), else what git says."""
    if os.environ.get("GANZOO_GIT_COMMIT"):
        return os.environ["GANZOO_GIT_COMMIT"]
    try:
        found = subprocess.run(
            ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"],
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return found.stdout.strip() or "unknown"


def describe_device(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{platform.machine()} CPU, {torch.get_num_threads()} threads" if device.type == "cpu" else device.type
