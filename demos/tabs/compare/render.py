"""What Compare shows of a Job and its pictures: the scene for the board, pictures, captions, the critic's map."""

import zlib
from html import escape

import numpy
from gradio.data_classes import ImageData
from PIL import Image, ImageDraw
from torch import Tensor

from ganzoo import GanzooError
from ganzoo.images import to_pil
from ganzoo.models.receptive_field import patch_box

from ...ui import pictures
from ...ui.html import note, prose, quiet, uri
from ...ui.words import Words
from . import handlers, inference, metrics
from .families import KEYS, Family, name

# --fake, --real and the ground of ui/base.css
FAKE, REAL, MIDDLE = numpy.array([(166, 58, 134), (28, 122, 74), (247, 248, 250)])
LIGHTLY = {"compress_level": 1, "compress_type": zlib.Z_RLE}  # of photos smaller and faster than zlib's own way
SHOWN = 512  # the side of the critic's map: gradio finds the place of a click only where a picture is not enlarged


def address(data: Tensor) -> str:
    """uint8 (3, S, S) -> a data: address, exact; what is drawn fast is drawn again soon, so it is packed lightly."""
    return uri(to_pil(data[None])[0], **LIGHTLY)


def shown(source: Tensor | Image.Image, file: str) -> ImageData:
    """A picture as ui.components.Picture takes it, with the name under which it is saved."""
    url = address(source) if isinstance(source, Tensor) else uri(source, **LIGHTLY)
    return ImageData(url=url, orig_name=f"{file.replace('/', '-').replace('+', '-')}.png")


def opening(words: Words) -> str:
    """What the tab opens with, as plain HTML for the shell (ui/first_paint.py): the drawing, and what each loss makes of it."""
    try:
        job, made = handlers.first()
    except (GanzooError, OSError):  # the tab itself says what is missing
        return ""

    def cell(title: str, picture: Tensor) -> str:
        source = uri(to_pil(picture[None])[0].convert("RGB"), "WEBP", quality=90)
        return f'<div><h3>{escape(title)}</h3><img src="{source}" alt=""></div>'

    cells = "".join(cell(name(words, key), made.pictures[key]) for key in KEYS if key in made.pictures)
    return f'<div class="gz-first">{cell(words("cmp_drawing"), job.drawing[0])}<div>{cells}</div></div>'


def scene(job) -> dict:
    return {
        "family": job.family.name,
        "size": job.family.size,
        "palette": job.family.palette,
        "drawing": address(job.drawing[0]),
        "truth": "" if job.truth is None else address(job.truth[0]),
        "photo": "" if job.photo is None else address(job.photo[0]),
        "pair": job.pair,
        "seed": job.seed,
        "tracing": job.tracing,
    }


def column(words: Words, family: Family, made: inference.Made, key: str) -> tuple[ImageData | None, str]:
    """(picture, caption) of one loss; why there is none, where there is none."""
    if key not in made.pictures:
        reason = made.missing.get(key)
        return None, quiet(words.explain(reason)) if reason else ""
    caption = prose(metrics.caption(words, family, key))
    if key in made.errors:
        value = made.errors[key]
        first = value == min(made.errors.values()) < max(made.errors.values())
        text = f"<b>{value:.3f}</b>" if first else f"{value:.3f}"
        caption = f'<p class="gz-note"><span>{escape(words("cmp_here"))}</span><span>{text}</span></p>{caption}'
    return shown(made.pictures[key], f"{family.name}-{key}"), caption


def notes(words: Words, job, made: inference.Made) -> str:
    absent = [name(words, key) for key, reason in made.missing.items() if reason is None]
    said = list(job.notes)
    if absent:
        said.append(words("cmp_missing", names=words.listing(absent)))
    return "".join(quiet(note) for note in said)


def took(words: Words, job, made: inference.Made) -> str:
    return note(words("cmp_cited") if job.cited else "", words("cmp_took", ms=f"{made.milliseconds:.0f}"))


def varies(family: Family) -> bool:
    """Whether one of its models can be asked for variations of a picture."""
    settings = (entry.said["settings"] for entry in family.members.values())
    return any(bool(s.get("dropout")) and s.get("variations", "asked") == "asked" for s in settings)


def edges(opinion: inference.Opinion, size: int) -> list[float]:
    """Where the cells of the map begin and end, in pixels: a score's place is the middle of its patch."""
    count, jump = len(opinion.scores), pictures.jump(opinion.patch)
    middles = [(size - 1) / 2 + (i - (count - 1) / 2) * jump for i in range(count)]
    return [0.0, *((a + b + 1) / 2 for a, b in zip(middles, middles[1:], strict=False)), float(size)]


def cell_at(opinion: inference.Opinion, size: int, x: float, y: float) -> tuple[int, int]:
    """(row, column) of the score at a place of the shown map."""
    ends = [edge * SHOWN / size for edge in edges(opinion, size)[1:-1]]
    return sum(y >= end for end in ends), sum(x >= end for end in ends)


def critic(words: Words, made: inference.Made, opinion: inference.Opinion, cell: list[int], stretch: bool):
    """(picture with the patch's frame, map, patch, sentence) for the score in row and column `cell`."""
    size, (row, column) = made.drawing.shape[-1], cell
    left, top, right, bottom = patch_box(opinion.patch, row, column, size)
    picture = to_pil(made.pictures[opinion.picture][None])[0]
    patch = picture.crop((left, top, right, bottom)).resize((SHOWN // 2,) * 2, Image.Resampling.NEAREST)
    framed = picture.copy()
    _frame(framed, (left, top, right - 1, bottom - 1))
    low, high = (opinion.scores.min(), opinion.scores.max()) if stretch else (0.0, 1.0)
    ends = [round(e * SHOWN / size) for e in edges(opinion, size)]
    cells = _colours((opinion.scores - low) / max(1e-6, high - low))
    sheet = Image.fromarray(cells.repeat(numpy.diff(ends), 0).repeat(numpy.diff(ends), 1))
    _frame(sheet, (ends[column], ends[row], ends[column + 1] - 1, ends[row + 1] - 1))
    width, height = right - left, bottom - top
    values = {"row": row + 1, "column": column + 1, "score": f"{opinion.scores[row][column]:.2f}", "width": width}
    whole = width == height == opinion.patch
    said = words("cmp_patch" if whole else "cmp_patch_edge", height=height, field=opinion.patch, **values)
    scale = words("cmp_scale_stretched" if stretch else "cmp_scale", low=f"{low:.2f}", high=f"{high:.2f}")
    return framed, sheet, patch, said, scale


def _colours(shares: numpy.ndarray) -> numpy.ndarray:
    """(h, w) of 0..1 -> (h, w, 3) uint8: FAKE, pale in the middle, REAL."""
    weight, ends = numpy.abs(2 * shares - 1)[..., None], numpy.where(shares[..., None] > 0.5, REAL, FAKE)
    return numpy.rint(MIDDLE * (1 - weight) + ends * weight).astype(numpy.uint8)


def _frame(picture: Image.Image, box: tuple[int, int, int, int]) -> None:
    pen = ImageDraw.Draw(picture)
    pen.rectangle(box, outline="white", width=2)
    left, top, right, bottom = box
    pen.rectangle((left - 1, top - 1, right + 1, bottom + 1), outline="black")
