"""Every lesson has the functions and settings that the trainer asks of it (ganzoo/models/protocol.py)."""

import ast
import inspect

import pytest

from ganzoo.lesson_settings import Declared, Settings
from ganzoo.models import gan
from ganzoo.models.protocol import Lesson, Networks
from ganzoo.models.registry import JUDGES, LESSONS


def wrong(module, protocol) -> list[str]:
    """What keeps a module from being a `protocol`."""
    wanted = {name for base in (Networks, protocol) for name in vars(base) if not name.startswith("_")}
    missing = [f"{name} is missing" for name in sorted(wanted) if not callable(getattr(module, name, None))]
    if missing:
        return missing
    found = []
    for name in sorted(wanted):
        asked = [p for p in inspect.signature(getattr(protocol, name)).parameters if p != "self"]
        own = list(inspect.signature(getattr(module, name)).parameters)
        places = [a == b or {a, b} <= {"data", "pictures", "pairs", "sets"} for a, b in zip(asked, own, strict=False)]
        if len(asked) != len(own) or not all(places):
            found.append(f"{name} takes {own}, not {asked}")
        if name in imported(module):
            found.append(f"{name} is only imported")
    return found


def imported(module) -> set[str]:
    tree = ast.parse(inspect.getsource(module))
    return {alias.asname or alias.name for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) for alias in n.names}


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_is_what_the_trainer_asks_for(name):
    lesson = LESSONS[name]
    assert isinstance(lesson, Lesson)
    assert not wrong(lesson, Lesson)
    assert issubclass(lesson.Config, Settings) and lesson.Config.lesson == name
    assert lesson.Config.task in ("labeled", "paired", "unpaired")


@pytest.mark.parametrize("name", JUDGES)
def test_a_judge_is_networks_and_their_settings(name):
    judge = JUDGES[name]
    assert isinstance(judge, Networks) and not isinstance(judge, Lesson)
    assert issubclass(judge.Config, Declared) and judge.Config.lesson == name


def test_what_is_no_lesson_is_told_apart():
    class Half:
        Config = gan.Config
        build = staticmethod(gan.build)

    assert "train_step is missing" in wrong(Half, Lesson)
    assert not isinstance(Half, Lesson)
