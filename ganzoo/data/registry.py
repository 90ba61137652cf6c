"""The known words of --data: where each set lies, at which revision, what its columns, labels and sides are called."""

import json
import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from ganzoo.errors import GanzooError
from ganzoo.seeding import Salt, seeded

log = logging.getLogger("ganzoo")


@dataclass(frozen=True)
class Known:
    """A set that has a word of its own."""

    kind: str  # labeled, paired or unpaired
    hub: str  # its id on the Hub; nothing if it is not there
    columns: tuple[str, str] = ("imageA", "imageB")  # on the Hub: of the two sides, or picture and label
    sides: tuple[str, str] = ("A", "B")
    direction: str = ""  # of pairs: what is usually made of what
    name: str = ""  # the {data} word of names, where it is another


MNIST = Known("labeled", "ylecun/mnist", ("image", "label"))
FASHION = Known("labeled", "zalando-datasets/fashion_mnist", ("image", "label"), name="fashion")
SETS = {
    "mnist": MNIST,
    "fashion": FASHION,
    "fashion-mnist": FASHION,
    "facades": Known("paired", "huggan/facades", sides=("photo", "label"), direction="label->photo"),
    "maps": Known("paired", "huggan/maps", sides=("aerial", "map"), direction="map->aerial"),
    "aerial-map": Known("paired", "", sides=("aerial", "map"), direction="map->aerial"),
    "edges2shoes": Known("paired", "huggan/edges2shoes", sides=("edges", "photo"), direction="edges->photo"),
    "night2day": Known("paired", "huggan/night2day", sides=("night", "day"), direction="day->night"),
    "cityscapes": Known("paired", "huggan/cityscapes", sides=("photo", "label"), direction="label->photo"),
    "horse2zebra": Known("unpaired", "huggan/horse2zebra", sides=("horse", "zebra")),
    "monet2photo": Known("unpaired", "huggan/monet2photo", sides=("monet", "photo")),
    "summer2winter": Known("unpaired", "huggan/summer2winter_yosemite", sides=("summer", "winter")),
    "apple2orange": Known("unpaired", "huggan/apple2orange", sides=("apple", "orange")),
}
DEBIAN = {"fashion": [Path("/usr/share/datasets/fashion-mnist")]}  # apt-get install dataset-fashion-mnist
CLASSES = {  # short English names of the labels, by the {data} word
    "mnist": tuple("0123456789"),
    "fashion": ("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"),
}
WORDS = {kind: [w for w, known in SETS.items() if known.kind == kind] for kind in ("labeled", "paired", "unpaired")}
RECIPES = {"labeled": "gan", "paired": "pix2pix", "unpaired": "cyclegan"}  # the first that trains on a kind
HUB_IDS = {word: known.hub for word, known in SETS.items() if known.hub}

# The revision of each Hub id that is read, so that a word means the same pictures for everybody. Only what the Hub itself says
# is written there.
PINS: dict[str, str] = json.loads(Path(__file__).with_name("pins.json").read_text(encoding="utf-8"))

FEWEST = 8  # fewer pictures than this can be neither split nor learned from


def known(data: str, kind: str) -> Known:
    """What is known of the word of a set of this kind; of anything else that its sides are A and B."""
    return SETS[data] if data in WORDS[kind] else Known(kind, "")


def refuse_other_kind(data: str, kind: str) -> None:
    """Raise GanzooError for the word of a set of another kind: another recipe trains on it."""
    if data in SETS and SETS[data].kind != kind:
        raise GanzooError("data_of_other_recipe", data=data, recipe=RECIPES[SETS[data].kind])


def on_hub(data: str) -> str:
    """A known word -> its id and pinned revision on the Hub; any other name as it is."""
    hub = HUB_IDS.get(data)
    if not hub:
        return data
    if hub not in PINS:
        log.warning("%s is %s on the Hub, not pinned: its newest revision is read.", data, hub)
    return f"{hub}@{PINS[hub]}" if hub in PINS else hub


def revision_of(data: str) -> str | None:
    """The revision that `data` is read at: the one it names or its word's pin; None where none is fixed."""
    if data in HUB_IDS:
        return None if alias_folder(data) else PINS.get(HUB_IDS[data])
    parts = hub_parts(data)
    named = re.search(r"@([^:]+)", parts[0]) if len(parts) == 1 else None
    return named and named[1]


def hub_parts(data: str) -> list[str]:
    """What in a --data is read from the Hub: both of two sets, one of them or none; a folder on somebody's disk is none."""
    parts = [data] if Path(data).exists() else [part.strip() for part in data.split(",")]
    return [part for part in parts if like_hub_id(part) and not Path(part).exists()]


def held_out(count: int) -> tuple[Tensor, Tensor]:
    """Rows of a set without a test split: the tenth that is held out, the same for every run and judge, and the others."""
    tenth = max(1, count // 10)
    return torch.randperm(count, generator=seeded("cpu", 0, Salt.HELD_OUT)).split([tenth, count - tenth])


def columns_of(repo: str) -> tuple[str, ...]:
    """The columns of a known set on the Hub; nothing for others."""
    return next((known.columns for known in SETS.values() if known.hub == repo), ())


def data_word(data: str) -> str:
    """The {data} part of a run's name: the alias, or the last part of the path or Hub id; of two sets those of both."""
    if data in SETS:
        return SETS[data].name or data
    if "," in data and not Path(data).exists():
        return "-".join(data_word(part.strip()) for part in data.split(",") if part.strip()) or "pictures"
    named = re.split("[@:]", data)[0] if like_hub_id(data) and not Path(data).exists() else data
    word = Path(named).name.lower()
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in word).strip("-.") or "pictures"


def alias_folder(word: str) -> Path | None:
    """$GANZOO_DATA/word, else where Debian puts it, else None, for the Hub."""
    home, name = os.environ.get("GANZOO_DATA"), SETS[word].name or word
    places = [*(Path(home) / part for part in (word, name) if home), *DEBIAN.get(name, ())]
    return next((place for place in places if place.is_dir()), None)


def folder_of(data: str) -> Path | None:
    """The folder of that name, None where there is none. GanzooError for a file."""
    if Path(data).is_dir():
        return Path(data)
    if Path(data).exists():
        raise GanzooError("data_is_a_file", data=data)
    return None


def like_hub_id(data: str) -> bool:
    """Whether `data` reads like user/name, with or without revision and number of rows."""
    name = re.split("[@:]", data)[0]
    return name.count("/") == 1 and not data.startswith((".", "/", "~")) and all(name.split("/")) and " " not in name
