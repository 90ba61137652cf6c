"""What goes wrong when a model is fetched: one sentence each, nothing half-read, nothing written outside the cache.

Everything is the real client (one process that stays, tests/fake_hub/client.py) against the local Hub over real HTTP.
"""

import contextlib
import socket
from pathlib import Path

import pytest
from huggingface_hub import constants

from ganzoo import hub_client
from tests.fake_hub.fixtures import SECRET
from tests.fake_hub.models import WEIGHTS, config, model_files
from tests.fake_hub.server import LocalHub

NOWHERE = "http://127.0.0.1:9"
LOAD = """
try:
    model = ganzoo.load(words[0], revision=(words[1:] or [None])[0])
    print("loaded", model.folder)
except ganzoo.GanzooError as error:
    print("refused", error.code, error)
"""


@pytest.fixture
def load(running, tmp_path):
    """load(name, revision) -> what is said, in one sentence; with an empty cache of its own."""
    home = tmp_path / "home"

    def one(*words, **how):
        said = running[1].run(LOAD, *words, home=home, **how)
        assert said.code == 0 and "Traceback" not in said.all, said.all
        assert SECRET not in said.all
        lines = said.out.splitlines()
        assert len(lines) == 1, said.out  # one sentence
        one.aside = said.err
        return lines[0]

    yield one
    # whatever happened: nothing but the cache was written
    assert {p.name for p in home.iterdir()} <= {"hf"} and {p.name for p in tmp_path.iterdir()} <= {"home", "token"}
    assert {p.name for p in (home / "hf").iterdir()} <= {"hub", "xet"} if (home / "hf").exists() else True


NOTHING = {"config__json": None, "model__safetensors": None, "discriminator__safetensors": None}
BAD = {
    "no config": ({"config__json": None}, "repo_not_a_model"),
    "a setting out of range": ({"config__json": config(settings={"noise_size": 10**9})}, "bad_setting"),
    "JSON without an end": ({"config__json": b"[" * 200_000}, "config_damaged"),
    "a huge config": ({"config__json": b'"' + b"x" * (1 << 21) + b'"'}, "config_damaged"),
    "no weights": ({"model__safetensors": None}, "repo_not_a_model"),
    "a pickle under a false name": ({"model__safetensors": b"\x80\x04pickle"}, "weights_damaged"),
    "pickles alone": ({**NOTHING, "pytorch_model__bin": b"\x80\x04."}, "repo_of_pickles"),
    "a config and a pickle": ({**NOTHING, "config__json": b"{}", "net_G__pth": b"\x80"}, "repo_of_pickles"),
    "an empty repository": (NOTHING, "repo_empty"),
    "a card alone": ({**NOTHING, "README__md": b"soon"}, "repo_not_a_model"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_repository_is_one_sentence(hub, load, case):
    files, code = BAD[case]
    hub.add_repo("models", "alice/odd", model_files(**files))
    said = load("alice/odd")
    assert said.split()[:2] == ["refused", code], said
    if code.startswith("repo_"):  # found out on the Hub: nobody's path is of any use here
        assert "snapshots" not in said and "check the path" not in said, said


def test_private_gated_missing_and_revisions(hub, load):
    hub.add_repo("models", "alice/hidden", model_files(), private=True)
    hub.add_repo("models", "bob/asks", model_files(), gated="manual")
    hub.add_repo("models", "alice/open", model_files())
    for name, token, code in (
        ("alice/hidden", "hf_bob", "model_not_on_hub"),
        ("alice/hidden", "", "model_not_on_hub"),
        ("bob/asks", None, "model_gated"),
        ("alice/none", None, "model_not_on_hub"),
        ("alice/open", "hf_expired", "token_refused"),
        ("alice/o pen", None, "bad_repo_id"),
        ("alice/..", None, "bad_repo_id"),
    ):
        said = load(name, token=token)
        assert said.split()[:2] == ["refused", code], said
    assert "revision_not_found" in load("alice/open", "v9")
    assert "bad_revision" in load("alice/open", "../../main")
    assert load("alice/open", "main").startswith("loaded")
    assert load("alice/hidden").startswith("loaded")  # with alice's own token


def test_a_pinned_revision_stays(hub, load):
    repo = hub.add_repo("models", "alice/mine", model_files())
    first = repo.head.id
    repo.refs["refs/tags/v1"] = repo.head
    hub.change("models", "alice/mine", {"config.json": b"{"})  # somebody breaks main
    assert "config_damaged" in load("alice/mine")
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
    assert "files" in load("alice/many")


def test_of_many_files_only_safetensors_json_and_pictures_are_fetched(hub, load):
    strange = {"run.py": b"1", "evil.pt": b"1", "sub/model.safetensors": b"1", "optimizer.bin": b"1", "a.zip": b"1"}
    strange |= {f"logs/{i}.txt": b"x" for i in range(2000)}
    hub.add_repo("models", "alice/heap", model_files() | strange)
    folder = Path(load("alice/heap").split(" ", 1)[1])
    names = {"config.json", "model.safetensors", "discriminator.safetensors"}
    assert {p.name for p in folder.iterdir()} == names
    assert {path.rsplit("/", 1)[1] for _, path in hub.requests if "/resolve/" in path} == names


def test_tricks_with_paths_write_nothing_outside_the_cache(hub, load, tmp_path):
    tricks = (
        "../../evil.safetensors",
        "/etc/evil.png",
        "..\\..\\evil.png",
        "a/../../evil.png",
        "....//evil.png",
        ".\x00.png",
    )
    for number, trick in enumerate(tricks):
        hub.add_repo("models", f"alice/trick{number}", model_files() | {trick: b"x"})
        assert load(f"alice/trick{number}").startswith(("loaded", "refused"))
    assert not list(tmp_path.rglob("evil*")) and not Path("/etc/evil.png").exists()


# --- the Hub itself ---------------------------------------------------------------------------------------------


ON_THE_WAY = {
    "the weights come with one byte changed": (("flip", 1, "/lfs/"), "download_damaged"),
    "the line is cut in the config": (("truncate", 99, "config.json"), "hub_unavailable"),
    "the files are in a loop of redirects": (("loop", 99, "/resolve/"), "hub_unavailable"),
    "the API is in a loop of redirects": (("loop", 999, "/api/models/"), "hub_unavailable"),
    "a hotel's login page answers": (("page", 99, "/api/models/"), "hub_unavailable"),
    "too many requests": ((429, 99, "/api/models/"), "hub_unavailable"),
    "the storage refuses": ((403, 99, "/lfs/"), "model_not_fetched"),
    "the weights are gone": ((404, 99, "/lfs/"), "model_not_fetched"),
    "another hash is announced": (("hash", 99, "/resolve/"), "download_damaged"),
    "a hotel's login page for the weights": (("page", 99, "/lfs/"), "hub_unavailable"),
    "the weights are redirected to another host": (("away", 99, "/lfs/"), "hub_unavailable"),
    "the API is redirected to another host": (("away", 999, "/api/models/"), "hub_unavailable"),
}


@pytest.mark.parametrize("case", ON_THE_WAY)
def test_trouble_on_the_way_is_one_sentence_and_the_next_try_is_whole(hub, load, case):
    trouble, code = ON_THE_WAY[case]
    hub.add_repo("models", "alice/mine", model_files())
    hub.fail_next(*trouble)
    said = load("alice/mine")
    assert said.split()[:2] == ["refused", code], said
    assert not any(SECRET in path for _, path in hub.outside)
    hub.troubles.clear()
    hub.outside.clear()
    assert load("alice/mine").startswith("loaded")


def test_two_damaged_files_are_both_thrown_out(hub, load):
    hub.add_repo("models", "alice/mine", model_files())
    hub.fail_next("flip", 2, "/lfs/")
    said = load("alice/mine")
    assert "download_damaged" in said and "model.safetensors and discriminator.safetensors" in said, said
    folder = Path(load("alice/mine").removeprefix("loaded "))
    for name in ("model.safetensors", "discriminator.safetensors"):
        assert (folder / name).read_bytes() == (WEIGHTS / name).read_bytes()


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "discriminator.safetensors"])
def test_what_is_damaged_in_the_cache_is_found_at_any_later_load(hub, load, name):
    hub.add_repo("models", "alice/gan-mnist", model_files())
    folder = Path(load("alice/gan-mnist").removeprefix("loaded "))
    path = (folder / name).resolve()
    whole = path.read_bytes()

    def damage():
        path.write_bytes(whole[:-2] + bytes([whole[-2] ^ 1]) + whole[-1:])

    damage()
    said = load("alice/gan-mnist")
    assert "download_damaged" in said and name in said, said
    assert load("alice/gan-mnist") == f"loaded {folder}" and path.read_bytes() == whole
    damage()
    hub.fail_next(503, 999, "/api/models/")  # nor does it stand in for a Hub that is down
    assert "hub_unavailable" in load("alice/gan-mnist")


@pytest.mark.parametrize("what", ["flip", 403, "drop"])
def test_a_film_that_does_not_arrive_does_not_stop_a_model(hub, load, what):
    film = {"film__webp": b"f" * 4000, "samples__png": b"p" * 4000}
    hub.add_repo("models", "alice/mine", model_files(**film))
    hub.fail_next(what, 99, "film.webp")
    said = load("alice/mine")
    assert said.startswith("loaded") and "came without film.webp" in load.aside, (said, load.aside)
    assert load.aside.count("\n") == 1
    hub.troubles.clear()
    folder = Path(load("alice/mine").removeprefix("loaded "))
    assert (folder / "film.webp").read_bytes() == film["film__webp"] and not load.aside


def test_a_hub_that_dies_at_the_film_does_not_stop_a_model(load):
    with LocalHub() as dying:
        dying.add_user("alice", token=SECRET)
        dying.add_repo("models", "alice/mine", model_files(film__webp=b"f" * 4000))
        dying.fail_next("stop", 99, "film.webp")
        assert load("alice/mine", endpoint=dying.url).startswith("loaded") and "without film.webp" in load.aside


@pytest.mark.parametrize("what", ["truncate", "drip"])
def test_a_line_that_is_cut_or_drips_is_waited_for(hub, load, what):
    hub.add_repo("models", "alice/mine", model_files())
    hub.fail_next(what, 1, "/lfs/", seconds=1.0)
    assert load("alice/mine").startswith("loaded")


def test_a_slow_hub_is_waited_for_where_nothing_stands_in(hub, load):
    hub.add_repo("models", "alice/mine", model_files())
    hub.fail_next("slow", 1, "", method="HEAD", seconds=3)  # the sign of life
    hub.fail_next("slow", 1, "/api/models/", seconds=2)
    assert load("alice/mine").startswith("loaded")
    assert "The Hub is slow" in load.aside and load.aside.count("\n") == 1
    for where, method in (("/api/models/", ""), ("", "HEAD")):  # now the cache stands in, and nobody waits
        hub.fail_next("slow", 9, where, method=method, seconds=6)
        assert load("alice/mine").startswith("loaded") and "comes from the cache" in load.aside
        hub.troubles.clear()


def test_a_hub_that_answers_with_errors_is_a_hub_that_is_down(hub, load):
    hub.add_repo("models", "alice/gan-mnist", model_files())
    hub.fail_next(503, 999, "/api/models/")
    said = load("alice/gan-mnist")
    assert "hub_unavailable" in said and said.endswith(" gan-mnist."), said  # the bundled model of that name
    hub.troubles.clear()
    assert "snapshots" in load("alice/gan-mnist")
    hub.fail_next(503, 999, "/api/models/")
    assert "snapshots" in load("alice/gan-mnist")
    assert "comes from the cache" in load.aside
    (Path(load("alice/gan-mnist").split(" ", 1)[1]) / "model.safetensors").unlink()  # half a copy does not stand in
    assert "hub_unavailable" in load("alice/gan-mnist")


def test_with_the_hub_down_only_the_cache_stands_in(hub, running, tmp_path):
    hub.add_repo("models", "alice/mine", model_files())
    assert "loaded" in running[1].run(LOAD, "alice/mine", home=tmp_path).out
    with socket.socket() as mute:  # it listens and says nothing
        mute.bind(("127.0.0.1", 0))
        mute.listen(8)
        silent = f"http://127.0.0.1:{mute.getsockname()[1]}"
        for endpoint in (NOWHERE, silent):
            said = running[1].run(LOAD, "alice/mine", home=tmp_path, endpoint=endpoint)
            assert "snapshots" in said.out, said.all
            assert said.err.count("\n") == 1 and "comes from the cache" in said.err, said.err
        for name, instead in (("alice/dcgan-mnist", " dcgan-mnist."), ("alice/never-seen", " cgan-mnist, ")):
            said = running[1].run(LOAD, name, home=tmp_path, endpoint=NOWHERE)
            assert said.out.startswith("refused hub_unavailable") and instead in said.out and not said.err, said.all
        # nothing stands in for this one, so a Hub that is silent gets as long as the client would give it
        patience = "from huggingface_hub import constants\nconstants.HF_HUB_ETAG_TIMEOUT = {}\n"
        said = running[1].run(patience.format(1) + LOAD, "alice/never-seen", home=tmp_path, endpoint=silent)
        running[1].run(patience.format(10))
        assert "hub_unavailable" in said.out and "The Hub is slow" in said.err and said.err.count("\n") == 1, said.all


def test_the_cache_is_full_or_closed(hub, load, tmp_path):
    hub.add_repo("models", "alice/mine", model_files())
    closed = tmp_path / "home" / "hf"
    closed.parent.mkdir()
    closed.write_text("a file where the cache should be")
    said = load("alice/mine")
    assert said.startswith("refused hub_unavailable"), said
    closed.unlink()
    assert load("alice/mine").startswith("loaded")


def test_the_models_of_a_namespace_are_found(hub, running):
    tagged = b"---\ntags: [ganzoo, gan]\nlibrary_name: ganzoo\n---\n"
    hub.add_repo("models", "alice/mine", model_files(README__md=tagged))
    hub.add_repo("models", "alice/other", {"README.md": b"---\ntags: [timm]\n---\n"})
    hub.add_repo("models", "bob/his", model_files(README__md=tagged))
    said = running[1].run("h = ganzoo.hub.download; print(*map(list, map(h.models_of, ('alice', 'nobody', ''))))")
    assert said.out.split("\n")[0] == "['alice/mine'] [] []", said.all


def test_a_token_that_leaked_into_an_error_is_taken_out(running, tmp_path):
    """Also one that `hf auth login` keeps in a file."""
    (tmp_path / "hf").mkdir()
    (tmp_path / "hf" / "token").write_text("hf_kept_in_a_file")
    said = running[1].run(
        "print(ganzoo.hub.download.short(ValueError('sent hf_kept_in_a_file')))", token="", home=tmp_path
    )
    assert said.out.strip() == "ValueError: sent ***", said.all


@pytest.mark.parametrize(("backlog", "said"), [(5, None), (0, False)], ids=["takes the connection", "takes none"])
def test_a_silent_hub_is_told_from_a_line_that_leads_nowhere(monkeypatch, backlog, said):
    """Who takes a connection may be slow; who takes none is not there, and nobody waits longer for it."""
    with contextlib.ExitStack() as open_ones:
        mute = open_ones.enter_context(socket.socket())
        mute.bind(("127.0.0.1", 0))
        mute.listen(backlog)
        for _ in range(0 if backlog else 3):  # the queue is full: the next one waits for ever, as behind a dead router
            waiting = open_ones.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(mute.getsockname())
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{mute.getsockname()[1]}")
        assert hub_client.hub_responds(0.5) is said
