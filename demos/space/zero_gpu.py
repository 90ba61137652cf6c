"""What is different in a Space: a GPU that is lent by the call, and models that the Space's card names.

app.py imports this first where $SPACE_ID is set: the package `spaces` must come before torch. Small pictures stay on the
processor, where they take milliseconds and cost no visitor any of the GPU time that the Hub gives a day.
"""

import threading
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

try:
    import spaces
except ImportError:  # a Space without ZeroGPU, or a rehearsal
    spaces = None

import gradio as gr
import torch
from huggingface_hub import RepoCard, snapshot_download

from ganzoo import GanzooError, Model
from ganzoo.hub import download
from ganzoo.hub_client import TROUBLE

from ..catalog import local
from ..runtime.server_log import log

PIXELS = 512 * 512  # of a picture: from here on a GPU is worth its wait
SHORTEST, LONGEST = 5, 15  # seconds of a visitor's GPU time that a call asks for


@lru_cache(maxsize=4)
def _on_cuda(folder: Path) -> Model:
    return Model(folder, "cuda" if torch.cuda.is_available() else "cpu")


def on_gpu(folder: Path, pictures, variation: int | None, direction: str | None):
    """`Model.translate_tensor` in the process that has the GPU: arrays in, arrays out."""
    return _on_cuda(folder).translate_tensor(torch.from_numpy(pictures), variation, direction).numpy()


def seconds(folder: Path, pictures, variation: int | None, direction: str | None) -> int:
    """How long `on_gpu` may take with the same arguments: to load the model, and a second for each million pixels."""
    count, _, height, width = pictures.shape
    return min(LONGEST, SHORTEST + count * height * width // 1_000_000)


if spaces:  # ZeroGPU ends a Space that has no such function
    on_gpu = spaces.GPU(duration=seconds)(on_gpu)


class SpaceModel(Model):
    """A model that translates large pictures on the GPU; without one (none free, the visitor's time used up) on the
    processor."""

    def translate_tensor(self, pictures, variation=None, direction=None):
        if pictures.shape[2] * pictures.shape[3] > PIXELS:
            try:
                return torch.from_numpy(on_gpu(self.folder, pictures.cpu().numpy(), variation, direction))
            except (gr.Error, RuntimeError, OSError) as error:  # what `spaces` and CUDA raise
                log.warning("No GPU for this picture (%s).", type(error).__name__)
        return super().translate_tensor(pictures, variation, direction)


def named() -> list[str]:
    """The models of the Hub that the card has pulled when the Space is built."""
    path = Path(__file__).resolve().parents[2] / "README.md"
    if not path.is_file():
        return []
    found = RepoCard.load(path).data.get("preload_from_hub") or []
    return [str(line).split()[0] for line in found if str(line).strip()]


def pull(names: list[str]) -> None:
    for name in names:
        try:
            local.FETCHED[name] = download.pull(name, token=False)
        except GanzooError as error:
            log.warning("%s is not shown (%s).", name, error.code)


def set_up() -> None:
    """Put the card's models into the catalog; what the build did not leave in the cache is pulled while the pages start."""
    local.open_folder = SpaceModel  # said once: every tab opens its models through the catalog
    missing = []
    for name in named():
        with suppress(*TROUBLE, ValueError):  # not in the cache
            local.FETCHED[name] = Path(snapshot_download(name, local_files_only=True))
            continue
        missing.append(name)
    if missing:
        threading.Thread(target=pull, args=(missing,), daemon=True).start()
