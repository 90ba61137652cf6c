"""The catalog of the pages: a model's config.json is read once, and again only when it has changed."""

import json
import os

import pytest

from demos.catalog import local
from ganzoo import checkpoint
from ganzoo.hub.bundled import WEIGHTS


@pytest.fixture
def reads(monkeypatch, tmp_path):
    """The folders whose config.json was read, in order."""
    found, read = [], checkpoint.read_config
    monkeypatch.setattr(local, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(checkpoint, "read_config", lambda folder: found.append(folder) or read(folder))
    local._config_at.cache_clear()
    yield found
    local._config_at.cache_clear()


def test_a_config_is_read_again_only_when_it_has_changed(reads, tmp_path):
    path = tmp_path / "runs" / "mine" / "model" / "config.json"
    path.parent.mkdir(parents=True)
    said = json.loads((WEIGHTS / "gan-mnist" / "config.json").read_text(encoding="utf-8"))
    path.write_text(json.dumps(said))
    local.entries()
    assert sorted(reads) == sorted(local.folders().values())
    reads.clear()
    local.entries()
    assert reads == []

    def write(text: str) -> None:
        later = path.stat().st_mtime_ns + 10**9
        path.write_text(text)
        os.utime(path, ns=(later, later))

    write(json.dumps(said | {"metrics": {"mine": 1}}))
    assert local.entry("runs/mine").metrics == {"mine": 1}
    assert reads == [path.parent]
    write("{")
    assert local.entry("runs/mine").problem
    write(json.dumps(said))
    assert not local.entry("runs/mine").problem


def test_the_axis_of_a_film_ends_at_its_last_step():
    from demos.catalog import film
    from demos.ui.words import Words

    said = film.facts("dcgan-mnist", 1)
    assert film.story("dcgan-mnist")[1][-1]["step"] < said["last"]  # its last step has no row of numbers
    shown = film.show(Words("en"), "dcgan-mnist", 1)
    assert shown.count(f">step {said['last']:,}</text>") == len(film.PANELS)
