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
from safetensors import safe_open

from ganzoo import checkpoint, recipes, settings
from ganzoo.hub.upload import repo_name
from ganzoo.models import pix2pix
from tests.fake_hub.fixtures import SECRET
from tests.fake_hub.repos import front_matter
from tests.fake_hub.server import LocalHub
from tests.hub.test_hub import ROOT

NAME = "alice/gan-mnist-smoke"
# The push alone, of a model that lies in the folder words[1].
PUSH = """
from ganzoo.hub.upload import Push
print("Pushed to", Push(words[0], "x", private="private" in words).upload(words[1]))
"""


@pytest.fixture(scope="module")
def trained(running, tmp_path_factory):
    """A model folder, trained by the recipe (two steps)."""
    home = tmp_path_factory.mktemp("trained")
    said = running[1].recipe("gan", "--smoke", home=home)
    assert said.code == 0, said.all
    return home / "runs" / "gan-mnist-smoke" / "model"


@pytest.fixture
def model(trained, tmp_path):
    return Path(shutil.copytree(trained, tmp_path / "my runs" / "gan-mnist-smoke" / "model"))


@pytest.fixture
def push(running, model, tmp_path):
    """push() -> what is said; afterwards the model folder is as it was."""
    before = {p.name: p.read_bytes() for p in model.iterdir()}

    def one(wish=NAME, *words, token=None):
        said = running[1].run(PUSH, wish, model, *words, token=token, home=tmp_path / "home")
        assert "Traceback" not in said.all and SECRET not in said.all, said.all
        assert before == {p.name: p.read_bytes() for p in model.iterdir()}
        return said

    return one


def repo(hub, name=NAME):
    return hub.store.repos["models", name]


def refused(said) -> str:
    assert said.code == 2 and said.err.count("\n") == 1 and said.err.startswith("Error: "), said.all
    return said.err


def retry(hub, said, tmp_path):
    """Type the printed command."""
    command = said.err.split("Try again: ")[1].strip()
    env = hub.env(tmp_path) | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(command, shell=True, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


SAMPLE = """
model = ganzoo.load(words[0])
print([picture.tobytes().hex() for picture in model.sample(2, seed=5)])
"""


def test_one_commit_holds_everything_and_comes_back_the_same(hub, running, tmp_path):
    said = running[1].recipe("gan", "--smoke", "--push", "--private", home=tmp_path)
    assert said.code == 0 and f"Pushed to {hub.url}/{NAME}" in said.out, said.all
    pushed = repo(hub)
    files = (
        "config.json model.safetensors discriminator.safetensors README.md samples.png curves.png film.webp film.json"
    )
    assert {*files.split(), ".gitattributes"} == set(pushed.head.files)
    assert len(pushed.head.history()) == 2  # the empty repository, then one commit
    assert pushed.private
    card = pushed.head.files["README.md"].data.decode()
    assert f'ganzoo.load("{NAME}")' in card
    said = front_matter(card)
    assert said["library_name"] == "ganzoo" and said["pipeline_tag"] == "unconditional-image-generation"
    assert {"ganzoo", "gan"} <= set(said["tags"]) and said["datasets"] == ["ylecun/mnist"]
    there, here = (running[1].run(SAMPLE, x, home=tmp_path) for x in (NAME, tmp_path / "runs" / "gan-mnist-smoke"))
    assert there.out == here.out and "[" in here.out, there.all


@pytest.mark.parametrize(
    ("what", "where"),
    [(503, "/commit/"), (429, "/commit/"), (412, "/commit/"), (500, "/preupload/"), (504, "/info/lfs/"),
     ("drop", "/commit/"), ("drop", "/lfs/"), ("slow", "/commit/"), (502, "/api/models/alice/gan-mnist-smoke"),
     (503, "/lfs/")],
)  # fmt: skip
def test_what_passes_is_waited_for(hub, push, what, where):
    method = {"/lfs/": "", "/api/models/alice/gan-mnist-smoke": "GET"}.get(where, "POST")
    hub.fail_next(what, 1, where, seconds=2, method=method)
    said = push()
    assert said.code == 0 and "Pushed to" in said.out, said.all
    assert "model.safetensors" in repo(hub).head.files and hub.troubles[0].met == 1


def test_the_hub_says_how_long_to_wait(hub, running, push):
    hub.fail_next(429, 1, "/commit/", headers={"Retry-After": "29"})
    assert push().code == 0
    assert float(running[1].run("print(pauses[-1])").out) == 29


@pytest.mark.parametrize(
    ("what", "where"),
    [(403, "/commit/"), (413, "/commit/"), (507, "/commit/"), (401, "/preupload/"), (402, "/commit/"), (400, "/commit/"),
     ("page", "/preupload/"), ("loop", "/commit/"), ("away", "/commit/"), (403, "/lfs/"), ("drop", "/commit/")],
)  # fmt: skip
def test_a_refusal_is_one_sentence_with_the_retry_which_works(hub, push, tmp_path, what, where):
    hub.fail_next(what, 99, where)
    said = push()
    assert "hf upload alice/gan-mnist-smoke" in refused(said), said.all
    assert len(repo(hub).head.history()) == 1  # all or nothing
    hub.troubles.clear()
    hub.outside.clear()
    if (what, where) == (403, "/commit/"):
        retry(hub, said, tmp_path)
        assert "model.safetensors" in repo(hub).head.files


def test_the_hub_dies_in_the_middle_of_an_upload(running, model, tmp_path):
    other = LocalHub()
    other.add_user("alice", token=SECRET)
    other.fail_next("stop", 1, "/lfs/", method="PUT")
    said = running[1].run(PUSH, NAME, model, home=tmp_path / "home", endpoint=other.url)
    assert "the model is safe" in refused(said) and "hf upload" in said.err
    assert running[1].run("print(len(ganzoo.load(words[0]).sample(2)))", model).out == "2\n"


# --- what stands on the Hub already -----------------------------------------------------------------------------

EDIT = """
path = hf.hf_hub_download("alice/gan-mnist-smoke", "README.md")
text = open(path, encoding="utf-8").read().replace("## Limits", "My own words.\\n\\n## Limits")
hf.upload_file(path_or_fileobj=text.encode(), path_in_repo="README.md", repo_id="alice/gan-mnist-smoke")
"""


def test_a_card_edited_on_the_hub_keeps_its_edits(hub, running, push, model, tmp_path):
    assert push().code == 0
    card = repo(hub).head.files["README.md"].data
    (model / "README.md").write_text(card.decode().replace("2 steps", "9 steps"))  # no edit of a person's on the Hub
    assert running[1].run(PUSH, NAME, model).code == 0
    assert b"9 steps" in repo(hub).head.files["README.md"].data
    (model / "README.md").write_bytes(card)
    assert running[1].run(PUSH, NAME, model).code == 0
    assert running[1].run(EDIT).code == 0
    (model / "curves.png").write_bytes(b"another picture")
    said = running[1].run(PUSH, NAME, model)
    assert "edited by hand and stays" in said.err and said.code == 0, said.all
    files = repo(hub).head.files
    assert b"My own words." in files["README.md"].data and files["curves.png"].data == b"another picture"
    hub.fail_next(403, 1, "/commit/")
    (model / "curves.png").write_bytes(b"a third")
    said = running[1].run(PUSH, NAME, model)
    retry(hub, said, tmp_path)  # by hand as well
    files = repo(hub).head.files
    assert b"My own words." in files["README.md"].data and files["curves.png"].data == b"a third"


def test_an_edit_that_comes_in_between_is_kept_too(hub, running, model):
    """Between the look at the card and the commit: the commit names what it was built on, the Hub refuses, we look again."""
    assert running[1].run(PUSH, NAME, model).code == 0
    (model / "curves.png").write_bytes(b"another picture")
    code = """
from ganzoo.hub.upload import Push
push = Push(words[0], "x")
upload, done = push.api.upload_folder, []
def late(**asked):
    if not done:
        done.append(1)
        edit()
    return upload(**asked)
push.api.upload_folder = late
def edit():"""
    code += EDIT.replace("\n", "\n    ") + "\npush.upload(words[1])\n"
    said = running[1].run(code, NAME, model)
    assert said.code == 0, said.all
    files = repo(hub).head.files
    assert b"My own words." in files["README.md"].data and files["curves.png"].data == b"another picture"


def test_private_is_private_also_where_the_repository_was_public(hub, push):
    assert push().code == 0 and not repo(hub).private
    assert push(NAME, "private").code == 0 and repo(hub).private


# --- at second 0 ------------------------------------------------------------------------------------------------

PUSHES = """
from ganzoo.hub.upload import Push
for wish in words:
    try:
        print("may push", Push(wish, "x").repo_id)
    except ganzoo.GanzooError as error:
        print(error)
"""


def test_what_cannot_work_is_said_at_second_0(hub, running, tmp_path):
    hub.add_repo("models", "bob/his", {})
    wishes = ["bob/his", "bob/new", "alice/no+plus", "alice/" + "x" * 120, "a/b/c", "justaname", "../x", "alice/fine"]
    said = running[1].run(PUSHES, *wishes).out.splitlines()
    assert len(said) == len(wishes), said  # one sentence each
    assert all("not allowed" in line for line in said[:2]), said
    assert all("not a name" in line for line in said[2:-1]), said
    assert said[-1] == "may push alice/fine"
    for how, wish, words in (
        ({}, ["bob/his"], "not allowed"),
        ({"token": "hf_expired"}, [], "does not accept the token"),
        ({"token": "hf_reads"}, [], "not allowed"),
        ({"token": ""}, [], "hf auth login"),
        ({"endpoint": "http://127.0.0.1:9"}, [], "cannot be reached"),
    ):
        said = running[1].recipe("gan", "--smoke", "--push", *wish, home=tmp_path, **how)
        assert words in refused(said) and "images/s" not in said.out, said.all
    assert not (tmp_path / "runs" / "gan-mnist-smoke" / "model").exists()


def test_names_are_ones_that_the_hub_takes():
    given = ("pix2pix-a-gan-mae", "gan+mae", "gan-斑馬", "斑馬", "a..b", "x" * 200, "-a--b-")
    names = ["pix2pix-a-gan-mae", "gan-mae", "gan", "ganzoo-model", "a.b", "x" * 80, "a-b"]
    assert [repo_name(name) for name in given] == names


# --- while it trains --------------------------------------------------------------------------------------------


def test_pushes_in_the_background_are_whole_and_the_last_is_the_last(hub, running, tmp_path):
    data = ROOT / "tests" / "samples" / "fashion"
    flags = ["--data", data, "--epochs", 2, "--width", 8, "--set", "save_every=3", "push_every=6"]
    flags += ["--push", "alice/often"]
    hub.fail_next("slow", 2, "/lfs/", seconds=0.5, method="PUT")  # the folder is rewritten meanwhile
    said = running[1].recipe("gan", *flags, home=tmp_path)
    assert said.code == 0, said.all
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


LATER = """
import os, time
from pathlib import Path
from ganzoo.hub.upload import Push
push = Push(words[0], "x")
folder = Path(words[1])
old = {p.name: p.read_bytes() for p in folder.iterdir()}
print(push.upload_later(str(folder), 5), push.upload_later(str(folder), 6))   # the second finds the first at work
for path in folder.iterdir():                                                 # as the trainer writes: whole, by another name
    new = path.with_name("new"); new.write_bytes(b"newer"); os.replace(new, path)
push.finish()
print(len(list(folder.parent.glob(".push-*"))))
if "full" in words:
    before = ganzoo.hub.upload.shutil.copytree
    ganzoo.hub.upload.shutil.copytree = lambda *a, **k: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    print(push.upload_later(str(folder), 7))
    ganzoo.hub.upload.shutil.copytree = before
"""


def test_a_push_in_the_background_sends_what_was_there_when_it_began(hub, running, model):
    before = {p.name: p.read_bytes() for p in model.iterdir()}
    hub.fail_next("slow", 1, "/preupload/", seconds=1.5)
    said = running[1].run(LATER, NAME, model, "full")
    assert said.out.split() == ["True", "False", "0", "False"], said.all
    assert "left out (No space left on device)" in said.err
    files = repo(hub).head.files
    assert {name: files[name].data for name in before} == before


def test_a_background_push_that_fails_is_a_line_and_training_goes_on(hub, running, tmp_path):
    hub.fail_next(403, 1, "/commit/")
    flags = ["--data", ROOT / "tests" / "samples" / "fashion", "--epochs", 2, "--width", 8, "--set", "save_every=3"]
    said = running[1].recipe("gan", *flags, "--set", "push_every=6", "--push", "alice/often", home=tmp_path)
    assert said.code == 0 and said.err.count("failed") == 1 and "hf upload alice/often" in said.err, said.all
    assert ".push-" not in said.err
    assert repo(hub, "alice/often").head.title == "gan-fashion, trained with ganzoo"


def test_a_contest_starts_alike_is_compared_and_becomes_a_collection(hub, running, tmp_path):
    flags = ["--smoke", "--push", "--loss", "all", "--image-size", 32, "--width", 4, "--set", "critic_width=4"]
    said = running[1].recipe("pix2pix", *flags, "--private", home=tmp_path)
    assert said.code == 0 and f"{hub.url}/collections/alice/" in said.out, said.all
    losses = ("gan", "mae", "gan+mae", "gan+mae+perceptual")
    words = [loss.replace("+", "-") for loss in losses]
    assert all(f"| {loss} |" in said.out for loss in losses)
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
        assert b"image-to-image" in repo(hub, name).head.files["README.md"].data
        assert b"l1-smoke-32px-n4-test" in repo(hub, name).head.files["README.md"].data  # pushed again when measured
        assert repo(hub, name).head.title.endswith("measured with ganzoo")
    (made,) = hub.store.collections.values()
    assert [item["id"] for item in made["items"]] == names and made["private"]
    code = "from ganzoo.hub.upload import collect; print(collect(words[0], words[1:]))"
    again = running[1].run(code, made["title"], *names)
    assert again.out.startswith(f"{hub.url}/collections/alice/")  # the same one
    assert len(hub.store.collections) == 1 and len(made["items"]) == 4
    hub.store.collections = None  # a Hub that knows none
    said = running[1].run(code, made["title"], *names)
    assert said.out == "None\n" and "collection" in said.err and said.err.count("\n") == 1


def test_three_losses_under_a_name_of_ones_own_do_not_take_each_other_s_place():
    asked, given = settings.parse(pix2pix.Config, ["--push", "alice/mine", "--loss", "all"])
    pushes = [run.push for run in recipes.several(asked, pix2pix.contest(asked, given))]
    assert pushes == [f"alice/mine-{word}" for word in ("gan", "mae", "gan-mae", "gan-mae-perceptual")]


def test_ctrl_c_in_a_push_is_a_sentence_with_the_retry(hub, model, tmp_path):
    hub.fail_next("slow", 9, "/preupload/", seconds=8)
    code = "from ganzoo import recipes; from ganzoo.hub.upload import Push; import sys\n"
    code += "sys.exit(recipes.guarded(lambda: Push(sys.argv[1], 'x').upload(sys.argv[2]) and 0))"
    words = [sys.executable, "-c", code, NAME, str(model)]
    process = subprocess.Popen(
        words,
        env=hub.env(tmp_path),
        stderr=subprocess.PIPE,
        text=True,
        # a shell starts background jobs with SIGINT ignored, and pytest may be one
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
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


def test_the_token_is_nowhere(hub, running, tmp_path):
    hub.fail_next(403, 1, "/commit/")
    said = "".join(running[1].recipe("gan", "--smoke", "--push", home=tmp_path).all for _ in range(2))
    assert SECRET not in said
    for path in tmp_path.rglob("*"):  # runs, logs, the client's cache
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path
    for blob in repo(hub).head.files.values():
        assert SECRET.encode() not in blob.data
