"""The tab Lessons: what its stages say is counted, descended and differentiated here once more, and it plays in a browser."""

import re

import pytest
import torch

from demos.tabs.lessons import kernel_stride, pixel_losses, receptive_field, unet_skips
from demos.tabs.lessons.screen import source
from demos.tabs.lessons.tab import COURSE
from demos.ui.components import render_or_explain
from demos.ui.words import Words
from ganzoo.models.pix2pix import Config, build
from tests.support.browser import overflowing
from tests.support.serve import LEAKS

WORDS, CHINESE = Words("en"), Words("zh")
JUNK = ("NaN", None, -5, 10**30, "x" * 1000, [7], {"a": 1}, True, 2.5, "")


# --- stride and kernel ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kernel", range(1, 8))
@pytest.mark.parametrize("stride", range(1, 5))
def test_the_counts_are_those_of_plain_loops(kernel, stride):
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


def test_the_course_s_examples_and_their_checkerboard():
    bad, good = (kernel_stride.show(WORDS, *example, 10, 60) for example in (kernel_stride.BAD, kernel_stride.GOOD))
    assert WORDS("stride_uneven") in bad and WORDS("stride_even") in good
    for example, colours in ((kernel_stride.BAD, 3), (kernel_stride.GOOD, 1)):
        grey, drawn = kernel_stride.patterns(*example)
        assert len(grey.getcolors()) == colours
        assert (grey.size, drawn.size) == ((44, 44), (88, 88))


# --- old losses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seed", "agree"), [(2026, 1), (2026, 3), (7, 4), (7, 6), (0, 7)])
def test_the_mean_wins_mse_and_the_median_mae(seed, agree):
    found = pixel_losses.answers(seed, agree)
    losses, given = found["losses"], found["truths"]
    assert torch.equal(given[0], given[agree - 1])
    assert len({x.numpy().tobytes() for x in given}) == pixel_losses.COUNT - agree + 1
    for loss, winner in (("mse", "mean"), ("mae", "median")):
        assert losses[winner][loss] == pytest.approx(min(row[loss] for row in losses.values()), abs=1e-7)
        nudged = found["best"][loss] + torch.randn(given.shape[1:], generator=torch.Generator().manual_seed(1)) * 0.05
        assert pixel_losses.error(nudged, given, loss) > losses[winner][loss]
    sharp = [losses[i] for i in range(pixel_losses.COUNT)]
    if agree < pixel_losses.COUNT:
        assert losses["mean"]["mse"] < min(row["mse"] for row in sharp)
    if agree <= pixel_losses.COUNT // 2:
        assert losses["median"]["mae"] < min(row["mae"] for row in sharp)  # no sharp truth wins either
        assert f"MSE: {WORDS('losses_mean')}" in [caption for _, caption in pixel_losses.pictures(WORDS, seed, agree)]
    majority = torch.equal(found["best"]["mae"], given[0])
    assert majority == (agree > pixel_losses.COUNT // 2)


@pytest.mark.parametrize("agree", [1, 4, 7])
def test_gradient_descent_arrives_at_the_formula_s_answer(agree):
    given = pixel_losses.truths(11, agree)
    assert (pixel_losses.descend(given, "mse") - pixel_losses.mean_answer(given)).abs().max() < 0.5 / 255
    assert (pixel_losses.descend(given, "mae") - pixel_losses.median_answer(given)).abs().max() < 1.0 / 255


# --- U-Net ------------------------------------------------------------------------------------------------------


def test_the_same_drawing_through_both_networks():
    drawing, *works = (picture for picture, _ in unet_skips.pictures(WORDS, 4))
    assert len({picture.tobytes() for picture in (drawing, *works)}) == 3 and len(works) == 2
    assert unet_skips.show(WORDS, 4).count("<svg") == 2


def test_the_picture_of_the_layers_is_the_network():
    for no_skips in (False, True):
        config = Config(image_size=64, width=8, halvings=4, most=4, no_skips=no_skips, loss="mae")
        net = build(config)["generator"]
        sides, x = [], torch.zeros(1, 3, 64, 64)
        for layer in net.down:
            x = layer(x)
            sides.append((x.shape[2], x.shape[1]))
        assert unet_skips.sizes(config)[1:] == sides
        drawn = unet_skips.layers(WORDS, config)
        assert drawn.count('class="skip"') == (0 if no_skips else len(sides) - 1)
        assert all(f"{side}² × {count}" in drawn for side, count in sides)


# --- receptive field --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("strides", [(2,), (2, 1), (2, 2, 2, 1, 1), (1, 2, 1, 2, 2, 2)])
def test_the_gradient_reaches_exactly_the_square(strides):
    last = receptive_field.scores(strides) - 1
    with torch.no_grad():
        assert receptive_field.critic(strides)(torch.zeros(1, 3, 256, 256)).shape == (1, 1, last + 1, last + 1)
    for row, column in ((0, 0), (last // 2, last // 3), (last, last), (0, last)):
        found = receptive_field.edges(receptive_field.felt.__wrapped__(strides, row, column))
        assert found == receptive_field.inside(strides, row, column)


def test_what_lies_outside_is_said():
    top, left, side = receptive_field.patch((2, 2, 2, 1, 1), 0, 0)
    share = 1 - (side + top) * (side + left) / side**2
    assert WORDS("field_padding", share=f"{share:.0%}") in receptive_field.show(WORDS, "22211", 1, 1)
    middle = receptive_field.show(WORDS, "22", 33, 33)
    assert WORDS("field_agree", wide=10, tall=10, left=125, top=125) in middle


# --- every lesson -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", COURSE, ids=lambda lesson: lesson.key)
def test_a_lesson_computes_at_its_default_and_answers_junk_in_one_sentence(lesson):
    first = [value.first for value in lesson.values.values()]
    for words in (WORDS, CHINESE):
        *pictures, shown = lesson.draw(words, *first)
        assert all(caption for album in pictures for _, caption in album)
        assert not re.search(r"<img(?![^>]*alt=)", shown) and "gz-quiet" not in shown
    assert f'data-link="?tab=lessons&amp;stage={lesson.key}' in shown
    assert all(f"{name}=" in shown for name in lesson.values)
    assert re.search(r"# (demos|ganzoo)/[\w/]+\.py, line \d+\n", source(*lesson.code))
    for place in range(len(first)):
        for junk in JUNK:
            given = [*first]
            given[place] = junk
            said = render_or_explain(CHINESE, lesson.draw, *given)
            assert said[:20] == '<p class="gz-quiet" ' and not LEAKS.search(said), (junk, said[:200])


def test_the_lessons_stand_in_the_course_s_order():
    rows = [lesson.row for lesson in COURSE]
    assert rows == sorted(rows) and len({lesson.key for lesson in COURSE}) == len(rows)


@pytest.mark.parametrize(("on", "row", "column"), [("map", 0, 7), ("picture", 3, 6)])
def test_a_press_on_the_drawing_or_the_map_finds_its_score(on, row, column):
    top, left, side = receptive_field.patch((2,) * 5, row, column)
    x, y = ((start + side / 2) / receptive_field.SIDE for start in (left, top))
    at = {"on": on, "x": 0.99, "y": 0.0} if on == "map" else {"on": on, "x": x, "y": y}
    assert receptive_field.pointed(at, "22222", 1, 1) == ("22222", row + 1, column + 1)


def test_row_and_column_count_from_one_and_end_where_the_map_does():
    _, row, column = receptive_field.fitted("22222", 5, 100)
    assert row["maximum"] == column["maximum"] == column["value"] == 8 and "value" not in row
    last, beyond = (receptive_field.show(WORDS, "22222", 8, n) for n in (8, 100))
    assert last == beyond and WORDS("field_said", row=8, column=8, side=94) in last


# --- in the browser ---------------------------------------------------------------------------------------------


def test_a_link_opens_a_lesson_and_back_and_next_lead_through_the_course_by_keyboard(surf, site):
    page = surf(f"{site.url}?tab=lessons&stage=gan&idea=5")
    page.wait_for_function("document.querySelector('#lessons-gan .gz-stage')?.dataset.link.includes('idea=5')")
    page.locator("#lessons-back").press("Enter")
    for lesson in COURSE:
        page.wait_for_function(f"location.search.includes('stage={lesson.key}')")
        page.wait_for_selector(f"#lessons-{lesson.key} .gz-stage")
        assert page.locator(".gz-lesson .gz-quiet").count() == 0 and not overflowing(page)
        if lesson.key == "label":
            page.locator("#label-choice input").nth(9).press("Space")
            page.wait_for_function("location.search.includes('label=9&idea=7')")
            page.locator("#l-label button.label-wrap").press("Enter")
            page.wait_for_selector("#l-label .cm-content")
        page.locator("#lessons-next").press("Enter")
