"""The tab Lessons: what its stages say is counted, descended and differentiated here once more, and it plays in a browser."""

import json
import re
import urllib.request
from types import SimpleNamespace

import pytest
import torch

from ganzoo import receptive_field
from tests.demos.test_demos import LEAKS

LANGUAGES = ("en", "zh")
JUNK = ("NaN", None, -5, 10**30, "x" * 1000, [7], {"a": 1}, True, 2.5, "")


@pytest.fixture(params=LANGUAGES)
def words(request):
    from demos.ui.words import Words

    return Words(request.param)


# --- stride and kernel ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kernel", range(1, 8))
@pytest.mark.parametrize("stride", range(1, 5))
def test_the_counts_are_those_of_plain_loops(kernel, stride):
    from demos.tabs.lessons import kernel_stride

    for size in (5, 8, 14):
        side = (size - 1) * stride + kernel
        line = [sum(0 <= p - i * stride < kernel for i in range(size)) for p in range(side)]
        assert kernel_stride.written(size, kernel, stride).tolist() == [[a * b for b in line] for a in line]
        inside = [line[p] for p in range(side) if kernel - stride <= p < size * stride]
        found = kernel_stride.inner(kernel_stride.written(size, kernel, stride), size, kernel, stride)
        assert found == sorted({a * b for a in inside for b in inside})
        if found:
            assert (len(found) == 1) == (kernel % stride == 0)
        if kernel <= size:
            windows = (size - kernel) // stride + 1
            line = [sum(0 <= p - i * stride < kernel for i in range(windows)) for p in range(size)]
            assert kernel_stride.read(size, kernel, stride).tolist() == [[a * b for b in line] for a in line]


def test_the_course_s_examples_and_their_checkerboard(words):
    from demos.tabs.lessons import kernel_stride

    bad, good = (kernel_stride.show(words, *example, 10) for example in (kernel_stride.BAD, kernel_stride.GOOD))
    assert words("stride_uneven") in bad and words("stride_even") in good
    for example, colours in ((kernel_stride.BAD, 3), (kernel_stride.GOOD, 1)):
        grey, drawn = kernel_stride.patterns(*example)
        assert len(grey.getcolors()) == colours
        assert (grey.size, drawn.size) == ((44, 44), (88, 88))


def test_every_choice_of_the_sliders_is_drawn(words):
    from demos.tabs.lessons import kernel_stride

    for kernel in range(1, 8):
        for stride in range(1, 5):
            for size in (5, 14):
                shown = kernel_stride.show(words, kernel, stride, size)
                assert shown.count("<img") >= 5 and f"kernel={kernel}&amp;stride={stride}&amp;size={size}" in shown
                assert ("gz-quiet" in shown) == (kernel > size)


# --- old losses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seed", "agree"), [(2026, 1), (2026, 3), (7, 4), (7, 6), (0, 7)])
def test_the_mean_wins_mse_and_the_median_mae(words, seed, agree):
    from demos.tabs.lessons import pixel_losses as stage

    found = stage.answers(seed, agree)
    losses, given = found["losses"], found["truths"]
    assert torch.equal(given[0], given[agree - 1])
    assert len({x.numpy().tobytes() for x in given}) == stage.COUNT - agree + 1
    for loss, winner in (("mse", "mean"), ("mae", "median")):
        assert losses[winner][loss] == pytest.approx(min(row[loss] for row in losses.values()), abs=1e-7)
        nudged = found["best"][loss] + torch.randn(given.shape[1:], generator=torch.Generator().manual_seed(1)) * 0.05
        assert stage.error(nudged, given, loss) > losses[winner][loss]
    sharp = [losses[i] for i in range(stage.COUNT)]
    if agree < stage.COUNT:
        assert losses["mean"]["mse"] < min(row["mse"] for row in sharp)
    if agree <= stage.COUNT // 2:
        assert losses["median"]["mae"] < min(row["mae"] for row in sharp)  # no sharp truth wins either
        assert words("losses_mean") in stage.show(words, seed, agree)
    majority = torch.equal(found["best"]["mae"], given[0])
    assert majority == (agree > stage.COUNT // 2)


@pytest.mark.parametrize("agree", [1, 4, 7])
def test_gradient_descent_arrives_at_the_formula_s_answer(agree):
    from demos.tabs.lessons import pixel_losses as stage

    given = stage.truths(11, agree)
    assert (stage.descend(given, "mse") - stage.mean_answer(given)).abs().max() < 0.5 / 255
    assert (stage.descend(given, "mae") - stage.median_answer(given)).abs().max() < 1.0 / 255


# --- U-Net ------------------------------------------------------------------------------------------------------


def test_the_same_drawing_through_both_networks(words):
    from demos.tabs.lessons import unet_skips

    shown = unet_skips.show(words, 4)
    assert shown.count("<img") == 3 and shown.count("<svg") == 2 and "drawing=4" in shown
    assert "def forward" in shown


def test_the_picture_of_the_layers_is_the_network(words):
    from demos.tabs.lessons import unet_skips
    from ganzoo.models.pix2pix import Config, build

    for no_skips in (False, True):
        config = Config(image_size=64, width=8, halvings=4, most=4, no_skips=no_skips, loss="mae")
        net = build(config)["generator"]
        sides, x = [], torch.zeros(1, 3, 64, 64)
        for layer in net.down:
            x = layer(x)
            sides.append((x.shape[2], x.shape[1]))
        assert unet_skips.sizes(config)[1:] == sides
        drawn = unet_skips.layers(words, SimpleNamespace(config=config))
        assert drawn.count('class="skip"') == (0 if no_skips else len(sides) - 1)
        assert all(f"{side}² × {count}" in drawn for side, count in sides)


def test_what_was_not_measured_is_left_out(words):
    from demos.tabs.lessons import unet_skips

    said = {"l1-test-n106": 0.2, "label-recovery-judge-test": 0.5, "psnr": 12.0}
    numbers = unet_skips._numbers(words, SimpleNamespace(said={"metrics": said}))
    assert "0.200" in numbers and "50.0%" in numbers and "12" not in numbers
    assert words("not_measured") in unet_skips._numbers(words, SimpleNamespace(said={"metrics": {"l1": None}}))


# --- receptive field --------------------------------------------------------------------------------------------


def test_the_course_s_table():
    from demos.tabs.lessons import receptive_field as stage

    assert [receptive_field(strides) for strides in stage.COURSE] == [4, 10, 22, 46, 94]
    assert receptive_field(stage.PAPER) == 70 and stage.scores(stage.PAPER) == 30


@pytest.mark.parametrize(
    "strides", [(2,), (1, 2), (2, 1), (2, 2, 2), (1, 1, 2, 2), (2, 2, 2, 1, 1), (2,) * 6, (1, 2, 1, 2, 2, 2)]
)
def test_the_gradient_reaches_exactly_the_square(strides):
    from demos.tabs.lessons import receptive_field as stage

    last = stage.scores(strides) - 1
    with torch.no_grad():
        assert stage.critic(strides)(torch.zeros(1, 3, 256, 256)).shape == (1, 1, last + 1, last + 1)
    for row, column in ((0, 0), (last // 2, last // 3), (last, last), (0, last)):
        found = stage.edges(stage.felt.__wrapped__(strides, row, column))
        assert found == stage.inside(strides, row, column)


def test_what_lies_outside_is_said(words):
    from demos.tabs.lessons import receptive_field as stage

    for part in (stage.show, stage.seen):
        assert "gz-quiet" not in part(words, "22211", 0, 29)
    top, left, side = stage.patch((2, 2, 2, 1, 1), 0, 0)
    share = 1 - (side + top) * (side + left) / side**2
    assert words("field_padding", share=f"{share:.0%}") in stage.seen(words, "22211", 0, 0)
    middle = stage.seen(words, [2, 2], None, None)
    assert words("field_agree", wide=10, tall=10, left=125, top=125) in middle


# --- whatever arrives -------------------------------------------------------------------------------------------


def test_junk_is_answered_in_one_sentence(words):
    from demos.tabs.lessons import kernel_stride, pixel_losses, unet_skips
    from demos.tabs.lessons import receptive_field as field
    from demos.ui.components import render_or_explain

    calls = [(unet_skips.show, junk) for junk in JUNK]
    for junk in JUNK:
        calls += [(kernel_stride.show, *args) for args in ((junk, 2, 10), (4, junk, 10), (4, 2, junk))]
        calls += [(pixel_losses.show, junk, 3), (pixel_losses.show, 3, junk), (field.show, junk, 0, 0)]
        if junk is not None:  # no score means the one in the middle
            calls += [(field.seen, "22211", junk, 0), (field.seen, "22", 0, junk)]
    calls += [(field.show, s, 0, 0) for s in ("", "3", "2222222", [], [2, "x"], ["2", [1]], "12 1", (0,))]
    for function, *args in calls:
        said = render_or_explain(words, function, *args)
        assert said.startswith('<p class="gz-quiet"') and len(said) < 300, (
            function.__module__,
            str(args)[:80],
            said[:300],
        )
        assert not LEAKS.search(said)


def test_every_stage_shows_its_own_lines(words):
    from demos.tabs.lessons import receptive_field as field
    from demos.tabs.lessons.common import code

    shown = code(words, field.felt, receptive_field)
    assert (
        words("lesson_place", file="ganzoo/models/receptive_field.py", line=receptive_field.__code__.co_firstlineno)
        in shown
    )
    assert "demos/tabs/lessons/receptive_field.py" in shown and "picture.grad[0].abs().sum(0)" in shown


# --- in the browser ---------------------------------------------------------------------------------------------


@pytest.fixture
def visit(surf, site):
    def go(language="en", query="", width=1440, **look):
        page = surf(f"{site.url}{'zh' if language == 'zh' else ''}?tab=lessons{query}", width=width, **look)
        page.wait_for_selector("#l-field .gz-scores")
        return page

    return go


def every_stage_is_there(page):
    for part in ("#lessons-stride img", "#lessons-losses tbody tr", "#lessons-unet svg", "#lessons-field img"):
        assert page.locator(part).count() > 1, part
    assert page.locator("#l-stride .gz-quiet, #l-losses .gz-quiet, #l-unet .gz-quiet, #l-field .gz-quiet").count() == 0
    assert page.locator(".gz-stage img:not([alt])").count() == 0
    codes = ", ".join(f"#l-{key} .gz-code" for key in ("stride", "losses", "unet", "field"))
    assert page.locator(codes).count() == 4 and page.locator(".gz-code[open]").count() == 0


def said(page, stage: str, text: str):
    page.wait_for_function(
        "([stage, text]) => document.querySelector(`#lessons-${stage} .gz-said`)?.innerText.includes(text)",
        arg=[stage, text],
    )


def test_the_controls_compute_anew_and_the_address_follows(visit):
    page = visit()
    every_stage_is_there(page)
    said(page, "stride", "Uneven")
    page.click("#stride-good")
    said(page, "stride", "Even")
    page.locator("#kernel input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    said(page, "stride", "5 is no multiple of 2")
    page.wait_for_function("location.search.includes('kernel=5')")
    page.locator("#agree input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    said(page, "losses", "4 of 7 agree")
    for button, key in (("#other-truths", "truths"), ("#another-drawing", "drawing")):
        before = page.evaluate("location.search")
        page.click(button)
        page.wait_for_function(
            "([key, before]) => location.search !== before && location.search.includes(key)", arg=[key, before]
        )
    page.locator("#l-unet summary").press("Enter")
    assert "torch.cat" in page.locator("#l-unet pre").inner_text()
    before = page.evaluate("location.search")
    page.click("#another-drawing")
    page.wait_for_function("before => location.search !== before", arg=before)
    assert page.locator("#l-unet pre").is_visible()  # the code stays open

    page.locator(".gz-scores").focus()
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowUp")
    said(page, "field", "row 12, column 1 sees 70")
    said(page, "field", "33% of the patch lies outside")
    page.locator("[data-key=s3]").press("Enter")
    page.wait_for_selector('.gz-explorer[data-strides="22221"]')
    page.wait_for_function("document.activeElement.dataset.key === 's3'")  # the keyboard stays where it was
    page.locator(".gz-over").click(position={"x": 4, "y": 4})  # scrolls it into view first
    said(page, "field", "row 1, column 1 sees")
    page.wait_for_function("location.search.includes('strides=22221&row=0&column=0')")


def test_a_link_brings_its_stage_back(visit):
    page = visit("zh", "&stage=field&strides=222&row=0&column=5&kernel=4&stride=2&truths=5&agree=4&drawing=9")
    every_stage_is_there(page)
    said(page, "field", "第 1 列第 6 行")
    said(page, "losses", "4 個一樣")
    assert page.input_value("#stride input[type=number]") == "2"
    assert page.locator(".gz-explorer").get_attribute("data-column") == "5"
    page.wait_for_function("Math.abs(document.querySelector('#l-field').getBoundingClientRect().top) < 300")
    page = visit("en", "&stage=losses&agree=88&strides=99&kernel=NaN")
    assert "whole number" in page.locator("#lessons-stride .gz-quiet").inner_text()
    assert (
        page.locator("#lessons-map .gz-scores").is_visible() and page.locator("#lessons-field .gz-quiet").is_visible()
    )


def test_private_events_answer_junk_in_one_sentence(site):
    """The tab's own live events, called directly: a sentence in the page's language and no traceback."""
    text = urllib.request.urlopen(site.url, timeout=10).read().decode()
    config = json.loads(re.search(r"window\.gradio_config = (\{.*?\});</script>", text, re.DOTALL)[1])
    names = {c["id"]: c["props"].get("elem_id") for c in config["components"]}
    mine = {"lessons-stride", "lessons-losses", "lessons-field"}
    tried = 0
    for event in config["dependencies"]:
        targets = {names.get(i) for i in event["outputs"]}
        if event["queue"] or not targets & mine or not event["backend_fn"]:
            continue
        for junk in ("NaN", None, -5, 99, "x" * 1000, [7]):
            data = [junk] * len(event["inputs"])
            body = {
                "data": data,
                "event_data": {"strides": junk, "row": junk},
                "fn_index": event["id"],
                "session_hash": "x",
            }
            request = urllib.request.Request(
                site.url + "gradio_api/run/predict", json.dumps(body).encode(), {"Content-Type": "application/json"}
            )
            answer = json.loads(urllib.request.urlopen(request, timeout=20).read())["data"]
            assert 'class="gz-quiet"' in answer[-1] and not LEAKS.search(answer[-1]), answer[-1][:300]
            tried += 1
    assert tried >= 20
    assert "Traceback" not in site.printed, site.printed[-2000:]
