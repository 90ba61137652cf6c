"""demos/publish.py: what goes into a Space, that nothing else does, and the push of it to a local Hub."""

import functools
import re
import shutil
from importlib.metadata import version

import pytest
from packaging.requirements import Requirement

from demos import publish
from demos.space import staging
from tests.fake_hub.fixtures import NOWHERE, SECRET
from tests.fake_hub.repos import front_matter
from tests.hub.test_hub import ROOT, python
from tests.support.raises_code import raises_code

SMALL = ("--models", "gan-mnist")
PLANTED = """
.env .git/config demos/.env demos/token demos/scratch.py demos/notes.json demos/screenshots/a.png demos/__pycache__/app.pyc
ganzoo/.env ganzoo/token.txt ganzoo/__pycache__/hub.cpython-311.pyc runs/other/model/model.safetensors
ganzoo/weights/gan-mnist/token.txt ganzoo/weights/gan-mnist/optimizer.pt ganzoo/weights/gan-mnist/.cache/x.json
"""


@pytest.fixture(scope="module", autouse=True)
def once():
    """Which modules the pages import is found out once, not for every Space."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staging, "imported", functools.cache(staging.imported))
        yield


def on_hub(hub, space="alice/zoo") -> dict[str, bytes]:
    return {k: b.data for k, b in hub.store.repos["spaces", space].head.files.items() if k != ".gitattributes"}


def test_a_dry_run_lists_what_would_go_and_writes_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert publish.main(["alice/zoo", "--dry-run"]) == 0
    said = capsys.readouterr().out
    lines = [line.split() for line in said.split("\n\n")[0].splitlines()]
    listed = {name: int(size.replace(",", "")) for size, name in lines}
    assert listed["demos/app.py"] == (ROOT / "demos" / "app.py").stat().st_size
    assert {"README.md", "requirements.txt", "app.py", "ganzoo/__init__.py"} <= listed.keys()
    pages = ("__init__.py", "ui/base.js", "tabs/compare/board.js", "tabs/live/run.py", "space/zero_gpu.py")
    pages += ("tabs/custom/worker.py",)  # which nothing imports
    data = [f"data/{name}-6000/train-images-idx3-ubyte.gz" for name in ("mnist", "fashion")]
    assert {f"demos/{name}" for name in (*pages, *data)} <= listed.keys()
    assert {f"ganzoo/weights/{name}/config.json" for name in ("gan-mnist", "cgan-fashion")} <= listed.keys()
    assert not {"demos/publish.py", "demos/space/staging.py"} & listed.keys()
    assert not [name for name in listed if "judge-facades" in name or name.startswith("tests/")]
    assert "torch>=2.8," in said and "-e ." not in said and "pytest" not in said
    assert not list(tmp_path.iterdir())


def test_the_folder_is_a_space(tmp_path):
    wanted = ["alice/zoo", "--out", str(tmp_path / "space"), *SMALL, "bob/mine,", "bob/other"]
    assert publish.main(wanted) == 0
    said = front_matter((tmp_path / "space" / "README.md").read_text())
    assert said["sdk"] == "gradio" and said["sdk_version"] == version("gradio") and said["app_file"] == "app.py"
    colours = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
    assert {said["colorFrom"], said["colorTo"]} <= colours
    assert said["preload_from_hub"] == said["models"] == ["bob/mine", "bob/other"]
    assert said["suggested_hardware"] == "zero-a10g" and said["license"] == "mit" and said["emoji"]
    assert said["thumbnail"].endswith("/spaces/alice/zoo/resolve/main/thumbnail.png")
    assert (tmp_path / "space" / "thumbnail.png").is_file()
    assert {"pix2pix", "cyclegan", "mcp-server"} <= set(said["tags"])
    assert said["datasets"] == ["ylecun/mnist"]
    papers = (tmp_path / "space" / "README.md").read_text()
    assert "arxiv.org/abs/1611.07004" in papers and "arxiv.org/abs/1703.10593" in papers
    assert said["python_version"] in ("3.10.13", "3.12.12") and len(said["short_description"]) <= 60
    needed = {r.name: r for r in map(Requirement, (tmp_path / "space" / "requirements.txt").read_text().splitlines())}
    torches = {"2.8.0": True, "2.11.0": True, "2.12.1": True, "2.13.0": True, "2.13.0+cu130": True}
    for torch, fits in ({"2.7.1": False, "2.12.0": False, "2.13.1": False, "2.14.0": False} | torches).items():
        assert needed["torch"].specifier.contains(torch) is fits, torch
    assert needed.keys() >= {"huggingface_hub", "safetensors", "pillow", "gradio", "spaces"} and "pytest" not in needed
    staged = sorted(p.name for p in (tmp_path / "space" / "ganzoo" / "weights").iterdir())
    assert staged == sorted([*staging.HELPERS, "gan-mnist"])
    with raises_code("space_folder_not_empty"):
        publish.main(wanted)


def test_only_the_staged_files_are_pushed_and_later_only_changes(hub, capsys):
    assert publish.main(["alice/zoo", *SMALL]) == 0
    said = capsys.readouterr()
    assert f"{hub.url}/spaces/alice/zoo" in said.out and SECRET not in said.out + said.err
    space = hub.store.repos["spaces", "alice/zoo"]
    wanted, there = staging.stage(staging.choose(["gan-mnist"]), space="alice/zoo"), on_hub(hub)
    assert there.pop("README.md") and wanted.pop("README.md") and there == wanted  # in which the Hub's address stands
    assert len(space.head.history()) == 2 and space.space["hardware"] == "zero-a10g" and space.space["sdk"] == "gradio"
    assert not space.private
    first = space.head
    hub.requests.clear()
    assert publish.main(["alice/zoo", *SMALL]) == 0
    assert not [path for method, path in hub.requests if method == "PUT"] and space.head.files == first.files
    # another model instead: its files come, those of the first go, the rest stays as it is
    assert publish.main(["alice/zoo", "--models", "gan-fashion", "--private", "--hardware", "cpu-basic"]) == 0
    changed = {n for n in space.head.files.keys() | first.files.keys() if space.head.files.get(n) != first.files.get(n)}
    assert {n.split("/")[2] if "/" in n else n for n in changed} == {"gan-mnist", "gan-fashion", "README.md"}
    assert sum(method == "PUT" and "/lfs/" in path for method, path in hub.requests) == 2  # safetensors
    assert space.private and space.space["hardware"] == "cpu-basic"


def test_nothing_but_what_may_go_goes(hub, tmp_path):
    """A checkout full of secrets: none of them is staged."""
    home = tmp_path / "home"
    here = tmp_path / "checkout"
    left_out = shutil.ignore_patterns("weights", "fashion-6000", "screenshots", "__pycache__")
    for folder in ("demos", "ganzoo"):
        shutil.copytree(ROOT / folder, here / folder, ignore=left_out)
    shutil.copytree(ROOT / "ganzoo" / "weights" / "gan-mnist", here / "ganzoo" / "weights" / "gan-mnist")
    for name in PLANTED.split():
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_text(f'x = "{SECRET}"\n')
    (here / "ganzoo/weights/gan-mnist/linked.png").symlink_to(here / ".env")
    shutil.copytree(here / "runs", home / "runs")
    shutil.copytree(here / "ganzoo/weights/gan-mnist", home / "runs/mine/model", symlinks=True)
    done = python(hub, home, here / "demos" / "publish.py", "alice/zoo", "--models", "runs/mine", cwd=home)
    assert done.returncode == 0, done.stderr
    pushed = on_hub(hub)
    assert "runs/mine/model/model.safetensors" in pushed and "ganzoo/weights/gan-mnist/config.json" in pushed
    strange = re.compile(r"\.env|token|scratch|notes|other|cache|\.pt|\.git")
    assert not list(filter(strange.search, pushed))
    assert not [name for name, content in pushed.items() if SECRET.encode() in content]


@pytest.mark.parametrize("leak", [SECRET, "hf_" + "A" * 34, "-----BEGIN OPENSSH PRIVATE KEY-----"])
def test_a_secret_in_a_file_that_would_go_stops_everything(tmp_path, monkeypatch, leak):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_TOKEN", SECRET)
    shutil.copytree(ROOT / "ganzoo" / "weights" / "gan-mnist", tmp_path / "runs" / "mine" / "model")
    with open(tmp_path / "runs" / "mine" / "model" / "README.md", "a") as card:
        card.write(f"{leak}\n")
    with raises_code("space_holds_secret") as caught:
        publish.main(["alice/zoo", "--dry-run", "--models", "runs/mine"])
    assert "README.md" in str(caught.value) and leak not in str(caught.value)


WRONG = {  # words of the command: the code of what is said
    **dict.fromkeys(("zoo", "alice/gan+mae", "a/b/c"), "bad_space_name"),
    "alice/zoo --models gan-mars": "space_model_not_found",
    "alice/zoo --models runs/none": "not_a_model_folder",
    "alice/zoo --models bob/a..b": "space_model_bad_id",
    **{f"alice/zoo --models bob/{name}": "space_model_not_public" for name in ("hidden", "gated", "missing")},
    "alice/zoo --hardware abacus": "hardware_unknown",
    "alice/zoo --hardware cpu-basic": "space_hardware_not_free",
    "bob/zoo": "publish_not_allowed",
    "alice/page": "space_of_another_kind",
    "alice/zoo --out /dev/null/a": "space_folder_not_writable",
}
TOKENS = {"": "publish_needs_token", "hf_expired": "publish_token_refused", "hf_reads": "publish_not_allowed"}


def test_what_is_wrong_is_one_sentence(hub, machine, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    hub.store.paying = set()  # alice has a free account
    hub.add_repo("models", "bob/hidden", {"config.json": b"{}"}, private=True)
    hub.add_repo("models", "bob/gated", {"config.json": b"{}"}, gated=True)
    hub.add_repo("spaces", "alice/page", {"index.html": b"mine"})
    before = {key: repo.head.id for key, repo in hub.store.repos.items()}
    asked = [(SECRET, *case) for case in WRONG.items()] + [(token, "alice/zoo", code) for token, code in TOKENS.items()]
    for token, words, code in asked:
        machine.has(token)
        with raises_code(code) as caught:
            publish.main(words.split() if "--models" in words else [*words.split(), *SMALL])  # less to stage
        assert "\n" not in str(caught.value) and SECRET not in str(caught.value)
    assert before == {key: repo.head.id for key, repo in hub.store.repos.items()}


def test_a_hub_in_trouble(hub, machine):
    command = ["alice/zoo", *SMALL]
    hub.fail_next(503, path_contains="/commit/main")
    assert publish.main(command) == 0  # tried again
    hub.fail_next(503, 20, "/commit/main")
    with raises_code("publish_failed"):
        publish.main(["alice/zoo", "--models", "gan-fashion"])
    hub.fail_next(402, 1, "/api/repos/create")
    with raises_code("space_quota_used_up"):
        publish.main(["alice/second", *SMALL])
    before = on_hub(hub)
    machine.asks(NOWHERE)
    with raises_code("publish_hub_unavailable"):
        publish.main(command)
    assert before == on_hub(hub)
