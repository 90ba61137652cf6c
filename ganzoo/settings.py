"""Settings: one flat dataclass per lesson (lesson_settings.py), from which the command line is made.

A field is written once, with its help, range or choices; `parse` makes the flag, `check` the errors, `to_json` and
`from_json` the round trip through config.json. Settings never change: `data.load` and the trainer return completed
copies. Lessons add their own fields:

    @dataclass(frozen=True)
    class Config(Settings):
        noise_size: int = option(100, "length of the noise vector", 1, 4096)
"""

import argparse
import contextlib
import dataclasses
import json
import os
import shlex
from dataclasses import field

from ganzoo.errors import GanzooError


def option(default, help, low=None, high=None, *, choices=None, flag=True, optional_value=None, words=None):
    """A settings field; numbers go from `low` to `high`. `flag=False` keeps it off the command line (it comes from the data);
    `optional_value` is what a bare flag means (`--resume` alone); `words` are names for some values: {"pixel": "1"}."""
    meta = {"help": help, "low": low, "high": high, "choices": choices, "flag": flag, "bare": optional_value}
    return field(default=default, metadata={**meta, "words": words or {}})


# What does not change the weights: where a run lies, where it goes, how it is watched.
ASIDE = ("name", "out", "resume", "device", "push", "push_every")
ASIDE += ("private", "license", "track", "save_every", "compile")

# What a resumed run may change besides: how long it runs, and where its data lies (trainer.fit looks whether it is the same).
# With --decay the rates follow the new length.
FREE_ON_RESUME = (*ASIDE, "data", "epochs")

# What older runs and models were made with and their lesson no longer has: name -> (what is always done now, None where
# no value matters; the last version that knows others). A model loads whatever it says; a run goes on where it had this.
DROPPED = {
    "accumulate": (1, "ganzoo 0.1.0 (git commit bdc7a3f)"),
    "stream": (False, "ganzoo 0.1.0 (git commit bdc7a3f)"),
    "critic": ("patch", "ganzoo 0.1.0 (git commit b156bc6)"),  # of Pix2Pix
    "projected": (None, "ganzoo 0.1.0 (git commit b156bc6)"),
    "style": (0.0, "ganzoo 0.1.0 (git commit b9633d5)"),
}


def flag_of(name: str) -> str:
    return "--" + name.replace("_", "-")


def typed(settings, name: str) -> str:
    """A setting as it is typed: --lr, or --set patch."""
    return f"--set {name}" if name in settings.rare else flag_of(name)


def checked(settings):
    """The same settings, with floats where whole numbers stood for them. GanzooError for a value that does not fit."""
    fields = dataclasses.fields(settings)
    values = {f.name: _checked(f, getattr(settings, f.name), typed(settings, f.name)) for f in fields}
    return dataclasses.replace(settings, **values)


def _checked(f, value, label):
    kind, meta = type(f.default), f.metadata
    if kind is tuple and isinstance(value, (list, tuple)) and all(isinstance(v, str) for v in value):
        return tuple(value)
    if kind is float and type(value) is int:
        value = float(value)
    fits = type(value) is kind and (meta["choices"] is None or value in meta["choices"])
    if fits and meta["low"] is not None:
        fits = meta["low"] <= value <= meta["high"]  # which NaN does not
    if not fits:
        raise GanzooError("bad_setting", flag=label, takes=_expected(f), value=value)
    return value


def _expected(f) -> str:
    kind, meta = type(f.default), f.metadata
    if meta["choices"] is not None:
        return "one of " + _choices(f, ", ")
    names = {int: "a whole number", float: "a number", str: "a text", bool: "true or false", tuple: "a list of texts"}
    if meta["low"] is None:
        return names[kind]
    low, high = (f"{bound:g}" if kind is float else bound for bound in (meta["low"], meta["high"]))
    return f"{names[kind]} from {low} to {high}"


def _choices(f, between: str) -> str:
    return between.join(str(c) for c in (*f.metadata["words"], *(f.metadata["choices"] or ())) if c != "")


class Parser(argparse.ArgumentParser):
    """Shows a description line by line as it is written, and a mistake as one sentence."""

    def __init__(self, **how):
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, **how)

    def error(self, message):  # argparse prints its whole usage first; one sentence is enough
        raise GanzooError("wrong_usage", problem=message[:1].upper() + message[1:])


def parse(config_class, argv=None, description=""):
    """Command line -> settings of `config_class`. Returns (settings, names of those that were given)."""
    fields = {f.name: f for f in dataclasses.fields(config_class) if f.metadata["flag"]}
    found, unknown = _parser(config_class, fields, description).parse_known_args(argv)
    given = vars(found)
    for pair in given.pop("set", []):
        name, _, text = pair.partition("=")
        if name not in config_class.rare:
            raise GanzooError("set_unknown", name=name, known=list(config_class.rare))
        switch = {"": True, "true": True, "false": False} if type(fields[name].default) is bool else {}
        given[name] = switch.get(text, text)  # other words are refused by `checked`
    for word in unknown:
        name = word.partition("=")[0].lstrip("-").replace("-", "_")
        if name in config_class.rare:
            raise GanzooError("set_instead", flag=word.partition("=")[0], name=name)
        raise GanzooError("wrong_usage", problem=f"Unrecognized arguments: {' '.join(unknown)}")
    for name, text in given.items():
        f = fields[name]
        if isinstance(text, str) and type(f.default) in (int, float):
            with contextlib.suppress(ValueError):  # then `checked` says what it takes
                given[name] = type(f.default)(f.metadata["words"].get(text, text))
    if "out" in given:
        given["out"] = os.path.expanduser(given["out"])
    settings = checked(config_class(**given))
    if not settings.data.strip(" ,"):
        raise GanzooError("data_empty")
    return settings, set(given)


def _parser(config_class, fields: dict, description: str) -> Parser:
    """A parser with a flag for each of `fields` but the rare ones, which --set takes and the end of --help lists."""
    rare = [f"  {n:<18}{fields[n].metadata['help']} (default: {fields[n].default})" for n in config_class.rare]
    parser = Parser(description=description, allow_abbrev=False, argument_default=argparse.SUPPRESS)
    if rare:
        parser.epilog = "\n".join(["what --set knows:", *rare])
        help = "settings that are seldom changed, listed below"
        parser.add_argument("--set", nargs="+", action="extend", help=help, metavar="NAME=VALUE")
    for f in (f for name, f in fields.items() if name not in config_class.rare):
        help = f.metadata["help"].replace("%", "%%")
        if isinstance(f.default, bool):
            parser.add_argument(flag_of(f.name), action="store_true", help=help)
            continue
        more = {"nargs": "?", "const": f.metadata["bare"]} if f.metadata["bare"] else {}
        metavar = _choices(f, "|") or {int: "N", float: "X"}.get(type(f.default), "TEXT")
        shown = f" (default: {f.default})" if f.default not in ("", None) else ""
        parser.add_argument(flag_of(f.name), help=help + shown, metavar=metavar, **more)
    return parser


def command(settings) -> str:
    """The command that trains what `settings` say, also where the run was begun with other words, stopped and resumed."""
    others = {
        "judge": "judge",
        "segmenter": "judge segmenter",
        "realness": "judge realness",
        "distill": "distill",
        "mask": "mask",
    }
    words = ["ganzoo", *others.get(settings.lesson, f"train {settings.lesson}").split()]
    values = {f.name: (getattr(settings, f.name), f) for f in dataclasses.fields(settings)}
    changed = {n: v for n, (v, f) in values.items() if f.metadata["flag"] and n not in ASIDE and v != f.default}
    return " ".join([*words, *map(shlex.quote, typed_words(type(settings), changed))])


def typed_words(config_class, values: dict) -> list[str]:
    """{name: value} -> the words of a command line, what --set takes at its end."""
    words, rare = [], []
    for name, value in values.items():
        if name in config_class.rare:
            rare.append(f"{name}={'true' if value is True else value}")
        else:
            words += [flag_of(name)] if value is True else [flag_of(name), str(value)]
    return [*words, "--set", *rare] if rare else words


def to_json(settings) -> dict:
    return json.loads(json.dumps(dataclasses.asdict(settings)))


def dropped(config_class, values: dict) -> list[str]:
    """The names among `values`, from a config.json, that were settings of `config_class` once."""
    return sorted(values.keys() & DROPPED.keys() - {f.name for f in dataclasses.fields(config_class)})


def from_json(config_class, values, where: str):
    """A dict read from JSON -> checked settings. Unknown names and wrong types are errors that name the field."""
    if not isinstance(values, dict):
        raise GanzooError("config_settings_no_object", where=where)
    names = {f.name: f for f in dataclasses.fields(config_class)}
    if unknown := values.keys() - DROPPED.keys() - names.keys():
        raise GanzooError("config_setting_unknown", where=where, name=min(unknown))
    return config_class(**{n: _checked(names[n], v, f"{where}: {n}") for n, v in values.items() if n in names})
