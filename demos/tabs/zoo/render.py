"""What the Zoo shows, as HTML: the cards, a model's numbers, its own card."""

import base64
import re
from html import escape
from pathlib import Path

from PIL import Image

from ...catalog import local
from ...ui.html import heading, quiet, uri
from ...ui.words import Words, read
from ..compare import families as compare_families
from ..compare import metrics

PICTURES = {".png": "png", ".webp": "webp", ".jpg": "jpeg", ".jpeg": "jpeg"}
LARGEST_PICTURE = 3 << 20
HEADLINES = (("zoo_frechet", "frechet-", "{:.2f}"), ("zoo_accuracy", "label-accuracy-", "{:.1%}"),
             ("zoo_smallest", "smallest-class-share-", "{:.1%}"), ("zoo_speckle", "speckle-median3-n", "{:.2f}%"))  # fmt: skip
LAST = ("cmp_tone", "zoo_cycle")  # numbers that tell less than the others: they come after them
MOST, COLUMNS = 3, 4  # numbers on a card, pictures across its sheet
CYCLE_HEADLINES = {"cycle-l1-": ("zoo_cycle", "{:.3f}"), "taken-for-target-": ("zoo_taken", "{:.0%}")}


def inline(path: Path) -> str:
    """A picture file of a model folder as a data: address; nothing if it is missing, foreign or huge."""
    kind = PICTURES.get(path.suffix.lower())
    if kind is None or not path.is_file() or path.stat().st_size > LARGEST_PICTURE:
        return ""
    return f"data:image/{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def thumbnail(path: Path, size: int = 0) -> str:
    """The upper half of a sample sheet, small; of a translator of `size` pixels, whose sheets have a row for what went in and
    one for what came out, the first of both. Nothing if it is missing or no picture."""
    if not inline(path):
        return ""
    try:
        with Image.open(path) as sheet:
            if size:
                cell = size * (2 if size < 64 else 1) + 2  # as the trainer lays it out
                across = max(1, min(COLUMNS, round(sheet.width / cell)))
                top = sheet.convert("RGB").crop((0, 0, min(sheet.width, across * cell), min(sheet.height, 2 * cell)))
                top.thumbnail((520, 520))
                return uri(top, "WEBP")
            top = sheet.crop((0, 0, sheet.width, sheet.height // 2))
            return uri(top.resize((top.width // 2, top.height // 2), Image.Resampling.NEAREST).convert("RGB"), "WEBP")
    except (OSError, ValueError, Image.DecompressionBombError):
        return ""


def facts(words: Words, entry: local.Entry) -> list[tuple[str, str]]:
    """The few numbers that tell models apart, in words, the most telling first; what was not measured is left out."""
    if entry.lesson in local.TRANSLATORS:
        found = sorted(metrics.numbers(entry), key=lambda one: one[0] in LAST)
        return [(words(key), text) for key, text in found]
    if entry.lesson in local.CYCLES:
        found = sorted(cycle_numbers(entry), key=lambda one: one[1] in LAST)
        return [(words("zoo_of_way", metric=words(key), way=words.direction(way)), text) for way, key, text in found]
    found = ((words(key), form, entry.metric(start)) for key, start, form in HEADLINES)
    return [(name, form.format(value)) for name, form, value in found if isinstance(value, (int, float))]


def making(words: Words, entry: local.Entry) -> list[tuple[str, str]]:
    """How long a model was trained, on what, and how large it is."""
    training, found = entry.said.get("training", {}), []
    if isinstance(training.get("minutes"), (int, float)):
        found.append((words("zoo_minutes"), words("minutes", minutes=f"{max(1, round(training['minutes'])):,}")))
    if training.get("hardware"):
        found.append((words("zoo_hardware"), _hardware(words, str(training["hardware"])[:60])))
    return [*found, (words("zoo_size"), words("megabytes", size=f"{entry.megabytes:.1f}"))]


def _hardware(words: Words, text: str) -> str:
    """What the trainer wrote of a CPU, in words; of a graphics card its name."""
    cpu = re.fullmatch(r"(.+) CPU, (\d+) threads", text)
    if not cpu:
        return text
    return words("zoo_threads" if cpu[2] == "1" else "zoo_many_threads", chip=cpu[1], count=cpu[2])


def _kind(words: Words, entry: local.Entry) -> str:
    """Lesson, data and where it comes from, in one line."""
    origin = words("zoo_local" if entry.local else "zoo_fetched" if entry.fetched else "zoo_bundled")
    return " · ".join((words(f"lesson_{entry.lesson}"), _data(words, entry.data), origin))


def _list(rows: list[tuple[str, str]]) -> str:
    return f"<dl>{''.join(f'<dt>{escape(k)}</dt><dd>{escape(v)}</dd>' for k, v in rows)}</dl>"


def cycle_numbers(entry: local.Entry) -> list[tuple[str, str, str]]:
    """[(direction, word, number)] of a CycleGAN's metrics, in the order in which they were measured."""
    found = []
    for name, value in entry.metrics.items():
        for start, (key, form) in CYCLE_HEADLINES.items():
            direction = re.match(re.escape(start) + r"(\S+?->\S+?)-", name)
            if direction and not name.startswith(start + "real-") and isinstance(value, (int, float)):
                found.append((direction[1], key, form.format(value)))
    return found


def catalog_html(words: Words, chosen: str = "") -> str:
    """All cards; a broken run is one quiet line under them."""
    cards, broken = [], []
    for entry in local.entries():
        if entry.problem:
            broken.append(quiet(words("zoo_broken", name=entry.name)))
            continue
        translates = entry.lesson in local.TRANSLATORS + local.CYCLES
        size = entry.said["settings"].get("image_size", 0) if translates else 0
        source = thumbnail(entry.folder / "samples.png", size)
        alt = escape(words("zoo_sample_alt", name=entry.name))
        smooth = "" if translates else "gz-px"
        sample = f'<span class="gz-crop"><img class="{smooth}" src="{source}" alt="{alt}"></span>' if source else ""
        cards.append(
            f'<button type="button" class="gz-card" data-name="{escape(entry.name)}" '
            f'aria-pressed="{str(entry.name == chosen).lower()}" '
            f'aria-label="{escape(words("zoo_choose", name=entry.name))}">{sample}<strong>{escape(entry.name)}</strong>'
            f'<span class="gz-kind">{escape(_kind(words, entry))}</span>{_list(facts(words, entry)[:MOST])}</button>'
        )
    body = f'<div class="gz-cards">{"".join(cards)}</div>' if cards else quiet(words("zoo_empty"))
    return body + "".join(broken)


def _data(words: Words, data: str) -> str:
    if data in compare_families.FIRST:
        return words("cmp_family_" + data.replace("-", "_"))
    sides, known = data.split("2"), read(words.language)["domains"]
    if len(sides) == 2 and all(side in known for side in sides):  # horse2zebra
        return words.direction("->".join(sides))
    return words(f"data_{data}") if data in local.SETS else data


def title(words: Words, name: str) -> str:
    """The head of a model's detail: the way back, its name, its numbers and how it was made."""
    entry = local.sound(name)
    return (
        f'<a class="gz-back" href="#cards">← {escape(words("zoo_back"))}</a>{heading(entry.name, _kind(words, entry))}'
        f'<div class="gz-facts-of">{_list([*facts(words, entry), *making(words, entry)])}</div>'
    )


def card(words: Words, name: str) -> str:
    """README.md of a model as Markdown: front matter cut off, its own pictures put in place, foreign ones left out."""
    entry = local.sound(name)
    path = entry.folder / "README.md"
    text = path.read_text(encoding="utf-8", errors="replace")[:100_000] if path.is_file() else f"# {entry.name}\n"
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)

    def picture(found: re.Match) -> str:
        source = inline(entry.folder / Path(found[2]).name)
        return f"![{found[1]}]({source})" if source else found[1]

    return re.sub(r"!\[([^\]]*)\]\(([^)\s]+)[^)]*\)", picture, text).strip()


def card_beside(words: Words, name: str) -> str:
    """The card without its own numbers, which stand beside it."""
    return re.sub(r"^## Numbers\n.*?(?=^## |\Z)", "", card(words, name), flags=re.DOTALL | re.MULTILINE)


def numbers(words: Words, name: str) -> str:
    """Every metric of a model, its name being its protocol."""
    entry = local.sound(name)
    if not entry.metrics:
        return quiet(words("not_measured"))
    rows = "".join(
        f"<tr><td><code>{escape(k)}</code></td><td>{escape(_value(v, words))}</td></tr>"
        for k, v in entry.metrics.items()
    )
    return (
        f'<h3>{escape(words("zoo_numbers"))}</h3><div class="gz-table"><table><thead><tr><th>{escape(words("zoo_metric"))}</th>'
        f"<th>{escape(words('zoo_value'))}</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _value(value, words: Words) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{words.label(k)} {v:.1%}" if isinstance(v, float) else f"{k} {v}" for k, v in value.items())
    return str(value)
