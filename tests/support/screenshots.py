"""Pictures of every tab in both languages, to be looked at, and for the README.

python tests/support/screenshots.py OUT                    # every tab, en and zh, desk and phone, light and dark: 32 pictures
python tests/support/screenshots.py demos/screenshots --readme   # one of each tab and language, as the README shows them
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "train")]

from tests.support.browser import CHROMIUM, FLAGS  # noqa: E402
from tests.support.serve import serve  # noqa: E402

WIDTHS = {"desk": (1280, 900), "phone": (390, 844)}


def settle(page) -> None:
    """Everything that comes when it is seen has come, and the page is at its top again."""
    for section in page.locator(".gz-section:visible").all():
        section.scroll_into_view_if_needed()
    page.wait_for_function(
        "() => { const later = [...document.querySelectorAll('.gz-later')].find((line) => line.offsetParent);"
        " later?.scrollIntoView(); return !later; }"
    )
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(500)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--readme", action="store_true", help="1280 x 900, light, named TAB-LANGUAGE.png")
    parser.add_argument("--tabs", nargs="*", default=[], help="only these (default: every tab there is)")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    looks = [("desk", "light")] if asked.readme else [(size, scheme) for size in WIDTHS for scheme in ("light", "dark")]
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as app, sync_playwright() as playwright:
        shutil.rmtree(app.folder / "runs")  # the tests' own tiny model is none to show
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        for size, scheme in looks:
            width, height = WIDTHS[size]
            for language, path in (("en", ""), ("zh", "zh")):
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    locale="zh-TW" if language == "zh" else "en-US",
                    color_scheme=scheme,
                )
                page = context.new_page()
                page.set_default_timeout(120_000)
                page.goto(app.url + path)
                page.wait_for_selector("#cmp-results img")
                tabs = page.evaluate(
                    "[...document.querySelectorAll('#tabs [role=tab]')].map(tab => tab.dataset.tabId || tab.id)"
                )
                for name in asked.tabs or [tab.removesuffix("-button") for tab in tabs]:
                    page.goto(f"{app.url}{path}?tab={name}")
                    page.wait_for_selector(".gz-section h2:visible")
                    page.wait_for_timeout(1500)
                    settle(page)
                    file = f"{name}-{language}.png" if asked.readme else f"{name}-{language}-{size}-{scheme}.png"
                    page.screenshot(path=asked.out / file, full_page=not asked.readme)
                    print(file, flush=True)
                context.close()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
