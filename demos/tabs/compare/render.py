"""What Compare shows: the results side by side, the blind round, and the still parts around them, as HTML."""

import json
import re
import string
from html import escape

from torch import Tensor

from ganzoo.images import to_pil

from ...ui import pictures
from ...ui.html import quiet, uri
from ...ui.words import Words
from . import inference, metrics
from .families import PALETTES, name, publishing, real_pairs


def picture(data: Tensor) -> str:
    """uint8 (3, S, S) -> a data: address, exact; what is drawn fast is drawn again soon, so it is packed lightly."""
    return uri(to_pil(data[None])[0], compress_level=3)


def shown(key: str, source: str, alt: str) -> str:
    return f'<img class="gz-made" data-key="{key}" src="{source}" alt="{escape(alt)}" decoding="sync">'


# --- the results ------------------------------------------------------------------------------------------------


def failed(number: int, text: str) -> str:
    return f'<div class="gz-answer" data-answer="{_data({"id": number, "failed": True})}">{quiet(text)}</div>'


def answer(words: Words, job, made: inference.Made, number: int, refused: str = "") -> str:
    """`refused`: why what was asked for is not here; the browser says it beside the buttons."""
    family = job.family
    absent = [key for key, reason in made.missing.items() if reason is None]
    columns = [_result(words, family, made, key) for key in family.keys if key not in absent]
    hidden = _truth(words, made) if "truth" in made.pictures else ""
    state = {
        "id": number,
        "family": family.name,
        "size": family.size,
        "palette": family.palette,
        "draws": family.draws,
        "seed": job.seed,
        "publish": publishing(family),
        "real": bool(real_pairs(family)),
        "pair": job.pair,
        "names": {key: name(words, key) for key in made.pictures},
        "refused": refused,
        "varies": varies(family),
    }
    if job.fresh:
        state["drawing"] = picture(job.drawing[0])
    if job.new_truth:
        state["truth"] = picture(job.truth[0])
    if made.opinions:
        state |= {"critic": made.critic, "critics": made.critics} | _patches(family.size, made)
    notes = list(job.notes)
    if absent:
        notes.append(words("cmp_missing", names=words.listing([name(words, key) for key in absent])))
    lines = "".join(quiet(note) for note in notes)
    if job.photo is not None:
        state |= {"photo": picture(job.photo[0]), "back": job.back}
        lines += _photo_choices(words, job.back)
    cited = f"<span>{escape(words('cmp_cited'))}</span>" if job.cited else ""
    took = words("cmp_took", ms=f"{made.milliseconds:.0f}")
    return (
        f'<div class="gz-answer" data-answer="{_data(state)}">'
        f'<div class="gz-cmp-results" data-count="{max(3, len(columns))}">{"".join(columns)}</div>{hidden}'
        f'{metrics.verdict(words, family)}<div class="gz-notes" role="status">{lines}</div>'
        f'<p class="gz-note">{cited}<span>{escape(took)}</span></p>{metrics.table(words, family)}</div>'
    )


def _photo_choices(words: Words, back: str) -> str:
    """What can be done with an upload that is a photo."""
    choices = {"back": "cmp_photo_other"} if back else {}
    choices |= {"keep": "cmp_photo_keep", "trace": "cmp_photo_trace"}
    buttons = (
        f'<button type="button" class="gz-button" data-do="{do}">{escape(words(key))}</button>'
        for do, key in choices.items()
    )
    return f'<div class="gz-actions">{"".join(buttons)}</div>'


def varies(family) -> bool:
    """Whether one of its models can be asked for variations of a picture."""
    settings = (entry.said["settings"] for entry in family.members.values())
    return any(bool(s.get("dropout")) and s.get("variations", "asked") == "asked" for s in settings)


def _data(state: dict) -> str:
    return escape(json.dumps(state, separators=(",", ":")))


def _patches(size: int, made: inference.Made) -> dict:
    shape = next(iter(made.opinions.values())).shape
    return {
        "scores": {key: [[round(float(v), 3) for v in row] for row in grid] for key, grid in made.opinions.items()},
        "spans": pictures.spans(made.patch, size, shape[0]),
        "jump": pictures.jump(made.patch),
        "field": made.patch,
    }


def _result(words: Words, family, made: inference.Made, loss: str) -> str:
    called = escape(name(words, loss))
    if loss not in made.pictures:
        body = f'<div class="gz-none">{quiet(words.explain(made.missing[loss]))}</div>'
        return f'<section class="gz-result" data-loss="{loss}"><h3>{called}</h3>{body}</section>'
    source = picture(made.pictures[loss])
    error = ""
    if loss in made.errors:
        value = made.errors[loss]
        first = value == min(made.errors.values()) < max(made.errors.values())
        text = f"<b>{value:.3f}</b>" if first else f"{value:.3f}"
        error = f"<dl><div><dt>{escape(words('cmp_here'))}</dt><dd>{text}</dd></div></dl>"
    file = f"{family.name.replace('/', '-')}-{loss.replace('+', '-')}.png"
    save = (
        f'<a class="gz-save" href="#" download="{escape(file)}" '
        f'aria-label="{escape(words("cmp_download_of", loss=name(words, loss)))}">{escape(words("cmp_download"))}</a>'
    )
    return (
        f'<section class="gz-result" data-loss="{loss}"><h3>{called}</h3>'
        f"{shown(loss, source, words('cmp_made_alt', loss=name(words, loss)))}"
        f'<p class="gz-says">{escape(metrics.caption(words, family, loss))}</p>'
        f"{error}{save}</section>"
    )


def _truth(words: Words, made: inference.Made) -> str:
    """The real photo, for the toggle on the board, the slider and the critic's map to take from here."""
    return f"<div hidden>{shown('truth', picture(made.pictures['truth']), words('cmp_truth_alt'))}</div>"


def sharing(words: Words, space: str = "") -> str:
    """The dialog behind *Share as a Space*: what a Space is and the one command; in a Space (its id) how to duplicate it."""
    said, close = escape(words("cmp_share_what")), escape(words("cmp_close"))
    if space:
        address = f"https://huggingface.co/spaces/{escape(space)}?duplicate=true"
        how = (
            f'<p class="gz-prose">{escape(words("cmp_share_here"))}</p>'
            f'<div class="gz-actions"><a class="gz-button primary" href="{address}">{escape(words("cmp_share_duplicate"))}</a>'
        )
    else:
        needs = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(words("cmp_share_needs")))
        how = (
            f'<p class="gz-prose">{escape(words("cmp_share_run"))}</p><pre tabindex="0"><code>{escape(publishing())}</code></pre>'
            f'<p class="gz-prose">{needs}</p><div class="gz-actions">'
            f'<button type="button" class="gz-button primary" data-do="command">{escape(words("cmp_share_copy"))}</button>'
        )
    return (
        f'<dialog class="gz-share" aria-labelledby="gz-share-title"><h3 id="gz-share-title">{escape(words("cmp_share"))}</h3>'
        f'<p class="gz-prose">{said}</p>{how}'
        f'<button type="button" class="gz-button" data-do="unshare">{close}</button></div></dialog>'
    )


# --- the blind round --------------------------------------------------------------------------------------------


def blind(words: Words, family: str, made: inference.Made, order: list[str]) -> str:
    cells = "".join(
        f'<button type="button" class="gz-guess" data-guess="{key}" data-name="{escape(name(words, key))}">'
        f'<img class="gz-made" src="{picture(made.pictures[key])}" alt="" decoding="sync">'
        f"<span>{escape(words('cmp_blind_pick', letter=letter))}</span></button>"
        for key, letter in zip(order, string.ascii_uppercase, strict=False)
    )
    drawing = picture(made.drawing)
    alt = escape(words("cmp_blind_drawing_alt"))
    return (
        f'<div class="gz-blind" data-family="{escape(family)}"><figure class="gz-fig">'
        f'<img class="gz-made gz-flat" src="{drawing}" alt="{alt}">'
        f"<figcaption>{escape(words('cmp_drawing'))}</figcaption></figure>"
        f'<div class="gz-guesses" role="group">{cells}</div></div>'
    )


# --- the still parts --------------------------------------------------------------------------------------------


def palette(words: Words, key: str, chosen: bool) -> str:
    """One palette: a button for every colour. The first is the ground, and what the eraser leaves."""
    buttons = []
    for i, (label, colour) in enumerate(PALETTES[key].items()):
        said, hue = escape(words(f"cmp_label_{label}")), "#{:02x}{:02x}{:02x}".format(*colour)
        pressed = "true" if i == (2 if len(PALETTES[key]) > 2 and key == "label" else 1) else "false"
        buttons.append(
            f'<button type="button" class="gz-colour" data-colour="{hue}" aria-pressed="{pressed}">'
            f'<i style="background:{hue}"></i>{said}</button>'
        )
    hidden = "" if chosen else " hidden"
    label = escape(words("cmp_palette"))
    return f'<div class="gz-palette" data-palette="{key}" role="group" aria-label="{label}"{hidden}>{"".join(buttons)}</div>'
