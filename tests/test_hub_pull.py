"""What goes wrong when a model is fetched: one sentence each, nothing half-read, nothing written outside the cache.

Everything is the real client (one process that stays, tests/hub/client.py) against the local Hub over real HTTP.
"""

import re
import socket
from pathlib import Path

import pytest
from hub.client import Client
from hub.models import WEIGHTS, config, model_files
from hub.server import LocalHub

SECRET = "hf_secret_of_alice_0123456789"
LOAD = """
import time
began = time.perf_counter()
try:
    model = ganzoo.load(words[0], revision=(words[1:] or [None])[0])
    print("loaded", model.folder)
except ganzoo.GanzooError as error:
    print("refused", error)
print(f"seconds {time.perf_counter() - began:.2f}")
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with LocalHub() as hub:
        hub.add_user("alice", token=SECRET)
        hub.add_user("bob", token="hf_bob")
        client = Client(hub, tmp_path_factory.mktemp("client"))
        yield hub, client
        client.stop()


@pytest.fixture
def hub(running):
    running[0].reset()
    return running[0]


@pytest.fixture
def load(running, tmp_path):
    """load(name, revision) -> what is said, in one sentence; with an empty cache of its own."""
    home = tmp_path / "home"

    def one(*words, token=None, error=False):
        said = running[1].run(LOAD, *words, token=token, home=home)
        assert said.code == 0 and "Traceback" not in said.all, said.all
        assert SECRET not in said.all
        lines = said.out.splitlines()
        assert len(lines) == 2, said.out  # one sentence
        one.seconds, one.aside = float(lines[1].split()[1]), said.err
        return lines[0]

    yield one
    # whatever happened: nothing but the cache was written
    assert {p.name for p in home.iterdir()} <= {"hf"} and {p.name for p in tmp_path.iterdir()} <= {"home", "token"}
    assert {p.name for p in (home / "hf").iterdir()} <= {"hub", "xet"} if (home / "hf").exists() else True


BAD = {
    "no config": ({"config__json": None}, "has no config.json"),
    "another library": ({"config__json": config(library="timm")}, "not written by ganzoo"),
    "a newer format": ({"config__json": config(format=99)}, "update ganzoo"),
    "an unknown lesson": ({"config__json": config(lesson="diffusion")}, "unknown lesson"),
    "no JSON": ({"config__json": b"{"}, "not readable JSON"),
    "JSON without an end": ({"config__json": b"[" * 200_000}, "not readable JSON"),
    "a huge config": ({"config__json": b'"' + b"x" * (1 << 21) + b'"'}, "larger than 1 MB"),
    "a setting out of range": ({"config__json": config(settings={"noise_size": 10**9})}, "noise-size|noise_size"),
    "a setting of another kind": ({"config__json": config(settings={"image_size": "28; rm -rf"})}, "image-size|image_size"),
    "another network": ({"config__json": config(settings={"noise_size": 50})}, "shape|larger"),
    "no weights": ({"model__safetensors": None}, "model.safetensors is missing"),
    "a pickle under a false name": ({"model__safetensors": b"\x80\x04pickle"}, "damaged or no safetensors"),
    "cut weights": ({"model__safetensors": (WEIGHTS / "model.safetensors").read_bytes()[:5000]}, "damaged or no safetensors"),
    "the critic's file": ({"model__safetensors": (WEIGHTS / "discriminator.safetensors").read_bytes()}, "larger|lacks|foreign"),
    "pickles alone": ({"config__json": None, "pytorch_model__bin": b"\x80\x04."}, "has no config.json"),
    "an empty repository": ({"config__json": None, "model__safetensors": None}, "has no config.json"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_repository_is_one_sentence(hub, load, case):
    files, words = BAD[case]
    hub.add_repo("models", "alice/odd", model_files(**files))
    said = load("alice/odd")
    assert said.startswith("refused") and re.search(words, said), said


def test_private_gated_missing_and_revisions(hub, load):
    hub.add_repo("models", "alice/hidden", model_files(), private=True)
    hub.add_repo("models", "bob/asks", model_files(), gated="manual")
    hub.add_repo("models", "alice/open", model_files())
    assert load("alice/hidden", token="hf_bob").startswith("refused")
    for name, token, words in (
        ("alice/hidden", "hf_bob", "does not exist or is private"),
        ("alice/hidden", "", "does not exist or is private"),
        ("bob/asks", None, "is gated"),
        ("alice/none", None, "does not exist or is private"),
        ("alice/open", "hf_expired", "does not accept your token"),
        ("alice/o pen", None, "not a name"),
        ("alice/..", None, "not a name"),
    ):
        said = load(name, token=token)
        assert said.startswith("refused") and words in said, said
    assert "has no revision 'v9'" in load("alice/open", "v9")
    assert "is no revision" in load("alice/open", "../../main")
    assert load("alice/open", "main").startswith("loaded")
    assert load("alice/hidden").startswith("loaded")  # with alice's own token


def test_a_pinned_revision_stays(hub, load):
    repo = hub.add_repo("models", "alice/mine", model_files())
    first = repo.head.id
    repo.refs["refs/tags/v1"] = repo.head
    hub.change("models", "alice/mine", {"config.json": b"{"})  # somebody breaks main
    assert "not readable JSON" in load("alice/mine")
    assert first in load("alice/mine", "v1") and first in load("alice/mine", first)


def test_a_renamed_repository_is_found(hub, load):
    hub.add_repo("models", "alice/old", model_files())
    hub.rename("models", "alice/old", "alice/new")
    assert load("alice/old").startswith("loaded")


def test_what_is_too_large_is_refused_before_it_is_fetched(hub, load):
    large = model_files(film__webp=b"x" * 4096)
    repo = hub.add_repo("models", "alice/large", large)
    blob = repo.head.files["model.safetensors"]

    class Huge(bytes):  # what the Hub says of it; nobody has to hold it
        def __len__(self):
            return 3 << 30

    repo.head.files["model.safetensors"] = type(blob)(Huge(), True, blob.oid, blob.sha256, blob.pointer_size)
    said = load("alice/large")
    assert "3.0 GB" in said and "2 GB" in said, said
    assert not [path for _, path in hub.requests if "/resolve/" in path or path.startswith("/lfs/")]
    hub.add_repo("models", "alice/many", model_files() | {f"{i}.png": b"p" for i in range(40)})
    assert "42 files" in load("alice/many") or "files" in load("alice/many")


def test_of_ten_thousand_files_only_the_models_are_fetched(hub, load):
    hub.add_repo("models", "alice/heap", model_files() | {f"logs/{i}.txt": b"x" for i in range(10_000)})
    assert load("alice/heap").startswith("loaded")
    fetched = {path.rsplit("/", 1)[1] for method, path in hub.requests if "/resolve/" in path}
    assert fetched == {"config.json", "model.safetensors", "discriminator.safetensors"}


def test_only_safetensors_json_and_pictures_are_fetched(hub, load):
    strange = {"run.py": b"1", "evil.pt": b"1", "sub/model.safetensors": b"1", "optimizer.bin": b"1", "a.zip": b"1"}
    hub.add_repo("models", "alice/mixed", model_files() | strange)
    folder = Path(load("alice/mixed").split(" ", 1)[1])
    assert {p.name for p in folder.iterdir()} == {"config.json", "model.safetensors", "discriminator.safetensors"}


def test_tricks_with_paths_write_nothing_outside_the_cache(hub, load, tmp_path):
    tricks = (
        "../../outside.safetensors",
        "/etc/evil.png",
        "..\\..\\w.png",
        "a/../../b.png",
        "....//c.png",
        ".\x00.png",
    )
    for number, trick in enumerate(tricks):
        hub.add_repo("models", f"alice/trick{number}", model_files() | {trick: b"x"})
        assert load(f"alice/trick{number}").startswith(("loaded", "refused"))
    assert not [
        p for p in tmp_path.rglob("*") if p.name in ("outside.safetensors", "evil.png", "b.png", "c.png", "w.png")
    ]
    assert not Path("/etc/evil.png").exists()


# --- the Hub itself ---------------------------------------------------------------------------------------------


ON_THE_WAY = {
    "the weights come with one byte changed": (("flip", 1, "/lfs/"), "came damaged"),
    "the line is cut in the config": (("truncate", 99, "config.json"), "could not be fetched"),
    "the files are in a loop of redirects": (("loop", 99, "/resolve/"), "could not be fetched"),
    "the API is in a loop of redirects": (("loop", 999, "/api/models/"), "could not be fetched"),
    "a hotel's login page answers": (("page", 99, "/api/models/"), "could not be fetched"),
    "too many requests": ((429, 99, "/api/models/"), "answers with 429"),
    "the storage refuses": ((403, 99, "/lfs/"), "could not be fetched"),
}


@pytest.mark.parametrize("case", ON_THE_WAY)
def test_trouble_on_the_way_is_one_sentence_and_the_next_try_is_whole(hub, load, case):
    trouble, words = ON_THE_WAY[case]
    hub.add_repo("models", "alice/mine", model_files())
    hub.fail_next(*trouble)
    said = load("alice/mine")
    assert said.startswith("refused") and words in said, said
    hub.troubles.clear()
    assert load("alice/mine").startswith("loaded")


def test_a_cut_line_is_taken_up_where_it_was_cut(hub, load):
    hub.add_repo("models", "alice/mine", model_files())
    hub.fail_next("truncate", 1, "/lfs/")
    assert load("alice/mine").startswith("loaded")


def test_a_slow_hub_is_waited_for_where_nothing_stands_in(hub, load):
    hub.add_repo("models", "alice/mine", model_files())
    hub.fail_next("slow", 1, "/api/models/", seconds=2.5)
    assert load("alice/mine").startswith("loaded")
    # now the cache stands in, and nobody waits
    hub.fail_next("slow", 9, "/api/models/", seconds=6)
    assert load("alice/mine").startswith("loaded")
    assert load.seconds < 3 and "comes from the cache" in load.aside


def test_a_hub_that_answers_with_errors_is_a_hub_that_is_down(hub, load):
    hub.add_repo("models", "alice/gan-mnist", model_files())
    hub.fail_next(503, 999, "/api/models/")
    assert "ganzoo/weights/gan-mnist" in load("alice/gan-mnist")
    assert load.seconds < 3 and "the bundled gan-mnist is used" in load.aside
    hub.troubles.clear()
    assert "snapshots" in load("alice/gan-mnist")
    hub.fail_next(503, 999, "/api/models/")
    assert "snapshots" in load("alice/gan-mnist")
    assert load.seconds < 3 and "comes from the cache" in load.aside


def test_half_a_copy_in_the_cache_does_not_stand_in(hub, load, tmp_path):
    hub.add_repo("models", "alice/gan-mnist", model_files())
    folder = Path(load("alice/gan-mnist").split(" ", 1)[1])
    (folder / "model.safetensors").unlink()
    hub.fail_next(503, 999, "/api/models/")
    assert "ganzoo/weights/gan-mnist" in load("alice/gan-mnist")


def test_with_the_hub_down_the_cache_then_the_bundled_model_in_three_seconds(hub, running, tmp_path):
    hub.add_repo("models", "alice/mine", model_files())
    assert "loaded" in running[1].run(LOAD, "alice/mine", home=tmp_path).out
    down = LocalHub()
    down.stop()
    with socket.socket() as mute:  # it listens and says nothing
        mute.bind(("127.0.0.1", 0))
        mute.listen(8)
        for endpoint in (down.url, f"http://127.0.0.1:{mute.getsockname()[1]}"):
            for name, words, line in (
                ("alice/mine", "snapshots", "comes from the cache"),
                ("alice/dcgan-mnist", "ganzoo/weights/dcgan-mnist", "the bundled dcgan-mnist is used"),
                ("alice/never-seen", "cannot be reached", None),
            ):
                said = running[1].run(LOAD, name, home=tmp_path, endpoint=endpoint)
                assert words in said.out, said.all
                assert float(said.out.rsplit("seconds ", 1)[1]) < 3, said.out
                assert said.err.count("\n") == (1 if line else 0) and (line or "") in said.err, said.err


def test_the_cache_is_full_or_closed(hub, load, tmp_path, running):
    hub.add_repo("models", "alice/mine", model_files())
    closed = tmp_path / "home" / "hf"
    closed.parent.mkdir()
    closed.write_text("a file where the cache should be")
    said = load("alice/mine")
    assert said.startswith("refused") and "could not be fetched" in said, said
    closed.unlink()
    assert load("alice/mine").startswith("loaded")


def test_the_models_of_a_namespace_are_found(hub, running):
    tagged = b"---\ntags: [ganzoo, gan]\nlibrary_name: ganzoo\n---\n"
    hub.add_repo("models", "alice/mine", model_files(README__md=tagged))
    hub.add_repo("models", "alice/other", {"README.md": b"---\ntags: [timm]\n---\n"})
    hub.add_repo("models", "bob/his", model_files(README__md=tagged))
    said = running[1].run("h = ganzoo.hub; print(*map(list, map(h.models_of, ('alice', 'nobody', ''))))")
    assert said.out.split("\n")[0] == "['alice/mine'] [] []", said.all


def test_a_token_that_leaked_into_an_error_is_taken_out(running, tmp_path):
    """Also one that `hf auth login` keeps in a file."""
    (tmp_path / "hf").mkdir()
    (tmp_path / "hf" / "token").write_text("hf_kept_in_a_file")
    said = running[1].run("print(ganzoo.hub.short(ValueError('sent hf_kept_in_a_file')))", token="", home=tmp_path)
    assert said.out.strip() == "ValueError: sent ***", said.all
