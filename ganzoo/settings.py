"""Settings: one flat dataclass per lesson, from which the command line is made (a leaf: imports only errors).

A field is written once, with its help, range or choices; `parse` makes the flag, `check` the errors, `to_json` and
`from_json` the round trip through config.json. Lessons add their own fields:

    @dataclass
    class Config(Settings):
        noise_size: int = option(100, "numbers in one inspiration", low=1, high=4096)
"""

import argparse
import dataclasses
import json
import math
import shlex
import sys
from dataclasses import dataclass, field

from ganzoo.errors import GanzooError


def option(default, help, *, low=None, high=None, choices=None, flag=True, optional_value=None, words=None):
    """A settings field. `flag=False` keeps it off the command line (it comes from the data);
    `optional_value` is what a bare flag means (`--resume` alone); `words` are names for some values: {"pixel": "1"}."""
    meta = {"help": help, "low": low, "high": high, "choices": choices, "flag": flag, "bare": optional_value}
    return field(default=default, metadata={**meta, "words": words or {}})


@dataclass
class Settings:
    """The words that every recipe shares (DESIGN.md, command line)."""

    data: str = option(
        "mnist", "mnist | fashion | a folder | a data set on the Hub (user/name[@revision][:first rows])"
    )
    name: str = option("", "name of the run and the model (default: lesson-data)")
    epochs: int = option(20, "passes over the training pictures", low=1, high=100_000)
    batch_size: int = option(64, "pictures in one step", low=2, high=65_536)
    lr: float = option(2e-4, "Adam's learning rate (lesson 16)", low=0.0, high=1.0)
    beta1: float = option(
        0.5, "Adam's beta1: the share of speed that is left after a second (lesson 16)", low=0.0, high=0.9999
    )
    discriminator_lr: float = option(
        0.0, "the discriminator's own learning rate (0: the same as --lr)", low=0.0, high=1.0
    )
    adversarial: str = option("bce", "adversarial loss", choices=("bce", "lsgan", "hinge"))
    r1: float = option(0.0, "weight of the R1 gradient penalty (0: off)", low=0.0, high=1e6)
    r1_every: int = option(16, "steps between two R1 penalties", low=1, high=100_000)
    decay: float = option(0.0, "last share of the run in which the learning rates sink to 0", low=0.0, high=1.0)
    ema: float = option(
        0.999, "decay of the averaged weights that are shared and sampled (0: off)", low=0.0, high=0.999999
    )
    seed: int = option(0, "the same seed gives the same run", low=0, high=2**31 - 1)
    image_size: int = option(28, "side of the square pictures in pixels", low=4, high=1024)
    channels: int = option(0, "1 grey, 3 colour (0: as the data)", choices=(0, 1, 3))
    device: str = option("auto", "auto | cpu | cuda | cuda:N | mps")
    precision: str = option("auto", "auto: bf16 on CUDA, fp32 elsewhere", choices=("auto", "fp32", "bf16"))
    diffaugment: bool = option(False, "shift, cut and colour at random what the discriminator sees (few pictures)")
    save_every: int = option(1000, "steps between two saves of resume.pt", low=1, high=10_000_000)
    out: str = option("runs", "folder that holds the run folders")
    resume: str = option("", "go on with a run: its folder, or nothing for the run of this name", optional_value="auto")
    init: str = option("", "start from the weights of a model, not from fresh ones: bundled name, folder or user/name")
    push: str = option(
        "", "push the model to the Hub: USER/NAME, or nothing for your own {name}", optional_value="auto"
    )
    compile: bool = option(False, "compile the networks on CUDA: a minute before the first step, faster ones after it")
    private: bool = option(False, "make the pushed repository private")
    license: str = option("", "licence that the model's card names, for example mit (nothing: none)")
    push_every: int = option(
        0, "steps between two pushes in the background while training (0: at the end)", low=0, high=10**9
    )
    track: bool = option(False, "log to trackio as well (pip install trackio; works offline)")
    smoke: bool = option(False, "two steps on made-up data, offline: is the installation sound?")
    # from the data, not from the command line
    classes: tuple = option((), "names of the labels", flag=False)

    @property
    def variant(self) -> str:
        """The last part of a run's name, where a setting makes it another kind of model."""
        return ""


# What does not change the weights: where a run lies, where it goes, how it is watched.
ASIDE = (
    "name",
    "out",
    "resume",
    "device",
    "push",
    "push_every",
    "private",
    "license",
    "track",
    "save_every",
    "compile",
)

# What a resumed run may change besides: how long it runs, and where its data lies (trainer.fit looks whether it is the same).
# With --decay the rates follow the new length; with --accumulate the sums are the same, but each part draws its own dropout.
FREE_ON_RESUME = (*ASIDE, "data", "epochs", "smoke", "accumulate")


def flag_of(name: str) -> str:
    return "--" + name.replace("_", "-")


def check(settings) -> None:
    """Raise GanzooError for a value of the wrong type or outside its range or choices."""
    for f in dataclasses.fields(settings):
        setattr(settings, f.name, _checked(f, getattr(settings, f.name), flag_of(f.name)))


def _checked(f, value, label):
    kind, meta = type(f.default), f.metadata
    if kind is tuple and isinstance(value, (list, tuple)) and all(isinstance(v, str) for v in value):
        return tuple(value)
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind:
        raise GanzooError(f"{label} takes {_expected(f)}, not {value!r}.")
    if meta["choices"] is not None and value not in meta["choices"]:
        raise GanzooError(f"{label} takes {_expected(f)}, not {value!r}.")
    outside = kind in (int, float) and (
        (kind is float and not math.isfinite(value))
        or (meta["low"] is not None and value < meta["low"])
        or (meta["high"] is not None and value > meta["high"])
    )
    if outside:
        raise GanzooError(f"{label} takes {_expected(f)}, not {value!r}.")
    return value


def _expected(f) -> str:
    kind, meta = type(f.default), f.metadata
    if meta["choices"] is not None:
        return "one of " + ", ".join(str(c) for c in (*meta["words"], *meta["choices"]))
    words = {int: "a whole number", float: "a number", str: "a text", bool: "true or false", tuple: "a list of texts"}[
        kind
    ]
    if meta["low"] is not None:
        words += (
            f" from {meta['low']:g} to {meta['high']:g}" if kind is float else f" from {meta['low']} to {meta['high']}"
        )
    return words


class Parser(argparse.ArgumentParser):
    def error(self, message):  # argparse prints its whole usage first; one sentence is enough
        raise GanzooError(f"{message[:1].upper()}{message[1:]} (see --help).")


def parse(config_class, argv=None, description=""):
    """Command line -> settings of `config_class`. Returns (settings, names of the flags that were given)."""
    argv = sys.argv[1:] if argv is None else list(argv)
    parser = Parser(description=description, allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter)
    fields = [f for f in dataclasses.fields(config_class) if f.metadata["flag"]]
    for f in fields:
        help = f.metadata["help"].replace("%", "%%")
        if isinstance(f.default, bool):
            parser.add_argument(flag_of(f.name), dest=f.name, action="store_true", default=argparse.SUPPRESS, help=help)
            continue
        more = {"nargs": "?", "const": f.metadata["bare"]} if f.metadata["bare"] else {}
        choices = (*f.metadata["words"], *(f.metadata["choices"] or ()))
        metavar = "|".join(map(str, choices)) or {int: "N", float: "X"}.get(type(f.default), "TEXT")
        shown = f" (default: {f.default})" if f.default not in ("", None) else ""
        parser.add_argument(
            flag_of(f.name), dest=f.name, default=argparse.SUPPRESS, help=help + shown, metavar=metavar, **more
        )
    given = vars(parser.parse_args(argv))
    for f in fields:
        text = given.get(f.name)
        if isinstance(text, str) and type(f.default) in (int, float):
            try:
                given[f.name] = type(f.default)(f.metadata["words"].get(text, text))
            except ValueError:
                raise GanzooError(f"{flag_of(f.name)} takes {_expected(f)}, not {text!r}.") from None
    settings = config_class(**given)
    check(settings)
    if not settings.data.strip(" ,"):
        raise GanzooError("--data needs the name of a set or a folder; it is empty.")
    return settings, set(given)


def command(settings) -> str:
    """The command that trains what `settings` say, also where the run was begun with other words, stopped and resumed."""
    script = {"judge": ["train/judge.py"], "segmenter": ["train/judge.py", "segmenter"]}
    words = ["python", *script.get(settings.lesson, [f"train/{settings.lesson}.py"])]
    for f in dataclasses.fields(settings):
        value = getattr(settings, f.name)
        if f.metadata["flag"] and f.name not in ASIDE and value != f.default:
            words += [flag_of(f.name)] if value is True else [flag_of(f.name), shlex.quote(str(value))]
    return " ".join(words)


def to_json(settings) -> dict:
    return json.loads(json.dumps(dataclasses.asdict(settings)))


def from_json(config_class, values, where: str):
    """A dict read from JSON -> checked settings. Unknown names and wrong types are errors that name the field."""
    if not isinstance(values, dict):
        raise GanzooError(f'{where}: "settings" must be an object of names and values.')
    names = {f.name: f for f in dataclasses.fields(config_class)}
    for name in values:
        if name not in names:
            raise GanzooError(f"{where}: unknown setting {name!r}; a newer ganzoo may have written it: update ganzoo.")
    checked = {name: _checked(names[name], value, f"{where}: {name}") for name, value in values.items()}
    return config_class(**checked)
