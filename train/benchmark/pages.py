"""How the pages do: how fast they open, what many visitors at once meet, what others wait while a GAN trains.

Everything is a ratio within one run, on one machine: two pages take turns, and many visitors are compared with one.
"""

import base64
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
from torch import Tensor

from ganzoo import GanzooError
from ganzoo.data.drawings import facade
from ganzoo.images import whole_tensor

APP = Path(__file__).resolve().parent.parent.parent / "demos" / "app.py"
EMPTY = """
import sys, gradio
with gradio.Blocks(analytics_enabled=False) as demo:
    gradio.HTML("<h2>empty</h2>")
demo.launch(server_port=int(sys.argv[2]), ssr_mode=False, quiet=True)
"""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-headless-shell")
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


def took(call) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


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
                raise GanzooError("server_ended", command=" ".join(command)[:60])
            try:
                httpx.get(url, timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url, process
    finally:
        process.terminate()
        process.wait(600)  # beside other work, giving back thousands of uploads takes its time


@contextmanager
def browsed():
    """A browser until the end of the block."""
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        raise SystemExit("The pages are measured in Chromium, which is not installed: apt-get install chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def opened(browser, url: str, width: int = 1280, slower: int = 1):
    """A page in a new window; `slower`: by how many times the processor is held back."""
    visit = browser.new_context(viewport={"width": width, "height": 900}, locale="en-US").new_page()
    if slower > 1:
        visit.context.new_cdp_session(visit).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    visit.goto(url)
    return visit


def page(runs: int) -> None:
    """First and Largest Contentful Paint of the page and of an empty gradio page, in turns, with a cold browser cache."""
    with tempfile.NamedTemporaryFile("w", suffix=".py") as empty, browsed() as browser:
        empty.write(EMPTY)
        empty.flush()
        with served([empty.name]) as (bare, _), served([str(APP)]) as (ours, _):
            rows = []
            for run in range(runs):
                mine, theirs = _paints(browser, ours, "#cmp-results img"), _paints(browser, bare, "h2")
                phone = _paints(browser, ours, "#cmp-results img", width=390, slower=6)
                rows.append((mine["fcp"] / theirs["fcp"], mine["lcp"] / theirs["lcp"], max(mine["cls"], phone["cls"])))
                print(
                    f"run {run + 1}: first paint {mine['fcp']:.0f} ms beside {theirs['fcp']:.0f}, largest "
                    f"{mine['lcp']:.0f} beside {theirs['lcp']:.0f}, all there after {mine['ready']:.0f} beside "
                    f"{theirs['ready']:.0f}, layout shift {mine['cls']:.4f}, "
                    f"on a phone six times slower {phone['cls']:.4f}"
                )
    firsts, largests, shifts = zip(*rows, strict=True)
    first, largest = statistics.median(firsts), statistics.median(largests)
    print(f"median ratios: first paint {first:.2f}, largest {largest:.2f}; largest layout shift {max(shifts):.4f}")


def _paints(browser, url: str, until: str, width: int = 1280, slower: int = 1) -> dict:
    visit = opened(browser, url, width, slower)
    visit.wait_for_selector(until, timeout=120_000)
    seen = {"ready": visit.evaluate("performance.now()")}
    visit.wait_for_timeout(700)
    seen |= visit.evaluate(PAINTS)
    visit.context.close()
    return seen


class Compare:
    """Compare as a visitor's browser speaks to it: one event that carries everything, through gradio's queue."""

    def __init__(self, url: str):
        self.url, config = url, httpx.get(f"{url}config", timeout=60).json()
        board = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "cmp-board")
        self.event = next(d["id"] for d in config["dependencies"] if [board, "input"] in d["targets"])

    def ask(self, visitor: str, seed: int) -> tuple[float, list[Tensor], bool]:
        """Send drawing number `seed` -> (seconds, the pictures that came back, whether a place in the queue was shown)."""
        from demos.ui import html

        state = {"family": "facades", "drawing": html.uri(facade(seed, 256))}
        data = [state, False, "mae", "gan+mae", "gan+mae", "gan+mae", 1, 1, False]
        body = {"data": data, "fn_index": self.event, "session_hash": visitor}
        began, queued = time.perf_counter(), False
        httpx.post(f"{self.url}gradio_api/queue/join", json=body, timeout=300).raise_for_status()
        answer = f"{self.url}gradio_api/queue/data?session_hash={visitor}"
        with httpx.stream("GET", answer, timeout=300) as stream:
            for line in stream.iter_lines():
                message = json.loads(line[6:]) if line.startswith("data: ") else {}
                queued |= message.get("msg") == "estimation" and message.get("rank") is not None
                if message.get("msg") == "process_completed":
                    break
        took = time.perf_counter() - began
        text = json.dumps(message["output"]["data"]).replace('\\"', '"')
        found = re.findall(r"data:image/(?:png|jpeg);base64,([\w+/=]{2000,})", text)
        return took, [whole_tensor(base64.b64decode(picture), 3).short() for picture in found], queued


def crowd(tab: Compare, visitors: int, seconds: float) -> dict[str, float]:
    """`visitors` who each ask anew as soon as they have their answer, for so many seconds -> how many answers they got, how
    many were wrong and how many were shown their place in the queue, and what they waited: p95, and one alone."""
    alone = {seed: tab.ask(f"alone{seed}", seed)[1] for seed in range(100, 105)}
    one = statistics.median(tab.ask(f"one{seed}", seed)[0] for seed in alone)
    until = time.perf_counter() + seconds

    def visit(number: int) -> list[tuple[float, bool, bool]]:
        met = []
        while not met or time.perf_counter() < until:
            seed = list(alone)[(number + len(met)) % len(alone)]
            took, pictures, queued = tab.ask(f"visitor{number}-{len(met)}", seed)
            met.append((took, same(pictures, alone[seed]), queued))
        return met

    with ThreadPoolExecutor(visitors) as pool:
        met = [answer for answers in pool.map(visit, range(visitors)) for answer in answers]
    wrong, queued = sum(not right for _, right, _ in met), sum(queued for *_, queued in met)
    return {"answers": len(met), "wrong": wrong, "queued": queued, "p95": p95([took for took, *_ in met]), "alone": one}


def same(a: list[Tensor], b: list[Tensor]) -> bool:
    """The same pictures up to what the order of additions may change: no pixel by more than two levels."""
    alike = len(a) == len(b) and all(x.shape == y.shape for x, y in zip(a, b, strict=True))
    return alike and len(a) >= 2 and all(int((x - y).abs().max()) <= 2 for x, y in zip(a, b, strict=True))


def memory(process) -> float:
    """Megabytes that the server keeps, once it has had the time to give back what its last answers took."""
    time.sleep(12)  # demos/runtime/memory.py gives back every ten seconds
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def mixed(client, number: int) -> None:
    """Call `number` of a row of five: the page, a GAN's and a DCGAN's samples, three losses, there and back at 256 pixels."""
    from gradio_client import handle_file

    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        facade(number, 256 if number % 5 == 4 else 128).save(file.name)
        match number % 5:
            case 0:
                httpx.get(client.src, timeout=300).raise_for_status()
            case 1:
                client.predict("gan", "mnist", number, 24, [], api_name="/sample")
            case 2:
                client.predict("dcgan", "fashion", number, 24, [], api_name="/sample")
            case 3:
                client.predict(handle_file(file.name), "facades", None, api_name="/translate")
            case 4:
                client.predict(handle_file(file.name), "", "", api_name="/cycle")


def load(visitors: int, calls: int, limit_s: float) -> None:
    """What `visitors` wait beside one alone, whether each gets his own pictures, and memory over `calls` calls."""
    from gradio_client import Client

    with served([str(APP)]) as (url, process):
        met = crowd(Compare(url), visitors, 60)
        print(
            f"Compare, {visitors} visitors for 60 s: {met['answers']} answers, {met['wrong']} wrong, {met['queued']} "
            f"saw their place in the queue, p95 {met['p95']:.2f} s, alone {met['alone']:.3f} s: "
            f"ratio {met['p95'] / met['alone']:.1f}"
        )
        client = Client(url, verbose=False, download_files=False)
        kept, began, done = {}, time.perf_counter(), 0
        with ThreadPoolExecutor(4) as pool:
            while done < calls and time.perf_counter() - began < limit_s:
                list(pool.map(lambda i: mixed(client, i), range(done, done + 50)))
                done += 50
                if done in (50, calls // 5):
                    kept[done] = round(memory(process))
        last, first = memory(process), list(kept.values())[-1]
        print(f"{done} mixed calls: MB after {kept}, {last:.0f} at the end: {last / first:.2f} times")


def live(calls: int = 30) -> None:
    """How long others wait for a light answer (a picture growing layer by layer) while a visitor's GAN trains, beside the
    same calls before, and how many rounds it plays in its first minute."""
    from gradio_client import Client

    with served([str(APP)]) as (url, process), browsed() as browser:
        client = Client(url, verbose=False)

        def waits() -> str:
            seconds = [took(lambda s=s: client.predict("gan", "mnist", s, api_name="/grow")) for s in range(calls)]
            return f"median {statistics.median(seconds):.3f} s, p95 {p95(seconds):.3f} s"

        visit = opened(browser, url + "?tab=live")
        visit.wait_for_selector("#live-stage .gz-film", timeout=120_000)
        waits()  # models are read, threads are there
        print(f"before: {waits()}, {memory(process):.0f} MB")
        visit.click("#live-go")
        began = time.perf_counter()
        print(f"while it trains: {waits()}")
        visit.wait_for_timeout(max(0, 60 - (time.perf_counter() - began)) * 1000)
        rounds = visit.locator("#live-stage .gz-film").get_attribute("data-step")
        print(f"after 60 s: round {rounds}, {memory(process):.0f} MB; the pictures: live.png")
        visit.locator("#live-stage").screenshot(path="live.png")
