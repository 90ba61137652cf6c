"""Pictures of every tab in both languages, as the README shows them: python tests/support/screenshots.py demos/screenshots"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "train")]

from tests.support.browser import CHROMIUM, FLAGS, all_seen  # noqa: E402
from tests.support.serve import serve  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--tabs", nargs="*", default=[], help="only these (default: every tab there is)")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as app, sync_playwright() as playwright:
        shutil.rmtree(app.folder / "runs")  # the tests' own tiny model is none to show
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        for language, path, locale in (("en", "", "en-US"), ("zh", "zh", "zh-TW")):
            page = browser.new_context(viewport={"width": 1280, "height": 900}, locale=locale).new_page()
            page.set_default_timeout(120_000)
            page.goto(app.url + path)
            page.wait_for_selector("#cmp-results img")
            tabs = page.locator("#tabs [role=tab]").evaluate_all("tabs => tabs.map(tab => tab.dataset.tabId || tab.id)")
            for name in asked.tabs or [tab.removesuffix("-button") for tab in tabs]:
                page.goto(f"{app.url}{path}?tab={name}")
                page.wait_for_selector(".gz-section h2:visible")
                page.wait_for_timeout(1500)
                all_seen(page)
                page.evaluate("scrollTo(0, 0)")
                page.wait_for_timeout(500)
                page.screenshot(path=asked.out / f"{name}-{language}.png")
            page.context.close()
        browser.close()


if __name__ == "__main__":
    main()
