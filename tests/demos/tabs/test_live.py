"""The tab Watch it learn: a real GAN learns, changes, waits its turn and is kept; and it plays in a browser."""

import dataclasses
import re
import shutil
import threading
import time
import zipfile
from html import escape
from types import SimpleNamespace

import gradio as gr
import pytest
import torch

import ganzoo
from demos.catalog import local
from demos.runtime.training_queue import TrainingQueue
from demos.runtime.visits import Visits
from demos.tabs.live import render as live_render
from demos.tabs.live import run as live_run
from demos.tabs.live import sessions as live_sessions
from demos.tabs.live import tab as live_tab
from demos.tabs.live.sessions import Session
from demos.ui.words import Trouble, Words
from ganzoo import checkpoint
from ganzoo.data.labeled import load_pictures
from ganzoo.evaluation import judges, metrics
from ganzoo.hub.bundled import WEIGHTS
from ganzoo.seeding import noise
from tests.demos.tabs.test_own import wait
from tests.demos.test_pages import changed, html
from tests.support.raises_code import raises_code
from tests.support.serve import DEMOS

SAMPLES = DEMOS / "data"
FIRST = {dial: first for dial, (_, first) in live_tab.DIALS.items()}


@pytest.fixture
def run():
    return live_run.Run("gan", "fashion", **live_tab.settings(FIRST.values()))


# --- the pictures -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("data", "licence", "read"), [("fashion", "MIT", 0.9), ("mnist", "by-sa/3.0", 0.98)])
def test_the_bundled_samples_are_6000_real_balanced_pictures(data, licence, read):
    folder = SAMPLES / f"{data}-6000"
    pictures = load_pictures(str(folder))
    labels = torch.cat([pictures.train_labels, pictures.test_labels])
    assert labels.bincount().tolist() == [600] * 10
    assert pictures.train.shape[1:] == (1, 28, 28)
    assert licence in (folder / "LICENSE").read_text() and sum(f.stat().st_size for f in folder.iterdir()) < 3e6
    judge = ganzoo.inference.Model(WEIGHTS / f"judge-{data}").generator
    said = ganzoo.judges.answers(judge, pictures.test)
    assert (said == pictures.test_labels).double().mean() > read


# --- a run ------------------------------------------------------------------------------------------------------


def test_it_learns_garments(run):
    """In 400 rounds (some eight seconds of one core) what was noise has become garments of several kinds."""
    judge = local.judge("fashion").generator
    real = judges.ask(judge, load_pictures(str(SAMPLES / "fashion-6000")).test[: live_run.COUNTED])[0]

    @torch.no_grad()
    def far():
        made = run.training.shared["generator"].eval()(noise(live_run.COUNTED, 100, 5))
        return metrics.frechet_distance(judges.ask(judge, made)[0], real)

    at_first = far()
    while run.training.step < 400:
        run.advance()
    assert far() < 0.6 * at_first, (far(), at_first)
    run.next_count = 0
    run.look()
    shown = run.shown
    assert shown.step == 400 and len(shown.rows) == 20 and shown.state in ("early", "contest")
    assert sum(shown.shares.values()) == pytest.approx(1) and sum(v > 0.02 for v in shown.shares.values()) >= 3
    assert list(shown.shares)[1] == "trousers"


def test_a_conditional_gan_learns_and_is_counted_label_by_label():
    run = live_run.Run("cgan", "mnist")
    for _ in range(20):
        run.advance()
    run.next_count = 0
    run.look()
    assert run.shown.step == 20 and sum(run.shown.shares.values()) == pytest.approx(1)


def test_the_example_moves_the_way_its_sentence_says():
    critic, creator = live_run.example()
    assert critic.real_after.mean() > critic.real_before.mean() + 0.01
    assert critic.fake_after.mean() < critic.fake_before.mean() - 0.01
    assert creator.fake_after.mean() > creator.fake_before.mean() + 0.01


def test_a_round_in_two_steps_is_shown(run):
    critic, creator = run.turn("critic"), run.turn("creator")
    for words in map(Words, ("en", "zh")):
        first = live_render.turns(words, "", critic, None)
        assert first.count("<img") == 16 and escape(words("live_not_yet")) in first
        both = live_render.turns(words, "", critic, creator)
        assert both.count("<img") == 40 and both.count('alt=""') == 0
        assert f"{critic.real_before.mean():.3f}" in both and f"{creator.fake_after.mean():.3f}" in both
    assert run.training.step == 1 and run.shown.step == 1


def test_a_new_run_is_shown_before_it_has_a_state_and_after(run):
    assert 'class="state-' not in live_render.stage(Words("en"), run.shown)[1]
    for _ in range(20):
        run.advance()
    run.look()
    assert live_render.stage(Words("en"), run.shown)[1].count('class="state-early"') == 2  # a band in each chart


def test_a_collapse_is_not_called_a_run_without_warnings(run):
    calm = dataclasses.replace(run.shown, rows=[{"step": 20}], state="contest")
    bad = dataclasses.replace(calm, state="collapse", shares={"1": 0.9, "7": 0.1})
    words = Words("en")
    assert words("live_no_advice") in live_render.stage(words, calm)[1]
    said = live_render.stage(words, bad)[1]
    assert "1 (90%) and 7 (10%)" in said and words("live_no_advice") not in said


def test_changes_act_and_are_told(run):
    run.advance()
    for dial, value, told in (
        ("lr", 1e-4, "learning rate 0.001 → 0.0001"),
        ("beta1", 0.9, "beta1 0.5 → 0.9"),
        ("norm", "none", "Normalization off"),
        ("activation", "relu", "ReLU in both networks"),
        ("strength", 4.0, "learning rate is now 0.004"),
    ):
        run.change(**live_tab.settings((FIRST | {dial: value}).values()))
        said = live_render.changes(Words("en"), run.shown)
        assert f"Round {run.training.step}" in said and told in said
        run.advance()
        run.change(**live_tab.settings(FIRST.values()))
    rates = {group["lr"] for adam in run.training.optimizers.values() for group in adam.param_groups}
    assert run.training.config.norm == "batch" and rates == {1e-3}
    assert live_tab.settings(["x", None, [], {}, float("nan")]) == live_tab.settings(FIRST.values())


def test_a_broken_loss_stops_and_says_so(run):
    with torch.no_grad():
        run.training.nets["discriminator"].last.weight.fill_(float("nan"))
    for _ in range(20):
        run.advance()
    assert run.broken and run.rows[-1]["loss_d"] is None
    run.look()
    assert "no longer a number" in live_render.stage(Words("en"), run.shown)[1]
    with pytest.raises(Trouble):
        live_run.keep(run)


# --- sessions ------------------------------------------------------------------------------------------------------


class Slow:
    """A run that only counts, so that a test of the sessions sees their work and nothing else."""

    broken = False

    def __init__(self):
        self.rounds = 0

    def advance(self):
        self.rounds += 1
        time.sleep(0.001)

    def look(self):
        pass


def test_two_train_the_third_waits_and_leaving_makes_room():
    queue, visits = TrainingQueue(2), Visits(24)
    a, b, c, d = (visits.enter(name, Session(Slow(), queue)) for name in "abcd")
    for session in (a, b, c, d):
        session.start()
    assert [r.mode for r in (a, b, c, d)] == ["running", "running", "waiting", "waiting"]
    assert (c.place, d.place) == (1, 2)
    wait(lambda: a.run.rounds > 3 and b.run.rounds > 3)
    assert c.run.rounds == 0
    d.rest()
    visits.leave("a")
    assert c.mode == "running" and d.mode == "resting" and visits.of("a") is None
    wait(lambda: c.run.rounds > 3)
    stopped = a.run.rounds
    time.sleep(0.05)
    assert a.run.rounds <= stopped + 1
    b.start()  # it runs already
    for name in "bcd":
        visits.leave(name)
    assert not queue.places() and not visits.work


def test_a_lost_browser_and_a_long_turn_rest_by_themselves(monkeypatch):
    monkeypatch.setattr(live_sessions, "LOST", 0.3)
    queue, visits = TrainingQueue(1), Visits(24)
    lost, next_one = (visits.enter(name, Session(Slow(), queue)) for name in ("lost", "next"))
    lost.start()
    wait(lambda: lost.mode == "resting")
    assert lost.why == "live_lost" and not queue.places()
    monkeypatch.setattr(live_sessions, "LOST", 60)
    monkeypatch.setattr(live_sessions, "TURN", 0.2)
    visits.of("lost")
    lost.start()
    time.sleep(0.3)
    assert lost.mode == "running"  # nobody waits
    visits.of("next")
    next_one.start()
    wait(lambda: next_one.mode == "running")
    assert lost.mode == "resting" and lost.why == "live_turn_over"
    monkeypatch.setattr(live_sessions, "FORGET", 0.0)
    visits.leave("next")
    assert visits.of("lost") is None


def test_a_pause_shows_the_last_round():
    run, seen = Slow(), []
    run.look = lambda: seen.append(run.rounds)
    session = Session(run, TrainingQueue(1))
    session.start()
    wait(lambda: run.rounds > 3)
    session.pause()
    assert session.mode == "resting" and seen == [run.rounds]


def test_a_session_that_ends_by_itself_shows_the_last_round_first(monkeypatch):
    monkeypatch.setattr(live_sessions, "LONGEST", 0.0)
    run, seen = Slow(), []
    session = Session(run, TrainingQueue(1))
    run.look = lambda: seen.append(session.mode)
    session.start()
    wait(lambda: session.mode == "resting")
    assert session.why == "live_long" and seen[0] == "running"


def test_a_failure_frees_the_place_and_threads_keep_their_cores(monkeypatch):
    monkeypatch.setattr("threading.excepthook", lambda failed: None)
    before = torch.get_num_threads()
    queue, broken = TrainingQueue(1), Slow()
    broken.advance = lambda: 1 / 0
    session = Session(broken, queue)
    session.start()
    wait(lambda: session.mode == "resting")
    assert session.why == "live_broke" and not queue.places()
    found = []
    thread = threading.Thread(target=lambda: found.append(torch.get_num_threads()))
    thread.start()
    thread.join()
    assert found == [before] == [torch.get_num_threads()]


def test_rooms_are_few():
    visits = Visits(3)
    for i in range(8):
        assert visits.room()
        visits.enter(str(i), Session(Slow()))
    assert len(visits.work) == 3 and "0" not in visits.work
    for session in visits.work.values():
        session.start()
    assert not visits.room()  # none of them rests
    for page in list(visits.work):
        visits.leave(page)


# --- keeping ----------------------------------------------------------------------------------------------------


def test_a_kept_model_is_one_like_every_other(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with raises_code("live_nothing_to_keep"):
        live_run.keep(run)
    for _ in range(25):
        run.advance()
    run.change(norm="none")
    for _ in range(25):
        run.advance()
        run.look()
    name, packed = live_run.keep(run)
    assert name == "runs/gan-fashion-live-1" and live_run.keep(run)[0] == "runs/gan-fashion-live-2"
    folder = tmp_path / name
    model = ganzoo.load(folder)
    made = model.tensor(model.noise(64, 0))
    assert (made - run.training.preview().clamp(-1, 1)).abs().max() < 0.02  # fp16 at rest
    card = (folder / "model" / "README.md").read_text(encoding="utf-8")
    assert "step 25: norm batch -> none" in card and "demos/data/fashion-6000" in card
    assert name in [e.name for e in local.entries() if not e.problem]
    assert (folder / "film.webp").is_file() and not list(folder.rglob("*.tmp"))
    with zipfile.ZipFile(packed) as unpacked:
        unpacked.extractall(tmp_path / "taken")
    assert ganzoo.load(tmp_path / "taken" / folder.name).config.norm == "none"
    state = checkpoint.read_resume(folder / "resume.pt", "cpu")
    assert state["step"] == 50
    monkeypatch.setattr(live_run, "KEPT", 2)
    with raises_code("live_full"):
        live_run.keep(run)


def test_new_networks_show_no_round_and_no_model_of_the_old_ones():
    with gr.Blocks() as demo:
        tab = live_tab.Live(demo, Words("en"))
    request, given = SimpleNamespace(session_hash="starts over"), ("gan", "mnist", *FIRST.values())
    assert "gz-grid" in tab._step(creator=False)(request, *given)[tab.turns]
    new = tab._new(request, *given)
    assert escape(tab.words("live_turn_none")) in new[tab.turns] and new[tab.kept] == ""
    assert new[tab.download].visible is False
    live_sessions.VISITS.leave(request.session_hash)


# --- the page ---------------------------------------------------------------------------------------------------


@pytest.fixture
def visit(surf, site):
    """visit(path, width, ...) -> a page that shows Watch it learn, its first round there."""

    def go(path="?tab=live", **look):
        page = surf(site.url + path, **look)
        page.wait_for_selector("#live-turns")
        page.locator("#live-turns").scroll_into_view_if_needed()
        page.wait_for_selector("#live-turns .gz-legend")
        page.evaluate("scrollTo(0, 0)")
        return page

    return go


def mode(page, wanted):
    page.wait_for_selector(f'#live-status [data-mode="{wanted}"]')


def step(page) -> int:
    return int(page.get_attribute("#live-stage .gz-film", "data-step"))


def at_least(page, number):
    page.wait_for_function(
        "number => Number(document.querySelector('#live-stage .gz-film').dataset.step) >= number", arg=number
    )


def picture(page) -> str:
    return page.get_attribute("#live-stage img", "src")


def test_an_earlier_run_is_there_at_once_a_link_brings_its_settings_and_the_address_follows_them(visit):
    page = visit("zh?tab=live&network=dcgan&lr=0.0002&norm=none&beta1=nonsense", width=390, height=844)
    assert step(page) > 1000 and page.locator("#live-turns img").count() == 40
    assert page.locator("#live-shares .gz-bar").count() == 10 and page.locator("#live-stage .gz-film svg").count() == 2
    assert page.locator("#s-live img:not([alt]), #s-live-turn img:not([alt])").count() == 0

    def chosen():
        script = (
            "names => names.map((n) => [...document.querySelectorAll(`#live-${n} input`)].findIndex((i) => i.checked))"
        )
        return page.evaluate(script, ["lesson", "set", "lr", "beta1", "norm", "strength"])

    assert chosen() == [2, 0, 1, 1, 1, 2]
    page.locator("#live-beta1 label").nth(0).click()  # 0 is a choice, too
    page.locator("#live-norm label").nth(0).click()
    page.wait_for_function("() => location.search === '?tab=live&network=dcgan&lr=0.0002&beta1=0'")
    page.reload()
    page.wait_for_function("() => document.querySelectorAll('#live-lesson input')[2]?.checked")
    assert chosen() == [2, 0, 1, 0, 0, 2]


def another_trains_and_a_third_waits_until_that_one_leaves(page, second, third) -> None:
    for other, wanted in ((second, "running"), (third, "waiting")):
        other.click("#live-go")
        mode(other, wanted)
    assert "2 visitors at once" in third.inner_text("#live-status")
    second.context.close()
    mode(third, "running")
    third.get_by_label("0.003", exact=True).check()
    third.wait_for_selector("#live-changes >> text=0.001 → 0.003")
    at_least(third, 2)
    third.context.close()
    at_least(page, step(page) + 1)
    assert "0.003" not in page.inner_text("#live-changes")  # each has its own


def test_start_watch_pause_step_change_keep_start_over(visit, site):
    page, second, third = visit(), visit(), visit()  # a page opens sooner while nobody trains
    page.click("#live-go")
    mode(page, "running")
    at_least(page, 20)
    page.wait_for_function("!document.querySelector('#live-stage .gz-film polyline').getAttribute('points') == false")
    before, top = picture(page), page.locator("#live-dials").bounding_box()["y"]
    at_least(page, step(page) + 5)
    assert picture(page) != before
    assert abs(page.locator("#live-dials").bounding_box()["y"] - top) < 2  # nothing below moves
    page.get_by_label("0.0002", exact=True).check()
    page.wait_for_selector("#live-changes >> text=learning rate 0.001 → 0.0002")
    page.get_by_label("ReLU", exact=True).check()
    page.wait_for_selector("#live-changes >> text=ReLU in both networks")
    page.locator("#live-norm").get_by_label("off", exact=True).check()
    page.wait_for_selector("#live-changes >> text=Batch Normalization off")
    another_trains_and_a_third_waits_until_that_one_leaves(page, second, third)
    page.click("#live-go")
    mode(page, "resting")
    assert page.inner_text("#live-go") == "Resume"
    page.wait_for_timeout(500)
    still = step(page)
    before = html(page, "#live-turns")
    page.click("#live-critic")
    before = changed(page, "#live-turns", before)
    assert "answer 1" in before and "the creator's turn" in before and page.locator("#live-turns img").count() == 16
    page.click("#live-creator")
    changed(page, "#live-turns", before)
    assert page.locator("#live-turns img").count() == 40
    page.wait_for_function("n => Number(document.querySelector('#live-stage .gz-film').dataset.step) > n", arg=still)
    page.click("#live-save")
    page.wait_for_selector("#live-kept >> text=runs/gan-mnist-live-")
    name = re.search(r"runs/gan-mnist-live-\d+", page.inner_text("#live-kept"))[0]
    with page.expect_download() as taken:
        page.click("#live-download")
    assert taken.value.suggested_filename == f"{name.removeprefix('runs/')}.zip"
    page.click("#live-reset")
    page.wait_for_selector("#live-status >> text=Two new networks")
    assert step(page) == 0 and page.inner_text("#live-go") == "Start"
    page.get_by_role("tab", name="Zoo").click()
    page.click("#zoo-which label:last-of-type")  # all
    page.wait_for_selector(f'.gz-card[data-name="{name}"]')
    shutil.rmtree(site.folder / name)
