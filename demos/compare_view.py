"""What Compare shows: the three results side by side, the blind round, and the still parts around them, as HTML."""

import json
import math
import re
from html import escape

import compare_work as work
from compare_families import NAMES, PALETTES, publishing, real_pairs
from parts import bar, quiet, uri
from torch import Tensor
from words import Words

from ganzoo.images import to_pil
from ganzoo.pix2pix import LOSSES

SAYS = {"gan": "cmp_says_gan", "mae": "cmp_says_mae", "gan+mae": "cmp_says_both", "truth": "cmp_says_truth"}
NUMBERS = {  # word: (what the metric's name starts with, how it is written, whether more is better; None: 1 is best)
    "cmp_l_one": (("l1",), "{:.3f}", False),
    "cmp_sharpness": (("sharpness",), "{:.2f}", None),
    "cmp_tone": (("tone",), "{:.2f}", False),
    "cmp_recovery": (("label-recovery", "label-accuracy"), "{:.0%}", True),
}


def name(words: Words, key: str) -> str:
    return words("cmp_truth") if key == "truth" else NAMES[key]


def picture(data: Tensor) -> str:
    """uint8 (3, S, S) -> a data: address, exact; what is drawn fast is drawn again soon, so it is packed lightly."""
    return uri(to_pil(data[None])[0], compress_level=3)


def shown(key: str, source: str, alt: str) -> str:
    return f'<img class="gz-made" data-key="{key}" src="{source}" alt="{escape(alt)}" decoding="sync">'


# --- the three results ------------------------------------------------------------------------------------------


def failed(number: int, text: str) -> str:
    return f'<div class="gz-answer" data-answer="{_data({"id": number, "failed": True})}">{quiet(text)}</div>'


def answer(words: Words, scene, made: work.Made, number: int, refused: str = "") -> str:
    """`refused`: why what was asked for is not here; the browser says it beside the buttons."""
    family = scene.family
    best = _best(family)
    columns = [_result(words, family, made, loss, best) for loss in LOSSES]
    if "truth" in made.pictures:
        columns.append(_truth(words, made))
    state = {
        "id": number,
        "family": family.name,
        "size": family.size,
        "palette": family.palette,
        "draws": family.draws,
        "seed": scene.seed,
        "publish": publishing(family),
        "real": bool(real_pairs(family)),
        "names": {key: name(words, key) for key in made.pictures},
        "refused": refused,
        "varies": any(_varies(entry.said["settings"]) for entry in family.members.values()),
    }
    if scene.fresh:
        state["drawing"] = picture(scene.drawing[0])
    if scene.new_truth:
        state["truth"] = picture(scene.truth[0])
    if made.opinions:
        state |= {"critic": made.critic, "critics": made.critics} | _patches(family.size, made)
    lines = "".join(quiet(note) for note in scene.notes)
    took = words("cmp_took", ms=f"{made.milliseconds:.0f}")
    kind = " with-truth" if "truth" in made.pictures else ""
    return (
        f'<div class="gz-answer" data-answer="{_data(state)}"><div class="gz-cmp-three{kind}">{"".join(columns)}</div>'
        f'<div class="gz-notes" role="status">{lines}</div>'
        f'<p class="gz-note"><span>{escape(words("cmp_tested"))}</span><span>{escape(took)}</span></p></div>'
    )


def _varies(settings: dict) -> bool:
    return bool(settings.get("dropout")) and settings.get("variations", "asked") == "asked"


def _data(state: dict) -> str:
    return escape(json.dumps(state, separators=(",", ":")))


def _patches(size: int, made: work.Made) -> dict:
    shape = next(iter(made.opinions.values())).shape
    return {
        "scores": {key: [[round(float(v), 3) for v in row] for row in grid] for key, grid in made.opinions.items()},
        "spans": work.spans(made.patch, size, shape[0]),
        "jump": work.jump(made.patch),
        "field": made.patch,
    }


def _result(words: Words, family, made: work.Made, loss: str, best: dict) -> str:
    if loss not in made.pictures:
        reason = made.missing.get(loss)
        text = words.explain(reason) if reason else words("cmp_missing")
        body = f'<div class="gz-none">{quiet(text)}</div>'
        return f'<section class="gz-result" data-loss="{loss}"><h3>{NAMES[loss]}</h3>{body}</section>'
    source = picture(made.pictures[loss])
    rows = []
    if loss in made.errors:
        value = made.errors[loss]
        first = value == min(made.errors.values()) < max(made.errors.values())
        rows.append((words("cmp_here"), f"{value:.3f}", first))
    rows += [(words(key), text, loss in best[key]) for key, text in numbers(family.members[loss])]
    listed = "".join(f"<div><dt>{escape(k)}</dt><dd>{f'<b>{v}</b>' if first else v}</dd></div>" for k, v, first in rows)
    file = f"{family.name.replace('/', '-')}-{loss.replace('+', '-')}.png"
    save = (
        f'<a class="gz-save" href="#" download="{escape(file)}" '
        f'aria-label="{escape(words("cmp_download_of", loss=NAMES[loss]))}">{escape(words("cmp_download"))}</a>'
    )
    return (
        f'<section class="gz-result" data-loss="{loss}"><h3>{NAMES[loss]}</h3>'
        f"{shown(loss, source, words('cmp_made_alt', loss=NAMES[loss]))}"
        f'<p class="gz-says">{escape(words(SAYS[loss]))}</p><dl>{listed}</dl>{_opinion(words, made, loss)}{save}</section>'
    )


def _truth(words: Words, made: work.Made) -> str:
    return (
        f'<section class="gz-result" data-loss="truth"><h3>{escape(words("cmp_truth"))}</h3>'
        f"{shown('truth', picture(made.pictures['truth']), words('cmp_truth_alt'))}"
        f'<p class="gz-says">{escape(words("cmp_says_truth"))}</p><dl></dl>{_opinion(words, made, "truth")}</section>'
    )


def _opinion(words: Words, made: work.Made, key: str) -> str:
    if key not in made.opinions:
        return ""
    mean = float(made.opinions[key].mean())
    label = escape(words("cmp_critic"))
    return f'<div class="gz-opinion"><span>{label}</span>{bar(mean, number=f"{mean:.2f}", kind="critic score")}</div>'


def _number(entry, starts: tuple) -> float | None:
    for start in starts:
        value = entry.metric(start)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    return None


def numbers(entry) -> list[tuple[str, str]]:
    """What the model's own card measured over the test set; a number that is missing is left out."""
    found = ((key, form, _number(entry, starts)) for key, (starts, form, _) in NUMBERS.items())
    return [(key, form.format(value)) for key, form, value in found if value is not None]


def _best(family) -> dict[str, set]:
    """Word -> the losses that come out best in that number, among at least two, as far as the page shows digits."""
    found = {}
    for key, (starts, form, more) in NUMBERS.items():
        values = {loss: _number(entry, starts) for loss, entry in family.members.items()}
        cost = {
            loss: float(form.format(abs(v - 1) if more is None else v).rstrip("%")) * (-1 if more else 1)
            for loss, v in values.items()
            if v is not None
        }
        lowest = min(cost.values(), default=0)
        winners = {loss for loss, v in cost.items() if v == lowest}
        found[key] = winners if 0 < len(winners) < len(cost) else set()
    return found


def meanings(words: Words, critic: str = "gan+mae") -> str:
    """What the numbers under the pictures mean, in small words."""
    pairs = [(words(key), words(key.replace("cmp_", "cmp_means_"))) for key in NUMBERS]
    pairs.append((words("cmp_critic"), words("cmp_means_critic", loss=NAMES[critic])))
    listed = "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in pairs)
    return f'<dl class="gz-meanings">{listed}</dl>'


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


def blind(words: Words, made: work.Made, order: list[str]) -> str:
    cells = "".join(
        f'<button type="button" class="gz-guess" data-guess="{key}" data-name="{escape(name(words, key))}">'
        f'<img class="gz-made" src="{picture(made.pictures[key])}" alt="" decoding="sync">'
        f"<span>{escape(words('cmp_blind_pick', letter=letter))}</span></button>"
        for key, letter in zip(order, "ABCD", strict=False)
    )
    drawing = picture(made.drawing)
    alt = escape(words("cmp_blind_drawing_alt"))
    return (
        f'<div class="gz-blind"><figure class="gz-fig"><img class="gz-made gz-flat" src="{drawing}" alt="{alt}">'
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
