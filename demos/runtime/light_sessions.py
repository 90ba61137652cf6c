"""What gradio remembers of a visitor, without what only its DeepLinkButton needs, which these pages do not have.

gradio describes every component anew for each visitor and keeps the last value of each: with the 620 components of these
pages that is 50 ms of the server's time and over a megabyte a visitor, so that a class that opens the page at once waits.
Our deep links are addresses (`?tab=...`) and need none of it. What an event reads and writes (gr.State) stays as it is.
"""

from collections import ChainMap
from types import SimpleNamespace

import gradio.blocks
import gradio.state_holder
from gradio.state_holder import SessionState


class LightSession(SessionState):
    """A SessionState that describes no components, and shares the tables of all components and events: gradio copies them,
    28 KB a visitor. What changes for one visitor stands in front of the shared table."""

    def __init__(self, blocks):
        super().__init__(SimpleNamespace(default_config=blocks.default_config, blocks={}))
        self.blocks_config.blocks = ChainMap({}, blocks.default_config.blocks)
        self.blocks_config.fns = ChainMap({}, blocks.default_config.fns)

    def _update_config(self, key):
        pass

    def _update_value_in_config(self, key, value):
        pass


def install() -> None:
    """From here on gradio makes light sessions. A gradio that names things otherwise goes on as it is, only heavier."""
    for module in (gradio.state_holder, gradio.blocks):
        if hasattr(module, "SessionState"):
            module.SessionState = LightSession
