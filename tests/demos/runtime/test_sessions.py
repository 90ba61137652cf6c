"""Light sessions, which hold no description of every component, and the server's log."""

import asyncio
import json

import gradio as gr
import gradio.blocks
import gradio.state_holder
import pytest
from gradio_client import Client
from PIL import Image

from demos.app import free_port
from demos.runtime import light_sessions, memory
from demos.runtime.server_log import without_words
from demos.ui import pictures
from demos.ui.words import Trouble


@pytest.fixture
def counter(monkeypatch):
    """A page with a state and an output, served over HTTP with light sessions."""
    for module in (gradio.state_holder, gradio.blocks):
        monkeypatch.setattr(module, "SessionState", module.SessionState)  # install changes them for this test only
    light_sessions.install()
    with gr.Blocks() as demo:
        state, shown = gr.State([]), gr.Textbox()
        word = gr.Textbox()

        def add(said, word):
            return [*said, word], " ".join([*said, word])

        word.submit(add, [state, word], [state, shown], api_name="add")
    app, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, server_port=free_port("127.0.0.1", 7400))
    yield app, url
    demo.close()


def test_visitors_keep_their_own_state_and_share_the_tables_of_components(counter):
    """A copy of the tables for each visitor is 28 KB, of 2,000 visitors 56 MB."""
    app, url = counter
    one, two = (Client(url, verbose=False) for _ in range(2))
    assert one.predict("a", api_name="/add") == "a"
    assert two.predict("b", api_name="/add") == "b"
    assert one.predict("c", api_name="/add") == "a c"
    held, whole = list(app.state_holder.session_data.values()), app.blocks.default_config
    assert len(held) == 2 and all(isinstance(s, light_sessions.LightSession) for s in held)
    assert all(len(s.config_values) <= 1 for s in held)  # the state that was set, and none of the components
    for tables in (session.blocks_config for session in held):
        for own, shared in ((tables.blocks, whole.blocks), (tables.fns, whole.fns)):
            assert own.maps[-1] is shared and len(own.maps[0]) <= 1


def test_answers_that_nobody_fetches_are_forgotten():
    sessions = {}
    for name in ("read", "unread", "busy"):
        sessions[name] = asyncio.Queue()
        sessions[name].put_nowait(object())
    seen = memory.forget(sessions, {}, 0)
    sessions["read"].get_nowait()
    sessions["busy"].put_nowait(object())
    seen = memory.forget(sessions, seen, memory.UNREAD - 1)
    assert set(sessions) == {"read", "unread", "busy"}
    sessions["busy"].get_nowait()  # its next answer has waited for a second
    memory.forget(sessions, seen, memory.UNREAD)
    assert set(sessions) == {"read", "busy"}


SECRET = "visitor-7f3a91"


def test_the_log_keeps_the_calls_that_led_to_an_error_and_not_what_its_visitor_sent():
    def no_such_code():
        raise Trouble("bad_page", page=SECRET)

    for call, kind, calls in (
        (no_such_code, "Trouble bad_page", []),
        (lambda: json.loads(SECRET), "JSONDecodeError\n", ["raw_decode"]),
        (lambda: pictures.square(Image.new("RGB", (8, 8)), SECRET), "TypeError\n", ["in square", "in from_pil"]),
    ):
        with pytest.raises(Exception) as caught:
            call()
        said = without_words(caught.value)
        assert said.startswith(kind) and SECRET not in said
        assert all(name in said for name in calls)
