"""What Translate shows: the row of four, the directions and examples above it, a critic's map, as HTML."""

import json
from functools import lru_cache
from html import escape

import numpy
from PIL import Image

from ganzoo import GanzooError
from ganzoo.inference import LONGEST

from ...ui import pictures
from ...ui.html import quiet, uri
from ...ui.words import Words
from . import inference


def packed(picture: Image.Image) -> tuple[str, str]:
    """(a data: address, the ending of its file): exact up to a million pixels, above that nearly so."""
    if picture.width * picture.height <= inference.EXACT:
        return uri(picture, compress_level=3), "png"
    return uri(picture.convert("RGB"), "JPEG", quality=95, subsampling=0), "jpg"


def _data(state: dict) -> str:
    return escape(json.dumps(state, separators=(",", ":"), ensure_ascii=False))


def failed(words: Words, number: int, text: str) -> str:
    return f'<div class="gz-answer" data-refused="yes" data-answer="{_data({"id": number, "failed": text})}"></div>'


def empty(words: Words, line: str) -> str:
    """No model at all: the examples are still to be seen, and one line."""
    state = {"id": 0, "empty": True, "models": []}
    return f'<div class="gz-answer" data-answer="{_data(state)}">{quiet(line)}</div>'


def with_line(answer: str, line: str) -> str:
    return answer.replace(
        '<div class="gz-notes" role="status">', f'<div class="gz-notes" role="status">{quiet(line)}', 1
    )


# --- above the row ----------------------------------------------------------------------------------------------


def _directions(words: Words, made: inference.Made) -> str:
    buttons = "".join(
        f'<button type="button" data-direction="{escape(d)}" aria-pressed="{str(d == made.direction).lower()}">'
        f"{escape(words.direction(d))}</button>"
        for d in made.model.directions
    )
    label = escape(words("trl_directions"))
    return f'<span class="gz-cmp-segments" role="group" aria-label="{label}">{buttons}</span>'


@lru_cache(maxsize=32)
def _thumbnail(name: str) -> str:
    small = inference.example(name).copy()
    small.thumbnail((144, 144))
    return uri(small, "WEBP", quality=88)


def origin(words: Words, example: str) -> str:
    return words("trl_by_model", name=inference.PHOTO_BY) if example == inference.PHOTO else words("trl_by_code")


def _examples(words: Words, made: inference.Made, chosen: str) -> str:
    groups: dict[str, list[str]] = {}  # what is said of them -> their buttons
    for name in inference.examples(made.model):
        try:
            source = _thumbnail(name)
        except GanzooError:
            continue
        what, by = words.domain(inference.kind(name)), origin(words, name)
        note = words("trl_says_code") if name != inference.PHOTO else by
        alt = escape(words("trl_example_alt", kind=what, origin=by))
        groups.setdefault(note, []).append(
            f'<button type="button" data-example="{name}" data-kind="{inference.kind(name)}" '
            f'aria-pressed="{str(name == chosen).lower()}"><img src="{source}" alt="{alt}"></button>'
        )
    shown = "".join(
        f"<figure><div>{''.join(buttons)}</div><figcaption>{escape(note)}</figcaption></figure>"
        for note, buttons in groups.items()
    )
    return f'<div class="gz-trl-examples" role="group" aria-label="{escape(words("trl_examples"))}">{shown}</div>'


# --- the row ----------------------------------------------------------------------------------------------------


def answer(words: Words, made: inference.Made, number: int, example: str) -> str:
    a, _, b = made.direction.partition("->")
    a, b = words.domain(a), words.domain(b)
    width, height = made.original.size
    name = inference.catalog_name(made.model)
    if example == inference.PHOTO:
        about = words("trl_says_made", name=inference.PHOTO_BY)
    else:
        about = words("trl_says_drawn" if example else "trl_says_own")
    size = f"{width} × {height}"
    alt = words("trl_original_alt", width=width, height=height)
    columns = [
        _cell(words, made, "original", made.original, words("trl_original"), alt, about, [(words("trl_size"), size)]),
        _cell(words, made, "there", made.there, words("trl_there", domain=b),
              words("trl_there_alt", direction=f"{a} → {b}"), words("trl_says_there")),
    ]  # fmt: skip
    notes = []
    if made.back is None:
        notes.append(words("trl_one_way"))
    else:
        value = f"{made.cycle:.3f}"
        numbers = [(words("trl_cycle"), f"<b>{value}</b>")]
        usual = _measured(made)
        if usual is not None:
            numbers.append((words("trl_cycle_test"), f"{usual:.3f}"))
        columns += [
            _cell(words, made, "back", made.back, words("trl_back", domain=a), words("trl_back_alt"), words("trl_says_back")),
            _cell(words, made, "error", made.error, words("trl_error"), words("trl_error_alt", value=value),
                  words("trl_says_error"), numbers),
        ]  # fmt: skip
    learned = made.model.config.image_size
    if made.shrunk:
        notes.append(words("trl_shrunk", most=f"{LONGEST:,}", width=width, height=height))
    if max(width, height) > 3 * learned and not example:
        notes.append(words("trl_larger", size=learned))
    state = {
        "id": number,
        "model": name,
        "models": inference.models(),
        "direction": made.direction,
        "back": inference.other_way(made.model, made.direction),
        "example": example,
        "apart": words("cmp_apart", value=f"{inference.apart(made):.3f}"),
    }
    took = words("trl_took", ms=f"{made.milliseconds:,.0f}")
    by = words("trl_by", name=name, direction=f"{a} → {b}", size=learned)
    lines = "".join(quiet(note) for note in notes)
    return (
        f'<div class="gz-answer" data-answer="{_data(state)}"><div class="gz-trl-top">{_directions(words, made)}'
        f'{_examples(words, made, example)}</div><div class="gz-trl-row">{"".join(columns)}</div>'
        f'<div class="gz-notes" role="status">{lines}</div>'
        f'<p class="gz-note"><span>{escape(by)}</span><span>{escape(took)}</span></p></div>'
    )


def _measured(made: inference.Made) -> float | None:
    """What the model's card says of this direction's cycle error over the real test pictures."""
    for key, value in made.model.said["metrics"].items():
        if key.startswith(f"cycle-l1-{made.direction}-") and isinstance(value, (int, float)) and 0 <= value <= 1:
            return float(value)
    return None


def _cell(words: Words, made: inference.Made, key: str, picture, title: str, alt: str, about: str, numbers=()) -> str:
    source, ending = packed(picture)
    listed = "".join(f"<div><dt>{escape(k)}</dt><dd>{v}</dd></div>" for k, v in numbers)
    file = f"{made.direction.replace('->', '-to-')}-{key}.{ending}"
    save = (
        f'<a class="gz-save" href="#" download="{escape(file)}" '
        f'aria-label="{escape(words("trl_download_of", what=title))}">{escape(words("cmp_download"))}</a>'
    )
    return (
        f'<section class="gz-result gz-trl-cell" data-cell="{key}"><h3>{escape(title)}</h3>'
        f'<img class="gz-trl-pic" data-key="{key}" src="{source}" alt="{escape(alt)}" width="{picture.width}" '
        f'height="{picture.height}" decoding="sync"><p class="gz-says">{escape(about)}</p><dl>{listed}</dl>{save}</section>'
    )


# --- a critic's map ---------------------------------------------------------------------------------------------


def opinions(words: Words, model, direction: str, scores: numpy.ndarray, ask) -> str:
    """The map travels as a small grey picture, one pixel a patch."""
    sheet = Image.fromarray((scores.clip(0, 1) * 255).round().astype(numpy.uint8))
    side = words.domain(direction.split("->")[1])
    state = {
        "id": ask.id,
        "picture": ask.picture,
        "scores": uri(sheet),
        "shape": list(scores.shape),
        "jump": pictures.jump(model.config.patch),
        "field": model.config.patch,
        "asked": words("trl_asked", domain=side, score=f"{float(scores.mean()):.2f}"),
    }
    return f'<div class="gz-answer" data-answer="{_data(state)}"></div>'


# --- a folder ---------------------------------------------------------------------------------------------------


def progress(text: str, done: int, count: int) -> str:
    return (
        f'<div class="gz-trl-progress" role="status"><progress max="{count}" value="{done}"></progress>'
        f"<span>{escape(text)}</span></div>"
    )
