"""Curves over steps as a small picture: the training film, the live training, the visitor's own, the stages of Lessons."""

import math
from bisect import bisect_left
from html import escape

from .html import svg

WIDTH, HEIGHT, TOP, BOTTOM = 620, 200, 14, 26
TICKS = 4  # at most so many steps up the scale
BANDS = 48  # places along a chart that tell their values to a pointer

Points = list[tuple[float, float]]


def limit(values: list[float], least: float) -> float:
    """The top of a scale for the `values` of curves, oldest first: at least `least`. What is usual fits, over all and of
    late; a spike does not flatten the rest."""
    known = [v for v in values if math.isfinite(v)]
    if not known:
        return least
    late = known[-max(1, len(known) // 10) :]
    return max(least, min(max(known), 1.5 * max(sorted(part)[int(0.9 * (len(part) - 1))] for part in (known, late))))


def ticks(high: float) -> list[float]:
    """Round numbers from 0 to at least `high`, evenly apart."""
    rough = high / TICKS
    power = 10 ** math.floor(math.log10(rough))
    step = next(step for step in (power, 2 * power, 2.5 * power, 5 * power, 10 * power) if step >= rough * (1 - 1e-9))
    return [i * step for i in range(math.ceil(high / step - 1e-9) + 1)]


def written(values: list[float], percent: bool) -> list[str]:
    """Numbers with as many decimals as tell them exactly, or as per cent."""
    scale = 100 if percent else 1
    step = (values[1] - values[0]) * scale
    decimals = next(d for d in range(12) if math.isclose(round(step, d), step, rel_tol=1e-6))
    return [f"{v * scale:,.{decimals}f}{'%' if percent else ''}" for v in values]


def chart(
    title: str,
    lines: list[tuple[str, str, Points]],
    high: float,
    end: tuple[float, str],
    percent: bool = False,
    alt="",
    at=None,
    marks=(),
    bands=(),
    log=False,
) -> str:
    """`lines`: (name, colour class, points (x, y)) with x from 0 to the first of `end`, whose second is written there; `high`:
    what the scale reaches at least, from 0 (a point above its top is drawn at the top); `percent`: shares 0..1 are written
    as per cent; `at`: where a cursor stands; `marks`: where thin lines stand; `bands`: coloured stretches behind the
    curves, (from, to, class); `log`: x on a scale of logarithms, from the first point on. Under a pointer the chart says its
    values."""
    scale = ticks(high)
    labels = written(scale, percent)
    left = 12 + 13 * max(4, *map(len, labels))  # on a phone letters are that large; 4: charts on one page stand in line
    begin = min((points[0][0] for *_, points in lines if points), default=1) if log else 0

    def x(step):
        step = min(max(step, begin), end[0])
        share = math.log(step / begin) / math.log(end[0] / begin) if log else step / (end[0] or 1)
        return left + (WIDTH - left - 4) * share

    def y(value):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(max(value, 0.0), scale[-1]) / scale[-1]

    size = f'fill-opacity="0.15" y="{TOP}" height="{HEIGHT - TOP - BOTTOM}"'
    drawn = "".join(f'<rect class="{k}" {size} x="{x(a):.1f}" width="{x(b) - x(a):.1f}"/>' for a, b, k in bands)
    for value, label in zip(scale, labels, strict=True):
        drawn += f'<path class="grid" d="M{left} {y(value):.1f}H{WIDTH - 4}"/>'
        drawn += f'<text x="{left - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{label}</text>'
    keys = ""
    for name, kind, points in lines:
        places = " ".join(f"{x(step):.1f},{y(value):.1f}" for step, value in points)
        drawn += f'<polyline class="{kind}" points="{places}"/>'
        keys += f'<span class="gz-key {kind}">{escape(name)}</span>'
    peak = max((point for *_, points in lines for point in points), key=lambda point: point[1], default=(0, 0))
    if peak[1] > scale[-1] * 1.02:  # said where it is cut off
        turned = ' text-anchor="end"' if x(peak[0]) > WIDTH / 2 else ""
        drawn += f'<text x="{x(peak[0]):.1f}" y="{TOP - 3}"{turned}>↑ {peak[1] * (100 if percent else 1):.3g}</text>'
    uprights = [("second", step) for step in marks] + ([] if at is None else [("", at)])
    drawn += "".join(f'<path class="{kind}" d="M{x(step):.1f} {TOP}V{HEIGHT - BOTTOM}"/>' for kind, step in uprights)
    for step in powers(begin, end[0]) if log else ():
        drawn += f'<path class="grid" d="M{x(step):.1f} {TOP}V{HEIGHT - BOTTOM}"/>'
        drawn += f'<text x="{x(step):.1f}" y="{HEIGHT - 6}" text-anchor="middle">{step:,}</text>'
    drawn += (
        f'<text x="{left}" y="{HEIGHT - 6}">{begin:,}</text>'
        f'<text x="{WIDTH - 4}" y="{HEIGHT - 6}" text-anchor="end">{escape(end[1])}</text>'
    )
    return (
        f'<figure class="gz-chart"><figcaption><b>{escape(title)}</b>{keys}</figcaption>'
        f"{svg(WIDTH, HEIGHT, alt or title, drawn + _tooltips(lines, x, percent))}</figure>"
    )


def powers(begin: float, end: float) -> list[int]:
    """The powers of ten between two steps, where their numbers have room beside those of the ends."""
    between = (10**k for k in range(1, 12) if begin < 10**k < end)
    return [step for step in between if step / begin >= 2 and end / step >= 5]


def _tooltips(lines, x, percent: bool) -> str:
    """Bands side by side over the whole chart, each with the values of the lines there as its tooltip."""
    lines = [(name, points, [x(step) for step, _ in points]) for name, _, points in lines if points]
    longest = max((len(points) for _, points, _ in lines), default=0)
    if longest < 2:
        return ""
    count, bands = min(BANDS, longest), []
    width = (WIDTH - 4 - x(0)) / count
    for i in range(count):
        left, near = x(0) + i * width, []
        for name, points, places in lines:
            middle = left + width / 2
            place = min(bisect_left(places, middle), len(points) - 1)
            if place and middle - places[place - 1] < places[place] - middle:
                place -= 1
            near.append((name, *points[place]))
        values = ", ".join(f"{name} {f'{value:.1%}' if percent else f'{value:.3g}'}" for name, _, value in near)
        bands.append(
            f'<rect class="value" x="{left:.1f}" y="{TOP}" width="{width:.1f}" height="{HEIGHT - TOP - BOTTOM}">'
            f"<title>{near[0][1]:,.0f}: {escape(values)}</title></rect>"
        )
    return "".join(bands)
