"""The pages as their visitors meet them: one server and one Chromium for all tests, and visits that notice what a visitor
should never meet, an error in the console or a request to another host."""

import os
import re
import time
from functools import partial
from pathlib import Path
from urllib.parse import urlparse

import pytest

from tests.support.serve import serve

# The headless shell opens a page with a quarter less of the processor's time.
CHROMIUM = next(filter(Path.exists, map(Path, ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium"))), None)
FLAGS = ["--disable-gpu", "--disable-quic", "--disable-sync"]  # beside those that Playwright gives any browser


def local(address: str) -> bool:
    return urlparse(address).scheme in ("data", "blob") or urlparse(address).hostname == "127.0.0.1"


def attentive(page):
    """The page, whose waits look ten times a second."""
    # asked at every frame, as is usual, the browser would draw every frame
    page.wait_for_function = partial(page.wait_for_function, polling=100)
    playwrights_own = page.wait_for_selector  # which soon looks only twice a second

    def wait_for_selector(selector, state="visible", timeout=60_000):
        found = page.locator(selector).first
        met = {"attached": found.count, "visible": found.is_visible, "hidden": found.is_hidden}
        met["detached"] = lambda: not found.count()
        end = time.monotonic() + timeout / 1000
        while not met[state]():
            if time.monotonic() > end:
                return playwrights_own(selector, state=state, timeout=1_000)  # raises, with what it saw
            time.sleep(0.1)

    page.wait_for_selector = wait_for_selector
    page.set_default_timeout(60_000)
    return page


def all_seen(page) -> None:
    """Everything that comes when it is seen has come, however long a busy machine takes to time a training."""
    for section in page.locator(".gz-section:visible").all():
        section.scroll_into_view_if_needed()
    page.wait_for_function(
        "() => { const later = [...document.querySelectorAll('.gz-later')].find((line) => line.offsetParent);"
        " later?.scrollIntoView(); return !later; }",
        timeout=240_000,
    )


def overflowing(page) -> list[str]:
    """What stays wider than the window, once what is being computed has arrived and gradio has laid out the new width."""
    from playwright.sync_api import TimeoutError as StillWide

    page.wait_for_function("!document.querySelector('[data-testid=status-tracker]:not(.hide)')")
    wide = """() => [...document.querySelectorAll('.gz-section *')].filter((e) => e.offsetParent
        && !e.closest('.gz-table, pre, .gz-palette, #cmp-controls')
        && e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.className || e.tagName)
        .concat(document.documentElement.scrollWidth > innerWidth ? ["the page"] : [])"""
    try:
        page.wait_for_function(f"() => ({wide})().length === 0", timeout=10_000)
    except StillWide:
        return page.evaluate(wide)
    return []


@pytest.fixture(scope="session")
def browser():
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI must run the pages in a browser: apt-get install chromium-headless-shell")
        pytest.skip("Chromium is not installed (apt-get install chromium-headless-shell)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The app for all tests that only look and play: its address, what it printed, what it asked for."""
    with serve(tmp_path_factory.mktemp("pages")) as served:
        yield served
        assert served.asked == ""
        assert "Traceback" not in served.printed, served.printed[served.printed.find("Traceback") :][:3000]


@pytest.fixture
def surf(browser):
    """surf(address, width, height, scheme, locale) -> a fresh page there. At the end: no console error, no request
    to another host, and none that holds one of `surf.secrets`."""
    opened, wrong, secrets = [], [], []

    def go(address, width=1280, height=900, scheme="light", locale="en-US"):
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, locale=locale)
        opened.append(context)
        page = attentive(context.new_page())
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "request",
            lambda r: wrong.append(f"asked {r.url}") if not local(r.url) or any(s in r.url for s in secrets) else None,
        )
        page.goto(address)
        return page

    go.secrets = secrets
    yield go
    for context in opened:
        context.close()
    # a page that is left in the middle of an answer drops it, and gradio says so
    told = [w for w in wrong if not re.search("AbortError|Connection errored out", w)]
    assert not told, told
