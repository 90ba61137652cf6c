"""The local Hub and a client of it, one of each for all tests of a worker."""

import pytest

from tests.fake_hub.client import Client
from tests.fake_hub.server import LocalHub

SECRET = "hf_secret_of_alice_0123456789"


@pytest.fixture(scope="session")
def running(tmp_path_factory):
    """(Hub, client): alice and bob are known, and a token of alice's that only reads."""
    with LocalHub() as local:
        local.add_user("alice", token=SECRET)
        local.add_user("alice", token="hf_reads", write=False)
        local.add_user("bob", token="hf_bob")
        client = Client(local, tmp_path_factory.mktemp("client"))
        yield local, client
        client.stop()


@pytest.fixture
def hub(running):
    """The Hub as new for each test, which may ask no other host but for the viewer of data sets."""
    running[0].reset()
    yield running[0]
    assert not [request for request in running[0].outside if "datasets-server" not in str(request)]
