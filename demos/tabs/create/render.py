"""What the tab Create shows, as HTML: the grid, the morph, an idea growing and the critic shrinking it, the labels.

Everything is computed per call; nothing a visitor does is kept on the server. What was typed is checked here.
"""

import time
from html import escape
from urllib.parse import quote

import torch
from gradio.data_classes import ImageData
from torch import Tensor

from ganzoo import GanzooError, Model
from ganzoo.data.registry import CLASSES
from ganzoo.evaluation.realness import realness
from ganzoo.images import to_pil
from ganzoo.models.losses import as_opinion

from ...catalog import film, local
from ...ui.html import bar, figure, flow, image, legend, mosaic, note, section, signed, square, table, tiles, uri
from ...ui.words import Trouble, Words

MOST_PICKS = 8
QUESTIONS = ("between", "grow", "cgan", "drawing")
COUNT = 24  # pictures in the grid: 8, 6 or 4 columns without a gap
STRIP = 9  # pictures in the strip between two ideas


def frames(name) -> int:
    """The number of the film's last frame; 0 for a model that came without a film."""
    try:
        return len(film.of(name).steps) - 1
    except GanzooError:
        return 0


def buttons(words: Words, data) -> list[str]:
    """What the buttons of the labels say: "0" .. "9", or "0 T-shirt" .. "9 boot"."""
    names = CLASSES.get(data or local.SETS[0], CLASSES["mnist"])
    return [name if name == str(k) else f"{k} {words.label(name)}" for k, name in enumerate(names)]


def picks_of(text, classes: int) -> list[int]:
    """ "2026" -> [2, 0, 2, 6]"""
    digits = "".join(str(text or "").replace(",", "").split())
    if not digits.isascii() or not digits.isdigit() or len(digits) > MOST_PICKS or max(map(int, digits)) >= classes:
        raise Trouble("bad_labels", high=MOST_PICKS, most=min(9, classes - 1))
    return [int(d) for d in digits]


def contents(words: Words) -> str:
    """One line of links to the questions further down."""
    links = "".join(f'<a href="#s-{key}">{escape(words("q_" + key))}</a>' for key in QUESTIONS)
    return f'<nav class="gz-contents" aria-label="{escape(words("sections"))}">{links}</nav>'


def labels_for(model: Model, count: int) -> list[int] | None:
    """0, 1, 2 .. for a conditional model, None for the others."""
    return [i % len(model.classes) for i in range(count)] if model.config.needs_labels else None


def real_shares(model: Model, pictures: Tensor) -> list[float | None]:
    """How real the pictures of a model are to the critic of the set that it learned from: the share of real ones that look
    less real. None for each where there is no such critic."""
    data = local.set_of(model)
    return realness(data)(pictures) if data else [None] * len(pictures)


def share_bar(share: float | None) -> str:
    return "" if share is None else bar(share, number=f"{share:.0%}", kind="critic score")


def grid(words: Words, name, seed, pick) -> tuple[ImageData, str]:
    """The picked one; and COUNT pictures, under each how real it is for the critic of its set: each is a button that makes it
    the idea followed below."""
    seed, picked = local.seed_of(seed), local.whole(pick, 0, COUNT - 1, "bad_pick")
    model = local.open_model(name)
    began = time.perf_counter()
    labels = labels_for(model, COUNT)
    pictures = model.tensor(model.noise(COUNT, seed), labels)
    shares, shown = real_shares(model, pictures), to_pil(pictures)
    took = (time.perf_counter() - began) * 1000
    cells = []
    for i, (picture, share) in enumerate(zip(shown, shares, strict=True)):
        label = f'<span class="gz-label">{escape(words.label(model.classes[labels[i]]))}</span>' if labels else ""
        alt = words("cell_alt", number=i + 1, score="?" if share is None else f"{share:.0%}")
        cells.append(
            f'<button type="button" class="gz-cell" data-pick="{i}" aria-pressed="{str(i == picked).lower()}" '
            f'aria-label="{escape(alt)}">{image(picture, "")}{label}{share_bar(share)}</button>'
        )
    critic = words("grid_note" if shares[0] is not None else "no_realness")
    made_in = words("made_in", count=COUNT, name=model.name, ms=f"{took:.0f}")
    label = escape(words("grid_label", seed=seed))
    lesson, _, data = name.partition("-")
    bundled = lesson in local.LESSONS and data in local.SETS
    link = f"lesson={lesson}&amp;set={data}" if bundled else f"model={quote(name)}"
    html = f'<div role="group" aria-label="{label}">{tiles(cells, 8)}</div>{note(critic, made_in)}'
    file = f"{name.replace('/', '-')}-{seed}-{picked + 1}.png"
    picture = ImageData(url=uri(shown[picked]), orig_name=file)
    return picture, f'<div data-link="?{link}&amp;seed={seed}">{html}</div>'


def between(a: Tensor, b: Tensor, share: float) -> Tensor:
    """Spherical interpolation of two inspirations (100,): a straight line would pass through pale, short vectors."""
    cosine = torch.dot(a / a.norm(), b / b.norm()).clamp(-1, 1)
    angle = torch.acos(cosine)
    if angle < 1e-4:
        return torch.lerp(a, b, share)
    return (torch.sin((1 - share) * angle) * a + torch.sin(share * angle) * b) / torch.sin(angle)


def on_the_way(model: Model, first, second, shares: list[float], labels: list[int] | None) -> Tensor:
    """The pictures at these shares of the way from the inspiration of one seed to that of another."""
    a, b = (model.noise(1, local.seed_of(seed))[0] for seed in (first, second))
    return model.tensor(torch.stack([between(a, b, share) for share in shares]), labels)


def strip(words: Words, name, first, second) -> str:
    """Nine pictures on the way from one inspiration to the other, evenly spaced like the slider under them."""
    model, shares = local.open_model(name), [i / (STRIP - 1) for i in range(STRIP)]
    pictures = on_the_way(model, first, second, shares, _one_label(model, STRIP))
    alts = (words("between_alt", share=round(share * 100)) for share in shares)
    return tiles(map(image, to_pil(pictures), alts), STRIP)


def morph(words: Words, name, first, second, percent) -> str:
    """The one picture at the slider, large, with how real it is."""
    percent, model = local.whole(percent, 0, 100, "bad_share"), local.open_model(name)
    picture = on_the_way(model, first, second, [percent / 100], _one_label(model, 1))
    alt = words("between_alt", share=percent)
    return figure(image(to_pil(picture)[0], alt), share_bar(real_shares(model, picture)[0]), "gz-now")


def _one_label(model: Model, count: int) -> list[int] | None:
    return [min(3, len(model.classes) - 1)] * count if model.config.needs_labels else None


@torch.no_grad()
def grow(words: Words, name, seed, pick) -> str:
    """Every stage of one inspiration on its way to a picture, and of the picture on its way to one number."""
    picked, model = local.whole(pick, 0, COUNT - 1, "bad_pick"), local.open_model(name)
    labels = labels_for(model, COUNT)
    label = model.labels([labels[picked]], 1) if labels else ()
    noise = model.noise(picked + 1, local.seed_of(seed))[picked:]
    up = model.generator.stages(noise, *label)
    down = model.discriminator.stages(up[-1], *label)
    opinion = float(as_opinion(down[-1].float(), model.config.adversarial).flatten()[0])
    filtered = model.config.needs_labels
    creator = [_stage(words, x[0], i == 1 and filtered, i == len(up) - 1) for i, x in enumerate(up)]
    critic = [_stage(words, x[0], i == 1 and filtered, i == 0) for i, x in enumerate(down[:-1])]
    verdict = figure(f'<output class="gz-verdict">{opinion:.2f}</output>', escape(words("stage_score")))
    growing = section(words("creator_grows"), flow(*creator), kind="creator")
    shrinking = section(words("critic_shrinks"), flow(*critic, verdict), kind="critic")
    return f'<div class="gz-stage">{growing}{shrinking}{legend(words("negative"), words("positive"))}</div>'


def _stage(words: Words, values: Tensor, filtered: bool, picture: bool) -> str:
    """One stage: a picture as it is, a vector as a square, feature maps side by side; its size in words under it."""
    size, text = " × ".join(map(str, values.shape[1:] + values.shape[:1])), words("numbers")
    if picture:
        shown, alt = to_pil(values[None])[0], words("stage_picture_alt")
    elif values.ndim == 3 and not filtered:
        columns = 4 if values.shape[1] < 10 else 3
        shown = signed(mosaic(values[: columns * columns].cpu(), columns))
        text = words("stage_maps", count=len(values), shown=min(len(values), columns * columns))
        alt = f"{values.shape[1]} × {values.shape[2]}: {text}"
    else:
        shown, alt = signed(square(values.flatten().cpu())), words("stage_alt", count=values.numel())
        text = words("stage_filtered") if filtered else text
    return figure(image(shown, alt, shown.width), f"<b>{size}</b>{escape(text)}")


def for_labels(words: Words, data, picks, seed) -> str:
    """The classes that were asked for, one after the other, each from its own inspiration."""
    model = local.open_model(f"cgan-{data or local.SETS[0]}")
    picks = picks_of(picks, len(model.classes))
    pictures = model.tensor(model.noise(len(picks), local.seed_of(seed)), picks)
    shares = real_shares(model, pictures)
    names = [words.label(model.classes[k]) for k in picks]
    cells = (
        figure(image(picture, words("asked_alt", label=name)), f"<b>{escape(name)}</b>{share_bar(share)}")
        for picture, name, share in zip(to_pil(pictures), names, shares, strict=True)
    )
    return f'<div data-picks="{"".join(map(str, picks))}">{tiles(cells, 8)}</div>'


@torch.no_grad()
def under_labels(words: Words, data, seed) -> str:
    """One inspiration under every label (the first ten), with the filter that each label is, in both networks."""
    model, seed = local.open_model(f"cgan-{data or local.SETS[0]}"), local.seed_of(seed)
    count = min(10, len(model.classes))
    pictures = to_pil(model.tensor(model.noise(1, seed).expand(count, -1), list(range(count))))
    creator, critic = model.generator.filter.weight, model.discriminator.filter.weight
    side = (model.config.channels, model.config.image_size, model.config.image_size)
    names = [words.label(name) for name in model.classes[:count]]
    rows = [[escape(words(key))] for key in ("row_made", "row_noise", "row_picture")]
    for k, name in enumerate(names):
        rows[0].append(image(pictures[k], words("asked_alt", label=name)))
        rows[1].append(image(signed(square(creator[k])), words("filter_noise_alt", label=name)))
        rows[2].append(image(signed(critic[k].view(side).mean(0)), words("filter_picture_alt", label=name)))
    return table([words("row_label"), *names], rows) + legend(words("against"), words("for"))
