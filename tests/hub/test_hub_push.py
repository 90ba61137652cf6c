"""What goes wrong between a training and the Hub: retried where sensible, else one sentence with the command that tries
again; the model is whole in any case, and no token is shown. The real client over real HTTP, as in test_hub_pull.py."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from huggingface_hub import HfApi, hf_hub_download
from safetensors import safe_open

import ganzoo
from ganzoo import checkpoint
from ganzoo.hub import upload
from ganzoo.hub.upload import Push, collect, repo_name
from tests.fake_hub.fixtures import NOWHERE, SECRET
from tests.fake_hub.repos import front_matter
from tests.fake_hub.server import LocalHub
from tests.support import quick
from tests.support.raises_code import raises_code
from tests.train.test_recipes import FASHION, refused, run, trained

NAME = "alice/gan-mnist-smoke"


@pytest.fixture(scope="module")
def smoke(tmp_path_factory):
    """A model folder, trained by the recipe (two steps)."""
    home = tmp_path_factory.mktemp("trained")
    trained(home, "--smoke")
    return home / "runs" / "gan-mnist-smoke" / "model"


@pytest.fixture
def model(smoke, tmp_path):
    return Path(shutil.copytree(smoke, tmp_path / "my runs" / "gan-mnist-smoke" / "model"))


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def pushed(model: Path, private: bool = False, name: str = NAME) -> str:
    """The address; the model folder is left as it was, whatever happens."""
    before = files(model)
    try:
        return Push(name, "x", private).upload(str(model))
    finally:
        assert files(model) == before


def repo(hub, name=NAME):
    return hub.store.repos["models", name]


def content(hub, file: str, name=NAME) -> bytes:
    return repo(hub, name).head.files[file].data


def retry(hub, error, tmp_path):
    """Type the printed command."""
    env = hub.env(tmp_path) | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(error.values["retry"], shell=True, env=env, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_one_commit_holds_everything_and_comes_back_the_same(hub, tmp_path):
    assert f"Pushed to {hub.url}/{NAME}" in trained(tmp_path, "--smoke", "--push", "--private")
    names = "config.json model.safetensors discriminator.safetensors README.md samples.png curves.png"
    assert {*names.split(), "film.webp", "film.json", ".gitattributes"} == set(repo(hub).head.files)
    assert len(repo(hub).head.history()) == 2  # the empty repository, then one commit
    assert repo(hub).private
    card = content(hub, "README.md").decode()
    assert f'ganzoo.load("{NAME}")' in card
    said = front_matter(card)
    assert said["library_name"] == "ganzoo" and said["pipeline_tag"] == "unconditional-image-generation"
    assert {"ganzoo", "gan"} <= set(said["tags"]) and said["datasets"] == ["ylecun/mnist"]
    models = [ganzoo.load(NAME), ganzoo.load(tmp_path / "runs" / "gan-mnist-smoke")]
    there, here = ([picture.tobytes() for picture in made.sample(2, seed=5)] for made in models)
    assert there == here


@pytest.mark.parametrize(
    ("what", "where"),
    [(503, "/commit/"), (429, "/commit/"), (412, "/commit/"), (500, "/preupload/"), (504, "/info/lfs/"),
     ("drop", "/commit/"), ("drop", "/lfs/"), ("slow", "/commit/"), (502, "/api/models/alice/gan-mnist-smoke"),
     (503, "/lfs/")],
)  # fmt: skip
def test_what_passes_is_waited_for(hub, model, what, where):
    method = {"/lfs/": "", "/api/models/alice/gan-mnist-smoke": "GET"}.get(where, "POST")
    hub.fail_next(what, 1, where, seconds=2, method=method)
    pushed(model)
    assert "model.safetensors" in repo(hub).head.files and hub.troubles[0].met == 1


def test_the_hub_says_how_long_to_wait(hub, machine, model):
    hub.fail_next(429, 1, "/commit/", headers={"Retry-After": "29"})
    pushed(model)
    assert 29 in machine.pauses  # other threads of this process pause, too


@pytest.mark.parametrize(
    ("what", "where"),
    [(403, "/commit/"), (413, "/commit/"), (507, "/commit/"), (401, "/preupload/"), (402, "/commit/"), (400, "/commit/"),
     ("page", "/preupload/"), ("loop", "/commit/"), ("away", "/commit/"), (403, "/lfs/"), ("drop", "/commit/")],
)  # fmt: skip
def test_a_refusal_is_one_sentence_with_the_retry_which_works(hub, model, tmp_path, what, where):
    hub.fail_next(what, 99, where)
    with raises_code("push_failed") as caught:
        pushed(model)
    assert "hf upload alice/gan-mnist-smoke" in str(caught.value) and SECRET not in str(caught.value)
    assert len(repo(hub).head.history()) == 1  # all or nothing
    hub.troubles.clear()
    hub.outside.clear()
    if (what, where) == (403, "/commit/"):
        retry(hub, caught.value, tmp_path)
        assert "model.safetensors" in repo(hub).head.files


def test_the_hub_dies_in_the_middle_of_an_upload(machine, model):
    other = LocalHub()
    other.add_user("alice", token=SECRET)
    other.fail_next("stop", 1, "/lfs/", method="PUT")
    machine.asks(other.url)
    with raises_code("push_failed"):
        pushed(model)
    assert len(ganzoo.load(model).sample(2)) == 2


def edit() -> None:
    """Somebody writes into the card on the Hub."""
    text = Path(hf_hub_download(NAME, "README.md")).read_text(encoding="utf-8")
    text = text.replace("## Limits", "My own words.\n\n## Limits")
    HfApi().upload_file(path_or_fileobj=text.encode(), path_in_repo="README.md", repo_id=NAME)


def test_a_card_edited_on_the_hub_keeps_its_edits(hub, model, tmp_path, caplog):
    pushed(model)
    card = content(hub, "README.md")
    (model / "README.md").write_text(card.decode().replace("2 steps", "9 steps"))  # no edit of a person's on the Hub
    pushed(model)
    assert b"9 steps" in content(hub, "README.md")
    (model / "README.md").write_bytes(card)
    pushed(model)
    edit()
    (model / "curves.png").write_bytes(b"another picture")
    pushed(model)
    assert "edited by hand and stays" in caplog.text
    assert b"My own words." in content(hub, "README.md") and content(hub, "curves.png") == b"another picture"
    hub.fail_next(403, 1, "/commit/")
    (model / "curves.png").write_bytes(b"a third")
    with raises_code("push_failed") as caught:
        pushed(model)
    retry(hub, caught.value, tmp_path)  # by hand as well
    assert b"My own words." in content(hub, "README.md") and content(hub, "curves.png") == b"a third"


def test_an_edit_that_comes_in_between_is_kept_too(hub, model):
    """Between the look at the card and the commit: the commit names what it was built on, the Hub refuses, we look again."""
    pushed(model)
    (model / "curves.png").write_bytes(b"another picture")
    push, edits = Push(NAME, "x"), iter([edit])
    upload_folder = push.api.upload_folder

    def late(**given):
        next(edits, lambda: None)()  # once
        return upload_folder(**given)

    push.api.upload_folder = late
    push.upload(str(model))
    assert b"My own words." in content(hub, "README.md") and content(hub, "curves.png") == b"another picture"


def test_private_is_private_also_where_the_repository_was_public(hub, model):
    pushed(model)
    assert not repo(hub).private
    pushed(model, private=True)
    assert repo(hub).private


def test_what_cannot_work_is_said_at_second_0(hub, machine):
    hub.add_repo("models", "bob/his", {})
    wishes = ("bob/his", "bob/new", "alice/no+plus", "alice/" + "x" * 120, "a/b/c", "justaname")
    cases = [(wish, SECRET, "push_not_allowed") for wish in wishes]
    cases += [("auto", "hf_expired", "push_token_refused"), ("auto", "hf_reads", "push_not_allowed")]
    for wish, token, code in (*cases, ("auto", "", "push_needs_token")):
        machine.has(token)
        with raises_code(code) as caught:
            Push(wish, "x")
        assert "\n" not in str(caught.value)


def test_a_recipe_that_cannot_push_does_not_begin_to_train(hub, machine, tmp_path):
    refused(tmp_path, "gan", "--smoke", "--push", "bob/his")
    machine.asks(NOWHERE)
    refused(tmp_path, "gan", "--smoke", "--push")
    assert not (tmp_path / "runs" / "gan-mnist-smoke" / "model").exists()


def test_names_are_ones_that_the_hub_takes():
    given = ("pix2pix-a-gan-mae", "gan+mae", "gan-斑馬", "斑馬", "a..b", "x" * 200, "-a--b-")
    names = ["pix2pix-a-gan-mae", "gan-mae", "gan", "ganzoo-model", "a.b", "x" * 80, "a-b"]
    assert [repo_name(name) for name in given] == names


OFTEN = ["--data", FASHION, "--epochs", 2, "--width", 8, "--set", "save_every=3", "push_every=6"]
OFTEN += ["--push", "alice/often"]


def test_pushes_in_the_background_are_whole_and_the_last_is_the_last(hub, tmp_path):
    hub.fail_next("slow", 2, "/lfs/", seconds=0.5, method="PUT")  # the folder is rewritten meanwhile
    trained(tmp_path, *OFTEN)
    history = repo(hub, "alice/often").head.history()
    titles = [commit.title for commit in history]
    assert titles[0] == "gan-fashion, trained with ganzoo" and any(t.startswith("step ") for t in titles), titles
    for commit in history[:-1]:  # each holds the weights that its own config names
        steps = json.loads(commit.files["config.json"].data)["training"]["step"]
        assert commit.title in (f"step {steps:,}", titles[0])
        place = tmp_path / "check.safetensors"
        place.write_bytes(commit.files["model.safetensors"].data)
        with safe_open(place, "pt") as weights:
            assert list(weights.keys())
    assert not list((tmp_path / "runs" / "gan-fashion").glob(".push-*"))


def test_a_push_in_the_background_sends_what_was_there_when_it_began(hub, model, monkeypatch, caplog):
    before, push = files(model), Push(NAME, "x")
    hub.fail_next("slow", 1, "/preupload/", seconds=1.5)
    assert push.upload_later(str(model), 5)
    assert not push.upload_later(str(model), 6)  # the first is at work
    for path in model.iterdir():  # as the trainer writes: whole, by another name
        new = path.with_name("new")
        new.write_bytes(b"newer")
        os.replace(new, path)
    push.finish()
    assert not list(model.parent.glob(".push-*"))
    assert {name: content(hub, name) for name in before} == before

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(upload.shutil, "copytree", full)
    assert not push.upload_later(str(model), 7)
    assert "left out (No space left on device)" in caplog.text


def test_a_background_push_that_fails_is_a_line_and_training_goes_on(hub, tmp_path):
    hub.fail_next(403, 1, "/commit/")
    code, _, err = run("gan", *OFTEN, cwd=tmp_path)
    assert code == 0 and err.count("failed") == 1 and "hf upload alice/often" in err, err
    assert ".push-" not in err
    assert repo(hub, "alice/often").head.title == "gan-fashion, trained with ganzoo"


def test_a_contest_starts_alike_is_compared_and_becomes_a_collection(hub, tmp_path, caplog):
    flags = ["--smoke", "--push", "--loss", "all", "--image-size", 32, "--width", 4, "--set", "critic_width=4"]
    out = trained(tmp_path, *flags, "--private", script="pix2pix")
    losses = ("gan", "mae", "gan+mae", "gan+mae+perceptual")
    words = [loss.replace("+", "-") for loss in losses]
    assert f"{hub.url}/collections/alice/" in out and all(f"| {loss} |" in out for loss in losses)
    place = tmp_path / "runs" / "pix2pix-facades-compare-smoke"
    assert sorted(p.name for p in place.iterdir()) == ["curves.png", "grid.png", "table.md"]
    top = "from the top: label, gan, mae, gan+mae, gan+mae+perceptual, the real photo."
    assert top in (place / "table.md").read_text()
    runs = [tmp_path / "runs" / f"pix2pix-facades-{word}-smoke" for word in words]
    logs = [checkpoint.read_log(run / "log.jsonl") for run in runs]
    # same weights, same batch, same dropout: the same first error
    assert len({next(row["mae"] for row in rows if row["event"] == "step") for rows in logs}) == 1
    assert checkpoint.read_config(runs[1] / "model")[0]["metrics"]["l1-smoke-32px-n4-test"] > 0
    assert not (runs[1] / "model" / "discriminator.safetensors").exists()
    names = [f"alice/pix2pix-facades-{word}-smoke" for word in words]
    for name in names:
        assert "model.safetensors" in repo(hub, name).head.files
        card = content(hub, "README.md", name)
        assert b"image-to-image" in card and b"l1-smoke-32px-n4-test" in card  # pushed again when measured
        assert repo(hub, name).head.title.endswith("measured with ganzoo")
    (made,) = hub.store.collections.values()
    assert [item["id"] for item in made["items"]] == names and made["private"]
    assert collect(made["title"], names).startswith(f"{hub.url}/collections/alice/")  # the same one
    assert len(hub.store.collections) == 1 and len(made["items"]) == 4
    hub.store.collections = None  # a Hub that knows none
    caplog.clear()
    assert collect(made["title"], names) is None and caplog.text.count("collection of them") == 1


def test_ctrl_c_in_a_push_is_a_sentence_with_the_retry(hub, model, tmp_path):
    hub.fail_next("slow", 9, "/preupload/", seconds=8)
    code = "from ganzoo import recipes; from ganzoo.hub.upload import Push; import sys\n"
    code += "sys.exit(recipes.guarded(lambda: Push(sys.argv[1], 'x').upload(sys.argv[2]) and 0))"
    command = [quick.PYTHON, "-c", code, NAME, str(model)]
    process = subprocess.Popen(command, env=hub.env(tmp_path), stderr=subprocess.PIPE, text=True)
    while not any("/preupload/" in path for _, path in hub.requests):
        time.sleep(0.05)
        assert process.poll() is None, process.stderr.read()
    # and while it runs: no token in the process list, which everybody on the machine may read
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            assert SECRET.encode() not in place.read_bytes()
        except OSError:
            continue
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 130 and said.count("\n") == 1, said
    assert "was stopped; the model is safe" in said and "hf upload" in said
    assert (model / "model.safetensors").is_file()


def test_the_token_is_nowhere(hub, machine, tmp_path):
    hub.fail_next(403, 1, "/commit/")
    said = [run("gan", "--smoke", "--push", cwd=tmp_path) for _ in range(2)]
    assert [code for code, *_ in said] == [2, 0] and SECRET not in str(said)
    for folder in (tmp_path, machine.home):  # runs, logs, the client's cache
        for path in folder.rglob("*"):
            assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path
    assert not any(SECRET.encode() in blob.data for blob in repo(hub).head.files.values())
