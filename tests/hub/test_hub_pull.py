"""What goes wrong when a model is fetched: one sentence each, nothing half-read, nothing written outside the cache.

Everything is the real client against the local Hub over real HTTP.
"""

import contextlib
import socket
from pathlib import Path

import pytest
from huggingface_hub import constants

import ganzoo
from ganzoo import hub_client
from ganzoo.hub import download
from tests.fake_hub.fixtures import MODEL, NOWHERE, SECRET, config, model_files
from tests.support.raises_code import raises_code


@pytest.fixture
def load(machine, monkeypatch, tmp_path):
    """load(name, revision) -> the folder, or the code of what is said in one sentence."""
    monkeypatch.chdir(tmp_path)

    def one(name: str, revision: str | None = None) -> Path | str:
        try:
            return ganzoo.load(name, revision=revision).folder
        except ganzoo.GanzooError as error:
            assert "\n" not in str(error) and SECRET not in str(error), error
            # found out on the Hub: nobody's path is of any use here
            assert not error.code.startswith("repo_") or "snapshots" not in str(error), error
            return error.code

    yield one
    # whatever happened: nothing but the cache was written
    assert not list(tmp_path.iterdir()) and {path.name for path in machine.home.iterdir()} <= {"hf"}
    assert not (machine.home / "hf").is_dir() or {p.name for p in (machine.home / "hf").iterdir()} <= {"hub", "xet"}


@pytest.fixture
def mine(hub):
    """alice/mine, with pictures."""
    return hub.add_repo("models", "alice/mine", model_files(film__webp=b"f" * 4000, samples__png=b"p" * 4000))


NOTHING = {"config__json": None, "model__safetensors": None, "discriminator__safetensors": None}
BAD = {
    "no config": ({"config__json": None}, "repo_not_a_model"),
    "a setting out of range": ({"config__json": config(settings={"noise_size": 10**9})}, "bad_setting"),
    "JSON without an end": ({"config__json": b"[" * 200_000}, "config_damaged"),
    "no weights": ({"model__safetensors": None}, "repo_not_a_model"),
    "a pickle under a false name": ({"model__safetensors": b"\x80\x04pickle"}, "weights_damaged"),
    "pickles alone": ({**NOTHING, "pytorch_model__bin": b"\x80\x04."}, "repo_of_pickles"),
    "a config and a pickle": ({**NOTHING, "config__json": b"{}", "net_G__pth": b"\x80"}, "repo_of_pickles"),
    "an empty repository": (NOTHING, "repo_empty"),
    "too many files": ({f"{i}__png": b"p" for i in range(40)}, "repo_too_many_files"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_repository_is_one_sentence(hub, load, case):
    files, code = BAD[case]
    hub.add_repo("models", "alice/odd", model_files(**files))
    assert load("alice/odd") == code


def test_private_gated_missing_and_revisions(hub, machine, load):
    hub.add_repo("models", "alice/hidden", model_files(), private=True)
    hub.add_repo("models", "bob/asks", model_files(), gated="manual")
    hub.add_repo("models", "alice/open", model_files())
    for name, revision, token, code in (
        ("alice/hidden", None, "hf_bob", "model_not_on_hub"),
        ("alice/hidden", None, "", "model_not_on_hub"),
        ("bob/asks", None, SECRET, "model_gated"),
        ("alice/none", None, SECRET, "model_not_on_hub"),
        ("alice/open", None, "hf_expired", "token_refused"),
        ("alice/o pen", None, SECRET, "bad_repo_id"),
        ("alice/..", None, SECRET, "bad_repo_id"),
        ("alice/open", "v9", SECRET, "revision_not_found"),
        ("alice/open", "../../main", SECRET, "bad_revision"),
        ("gan-mnist", "v9", SECRET, "revision_needs_hub"),
    ):
        machine.has(token)
        assert load(name, revision) == code
    assert load("alice/open", "main").is_dir() and load("alice/hidden").is_dir()  # with alice's own token


def test_a_pinned_revision_stays(hub, load, mine):
    first = mine.head.id
    mine.refs["refs/tags/v1"] = mine.head
    hub.change("models", "alice/mine", {"config.json": b"{"})  # somebody breaks main
    assert load("alice/mine") == "config_damaged"
    assert load("alice/mine", "v1").name == load("alice/mine", first).name == first


def test_what_is_too_large_is_refused_before_it_is_fetched(hub, load, mine, monkeypatch):
    monkeypatch.setattr(download, "LARGEST", 100_000)
    assert load("alice/mine") == "repo_too_large"
    assert not [path for _, path in hub.requests if "/resolve/" in path or path.startswith("/lfs/")]


def test_of_many_files_only_safetensors_json_and_pictures_are_fetched(hub, load):
    strange = {"run.py": b"1", "evil.pt": b"1", "sub/model.safetensors": b"1", "optimizer.bin": b"1", "a.zip": b"1"}
    strange |= {f"logs/{i}.txt": b"x" for i in range(2000)}
    hub.add_repo("models", "alice/heap", model_files() | strange)
    names = {"config.json", "model.safetensors", "discriminator.safetensors"}
    assert {p.name for p in load("alice/heap").iterdir()} == names
    assert {path.rsplit("/", 1)[1] for _, path in hub.requests if "/resolve/" in path} == names


TRICKS = ("../../evil.png", "/etc/evil.png", "..\\..\\evil.png", "a/../../evil.png", "....//evil.png", ".\x00.png")


@pytest.mark.parametrize("trick", TRICKS)
def test_tricks_with_paths_write_nothing_outside_the_cache(hub, machine, load, trick):
    hub.add_repo("models", "alice/trick", model_files() | {trick: b"x"})
    load("alice/trick")
    assert not list(machine.home.rglob("evil*")) and not Path("/etc/evil.png").exists()


ON_THE_WAY = {
    "the line is cut in the config": (("truncate", 99, "config.json"), "hub_unavailable"),
    "the files are in a loop of redirects": (("loop", 99, "/resolve/"), "hub_unavailable"),
    "the API is in a loop of redirects": (("loop", 999, "/api/models/"), "hub_unavailable"),
    "a hotel's login page answers": (("page", 99, "/api/models/"), "hub_unavailable"),
    "too many requests": ((429, 99, "/api/models/"), "hub_unavailable"),
    "the storage refuses": ((403, 99, "/lfs/"), "model_not_fetched"),
    "the weights are gone": ((404, 99, "/lfs/"), "model_not_fetched"),
    "a hotel's login page for the weights": (("page", 99, "/lfs/"), "hub_unavailable"),
    "the weights are redirected to another host": (("away", 99, "/lfs/"), "hub_unavailable"),
    "the API is redirected to another host": (("away", 999, "/api/models/"), "hub_unavailable"),
}


@pytest.mark.parametrize("case", ON_THE_WAY)
def test_trouble_on_the_way_is_one_sentence_and_the_next_try_is_whole(hub, load, mine, case):
    trouble, code = ON_THE_WAY[case]
    hub.fail_next(*trouble)
    assert load("alice/mine") == code
    assert not any(SECRET in path for _, path in hub.outside)
    hub.troubles.clear()
    hub.outside.clear()
    assert load("alice/mine").is_dir()


def test_two_damaged_files_are_both_thrown_out(hub, load, mine):
    hub.fail_next("flip", 2, "/lfs/")
    with raises_code("download_damaged", files=["model.safetensors", "discriminator.safetensors"]):
        ganzoo.load("alice/mine")
    folder = load("alice/mine")
    for name in ("model.safetensors", "discriminator.safetensors"):
        assert (folder / name).read_bytes() == (MODEL / name).read_bytes()


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "discriminator.safetensors"])
def test_what_is_damaged_in_the_cache_is_found_at_any_later_load(hub, load, mine, name):
    folder = load("alice/mine")
    path = (folder / name).resolve()
    whole = path.read_bytes()
    damaged = whole[:-2] + bytes([whole[-2] ^ 1]) + whole[-1:]
    path.write_bytes(damaged)
    with raises_code("download_damaged", files=[name]):
        ganzoo.load("alice/mine")
    assert load("alice/mine") == folder and path.read_bytes() == whole
    path.write_bytes(damaged)
    hub.fail_next(503, 999, "/api/models/")  # nor does it stand in for a Hub that is down
    assert load("alice/mine") == "hub_unavailable"


@pytest.mark.parametrize("what", ["flip", 403, "drop"])
def test_a_film_that_does_not_arrive_does_not_stop_a_model(hub, load, mine, caplog, what):
    hub.fail_next(what, 99, "film.webp")
    assert load("alice/mine").is_dir()
    assert caplog.text.count("came without film.webp") == 1
    hub.troubles.clear()
    caplog.clear()
    assert (load("alice/mine") / "film.webp").read_bytes() == b"f" * 4000 and "without" not in caplog.text


def test_a_renamed_repository_is_found_and_a_line_that_is_cut_is_taken_up_again(hub, load, mine):
    hub.rename("models", "alice/mine", "alice/new")
    hub.fail_next("truncate", 1, "/lfs/")
    assert load("alice/mine").is_dir()


def test_a_slow_hub_is_waited_for_where_nothing_stands_in(hub, load, mine, monkeypatch, caplog):
    monkeypatch.setattr(download, "PATIENCE", 0.3)
    monkeypatch.setattr(download, "DECIDED", 0.8)
    hub.fail_next("slow", 1, "", method="HEAD", seconds=0.6)  # the sign of life
    hub.fail_next("slow", 1, "/api/models/", seconds=0.8)
    assert load("alice/mine").is_dir() and caplog.text.count("The Hub is slow") == 1
    for where, method in (("/api/models/", ""), ("", "HEAD")):  # now the cache stands in, and nobody waits
        caplog.clear()
        hub.fail_next("slow", 9, where, method=method, seconds=2)
        assert load("alice/mine").is_dir() and "comes from the cache" in caplog.text
        hub.troubles.clear()


def test_a_hub_that_answers_with_errors_is_a_hub_that_is_down(hub, load, caplog):
    hub.add_repo("models", "alice/gan-mnist", model_files())
    hub.fail_next(503, 999, "/api/models/")
    with raises_code("hub_unavailable", bundled=["gan-mnist"]):  # the bundled model of that name
        ganzoo.load("alice/gan-mnist")
    hub.troubles.clear()
    folder = load("alice/gan-mnist")
    hub.fail_next(503, 999, "/api/models/")
    assert load("alice/gan-mnist") == folder and "comes from the cache" in caplog.text
    (folder / "model.safetensors").unlink()  # half a copy does not stand in
    assert load("alice/gan-mnist") == "hub_unavailable"


def test_with_the_hub_down_only_the_cache_stands_in(machine, load, mine, monkeypatch, caplog):
    folder = load("alice/mine")
    monkeypatch.setattr(download, "PATIENCE", 0.4)
    with socket.socket() as mute:  # it listens and says nothing
        mute.bind(("127.0.0.1", 0))
        mute.listen(8)
        silent = f"http://127.0.0.1:{mute.getsockname()[1]}"
        for endpoint in (NOWHERE, silent):
            machine.asks(endpoint)
            assert load("alice/mine") == folder and caplog.text.count("comes from the cache") == 1
            caplog.clear()
        # nothing stands in for this one, so a Hub that is silent gets as long as the client would give it
        monkeypatch.setattr(constants, "HF_HUB_ETAG_TIMEOUT", 1)
        assert load("alice/never-seen") == "hub_unavailable" and caplog.text.count("The Hub is slow") == 1
    machine.asks(NOWHERE)
    caplog.clear()
    with raises_code("hub_unavailable", bundled=ganzoo.bundled()):
        ganzoo.load("alice/never-seen")
    assert not caplog.text


def test_the_cache_is_closed(machine, load, mine):
    closed = machine.home / "hf"
    closed.write_text("a file where the cache should be")
    assert load("alice/mine") == "hub_unavailable"
    closed.unlink()
    assert load("alice/mine").is_dir()


def test_the_models_of_a_namespace_are_found(hub):
    tagged = b"---\ntags: [ganzoo, gan]\nlibrary_name: ganzoo\n---\n"
    hub.add_repo("models", "alice/mine", model_files(README__md=tagged))
    hub.add_repo("models", "alice/other", {"README.md": b"---\ntags: [timm]\n---\n"})
    hub.add_repo("models", "bob/his", model_files(README__md=tagged))
    assert [list(download.models_of(name)) for name in ("alice", "nobody", "")] == [["alice/mine"], [], []]


def test_a_token_that_leaked_into_an_error_is_taken_out(machine):
    """Also one that `hf auth login` keeps in a file."""
    machine.has("")
    (machine.home / "hf").mkdir()
    (machine.home / "hf" / "token").write_text("hf_kept_in_a_file")
    assert hub_client.short(ValueError("sent hf_kept_in_a_file")) == "ValueError: sent ***"


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
