"""What Compare shows of a Job and its pictures: the state of the board, pictures, captions."""

import zlib
from html import escape

from gradio.data_classes import ImageData
from PIL import Image
from torch import Tensor

from ganzoo import GanzooError
from ganzoo.images import to_pil
from ganzoo.models.pix2pix_config import LOSSES

from ...ui.html import prose, quiet, uri
from ...ui.words import Words
from . import handlers, inference
from .families import KEYS, Family, name

GRADED = {"gan": "cmp_graded_gan", "mae": "cmp_graded_mae", "gan+mae": "cmp_graded_both"}
LIGHTLY = {"compress_level": 1, "compress_type": zlib.Z_RLE}  # of photos smaller and faster than zlib's own way


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


def board_state(job) -> dict:
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
    error = "&nbsp;"  # where no truth is known; the captions stay where they are
    if key in made.errors:
        value = made.errors[key]
        tag = "b" if value == min(made.errors.values()) < max(made.errors.values()) else "span"
        error = f"{escape(words('cmp_here'))} <{tag}>{value:.3f}</{tag}>"
    caption = f'<p class="gz-note"><span>{error}</span></p>'
    caption += prose(words(GRADED.get(key, "cmp_graded_perceptual")))
    return shown(made.pictures[key], f"{family.name}-{key}"), caption


def notes(words: Words, job) -> str:
    absent = [name(words, key) for key in LOSSES if key not in job.family.members]
    missing = [words("cmp_missing", names=words.listing(absent))] if absent else []
    said = job.notes if job.photo is None else []  # what is said of a photo stands beside it
    return "".join(map(quiet, [*said, *missing]))
