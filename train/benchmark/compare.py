"""How fast Compare answers: its handler beside bare forward passes, through gradio_client, and in a browser.

python train/benchmark compare [--runs 40]
"""

import statistics
import tempfile

import torch

from ganzoo.data.drawings import facade
from ganzoo.images import to_float, to_pil

from .pages import APP, browsed, opened, p95, served, took

STROKES = 20
SEEN = """() => { // when the last stroke ended, and when the pictures changed last
  window.seen = { lifted: 0, changed: 0 };
  document.querySelector('#cmp-board canvas').addEventListener('pointerup', () => { seen.lifted = performance.now(); });
  new MutationObserver(() => { seen.changed = performance.now(); })
    .observe(document.querySelector('#cmp-results'), { subtree: true, childList: true, attributeFilter: ['src'] });
}"""
SETTLED = "performance.now() - Math.max(seen.lifted, seen.changed) > 1000 && seen.changed > seen.lifted"


def compare(runs: int) -> None:
    picture, (inside, whole) = facade(4, 256), _in_process(runs)
    print(f"the event of the page, HTML included, the critic's map out of sight: {whole:.2f} times the bare passes")
    with served([str(APP)]) as (url, _):
        _through_client(url, picture, runs, inside)
        _in_browser(url)


def _in_process(runs: int) -> tuple[float, float]:
    """(seconds of one drawing to all pictures, the page's whole event as a multiple of the bare passes)."""
    import gradio as gr

    from demos.catalog import local
    from demos.tabs.compare import families, handlers, inference
    from demos.tabs.compare.board import BoardState
    from demos.tabs.compare.tab import Compare
    from demos.ui import html, pictures
    from demos.ui.words import Words

    family, picture = families.find("facades"), facade(4, 256)
    nets = [local.open_model(entry.name, local.TRANSLATORS).generator for entry in family.members.values()]
    tensor = to_float(pictures.square(picture, family.size))
    with gr.Blocks() as demo:
        page = Compare(demo, Words("en"))
    state = BoardState("facades", html.uri(picture), judged=False)  # the critic's map lies below the window
    options = {page.board: state, page.vary: False, page.left: "mae", page.right: "gan+mae"}

    def ours():
        made = inference.translate(family, pictures.square(picture, family.size))
        return to_pil(torch.stack(list(made.pictures.values())))

    @torch.no_grad()
    def bare():
        for net in nets:
            net(tensor)

    def event():
        return page._answer(lambda: handlers.drawn(page.words, state), options, False)

    met: dict[str, list[float]] = {"pictures": [], "bare": [], "event": []}
    for _ in range(runs + 5):  # in turns; the first five warm up
        for name, call in (("pictures", ours), ("bare", bare), ("event", event)):
            met[name].append(took(call))
    mine, theirs, whole = (statistics.median(seconds[5:]) for seconds in met.values())
    beside = f"{1000 * mine:.1f} ms beside {1000 * theirs:.1f} ms of as many bare passes"
    times = f"{mine / theirs:.2f} times (medians of {runs})"
    print(f"a drawing (PIL) to {len(nets)} pictures (PIL), in process: {beside}: {times}")
    return mine, whole / theirs


def _through_client(url: str, picture, runs: int, inside: float) -> None:
    from gradio_client import Client, handle_file

    client = Client(url, verbose=False)
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        picture.save(file, "PNG")
        file.flush()
        sent = handle_file(file.name)
        seconds = [took(lambda: client.predict(sent, "facades", None, api_name="/translate")) for _ in range(runs + 5)]
    median = 1000 * statistics.median(seconds[5:])
    more = f"{median - 1000 * inside:.0f} ms more than in process (median of {runs})"
    print(f"through gradio_client (/translate, pictures only): {median:.0f} ms, {more}")


def _in_browser(url: str) -> None:
    """The seconds from the end of a stroke on the board to the last of its pictures, not those while the pen moves."""
    with browsed() as browser:
        page = opened(browser, url)
        page.wait_for_function(
            "document.querySelector('#s-compare [data-link]')"
            " && document.querySelectorAll('#cmp-two img').length === 2",
            timeout=120_000,
        )
        page.evaluate(SEEN)
        box, seconds = page.locator("#cmp-board canvas").bounding_box(), []
        for stroke in range(STROKES):
            page.locator('[data-palette="label"] input').nth(1 + stroke % 11).check(force=True)
            x = box["x"] + box["width"] * (0.1 + 0.035 * stroke)
            y = box["y"] + box["height"] * (0.2 + 0.6 * (stroke % 2))
            page.mouse.move(x, y)
            page.mouse.down()
            page.mouse.move(x + 0.15 * box["width"], y + 0.1 * box["height"], steps=6)
            page.mouse.up()
            page.wait_for_function(SETTLED, timeout=120_000)
            seconds.append(page.evaluate("(seen.changed - seen.lifted) / 1000"))
    median = 1000 * statistics.median(seconds)
    found = f"median {median:.0f} ms, p95 {1000 * p95(seconds):.0f} ms ({STROKES} strokes)"
    print(f"a stroke in Chromium to new pictures: {found}")
