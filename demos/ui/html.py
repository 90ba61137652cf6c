"""The small parts that every answer is built of: pictures as HTML, score bars, captions, one quiet line for trouble.

All pictures travel inside the page as tiny PNGs and are enlarged by the browser without smoothing, so they stay sharp
at every size, follow the theme around them, and carry their own alternative text.
"""

import base64
import math
from collections.abc import Iterable
from html import escape
from io import BytesIO

import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import pad

FULL = 0.5  # the share at which a bar is full: a fixed scale, whatever is counted (base.css marks a tenth)
PLUS, MINUS = (34, 148, 82), (164, 66, 172)  # the ends of the diverging scale: green for, purple against


def uri(picture: Image.Image, form: str = "PNG", **options) -> str:
    """A PIL picture -> a data: address."""
    buffer = BytesIO()
    picture.save(buffer, form, **options)
    return f"data:image/{form.lower()};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def image(picture: Image.Image, alt: str, cells: int = 0, smooth: bool = False) -> str:
    """An <img> enlarged by whole pixels (a photo `smooth`); with `cells`, as wide as that many cells of the surrounding answer.
    Where it is clear (RGBA), the page's own ground shows through."""
    return shown(uri(picture), alt, picture.size, cells, "" if smooth else f"gz-px gz-{picture.mode}")


def shown(source: str, alt: str, size: tuple[int, int], cells: int = 0, kind: str = "gz-px") -> str:
    width = f' style="width:calc(var(--cell) * {cells})"' if cells else ""
    return f'<img class="gz-img {kind}" src="{source}" alt="{escape(alt)}" width="{size[0]}" height="{size[1]}"{width}>'


def figure(inside: str, caption: str, kind: str = "") -> str:
    return f'<figure class="gz-fig {kind}">{inside}<figcaption>{caption}</figcaption></figure>'


def svg(width: float, height: float, name: str, drawn: str, kind: str = "", **data) -> str:
    """A drawing in units of its own, called by its name; `data` become data- attributes."""
    box = f'viewBox="0 0 {width} {height}" role="img" aria-label="{escape(name)}"'
    attributes = "".join(f' data-{key}="{value}"' for key, value in data.items())
    return f'<svg class="gz-svg {kind}"{attributes} {box}>{drawn}</svg>'


def section(title: str, *parts: str, kind: str = "") -> str:
    """Parts under a heading, in the colour of the creator or the critic if `kind` says so."""
    return f'<section><h3 class="{kind}">{escape(title)}</h3>{"".join(parts)}</section>'


def grid(*cells: str, kind: str = "") -> str:
    """Cells side by side where there is room."""
    return f'<div class="gz-grid {kind}">{"".join(cells)}</div>'


def tiles(cells: Iterable[str], row: int) -> str:
    """So many cells in a row; half as many on a phone."""
    return f'<div class="gz-tiles" style="--row:{row}">{"".join(cells)}</div>'


def sheet(pictures: Iterable[Image.Image], name: str, row: int = 6) -> str:
    """Pictures side by side, called by their name and number."""
    return tiles((image(picture, f"{name} {i + 1}") for i, picture in enumerate(pictures)), row)


def flow(*figures: str, signs: str = "") -> str:
    """Figures one after the other with a sign (an arrow) between each two."""
    first, *others = figures
    steps = "".join(
        f'<div class="gz-step"><span class="gz-sign" aria-hidden="true">{sign}</span>{part}</div>'
        for sign, part in zip(signs or "→" * len(others), others, strict=True)
    )
    return f'<div class="gz-flow">{first}{steps}</div>'


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table; cells are HTML."""
    lines = ["".join(f"<th>{escape(text)}</th>" for text in head)]
    lines += ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
    return f'<div class="gz-table"><table><tr>{"</tr><tr>".join(lines)}</tr></table></div>'


def bar(share: float, label: str = "", number: str = "", kind: str = "critic") -> str:
    """A horizontal bar for a share 0..1 with its words before and its number behind."""
    before = f'<span class="gz-bar-label">{escape(label)}</span>' if label else ""
    after = f'<span class="gz-bar-number">{escape(number)}</span>' if number else ""
    width = 0.0 if not math.isfinite(share) else max(0.0, min(1.0, share)) * 100
    rail = f'<span class="gz-rail"><i style="width:{width:.1f}%"></i></span>'
    return f'<span class="gz-bar {kind}">{before}{rail}{after}</span>'


def bars(rows: Iterable[str], kind: str = "") -> str:
    """Bars one below the other."""
    return f'<div class="gz-bars {kind}">{"".join(rows)}</div>'


def share_bars(words, shares: dict[str, float], label: str, form: str, kind: str = "") -> str:
    """A bar for the share of each class, with a mark at a tenth."""
    kind += " digits" if "0" in shares else ""  # labels of one digit need little room
    rows = "".join(bar(v / FULL, words.label(k), form.format(v), "creator") for k, v in shares.items())
    return f'<div class="gz-bars gz-shares {kind}" role="group" aria-label="{escape(label)}">{rows}</div>'


def quiet(text: str) -> str:
    """One calm line instead of an error."""
    return f'<p class="gz-quiet" role="status">{escape(text)}</p>'


def waiting(words) -> str:
    """What stands in a place until it is computed (the browser's `ganzoo.later` asks for it)."""
    return f'<p class="gz-note gz-later" role="status">{escape(words("lesson_wait"))}</p>'


def prose(*sentences: str) -> str:
    text = " ".join(filter(None, sentences)).replace("。 ", "。")  # after its full stop Chinese has no space
    return f'<p class="gz-prose">{escape(text)}</p>'


def said(text: str, name: str = "") -> str:
    """What a lesson found, in larger letters; its `name` before it."""
    return f'<p class="gz-said" role="status"><b>{escape(name)}</b> {escape(text)}</p>'


def note(*texts: str, name: str = "") -> str:
    """Small print; several texts stand apart, a name before them."""
    spans = "".join(f"<span>{escape(text)}</span>" for text in texts if text)
    return f'<p class="gz-note"><b>{escape(name)}</b>{spans}</p>' if name else f'<p class="gz-note">{spans}</p>'


def heading(text: str, lead: str = "") -> str:
    """A section's question and the one or two sentences under it."""
    return f'<header class="gz-head"><h2>{escape(text)}</h2>{prose(lead) if lead else ""}</header>'


def square(values: Tensor) -> Tensor:
    """A vector -> the smallest square that holds it, NaN where nothing is left to show."""
    side = math.ceil(math.sqrt(len(values)))
    return pad(values, (0, side * side - len(values)), value=math.nan).view(side, side)


def mosaic(maps: Tensor, columns: int) -> Tensor:
    """Feature maps (N, h, w) -> one sheet, `columns` side by side, a NaN gap of one cell between them."""
    cells = pad(maps, (0, 1, 0, 1, 0, -len(maps) % columns), value=math.nan)
    _, height, width = cells.shape
    rows = cells.view(-1, columns, height, width).transpose(1, 2)
    return rows.reshape(-1, columns * width)[:-1, :-1]


def signed(sheet: Tensor) -> Image.Image:
    """A sheet of numbers -> green where positive, purple where negative, clear at zero, so that the page's own ground
    shows through in light and dark alike. NaN is clear too. The strongest two per cent reach full colour."""
    sheet = sheet.detach().float()
    sizes = sheet.abs().flatten()
    sizes = sizes[sizes.isfinite()]
    top = float(sizes.quantile(0.98)) if len(sizes) else 1.0
    strength = (sheet.nan_to_num(0.0).abs() / max(top, 1e-9)).clamp(0, 1)
    colours = torch.where(sheet[..., None] >= 0, torch.tensor(PLUS), torch.tensor(MINUS))
    pixels = torch.cat([colours, (strength * 255).round()[..., None]], -1).to(torch.uint8)
    return Image.fromarray(pixels.numpy(), "RGBA")


def legend(minus: str, plus: str, colours: Iterable[str] = (f"rgb{MINUS}", "transparent", f"rgb{PLUS}")) -> str:
    """What the colours mean, from one end to the other."""
    style = f"background: linear-gradient(90deg, {', '.join(colours)})"
    scale = f'<span class="gz-scale" aria-hidden="true" style="{style}"></span>'
    return f'<p class="gz-legend"><span>{escape(minus)}</span>{scale}<span>{escape(plus)}</span></p>'
