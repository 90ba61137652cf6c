"""Lines over steps as a small picture for the stages of the tab Lessons: what is drawn is what was computed."""

from html import escape

from words import Words

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 620, 210, 68, 16, 26


def chart(words: Words, title: str, lines: list[tuple], high: float, form: str, alt: str, last: str = "") -> str:
    """`lines`: (name, colour class, values one a step); `high`: the top of the scale, which starts at 0."""
    longest = max(len(values) for *_, values in lines)

    def x(i):
        return LEFT + (WIDTH - LEFT - 4) * i / max(1, longest - 1)

    def y(value):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(max(value, 0.0), high) / high

    drawn = "".join(
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - 4}" y1="{y(v):.1f}" y2="{y(v):.1f}"/>'
        f'<text x="{LEFT - 6}" y="{y(v) + 4:.1f}" text-anchor="end">{form.format(v)}</text>'
        for v in (0, high / 2, high)
    )
    keys = ""
    for name, kind, values in lines:
        points = " ".join(f"{x(i):.1f},{y(v):.1f}" for i, v in enumerate(values))
        drawn += f'<polyline class="{kind}" points="{points}"/>'
        keys += f'<span class="gz-key {kind}">{escape(name)}</span>'
    last = last or words("step_axis", step=longest - 1)
    drawn += (
        f'<text x="{LEFT}" y="{HEIGHT - 6}">0</text>'
        f'<text x="{WIDTH - 4}" y="{HEIGHT - 6}" text-anchor="end">{escape(last)}</text>'
    )
    return (
        f'<figure class="gz-chart"><figcaption><b>{escape(title)}</b>{keys}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(alt)}">{drawn}</svg></figure>'
    )
