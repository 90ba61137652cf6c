"""The local Hub (tests/fake_hub/) proved with the real huggingface_hub and datasets, each in a process of its own.

The clients read HF_ENDPOINT and HF_HOME once, when they are imported, so every test runs a small script with
`hub.env(home)` and looks at what the script leaves in `result`. A new home is a new machine: nothing is cached there.
Run: pytest tests/fake_hub/test_hub_server.py
"""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import os
import random
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.fake_hub.server import LocalHub
from tests.support import quick

ALICE, READER, BOB = "hf_alice_writes", "hf_alice_reads", "hf_bob_writes"
STRANGER = ""

START = """
import json, os
from pathlib import Path
import huggingface_hub as hf
api = hf.HfApi()
result = {}

def error(call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except Exception as e:
        return [type(e).__name__, getattr(getattr(e, "response", None), "status_code", None)]
"""


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    with LocalHub() as hub:
        hub.add_user("alice", token=ALICE)
        hub.add_user("alice", token=READER, write=False)
        hub.add_user("bob", token=BOB)
        yield hub


def client(hub: LocalHub, home: Path, code: str, token: str | None = None) -> dict:
    """Run `code` as a client whose cache is in `home`; gives back its `result`."""
    script = START + textwrap.dedent(code) + "\nprint(json.dumps(result))"
    home.mkdir(exist_ok=True)
    run = subprocess.run(
        [*quick.PYTHON, "-c", script], env=hub.env(home, token), cwd=home, capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stderr
    # Nothing may ask the network. The one foreign address tried is the data set viewer's, made from HF_ENDPOINT.
    assert all(url.startswith("http://datasets-server.127.0.0.1") for _, url in hub.outside), hub.outside
    return json.loads(run.stdout.splitlines()[-1])


def picture(number: int, kind: str = "PNG") -> bytes:
    """A picture whose red says which one it is."""
    out = io.BytesIO()
    Image.new("RGB", (16, 16), (number * 20, 0, 255)).save(out, kind)
    return out.getvalue()


def puts(hub: LocalHub) -> int:
    return sum(method == "PUT" and path.startswith("/lfs/") for method, path in hub.requests)


def test_a_folder_goes_up_in_one_commit_and_comes_back_the_same(hub: LocalHub, tmp_path: Path) -> None:
    content = {
        "README.md": b"---\nlicense: mit\n---\n# A model\n",
        "config.json": b"{}",
        "empty.txt": b"",
        "notes/創作家 1.txt": "鑑賞家".encode(),
        "small.safetensors": b"a large file by its name",
        "big.dat": random.Random(0).randbytes(11_000_000),  # a large file by its size
    }
    for path, data in content.items():
        (tmp_path / "model" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "model" / path).write_bytes(data)
    pushed = client(
        hub,
        tmp_path / "pusher",
        """
        url = hf.create_repo("alice/gan")
        result["url"], result["id"] = str(url), url.repo_id
        result["again"] = [str(hf.create_repo("alice/gan", exist_ok=True)), error(hf.create_repo, "alice/gan")]
        result["first"] = hf.upload_folder(repo_id="alice/gan", folder_path="../model").oid
        result["same"] = hf.upload_folder(repo_id="alice/gan", folder_path="../model").oid
        Path("config.json").write_text('{"step": 2}')
        second = hf.upload_file(path_or_fileobj="config.json", path_in_repo="config.json", repo_id="alice/gan")
        result["second"] = second.oid
        result["titles"] = [c.title for c in api.list_repo_commits("alice/gan")]
        stale = dict(repo_id="alice/gan", path_in_repo="x", parent_commit=result["first"])
        result["stale"] = error(api.upload_file, path_or_fileobj=b"x", **stale)
        """,
    )
    assert pushed["url"] == f"{hub.url}/alice/gan" and pushed["id"] == "alice/gan"
    assert pushed["again"] == [f"{hub.url}/alice/gan", ["HfHubHTTPError", 409]]
    assert pushed["titles"][1:] == ["Upload folder using huggingface_hub", "initial commit"]
    assert pushed["same"] == pushed["first"] and puts(hub) == 2, "unchanged files must not be sent again"
    assert pushed["stale"] == ["HfHubHTTPError", 412]

    code = """
    folder = Path(hf.snapshot_download("alice/gan", revision=os.environ["REV"]))
    files = [p for p in folder.rglob("*") if p.is_file()]
    import hashlib
    result["files"] = {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
    result["config"] = Path(hf.hf_hub_download("alice/gan", "config.json")).read_text()
    """
    pulled = client(hub, tmp_path / "puller", code.replace('os.environ["REV"]', repr(pushed["first"])), STRANGER)
    del pulled["files"][".gitattributes"]
    assert pulled["files"] == {path: hashlib.sha256(data).hexdigest() for path, data in content.items()}
    assert pulled["config"] == '{"step": 2}', "main has moved on"


def test_cards_infos_and_lists(hub: LocalHub, tmp_path: Path) -> None:
    files = {"README.md": b"---\ntags:\n- pix2pix\n---\n", "a/1.txt": b"1", "a/b/2.txt": b"22", "w.bin": b"333"}
    hub.add_repo("models", "bob/pix2pix-maps", files)
    hub.add_repo("models", "bob/hidden-maps", private=True)
    hub.store.page_size = 2
    got = client(
        hub,
        tmp_path,
        """
        me = api.whoami()
        result["me"] = [me["name"], me["auth"]["accessToken"]["role"]]
        hf.create_repo("gan")
        data = hf.ModelCardData(license="mit", tags=["ganzoo", "gan"], library_name="ganzoo", datasets=["alice/digits"])
        hf.ModelCard(f"---\\n{data.to_yaml()}\\n---\\n# GAN\\n").push_to_hub("alice/gan")
        result["card"] = hf.ModelCard.load("alice/gan").data.to_dict()
        info = api.model_info("alice/gan")
        result["tags"], result["library"], result["license"] = info.tags, info.library_name, info.card_data.license
        files = api.model_info("bob/pix2pix-maps", files_metadata=True).siblings
        result["sizes"] = {f.rfilename: [f.size, f.lfs is not None] for f in files if f.rfilename != ".gitattributes"}
        result["lists"] = [
            [m.id for m in api.list_models(**which)]
            for which in ({"author": "bob"}, {"filter": "ganzoo"}, {"search": "MAPS"}, {}, {"limit": 1})
        ]
        result["full"] = next(iter(api.list_models(author="bob", full=True, cardData=True))).sha
        result["sha"] = api.model_info("bob/pix2pix-maps", revision="main").sha
        result["tree"] = [i.path for i in api.list_repo_tree("bob/pix2pix-maps", recursive=True, expand=True)]
        result["sub"] = [i.path for i in api.list_repo_tree("bob/pix2pix-maps", "a/b")]
        infos = api.get_paths_info("bob/pix2pix-maps", ["a", "w.bin", "none"], expand=True)
        result["paths"] = [[i.path, i.last_commit.title] for i in infos]
        result["glob"] = sorted(hf.HfFileSystem().glob("bob/pix2pix-maps/**/*.txt"))
        url = hf.hf_hub_url("bob/pix2pix-maps", "w.bin")
        part = lambda what: hf.get_session().get(url, headers={"Range": f"bytes={what}"}, follow_redirects=True)
        result["range"] = [[r.status_code, r.headers["Content-Range"]] for r in map(part, ("1-", "0-0", "-1", "9-"))]
        card = "---\\ntitle: x\\nsdk: {}\\nshort_description: fine\\n---\\n"
        result["space"] = [error(hf.SpaceCard(card.format(sdk)).validate) for sdk in ("gradio", "gardio")]
        """,
    )
    assert got["me"] == ["alice", "write"]
    assert got["card"]["tags"] == ["ganzoo", "gan"] and got["license"] == "mit" and got["library"] == "ganzoo"
    assert {"ganzoo", "gan", "license:mit", "dataset:alice/digits"} <= set(got["tags"])
    assert got["sizes"] == {
        "README.md": [24, False],
        "a/1.txt": [1, False],
        "a/b/2.txt": [2, False],
        "w.bin": [3, True],
    }
    maps, gan = ["bob/pix2pix-maps"], ["alice/gan"]
    assert got["lists"] == [maps, gan, maps, gan + maps, gan], "newest first, without bob's private one"
    assert got["full"] == got["sha"] == hub.store.repos["models", "bob/pix2pix-maps"].head.id
    assert got["tree"] == ["a", "a/b", ".gitattributes", "README.md", "a/1.txt", "a/b/2.txt", "w.bin"]
    assert hub.requests.count(("GET", "/api/models/bob/pix2pix-maps/tree/main")) >= 4, "two entries on each page"
    assert got["sub"] == ["a/b/2.txt"] and got["paths"] == [["a", "Add files"], ["w.bin", "Add files"]]
    assert got["glob"] == ["bob/pix2pix-maps/a/1.txt", "bob/pix2pix-maps/a/b/2.txt"]
    assert got["range"] == [[206, "bytes 1-2/3"], [206, "bytes 0-0/3"], [206, "bytes 2-2/3"], [416, "bytes */3"]]
    assert got["space"] == [None, ["ValueError", None]]


def test_branches_tags_settings_and_deletion(hub: LocalHub, tmp_path: Path) -> None:
    hub.add_repo("models", "alice/gan", {"a.txt": b"old", "logs/1": b"1", "logs/2": b"2"})
    got = client(
        hub,
        tmp_path,
        """
        repo = "alice/gan"
        api.create_tag(repo, tag="v1")
        api.create_branch(repo, branch="try/1", revision="v1")
        api.create_branch(repo, branch="try/1", exist_ok=True)
        api.upload_file(path_or_fileobj=b"new", path_in_repo="a.txt", repo_id=repo, revision="try/1")
        read = lambda rev: Path(hf.hf_hub_download(repo, "a.txt", revision=rev)).read_text()
        result["texts"] = [read(rev) for rev in ("main", "v1", "try/1")]
        refs = api.list_repo_refs(repo)
        result["refs"] = [[r.name for r in refs.branches], [r.name for r in refs.tags]]
        result["twice"] = error(api.create_tag, repo, tag="v1")
        api.delete_branch(repo, branch="try/1")
        api.delete_tag(repo, tag="v1")
        result["gone"] = error(api.model_info, repo, revision="v1")
        api.delete_file("a.txt", repo)
        api.delete_folder("logs", repo)
        result["files"] = api.list_repo_files(repo)
        api.update_repo_settings(repo, private=True, gated="auto")
        info = api.model_info(repo)
        result["settings"] = [info.private, info.gated]
        result["exists"] = [api.repo_exists(repo), api.file_exists(repo, ".gitattributes"), api.repo_exists("alice/no")]
        api.delete_repo(repo)
        result["deleted"] = [error(api.delete_repo, repo), error(api.delete_repo, repo, missing_ok=True)]
        for kind in ("dataset", "space"):
            api.create_repo("alice/gan", repo_type=kind, private=True, space_sdk="gradio" if kind == "space" else None)
            api.upload_file(path_or_fileobj=b"x", path_in_repo="x.parquet", repo_id="alice/gan", repo_type=kind)
            path = hf.hf_hub_download("alice/gan", "x.parquet", repo_type=kind)
            result[kind] = [api.repo_info("alice/gan", repo_type=kind).private, Path(path).read_text()]
        """,
    )
    assert got["texts"] == ["old", "old", "new"] and got["refs"] == [["main", "try/1"], ["v1"]]
    assert got["twice"] == ["HfHubHTTPError", 409] and got["gone"] == ["RevisionNotFoundError", 404]
    assert got["files"] == [".gitattributes"] and got["settings"] == [True, "auto"]
    assert got["exists"] == [True, True, False] and got["deleted"] == [["RepositoryNotFoundError", 404], None]
    assert got["dataset"] == got["space"] == [True, "x"]


def test_who_may_see_and_change_what(hub: LocalHub, tmp_path: Path) -> None:
    hub.add_repo("models", "alice/open", {"a.txt": b"a"})
    hub.add_repo("models", "alice/private", {"a.txt": b"a"}, private=True)
    hub.add_repo("models", "alice/gated", {"a.txt": b"a"}, gated="manual")
    code = """
    for name in ("open", "private", "gated", "missing"):
        download = error(hf.hf_hub_download, f"alice/{name}", "a.txt")
        result[name] = [error(api.model_info, f"alice/{name}"), download]
    upload = dict(path_or_fileobj=b"b", path_in_repo="b.txt")
    result["no file"] = error(hf.hf_hub_download, "alice/open", "b.txt")
    result["no revision"] = error(hf.hf_hub_download, "alice/open", "a.txt", revision="v9")
    result["push"] = error(api.upload_file, repo_id="alice/open", **upload)
    result["create"] = error(api.create_repo, "alice/new")
    result["delete"] = error(api.delete_repo, "alice/private")
    result["snapshot"] = error(hf.snapshot_download, "alice/gated")
    result["whoami"] = error(api.whoami)
    """

    def hidden(status: int) -> list:
        return [["RepositoryNotFoundError", status]] * 2

    refused, public = ["HfHubHTTPError", 403], [None, None]
    bob = client(hub, tmp_path / "bob", code, BOB)
    assert bob["open"] == public and bob["private"] == bob["missing"] == hidden(404)
    assert bob["gated"] == [None, ["GatedRepoError", 403]] and bob["snapshot"] == ["GatedRepoError", 403]
    assert bob["no file"][0] == "RemoteEntryNotFoundError" and bob["no revision"][0] == "RevisionNotFoundError"
    assert bob["push"] == bob["create"] == refused and bob["delete"] == ["RepositoryNotFoundError", 404]

    stranger = client(hub, tmp_path / "stranger", code, STRANGER)
    assert stranger["open"] == public and stranger["private"] == stranger["missing"] == hidden(401)
    assert stranger["gated"] == [None, ["GatedRepoError", 401]]
    assert stranger["push"] == ["RepositoryNotFoundError", 401] and stranger["create"] == ["HfHubHTTPError", 401]
    assert stranger["whoami"] == ["LocalTokenNotFoundError", None], "no request: the client knows that it has no token"

    reader = client(hub, tmp_path / "reader", code, READER)
    assert reader["open"] == reader["private"] == reader["gated"] == public and reader["missing"] == hidden(404)
    assert reader["push"] == reader["create"] == reader["delete"] == refused

    wrong = client(hub, tmp_path / "wrong", "result['me'] = error(api.whoami)", "hf_not_a_token")
    assert wrong["me"] == ["HfHubHTTPError", 401]
    client(hub, tmp_path / "alice", "api.grant_access('alice/gated', 'bob')")
    granted = client(hub, tmp_path / "bob", "result['again'] = error(hf.snapshot_download, 'alice/gated')", BOB)
    assert granted["again"] is None


def test_a_failing_hub(hub: LocalHub, tmp_path: Path) -> None:
    hub.fail_next(503, 1, f"/lfs/{hub.store.secret}")
    hub.fail_next(503, 1, "/commit/")
    got = client(
        hub,
        tmp_path,
        """
        api.create_repo("alice/gan")
        upload = dict(path_or_fileobj=b"x" * 1000, path_in_repo="w.bin", repo_id="alice/gan")
        result["commit"] = error(api.upload_file, **upload)
        result["again"] = error(api.upload_file, **upload)
        """,
    )
    assert got["commit"] == ["HfHubHTTPError", 503], "the upload is tried again, the commit is not"
    assert got["again"] is None and puts(hub) == 2, "the second call finds the large file there"
    assert len(hub.store.repos["models", "alice/gan"].commits) == 2


def test_a_stopped_hub_answers_on_no_connection() -> None:
    with LocalHub() as hub:
        line = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=5)
        line.request("GET", "/api/models")
        assert line.getresponse().read() == b"[]"
    with pytest.raises(OSError):
        line.request("GET", "/api/models")
        line.getresponse()
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection("127.0.0.1", hub.port, timeout=5).request("GET", "/")
    with LocalHub(port=hub.port) as back:
        assert back.url == hub.url


LOAD = """
import datasets

def show(name, split, **more):
    rows = datasets.load_dataset(name, split=split, **more)
    names = rows.features["label"].names
    return [[names[row["label"]], row["image"].getpixel((0, 0))[0]] for row in rows]
"""


def test_load_dataset_of_parquet_with_pictures_and_labels(hub: LocalHub, tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / f"{number}.png").write_bytes(picture(number))
    pushed = client(
        hub,
        tmp_path / "pusher",
        """
        from datasets import ClassLabel, Dataset, Features, Image
        features = Features({"image": Image(), "label": ClassLabel(names=["even", "odd"])})
        rows = {"image": [f"../{i}.png" for i in range(6)], "label": [i % 2 for i in range(6)]}
        data = Dataset.from_dict(rows, features=features)
        result["url"] = data.push_to_hub("alice/digits").repo_url.repo_id
        """,
    )
    assert pushed["url"] == "alice/digits"
    # Once as `push_to_hub` leaves it, with a card that lists the features, and once as a bare file without a card.
    pushed_files = hub.store.repos["datasets", "alice/digits"].head.files
    bare = next(blob.data for path, blob in pushed_files.items() if path.endswith(".parquet"))
    hub.add_repo("datasets", "alice/bare", {"data/train-00000-of-00001.parquet": bare}, private=True)
    code = """
    result["digits"] = show("alice/digits", "train")
    result["some"] = show("alice/digits", "train[:2]", revision=api.dataset_info("alice/digits").sha)
    result["bare"] = show("alice/bare", "train")
    result["none"] = error(show, "alice/none", "train")
    """
    got = client(hub, tmp_path / "loader", LOAD + textwrap.dedent(code))
    rows = [["odd" if number % 2 else "even", number * 20] for number in range(6)]
    assert got["digits"] == got["bare"] == rows and got["some"] == rows[:2]
    assert got["none"] == ["DatasetNotFoundError", None]


def test_load_dataset_of_an_imagefolder(hub: LocalHub, tmp_path: Path) -> None:
    files = {f"train/{'cat' if n < 3 else 'dog'}/{n}.jpg": picture(n, "JPEG") for n in range(6)}
    hub.add_repo("datasets", "bob/pets", {**files, "test/dog/9.png": picture(9)})
    hub.add_repo("datasets", "bob/gated-pets", files, gated="manual")
    code = """
    result["train"] = [label for label, _ in show("bob/pets", "train")]
    result["test"] = show("bob/pets", "test")
    streamed = datasets.load_dataset("bob/pets", split="test", streaming=True)
    result["streamed"] = [row["image"].size for row in streamed]
    result["gated"] = error(show, "bob/gated-pets", "train")
    """
    got = client(hub, tmp_path, LOAD + textwrap.dedent(code))
    assert got["train"] == ["cat"] * 3 + ["dog"] * 3 and got["test"] == [["dog", 180]]
    assert got["streamed"] == [[16, 16]] and got["gated"] == ["DatasetNotFoundError", None]


def test_started_by_hand_it_prints_what_to_export(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.fake_hub.server", "--port", "0", "--home", str(tmp_path)]
    here = Path(__file__).parent.parent.parent
    server = subprocess.Popen(command, cwd=here, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        env = {}
        for line in server.stdout:
            if line.startswith("#"):  # what to do with the lines
                continue
            name, value = line.removeprefix("export ").strip().split("=", 1)
            env[name] = value
            if name == "GRADIO_ANALYTICS_ENABLED":  # the last one
                break
        code = "import huggingface_hub as hf; print(hf.whoami()['name'], hf.create_repo('gan').repo_id)"
        run = subprocess.run([*quick.PYTHON, "-c", code], env={**os.environ, **env}, capture_output=True, text=True)
        assert run.stdout.split() == ["alice", "alice/gan"], run.stderr
    finally:
        server.terminate()
        server.wait()
