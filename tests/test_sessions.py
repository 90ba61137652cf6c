"""Light sessions: what gradio remembers of a visitor without a description of every component."""

import gradio as gr
import gradio.blocks
import gradio.state_holder
import pytest
import sessions
from app import free_port
from gradio_client import Client


@pytest.fixture
def counter(monkeypatch):
    """A page with a state and an output, served over HTTP with light sessions."""
    for module in (gradio.state_holder, gradio.blocks):
        monkeypatch.setattr(module, "SessionState", module.SessionState)  # furnish changes them for this test only
    sessions.furnish()
    with gr.Blocks() as demo:
        state, shown = gr.State([]), gr.Textbox()
        word = gr.Textbox()

        def add(said, word):
            return [*said, word], " ".join([*said, word])

        word.submit(add, [state, word], [state, shown], api_name="add")
    app, url, _ = demo.launch(prevent_thread_lock=True, quiet=True, server_port=free_port("127.0.0.1", 7400))
    yield app, url
    demo.close()


def test_visitors_keep_their_own_state_and_cost_no_description(counter):
    app, url = counter
    one, two = (Client(url, verbose=False) for _ in range(2))
    assert one.predict("a", api_name="/add") == "a"
    assert two.predict("b", api_name="/add") == "b"
    assert one.predict("c", api_name="/add") == "a c"
    held = list(app.state_holder.session_data.values())
    assert len(held) == 2 and all(isinstance(s, sessions.LightSession) for s in held)
    assert all(len(s.config_values) <= 1 for s in held)  # the state that was set, and none of the components


def test_the_app_furnishes_them():
    """Or the first visit of each of fifty students would cost the server 50 ms."""
    import inspect

    import app

    source = inspect.getsource(app.main)
    assert source.index("sessions.furnish()") < source.index("build()")
