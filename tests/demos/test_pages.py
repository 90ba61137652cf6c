"""Create in a real browser: every question can be played with, in both languages."""

import pytest


@pytest.fixture
def visit(surf, site):
    """visit(path, width, ...) -> a fresh page that shows Create."""

    def go(path="", width=1440, **look):
        page = surf(site.url + path + ("" if "?" in path else "?tab=create"), width=width, **look)
        page.wait_for_selector("#grid .gz-cell")
        return page

    return go


def html(page, selector: str) -> str:
    return page.locator(f"{selector} .html-container").inner_html()


def changed(page, selector: str, before: str) -> str:
    """Wait until what `selector` shows is no longer `before`."""
    page.wait_for_function(
        "([selector, before]) => document.querySelector(`${selector} .html-container`).innerHTML !== before",
        arg=[selector, before],
    )
    return html(page, selector)


def slide(page, selector: str, value: int) -> None:
    page.locator(f"{selector} input[type=range]").evaluate(
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', { bubbles: true })); }", value
    )


def every_answer_is_there_without_a_click(page, language: str) -> None:
    assert page.locator("#grid .gz-cell").count() == 24
    scores = page.locator("#grid .gz-bar-number").all_inner_texts()
    assert len(scores) == 24 and all(0 <= int(score.removesuffix("%")) <= 100 for score in scores)
    for part in ("#now img", "#strip img", "#growth img", "#training svg", "#labelled img"):
        assert page.locator(part).count() > 0, part
    assert int(page.locator("#judged .gz-verdict").inner_text().removesuffix("%")) >= 10  # the 3 on the board
    assert page.locator(".gz-quiet:visible").count() == 0
    assert page.evaluate("document.documentElement.lang") == language


def test_a_first_visit_new_inspiration_a_link_that_brings_it_back_and_the_other_language(visit):
    page = visit("?lesson=gan&set=mnist&seed=5", locale="zh-TW")
    page.wait_for_url("**/zh?*seed=5")  # a first visit follows the browser, with what was linked
    page.wait_for_selector("#grid .gz-cell")
    every_answer_is_there_without_a_click(page, "zh-Hant")
    grid, growth = html(page, "#grid"), html(page, "#growth")
    page.locator("#new").scroll_into_view_if_needed()
    top = page.locator("#s-drawing").bounding_box()["y"]
    page.click("#new")
    changed(page, "#grid", grid)
    changed(page, "#growth", growth)
    page.wait_for_function(  # new pictures take the place of the old ones: what is below stays where it was
        "top => Math.abs(document.querySelector('#s-drawing').getBoundingClientRect().y - top) < 4", arg=top
    )
    seed = page.input_value("#seed input")
    page.wait_for_function("seed => location.search.includes(`seed=${seed}`)", arg=seed)
    first = page.locator("#grid img").first.get_attribute("src")
    page.click("a.gz-language")
    page.wait_for_selector("text=What does it make?")
    page.wait_for_function("first => document.querySelector('#grid img')?.src === first", arg=first)
    assert page.input_value("#seed input") == seed
    page.wait_for_url(lambda url: f"seed={seed}" in url and "/zh" not in url)
    page.goto(page.url.split("?")[0])
    page.wait_for_selector("text=Same drawing, same network")  # remembered, and without a cookie
    assert page.evaluate("document.documentElement.lang") == "en" and page.context.cookies() == []


def test_pictures_are_followed_morphed_asked_for_and_judged_and_the_zoo_opens_a_model(visit):
    page = visit()
    every_answer_is_there_without_a_click(page, "en")
    before = html(page, "#growth")
    page.locator("#grid .gz-cell").nth(4).focus()
    page.keyboard.press("Enter")
    changed(page, "#growth", before)
    page.wait_for_selector('#grid .gz-cell[data-pick="4"][aria-pressed="true"]')

    seen = {html(page, "#now")}
    for value in (0, 30, 100):
        before = html(page, "#now")
        slide(page, "#morph", value)
        seen.add(changed(page, "#now", before))
    assert len(seen) == 4
    strip = html(page, "#strip")
    page.click("#two-others")
    changed(page, "#strip", strip)

    page.wait_for_selector('#labelled [data-picks="2026"]')
    page.click("#no-picks")
    page.locator("#classes button").nth(3).click()
    page.wait_for_selector('#labelled [data-picks="3"]')
    page.fill("#picks input, #picks textarea", "314")
    page.wait_for_selector('#labelled [data-picks="314"]')
    assert page.locator("#labels th").count() == 1 + 10 and page.locator("#labels img").count() == 30

    before = html(page, "#training")
    slide(page, "#film", 0)
    after = changed(page, "#training", before)
    assert "State 1" in after and 'data-frame="0"' in after
    last = page.get_attribute("#film input[type=range]", "max")
    page.click("#play")
    page.click("#play:text('Pause')")
    page.wait_for_selector("#play:text('Play')")
    page.click("#play")  # to the end by itself, the slider with it
    page.wait_for_selector(f'#training [data-frame="{last}"]')
    assert page.input_value("#film input[type=range]") == last
    page.wait_for_selector("#play:text('Play')")

    page.click(".gz-contents a[href='#s-drawing']")  # a link to a section stays on the page
    page.wait_for_function("Math.abs(document.querySelector('#s-drawing').getBoundingClientRect().y) < innerHeight / 2")
    assert "lesson=" in page.evaluate("location.search")
    a_drawing_is_judged(page)
    the_zoo_opens_a_model(page)
    lessons_sets_and_a_bad_seed(page)


def a_drawing_is_judged(page) -> None:
    board = page.locator("#board canvas")
    board.scroll_into_view_if_needed()
    box = board.bounding_box()
    before = html(page, "#judged")
    page.mouse.move(box["x"] + 140, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + 230, steps=8)
    page.mouse.up()
    drawn = changed(page, "#judged", before)
    assert "gz-verdict" in drawn
    page.click("#clear")
    assert "gz-quiet" in changed(page, "#judged", drawn)
    page.click("#example")
    page.wait_for_selector("#judged .gz-verdict")


def the_zoo_opens_a_model(page) -> None:
    page.get_by_role("tab").last.click()
    page.wait_for_selector(".gz-card")
    names = page.eval_on_selector_all(".gz-card", "cards => cards.map(card => card.dataset.name)")
    assert "gan-mnist" in names and "runs/mine" in names and "runs/broken" not in names
    assert "runs/broken" in page.locator("#cards .gz-quiet").inner_text()
    page.click('.gz-card[data-name="runs/mine"]')
    page.wait_for_selector("#card h1")
    page.wait_for_selector("#sheet img")
    page.wait_for_function("location.search === '?tab=zoo&model=runs%2Fmine'")
    page.reload()  # the address leads there again
    page.wait_for_selector("#detail .gz-back:focus")
    page.wait_for_selector("#card h1")
    page.wait_for_selector("#sheet img")
    assert "library_name" not in page.inner_text("#card")
    assert page.locator("#numbers td").count() > 4
    page.click("#detail .gz-back")
    page.wait_for_function("document.activeElement.dataset.name === 'runs/mine'")
    page.click("#open-model")
    page.wait_for_function("location.search.includes('model=runs/mine')")
    page.wait_for_selector("#grid .gz-cell")
    chosen = "box => [...document.querySelectorAll(`${box} input`)].findIndex((input) => input.checked)"
    assert [page.evaluate(chosen, box) for box in ("#lesson", "#set")] == [0, 0]  # the model's: a GAN, of digits


def lessons_sets_and_a_bad_seed(page) -> None:
    for box, choice in (("#lesson", "Conditional GAN"), ("#lesson", "GAN"), ("#set", "Garments")):
        before = html(page, "#grid")
        page.locator(box).get_by_label(choice, exact=True).check()
        changed(page, "#grid", before)
        assert page.locator("#grid .gz-cell").count() == 24, choice
    page.wait_for_function("document.querySelector('#classes button').innerText.includes('T-shirt')")
    before = html(page, "#grid")
    page.fill("#seed input", "-3")
    page.press("#seed input", "Enter")
    assert "whole number" in changed(page, "#grid", before)
