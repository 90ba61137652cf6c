"""What Your pictures shows, as HTML: the boards, the pairs, the training, the losses side by side, a translation."""

import time
from html import escape
from pathlib import Path

from PIL import Image, ImageOps

from ganzoo import checkpoint
from ganzoo.images import open_picture, to_float, to_pil

from ...catalog import film, local
from ...ui import pictures
from ...ui.html import bar, figure, grid, image, note, prose, quiet, tiles, uri
from ...ui.words import Words
from ..compare.board import choices, frame, pen
from ..compare.families import Family, name
from . import examples, uploads
from .run import DATA
from .session import Session

SHOWN, SMALL = 12, 96  # pairs made by code that are shown, the side of any in pixels
GAP = 2  # between the cells of a sheet of samples
COLOURS = (
    ("own_black", "#000000"), ("own_white", "#ffffff"), ("own_red", "#c8321e"), ("own_orange", "#f0a030"),
    ("own_yellow", "#f8d84a"), ("own_green", "#3c9a4c"), ("own_blue", "#2f62c8"), ("own_brown", "#7a4a34"),
)  # fmt: skip
SIDE = 256  # of a board, and of a result
ROW = 6  # pictures at most
DOCTOR = {"nan": "own_doctor_nan", "critic_wins": "own_doctor_critic", "same_answer": "own_doctor_collapse",
          "by_heart": "own_doctor_heart", "plateau": "own_doctor_level"}  # fmt: skip
PIXELS = ("own_curve_pixels", (("mae", "own_curve_error", "real"), ("mae_test", "own_curve_unseen", "fake")))


def tools(words: Words, group: str) -> str:
    return choices(words("own_colour"), group, [(words(key), hue) for key, hue in COLOURS]) + pen(words)


def board(words: Words, key: str, label: str) -> str:
    """A sheet called `key` under its label, like that of Compare; tab.js makes it draw."""
    size = f'width="{SIDE}" height="{SIDE}"'
    canvas = f'<canvas {size} data-board="{key}" role="img" aria-label="{escape(label)}"></canvas>'
    return frame(words, label, f'{canvas}<img class="gz-under" alt="" hidden>')


def pairs(work: Session | None, source: str) -> list[tuple[Image.Image, str]]:
    """The pairs of the chosen set for an Album, input left and target right: a few of those made by code, all of a visitor's."""
    if source in examples.KINDS:
        found = [examples.pair(source, examples.HELD + i, SMALL) for i in range(SHOWN)]
    else:
        found = work.own(source).pairs() if work else []
    sheets = (uploads.sheet(*pair).resize((2 * SMALL, SMALL), Image.Resampling.LANCZOS) for pair in found)
    return [(sheet, str(i)) for i, sheet in enumerate(sheets, 1)]


def said(words: Words, work: Session | None, source: str, kind: str = "") -> str:
    if source in examples.KINDS:
        drawn = words(f"own_{source}_said", count=examples.COUNT, held=examples.HELD)
        return prose(drawn, words("own_first", count=SHOWN))
    found = work.own(source) if work else ()
    if source == "upload" and not len(found):
        return prose(words("own_photos_said" if kind else "own_upload_said"))
    count, fewest, enough = len(found), uploads.FEWEST, uploads.ENOUGH
    key = "own_too_few" if count < fewest else "own_small" if count < enough else "own_ready"
    sentences = [words(key, count=count, fewest=fewest, enough=enough)]
    if found and found.left_out:
        names = ", ".join(found.left_out[: uploads.NAMED])
        sentences.append(words("own_left_out", count=len(found.left_out), names=names))
    return prose(*sentences)


def live(words: Words, work: Session) -> str:
    """How far the training is, and what there is to know of it."""
    trouble = quiet(words.explain(work.trouble)) if work.trouble else ""
    if work.status == "idle":  # nothing came of it: no progress to show
        return f'<div data-status="idle">{trouble}</div>' if trouble else ""
    step = max((run.step for run in work.runs.values()), default=0)
    parts = [f'<div role="status" data-status="{work.status}" data-step="{step}">{_headline(words, work, step)}</div>']
    parts.append(trouble)
    for run in work.runs.values():
        before = f"{name(words, run.loss)}: " if len(work.runs) > 1 else ""
        advice = [event["code"] for event in run.of("advice")]
        parts += [quiet(before + words(DOCTOR[code])) for code in advice if code in DOCTOR]
    if any(run.sheet for run in work.runs.values()):
        parts.append(f"<h3>{escape(words('own_results'))}</h3>")
    return "".join(parts)


def _headline(words: Words, work: Session, step: int) -> str:
    if work.status == "waiting":
        return quiet(words("own_waiting", place=work.place) if work.place else words("own_starting"))
    if work.status == "done":
        return prose(words("own_stopped" if work.stopped else "own_done", step=f"{step:,}"))
    if work.status == "stopping":
        return prose(words("own_stopping"))
    current = next((run for run in work.runs.values() if not run.finished), None)
    if current is None:
        return prose(words("own_starting"))
    text = words("own_step", loss=name(words, current.loss), step=f"{current.step:,}", steps=f"{work.steps:,}")
    device = [words.hardware(event["device"]) for run in work.runs.values() for event in run.of("start")]
    text = " · ".join([text, *device[:1]])
    seconds, spent = work.left(), time.monotonic() - work.began
    if seconds is None:
        share, left = sum(run.step for run in work.runs.values()) / (work.steps * len(work.runs)), ""
    else:
        share, left = spent / (spent + seconds), words("own_left", time=lasting(words, seconds))
    label = escape(words("own_progress"))
    return (
        f'<div role="progressbar" aria-label="{label}" aria-valuemin="0" aria-valuemax="100" '
        f'aria-valuenow="{share * 100:.0f}">{bar(share, number=f"{share:.0%}", kind="creator")}</div>{note(text, left)}'
    )


def lasting(words: Words, seconds: float) -> str:
    """40 s, or 2 min 20 s: not more exactly than it can be known."""
    rough = max(5, round(seconds / 5) * 5) if seconds < 300 else round(seconds / 30) * 30
    minutes, rest = divmod(rough, 60)
    if minutes and not rest:
        return words("own_whole_minutes", minutes=minutes)
    return words("own_minutes" if minutes else "own_seconds", minutes=minutes, seconds=rest)


def results(words: Words, work: Session) -> tuple[list[tuple[Image.Image, str]], int]:
    """Pairs that it never trained on, for an Album: one after the other, each its input, what each loss has made of it, and
    its target; and how many pictures a row has: those of one pair, or of two."""
    begun = [(run, _cells(run.sheet, work.size)) for run in work.runs.values() if run.sheet]
    if not begun:
        return [], 1
    inputs, _, targets = begun[0][1]
    columns = [(words("own_input"), inputs), *((name(words, run.loss), cells[1]) for run, cells in begun)]
    columns.append((words("own_truth"), targets))
    cells = [(row[i], title) for i in range(len(inputs)) for title, row in columns]
    sharp = [(cell.resize((SIDE, SIDE), Image.Resampling.NEAREST), title) for cell, title in cells]  # browsers smooth
    return sharp, len(columns) * max(1, ROW // len(columns))


def _cells(path: Path, size: int) -> list[list[Image.Image]]:
    """The rows of a sheet of samples: inputs, results, targets."""
    sheet, rows = open_picture(path), []
    for y in range(0, sheet.height, size + GAP):
        rows.append([sheet.crop((x, y, x + size, y + size)) for x in range(0, sheet.width, size + GAP)])
    return rows


def family(work: Session) -> Family:
    """What was trained, as Compare knows models."""
    members = {}
    for loss in work.finished:
        folder = work.runs[loss].model
        members[loss] = local.Entry(loss, folder, True, *checkpoint.read_config(folder))
    return Family(DATA, next(iter(members.values())).config, members)


def curves(words: Words, work: Session) -> str:
    run = next(iter(work.runs.values()), None)
    if run is None or len(work.runs) > 1 or not run.step or not run.sheet:
        return ""
    rows = sorted([*run.of("step"), *run.of("samples")], key=lambda row: row["step"])
    panels = [film.panel(words, rows, run.step, *PIXELS, least=0.1, axis="step_axis")]
    if run.loss != "mae":
        panels += [film.panel(words, rows, run.step, *lines, axis="step_axis") for lines in film.PANELS]
    return grid(*panels, kind="three")


def tried(words: Words, work: Session, picture) -> str:
    """A new picture (a data: address) through every model of this session."""
    opened = work.as_input(pictures.opened(picture))
    figures = []
    for loss in work.finished:
        model = work.opened(loss)
        square = pictures.square(opened, model.config.image_size)
        made, title = to_pil(model.translate_tensor(to_float(square)))[0], name(words, loss)
        figures.append(figure(image(made, words("own_tried_alt", loss=title)), title))
    return tiles(figures, 3)


def for_board(picture: Image.Image) -> str:
    return uri(ImageOps.fit(picture.convert("RGB"), (SIDE, SIDE), Image.Resampling.BICUBIC))
