"""Curves over steps as a small picture: the training film, the live training, the visitor's own, the stages of Lessons."""

from html import escape

WIDTH, HEIGHT, TOP, BOTTOM = 620, 200, 14, 26

Points = list[tuple[float, float]]


def chart(
    title: str,
    lines: list[tuple[str, str, Points]],
    high: float,
    end: tuple[float, str],
    form="{:.1f}",
    alt="",
    at=None,
    marks=(),
) -> str:
    """`lines`: (name, colour class, points (x, y)) with x from 0 to the first of `end`, whose second is written there; `high`:
    the top of the scale, which starts at 0, its numbers written as `form` says; `at`: where a cursor stands; `marks`: where
    thin lines stand."""
    labels = [(v, form.format(v)) for v in (0, high / 2, high)]
    left = 8 + 15 * max(len(text) for _, text in labels)  # on a phone letters are that large

    def x(step):
        return left + (WIDTH - left - 4) * min(step, end[0]) / (end[0] or 1)

    def y(value):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(max(value, 0.0), high) / high

    drawn = "".join(
        f'<line class="grid" x1="{left}" x2="{WIDTH - 4}" y1="{y(v):.1f}" y2="{y(v):.1f}"/>'
        f'<text x="{left - 6}" y="{y(v) + 4:.1f}" text-anchor="end">{text}</text>'
        for v, text in labels
    )
    keys = ""
    for name, kind, points in lines:
        drawn += (
            f'<polyline class="{kind}" points="{" ".join(f"{x(step):.1f},{y(value):.1f}" for step, value in points)}"/>'
        )
        keys += f'<span class="gz-key {kind}">{escape(name)}</span>'
    uprights = [("mark", step) for step in marks] + ([] if at is None else [("cursor", at)])
    drawn += "".join(
        f'<line class="{kind}" x1="{x(step):.1f}" x2="{x(step):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
        for kind, step in uprights
    )
    drawn += (
        f'<text x="{left}" y="{HEIGHT - 6}">0</text>'
        f'<text x="{WIDTH - 4}" y="{HEIGHT - 6}" text-anchor="end">{escape(end[1])}</text>'
    )
    return (
        f'<figure class="gz-chart"><figcaption><b>{escape(title)}</b>{keys}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(alt or title)}">{drawn}</svg></figure>'
    )
