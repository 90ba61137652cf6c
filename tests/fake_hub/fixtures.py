"""The local Hub, one for all tests of a worker, this process as a machine that knows no other host, and models to put there."""

import json
import time
import urllib.request
from pathlib import Path

import pytest

from ganzoo.hub.bundled import WEIGHTS
from tests.fake_hub.server import LocalHub

SECRET = "hf_secret_of_alice_0123456789"
NOWHERE = "http://127.0.0.1:9"
MODEL = WEIGHTS / "gan-mnist"


@pytest.fixture(scope="session")
def running():
    """The Hub: alice and bob are known, and a token of alice's that only reads."""
    with LocalHub() as local:
        local.add_user("alice", token=SECRET)
        local.add_user("alice", token="hf_reads", write=False)
        local.add_user("bob", token="hf_bob")
        yield local


class Machine:
    """This process, as far as the clients of the Hub know it. `pauses`: the seconds that they meant to wait."""

    def __init__(self, patch: pytest.MonkeyPatch, home: Path):
        self.patch, self.home, self.pauses = patch, home, []

    def sleep(self, seconds: float, sleep=time.sleep) -> None:
        self.pauses.append(seconds)
        sleep(seconds / 20)

    def asks(self, url: str) -> None:
        """The Hub is at this address from now on."""
        from huggingface_hub import constants

        self.patch.setattr(constants, "ENDPOINT", url)
        self.patch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", url + "/{repo_id}/resolve/{revision}/{filename}")

    def has(self, token: str) -> None:
        """Its owner's token; nothing for a stranger."""
        self.patch.setenv("HF_TOKEN", token)


@pytest.fixture
def machine(running, tmp_path_factory, monkeypatch):
    """Alice's machine, whose cache is empty."""
    import datasets
    from huggingface_hub import close_session, constants

    made = Machine(monkeypatch, tmp_path_factory.mktemp("home"))
    for name, value in running.env(made.home).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(time, "sleep", made.sleep)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(made.home / "hf" / "hub"))
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(made.home / "hf" / "token"))
    monkeypatch.setattr(datasets.config, "HF_ENDPOINT", running.url)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", made.home / "hf" / "datasets")
    monkeypatch.setattr(datasets.config, "HF_UPDATE_DOWNLOAD_COUNTS", False)
    made.asks(running.url)
    monkeypatch.setattr(urllib.request, "_opener", None)  # it and the session keep the proxies that they began with
    close_session()
    yield made
    close_session()


@pytest.fixture
def hub(running, machine):
    """The Hub as new for each test, which may ask no other host but for the viewer of data sets."""
    running.reset()
    yield running
    known = "datasets-server", "events.data.microsoft.com"  # and onnxruntime, which a worker may have imported before
    outside = [request for request in running.outside if not any(host in str(request) for host in known)]
    assert not outside, outside


def model_files(**changes: bytes | None) -> dict[str, bytes]:
    """A small sound model repository, with files changed or (None) left out; `config__json` is config.json."""
    files = {name: (MODEL / name).read_bytes() for name in ("model.safetensors", "discriminator.safetensors")}
    files["config.json"] = config()
    files |= {name.replace("__", "."): content for name, content in changes.items()}
    return {name: content for name, content in files.items() if content is not None}


def config(**changes) -> bytes:
    said = json.loads((MODEL / "config.json").read_text())
    said["settings"].update(changes.pop("settings", {}))
    return json.dumps(said | changes).encode()
