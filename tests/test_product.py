"""The pages as one product: two whole languages, no barrier, no jump, and many visitors at once who never meet."""

import re
import urllib.request
import uuid
from pathlib import Path

import axe_playwright_python
import pytest
import speed_pages
from test_demos import DEMOS

THERE = {
    "compare": "#cmp-results img",
    "create": "#grid .gz-cell",
    "translate": "#trl-results .gz-trl-pic",
    "live": "#live-stage .gz-film",
    "lessons": "#l-field .gz-scores",
    "own": "#own-pairs img",
    "zoo": ".gz-card",
}
TABS = tuple(THERE)
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
BARE = """
import sys, gradio as gr
with gr.Blocks(analytics_enabled=False) as demo:
    with gr.Tabs():
        with gr.Tab("one"):
            with gr.Row():
                gr.Radio(["a", "b"], value="a", label="radio")
                gr.Textbox("text", label="box")
                gr.Button("press")
            gr.Slider(0, 10, value=5, step=1, label="slider", buttons=[])
            gr.HTML("<h2>heading</h2><p>text</p>")
            gr.Markdown("# text\\n```python\\nprint('x')  # said\\n```")
        with gr.Tab("two"):
            gr.HTML("two")
demo.launch(server_port=int(sys.argv[2]), ssr_mode=False, quiet=True)
"""


@pytest.fixture
def visit(surf, site):
    def go(path="", tab="", **look):
        page = surf(f"{site.url}{path}" + (f"?tab={tab}" if tab else ""), **look)
        page.wait_for_selector(THERE[tab or "compare"])
        return page

    return go


def everything(page, tab: str) -> None:
    """Bring all of a tab onto the page: what comes when it is seen, a model's card, folded parts."""
    for section in page.locator(".gz-section:visible").all():
        section.scroll_into_view_if_needed()
    page.wait_for_function("() => ![...document.querySelectorAll('.gz-later')].some((line) => line.offsetParent)")
    if tab == "zoo":
        page.locator(".gz-card").first.click()
        page.wait_for_selector("#card h1")
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")


# --- two languages ----------------------------------------------------------------------------------------------

ALLOWED = re.compile(
    r"\b(GAN|cGAN|DCGAN|CGAN|CycleGAN|Pix2Pix|PatchGAN|U-?Net|MAE|MSE|MLP|BN|FCN|Adam|ReLU|LeakyReLU|"
    r"Batch Normalization|beta1|β1|Generator|Discriminator|Label|Loss|Hub|Space|kernel|stride|pixel|API|EN|Fréchet|L1|"
    r"ganzoo|MB|ms|CPU|GPU|threads|x86_64|AMD|Intel|Xeon|EPYC|NVIDIA|H100|H200|user|runs|train|py|python|seed|GAN \+ MAE)\b",
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


def test_the_search_for_english_finds_it():
    assert english("這裡有 three English words 吧") and english("Reset to default value")
    assert not english("用 U-Net 與 PatchGAN、MAE、Batch Normalization：pix2pix-facades-gan-mae") and not english(
        "python train/gan.py"
    )


@pytest.mark.parametrize("tab", TABS)
def test_no_english_sentence_on_the_chinese_page_and_no_chinese_on_the_english(visit, tab):
    page = visit("zh", tab, locale="zh-TW")
    everything(page, tab)
    left = {said for text in page.evaluate(READ) if (said := english(text))}
    assert not left
    page = visit("", tab)
    everything(page, tab)
    texts = [text for text in page.evaluate(READ) if re.search(r"[一-鿿]", text)]
    assert set(texts) <= {"中文"}, texts


def test_every_error_a_page_can_show_is_translated(monkeypatch):
    from words import WORDS, Trouble, Words

    from ganzoo import GanzooError

    chinese, tried = Words("zh"), 0
    for path in DEMOS.glob("*.py"):
        for key in re.findall(r'Trouble\(\s*"([a-z_0-9]+)"', path.read_text(encoding="utf-8")):
            values = {name: "7" for name in re.findall(r"{(\w+)}", WORDS[key][0])}
            assert re.search(r"[一-鿿]", chinese.explain(Trouble(key, **values))), key
            tried += 1
    assert tried > 20
    said = chinese.explain(GanzooError("The file x.safetensors is missing: fetch the model again."))
    assert re.search(r"[一-鿿]", said) and not english(said)
    assert "x.safetensors" in Words("en").explain(GanzooError("The file x.safetensors is missing: fetch it again."))


@pytest.mark.parametrize(
    ("locale", "language"), [("zh-TW", "zh-Hant"), ("zh-CN", "zh-Hant"), ("en-GB", "en"), ("fr-FR", "en")]
)
def test_the_browser_chooses_the_language(visit, locale, language):
    page = visit(locale=locale)
    assert page.evaluate("document.documentElement.lang") == language


def test_the_switch_wins_and_is_remembered_without_a_cookie(visit, site):
    page = visit(locale="zh-TW")
    assert "/zh" in page.url
    page.click("a.gz-language")
    page.wait_for_selector("text=Same drawing, same network")
    page.goto(site.url)
    page.wait_for_selector("#cmp-results img")
    assert page.evaluate("document.documentElement.lang") == "en" and page.context.cookies() == []


# --- no barrier -------------------------------------------------------------------------------------------------


def findings(page) -> dict[str, list[str]]:
    """What axe-core calls serious or critical: rule -> the elements."""
    page.evaluate(AXE)
    said = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return {
        rule["id"]: [str(node["target"]) + str(node.get("failureSummary", ""))[:200] for node in rule["nodes"]]
        for rule in said["violations"]
        if rule["impact"] in ("serious", "critical")
    }


@pytest.fixture(scope="module")
def bare(browser, tmp_path_factory):
    """The findings on a bare gradio page with the same components, in the same run."""
    path = tmp_path_factory.mktemp("bare") / "bare.py"
    path.write_text(BARE, encoding="utf-8")
    with speed_pages.served([str(path)]) as (url, _):
        found = {}
        for scheme in ("light", "dark"):
            page = browser.new_context(color_scheme=scheme, locale="en-US").new_page()
            page.goto(url)
            page.wait_for_selector("h2")
            found[scheme] = findings(page)
            page.context.close()
        return found


def test_axe_finds_a_barrier_where_there_is_one(visit):
    page = visit()
    page.evaluate("document.querySelector('#cmp-results img').removeAttribute('alt')")
    assert "image-alt" in findings(page)


@pytest.mark.parametrize(("path", "scheme"), [("", "light"), ("zh", "dark")])
@pytest.mark.parametrize("tab", TABS)
def test_no_barrier_that_a_bare_gradio_page_does_not_have(visit, bare, tab, path, scheme):
    page = visit(path, tab, locale="zh-TW" if path else "en-US", scheme=scheme)
    everything(page, tab)
    page.wait_for_timeout(300)
    more = {
        rule: nodes for rule, nodes in findings(page).items() if rule not in bare[scheme] or rule == "color-contrast"
    }
    assert not more


def test_the_keyboard_reaches_everything_and_shows_where_it_is(visit):
    page = visit()
    walked, hidden = [], []
    for _ in range(60):
        page.keyboard.press("Tab")
        at = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e), box = e.getBoundingClientRect();
            const ring = (n) => n && (getComputedStyle(n).outlineStyle !== "none" || getComputedStyle(n).boxShadow !== "none");
            return [e.dataset.do || e.dataset.family || e.dataset.tool || e.dataset.colour || e.id || e.className || e.tagName,
                    ring(e) || ring(e.parentElement) || e.tagName === "BODY", box.width > 0]; }"""
        )
        walked.append(at[0])
        if not at[1]:
            hidden.append(at[0])
    assert not hidden
    assert {"gz-language", "surprise", "upload", "link", "undo", "brush", "facades"} - {"undo"} <= set(walked), walked


def test_nothing_jumps_while_the_page_comes(visit):
    for width, most in ((1280, 0.1), (390, 0.1)):  # 0.1 is what web.dev calls good
        page = visit(width=width)
        page.wait_for_timeout(500)
        seen = page.evaluate(speed_pages.PAINTS)
        assert seen["cls"] < most, (width, seen)
        assert seen["fcp"] <= seen["lcp"]


def test_nothing_jumps_on_a_slow_phone(visit):
    page = visit(width=390)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 6})
    page.reload()
    page.wait_for_selector(THERE["compare"])
    page.wait_for_timeout(2000)
    assert page.evaluate(speed_pages.PAINTS)["cls"] < 0.01  # 0.034 where gradio's own "Loading" moves
    page.get_by_role("tab", name="Lessons").click(timeout=10_000)  # that rule once took the whole page with it


def test_the_first_words_are_in_the_page_itself(site):
    for path, word in (("", "Same drawing"), ("zh", "同一張")):
        text = urllib.request.urlopen(site.url + path, timeout=30).read().decode()
        body = text[text.index("<body") :]
        assert word in body[: body.index("<script")] and text.count('class="gz-shell"') == 1


# --- many visitors ----------------------------------------------------------------------------------------------


def test_twelve_at_once_each_get_the_answer_to_their_own_picture(site):
    compare = speed_pages.Compare(site.url)
    alone = {seed: compare.ask(0, seed)[1] for seed in range(200, 204)}
    assert not speed_pages.same(alone[200]["pictures"], alone[201]["pictures"])
    seconds, wrong = speed_pages.crowd(compare, 12, alone)
    assert len(seconds) == 12 and wrong == 0


def test_what_a_visitor_uploads_goes_with_the_process(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.delenv("GRADIO_TEMP_DIR", raising=False)
    secret = uuid.uuid4().hex.encode()
    with speed_pages.served([str(DEMOS / "app.py")]) as (url, _):
        form = (
            b'--x\r\nContent-Disposition: form-data; name="files"; filename="mine.txt"\r\n\r\n'
            + secret
            + b"\r\n--x--\r\n"
        )
        request = urllib.request.Request(
            url + "gradio_api/upload", form, {"Content-Type": "multipart/form-data; boundary=x"}
        )
        assert urllib.request.urlopen(request, timeout=30).status == 200
        assert [path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes() == secret]
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes() == secret]
