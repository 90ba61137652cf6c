"""Your pictures without a browser: uploads that are refused, the line of those who train, a training from start to zip,
and a push to a local Hub with a token that is found nowhere afterwards."""

import io
import json
import math
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import pytest
import torch
from PIL import Image

import ganzoo
from demos.runtime import training_queue
from demos.tabs.custom import export, render, run, session, uploads, worker
from demos.tabs.custom.tab import Own
from demos.ui.words import Trouble, Words
from ganzoo.data import made_pairs
from ganzoo.hub.bundled import WEIGHTS
from tests.fake_hub.fixtures import SECRET
from tests.fake_hub.pictures import saved, zipped
from tests.hostile.made import bomb
from tests.support import quick
from tests.support.raises_code import raises_code
from tests.support.waiting import until as wait

WRONG = "hf_NobodyKnowsMe0123456789abcdefgh"


@pytest.fixture(scope="module", autouse=True)
def nothing_is_left():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "executable", quick.PYTHON)  # which starts a training at once
        yield
        session.close_all()


def picture(width=32, height=32, colour=(200, 30, 30), form="PNG") -> bytes:
    return saved(Image.new("RGB", (width, height), colour), form)


def packed(folder: Path, entries: dict[str, bytes], name="pairs.zip") -> Path:
    (folder / name).write_bytes(zipped(entries, zipfile.ZIP_DEFLATED))
    return folder / name


AB = {f"{i:02d}.png": picture(64, 32, (i * 10, 0, 0)) for i in range(12)}
SIDES = {f"{side}/{i:02d}.jpg": picture(40, 40, (i * 10, 0, 0), "JPEG") for side in "AB" for i in range(12)}
SPLIT = {f"{split}/{name}": data for split in ("train", "test") for name, data in list(AB.items())[:9]}


def read(paths, folder) -> tuple[int, list[str]]:
    """Uploads as a folder `pairs` that is trained on."""
    good, left_out = uploads.read(paths, folder)
    uploads.write(folder / "pairs", good["train"], good["test"])
    return len(good["train"]) + len(good["test"]), left_out


@pytest.mark.parametrize("entries", [AB, SIDES, SPLIT, {f"my pairs/{k}": v for k, v in SIDES.items()}])
def test_a_zip_of_pairs_is_read(tmp_path, entries):
    mac = {"__MACOSX/._00.png": b"x", "notes.txt": b"hello", "sub/.DS_Store": b"x"}
    extra = {} if any("my pairs" in k for k in entries) else mac  # one folder around everything stands alone
    count, left_out = read([packed(tmp_path, entries | extra)], tmp_path)
    assert left_out == [] and count == (18 if entries is SPLIT else 12)
    pairs = ganzoo.load_pairs(str(tmp_path / "pairs"), 64)
    assert len(pairs.train) >= 9 and len(pairs.test_input) == (9 if entries is SPLIT else 1)
    assert pairs.test_input.shape[1:] == (3, 64, 64)


def test_ab_files_are_read_and_what_is_no_picture_is_named(tmp_path):
    (tmp_path / "up").mkdir()
    for name, data in (AB | {"bad.png": b"this is text"}).items():
        (tmp_path / "up" / name).write_bytes(data)
    count, left_out = read(sorted((tmp_path / "up").iterdir()), tmp_path)
    assert count == 12 and left_out == ["bad.png"]
    held = {p.read_bytes() for p in (tmp_path / "pairs" / "test").iterdir()}
    trained = {p.read_bytes() for p in (tmp_path / "pairs" / "train").iterdir()}
    assert held and not held & trained  # never trained on


@pytest.mark.parametrize("kind", ["edges", "grey", "small", "hole"])
def test_photos_become_pairs_and_a_new_photo_is_made_alike(tmp_path, kind):
    photos = {}
    for i in range(12):
        noise = [Image.effect_noise((90, 60), 40 + i) for _ in "RGB"]
        photos[f"trip/{i:02d}.jpg"] = saved(Image.merge("RGB", noise), "JPEG")
    work = session.of("photos")
    work.upload([packed(tmp_path, photos)], kind)
    assert len(work.sets["upload"]) == 12 and work.sets["upload"].left_out == []
    pairs = ganzoo.load_pairs(str(work.pairs("upload")), 64)
    assert not torch.equal(pairs.test_input, pairs.test_target)
    photo = Image.linear_gradient("L").convert("RGB")
    assert work.as_input(photo).tobytes() == photo.tobytes()  # nothing has learned from such photos yet
    work.source = "upload"
    made = work.as_input(photo)
    assert made.mode == "RGB" and made.size == photo.size
    assert made.tobytes() == (photo if kind == "hole" else made_pairs.made(kind, photo).convert("RGB")).tobytes()
    lines = Image.new("RGB", (256, 256), "white")
    lines.paste("black", (40, 40, 44, 200))
    if kind == "edges":  # a drawing is what the model wants, and stays
        assert work.as_input(lines).tobytes() == lines.tobytes()
    session.VISITS.leave("photos")
    with raises_code("own_no_photos"):
        uploads.read([packed(tmp_path, {"a.txt": b"hello"})], tmp_path, kind)


REFUSED = {
    "own_alone": SIDES | {"A/lonely.jpg": picture()},
    "own_path": {"../../evil.png": picture(64, 32), **AB},
    "own_nested": {"more.zip": b"PK", **AB},
    "own_entries": {f"{i}.txt": b"" for i in range(10_000)},
    "own_heavy": {"00.png": b"\0" * (201 << 20)},  # a bomb: 200 kB packed
    "own_many": {f"{i:03d}.png": picture(4, 2) for i in range(201)},
    "own_few": dict(list(AB.items())[:2]),
    "own_no_pairs": {"notes.txt": b"hello"},
    "own_not_ab": {f"{i}.png": picture(30, 20) for i in range(9)},
    "own_shape": {f"{side}/{i}.png": picture(30, 30 if side == "A" else 20) for side in "AB" for i in range(9)},
    "own_unreadable": {f"{i}.png": b"this is text" for i in range(9)},
    "own_large": {"huge.png": bomb(50_000, 50_000), **AB},
    "own_bad_zip": b"no zip at all",
}


@pytest.mark.parametrize("key", REFUSED)
def test_what_cannot_be_used_is_one_sentence_in_both_languages(tmp_path, key):
    entries = REFUSED[key]
    archive = tmp_path / "pairs.zip"
    if isinstance(entries, bytes):
        archive.write_bytes(entries)
    else:
        packed(tmp_path, entries)
    before = set(tmp_path.parent.rglob("evil.png"))
    with raises_code(key) as caught:
        uploads.read([archive], tmp_path)
    for language in ("en", "zh"):
        said = Words(language).explain(caught.value)
        assert str(tmp_path) not in said and "\n" not in said and 8 < len(said) < 400, said
    if key == "own_alone":
        assert "A/lonely.jpg" in Words("zh").explain(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["pairs.zip"]  # nothing of it is left
    assert set(tmp_path.parent.rglob("evil.png")) == before


def test_a_locked_zip_and_mixed_files_are_refused(tmp_path):
    path = tmp_path / "locked.zip"
    path.write_bytes(zipped(AB, flag_bits=1))
    for files, key in (([path], "own_bad_zip"), ([path, path], "own_kinds"), ([tmp_path / "x.exe"], "own_kinds"),
                         ([], "own_kinds"), ([tmp_path / "gone.png"], "own_gone")):  # fmt: skip
        with raises_code(key):
            uploads.read(files, tmp_path)


def test_a_pair_is_removed_and_the_sides_are_swapped(tmp_path):
    work = drawn(session.of("mine"), 5)
    work.changing("draw").remove(1)
    colours = [(a.getpixel((9, 9)), b.getpixel((9, 9))) for a, b in work.sets["draw"].pairs()]
    assert colours == [((40 * i, 0, 0), (0, 40 * i, 0)) for i in (0, 2, 3, 4)]
    assert len(render.pairs(work, "draw")) == 4  # every one is shown
    work.changing("draw").swap()
    assert colours == [(b.getpixel((9, 9)), a.getpixel((9, 9))) for a, b in work.sets["draw"].pairs()]
    drawn(work, 1)  # what is drawn now is added as it was drawn
    assert work.sets["draw"].pairs()[-1][1].getpixel((9, 9)) == (0, 0, 0)
    trained = ganzoo.load_pairs(str(work.pairs("draw")), 64)
    assert trained.test_input[:, 0].max() == 0 and trained.test_target[:, 1].max() == 0  # red is the target now
    for index in (0, 0, 0):
        work.changing("draw").remove(index)
    assert len(work.sets["draw"]) < uploads.FEWEST
    with raises_code("own_few"):
        work.pairs("draw")
    session.VISITS.leave("mine")


def test_after_a_pair_is_removed_none_is_picked():
    drawn(session.of("mine"), 3)
    with gr.Blocks():
        tab = Own(Words("en"))
    page = SimpleNamespace(session_hash="mine")
    shown = tab._changed(page, lambda work, source, _: work.changing(source).remove(1), "draw", "")
    assert len(shown[tab.pairs]["value"]) == 2 and shown[tab.picked] == -1
    sent = gr.utils.delete_none(dict(shown[tab.pairs]))  # of an update gradio sends what is not None
    assert math.isnan(sent["selected_index"])  # null in JSON; else the browser keeps the place of another pair now
    session.VISITS.leave("mine")


def test_an_upload_that_is_refused_leaves_what_was_there(tmp_path):
    work = session.of("mine")
    work.upload([packed(tmp_path, AB)])
    with pytest.raises(Trouble):
        work.upload([packed(tmp_path, {"notes.txt": b"hello"})])
    assert len(work.sets["upload"]) == 12 and uploads.FEWEST <= 12
    work.upload([packed(tmp_path, dict(list(AB.items())[:4]))])
    assert len(work.sets["upload"]) == 4
    work.changing("upload").clear()
    assert len(work.sets["upload"]) < uploads.FEWEST
    session.VISITS.leave("mine")


def test_of_swapped_photos_a_new_photo_is_the_input(short, tmp_path):
    photos = {f"{i}.png": picture(40, 40, (20 * i, 200, 40)) for i in range(9)}
    work, first = session.of("one"), session.TRAININGS.enter(2)  # nothing is trained here: it waits in line
    work.upload([packed(tmp_path, photos)], "grey")
    for swapped in (False, True):
        work.start("upload", "mae", 64, 2)
        colour = Image.new("RGB", (30, 30), (250, 0, 0))
        assert (work.as_input(colour).tobytes() == colour.tobytes()) == swapped
        work.stop()
        wait(lambda: work.status == "idle")
        work.changing("upload").swap()
    first.leave()


def test_first_come_first_served_and_who_is_silent_is_gone():
    now = [0.0]
    queue = training_queue.TrainingQueue(limit=2, gone=10, clock=lambda: now[0])
    a, b, c, d = (queue.enter() for _ in range(4))
    assert [t.place() for t in (a, b, c, d)] == [0, 0, 1, 2]
    a.leave()
    a.leave()
    assert [t.place() for t in (a, b, c, d)] == [-1, 0, 0, 1]
    now[0] = 8
    c.beat()
    d.beat()
    now[0] = 12  # b has been silent for 12 seconds
    assert [t.place() for t in (b, c, d)] == [-1, 0, 0] and len(queue.places()) == 2


def test_what_asks_for_more_cores_waits_until_they_are_there():
    queue = training_queue.TrainingQueue(limit=2)
    one, large, small = queue.enter(1), queue.enter(2), queue.enter(1)
    assert [t.place() for t in (one, large, small)] == [0, 1, 2] and queue.crowded()  # nobody overtakes
    one.leave()
    assert [t.place() for t in (large, small)] == [0, 1]
    large.leave()
    assert small.place() == 0 and not queue.crowded()
    assert training_queue.TrainingQueue(limit=1).enter(2).place() == 0  # the first one always works


@pytest.fixture
def short(monkeypatch):
    """Two steps, or far too many to wait for."""
    monkeypatch.setattr(run, "STEPS", (2, 100_000))
    monkeypatch.setattr(session, "TRAININGS", training_queue.TrainingQueue(limit=1, gone=600))
    yield
    session.VISITS.leave("one")
    session.VISITS.leave("two")


def drawn(work, count=4):
    for i in range(count):
        work.draw(Image.new("RGB", (64, 64), (i * 40, 0, 0)), Image.new("RGB", (64, 64), (0, i * 40, 0)))
    return work


def test_a_training_of_a_few_drawings_is_zipped_kept_and_gone_with_its_pairs(short, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    work = drawn(session.of("one"))
    work.start("draw", "mae", 64, 2)
    wait(lambda: work.status == "done")
    assert work.trouble is None and not work.stopped and work.finished == ["mae"] and work.runs["mae"].step == 2
    download = export.zipped(work, "mae")
    assert download.is_relative_to(work.folder)  # so it goes with it
    with zipfile.ZipFile(download) as archive:
        archive.extractall(tmp_path)
    model = ganzoo.load(tmp_path / "pix2pix-my-pictures-mae")
    assert any(key.startswith("l1-my-pictures-64px-n1") for key in model.said["metrics"])
    for path in (tmp_path / "pix2pix-my-pictures-mae").iterdir():  # where it lay on the server is nobody's business
        assert str(work.folder).encode() not in path.read_bytes(), path

    assert export.keep(work, "mae", "mine") == "runs/mine"
    kept = ganzoo.load("runs/mine")
    assert kept.name == "mine" and kept.config.name == "mine" and not list(Path("runs").rglob("resume.pt"))
    for name, key in (("mine", "own_taken"), ("../out", "own_name"), ("", "own_name"), ("a/b", "own_name")):
        with raises_code(key):
            export.keep(work, "mae", name)

    work.changing("upload").clear()  # of pairs that it was not trained on
    assert work.status == "done" and work.finished
    work.changing("draw").remove(0)
    assert work.status == "idle" and not work.finished and not download.exists()


def test_the_time_that_is_left_follows_the_speed_of_the_training_and_so_do_later_estimates():
    pace = run.Pace(start=10.0, step={"mae": 1.0, "gan": 2.0}, look={"mae": 0.0, "gan": 0.0})  # timed on a busy machine
    runs = {"mae": run.Run("mae", Path())}
    assert pace.left(runs, 1000, 4.0, 0.0) == 1006 and pace.left(runs, 1000, 30.0, 0.0) == 1000  # until it trains

    def reached(step):
        runs["mae"].events = [{"event": "samples"}, {"event": "step", "step": step}]

    reached(1)
    assert 900 < pace.left(runs, 1000, 11.0, 5.0) < 1100  # of one slow step it makes little
    reached(160)
    assert pace.left(runs, 1000, 50.0, 40.0) == pytest.approx(840 / 4)  # four steps a second
    pace.learn(runs, 1000, 5.0, 40.0)  # also of a training that is stopped now
    assert pace.whole(["mae"], 1000) == pytest.approx(5 + 250) and pace.whole(["gan"], 1000) == pytest.approx(5 + 500)


def test_stop_keeps_what_is_there_the_next_in_line_begins_and_leaves_nothing(short, monkeypatch):
    one, two = drawn(session.of("one")), drawn(session.of("two"), 3)
    assert one.folder != two.folder and len(one.sets["draw"]) == 4 and len(two.sets["draw"]) == 3
    one.start("draw", "mae", 64, 100_000)
    two.start("draw", "mae", 64, 100_000)
    with raises_code("own_busy"):
        one.start("draw", "mae", 64, 2)
    wait(lambda: one.runs and one.runs["mae"].step)
    assert (one.status, two.status, two.place) == ("training", "waiting", 1)
    monkeypatch.setitem(run.PACES, 64, run.Pace(1.0, {"mae": 1e6}, {"mae": 1e6}))
    one.stop()
    assert run.PACES[64].step["mae"] < 1e6  # what was timed too slow comes nearer
    wait(lambda: one.status == "done")
    assert one.stopped and one.finished == ["mae"] and 0 < one.runs["mae"].step < 100_000
    assert one.opened("mae").translate(Image.new("RGB", (20, 20))).size == (20, 20)
    wait(lambda: two.runs and two.runs["mae"].sheet)
    process = two._process
    session.VISITS.leave("two")
    assert process.wait(10) != 0 and not two.folder.exists() and one.folder.is_dir()
    session.VISITS.leave("one")
    assert not one.folder.exists() and not session.VISITS.work and not session.TRAININGS.places()


@pytest.mark.parametrize("leaves", [False, True])
def test_stop_counts_also_before_there_is_a_process(short, monkeypatch, leaves):
    work, begin, begun = drawn(session.of("quick")), subprocess.Popen, []

    def late(*args, **kwargs):
        if leaves:  # it waits for this thread to end, so it is another's
            threading.Thread(target=session.VISITS.leave, args=("quick",)).start()
            wait(work._leaving.is_set)
        else:
            work.stop()
        begun.append(begin(*args, **kwargs))
        return begun[0]

    monkeypatch.setattr(subprocess, "Popen", late)
    work.start("draw", "mae", 64, 100_000)
    wait(lambda: work.status in ("idle", "done") and begun)
    assert begun[0].wait(10) == (-signal.SIGKILL if leaves else 0) and work.trouble is None
    wait(lambda: work.folder.exists() != leaves)
    session.VISITS.leave("quick")


def test_what_nobody_foresaw_in_a_training_is_told_as_calls_without_its_words(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert worker.main({"pairs": "secret", "runs": {}, "settings": {}}) == 2
    event = json.loads(capsys.readouterr().out)
    assert event["event"] == "failed" and "secret" not in str(event)
    assert event["traceback"].startswith("KeyError\n") and "worker.py" in event["traceback"]


def test_wrong_choices_are_sentences(short):
    work = session.of("one")
    for given, key in ((("houses", "gan", 65, 2), "own_choice"), (("houses", "wgan", 64, 2), "own_choice"),
                       (("houses", "gan", 64, 3), "own_choice"), (("draw", "gan", 64, 2), "own_few"),
                       (("upload", "gan", 64, 2), "own_nothing"), (("../x", "gan", 64, 2), "own_nothing")):  # fmt: skip
        with raises_code(key):
            work.start(*given)
        assert work.status == "idle"
    with pytest.raises(Trouble):
        session.of(None)


def test_a_push_with_a_visitor_s_own_token(hub, machine, tmp_path, monkeypatch, capsys, caplog):
    monkeypatch.chdir(tmp_path)
    machine.has("")
    work = session.of("me")
    trained = work.runs["mae"] = session.Run("mae", work.folder / "runs" / "mine", [{"event": "measured"}])
    shutil.copytree(WEIGHTS / "pix2pix-facades-mae", trained.model)
    for name in ("my-pictures", "alice/second"):
        assert export.push(work, "mae", name, SECRET, True) == f"{hub.url}/alice/{name.removeprefix('alice/')}"
    refused = []
    for name, token, code in (
        ("bob/x", SECRET, "own_not_allowed"),
        ("my-pictures", "hf_reads", "own_not_allowed"),
        ("x", WRONG, "own_token"),
        ("x", None, "own_token"),
        ("no/such/name", SECRET, "own_repo"),
        ("x", "line\nbreak", "own_token"),
    ):
        with raises_code(code) as caught:
            export.push(work, "mae", name, token, True)
        refused.append(Words("zh").explain(caught.value))
    repo = hub.store.repos["models", "alice/my-pictures"]
    assert repo.private and len(repo.head.history()) == 2  # made, and filled in one commit
    files = {name: blob.data for name, blob in repo.head.files.items()}
    assert {"README.md", "config.json", "model.safetensors", "samples.png"} <= files.keys()
    assert b"# my-pictures" in files["README.md"]
    told = str([*refused, capsys.readouterr(), caplog.text, [path for _, path in hub.requests]]).encode()
    written = [p.read_bytes() for folder in (tmp_path, machine.home) for p in folder.rglob("*") if p.is_file()]
    for token in (SECRET, WRONG):
        assert not [text[:200] for text in (told, *files.values(), *written) if token.encode() in text]
    session.VISITS.leave("me")
