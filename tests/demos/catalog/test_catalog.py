"""The catalog of the pages: what a changed config.json says, and a model's film."""

import json
import os

from demos.catalog import film, local
from demos.ui.words import Words
from ganzoo.hub.bundled import WEIGHTS


def test_a_config_that_has_changed_is_read_again(monkeypatch, tmp_path):
    monkeypatch.setattr(local, "RUNS", tmp_path / "runs")
    path = tmp_path / "runs" / "mine" / "model" / "config.json"
    path.parent.mkdir(parents=True)
    said = json.loads((WEIGHTS / "gan-mnist" / "config.json").read_text(encoding="utf-8"))
    changed = json.dumps(said | {"metrics": {"mine": 1}})
    for number, (text, sound) in enumerate(((json.dumps(said), True), (changed, True), ("{", False), (changed, True))):
        path.write_text(text)
        os.utime(path, ns=(number * 10**9,) * 2)
        found = {entry.name: entry for entry in local.entries()}
        assert bool(found["runs/mine"].problem) != sound
    assert local.entry("runs/mine").metrics == {"mine": 1}


def test_the_axis_of_a_film_ends_at_its_last_step():
    said = film.of("dcgan-mnist").facts(1)
    assert film.of("dcgan-mnist").rows[-1]["step"] < said["last"]  # its last step has no row of numbers
    picture, shown = film.show(Words("en"), "dcgan-mnist", 1)
    assert picture.url == said["picture"] and picture.orig_name == f"step-{said['step']}.webp"
    assert shown.count(f">round {said['last']:,}</text>") == len(film.PANELS)
