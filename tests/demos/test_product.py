"""The pages as one product: two whole languages, no barrier, no jump, and many visitors at once who never meet."""

import re
import urllib.request
from pathlib import Path

import axe_playwright_python
import pytest

from tests.support.browser import all_seen, overflowing
from train.benchmark import pages

THERE = {
    "compare": "#cmp-results img",
    "create": "#grid .gz-cell",
    "translate": "#trl-opinion .gz-prose",
    "live": "#live-stage .gz-film",
    "lessons": ".gz-lesson .gz-stage",
    "own": "#own-pairs img",
    "zoo": ".gz-card",
}
TABS = tuple(THERE)
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def visit(surf, site):
    def go(path="", tab="", **look):
        page = surf(f"{site.url}{path}" + (f"?tab={tab}" if tab else ""), **look)
        page.wait_for_selector(THERE[tab or "compare"])
        return page

    return go


def everything(page, tab: str) -> None:
    """Bring all of a tab onto the page: what comes when it is seen, a model's card, folded parts."""
    all_seen(page)
    if tab == "zoo":
        page.locator(".gz-card").first.click()
        page.wait_for_selector("#card h1")
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")


# --- two languages ----------------------------------------------------------------------------------------------

ALLOWED = re.compile(
    r"\b(GAN|cGAN|DCGAN|CGAN|CycleGAN|Pix2Pix|PatchGAN|U-?Net|MAE|MSE|MLP|BN|FCN|Adam|ReLU|LeakyReLU|"
    r"Batch Normalization|beta1|β1|Generator|Discriminator|Label|Loss|Hub|Space|kernel|stride|pixel|API|EN|Fréchet|L1|"
    r"ganzoo|MB|ms|CPU|GPU|threads|x86_64|AMD|Intel|Xeon|EPYC|NVIDIA|H100|H200|user|runs|train|py|python|seed|GAN \+ MAE|"
    r"CMP Facade Database)\b",
    re.IGNORECASE,
)
READ = """() => {
  const found = [], skip = "script, style, pre, code, #card, #numbers, .gz-card strong, .gz-shell, option, footer, .nav-holder";
  const shown = (node) => node.offsetParent !== null;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (node && shown(node) && !node.closest(skip)) found.push(walk.currentNode.textContent);
  }
  for (const node of document.querySelectorAll("[alt], [aria-label], [title], [placeholder]")) {
    if (!shown(node) || node.closest(skip)) continue;
    found.push(...["alt", "aria-label", "title", "placeholder"].map((name) => node.getAttribute(name) || ""));
  }
  return found;
}"""


def english(text: str) -> str:
    """The first three or more English words in a row that no page in Chinese should have; names and terms are allowed."""
    rest = ALLOWED.sub(" ", re.sub(r"[\w./-]*[/_.][\w./-]*|\b[\w]+-[\w-]+\b", " ", text))  # file names, model names
    found = re.search(r"[A-Za-z]{2,}(?:[\s,:;'’]+[A-Za-z]{2,}){2,}", rest)
    return found[0] if found else ""


def test_the_browser_chooses_the_language(browser, site):
    for locale, language in (("zh-TW", "zh-Hant"), ("zh-CN", "zh-Hant"), ("en-GB", "en"), ("fr-FR", "en")):
        context = browser.new_context(locale=locale)
        page = context.new_page()
        page.route("**/assets/**", lambda route: route.abort())  # page.js alone decides, before gradio starts
        page.goto(site.url)
        page.wait_for_selector(f".gz-shell:lang({language})", state="attached")
        context.close()


# --- no barrier -------------------------------------------------------------------------------------------------


def findings(page) -> dict[str, list[str]]:
    """What axe-core finds on the page, as far as it is shown, and does not call minor: rule -> the elements."""
    if page.evaluate("!window.axe"):
        page.evaluate(AXE)
    return {
        rule["id"]: [str(node["target"]) + str(node.get("failureSummary", ""))[:200] for node in rule["nodes"]]
        for rule in page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
        if rule["impact"] != "minor"
        and rule["id"] != "page-has-heading-one"  # the heading of a page is the name of its tab
    }


@pytest.mark.parametrize(("path", "scheme"), [("", "light"), ("zh", "dark")])
def test_every_tab_is_in_its_language_without_a_barrier_and_fits_every_window(visit, path, scheme):
    page = visit(path, width=1440, locale="zh-TW" if path else "en-US", scheme=scheme)
    if not path:
        the_keyboard_reaches_everything_and_shows_where_it_is(page)
    assert page.get_by_role("tab").count() == len(TABS)
    for number, tab in enumerate(TABS):
        page.get_by_role("tab").nth(number).click()
        page.wait_for_selector(THERE[tab])
        everything(page, tab)
        widths = (1440, 390) if path else (1440, 820, 390)
        for width in widths[:: -1 if number % 2 else 1]:  # beginning with what the tab before ended with
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_function("width => innerWidth === width", arg=width)
            assert not overflowing(page), (tab, width)
            rows = page.get_by_role("tab").evaluate_all("tabs => new Set(tabs.map(tab => tab.offsetTop)).size")
            assert rows <= (1 if width > 560 else 2)  # on a phone too, every tab is to be seen
            assert page.locator(".overflow-menu > button:visible").count() == 0
            if width == 1440:
                reads_well(page, tab, path)
    page.locator("#sheet img").first.evaluate("image => image.removeAttribute('alt')")
    assert "image-alt" in findings(page)  # axe finds a barrier where there is one


def reads_well(page, tab: str, path: str) -> None:
    texts = page.evaluate(READ)
    if path:
        assert not {said for text in texts if (said := english(text))}, tab
    else:
        assert {text for text in texts if re.search(r"[一-鿿]", text)} <= {"中文"}, tab
    assert page.locator("img:not([alt])").count() == 0, tab
    assert not (found := findings(page)), (tab, found)


def the_keyboard_reaches_everything_and_shows_where_it_is(page) -> None:
    there = {"gz-language", "cmp-surprise", "cmp-example", "tool", "colour-label", "cmp-reveal", "cmp-link"}
    page.locator("a.gz-name").focus()  # the first of the page, wherever a late component left the focus
    for _ in range(60):
        page.keyboard.press("Tab")
        name, ringed = page.evaluate(
            """() => { const e = document.activeElement;
            const ring = (n) => n && (getComputedStyle(n).outlineStyle !== "none" || getComputedStyle(n).boxShadow !== "none");
            return [e.dataset.do || e.name || e.id || e.className || e.tagName,
                    ring(e) || ring(e.parentElement) || e.tagName === "BODY"]; }"""
        )
        assert ringed, name
        there.discard(name)
        if not there:
            return
    raise AssertionError(f"the keyboard does not reach {there}")


def test_the_shell_leaves_and_the_page_of_a_slow_phone_works(surf, site):
    page = surf("about:blank", width=390)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 3})
    page.goto(site.url)
    page.wait_for_selector(THERE["compare"])
    assert page.locator(".gz-shell").count() == 0
    page.get_by_role("tab", name="Lessons").click()
    page.wait_for_selector(THERE["lessons"])


def test_the_first_words_are_in_the_page_itself(site):
    for path, word in (("", "Same drawing"), ("zh", "同一張")):
        text = urllib.request.urlopen(site.url + path, timeout=30).read().decode()
        body = text[text.index("<body") :]
        assert word in body[: body.index("<script")] and text.count('class="gz-shell"') == 1


# --- many visitors ----------------------------------------------------------------------------------------------


def test_twelve_at_once_each_get_the_answer_to_their_own_picture(site):
    tab = pages.Compare(site.url)
    assert not pages.same(tab.ask("one", 200)[1], tab.ask("two", 201)[1])
    met = pages.crowd(tab, 12, 0.1)
    assert met["answers"] == met["queued"] == 12 and met["wrong"] == 0
