"""Which Pix2Pix models belong together: one data set, one network, several losses. Also those fetched from the Hub."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from ganzoo import GanzooError, checkpoint
from ganzoo.data import drawings
from ganzoo.data.pair_folders import folder_splits
from ganzoo.data.paired import domain_names, turned
from ganzoo.data.registry import WORDS, alias_folder, known
from ganzoo.models.pix2pix_config import LOSSES, Config

from ...catalog import hub, local
from ...ui.words import Trouble, Words

FAMILY, SEED = "facades", 4  # what opens the page; SEED: the first drawing of a family that has no real pair
FIRST = ("facades", "aerial-map")  # offered as buttons; the others behind "Other models"
PAPER = {"paper": (255, 255, 255), "ink": (0, 0, 0)}  # where the colours mean nothing: black on white
PALETTES = {**drawings.PALETTES, "plain": PAPER}
NAMES = {"gan": "GAN", "mae": "MAE", "gan+mae": "GAN\u00a0+\u00a0MAE"}  # a name stays on one line
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
        """Those of its members, in the order of the columns."""
        return [key for key in KEYS if key in self.members]

    @property
    def palette(self) -> str:
        """What the side that is drawn is drawn with."""
        side = self.config.direction.split("->")[0].strip()
        return side if side in drawings.PALETTES else "plain"

    @property
    def draws(self) -> bool:
        """Whether code can draw something to translate."""
        return self.palette != "plain"

    @property
    def flipped(self) -> bool:
        """Whether the input is the right half of an AB file."""
        usual = known(self.config.data, "paired").sides
        try:
            return turned(self.config.direction, domain_names(self.config.domains, usual))[1]
        except GanzooError:  # a direction with names of its own: in AB files, A comes first
            return False

    @property
    def varies(self) -> bool:
        """Whether one of its models can be asked for variations of a picture."""
        return any(entry.config.varies for entry in self.members.values())


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


def key_of(config: Config) -> str:
    """What a model was graded on: gan, mae, gan+mae, or one of them +perceptual."""
    return config.loss + BEYOND if config.perceptual else config.loss


def spelled(key: str) -> str:
    """A key as the names of models spell it."""
    return key.replace("+", "-")


def stem(name: str, config: Config) -> str:
    """A model's name without its loss: what the models of a family share."""
    name = re.sub(rf"(.*)-{re.escape(config.word)}(?=-|$)", r"\1", name, count=1)
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
    first = {name: found.pop(name) for name in FIRST if name in found}
    return first | found


def _shape(config: Config) -> tuple:
    return config.image_size, config.direction, config.in_channels, config.out_channels


def reverse(family: Family) -> Family | None:
    """The family on this machine that translates the same data the other way, photos into drawings."""
    back = "->".join(part.strip() for part in reversed(family.config.direction.split("->")))
    same = (other for other in families().values() if other.config.data == family.config.data)
    return next((other for other in same if other.config.direction.replace(" ", "") == back), None)


def find(name: str) -> Family:
    """A family by its own name, or by that of one of its models."""
    known = families()
    by_name = {entry.name: family for family in known.values() for entry in family.members.values()}
    found = known.get(name) or known.get(name.removeprefix("pix2pix-")) or by_name.get(name)
    if not found:
        raise Trouble("no_model", name=name[:80])
    return found


def find_or_fetch(name: str) -> Family:
    """As `find`; a name user/model is looked for on the Hub."""
    try:
        return find(name)
    except Trouble:
        fetch(name)  # or why not
    return find(name)


def real_pairs(family: Family) -> dict[str, Callable]:
    """Name -> reader of test pairs whose real photo is known: those that come with the pages, in the order in which they are
    shown, then the family's data set where it lies on this machine.

    Only sets that the owner of this machine put there: an alias under $GANZOO_DATA, or the folder of a local run. What a
    model from the Hub says about its data opens nothing.
    """
    data = family.config.data
    if data not in WORDS["paired"]:
        ours = all(entry.local for entry in family.members.values())
        return _test_pairs(Path(data)) if ours else {}
    bundled = _test_pairs(local.DATA / data) if data in SAMPLES else {}
    shown = {name: bundled[name] for name in SAMPLES.get(data, ()) if name in bundled}
    folder = alias_folder(data)
    return shown | (_test_pairs(folder) if folder else {})


@lru_cache(maxsize=16)
def _test_pairs(folder: Path) -> dict[str, Callable]:
    try:
        splits = folder_splits(folder)
    except (GanzooError, OSError):
        return {}
    return dict(splits.get("test") or splits.get("val") or [])


def fetch(name: str) -> None:
    """Put a Pix2Pix model of the Hub into the catalog, and the other losses of its family where there are any."""
    folder = hub.fetch(name)
    config = checkpoint.read_config(folder)[1]
    if config.lesson not in local.TRANSLATORS:
        raise Trouble("cmp_not_pairs", name=name)
    at = name.rfind(f"-{config.word}")
    for key in (*LOSSES, "gan+mae" + BEYOND) if at > name.index("/") else ():
        other = name[:at] + "-" + config.spelled(key) + name[at + len(config.word) + 1 :]
        with suppress(GanzooError):  # a family may have one loss only
            hub.fetch(other)
