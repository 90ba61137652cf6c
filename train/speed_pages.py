"""How the pages do, for speed.py: how fast they open beside an empty gradio page, what fifty visitors at once meet, and
what others wait while a GAN trains.

Everything is a ratio within one run, on one machine: two pages take turns, and many visitors are compared with one.
"""

import base64
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from torch import Tensor

from ganzoo import GanzooError
from ganzoo.drawings import facade
from ganzoo.images import open_picture, whole_tensor

APP = Path(__file__).resolve().parent.parent / "demos" / "app.py"
sys.path.insert(0, str(APP.parent))  # the pages' own modules are no package
EMPTY = """
import sys, gradio
with gradio.Blocks(analytics_enabled=False) as demo:
    gradio.HTML("<h2>empty</h2>")
demo.launch(server_port=int(sys.argv[2]), ssr_mode=False, quiet=True)
"""
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PAINTS = """() => new Promise((done) => {
  const seen = { cls: 0 };
  const watch = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take))
    .observe({ type, buffered: true });
  watch("paint", (entry) => { if (entry.name === "first-contentful-paint") seen.fcp = entry.startTime; });
  watch("largest-contentful-paint", (entry) => { seen.lcp = entry.startTime; });
  watch("layout-shift", (entry) => { if (!entry.hadRecentInput) seen.cls += entry.value; });
  setTimeout(() => done(seen), 500);
})"""


def p95(seconds: list[float]) -> float:
    return sorted(seconds)[int(0.95 * (len(seconds) - 1))]


@contextmanager
def served(command: list[str]):
    """A server of ours on a free port, from its first answer until the end of the block: (address, process)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url, env = f"http://127.0.0.1:{port}/", os.environ | {"GRADIO_ANALYTICS_ENABLED": "False"}
    process = subprocess.Popen([sys.executable, *command, "--port", str(port)], env=env, stdout=subprocess.DEVNULL)
    try:
        for _ in range(1200):
            if process.poll() is not None:
                raise GanzooError(f"{' '.join(command)[:60]} ended at once: start it by hand to see why.")
            try:
                urllib.request.urlopen(url, timeout=5).read()
                break
            except OSError:
                time.sleep(0.1)
        yield url, process
    finally:
        process.terminate()
        process.wait(30)


# --- one page -----------------------------------------------------------------------------------------------------


def page(runs: int) -> int:
    """First and Largest Contentful Paint of the page and of an empty gradio page, in turns, with a cold browser cache."""
    from playwright.sync_api import sync_playwright

    with tempfile.NamedTemporaryFile("w", suffix=".py") as empty, sync_playwright() as playwright:
        empty.write(EMPTY)
        empty.flush()
        with served([empty.name]) as (bare, _), served([str(APP)]) as (ours, _):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            rows = []
            for run in range(runs):
                mine, theirs = (
                    _paints(browser, url, until) for url, until in ((ours, "#cmp-results img"), (bare, "h2"))
                )
                rows.append((mine["fcp"] / theirs["fcp"], mine["lcp"] / theirs["lcp"], mine["cls"], mine["ready"]))
                print(
                    f"run {run + 1}: first paint {mine['fcp']:.0f} ms beside {theirs['fcp']:.0f}, largest {mine['lcp']:.0f} "
                    f"beside {theirs['lcp']:.0f}, all there after {mine['ready']:.0f} beside {theirs['ready']:.0f}, "
                    f"layout shift {mine['cls']:.3f}",
                    flush=True,
                )
            browser.close()
    first, largest, shift, _ = (statistics.median(column) for column in zip(*rows, strict=True))
    print(f"median ratios: first paint {first:.2f}, largest {largest:.2f}; median layout shift {shift:.3f}")
    return 0


def _paints(browser, url: str, until: str) -> dict:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    visit = context.new_page()
    visit.goto(url)
    visit.wait_for_selector(until, timeout=120_000)
    seen = {"ready": visit.evaluate("performance.now()")}
    visit.wait_for_timeout(700)
    seen |= visit.evaluate(PAINTS)
    context.close()
    return seen


# --- many visitors ------------------------------------------------------------------------------------------------


class Compare:
    """The tab Compare as a visitor's browser speaks to it: one event that carries everything."""

    def __init__(self, url: str):
        self.url = url
        text = urllib.request.urlopen(url, timeout=60).read().decode()
        config = json.loads(re.search(r"window\.gradio_config = (\{.*?\});</script>", text, re.DOTALL)[1])
        names = {c["id"]: c["props"].get("elem_id") for c in config["components"]}
        self.event = next(d for d in config["dependencies"] if [names.get(i) for i in d["outputs"]] == ["cmp-results"])[
            "id"
        ]

    def ask(self, visitor: int, seed: int) -> tuple[float, dict]:
        """Send drawing number `seed` -> (seconds, what came back: id and the three pictures)."""
        import parts

        drawing = parts.uri(facade(seed, 256))
        payload = json.dumps({"id": visitor, "do": "draw", "family": "facades", "drawing": drawing})
        body = {"data": [payload], "fn_index": self.event, "session_hash": f"visitor{visitor}"}
        request = urllib.request.Request(
            self.url + "gradio_api/run/predict", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        began = time.perf_counter()
        with urllib.request.urlopen(request, timeout=300) as answer:
            said = json.loads(answer.read())["data"][0]
        took = time.perf_counter() - began
        state = json.loads(re.search(r'data-answer="([^"]*)"', said)[1].replace("&quot;", '"'))
        pictures = re.findall(r'<img class="gz-made" data-key="([^"]+)" src="data:image/png;base64,([^"]+)"', said)
        return took, {"id": state["id"], "pictures": {key: pixels(data) for key, data in pictures}}


def pixels(data: str) -> Tensor:
    return whole_tensor(open_picture(base64.b64decode(data)), 3).short()


def crowd(compare: Compare, visitors: int, alone: dict[int, dict]) -> tuple[list[float], int]:
    """`visitors` at once, each with a drawing of its own (there are len(alone)) -> (seconds, how many got a wrong answer)."""
    seeds = [list(alone)[i % len(alone)] for i in range(visitors)]
    with ThreadPoolExecutor(visitors) as pool:
        answers = list(pool.map(lambda i: compare.ask(i + 1, seeds[i]), range(visitors)))
    wrong = sum(
        said["id"] != i + 1 or not same(said["pictures"], alone[seeds[i]]["pictures"])
        for i, (_, said) in enumerate(answers)
    )
    return [took for took, _ in answers], wrong


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    """The same pictures up to what the order of additions may change: no pixel by more than two levels."""
    return a.keys() == b.keys() and len(a) == 3 and all(int((a[k] - b[k]).abs().max()) <= 2 for k in a)


def memory(process) -> float:
    """Megabytes that the server holds."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def load(visitors: int, calls: int, limit_s: float) -> int:
    """What `visitors` at once wait beside one alone, whether each gets his own picture, and memory over `calls` calls."""
    with served([str(APP)]) as (url, process):
        compare = Compare(url)
        alone = {seed: compare.ask(0, seed)[1] for seed in range(100, 110)}
        one = statistics.median(compare.ask(0, seed)[0] for seed in alone)
        for run in range(3):
            seconds, wrong = crowd(compare, visitors, alone)
            slow = p95(seconds)
            print(
                f"run {run + 1}: {visitors} at once, {wrong} wrong answers, p95 {slow:.2f} s, alone {one:.3f} s: "
                f"ratio {slow / one:.1f}",
                flush=True,
            )
        held, began, done = [], time.perf_counter(), 0
        with ThreadPoolExecutor(4) as pool:
            while done < calls and time.perf_counter() - began < limit_s:
                list(pool.map(lambda i: compare.ask(i, i), range(done, done + 50)))
                done += 50
                held.append(memory(process))
        print(
            f"{done} calls: {held[0]:.0f} MB after 50, {held[len(held) // 2]:.0f} at half, {held[-1]:.0f} MB at the end"
        )
    return 0


# --- while a GAN trains -------------------------------------------------------------------------------------------


def live(calls: int = 30) -> int:
    """How long others wait for a light answer (a picture growing layer by layer) while a visitor's GAN trains, beside the
    same calls before, and how many rounds it plays in its first minute."""
    from gradio_client import Client
    from playwright.sync_api import sync_playwright

    with served([str(APP)]) as (url, process), sync_playwright() as playwright:
        client = Client(url, verbose=False)

        def waits() -> str:
            seconds = []
            for seed in range(calls):
                began = time.perf_counter()
                client.predict("gan", "mnist", seed, api_name="/grow")
                seconds.append(time.perf_counter() - began)
            return f"median {statistics.median(seconds):.3f} s, p95 {p95(seconds):.3f} s"

        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        visit = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US").new_page()
        visit.goto(url + "?tab=live")
        visit.wait_for_selector("#live-stage .gz-film", timeout=120_000)
        waits()  # models are read, threads are there
        print(f"before: {waits()}, {memory(process):.0f} MB", flush=True)
        visit.click("#live-go")
        began = time.perf_counter()
        print(f"while it trains: {waits()}", flush=True)
        visit.wait_for_timeout(max(0, 60 - (time.perf_counter() - began)) * 1000)
        rounds = visit.locator("#live-stage .gz-film").get_attribute("data-step")
        print(f"after 60 s: round {rounds}, {memory(process):.0f} MB; the pictures: live.png", flush=True)
        visit.locator("#live-stage").screenshot(path="live.png")
        browser.close()
    return 0
