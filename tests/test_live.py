"""The tab Watch it learn: a real GAN learns, changes, waits its turn and is kept; and it plays in a browser."""

import json
import re
import shutil
import time
import urllib.request
import zipfile
from html import escape

import pytest
import torch
from test_demos import DEMOS, LEAKS, serve
from test_pages import changed, html

import ganzoo
from ganzoo import checkpoint, judges, metrics
from ganzoo.data import load_pictures
from ganzoo.layers import noise

DATA = DEMOS / "data" / "fashion-6000"


@pytest.fixture
def run():
    import live
    from live_run import Run

    return Run("gan", "fashion", live.settings(list(live.FIRST.values())))


def wait_for(what, seconds=60):
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)


# --- the pictures -----------------------------------------------------------------------------------------------


def test_the_bundled_garments_are_6000_real_balanced_ones():
    pictures = load_pictures(str(DATA))
    labels = torch.cat([pictures.train_labels, pictures.test_labels])
    assert labels.bincount().tolist() == [600] * 10
    assert pictures.train.shape[1:] == (1, 28, 28)
    assert "MIT" in (DATA / "LICENSE").read_text() and sum(f.stat().st_size for f in DATA.iterdir()) < 3e6
    judge = ganzoo.model.Model(ganzoo.model.WEIGHTS / "judge-fashion").generator
    said = ganzoo.judges.answers(judge, pictures.test)
    assert (said == pictures.test_labels).double().mean() > 0.9


def test_a_space_gets_the_pictures():
    import staging

    files = staging.stage(staging.choose(["gan-fashion"]))
    assert "data/fashion-6000/train-images-idx3-ubyte.gz" in files and "live.py" in files and "live.js" in files


def test_digits_that_cannot_be_had_are_one_sentence(monkeypatch):
    import live_run
    from words import Trouble

    live_run.pictures.cache_clear()
    monkeypatch.delenv("GANZOO_DATA", raising=False)
    monkeypatch.setattr("live_run.reachable", lambda: False)
    began = time.perf_counter()
    with pytest.raises(Trouble, match=r"GANZOO_DATA/mnist"):
        live_run.Run("gan", "mnist")
    assert time.perf_counter() - began < 3


# --- a run ------------------------------------------------------------------------------------------------------


def test_it_learns_garments(run):
    """In 400 rounds (some eight seconds of one core) what was noise has become garments of several kinds."""
    from live_run import COUNTED, judge

    real = judges.ask(judge("fashion"), load_pictures(str(DATA)).test[:COUNTED])[0]

    @torch.no_grad()
    def far():
        made = run.training.shared["generator"].eval()(noise(COUNTED, 100, 5))
        return metrics.frechet_distance(judges.ask(judge("fashion"), made)[0], real)

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


def test_a_round_in_two_steps_is_shown(run):
    import live_view as view
    from words import Words

    critic, creator = run.turn("critic"), run.turn("creator")
    for words in map(Words, ("en", "zh")):
        first = view.turns(words, "", critic, None)
        assert first.count("<img") == 16 and escape(words("live_not_yet")) in first
        both = view.turns(words, "", critic, creator)
        assert both.count("<img") == 40 and both.count('alt=""') == 0
        assert f"{critic.real_before.mean():.3f}" in both and f"{creator.fake_after.mean():.3f}" in both
    assert run.training.step == 1 and run.shown.step == 1


def test_changes_act_and_are_told(run):
    import live
    import live_view as view
    from words import Words

    run.advance()
    for dial, value, told in (
        ("lr", 1e-4, "learning rate 0.001 → 0.0001"),
        ("beta1", 0.9, "beta1 0.5 → 0.9"),
        ("norm", "none", "Normalization off"),
        ("activation", "relu", "ReLU in both networks"),
        ("strength", 4.0, "learns with rate 0.004"),
    ):
        run.change(**live.settings((live.FIRST | {dial: value}).values()))
        said = view.changes(Words("en"), run.shown)
        assert f"Round {run.training.step}" in said and told in said
        run.advance()
        run.change(**live.settings(live.FIRST.values()))
    assert run.training.config.norm == "batch" and run.training.rates == {"generator": 1e-3, "discriminator": 1e-3}
    assert live.settings(["x", None, [], {}, float("nan")]) == live.settings(live.FIRST.values())


def test_a_broken_loss_stops_and_says_so(run):
    with torch.no_grad():
        run.training.nets["discriminator"].last.weight.fill_(float("nan"))
    for _ in range(20):
        run.advance()
    assert run.broken and run.rows[-1]["loss_d"] is None
    import live_keep
    import live_view as view
    from words import Trouble, Words

    run.look()
    assert "no longer a number" in view.stage(Words("en"), run.shown)
    with pytest.raises(Trouble):
        live_keep.keep(run)


# --- rooms ------------------------------------------------------------------------------------------------------


class Slow:
    """A run that only counts, so that a test of the rooms sees their work and nothing else."""

    broken = False

    def __init__(self):
        self.rounds = 0

    def advance(self):
        self.rounds += 1
        time.sleep(0.001)

    def look(self):
        pass


def test_two_train_the_third_waits_and_leaving_makes_room():
    from live_rooms import Rooms
    from slots import Slots

    slots = Slots(2)
    rooms = Rooms(slots)
    a, b, c, d = (rooms.enter(name, Slow()) for name in "abcd")
    for room in (a, b, c, d):
        rooms.start(room)
    assert [r.mode for r in (a, b, c, d)] == ["running", "running", "waiting", "waiting"]
    assert (c.before, d.before) == (0, 1)
    wait_for(lambda: a.run.rounds > 3 and b.run.rounds > 3)
    assert c.run.rounds == 0
    rooms.rest(d)
    rooms.leave("a")
    assert c.mode == "running" and d.mode == "resting" and rooms.of("a") is None
    wait_for(lambda: c.run.rounds > 3)
    stopped = a.run.rounds
    time.sleep(0.05)
    assert a.run.rounds <= stopped + 1
    rooms.start(b)  # it runs already
    for name in "bcd":
        rooms.leave(name)
    assert not len(slots) and not rooms.rooms


def test_a_lost_browser_and_a_long_turn_rest_by_themselves(monkeypatch):
    import live_rooms
    from slots import Slots

    monkeypatch.setattr(live_rooms, "LOST", 0.3)
    slots = Slots(1)
    rooms = live_rooms.Rooms(slots)
    lost, next_one = rooms.enter("lost", Slow()), rooms.enter("next", Slow())
    rooms.start(lost)
    wait_for(lambda: lost.mode == "resting")
    assert lost.why == "live_lost" and not len(slots)
    monkeypatch.setattr(live_rooms, "LOST", 60)
    monkeypatch.setattr(live_rooms, "TURN", 0.2)
    rooms.of("lost")
    rooms.start(lost)
    time.sleep(0.3)
    assert lost.mode == "running"  # nobody waits
    rooms.of("next")
    rooms.start(next_one)
    wait_for(lambda: next_one.mode == "running")
    assert lost.mode == "resting" and lost.why == "live_turn_over"
    monkeypatch.setattr(live_rooms, "FORGET", 0.0)
    rooms.leave("next")
    assert rooms.of("lost") is None


def test_a_failure_frees_the_place_and_threads_keep_their_cores(monkeypatch):
    import threading

    from live_rooms import Rooms
    from slots import Slots

    monkeypatch.setattr("threading.excepthook", lambda failed: None)
    before = torch.get_num_threads()
    slots, broken = Slots(1), Slow()
    rooms = Rooms(slots)
    broken.advance = lambda: 1 / 0
    room = rooms.enter("a", broken)
    rooms.start(room)
    wait_for(lambda: room.mode == "resting")
    assert room.why == "live_broke" and not len(slots)
    found = []
    thread = threading.Thread(target=lambda: found.append(torch.get_num_threads()))
    thread.start()
    thread.join()
    assert found == [before] == [torch.get_num_threads()]


def test_rooms_are_few(monkeypatch):
    import live_rooms

    rooms = live_rooms.Rooms()
    for i in range(live_rooms.MOST + 5):
        rooms.enter(str(i), Slow())
    assert len(rooms.rooms) == live_rooms.MOST and "0" not in rooms.rooms


# --- keeping ----------------------------------------------------------------------------------------------------


def test_a_kept_model_is_one_like_every_other(run, tmp_path, monkeypatch):
    import live_keep
    import shelf
    from words import Trouble

    monkeypatch.chdir(tmp_path)
    with pytest.raises(Trouble, match="nothing to keep"):
        live_keep.keep(run)
    for _ in range(25):
        run.advance()
    run.change(norm="none")
    for _ in range(25):
        run.advance()
        run.look()
    name, packed = live_keep.keep(run)
    assert name == "runs/gan-fashion-live-1" and live_keep.keep(run)[0] == "runs/gan-fashion-live-2"
    folder = tmp_path / name
    model = ganzoo.load(folder)
    made = model.tensor(model.noise(64, 0))
    assert (made - run.training.preview().clamp(-1, 1)).abs().max() < 0.02  # fp16 at rest
    card = (folder / "model" / "README.md").read_text(encoding="utf-8")
    assert "step 25: norm batch -> none" in card and "demos/data/fashion-6000" in card
    assert name in [e.name for e in shelf.entries() if not e.problem]
    assert (folder / "film.webp").is_file() and not list(folder.rglob("*.tmp"))
    with zipfile.ZipFile(packed) as unpacked:
        unpacked.extractall(tmp_path / "taken")
    assert ganzoo.load(tmp_path / "taken" / folder.name).config.norm == "none"
    state = checkpoint.read_resume(folder / "resume.pt", "cpu")
    assert state["step"] == 50
    monkeypatch.setattr(live_keep, "MOST", 2)
    with pytest.raises(Trouble, match="2 models are kept"):
        live_keep.keep(run)


# --- the page ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with serve(tmp_path_factory.mktemp("live")) as served:
        yield served
        assert served.asked == "" and "Traceback" not in served.printed, served.printed[-2000:]


@pytest.fixture
def visit(surf, app):
    """visit(path, width, ...) -> a page that shows Watch it learn, its first round there."""

    def go(path="?tab=live", **look):
        page = surf(app.url + path, **look)
        page.locator("#live-turns").scroll_into_view_if_needed()
        page.wait_for_selector("#live-turns .gz-live-change")
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
    return page.get_attribute("#live-stage .gz-frame", "src")


@pytest.mark.parametrize("path", ["?tab=live", "zh?tab=live"])
@pytest.mark.parametrize("width", [390, 1280])
def test_an_earlier_run_is_there_at_once_and_nothing_overflows(visit, path, width):
    page = visit(path, width=width, height=844, scheme="dark")
    assert step(page) > 1000 and page.locator("#live-turns img").count() == 40
    assert page.locator("#live-shares .gz-bar").count() == 10 and page.locator("#live-stage svg").count() == 2
    assert page.locator("#s-live img:not([alt]), #s-live-turn img:not([alt])").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    text = page.inner_text("#s-live") + page.inner_text("#s-live-dials") + page.inner_text("#s-live-turn")
    assert bool(re.search(r"[一-鿿]", text)) == path.startswith("zh")


def test_a_link_brings_its_settings_and_the_address_follows_them(visit):
    page = visit("?tab=live&network=dcgan&lr=0.0002&norm=none&beta1=nonsense")

    def chosen():
        script = (
            "names => names.map((n) => [...document.querySelectorAll(`#live-${n} input`)].findIndex((i) => i.checked))"
        )
        return page.evaluate(script, ["lesson", "set", "lr", "beta1", "norm", "strength"])

    assert chosen() == [1, 0, 1, 1, 1, 2]
    page.locator("#live-beta1 label").nth(0).click()  # 0 is a choice, too
    page.locator("#live-norm label").nth(0).click()
    page.wait_for_function("() => location.search === '?tab=live&network=dcgan&lr=0.0002&beta1=0'")
    page.reload()
    page.wait_for_selector("#live-lesson input:checked")
    assert chosen() == [1, 0, 1, 0, 0, 2]


def test_start_watch_pause_step_change_keep_start_over(visit, app):
    page = visit()
    page.click("#live-go")
    mode(page, "running")
    at_least(page, 20)
    page.wait_for_function("!document.querySelector('#live-stage svg polyline').getAttribute('points') == false")
    before, top = picture(page), page.locator("#s-live-dials").bounding_box()["y"]
    at_least(page, step(page) + 5)
    assert picture(page) != before
    assert abs(page.locator("#s-live-dials").bounding_box()["y"] - top) < 2  # nothing below moves
    page.get_by_label("0.0002", exact=True).check()
    page.wait_for_selector("#live-changes >> text=learning rate 0.001 → 0.0002")
    page.get_by_label("ReLU", exact=True).check()
    page.wait_for_selector("#live-changes >> text=ReLU in both networks")
    page.locator("#live-norm").get_by_label("off", exact=True).check()
    page.wait_for_selector("#live-changes >> text=Batch Normalization off")
    page.click("#live-go")
    mode(page, "resting")
    assert page.inner_text("#live-go") == "Resume"
    page.wait_for_timeout(500)
    still = step(page)
    before = html(page, "#live-turns")
    page.click("#live-critic")
    before = changed(page, "#live-turns", before)
    assert "target 1" in before and "the creator's turn" in before and page.locator("#live-turns img").count() == 16
    page.click("#live-creator")
    changed(page, "#live-turns", before)
    assert page.locator("#live-turns img").count() == 40
    page.wait_for_function("n => Number(document.querySelector('#live-stage .gz-film').dataset.step) > n", arg=still)
    page.click("#live-save")
    page.wait_for_selector("#live-kept >> text=runs/gan-fashion-live-")
    name = re.search(r"runs/gan-fashion-live-\d+", page.inner_text("#live-kept"))[0]
    with page.expect_download() as taken:
        page.click("#live-download")
    assert taken.value.suggested_filename == f"{name.removeprefix('runs/')}.zip"
    page.click("#live-reset")
    page.wait_for_selector("#live-status >> text=Two new networks")
    assert step(page) == 0 and page.inner_text("#live-go") == "Start"
    page.get_by_role("tab", name="Zoo").click()
    page.wait_for_selector(f'.gz-card[data-name="{name}"]')
    shutil.rmtree(app.folder / name)


def test_two_visitors_train_and_a_third_waits_until_one_leaves(visit):
    first, second = visit(), visit()
    for page in (first, second):
        page.click("#live-go")
        mode(page, "running")
    for page in (first, second):
        at_least(page, 5)
    third = visit()
    third.click("#live-go")
    mode(third, "waiting")
    assert "2 visitors at once" in third.inner_text("#live-status")
    first.context.close()
    mode(third, "running")
    second.get_by_label("0.003", exact=True).check()
    second.wait_for_selector("#live-changes >> text=0.001 → 0.003")
    at_least(third, 2)
    assert "0.003" not in third.inner_text("#live-changes")  # each has its own


def test_raw_requests_leak_nothing(app):
    """Whoever asks the tab's own looking event without a training, or with nonsense, gets no traceback."""
    text = urllib.request.urlopen(app.url, timeout=10).read().decode()
    config = json.loads(re.search(r"window\.gradio_config = (\{.*?\});</script>", text, re.DOTALL)[1])
    ticks = [e for e in config["dependencies"] if any(t[1] == "tick" for t in e["targets"])]
    assert ticks
    for session in ("test", "", "x" * 1000):
        body = json.dumps({"data": [], "fn_index": ticks[0]["id"], "session_hash": session})
        request = urllib.request.Request(
            app.url + "gradio_api/run/predict", body.encode(), {"Content-Type": "application/json"}
        )
        said = urllib.request.urlopen(request, timeout=20).read().decode()
        assert not LEAKS.search(said) and "cleared" in said
