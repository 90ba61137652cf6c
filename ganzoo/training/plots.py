"""Training curves as a picture, drawn with Pillow so that no plotting library is needed."""

from itertools import cycle

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, SCALE = 960, 320, 2  # drawn at twice the size and shrunk: smooth lines
INK, FAINT, PAPER = (60, 60, 70), (226, 226, 232), (255, 255, 255)
BLUE, ORANGE, GREEN, VIOLET, PINK = (37, 99, 235), (234, 88, 12), (22, 163, 74), (124, 58, 237), (219, 39, 119)
PIXELS = ("mae", "mean absolute error", VIOLET), ("mae_test", "of test pictures", (13, 148, 136))
PANELS = (  # title, then (row key, words, colour) of its lines; a panel without numbers is left out
    ("pixels", (*PIXELS, ("cycle", "there and back", VIOLET))),
    ("losses", (("loss_d", "discriminator", BLUE), ("loss_g", "generator", ORANGE))),
    ("discriminator's opinion", (("score_real", "of real", GREEN), ("score_fake", "of fake", PINK))),
)


def draw_curves(rows: list[dict]) -> Image.Image:
    """Rows of log.jsonl -> curves of the pixel error, the losses and the discriminator's opinions as a 960 x 320 picture."""
    steps = [row for row in rows if row.get("event") in ("step", "samples")]
    logged = {key for row in steps for key in row}
    panels = [(title, [line for line in lines if line[0] in logged]) for title, lines in PANELS]
    panels = [(title, lines) for title, lines in panels if lines] or list(PANELS[1:])  # nothing yet: empty axes
    return _sheet([(title, steps, lines) for title, lines in panels])


def _sheet(panels: list[tuple]) -> Image.Image:
    """(title, rows, lines) of every panel, side by side."""
    sheet = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), PAPER)
    share = WIDTH // len(panels)
    for i, (title, rows, lines) in enumerate(panels):
        left = (60 + i * share) * SCALE
        box = (left, 46 * SCALE, left + (share - 84) * SCALE, (HEIGHT - 40) * SCALE)
        _panel(ImageDraw.Draw(sheet), rows, title, lines, box)
    return sheet.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def _panel(draw, steps, title, lines, box) -> None:
    left, top, right, bottom = box
    font = ImageFont.load_default(13 * SCALE)
    draw.text((left, top - 36 * SCALE), title, fill=INK, font=font)
    values = [row[key] for row in steps for key, *_ in lines if isinstance(row.get(key), (int, float))]
    high = sorted(values)[int(0.995 * (len(values) - 1))] if values else 1.0
    high = high * 1.1 or 1.0 if title.startswith("pixels") else max(1.0, high)
    low = min(0.0, *values) if values else 0.0
    last = max((row["step"] for row in steps), default=1) or 1
    for k in range(5):
        value = low + (high - low) * k / 4
        y = bottom - (bottom - top) * k / 4
        draw.line((left, y, right, y), fill=FAINT, width=SCALE)
        draw.text((left - 8 * SCALE, y), f"{value:.2f}", fill=INK, font=font, anchor="rm")
    draw.text((left, bottom + 8 * SCALE), "0", fill=INK, font=font)
    draw.text((right, bottom + 8 * SCALE), f"step {last:,}", fill=INK, font=font, anchor="ra")
    at = left + draw.textlength(title, font=font) + 18 * SCALE
    for key, words, colour in lines:
        draw.text((at, top - 36 * SCALE), words, fill=colour, font=font)
        at += draw.textlength(words, font=font) + 14 * SCALE
        logged = [row for row in steps if key in row]
        points = []
        for row, value in zip(logged, smoothed([row[key] for row in logged]), strict=True):
            if value is not None:
                y = bottom - (bottom - top) * (min(max(value, low), high) - low) / (high - low)
                points.append((left + (right - left) * row["step"] / last, y))
        if len(points) > 1:
            draw.line(points, fill=colour, width=2 * SCALE, joint="curve")


def smoothed(values: list) -> list:
    """A running mean over a fiftieth of the points, so that a long run reads as a line and not as a band."""
    reach = max(1, round(0.02 * len(values)))
    out, window = [], []
    for value in values:
        if isinstance(value, (int, float)) and value == value:
            window = (window + [value])[-reach:]
        out.append(sum(window) / len(window) if window else None)
    return out


def draw_comparison(logs: dict[str, list[dict]]) -> Image.Image:
    """The pixel error of several runs, {name: rows of log.jsonl}, as a 960 x 320 picture: on the pairs that they train on,
    and beside it on test pairs, where it was logged."""
    colours = cycle((BLUE, ORANGE, GREEN, VIOLET, PINK))
    lines = [(name, name, next(colours)) for name in logs]
    panels = []
    for title, event, key in (("pixels, training", "step", "mae"), ("pixels, test", "samples", "mae_test")):
        found = [(name, row) for name, rows in logs.items() for row in rows if row.get("event") == event and key in row]
        steps: dict[int, dict] = {}
        for name, row in found:
            steps.setdefault(row["step"], {"step": row["step"]})[name] = row[key]
        if steps or not panels:
            panels.append((title, [steps[s] for s in sorted(steps)], lines))
    return _sheet(panels)
