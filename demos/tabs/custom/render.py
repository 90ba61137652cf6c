"""What Your pictures shows, as HTML: the pairs, the training as it goes, the three losses side by side, a translation."""

import base64
import time
from html import escape
from pathlib import Path

from PIL import Image

from ganzoo import checkpoint
from ganzoo.images import open_picture, to_float, to_pil

from ...catalog import film, local
from ...ui import pictures
from ...ui.html import bar, figure, prose, quiet, uri
from ...ui.words import Words
from ..compare import metrics
from ..compare.families import NAMES
from . import examples, uploads
from .session import Run, Session

SHOWN, SIDE = 6, 96  # pairs on screen, their side in pixels
DOCTOR = {"nan": "own_doctor_nan", "critic_wins": "own_doctor_critic", "same_answer": "own_doctor_collapse",
          "by_heart": "own_doctor_heart", "plateau": "own_doctor_level"}  # fmt: skip
PIXELS = ("own_curve_pixels", (("mae", "own_curve_error", "real"), ("mae_test", "own_curve_unseen", "fake")))


# --- the pairs --------------------------------------------------------------------------------------------------


def pairs(words: Words, work: Session | None, source: str, kind: str = "") -> str:
    """A few pairs of the chosen set, input above and what it should become below, and one sentence."""
    if source in examples.KINDS:
        shown = [examples.pair(source, examples.HELD + i, SIDE) for i in range(SHOWN)]
        said = words("own_example_said", count=examples.COUNT, held=examples.HELD)
    elif source == "draw":
        shown = work.drawn[-SHOWN:] if work else []
        said = _few(words, len(work.drawn) if work else 0) or words("own_ready", count=len(work.drawn))
    else:
        shown = _uploaded(work) if work and work.uploaded else []
        count = work.uploaded if work else 0
        said = (
            _few(words, count) or words("own_ready", count=count)
            if count
            else words("own_photos_said" if kind else "own_upload_said")
        )
        if work and work.left_out:
            names = ", ".join(work.left_out[: uploads.NAMED])
            said += " " + words("own_left_out", count=len(work.left_out), names=names)
    columns = "".join(
        f'<li><img src="{_small(a)}" alt="{escape(words("own_input_alt", number=i + 1))}">'
        f'<img src="{_small(b)}" alt="{escape(words("own_truth_alt", number=i + 1))}"></li>'
        for i, (a, b) in enumerate(shown)
    )
    rows = (
        f'<div class="gz-own-rows" aria-hidden="true"><span>{escape(words("own_input"))}</span>'
        f"<span>{escape(words('own_truth'))}</span></div>"
    )
    grid = f'<div class="gz-own-pairs">{rows}<ol>{columns}</ol></div>' if columns else ""
    return f'{grid}<div role="status">{prose(said)}</div>'


def _few(words: Words, count: int) -> str:
    """The honest sentence about a small set; nothing for one that is large enough."""
    if count < uploads.FEWEST:
        return words("own_too_few", count=count, fewest=uploads.FEWEST)
    return words("own_small", count=count, enough=uploads.ENOUGH) if count < uploads.ENOUGH else ""


def _uploaded(work: Session) -> list[tuple[Image.Image, Image.Image]]:
    files = sorted((work.folder / "uploaded" / "train").glob("*.png"))[:SHOWN]
    sheets = [open_picture(path) for path in files]
    return [(s.crop((0, 0, s.width // 2, s.height)), s.crop((s.width // 2, 0, s.width, s.height))) for s in sheets]


def _small(picture: Image.Image) -> str:
    return uri(picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS) if picture.width != SIDE else picture)


# --- the training -----------------------------------------------------------------------------------------------


def live(words: Words, work: Session) -> str:
    """All that is known of the training now."""
    if work.status == "idle" and not work.trouble:
        return ""
    if work.trouble and work.status == "idle":  # nothing came of it: no progress to show
        return f'<div data-status="idle">{quiet(words.explain(work.trouble))}</div>'
    parts = [f'<div role="status" data-status="{work.status}">{_headline(words, work)}</div>']
    if work.trouble:
        parts.append(f'<div class="gz-own-trouble">{quiet(words.explain(work.trouble))}</div>')
    alone = len(work.losses) == 1
    begun = [run for run in work.runs.values() if run.sheet]
    if begun:
        parts.append(f'<div class="gz-own-runs{" alone" if alone else ""}">')
        parts += [_run(words, work, run) for run in begun]
        parts.append("</div>" + prose(words("own_sheet_said")))
    if alone and begun and begun[0].rows:
        parts.append(f'<div class="gz-own-charts">{_curves(words, begun[0])}</div>')
    if work.status == "done" and not alone:
        parts.append(_comparison(words, work))
    return "".join(parts)


def _headline(words: Words, work: Session) -> str:
    if work.status == "waiting":
        return quiet(words("own_waiting", place=work.place) if work.place else words("own_starting"))
    if work.status == "done":
        steps = max((run.step for run in work.runs.values()), default=0)
        return prose(words("own_stopped" if work.stopped else "own_done", step=f"{steps:,}"))
    if work.status == "stopping":
        return prose(words("own_stopping"))
    current = next((run for run in work.runs.values() if not run.finished), None)
    if not work.steps or current is None or not work.runs:
        return prose(words("own_starting"))
    done = sum(work.steps if run.finished else run.step for run in work.runs.values())
    share = done / (work.steps * len(work.runs))
    text = words("own_step", loss=NAMES[current.loss], step=f"{current.step:,}", steps=f"{work.steps:,}")
    text = " · ".join(filter(None, (text, work.device)))
    left = ""
    if done:
        seconds = (time.monotonic() - work.began) / done * (work.steps * len(work.runs) - done)
        left = words("own_left", time=f"{int(seconds) // 60}:{int(seconds) % 60:02d}")
    label = escape(words("own_progress"))
    return (
        f'<div class="gz-own-progress" role="progressbar" aria-label="{label}" aria-valuemin="0" aria-valuemax="100" '
        f'aria-valuenow="{share * 100:.0f}">{bar(share, number=f"{share:.0%}", kind="creator")}</div>'
        f'<p class="gz-note"><span>{escape(text)}</span><span>{escape(left)}</span></p>'
    )


def _run(words: Words, work: Session, run: Run) -> str:
    alt = escape(words("own_sheet_alt", loss=NAMES[run.loss], step=run.step))
    sheet = f'<img class="gz-own-sheet" src="{_inline(run.sheet)}" alt="{alt}">'
    rows = "".join(
        f"<div><dt>{escape(words(key))}</dt><dd>{escape(text)}</dd></div>" for key, text in numbers(run)
    ) or (f"<div><dt>{escape(words('own_error_now'))}</dt><dd>{run.rows[-1]['mae']:.3f}</dd></div>"
          if run.rows and run.rows[-1].get("mae") is not None else "")  # fmt: skip
    advice = "".join(quiet(words(DOCTOR[code])) for code in run.advice if code in DOCTOR)
    return (
        f'<section class="gz-own-run" data-loss="{run.loss}" data-step="{run.step}"><h3>{NAMES[run.loss]}</h3>{sheet}'
        f"<dl>{rows}</dl>{advice}</section>"
    )


def numbers(run: Run) -> list[tuple[str, str]]:
    """What was measured on the held-out pairs: the numbers of Compare."""
    if not run.finished:
        return []
    said, _ = checkpoint.read_config(run.model)
    return metrics.numbers(local.Entry(run.loss, run.model, True, said))


def _curves(words: Words, run: Run) -> str:
    rows, last = sorted([*run.rows, *run.unseen], key=lambda row: row["step"]), run.rows[-1]["step"]
    panels = [(*PIXELS, 0.1)] + ([(title, lines, 1.0) for title, lines in film.PANELS] if run.loss != "mae" else [])
    return "".join(film.panel(words, rows, last, title, lines, least=least) for title, lines, least in panels)


def _comparison(words: Words, work: Session) -> str:
    """The same held-out inputs through all three, as ganzoo.evaluation.comparison writes them."""
    folder = work.folder / "runs" / "compare"
    if not (folder / "grid.png").is_file():
        return ""
    names = [words("own_input"), *(NAMES[loss] for loss in work.finished), words("own_truth")]
    labels = "".join(f"<span>{escape(name)}</span>" for name in names)
    alt = escape(words("own_compare_alt"))
    return (
        f'<h3>{escape(words("own_side_by_side"))}</h3><div class="gz-own-grid"><div class="gz-own-labels">{labels}</div>'
        f'<img class="gz-own-sheet" src="{_inline(folder / "grid.png")}" alt="{alt}"></div>{prose(words("own_compare_said"))}'
    )


def _inline(path: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode()


# --- trying it --------------------------------------------------------------------------------------------------


def tried(words: Words, work: Session, picture) -> str:
    """A new picture (a data: address) through every model of this session."""
    opened = work.as_input(pictures.opened(picture))
    figures = []
    for loss in work.finished:
        model = work.opened(loss)
        square = pictures.square(opened, model.config.image_size)
        made = to_pil(model.translate_tensor(to_float(square)))[0]
        alt = words("own_tried_alt", loss=NAMES[loss])
        figures.append(figure(f'<img class="gz-own-made" src="{uri(made)}" alt="{escape(alt)}">', NAMES[loss]))
    return f'<div class="gz-own-tried">{"".join(figures)}</div>'


def start_picture(words: Words, work: Session) -> str:
    """The first held-out input, for the board."""
    return uri(work.held_out().resize((256, 256), Image.Resampling.BICUBIC))
