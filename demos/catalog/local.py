"""Which models there are, and one opened copy of each, read-only and shared by all visitors.

A visitor can name what is listed here: the bundled models, the runs under the working directory, and what was fetched
from the Hub since the start.
"""

import math
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ganzoo import GanzooError, Model, checkpoint
from ganzoo.data.labeled import Pictures, load_pictures
from ganzoo.data.registry import data_word
from ganzoo.hub.bundled import WEIGHTS, bundled

from ..ui.words import Trouble

LESSONS = ("gan", "cgan", "dcgan")  # that make pictures from noise
TRANSLATORS = ("pix2pix",)  # that make them from pictures
CYCLES = ("cyclegan",)  # that translate there and back
PAGES = LESSONS + TRANSLATORS + CYCLES  # that a page can show, in the course's order
SETS = ("mnist", "fashion")
LARGEST_SEED = 2**31 - 1
RUNS = Path("runs")
DATA = Path(__file__).resolve().parents[1] / "data"  # the bundled pictures
FETCHED: dict[str, Path] = {}  # user/name -> its folder in the Hub's cache
open_folder: Callable[[Path], Model] = Model  # what opens a model folder; a Space's models may use its GPU


@dataclass
class Entry:
    """One model in the catalog. `problem` says why it cannot be opened, if so."""

    name: str
    folder: Path
    local: bool
    description: dict = field(default_factory=dict)
    config: Any = None  # its checked settings
    problem: str = ""

    @property
    def fetched(self) -> bool:
        return self.name in FETCHED

    @property
    def lesson(self) -> str:
        return str(self.description.get("lesson", ""))

    @property
    def data(self) -> str:
        return str(self.description.get("settings", {}).get("data", ""))

    @property
    def metrics(self) -> dict:
        return self.description.get("metrics", {})

    @property
    def megabytes(self) -> float:
        return sum(path.stat().st_size for path in self.folder.glob("*") if path.is_file()) / 2**20


def set_of(model: Model) -> str | None:
    """Which of SETS a model learned from; the bundled samples of Watch it learn count as their set."""
    word = data_word(model.config.data).removesuffix("-6000")
    return word if word in SETS and tuple(model.config.depths) == (1,) and model.config.image_size == 28 else None


def folders() -> dict[str, Path]:
    """Every name that may be opened -> its folder; bundled first, local runs as runs/NAME, then user/name."""
    found = {name: WEIGHTS / name for name in bundled()}
    for path in sorted(RUNS.glob("*/model/config.json")):
        found[f"runs/{path.parent.parent.name}"] = path.parent
    return found | FETCHED


def entries() -> list[Entry]:
    """The whole catalog in the course's order. A folder that cannot be read is listed with its problem and stops nobody."""
    found = []
    for name, folder in folders().items():
        entry = Entry(name, folder, name.startswith("runs/"))
        try:
            entry.description, entry.config = described(folder)
            if entry.lesson not in PAGES:
                continue  # judges
        except (GanzooError, OSError) as error:  # OSError: removed meanwhile
            entry.problem = str(error)
        found.append(entry)
    return sorted(found, key=lambda e: (e.local, e.fetched, PAGES.index(e.lesson) if e.lesson else 0, e.name))


def described(folder: Path) -> tuple[dict, Any]:
    """What a model's config.json says, and its settings. Read and checked again only when the file has changed, and shared:
    callers change nothing in it."""
    path = folder / "config.json"
    stat = path.stat() if path.is_file() else None
    return _described(folder, (stat.st_mtime_ns, stat.st_size) if stat else None)


@lru_cache(maxsize=512)
def _described(folder: Path, stamp: tuple | None) -> tuple[dict, Any]:
    return checkpoint.read_config(folder)


def entry(name: str) -> Entry:
    """The entry of that name, if there is one that can be opened."""
    found = {entry.name: entry for entry in entries()}
    if name not in found:
        raise Trouble("no_model", name=str(name)[:80])
    if found[name].problem:
        raise Trouble("zoo_broken", name=name)
    return found[name]


def open_model(name: str, lessons: tuple = LESSONS) -> Model:
    """The model of that name. Raises GanzooError if it is missing, damaged or of none of these lessons. The way back and the
    critics of a CycleGAN are read when first used, all other networks now."""
    folder = folders().get(name) if isinstance(name, str) else None
    if folder is None:
        raise Trouble("no_model", name=str(name)[:80])
    try:
        stamp = max(path.stat().st_mtime_ns for path in folder.glob("*"))  # changes when its files do
    except (OSError, ValueError):  # removed meanwhile
        raise Trouble("no_model", name=name[:80]) from None
    return _opened(folder, stamp, lessons)


@lru_cache(maxsize=24)
def _opened(folder: Path, stamp: int, lessons: tuple) -> Model:
    made = open_folder(folder)
    if made.config.lesson not in lessons:
        raise Trouble("no_model", name=made.name)
    # read now, so that visitors only ever read
    if made.translates:
        made.network("generator")
        if made.config.lesson in TRANSLATORS and (folder / checkpoint.FILES["discriminator"]).is_file():
            made.network("discriminator")
    else:
        labels = [0] if made.config.needs_labels else None
        made.critique(made.tensor(made.noise(1), labels), labels)
    return made


@lru_cache(maxsize=4)
def judge(data: str) -> Model | None:
    """The bundled network that says which class of this data a picture is; None where there is none."""
    folder = WEIGHTS / f"judge-{data}"
    if folder.parent != WEIGHTS or not folder.is_dir():
        return None
    found = Model(folder)
    found.network("generator")  # read now, so that later calls only read
    return found


@lru_cache(maxsize=2)
def samples(data: str) -> Pictures:
    """The 6,000 bundled pictures of a set."""
    return load_pictures(str(DATA / f"{data}-6000"))


def zipped(model: Path, path: Path) -> Path:
    """A model folder as the zip `path`, in a folder of that name."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(model.iterdir()):
            packed.write(file, f"{path.stem}/{file.name}")
    return path


def number(value, low: float, high: float, key: str, step: float = 0) -> float:
    """What a visitor typed -> a number in range, a multiple of `step`, or Trouble in words; NaN, text and huge ones are said."""
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if isinstance(value, bool) or not low <= found <= high or (step and found % step):
        raise Trouble(key, low=low, high=f"{high:,}", most=high)
    return found


def whole(value, low: int, high: int, key: str) -> int:
    return int(number(value, low, high, key, step=1))


def seed_of(value, key: str = "bad_seed") -> int:
    return whole(value, 0, LARGEST_SEED, key)
