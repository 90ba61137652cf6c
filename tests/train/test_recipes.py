"""Each recipe as a user runs it: smoke, interrupted, killed, resumed; and what goes wrong says what to do."""

import contextlib
import importlib
import io
import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from PIL import Image

import ganzoo
from ganzoo import checkpoint, recipes, session
from ganzoo.data import drawings
from ganzoo.models import pix2pix
from tests.support import quick
from tests.support.waiting import until
from tests.training.test_trainer import same, weights

ROOT = Path(__file__).parent.parent.parent
FASHION = ROOT / "tests" / "samples" / "fashion"
LESSONS = ("gan", "cgan", "dcgan")
SMALL = ["--batch-size", "32", "--width", "8", "--seed", "4", "--device", "cpu"]
LIMITED = """
import resource, runpy, sys
resource.setrlimit(getattr(resource, sys.argv[1]), (int(sys.argv[2]), int(sys.argv[2])))
del sys.argv[:3]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def start(script, *flags, cwd, limit=()):
    """A process of its own, to which signals are sent; limit: (a name of the module resource, a number) that holds for it."""
    limited = ["-c", LIMITED, *limit] if limit else []
    command = list(map(str, [quick.PYTHON, *limited, ROOT / "train" / f"{script}.py", *flags]))
    env = {k: v for k, v in os.environ.items() if k != "GANZOO_DATA"} | {"PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run(script, *flags, cwd):
    """A script of train/ in this process -> (exit code, what it printed, its errors and warnings)."""
    words, out, err = [str(flag) for flag in flags], io.StringIO(), io.StringIO()
    log, handler = logging.getLogger("ganzoo"), logging.StreamHandler(err)
    log.addHandler(handler)
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        patch.chdir(cwd)
        patch.delenv("GANZOO_DATA", raising=False)
        patch.setattr(sys, "argv", [str(ROOT / "train" / f"{script}.py"), *words])
        code = recipes.guarded(lambda: importlib.import_module(f"train.{script}").main(words))
    log.removeHandler(handler)
    return code, out.getvalue(), err.getvalue()


def trained(cwd, *flags, script="gan"):
    """Run it where nothing may go wrong -> what was printed."""
    code, out, err = run(script, *flags, cwd=cwd)
    assert code == 0, err
    return out


def refused(cwd, script, *flags) -> str:
    """The one sentence with which it ends."""
    code, _, err = run(script, *flags, cwd=cwd)
    assert code == 2 and err.startswith("Error: ") and err.count("\n") == 1 and "Traceback" not in err, err
    return err


@pytest.mark.parametrize("lesson", LESSONS)
def test_smoke_runs_offline_and_its_model_loads(lesson, tmp_path):
    for _ in range(2 if lesson == "gan" else 1):  # again, over itself
        out = trained(tmp_path, "--smoke", script=lesson)
    assert "images/s" in out and "ETA" in out and "D: real" in out
    assert len(ganzoo.load(tmp_path / "runs" / f"{lesson}-mnist-smoke").sample(4)) == 4


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    """(flags, folder) of a run that nobody interrupts."""
    folder, flags = tmp_path_factory.mktemp("straight"), ["--data", FASHION, "--epochs", 16, *SMALL]
    trained(folder, *flags, "--name", "run")
    return flags, folder / "runs" / "run"


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_saves_and_resume_ends_where_an_uninterrupted_run_ends(straight, end, tmp_path):
    """Ctrl-C, and what containers, `kill` and time limits send. Each lesson's resume: tests/training/test_trainer.py."""
    flags, whole = straight
    stopped = tmp_path / "runs" / "stopped"
    process = start("gan", *flags, "--name", "stopped", cwd=tmp_path)
    assert until(lambda: any(row["step"] for row in checkpoint.read_log(stopped / "log.jsonl")), process)
    process.send_signal(end)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "--resume" in out, out + err
    stopped_at = weights(stopped)["step"]
    assert 0 < stopped_at < 16 * 15
    assert f"going on from step {stopped_at}" in trained(tmp_path, "--resume", stopped)
    assert same(weights(whole), weights(stopped))


def test_a_full_disk_stops_with_a_sentence_and_keeps_what_was_saved(tmp_path):
    trained(tmp_path, "--data", FASHION, "--epochs", 2, *SMALL, "--set", "save_every=5", "--name", "x")
    folder = tmp_path / "runs" / "x"
    before = (folder / "resume.pt").read_bytes()
    flags = ["--resume", folder, "--epochs", 3]
    process = start("gan", *flags, cwd=tmp_path, limit=("RLIMIT_FSIZE", 60_000))
    out, err = process.communicate(timeout=120)
    assert process.returncode == 2 and "could not be written" in err and "Traceback" not in err, out + err
    assert (folder / "resume.pt").read_bytes() == before and not list(folder.rglob("*.tmp"))
    trained(tmp_path, *flags)


def test_too_little_memory_and_no_trackio_are_sentences(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "trackio", None)
    assert "--track needs trackio: pip install trackio" in refused(tmp_path, "gan", "--smoke", "--track")
    monkeypatch.setattr(pix2pix, "draw_batch", lambda *given: torch.empty(2**50))  # as a far too large batch
    said = refused(tmp_path, "pix2pix", "--smoke", "--width", 4, "--image-size", 64)
    assert said.startswith("Error: There is not enough memory") and "--batch-size" in said


def test_evaluate_finds_the_judge_of_own_data_and_keeps_what_was_measured_before(tmp_path):
    trained(tmp_path, "--data", FASHION, "--epochs", 1, "--width", 8, "--name", "judge-fashion2", script="judge")
    (tmp_path / "fashion2").symlink_to(FASHION)
    trained(tmp_path, "--data", "fashion2", "--epochs", 1, *SMALL, "--name", "x", script="cgan")
    model = tmp_path / "runs" / "x" / "model"
    said = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps(said | {"metrics": {"mine": 1.5}}))
    measure = ["runs/judge-fashion2", "runs/x", "--n", 50]
    assert "is a judge" in trained(tmp_path, *measure, script="evaluate")  # of runs/*
    found = json.loads((model / "config.json").read_text())["metrics"]
    assert found["mine"] == 1.5 and found["frechet-fashion2-judge128-n50-test"] > 0
    assert sum(found["class-share-fashion2-judge-n50"].values()) == pytest.approx(1, abs=0.01)
    assert "label-accuracy-fashion2-judge-n50" in found
    assert "label-accuracy-fashion2-judge-n50" in (model / "README.md").read_text()
    # without a judge the rest is measured
    (tmp_path / "runs" / "judge-fashion2").rename(tmp_path / "gone")
    out = trained(tmp_path, *measure[1:], script="evaluate")
    assert "no judge of fashion2" in out and "speckle" in out
    out = trained(tmp_path, *measure[1:], "--judge", "gone", script="evaluate")
    assert "frechet-fashion2-judge128-n50-test" in out
    refused(tmp_path, "evaluate", "nowhere")


def test_every_kind_of_judge_has_a_smoke_test(tmp_path):
    kinds = {"judge-mnist": [], "segmenter": ["segmenter", "--name", "segmenter"], "realness-mnist": ["realness"]}
    for name, words in kinds.items():
        trained(tmp_path, *words, "--smoke", script="judge")
        assert ganzoo.load(tmp_path / "runs" / f"{name}-smoke").said["lesson"] == name.split("-")[0]


def test_a_judge_that_is_interrupted_is_measured_and_kept(tmp_path):
    flags = ["--data", FASHION, "--epochs", 1000, "--batch-size", 64, "--device", "cpu", "--name", "early"]
    with start("judge", *flags, cwd=tmp_path) as process:
        assert process.stdout.readline().startswith("step ")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert process.returncode == 130 and not err, err
    assert "accuracy" in out and "Stopped after " in out
    assert 0 < ganzoo.load(tmp_path / "runs" / "early").said["training"]["step"] < 1000


TRACKED = """
import json
import trackio
from ganzoo.models import pix2pix
from ganzoo.session import Session
from train import gan
assert gan.main(["--smoke", "--track"]) == 0
config = pix2pix.Config(name="pix2pix-facades-gan", loss="gan", track=True)
with Session(config, runs=3) as session:
    session.tracker.see({"event": "step", "step": 1, "loss_d": 1.0})
    session.show({"event": "advice", "step": 7, "code": "nan", "text": "no number"})
from trackio.sqlite_storage import SQLiteStorage
found = {}
for run in trackio.Api().runs("ganzoo"):
    rows = SQLiteStorage.get_logs("ganzoo", run.name, run_id=run.id)
    found[run.name] = {"group": run.config["_Group"], "keys": sorted({key for row in rows for key in row}),
                       "alerts": [[alert["level"], alert["text"]] for alert in run.alerts()]}
print(json.dumps(found))
"""


def test_track_logs_offline(tmp_path):
    env = {k: v for k, v in os.environ.items() if k != "GANZOO_DATA"} | {"HF_HOME": str(tmp_path / "hf")}
    env |= {"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}  # nobody listens: no network
    env["PYTHONPATH"] = str(ROOT)
    done = subprocess.run([quick.PYTHON, "-c", TRACKED], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    runs = json.loads(done.stdout.splitlines()[-1])
    smoke, contest = runs["gan-mnist-smoke"], runs["pix2pix-facades-gan"]
    assert smoke["alerts"] == [] and {"loss_d", "diversity", "sheet"} <= set(smoke["keys"])
    assert (contest["group"], contest["alerts"]) == ("pix2pix-facades", [["error", "no number"]])


def test_a_folder_is_translated_stopped_and_gone_on_with(tmp_path):
    for name in ("a.png", "a.webp", "more/b.jpg"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        drawings.facade(1, 40).save(path)
    (tmp_path / "in" / "broken.png").write_bytes(b"no picture")
    words = ["pix2pix-facades-mae", tmp_path / "in", tmp_path / "out"]
    code, out, err = run("translate", *words, cwd=tmp_path)
    assert code == 0 and "3 translated, 0 were there already, 1 could not be read." in out, err
    assert "broken.png cannot be read" in err and "Traceback" not in err
    made = sorted(str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*.png"))
    assert made == ["a.png.png", "a.webp.png", "more/b.png"]
    assert Image.open(tmp_path / "out" / "more" / "b.png").size == (40, 40)
    (tmp_path / "out" / "a.png.png").unlink()
    assert "1 translated, 2 were there already" in trained(tmp_path, *words, script="translate")
    inside = [words[0], tmp_path / "in" / "more", tmp_path / "in" / "more" / "out"]
    assert "1 translated" in trained(tmp_path, *inside, script="translate")
    assert "0 translated, 1 were there already" in trained(tmp_path, *inside, script="translate")
    for bad, said in (
        (["gan-mnist", *words[1:]], "makes pictures from noise"),
        ([*words, "--direction", "x"], "translates label->photo"),
        ([words[0], tmp_path / "nowhere", "x"], "is not a folder"),
        ([words[0], tmp_path / "in", tmp_path / "in"], "another folder"),
    ):
        assert said in refused(tmp_path, "translate", *bad)


def test_smoke_clears_only_runs_of_its_own(tmp_path):
    for folder in ("keepme-smoke", "runs/mine-smoke"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "thesis.txt").write_text("years")
    refused(tmp_path, "gan", "--smoke", "--name", "../keepme")
    trained(tmp_path, "--smoke", "--name", "mine")
    assert all((tmp_path / f / "thesis.txt").is_file() for f in ("keepme-smoke", "runs/mine-smoke"))
    trained(tmp_path, "--smoke", "--name", "twice")
    trained(tmp_path, "--smoke", "--name", "twice")
    trained(tmp_path, "--data", FASHION, "--epochs", 1, "--width", 8, "--name", "real-smoke")
    before = (tmp_path / "runs" / "real-smoke" / "resume.pt").read_bytes()
    assert "already contains a run" in refused(tmp_path, "gan", "--smoke", "--name", "real")
    assert (tmp_path / "runs" / "real-smoke" / "resume.pt").read_bytes() == before


def test_a_model_without_a_resume_file_is_not_written_over(tmp_path):
    judge = ["judge", "--data", FASHION, "--epochs", 1, "--name", "x"]
    trained(tmp_path, *judge[1:], script="judge")
    weights = tmp_path / "runs" / "x" / "model" / "model.safetensors"
    before = weights.read_bytes()
    for words in (judge, ["gan", "--data", FASHION, "--name", "x"]):
        assert "already contains a model" in refused(tmp_path, *words)
    assert "already contains a model" in refused(tmp_path, "gan", "--out", "runs/x", "--name", "model")
    assert weights.read_bytes() == before


def test_data_that_moved_is_found_again_and_other_data_is_refused(tmp_path):
    for name, count in (("first", 24), ("other", 60)):
        (tmp_path / name).mkdir()
        for i in range(count):
            Image.new("L", (28, 28), i).save(tmp_path / name / f"{i}.png")
    trained(tmp_path, "--data", "first", "--epochs", 1, "--width", 8, "--batch-size", 8, "--name", "x")
    (tmp_path / "first").rename(tmp_path / "moved")
    trained(tmp_path, "--resume", "runs/x", "--data", "moved", "--epochs", 2)
    said = refused(tmp_path, "gan", "--resume", "runs/x", "--data", "other", "--epochs", 3)
    assert "The run started with 2 steps an epoch, and the data now gives 6" in said


def test_a_run_that_is_under_way_is_neither_written_nor_tracked_by_a_second_process(tmp_path, monkeypatch):
    trained(tmp_path, "--data", FASHION, "--epochs", 1, "--width", 8, "--name", "x")
    again = ["--resume", "--name", "x", "--epochs", 2]
    with session.locked(tmp_path / "runs" / "x"), monkeypatch.context() as patch:
        patch.setattr(session, "Tracker", lambda *how: pytest.fail("the other process tracks it"))
        said = refused(tmp_path, "gan", *again, "--track")
        assert "runs/x" in said and "--name" in said
    trained(tmp_path, *again)


def test_what_used_to_be_a_traceback_is_a_sentence(tmp_path):
    for words, said in (
        (["gan", "--data", ""], "give the name of a data set"),
        (["gan", "--data", "x" * 300], "(File name too long)"),
        (["gan", "--init", "nowhere", "--data", FASHION], "There is no model 'nowhere'"),
        (["evaluate", "judge-mnist"], "is a judge"),
        (["evaluate", "realness-mnist"], "is a judge"),
        (["evaluate", "gan-mnist", "--n", "1"], "--n takes a whole number from 2"),
        (["evaluate", "gan-mnist", "--push"], "takes your own model's folder"),
        (["translate", "gan-mnist"], "(see --help)"),
        (["jobs", "nope"], "(see --help)"),
        (["features", "--nope"], "(see --help)"),
        (["dcgan", "--data", FASHION, "--image-size", 30], "multiple of 4"),
        (["cyclegan", "--smoke", "--image-size", 16], "patch=70 needs pictures larger than 16 pixels"),
        (["evaluate", "cyclegan-horse2zebra", "--size", 100_000], "--size takes a side from"),
        (["evaluate", "gan-mnist", "nowhere"], "There is no model 'nowhere'"),
        (["gan", "--data", b"\xa4\xa4".decode(errors="surrogateescape")], "is not a folder"),
    ):
        assert said in refused(tmp_path, *words)
    assert not list(tmp_path.glob("runs/*/*"))  # and nothing is left behind


def test_lines_that_nobody_reads_any_more_end_the_run_with_a_save(tmp_path):
    process = start("gan", "--data", FASHION, "--epochs", 400, "--width", 8, "--name", "x", cwd=tmp_path)
    process.stdout.readline()
    process.stdout.close()
    err = process.stderr.read()
    assert process.wait(240) in (0, 130, 141) and "Traceback" not in err, err
    assert (tmp_path / "runs" / "x" / "resume.pt").is_file()
