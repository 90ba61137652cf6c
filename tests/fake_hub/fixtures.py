"""The local Hub and a client of it, one of each for a test file. A file that needs other users has a `running` of its own."""

import pytest

from tests.fake_hub.client import Client
from tests.fake_hub.server import LocalHub


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """(Hub, client): alice and bob are known."""
    with LocalHub() as local:
        local.add_user("alice")
        local.add_user("bob", token="hf_bob")
        client = Client(local, tmp_path_factory.mktemp("client"))
        yield local, client
        client.stop()
        assert not [request for request in local.outside if "datasets-server" not in str(request)]


@pytest.fixture
def hub(running):
    """The Hub of the file, as new for each test."""
    running[0].reset()
    return running[0]
