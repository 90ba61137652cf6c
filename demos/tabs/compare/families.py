"""Which Pix2Pix models belong together: one data set, one network, several losses. Also those fetched from the Hub."""

import os
import re
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from ganzoo import GanzooError, checkpoint
from ganzoo.data import drawings
from ganzoo.data.pair_folders import folder_splits
from ganzoo.data.paired import turned
from ganzoo.data.registry import PAIR_ALIASES
from ganzoo.models.pix2pix import LOSSES, Config

from ...catalog import hub, local
from ...ui.words import Trouble, Words

FAMILY, SEED = "facades", 4  # what opens the page; SEED: the first drawing of a family that has no real pair
FIRST = ("facades", "aerial-map")  # offered as buttons; the others behind "Other models"
PAPER = {"paper": (255, 255, 255), "ink": (0, 0, 0)}  # where the colours mean nothing: black on white
PALETTES = {**drawings.PALETTES, "plain": PAPER}
NAMES = {"gan": "GAN", "mae": "MAE", "gan+mae": "GAN + MAE"}
# Bundled test pairs by data set; the first opens the page. demos/data/facades/SOURCE.md cites them.
SAMPLES = {"facades": tuple(f"{number}.jpg" for number in (23, 6, 52, 12, 46, 32, 57, 34))}
BEYOND = "+perceptual"  # ends the key of a model that was trained with the perceptual loss too
KEYS = (*LOSSES, "mae" + BEYOND, "gan+mae" + BEYOND)  # in the order of the columns


@dataclass
class Family:
    """Models that differ in their loss alone: `members` maps the keys of `KEYS` to what stands in the catalog."""

    name: str
    config: Config
    members: dict[str, local.Entry] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return self.config.image_size

    @property
    def keys(self) -> list[str]:
        """The course's three losses, and those beyond the course that the family has."""
        return [key for key in KEYS if key in LOSSES or key in self.members]

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


def name(words: Words, key: str) -> str:
    """What a column is called: the real photo, or what its model was graded on."""
    if key == "truth":
        return words("cmp_truth")
    beyond = f" +\u00a0{words('cmp_perceptual')}"  # where narrow, that is the second line
    return NAMES[key.removesuffix(BEYOND)] + (beyond if key.endswith(BEYOND) else "")


def publishing(family: Family | None = None) -> str:
    """The command that makes a Space of these pages: the bundled models go along anyway, others are named."""
    others = [entry.name for entry in family.members.values() if "/" in entry.name] if family else []
    return " ".join(["python demos/publish.py YOU/ganzoo", *(["--models", *others] if others else [])])


def _sides(config: Config) -> tuple[str, str]:
    parts = [part.strip() for part in config.domains.split(",")]
    return tuple(parts) if len(parts) == 2 else PAIR_ALIASES.get(config.data, ("", ("A", "B"), ""))[1]


def key_of(config: Config) -> str:
    """What a model was graded on: gan, mae, gan+mae, or one of them +perceptual."""
    return config.loss + BEYOND if config.perceptual else config.loss


def stem(name: str, config: Config) -> str:
    """A model's name without its loss: what the models of a family share."""
    token = config.spelled(key_of(config))
    found = list(re.finditer(rf"-{re.escape(token)}(?=-|$)", name))
    if found:
        name = name[: found[-1].start()] + name[found[-1].end() :]
    if config.pixel != "mae" and config.loss != "gan":
        name += f"-{config.pixel}"
    return name.removeprefix("pix2pix-")


def families() -> dict[str, Family]:
    """All families on this machine by name; the bundled ones first."""
    found: dict[str, Family] = {}
    for entry in local.entries():
        if entry.problem or entry.lesson not in local.TRANSLATORS:
            continue
        config = entry.config
        name = stem(entry.name, config)
        family = found.setdefault(name, Family(name, config))
        key = key_of(config)
        if key in family.members or _shape(config) != _shape(family.config):
            family = found.setdefault(entry.name, Family(entry.name, config))
        family.members[key] = entry
    order = {name: i for i, name in enumerate(FIRST)}
    return dict(sorted(found.items(), key=lambda pair: order.get(pair[0], len(order))))


def _shape(config: Config) -> tuple:
    return config.image_size, config.direction, config.in_channels, config.out_channels


def reverse(family: Family) -> Family | None:
    """The family on this machine that translates the same data the other way, photos into drawings."""
    back = "->".join(part.strip() for part in reversed(family.config.direction.split("->")))
    same = (other for other in families().values() if other.config.data == family.config.data)
    return next((other for other in same if other.config.direction.replace(" ", "") == back), None)


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
        if not hub.NAME.fullmatch(str(name)) or str(name).startswith("runs/"):
            raise
    fetch(name)
    return find(name)


# --- real pairs -------------------------------------------------------------------------------------------------


def real_pairs(family: Family) -> list:
    """[(name, reader)] of test pairs whose real photo is known: the bundled samples, and the family's data set where it lies
    on this machine.

    Only sets that the owner of this machine put there: an alias under $GANZOO_DATA, or the folder of a local run. What a
    model from the Hub says about its data opens nothing.
    """
    data, home = family.config.data, os.environ.get("GANZOO_DATA")
    if data in PAIR_ALIASES:
        return (_test_pairs(Path(home) / data) if home else []) or samples(family)
    ours = all(entry.local for entry in family.members.values())
    return _test_pairs(Path(data)) if ours else []


def samples(family: Family) -> list:
    """[(name, reader)] of the test pairs that come with the pages, in the order in which they are shown."""
    data = family.config.data
    found = dict(_test_pairs(local.DATA / data)) if data in SAMPLES else {}
    return [(name, found[name]) for name in SAMPLES.get(data, ()) if name in found]


@lru_cache(maxsize=16)
def _test_pairs(folder: Path) -> list:
    try:
        splits = folder_splits(folder)
    except (GanzooError, OSError):
        return []
    return splits.get("test") or splits.get("val") or []


def fetch(name: str) -> None:
    """Put a Pix2Pix model of the Hub into the catalog, and the other losses of its family where there are any."""
    folder = hub.fetch(name)
    config = checkpoint.read_config(folder)[1]
    if config.lesson not in local.TRANSLATORS:
        raise Trouble("cmp_not_pairs", name=name)
    token = config.spelled(key_of(config))
    at = name.rfind(f"-{token}")
    for key in (*LOSSES, "gan+mae" + BEYOND) if at > name.index("/") else ():
        other = name[:at] + "-" + config.spelled(key) + name[at + len(token) + 1 :]
        with suppress(GanzooError):  # a family may have one loss only
            hub.fetch(other)
