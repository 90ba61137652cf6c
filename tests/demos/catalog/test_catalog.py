"""The catalog of the pages and the Zoo, which shows it: the course's order, filters, films, metrics in plain words."""

import json
import os
import shutil

import numpy as np
import pytest
import torch
from PIL import Image

from demos.catalog import film, local, metrics
from demos.tabs.zoo import render
from demos.ui.pictures import opened
from demos.ui.words import LANGUAGES, Words
from ganzoo.hub.bundled import WEIGHTS
from ganzoo.images import grid


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A run of the reader's own beside the bundled models."""
    shutil.copytree(WEIGHTS / "gan-mnist", tmp_path / "runs" / "mine" / "model")
    monkeypatch.setattr(local, "RUNS", tmp_path / "runs")
    return "runs/mine"


def test_a_config_that_has_changed_is_read_again(own, tmp_path):
    path = tmp_path / own / "model" / "config.json"
    said = json.loads(path.read_text(encoding="utf-8"))
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


def test_the_zoo_stands_in_the_courses_order_and_starts_with_one_a_lesson_and_ones_own(own):
    order = [entry.lesson for entry in render.listed("all")]
    assert order == sorted(order, key=local.PAGES.index) and len(set(order)) == 5
    assert [entry.name for entry in render.listed("gan")] == ["gan-mnist", "gan-mnist-nobn", "gan-fashion", own]
    start = [entry.name for entry in render.listed("start")]
    assert start == [*render.START, own] and set(start) <= set(local.folders())
    html = render.catalog_html(Words("en"), "dcgan", "dcgan-mnist")
    assert html.count("gz-card") == 1 + len(render.listed("dcgan")) and html.count('aria-pressed="true"') == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_metric_of_a_bundled_model_is_a_phrase_with_its_protocol_behind_it(language):
    words = Words(language)
    for entry in render.listed("all"):
        found = metrics.rows(words, entry)
        assert found and all(row.start and row.phrase != row.name for row in found), entry.name
        assert all(row.name in render.numbers(words, entry.name).replace("&gt;", ">") for row in found)
        assert len(metrics.short(words, entry)) >= 2
        assert all(metrics.protocol(words, row.name, "x") for row in found)
    tested = metrics.protocol(words, "l1-facades-256px-n106-test", "facades")
    assert all(part in tested for part in ("106", "256", "facades"))


def test_what_real_pictures_get_is_an_aim_and_no_row():
    entry = local.Entry("x", WEIGHTS, False, {"lesson": "gan", "metrics": {
        "speckle-median3-n100": 1.5, "speckle-median3-real-mnist-test": 1.25, "new-number-n5": 7, "taken-for-cat-a->cat-x": 0.5,
    }})  # fmt: skip
    speckle, foreign, taken = metrics.rows(Words("en"), entry)
    assert (speckle.value, speckle.arrow) == ("1.50%", "(real: 1.25%)")
    assert (foreign.phrase, foreign.value, foreign.arrow) == ("new-number-n5", "7", "")
    assert taken.arrow == "↑" and "cat" in taken.phrase


def test_numbers_below_zero_have_a_minus_sign_and_a_grid_pattern_an_arrow():
    metrics_of = {"kernel-judge128-n5": -0.0004, "kernel-lite2-n5": -0.003, "checkerboard-n5": 0.7, "new-n5": -2}
    kernel, lite, checkerboard, foreign = metrics.rows(
        Words("en"), local.Entry("x", WEIGHTS, False, {"lesson": "cyclegan", "metrics": metrics_of})
    )
    assert (kernel.value, lite.value, foreign.value) == ("0.000", "−0.003", "−2") and checkerboard.arrow == "↓"


def test_a_conditional_gan_s_card_shows_every_label(tmp_path):
    labels = torch.arange(64) * 10 // 64  # in the order of a trainer's sheet; here a brightness each
    sheet = grid((labels / 4.5 - 1).view(64, 1, 1, 1).expand(64, 1, 28, 28), scale=2)
    sheet.save(tmp_path / "samples.png")
    card = np.asarray(opened(render.thumbnail(tmp_path)).convert("L"))
    assert set((card[14::29, 14::29] / 255 * 9).round().flatten()) == set(range(10))


@pytest.mark.parametrize("side", [(1, 1), (1, 60_000), (70_000, 3)])
@pytest.mark.parametrize("size", [0, 256])
def test_a_stranger_s_sheet_of_any_shape_becomes_a_small_card(tmp_path, side, size):
    Image.new("RGB", side).save(tmp_path / "samples.png")
    assert max(opened(render.thumbnail(tmp_path, size)).size) <= 4096
