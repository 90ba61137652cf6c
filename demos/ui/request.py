"""What a page's own script asks for: one JSON text -> a dataclass, its fields checked."""

import json
from dataclasses import fields

from .words import Trouble


def read(kind, payload, deeds: tuple[str, ...], longest: int, names: int = 300):
    """A request as `kind`, a dataclass whose field `do` is one of `deeds` and whose `id` is a number. What is missing has its
    default; what is nonsense, or longer than `longest` letters, is Trouble. Of the texts only those that hold pictures
    (data:) may be longer than `names` letters. Fields of other types stay as they came, for the caller to check."""
    try:
        if not isinstance(payload, str) or len(payload) > longest:
            raise ValueError
        said = json.loads(payload)
        if not isinstance(said, dict):
            raise ValueError
    except (ValueError, RecursionError):
        raise Trouble("cmp_request") from None
    ask = kind()
    for field in fields(kind):
        if field.name == "id":
            number = said.get("id")
            ask.id = number if type(number) is int and 0 <= number < 2**53 else 0
        elif field.type is str or field.type == "str":
            value = said.get(field.name) or field.default
            if not isinstance(value, str) or (len(value) > names and not value.startswith("data:")):
                raise Trouble("cmp_request")
            setattr(ask, field.name, value)
        else:
            setattr(ask, field.name, said.get(field.name, field.default))
    if ask.do not in deeds:
        raise Trouble("cmp_request")
    return ask
