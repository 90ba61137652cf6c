"""Every sentence on the pages, by key, in the page's language: locales/en.json and locales/zh-Hant.json, grouped by tab.

`Words("zh")("seed")` gives one. tests/demos/test_words.py asks that no language lacks a sentence, and that none is idle.
"""

import json
import re
from functools import lru_cache
from pathlib import Path

from ganzoo import GanzooError

FILES = {"en": "en.json", "zh": "zh-Hant.json"}  # a language as addresses name it -> its file
LANGUAGES = tuple(FILES)


@lru_cache
def read(language: str) -> dict[str, dict[str, str]]:
    """Tab -> key -> sentence; and under "classes" and "domains", what a page calls the names that data and models use."""
    return json.loads((Path(__file__).parent / "locales" / FILES[language]).read_text(encoding="utf-8"))


@lru_cache
def sentences(language: str) -> dict[str, str]:
    """Key -> sentence. Keys differ between tabs."""
    groups = [group for name, group in read(language).items() if name not in ("classes", "domains")]
    return {key: sentence for group in groups for key, sentence in group.items()}


class Trouble(GanzooError):
    """Something a visitor should be told. Its code is the key of a sentence of the pages, in each of their languages."""

    def __str__(self) -> str:
        return Words("en")(self.code, **self.values)


class Words:
    def __init__(self, language: str):
        self.language = language
        self.sentences = sentences(language)

    def __call__(self, key: str, **values) -> str:
        return self.sentences[key].format(**values)

    def label(self, name: str) -> str:
        """The name of a class; digits and a maker's own classes stay as they are."""
        return read(self.language)["classes"].get(name, str(name))

    def domain(self, name: str) -> str:
        """The name of a side of a translation; a maker's own names stay as they are."""
        return read(self.language)["domains"].get(name, name)

    def sides(self, direction: str) -> list[str]:
        """Both sides of horse->zebra in the page's words."""
        return [self.domain(side) for side in direction.split("->")]

    def direction(self, direction: str) -> str:
        return " → ".join(self.sides(direction))

    def together(self, *sentences: str) -> str:
        """Sentences one after the other; Chinese puts no space between them."""
        return ("" if self.language == "zh" else " ").join(filter(None, sentences))

    def hardware(self, text: str) -> str:
        """What trained a model: the library says "NAME CPU, N threads", or what a graphics card is called."""
        cpu = re.fullmatch(r"(.+) CPU, (\d+) threads", text)
        key = "zoo_threads" if cpu and cpu[2] == "1" else "zoo_many_threads"
        return self(key, chip=cpu[1], count=cpu[2]) if cpu else text

    def listing(self, numbers, between: str = "or") -> str:
        """[1, 2, 4] -> "1, 2 or 4", or with `between="and"` "1, 2 and 4"."""
        *others, last = map(str, numbers)
        if not others:
            return last
        key, comma = {"or": "lesson_or", "and": "list_and"}[between], "、" if self.language == "zh" else ", "
        between_scripts = r"(?<=[一-鿿])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9%)])(?=[一-鿿])"  # a Chinese and a Latin word
        return re.sub(between_scripts, " ", self(key, first=comma.join(others), last=last))

    def explain(self, error: GanzooError) -> str:
        """An error with its remedy, in this language. The library's own sentences are English: other languages say what
        to do instead."""
        if isinstance(error, Trouble):
            return self(error.code, **error.values)
        return self("other_trouble", text=str(error))  # a text that has no place for it leaves it out
