"""Which Pix2Pix models belong together: one data set, one network, up to three losses. Also those fetched from the Hub."""

import os
import re
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import far
import shelf
from words import Trouble

from ganzoo import GanzooError, checkpoint, drawings
from ganzoo.pairs import turned
from ganzoo.pairsources import PAIR_ALIASES, folder_splits
from ganzoo.pix2pix import LOSSES, Config

FIRST = ("facades", "aerial-map")  # offered as buttons; the others behind "Other models"
PAPER = {"paper": (255, 255, 255), "ink": (0, 0, 0)}  # where the colours mean nothing: black on white
PALETTES = {**drawings.PALETTES, "plain": PAPER}
NAMES = {"gan": "GAN", "mae": "MAE", "gan+mae": "GAN + MAE"}


@dataclass
class Family:
    """Models that differ in their loss alone: `members` maps gan, mae, gan+mae to what stands on the shelf."""

    name: str
    config: Config
    members: dict[str, shelf.Entry] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return self.config.image_size

    @property
    def source(self) -> str:
        """The name of the side that is drawn: label, map, A .."""
        return self.config.direction.split("->")[0].strip()

    @property
    def palette(self) -> str:
        return self.source if self.source in drawings.PALETTES else "plain"

    @property
    def draws(self) -> bool:
        """Whether code can draw something to translate."""
        return self.palette != "plain"

    @property
    def flipped(self) -> bool:
        """Whether the input is the right half of an AB file."""
        names = _sides(self.config)
        try:
            return turned(self.config.direction, names)[1]
        except GanzooError:  # a direction with names of its own: in AB files, A comes first
            return False


def publishing(family: Family | None = None) -> str:
    """The command that makes a Space of these pages: the bundled models go along anyway, others are named."""
    others = [entry.name for entry in family.members.values() if "/" in entry.name] if family else []
    return " ".join(["python demos/publish.py YOU/ganzoo", *(["--models", *others] if others else [])])


def _sides(config: Config) -> tuple[str, str]:
    parts = [part.strip() for part in config.domains.split(",")]
    return tuple(parts) if len(parts) == 2 else PAIR_ALIASES.get(config.data, ("", ("A", "B"), ""))[1]


def stem(name: str, config: Config) -> str:
    """A model's name without its loss: what the models of a family share."""
    token = config.spelled(config.loss)
    found = list(re.finditer(rf"-{re.escape(token)}(?=-|$)", name))
    if found:
        name = name[: found[-1].start()] + name[found[-1].end() :]
    if config.pixel != "mae" and config.loss != "gan":
        name += f"-{config.pixel}"
    return name.removeprefix("pix2pix-")


def families() -> dict[str, Family]:
    """All families on this machine by name; the bundled ones first."""
    found: dict[str, Family] = {}
    for entry in shelf.entries():
        if entry.problem or entry.lesson not in shelf.TRANSLATORS:
            continue
        try:
            config = checkpoint.read_config(entry.folder)[1]
        except GanzooError:  # removed since it was listed
            continue
        name = stem(entry.name, config)
        family = found.setdefault(name, Family(name, config))
        if config.loss in family.members or _shape(config) != _shape(family.config):
            family = found.setdefault(entry.name, Family(entry.name, config))
        family.members[config.loss] = entry
    order = {name: i for i, name in enumerate(FIRST)}
    return dict(sorted(found.items(), key=lambda pair: order.get(pair[0], len(order))))


def _shape(config: Config) -> tuple:
    return config.image_size, config.direction, config.in_channels, config.out_channels


def find(name: str) -> Family:
    """A family by its own name, or by that of one of its models."""
    name = str(name)[:200]
    known = families()
    for wanted in (name, name.removeprefix("pix2pix-")):
        if wanted in known:
            return known[wanted]
    for family in known.values():
        if any(entry.name == name for entry in family.members.values()):
            return family
    raise Trouble("no_model", name=name[:80])


def find_or_fetch(name: str) -> Family:
    """As `find`; a name user/model is looked for on the Hub."""
    try:
        return find(name)
    except Trouble:
        if not far.NAME.fullmatch(str(name)) or str(name).startswith("runs/"):
            raise
    fetch(name)
    return find(name)


# --- real pairs -------------------------------------------------------------------------------------------------


def real_pairs(family: Family) -> list:
    """[(name, reader)] of the family's test pairs, where its data set lies on this machine: drawings whose truth is known.

    Only sets that the owner of this machine put there: an alias under $GANZOO_DATA, or the folder of a local run. What a
    model from the Hub says about its data opens nothing.
    """
    data, home = family.config.data, os.environ.get("GANZOO_DATA")
    if data in PAIR_ALIASES:
        return _test_pairs(Path(home) / data) if home else []
    ours = all(entry.local for entry in family.members.values())
    return _test_pairs(Path(data)) if ours else []


@lru_cache(maxsize=16)
def _test_pairs(folder: Path) -> list:
    try:
        splits = folder_splits(folder)
    except (GanzooError, OSError):
        return []
    return splits.get("test") or splits.get("val") or []


# --- the Hub ----------------------------------------------------------------------------------------------------


def fetch(name: str) -> None:
    """Put a Pix2Pix model of the Hub on the shelf, and the other losses of its family where there are any."""
    folder = far.fetch(name)
    config = checkpoint.read_config(folder)[1]
    if config.lesson not in shelf.TRANSLATORS:
        raise Trouble("cmp_not_pairs", name=name)
    token = config.spelled(config.loss)
    at = name.rfind(f"-{token}")
    for loss in LOSSES if at > name.index("/") else ():
        other = name[:at] + "-" + config.spelled(loss) + name[at + len(token) + 1 :]
        with suppress(GanzooError):  # a family may have one loss only
            far.fetch(other)
