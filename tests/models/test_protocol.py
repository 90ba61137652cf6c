"""Every lesson has the functions and settings that the trainer asks of it (ganzoo/models/protocol.py)."""

import inspect

import pytest

from ganzoo.lesson_settings import Declared, Settings
from ganzoo.models.protocol import Lesson, Networks
from ganzoo.models.registry import JUDGES, LESSONS


def assert_called_alike(module, protocol):
    """Each function takes as many parameters as the protocol's, with the same defaults."""
    for name, wanted in inspect.getmembers(protocol, inspect.isfunction):
        if not name.startswith("_"):
            theirs = [p.default for p in inspect.signature(getattr(module, name)).parameters.values()]
            assert theirs == [p.default for p in inspect.signature(wanted).parameters.values()][1:], name


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_is_what_the_trainer_asks_for(name):
    lesson = LESSONS[name]
    assert isinstance(lesson, Lesson)
    assert_called_alike(lesson, Lesson)
    assert issubclass(lesson.Config, Settings) and lesson.Config.lesson == name
    assert lesson.Config.task in ("labeled", "paired", "unpaired")


@pytest.mark.parametrize("name", JUDGES)
def test_a_judge_is_networks_and_their_settings(name):
    judge = JUDGES[name]
    assert isinstance(judge, Networks) and not isinstance(judge, Lesson)
    assert_called_alike(judge, Networks)
    assert issubclass(judge.Config, Declared) and judge.Config.lesson == name
