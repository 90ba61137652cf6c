"""A model card says what config.json knows, in the form that the Hub's own client reads."""

import json
import shutil

import pytest
import torch
from huggingface_hub import ModelCard

from ganzoo import checkpoint, model_card, package
from ganzoo.hub.bundled import WEIGHTS
from ganzoo.models import pix2pix
from ganzoo.models.registry import LESSONS
from ganzoo.training import run_dir

FACADES = "huggan/facades"


@pytest.fixture
def folder(tmp_path):
    """A model folder of a tiny Pix2Pix, whose settings and facts a test may change."""

    def make(name="model", metrics=(), **more):
        made = more.pop("made", {})
        config = pix2pix.Config(**{"image_size": 64, "width": 4, "data": "facades", "name": name} | more)
        place = tmp_path / name
        facts = run_dir.facts(config, torch.device("cpu"), 5, 0.1) | made
        checkpoint.save_model(place, config, pix2pix.build(config), {"name": name, "training": facts})
        model_card.record(place, dict(metrics))
        return place

    return make


def card(place) -> ModelCard:
    return ModelCard((place / "README.md").read_text(encoding="utf-8"))


def test_numbers_are_named_with_their_protocol_data_and_revision(folder):
    protocol = "psnr-facades-64px-n106-test"
    data = card(folder(metrics={protocol: 12.5, "classes": {"0": 1.0}})).data
    (found,) = data.eval_results
    assert (found.metric_type, found.metric_name, found.metric_value) == ("psnr", protocol, 12.5)
    assert (found.dataset_type, found.dataset_name, found.dataset_split) == (FACADES, "facades", "test")
    assert found.dataset_revision == "f5cb9a55f7c4c9e07fa812b2dc21846fc3ffeb78" and data.datasets == [FACADES]


def test_only_what_is_known_of_the_data_is_said(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my" / "pairs").mkdir(parents=True)
    for data, datasets, revision in (
        ("me/set@v2:64:0", ["me/set"], "v2"),
        ("me/a,me/b", ["me/a", "me/b"], None),
        ("runs/../pairs/", None, None),
        ("my/pairs", None, None),  # a folder that is there
    ):
        got = card(folder(metrics={"l1-x-64px-n1-test": 1.0}, data=data))
        assert got.data.datasets == datasets and got.data.eval_results[0].dataset_revision == revision
        assert ("huggingface.co/datasets" in got.text) is bool(datasets)


def test_the_paper_is_linked(folder):
    place = folder()
    said = json.loads((place / "config.json").read_text())
    for lesson in LESSONS:
        text = model_card.card_text(said | {"lesson": lesson, "settings": said["settings"] | {"channels": 1}}, place)
        assert f"](https://arxiv.org/abs/{model_card.PAPERS[lesson].split('/')[-1]}" in text and "{paper}" not in text


def test_a_fine_tuned_model_names_what_it_started_from(folder):
    places = {"alice/mine": folder("mine"), "gan-mnist": WEIGHTS / "gan-mnist"}
    places |= {str(place): place for place in (folder("here"), folder("pushed", push="alice/pushed"))}
    found = [run_dir.origin(pix2pix.Config(init=name), place, place) for name, place in places.items()]
    # a bundled model has no address of its own, nor has one that nobody pushed
    assert [origin.get("base_model") for origin in found] == ["alice/mine", None, None, "alice/pushed"]
    assert all(len(origin["before"]) == 1 for origin in found)
    resumed, run = pix2pix.Config(init="gone/since", resume="auto"), folder(made=found[0]).parent
    assert run_dir.origin(resumed, run, None) == found[0]  # what its own model says, for the other may be gone
    assert run_dir.origin(resumed, run / "nowhere", None) == {"before": ["gone/since"]}
    assert card(folder(made={"base_model": "alice/pushed"})).data.base_model == "alice/pushed"


def test_a_hand_edited_card_keeps_its_edits(folder):
    path = folder(metrics={"l1-facades-64px-n1-test": 1.0}) / "README.md"
    path.write_text(path.read_text().replace("tags:\n", "tags:\n- mine\n") + "\nMy words.\n")
    mine = path.read_text()
    model_card.record(path.parent, {"l1-facades-64px-n1-test": 2.0})
    assert path.read_text() == mine and "mine" in card(path.parent).data.tags
    path.unlink()
    model_card.write_card(path.parent)
    assert card(path.parent).data.eval_results[0].metric_value == 2.0


@pytest.mark.parametrize("name", ["gan-mnist", "cgan-mnist", "pix2pix-facades-mae", "cyclegan-horse2zebra"])
def test_a_pushed_model_brings_a_notebook_that_runs(name, tmp_path, monkeypatch):
    place = tmp_path / name
    shutil.copytree(WEIGHTS / name, place)
    model_card.write_notebook(place)
    assert not (place / model_card.NOTEBOOK).exists()  # there is no address to install ganzoo from
    monkeypatch.setattr(package, "install_line", lambda: "pip install git+https://example.org/ganzoo")
    model_card.write_notebook(place)
    made = json.loads((place / model_card.NOTEBOOK).read_text())
    title, install, *codes = made["cells"]
    assert (made["nbformat"], made["nbformat_minor"], title["source"]) == (4, 5, f"# {name}")
    assert install["source"] == "%pip install git+https://example.org/ganzoo"
    assert len({cell["id"] for cell in made["cells"]}) == len(made["cells"])
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in made["cells"][1:])
    here = {}
    for cell in codes:
        exec(cell["source"], here)
    shown = eval(codes[-1]["source"].splitlines()[-1], here)
    assert shown.size[0] >= 28


@pytest.mark.parametrize(
    ("name", "shape"),
    [("judge-mnist", (2, 1, 28, 28)), ("realness-fashion", (2, 1, 28, 28)), ("judge-facades", (2, 3, 128, 128))],
)
def test_the_lines_of_a_judge_s_card_run(name, shape):
    lines = model_card.three_lines(model_card.read(WEIGHTS / name))
    pictures = torch.zeros(shape)
    here = {"pictures": pictures, "photos": pictures}
    exec("\n".join(lines), here)
    assert len(here[lines[-1].split()[0]]) == 2
