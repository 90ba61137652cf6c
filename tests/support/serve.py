"""The pages in a process of their own, for tests that visit or ask them."""

import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from ganzoo.hub.bundled import WEIGHTS
from tests.hostile.made import cycle
from tests.support import quick

DEMOS = Path(__file__).parent.parent.parent / "demos"
# What no visitor should ever read.
LEAKS = re.compile(r"Traceback|File \"|\bError\(|Exception|KeyError|TypeError|ValueError|/work/|site-packages|NoneType")
GUARD = """
import os, sys
def hook(event, args):
    if event in ("socket.connect", "socket.getaddrinfo"):
        host = args[0] if event == "socket.getaddrinfo" else args[1][0] if isinstance(args[1], tuple) else "localhost"
        if host not in (None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0"):
            with open(os.environ["GANZOO_TEST_ASKED"], "a") as log:
                log.write(f"{host}\\n")
sys.addaudithook(hook)
sys.executable = os.environ.get("GANZOO_TEST_PYTHON", sys.executable)  # of the processes that train for a visitor
"""


class Served:
    """The running app: its address, what it printed, and which other hosts it asked for."""

    def __init__(self, url: str, folder: Path):
        self.url, self.folder = url, folder

    @property
    def printed(self) -> str:
        return (self.folder / "printed.txt").read_text(encoding="utf-8")

    @property
    def asked(self) -> str:
        path = self.folder / "asked.txt"
        return path.read_text(encoding="utf-8") if path.exists() else ""


def megabytes(process: int) -> float:
    """Its own memory, without the pages of library files, which are many more in a torch for CUDA."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(re.search(r"RssAnon:\s+(\d+)", status)[1]) / 1024


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def with_hub(hub, home: Path, **more) -> dict[str, str]:
    """The environment variables that lead an app to a local Hub; `token` as for `LocalHub.env`."""
    return {name: value for name, value in hub.env(home, **more).items() if name.startswith("HF_")}


def wait_for(url: str, process: subprocess.Popen, printed: Path) -> None:
    """Until the app of this process answers."""
    end = time.perf_counter() + 300
    while True:
        assert process.poll() is None and time.perf_counter() < end, "it did not start: " + printed.read_text()[-2000:]
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.02)


@contextmanager
def serve(folder: Path, **variables):
    """`python demos/app.py` in `folder`, with two sound and one broken local runs beside it, and environment variables."""
    shutil.copytree(WEIGHTS / "gan-mnist", folder / "runs" / "mine" / "model")
    cycle(folder / "runs" / "tiny-cycle" / "model")
    (folder / "runs" / "broken" / "model").mkdir(parents=True)
    (folder / "runs" / "broken" / "model" / "config.json").write_text("{ not json", encoding="utf-8")
    (folder / "guard").mkdir()
    (folder / "guard" / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    path = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(folder / "guard")]))
    env = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy") and k != "HF_TOKEN"}
    env |= {"PYTHONPATH": path, "GANZOO_TEST_ASKED": str(folder / "asked.txt"), "PYTHONUNBUFFERED": "1"}
    env |= {"GANZOO_TEST_PYTHON": quick.PYTHON} | variables
    port = free_port()
    command = [quick.PYTHON, str(DEMOS / "app.py"), "--port", str(port)]
    with open(folder / "printed.txt", "wb") as printed:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=printed, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}/"
    try:
        wait_for(url, process, folder / "printed.txt")
        yield Served(url, folder)
    finally:
        process.terminate()
        process.wait(20)
