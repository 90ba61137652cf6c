"""What the Zoo shows, as HTML: the cards, a model's numbers, its own card, somebody's models on the Hub."""

import base64
import math
import re
from contextlib import suppress
from html import escape
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image

from ganzoo import GanzooError
from ganzoo.models.pix2pix_config import LOSSES

from ...catalog import hub, local, metrics
from ...ui import pictures
from ...ui.html import heading, note, quiet, section, shown, table, uri
from ...ui.words import Words, read
from ..compare import families as compare_families

PICTURES = {".png": "png", ".webp": "webp", ".jpg": "jpeg", ".jpeg": "jpeg"}
LARGEST_PICTURE = 3 << 20
ACROSS, COLUMNS = 6, 4  # pictures across a translator's sheet, and those of them that a card shows
ROW, GAP = 8, 2  # pictures across a sheet from noise, pixels between them
WIDEST = 4096  # pixels of a sheet that are looked at
MOST, OWN = 4, 6  # numbers on a card; runs of one's own beside the models to start with
# One model a lesson to begin with.
START = ("gan-mnist", "cgan-mnist", "dcgan-mnist", "pix2pix-facades-gan-mae", "cyclegan-horse2zebra")
SETS = (*local.SETS, *compare_families.FIRST)  # data sets, the course's first


def kind(path: Path) -> str:
    """png, webp or jpeg; nothing for a picture of a model folder that is missing, foreign or huge."""
    found = PICTURES.get(path.suffix.lower(), "")
    return found if path.is_file() and path.stat().st_size <= LARGEST_PICTURE else ""


def opened(folder: Path) -> Image.Image | None:
    """The sample sheet of a model folder; nothing if there is none that can be read."""
    path = folder / "samples.png"
    with suppress(GanzooError):
        return pictures.read(str(path)) if kind(path) else None


def thumbnail(folder: Path, size: int = 0) -> str:
    """A sample sheet cut to a card, twice as wide as high: of pictures from noise every other one; of a translator of `size`
    pixels, whose sheets have a row for what went in and one for what came out, the first of both. Nothing if it is missing
    or no picture."""
    sheet = opened(folder)
    if not sheet:
        return ""
    sheet = sheet.crop(
        (0, 0, min(sheet.width, WIDEST), min(sheet.height, sheet.width, WIDEST))
    )  # strangers' have any shape
    if not size:
        return uri(_every_other(sheet).reduce(2), "WEBP")
    cell = size * (2 if size < 64 else 1) + 2  # as the trainer lays it out; bundled sheets are made smaller
    if sheet.height < 2 * cell - 2:
        cell = max(1, round(sheet.width / ACROSS))
    top = sheet.crop((0, 0, min(sheet.width, COLUMNS * cell), min(sheet.height, 2 * cell)))
    top.thumbnail((520, 520))
    return uri(top, "WEBP")


def _every_other(sheet: Image.Image) -> Image.Image:
    """Half of the pictures of a sheet from noise, in its order, so that all labels of a conditional GAN are among them."""
    cell = max(1, (sheet.width + GAP) // ROW)
    half = Image.new(sheet.mode, (sheet.width, (sheet.height + 1) // 2))
    for place in range((sheet.height + GAP) // cell * ROW // 2):
        row, column = divmod(2 * place, ROW)
        picture = sheet.crop((column * cell, row * cell, (column + 1) * cell, (row + 1) * cell))
        half.paste(picture, (place % ROW * cell, place // ROW * cell))
    return half


def making(words: Words, entry: local.Entry) -> list[tuple[str, str]]:
    """How long a model was trained, on what, and how large it is."""
    training, found = entry.description.get("training", {}), []
    if isinstance(training.get("minutes"), (int, float)) and math.isfinite(training["minutes"]):
        before = training.get("before")
        runs = 1 + len(before) if isinstance(before, list) else 1
        label = words("zoo_last_run", count=runs) if runs > 1 else words("zoo_minutes")
        found.append((label, words("minutes", minutes=f"{max(1, round(training['minutes'])):,}")))
    if hardware := str(training.get("hardware") or "")[:60]:
        found.append((words("zoo_hardware"), words.hardware(hardware)))
    return [*found, (words("zoo_size"), words("megabytes", size=f"{entry.megabytes:.1f}"))]


def plain(words: Words, entry: local.Entry) -> str:
    """What a model is called on a page: its lesson, what it was trained on, and what sets it apart."""
    parts, settings = [words(f"lesson_{entry.lesson}"), _data(words, entry.data)], entry.description.get("settings", {})
    if entry.lesson in local.TRANSLATORS:
        parts.append(compare_families.name(words, compare_families.key_of(entry.config)))
    if settings.get("norm") == "none":
        parts.append(words("without_bn"))
    if settings.get("no_skips"):
        parts.append(words("unet_without"))
    return "\u00a0· ".join(parts)  # a line ends with the dot, never begins with it


def _origin(words: Words, entry: local.Entry) -> str:
    return words("zoo_local" if entry.local else "zoo_fetched" if entry.fetched else "zoo_bundled")


def _list(rows: list[tuple[str, str]]) -> str:
    return f"<dl>{''.join(f'<dt>{escape(k)}</dt><dd>{escape(v)}</dd>' for k, v in rows)}</dl>"


def _order(entry: local.Entry) -> tuple:
    """The course's order: its lessons, digits before garments, GAN, MAE, GAN + MAE; then what a reader trained."""
    loss = entry.description["settings"].get("loss", "")
    data = SETS.index(entry.data) if entry.data in SETS else len(SETS)
    own = entry.local or entry.fetched
    return local.PAGES.index(entry.lesson), own, data, LOSSES.index(loss) if loss in LOSSES else 0, entry.name


def listed(which: str) -> list[local.Entry]:
    """The models that a filter shows. To start with: one a lesson, and the latest of one's own runs, without what
    visitors kept of Watch it learn."""
    sound = sorted((e for e in local.entries() if not e.problem), key=_order)
    if which in ("all", ""):
        return sound
    if which != "start":
        return [entry for entry in sound if entry.lesson == which]
    own = [entry for entry in sound if (entry.local or entry.fetched) and "-live-" not in entry.name]
    newest = sorted(own, key=lambda entry: (entry.folder / "config.json").stat().st_mtime, reverse=True)[:OWN]
    return [entry for entry in sound if entry.name in START] + newest


def catalog_html(words: Words, which: str = "start", chosen: str = "") -> str:
    """The cards of a filter; a broken run is one quiet line under them. The way back from a model's detail ends at its
    card, or at the first where another filter hides it."""
    found = listed(which)
    end = next((entry for entry in found if entry.name == chosen), found[0] if found else None)
    cards = "".join(_card(words, entry, which, chosen, entry is end) for entry in found)
    broken = "".join(quiet(words("zoo_broken", name=e.name)) for e in local.entries() if e.problem)
    listing = note(words("zoo_aims")) + f'<div class="gz-cards">{cards}</div>' if cards else quiet(words("zoo_empty"))
    return listing + broken


def _card(words: Words, entry: local.Entry, which: str, chosen: str, goal: bool) -> str:
    """`goal`: the way back from a model's detail ends here."""
    place = ' id="zoo-back"' if goal else ""
    name, translates = plain(words, entry), entry.lesson not in local.LESSONS
    size = entry.description["settings"].get("image_size", 0) if translates else 0
    source = thumbnail(entry.folder, size)
    alt, kind = words("zoo_sample_alt", name=name), "" if translates else "gz-px"
    sample = source and shown(source, alt, (520, 260), kind=kind)
    start = words(f"start_{entry.lesson}") if which == "start" and entry.name in START else ""
    found = [(row.phrase, f"{row.value} {row.arrow}") for row in metrics.short(words, entry)[:MOST]]
    return (
        f'<button type="button" class="gz-card"{place} data-name="{escape(entry.name)}" '
        f'aria-pressed="{str(entry.name == chosen).lower()}" aria-label="{escape(words("zoo_choose", name=name))}">'
        f"{sample}<strong>{escape(name)}</strong>"
        f"<span>{escape(start or f'{_origin(words, entry)} · {entry.name}')}</span>{_list(found)}</button>"
    )


def hub_html(words: Words, owner: str) -> str:
    """Somebody's models on the Hub as small cards, those already here marked; one quiet line if there are none."""
    models = hub.of(owner)
    if not models:
        return quiet(words("hub_none", owner=str(owner).strip()[:80]))
    cards = ""
    for name, lesson in models.items():
        here = name in local.FETCHED
        parts = (words(f"lesson_{lesson}") if lesson in local.PAGES else "", words("hub_here") if here else "")
        label = words("zoo_choose" if here else "hub_fetch", name=name)
        cards += (
            f'<button type="button" class="gz-card" data-name="{escape(name)}" aria-label="{escape(label)}">'
            f"<strong>{escape(name)}</strong><span>{escape(' · '.join(filter(None, parts)))}</span></button>"
        )
    return f'<div class="gz-cards">{cards}</div>'


def _data(words: Words, data: str) -> str:
    if data in compare_families.FIRST:
        return words("cmp_family_" + data.replace("-", "_"))
    if data.startswith("demos/data/"):  # the bundled part of a set, that Watch it learn trains on
        data = data.removeprefix("demos/data/").partition("-")[0]
    sides, known = data.split("2"), read(words.language)["domains"]
    if len(sides) == 2 and all(side in known for side in sides):  # horse2zebra
        return words.direction("->".join(sides))
    return words(f"data_{data}") if data in local.SETS else data


def title(words: Words, name: str) -> str:
    """The head of a model's detail: the way back, its name, how it was made."""
    entry = local.entry(name)
    link = escape(urlencode({"tab": "zoo", "model": entry.name}))
    return (
        f'<a class="gz-link gz-back" href="#zoo-back" data-link="?{link}">← {escape(words("zoo_back"))}</a>'
        f"{heading(plain(words, entry), f'{_origin(words, entry)} · {entry.name}')}"
        f'<div class="gz-half">{_list(making(words, entry))}</div>'
    )


def card(words: Words, name: str) -> str:
    """README.md of a model as Markdown: front matter cut off, its own pictures put in place, foreign ones left out."""
    entry = local.entry(name)
    path = entry.folder / "README.md"
    text = path.read_text(encoding="utf-8", errors="replace")[:100_000] if path.is_file() else f"# {entry.name}\n"
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)

    def picture(found: re.Match) -> str:
        path = entry.folder / Path(found[2]).name
        if not kind(path):
            return found[1]
        return f"![{found[1]}](data:image/{kind(path)};base64,{base64.b64encode(path.read_bytes()).decode()})"

    return re.sub(r"!\[([^\]]*)\]\(([^)\s]+)[^)]*\)", picture, text).strip()


def card_beside(words: Words, name: str) -> str:
    """The card without its samples and its numbers, which stand beside it."""
    text = re.sub(r"!\[samples[^\]]*\]\([^)]*\)", "", card(words, name))
    return re.sub(r"^## Numbers\n.*?(?=^## |\Z)", "", text, flags=re.DOTALL | re.MULTILINE)


def numbers(words: Words, name: str) -> str:
    """Every metric of a model as a phrase, its number and its aim; how it was measured folded behind the phrase."""
    entry = local.entry(name)
    found = metrics.rows(words, entry)
    if not found:
        return quiet(words("not_measured"))
    whole = 'style="white-space: nowrap"'
    rows = [
        [
            f"<details><summary>{escape(row.phrase)}</summary>"
            f"{escape(metrics.protocol(words, row.name, _data(words, entry.data)))} "
            f"<code>{escape(row.name)}</code></details>",
            f"{escape(row.value)} <span {whole}>{row.arrow}</span><br><small {whole}>{escape(row.aim)}</small>",
        ]
        for row in found
    ]
    numbers = table([words("zoo_metric"), words("zoo_value")], rows)
    return section(words("zoo_numbers"), note(words("zoo_open_line")), numbers)
