"""Charts: numbers that are where they say, a scale that a spike does not set, values under the pointer."""

import math
import re

import pytest

from demos.ui.charts import chart, limit, ticks, written


@pytest.mark.parametrize("high", [0.001, 0.056, 0.1, 0.75, 1, 1.5, 1.65, 3.3, 51.3, 2082])
def test_a_tick_stands_at_the_number_it_names(high):
    scale = ticks(high)
    assert scale[0] == 0 and scale[-1] >= high and 3 <= len(scale) <= 6
    assert [float(text.replace(",", "")) for text in written(scale, False)] == pytest.approx(scale, rel=1e-9)
    shares = [float(text.strip("%").replace(",", "")) / 100 for text in written(scale, True)]
    assert shares == pytest.approx(scale, rel=1e-9)


def test_a_spike_does_not_set_the_scale_and_a_new_level_does():
    calm = [1.2] * 100
    assert limit([*calm, 51.3, *calm], 1.0) < 2
    assert limit([*calm, *[51.3] * 30], 1.0) >= 51.3
    assert limit([], 1.0) == limit([math.nan], 1.0) == 1.0
    spiked = [(i, 51.3 if i == 30 else 1.2) for i in range(100)]
    top = limit([v for _, v in spiked], 1.0)
    assert "↑ 51.3" in chart("loss", [("critic", "critic", spiked)], top, (99, "step 99"))


def test_every_value_can_be_read_under_the_pointer():
    points = [(10 * i, i / 8) for i in range(9)]
    drawn = chart("loss", [("critic", "critic", points), ("creator", "creator", points[::2])], 1.0, (80, "step 80"))
    said = re.findall(r"<title>([\d,]+): critic ([\d.]+), creator ([\d.]+)</title>", drawn)
    expected = [(step, pytest.approx(value, abs=5e-3)) for step, value in points]
    assert [(int(step), float(value)) for step, value, _ in said] == expected
    assert chart("loss", [("critic", "critic", [])], 1.0, (1, "step 1")).count("<title>") == 0


def test_a_scale_of_logarithms_begins_with_the_curve_and_names_its_powers_of_ten():
    points = [(step, 0.5) for step in (50, 100, 1000, 10000, 50000)]
    drawn = chart("loss", [("critic", "critic", points)], 1.0, (50000, "step 50,000"), log=True)
    texts = {text: float(x) for x, text in re.findall(r'<text x="([\d.]+)" y="194"[^>]*>([^<]+)</text>', drawn)}
    assert list(texts) == ["100", "1,000", "10,000", "50", "step 50,000"]
    assert texts["1,000"] - texts["100"] == pytest.approx(texts["10,000"] - texts["1,000"], abs=0.2)
    assert re.findall(r"<title>([\d,]+):", drawn) == ["100", "1,000", "1,000", "10,000", "50,000"]
