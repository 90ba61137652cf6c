"""What the tab Watch it learn shows, as HTML: the stage (pictures, curves, state, advice), the classes, one round."""

from html import escape

import torch
from gradio.data_classes import ImageData
from torch import Tensor

from ganzoo.evaluation.metrics import find
from ganzoo.images import to_pil
from ganzoo.training.stepwise import Turn

from ...catalog import film, local
from ...runtime.training_queue import TRAININGS
from ...ui.html import figure, grid, image, legend, note, prose, quiet, section, share_bars, signed, tiles, uri
from ...ui.words import Words
from .run import COUNTED, FINISHED, Snapshot
from .sessions import Session

SHOWN = 8  # pictures of a batch on the page
STRENGTHS = {0.25: "× ¼", 0.5: "× ½", 1.0: "× 1", 2.0: "× 2", 4.0: "× 4"}
ACTIVATIONS = {"leaky_relu": "LeakyReLU", "relu": "ReLU"}
CHANGED = {"lr": "live_changed_lr", "beta1": "live_changed_beta", "discriminator_lr": "live_changed_strength",
           "activation": "live_changed_activation"}  # fmt: skip


def status(words: Words, session: Session | None) -> str:
    if session is None:
        return _said(words("live_earlier", step=f"{film.of(FINISHED).steps[-1]:,}"))
    mode, shown = session.mode, session.run.shown
    step, speed = f"{shown.step:,}", shown.speed
    if mode == "waiting":
        before = max(0, session.place - 1)
        return _said(words("live_waiting", limit=TRAININGS.limit, before=before), mode)
    if mode == "running":
        text = words("live_running", step=step, speed=f"{speed:.0f}" if speed >= 10 else f"{speed:.1f}")
        return _said(text if shown.rows else words("live_ready"), mode)
    return _said(words(session.why or ("live_resting" if shown.step else "live_untrained"), step=step))


def _said(text: str, mode: str = "resting") -> str:
    return f'<p class="gz-said gz-key" data-mode="{mode}">{escape(text)}</p>'


def stage(words: Words, now: Snapshot | None) -> tuple[ImageData, str]:
    """The pictures; and both charts, the state and the doctor. Without a snapshot: the last frame of the earlier run."""
    if now is None:
        earlier = film.of(FINISHED)
        facts, rows, states = earlier.facts(len(earlier.steps)), earlier.rows, earlier.states
        step, kind, source = facts["step"], facts["state"], facts["picture"]
        advice = changes = ()
    else:
        rows, step, kind, source = now.rows, now.step, now.state, uri(now.picture)
        advice, changes, states = now.advice, now.changes, now.states
    marks = sorted({at for at, *_ in changes})
    shown = film.panels(words, rows, step, states, step, marks=marks)
    if rows:
        shown += film.state(words, kind, prose(_meaning(words, kind, now)), _doctor(words, kind, advice))
    else:  # no state before the first row: keep its place free
        shown += '<div class="gz-state"></div>'
    return film.still(source, step), f'<div class="gz-film" data-step="{step}">{shown}</div>'


def _doctor(words: Words, kind: str, advice) -> str:
    if advice:
        step, code = advice[-1]
        return prose(words("live_advice", step=f"{step:,}", text=words(f"live_adv_{code}")))
    return "" if kind == "collapse" else prose(words("live_no_advice"))


def _meaning(words: Words, kind: str, shown: Snapshot | None) -> str:
    """The sentence that says what a state means; a collapse is named by its classes."""
    if kind != "collapse":
        return words("state_" + kind)
    most = sorted(shown.shares.items(), key=lambda item: -item[1])[:3]
    listed = [f"{words.label(name)} ({share:.0%})" for name, share in most if share >= 0.05]
    return words("live_collapse", listed=words.listing(listed, "and"))


def shares(words: Words, shown: Snapshot | None) -> str:
    """A bar for each class of the set, as the judge counted (without a snapshot, those of the earlier run's card), on a
    scale that stays."""
    count, step = (COUNTED, shown.counted_at) if shown else (10_000, film.of(FINISHED).steps[-1])
    found = shown.shares if shown else find(local.entry(FINISHED).metrics, "class-share")
    if not found:
        return note(words("live_share_none"))
    label = words("live_share", count=f"{count:,}", step=f"{step:,}")
    return section(label, share_bars(words, found, label, "{:.0%}", "gz-grid"))


def changes(words: Words, shown: Snapshot | None) -> str:
    last = shown.changes[-2:] if shown else ()
    return "".join(prose(_changed(words, *change)) for change in reversed(last)) or prose(words("live_changes_none"))


def _changed(words: Words, step: int, name: str, old, new) -> str:
    key = CHANGED[name] if name != "norm" else "live_changed_norm_on" if new == "batch" else "live_changed_norm_off"
    old, new = (ACTIVATIONS.get(v, v) if isinstance(v, str) else f"{v:g}" for v in (old, new))
    return words(key, step=f"{step:,}", old=old, new=new)


def turns(words: Words, title: str, critic: Turn, creator: Turn | None) -> str:
    """The critic's step and the creator's, side by side."""
    real = _row(words, words("live_real_row"), critic.real, critic.real_before, critic.real_after, 1)
    fake = _row(words, words("live_fake_row"), critic.fake, critic.fake_before, critic.fake_after, 0)
    left = section(words("live_critic_head"), real, fake, _loss(words, critic), kind="critic")
    parts = [quiet(words("live_not_yet"))]
    if creator:
        before = _row(words, words("live_before_row"), creator.fake, creator.fake_before, None)
        after = _row(words, words("live_after_row"), creator.changed, creator.fake_before, creator.fake_after, 1)
        parts = [before, _difference(words, creator.changed - creator.fake), after, _loss(words, creator)]
    return prose(title) + grid(left, section(words("live_creator_head"), *parts, kind="creator"))


def _loss(words: Words, turn: Turn) -> str:
    return note(words("live_loss", loss=f"{turn.loss:.3f}"))


def _row(words: Words, title: str, pictures: Tensor, before: Tensor, after: Tensor | None, answer: int = 1) -> str:
    """Eight pictures with the critic's score of each, before -> after, and the mean over the whole batch; where that moved
    away from the `answer` that is taught, why."""
    cells = []
    for i, picture in enumerate(to_pil(pictures[:SHOWN].clamp(-1, 1).nan_to_num(-1.0))):
        was, now = f"{before[i]:.2f}", f"{after[i]:.2f}" if after is not None else ""
        alt = words("live_score_alt", before=was, after=now) if now else was
        text = f"{was} → <b>{now}</b>" if now else was
        cells.append(figure(image(picture, alt), text))
    mean, why = f"{before.mean():.3f}", ""
    if after is not None:
        values = {"before": mean, "after": f"{after.mean():.3f}"}
        mean = words("live_before_after", **values)
        if (after.mean() - before.mean()) * (2 * answer - 1) < 0:
            why = note(words("steps_wrong", **values, answer=answer))
    return note(words("live_mean", mean=mean), name=title) + tiles(cells, SHOWN) + why


def _difference(words: Words, change: Tensor) -> str:
    maps = change[:SHOWN].mean(1)
    top = float(maps.abs().max().nan_to_num(0.0)) or 1.0
    cells = (image(signed(torch.where(m.abs() < 0.02 * top, 0.0, m)), words("live_change_alt")) for m in maps)
    scale = legend(words("live_darker"), words("live_brighter"))
    return note(name=words("live_change_row")) + tiles(cells, SHOWN) + scale


def kept(words: Words, name: str, step: int) -> str:
    link = f'<a href="?model={escape(name)}" target="_blank" rel="noopener">{escape(words("live_open"))}</a>'
    return f'<p class="gz-quiet" role="status">{escape(words("live_kept", name=name, step=f"{step:,}"))} {link}</p>'
