"""What Translate shows beside its pictures: the numbers and notes under them, the two loops as a drawing, a critic's answer;
and the pictures as files that gradio hands out and removes again."""

import io
from html import escape
from urllib.parse import urlencode

from gradio.processing_utils import save_bytes_to_cache
from gradio.utils import get_upload_folder
from PIL import Image

from ganzoo.evaluation.metrics import find

from ...catalog import local
from ...ui.html import grid, legend, note, prose, quiet, svg
from ...ui.words import Words
from . import inference

EXACT = 1 << 20  # pixels up to which a picture is written without loss
LARGE = 3  # times the size it learned at, from which on a model sees only details


def encoded(picture: Image.Image) -> tuple[bytes, str]:
    """(a picture's file, its ending): exact up to a million pixels, above that nearly so."""
    buffer, exact = io.BytesIO(), picture.width * picture.height <= EXACT
    form = {"format": "PNG", "compress_level": 3} if exact else {"format": "JPEG", "quality": 95, "subsampling": 0}
    picture.convert("RGB").save(buffer, **form)
    return buffer.getvalue(), "png" if exact else "jpg"


def stored(picture: Image.Image, name: str) -> str:
    """The picture as a file in gradio's folder, which `delete_cache` empties; `name` is what a visitor saves it as. Six pictures
    of up to four million pixels would be too much inside an answer, where `Picture` and `Album` put small ones."""
    data, ending = encoded(picture)
    return file(data, f"{name}.{ending}")


def file(data: bytes, name: str) -> str:
    """A file of that name in gradio's folder."""
    return save_bytes_to_cache(data, name, get_upload_folder())


def named(direction: str) -> str:
    return direction.replace("->", "-to-")


def report(words: Words, made: inference.Made) -> str:
    """The numbers and what is to be said of them; the address of what is shown."""
    model, learned = made.model, made.model.config.image_size
    target, notes = words.sides(made.direction)[1], [words.explain(made.trouble)] if made.trouble else []
    if made.already:
        notes.append(words("trl_wrong_side", target=target, direction=words.direction(made.direction)))
    if made.back is None:
        notes.append(words("trl_one_way"))
    size = f"{made.original.width} × {made.original.height}"
    if made.came != made.original.size:
        notes.append(words("trl_shrunk", came=f"{made.came[0]:,} × {made.came[1]:,}", size=size))
    if max(made.original.size) > LARGE * learned:
        notes.append(words("trl_larger", size=learned))
    name = inference.catalog_name(model)
    numbers = [words("trl_changed", value=f"{made.changed:.3f}")]
    if made.cycle is not None:
        numbers.append(words("trl_cycle", value=f"{made.cycle:.3f}"))
        usual = find(local.entry(name).metrics, f"cycle-l1-{made.direction}")
        numbers += [words("trl_cycle_test", value=f"{usual:.3f}")] if isinstance(usual, float) else []
    by = words("trl_by", name=name, direction=words.direction(made.direction), size=learned)
    took = words("trl_took", ms=f"{made.milliseconds:,.0f}", size=size)
    link = {"tab": "translate", "model": name, "direction": made.direction}
    link |= {"example": made.example} if made.example else {}
    link |= {"size": made.times} if made.times != inference.USUAL else {}
    text = prose(words.together(*numbers)) + "".join(map(quiet, notes)) + note(by, took)
    text = (scale(words, "trl_error") if made.error else "") + text
    return f'<div data-link="?{escape(urlencode(link))}">{text}</div>'


def scale(words: Words, key: str) -> str:
    """What the colours of a map of differences mean."""
    return legend(f"{words(key)} 0", words("trl_scale"), [f"rgb{colour}" for colour in inference.HEAT])


def loops(words: Words, direction: str) -> str:
    """Both sides of a model go there and come back: two drawings."""
    a, b = words.sides(direction)
    return grid(_loop(words, a, b, "G", "F"), _loop(words, b, a, "F", "G"))


def _loop(words: Words, start: str, middle: str, there: str, back: str) -> str:
    boxes = "".join(
        f'<rect class="{kind}" fill-opacity="0.15" x="{x}" y="62" width="124" height="52" rx="8"/>'
        f'<text x="{x + 62}" y="94" text-anchor="middle">{escape(text)}</text>'
        for x, text, kind in (
            (4, start, "real"),
            (178, middle, "creator"),
            (352, words("trl_again", domain=start), "creator"),
        )
    )
    arrows = "".join(
        f'<path class="creator" d="M{x} 88 h38 m-8 -6 l8 6 l-8 6"/><text class="creator" x="{x + 20}" y="78" '
        f'text-anchor="middle">{name}</text>'
        for x, name in ((133, there), (307, back))
    )
    drawn = (
        f'<g font-size="17">{boxes}{arrows}<path class="critic" d="M240 60 v-20 m-6 8 l6 -8 l6 8"/>'
        f'<text class="critic" x="240" y="28" text-anchor="middle">{escape(words("trl_real", domain=middle))}</text>'
        '<path class="second" d="M414 116 v24 h-348 v-22 m-6 8 l6 -8 l6 8"/>'
        f'<text x="240" y="164" text-anchor="middle">{escape(words("trl_same"))}</text></g>'
    )
    return svg(480, 176, words("trl_loop_alt", start=start, middle=middle), drawn)


def opinion(words: Words, model, direction: str, scores, cell: tuple[int, int]) -> str:
    """The mean score, the score of the framed patch, what the colours mean."""
    mean = words("trl_question", domain=words.sides(direction)[1], score=f"{float(scores.mean()):.2f}")
    row, column = cell
    patch = words("trl_patch", row=row + 1, column=column + 1, score=f"{scores[cell]:.2f}", field=model.config.patch)
    return prose(mean) + prose(patch) + legend(words("cmp_fake"), words("cmp_real"))
