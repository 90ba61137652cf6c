"""A Space as the Hub would run it: the staged folder alone, in an environment with its own requirements and nothing else.

The packages at hand stand for the index. With GANZOO_REALLY_INSTALL=true the index supplies whatever is not at hand,
resolved together with what the Hub's builder adds; .ci/run has just installed the rest from it.
"""

import asyncio
import importlib
import json
import os
import re
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlparse

import numpy
import pytest
import torch
from gradio import __version__
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from demos import api
from demos.catalog import local
from ganzoo import Model
from tests.demos.tabs.test_own import wait
from tests.fake_hub.fixtures import NOWHERE
from tests.fake_hub.server import LocalHub
from tests.hostile.made import tiny
from tests.hub.test_hub import ROOT
from tests.support import quick
from tests.support.browser import attentive
from tests.support.clean import clean_python, closure, name_of, pip
from tests.support.serve import GUARD, free_port, megabytes, wait_for

HUB_MODEL = "bob/my-digits"
LIMIT_MB = 650  # of memory, before anybody came
BUILDER = [f"gradio[oauth,mcp]=={__version__}", "uvicorn>=0.14.0", "websockets>=10.4", "spaces"]  # added by the Hub


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    """The staged folder and an interpreter with its requirements."""
    folder = tmp_path_factory.mktemp("space")
    words = [quick.PYTHON, ROOT / "demos" / "publish.py", "alice/zoo", "--out", folder / "app", "--models", HUB_MODEL]
    done = subprocess.run(list(map(str, words)), cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    lines = (folder / "app" / "requirements.txt").read_text().split()
    at_hand = [*map(name_of, lines), "mcp"]
    python = clean_python(folder, at_hand)
    if os.environ.get("GANZOO_REALLY_INSTALL") == "true":
        lines, index = lines + BUILDER, []
    else:  # `spaces` alone may not be here: nothing but a Space needs it
        lines, index = [line for line in lines if name_of(line) in closure(at_hand)], ["--no-index"]
        assert len(lines) >= len(at_hand) - 2, lines
    lines = ["torch" if name_of(line) == "torch" else line for line in lines]  # at hand; ZeroGPU may have none as new
    (folder / "wanted.txt").write_text("\n".join(lines))
    pip(python, "-r", str(folder / "wanted.txt"), *index)  # nothing missing, none too old
    site = next((folder / "venv" / "lib").glob("python*/site-packages"))
    (site / "sitecustomize.py").write_text(GUARD)
    return folder / "app", python


def environment(folder: Path, hub=None) -> dict[str, str]:
    """What a Space is told, with an empty home and no network but a local Hub."""
    env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "SPACE_ID": "alice/zoo", "SYSTEM": "spaces"}
    env |= {"GRADIO_SERVER_PORT": str(free_port()), "GANZOO_TEST_ASKED": str(folder / "asked.txt")}
    env |= {"OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1", "HF_HOME": str(folder / "cache")}
    env["PYTHONDONTWRITEBYTECODE"] = "1"  # the staged folder is compared
    if hub:
        env |= {"HF_ENDPOINT": hub.url, "HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    return env


def test_ganzoo_is_the_staged_one(space, tmp_path):
    app, python = space
    say = [str(python), "-c", "import importlib.util as util; print(util.find_spec('ganzoo'))"]
    for folder, found in (
        (app, f"origin='{app}/ganzoo/__init__.py'"),
        (tmp_path, "None"),
    ):  # no checkout shines through
        done = subprocess.run(say, cwd=folder, env=environment(tmp_path), capture_output=True, text=True)
        assert found in done.stdout, done.stderr


def test_the_staged_folder_opens_in_the_browser(browser, space, tmp_path):
    """`python app.py`, as a Space does: on all addresses, writing nothing beside itself, with the Hub's model on its shelf."""
    app, python = space
    model = ROOT / "ganzoo" / "weights" / "gan-mnist"
    files = {path.name: path.read_bytes() for path in model.iterdir()}
    before = written(app)
    with LocalHub() as hub, open(tmp_path / "printed.txt", "wb") as printed:
        hub.add_repo("models", HUB_MODEL, files)
        env = environment(tmp_path, hub)
        process = subprocess.Popen([str(python), "app.py"], cwd=app, env=env, stdout=printed, stderr=subprocess.STDOUT)
        try:
            url = f"http://127.0.0.2:{env['GRADIO_SERVER_PORT']}/"  # answers only who listens on all addresses
            wait_for(url, process, tmp_path / "printed.txt")
            assert megabytes(process.pid) < LIMIT_MB, megabytes(process.pid)
            look(browser, url)
            with ThreadPoolExecutor() as beside:  # the browser's loop runs in this thread
                beside.submit(asyncio.run, ask_as_agent(url + "gradio_api/mcp/")).result()
            wait(lambda: HUB_MODEL in models(url))
        finally:
            process.terminate()
            process.wait(20)
    said = (tmp_path / "printed.txt").read_text()  # gradio's hot reloading says much of its own
    assert f'File "{app}' not in said and "ganzoo is at" in said, said[-3000:]
    assert not (tmp_path / "asked.txt").exists(), (tmp_path / "asked.txt").read_text()
    assert before == written(app)


def written(folder: Path) -> dict[str, int]:
    """When each file was written; not the stubs that gradio writes beside its components, where it can."""
    files = (p for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyi")
    return {str(p.relative_to(folder)): p.stat().st_mtime_ns for p in files}


async def ask_as_agent(url: str) -> None:
    """In a Space the endpoints are tools, too."""
    async with streamable_http_client(url) as (read, write, _), ClientSession(read, write) as session:
        await session.initialize()
        tools = {tool.name.removeprefix("zoo_"): tool for tool in (await session.list_tools()).tools}  # alice/zoo
        assert {"models", "sample", "translate", "cycle"} <= tools.keys()
        seed = tools["sample"].inputSchema["properties"]["seed"]
        assert seed["type"] == "integer" and seed["description"] == api.VALUES["seed"]
        made = await session.call_tool("zoo_sample", {"lesson": "gan", "data": "mnist", "count": 2})
        assert not made.isError and made.content[0].text.count("'image':") == 2, made
        refused = await session.call_tool("zoo_sample", {"lesson": "gan", "data": "mars"})
        assert refused.isError and "gan-mars" in refused.content[0].text, refused


def models(url: str) -> str:
    """What the page's API says of the models there are."""
    call = url + "gradio_api/call/models"
    request = urllib.request.Request(call, b'{"data": []}', {"Content-Type": "application/json"})
    event = json.load(urllib.request.urlopen(request, timeout=20))["event_id"]
    return urllib.request.urlopen(f"{call}/{event}", timeout=20).read().decode()


def look(browser, url: str) -> None:
    """Open the page; a picture that was computed there must show."""
    from playwright.sync_api import TimeoutError as Late

    context = browser.new_context()
    page, wrong, strange = attentive(context.new_page()), [], set()
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda r: strange.add(urlparse(r.url).hostname) if "127.0.0.2" not in r.url else None)
    for tries in (2, 1, 0):  # the Hub's header may hang where there is no network: load again, as a visitor does
        page.goto(url + "?tab=create", timeout=60_000)
        try:
            page.wait_for_selector("#grid .gz-cell img", timeout=45_000)
            break
        except Late:
            if not tries:
                raise
    assert page.locator("#grid .gz-cell").count() == 24
    assert page.locator("#grid img").first.evaluate("picture => picture.complete && picture.naturalWidth > 0")
    context.close()
    # in a Space gradio puts the Hub's own header above the page; nobody answers it here
    assert not [w for w in wrong if not re.search("AbortError|NAME_NOT_RESOLVED|Space not found", w)]
    assert strange <= {"huggingface.co", "fonts.googleapis.com", None}


@pytest.fixture
def zero_gpu(monkeypatch):
    """The module as it is where the package `spaces` lends a GPU. `lent`: the seconds that each call asked for."""
    lent = []

    def gpu(duration):
        def wrap(function):
            def call(*given):
                lent.append(duration(*given))
                if module.lent_out:
                    raise RuntimeError("GPU task aborted")
                return function(*given)

            return call

        return wrap

    monkeypatch.setitem(sys.modules, "spaces", SimpleNamespace(GPU=gpu))
    monkeypatch.delitem(sys.modules, "demos.space.zero_gpu", raising=False)
    module = importlib.import_module("demos.space.zero_gpu")
    module.lent, module.lent_out = lent, False
    return module


def test_only_large_pictures_ask_for_the_gpu_and_can_do_without(zero_gpu, tmp_path, monkeypatch):
    monkeypatch.setattr(zero_gpu, "PIXELS", 64 * 64)
    cpu, net = Model(tiny(tmp_path / "tiny", image_size=64)), zero_gpu.SpaceModel(tmp_path / "tiny")
    small, large = torch.rand(1, 3, 64, 64), torch.rand(1, 3, 64, 128)
    for pictures in (small, large):
        assert torch.equal(net.translate_tensor(pictures), cpu.translate_tensor(pictures))
    assert zero_gpu.lent == [5]  # for the large one
    zero_gpu.lent_out = True
    assert torch.equal(net.translate_tensor(large), cpu.translate_tensor(large)) and len(zero_gpu.lent) == 2
    pictures = [numpy.empty((1, 3, side, side), "uint8") for side in (512, 1024, 2048, 8192)]
    assert [zero_gpu.seconds(None, picture, None, None) for picture in pictures] == [5, 6, 9, 15]


def test_the_card_names_what_is_put_on_the_shelf(zero_gpu, machine, tmp_path, monkeypatch, caplog):
    """A model that is neither in the cache nor on the Hub is a line in the log; the pages start all the same."""
    monkeypatch.setattr(zero_gpu, "__file__", str(tmp_path / "demos" / "space" / "zero_gpu.py"))
    card = "---\ntitle: a\npreload_from_hub:\n- bob/gone config.json abc\n- bob/too\n---\n"
    (tmp_path / "README.md").write_text(card)
    machine.asks(NOWHERE)
    assert zero_gpu.named() == ["bob/gone", "bob/too"]
    zero_gpu.pull(zero_gpu.named())
    assert "bob/gone is not shown" in caplog.text and not local.FETCHED
