"""Scripts as clients of the local Hub in processes of their own; it can be started by hand. Pushes: test_hub_push.py."""

import subprocess
import sys
from pathlib import Path

from huggingface_hub import HfApi

from tests.support import quick

ROOT = Path(__file__).parent.parent.parent


def python(hub, home, *words, token=None, cwd=None):
    words = [quick.PYTHON, *map(str, words)]
    return subprocess.run(words, env=hub.env(home, token=token), cwd=cwd, capture_output=True, text=True, timeout=120)


def test_started_by_hand_the_local_hub_prints_what_to_export():
    command, here = [sys.executable, "-m", "tests.fake_hub.server", "--port", "0"], {}
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        while "GRADIO_ANALYTICS_ENABLED" not in here:  # the last one
            name, _, value = server.stdout.readline().removeprefix("export ").strip().partition("=")
            here[name] = value
        assert HfApi(here["HF_ENDPOINT"], here["HF_TOKEN"]).whoami()["name"] == "alice"
        server.terminate()
