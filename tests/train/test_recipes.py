"""Each recipe as a user runs it: smoke, interrupted, killed, resumed; and what goes wrong says what to do."""

import importlib
import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from PIL import Image

import ganzoo
from ganzoo import checkpoint, recipes, session
from ganzoo.models import gan
from tests.hostile.kills import until
from tests.support import quick
from tests.support.raises_code import raises_code

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


def start(lesson, *flags, cwd, limit=()):
    """limit: (a name of the module resource, a number) that holds for the process."""
    limited = ["-c", LIMITED, *limit] if limit else []
    command = [*quick.PYTHON, *limited, ROOT / "train" / f"{lesson}.py", *flags]
    env = {k: v for k, v in os.environ.items() if k != "GANZOO_DATA"} | {
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": "2",
    }
    command = list(map(str, command))
    return subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run(lesson, *flags, cwd, limit=()):
    process = start(lesson, *flags, cwd=cwd, limit=limit)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def same_state(a, b):
    from tests.training.test_trainer import same

    return same(checkpoint.read_resume(a / "resume.pt", "cpu"), checkpoint.read_resume(b / "resume.pt", "cpu"))


@pytest.mark.parametrize("lesson", LESSONS)
def test_smoke_runs_offline_and_its_model_loads(lesson, tmp_path):
    code, out, err = run(lesson, "--smoke", cwd=tmp_path)
    assert code == 0, err
    assert "images/s" in out
    assert "ETA" in out
    assert "critic: real" in out
    model = ganzoo.load(tmp_path / "runs" / f"{lesson}-mnist-smoke")
    assert len(model.sample(4)) == 4
    if lesson == "gan":
        assert run(lesson, "--smoke", cwd=tmp_path)[0] == 0  # again, over itself


@pytest.fixture(scope="module")
def straight(tmp_path_factory):
    """(flags, folder) of a run that nobody interrupts."""
    folder, flags = tmp_path_factory.mktemp("straight"), ["--data", FASHION, "--epochs", 16, *SMALL]
    code, _, err = run("gan", *flags, "--name", "run", cwd=folder)
    assert code == 0, err
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
    assert process.returncode == 130, out + err
    assert "--resume" in out
    stopped_at = checkpoint.read_resume(stopped / "resume.pt", "cpu")["step"]
    assert 0 < stopped_at < 16 * 15
    code, out, err = run("gan", "--resume", stopped, cwd=tmp_path)
    assert code == 0, err
    assert f"going on from step {stopped_at}" in out
    assert same_state(whole, stopped)


def hostile(tmp_path):
    """name -> (lesson, flags, words that the sentence must hold)."""
    one = tmp_path / "one" / "a"
    one.mkdir(parents=True)
    Image.new("L", (28, 28)).save(one / "1.png")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.txt").write_text("x")
    (tmp_path / "broken").mkdir()
    for i in range(9):
        (tmp_path / "broken" / f"{i}.png").write_bytes(b"not a picture")
    flat = tmp_path / "flat"
    flat.mkdir()
    for i in range(20):
        Image.new("L", (28, 28), 10 * i).save(flat / f"{i}.png")
    idx = tmp_path / "idx"
    idx.mkdir()
    (idx / "train-images-idx3-ubyte.gz").write_bytes((FASHION / "train-images-idx3-ubyte.gz").read_bytes()[:3000])
    labels = tmp_path / "labels"
    labels.mkdir()
    for name in ("train-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte.gz"):
        (labels / name).write_bytes((FASHION / name).read_bytes())
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    (mixed / "train-images-idx3-ubyte.gz").write_bytes((FASHION / "train-images-idx3-ubyte.gz").read_bytes())
    (mixed / "train-labels-idx1-ubyte.gz").write_bytes((FASHION / "t10k-labels-idx1-ubyte.gz").read_bytes())
    good = ("--data", FASHION)
    return {
        "empty folder": ("gan", ("--data", tmp_path / "empty"), "contains no pictures"),
        "no such folder": ("gan", ("--data", "./nowhere"), "not a folder, not a Hub id"),
        "a file as data": ("gan", ("--data", tmp_path / "file.txt"), "is a file"),
        "one picture": ("gan", ("--data", tmp_path / "one"), "at least 8"),
        "only broken pictures": ("gan", ("--data", tmp_path / "broken"), "can be read"),
        "cut idx": ("gan", ("--data", idx), "damaged"),
        "labels of another set": ("cgan", ("--data", mixed), "do not belong together"),
        "no labels in idx": ("cgan", ("--data", labels), "needs labels"),
        "no labels in a folder": ("cgan", ("--data", flat), "needs labels"),
        "unknown upsampling": ("dcgan", (*good, "--upsample", "cubic"), "one of deconv, resize"),
        "unknown flag": ("gan", (*good, "--wings", 2), "--wings"),
        "a flag of another lesson": ("gan", (*good, "--upsample", "resize"), "--upsample"),
        "a flag without its value": ("gan", (*good, "--epochs"), "--epochs"),
        "size not a multiple": ("dcgan", (*good, "--image-size", 30), "multiple of 4"),
        "a device that is not there": ("gan", (*good, "--device", "cuda:77"), "not on this machine"),
        "name with slashes": ("gan", (*good, "--name", "../up"), "--name"),
        "out is a file": ("gan", (*good, "--out", tmp_path / "file.txt"), "cannot be written"),
        "nothing to resume": ("gan", (*good, "--resume"), "nothing to resume"),
        "resume nowhere": ("gan", ("--resume", "nowhere"), "nothing to resume"),
        "push without a token": ("gan", (*good, "--push"), "hf auth login"),
    }


BAD_VALUES = [
    *("--epochs many", "--epochs 0", "--epochs 1.5", "--batch-size 1", f"--batch-size {10**12}", "--lr -1", "--lr nan"),
    *("--lr fast", "--beta1 1", "--seed -5", f"--seed {10**30}", "--adversarial wgan", "--activation gelu"),
    *("--norm layer", "--image-size 0", "--channels 2", "--width 0", "--device tpu"),
]


def test_forty_hostile_inputs_each_get_one_sentence(tmp_path, monkeypatch, capsys):
    """In process for speed (a process a case costs 2 s); the exit code and the absence of a traceback are the recipe's own."""
    monkeypatch.chdir(tmp_path)
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    bad = {text: ("gan", ("--data", FASHION, *text.split()), f"{text.split()[0]} takes") for text in BAD_VALUES}
    for kind, (lesson, flags, words) in (hostile(tmp_path) | bad).items():
        script = importlib.import_module(f"train.{lesson}")
        assert recipes.guarded(lambda s=script, f=flags: s.main([str(x) for x in f])) == 2, kind
        said = capsys.readouterr().err
        assert words in said, (kind, said)
        assert said.startswith("Error: "), kind
        assert said.count("\n") == 1, (kind, said)
        assert "Traceback" not in said, kind


def test_a_full_disk_stops_with_a_sentence_and_keeps_what_was_saved(tmp_path):
    flags = ["--data", FASHION, "--epochs", 2, *SMALL, "--set", "save_every=5"]
    assert run("gan", *flags, "--name", "x", cwd=tmp_path)[0] == 0
    folder = tmp_path / "runs" / "x"
    before = (folder / "resume.pt").read_bytes()

    flags = ["--resume", folder, "--epochs", 3]
    code, out, err = run("gan", *flags, cwd=tmp_path, limit=("RLIMIT_FSIZE", 60_000))
    assert code == 2, out + err
    assert "could not be written" in err
    assert "Traceback" not in err
    assert (folder / "resume.pt").read_bytes() == before
    assert not list(folder.rglob("*.tmp"))
    assert run("gan", *flags, cwd=tmp_path)[0] == 0


def test_too_little_memory_is_a_sentence(tmp_path):
    limit = ("RLIMIT_AS", 8 * 2**30)  # a batch of 65,536 would take 12 GiB as bytes alone
    code, _, err = run("pix2pix", "--smoke", "--batch-size", 65_536, cwd=tmp_path, limit=limit)
    assert code == 2 and "Traceback" not in err
    assert err.startswith("Error: There is not enough memory") and "--batch-size" in err


def test_judge_and_evaluate_run(tmp_path):
    def script(name, *flags):
        return subprocess.run(
            [*quick.PYTHON, ROOT / "train" / name, *map(str, flags)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )

    done = script("judge.py", "--smoke")
    assert done.returncode == 0, done.stderr
    assert ganzoo.load(tmp_path / "runs" / "judge-mnist-smoke").said["lesson"] == "judge"
    os.environ["GANZOO_DATA"] = ""
    assert run("cgan", "--data", FASHION, "--epochs", 1, *SMALL, "--name", "cgan-fashion", cwd=tmp_path)[0] == 0
    done = script("evaluate.py", tmp_path / "runs" / "cgan-fashion", "--n", 50)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "runs" / "cgan-fashion" / "model" / "config.json").read_text())["metrics"]
    assert found["frechet-fashion-judge128-n50-test"] > 0
    assert sum(found["class-share-fashion-judge-n50"].values()) == pytest.approx(1, abs=0.01)
    assert "label-accuracy-fashion-judge-n50" in found
    assert (
        "label-accuracy-fashion-judge-n50" in (tmp_path / "runs" / "cgan-fashion" / "model" / "README.md").read_text()
    )
    done = script("evaluate.py", tmp_path / "runs/judge-mnist-smoke", tmp_path / "runs/cgan-fashion", "--n", 50)
    assert done.returncode == 0 and "is a judge" in done.stdout and '"frechet-' in done.stdout  # of runs/*/model
    done = script("evaluate.py", "nowhere")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "name"),
    [(["segmenter", "--name", "segmenter"], "segmenter-smoke"), (["realness"], "realness-mnist-smoke")],
)
def test_every_kind_of_judge_has_a_smoke_test(words, name, tmp_path):
    code, _, err = run("judge", *words, "--smoke", cwd=tmp_path)
    assert code == 0, err
    assert ganzoo.load(tmp_path / "runs" / name).said["lesson"] == words[0]


def test_a_judge_that_is_interrupted_is_measured_and_kept(tmp_path):
    flags = ["--data", FASHION, "--epochs", 1000, "--batch-size", 64, "--device", "cpu", "--name", "early"]
    with subprocess.Popen(
        [*quick.PYTHON, ROOT / "train" / "judge.py", *map(str, flags)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline().startswith("step ")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert process.returncode == 130 and not err, err
    assert "accuracy" in out and "Stopped after " in out
    assert 0 < ganzoo.load(tmp_path / "runs" / "early").said["training"]["step"] < 1000


def test_a_run_that_is_training_is_not_tracked_twice(tmp_path, monkeypatch):
    config = gan.Config(name="x", out=str(tmp_path), track=True)
    monkeypatch.setattr(session.tracking, "Tracker", lambda *how: pytest.fail("the other process tracks it"))
    with session.locked(tmp_path / "x"), raises_code("run_is_training"), session.Session(config):
        pass


TRACKED = """
import json
import trackio
from ganzoo.models import pix2pix
from ganzoo.session import Session
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


def test_track_needs_trackio_and_says_so_or_logs_offline(tmp_path):
    env = {k: v for k, v in os.environ.items() if k != "GANZOO_DATA"} | {"HF_HOME": str(tmp_path / "hf")}
    env |= {"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}  # nobody listens: no network
    command = [*quick.PYTHON, str(ROOT / "train" / "gan.py"), "--smoke", "--track"]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    script = tmp_path / "look.py"
    script.write_text(TRACKED)
    done = subprocess.run(
        [*quick.PYTHON, str(script)], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stderr
    runs = json.loads(done.stdout.splitlines()[-1])
    assert runs["gan-mnist-smoke"]["alerts"] == [] and {"loss_d", "diversity", "sheet"} <= set(
        runs["gan-mnist-smoke"]["keys"]
    )
    assert runs["pix2pix-facades-gan"]["group"] == "pix2pix-facades"
    assert runs["pix2pix-facades-gan"]["alerts"] == [["error", "no number"]]
    env["PYTHONPATH"] = str(tmp_path / "without")  # a trackio that cannot be imported
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / "trackio.py").write_text("raise ImportError")
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=180)
    assert done.returncode == 2
    assert done.stderr == "Error: --track needs trackio: pip install trackio, or train without it.\n"


# --- a folder through a model -----------------------------------------------------------------------------------------


def test_a_folder_is_translated_stopped_and_gone_on_with(tmp_path):
    from ganzoo.data import drawings

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
    code, out, _ = run("translate", *words, cwd=tmp_path)
    assert code == 0 and "1 translated, 2 were there already" in out
    for bad, said in (
        (["gan-mnist", *words[1:]], "makes pictures from noise"),
        ([*words, "--direction", "x"], "translates label->photo"),
        ([words[0], tmp_path / "nowhere", "x"], "is not a folder"),
    ):
        code, _, err = run("translate", *bad, cwd=tmp_path)
        assert code == 2 and err.startswith("Error: ") and said in err and err.count("\n") == 1


# --- measuring --------------------------------------------------------------------------------------------------------


def test_evaluate_finds_the_judge_of_own_data_and_keeps_what_was_measured_before(tmp_path):
    flags = ["--data", FASHION, "--epochs", 1, "--width", 8]
    assert run("judge", *flags, "--name", "judge-fashion2", cwd=tmp_path)[0] == 0
    (tmp_path / "fashion2").symlink_to(FASHION)
    assert run("gan", "--data", "fashion2", "--epochs", 1, "--name", "x", cwd=tmp_path)[0] == 0
    config = tmp_path / "runs" / "x" / "model" / "config.json"
    said = json.loads(config.read_text())
    config.write_text(json.dumps(said | {"metrics": {"mine": 1.5}}))
    code, out, err = run("evaluate", "runs/x/model", "--n", 64, cwd=tmp_path)
    found = json.loads(config.read_text())["metrics"]
    assert code == 0 and found["mine"] == 1.5 and found["frechet-fashion2-judge128-n64-test"] > 0, err
    # without a judge the rest is measured, and a bundled model is printed and left as it is
    (tmp_path / "runs" / "judge-fashion2").rename(tmp_path / "gone")
    code, out, _ = run("evaluate", "runs/x/model", "--n", 64, cwd=tmp_path)
    assert code == 0 and "no judge of fashion2" in out and "speckle" in out
    code, out, err = run("evaluate", "runs/x/model", "--n", 64, "--judge", "gone", cwd=tmp_path)
    assert code == 0 and "frechet-fashion2-judge128-n64-test" in out, err


# --- what an attack found -----------------------------------------------------------------------------------------------


def test_smoke_clears_only_runs_of_its_own(tmp_path):
    for folder in ("keepme-smoke", "runs/mine-smoke"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "thesis.txt").write_text("years")
    assert run("gan", "--smoke", "--name", "../keepme", cwd=tmp_path)[0] == 2
    assert run("gan", "--smoke", "--name", "mine", cwd=tmp_path)[0] == 0
    assert all((tmp_path / f / "thesis.txt").is_file() for f in ("keepme-smoke", "runs/mine-smoke"))


def test_a_foreign_picture_among_the_samples_costs_the_film_and_nothing_else(tmp_path):
    flags = ["--data", FASHION, "--epochs", 1, "--width", 8, "--name", "x"]
    assert run("gan", *flags, cwd=tmp_path)[0] == 0
    samples = tmp_path / "runs" / "x" / "samples"
    Image.new("L", (9, 9)).save(samples / "best.png")
    Image.new("L", (9, 9)).save(samples / "000001.png")
    (tmp_path / "runs" / "x" / "log.jsonl").open("ab").write(b'{"event": "advice", "text": "\xe2\x80')  # torn
    code, _, err = run("gan", "--resume", "--name", "x", "--epochs", 2, cwd=tmp_path)
    assert code == 0, err
    assert checkpoint.read_resume(tmp_path / "runs" / "x" / "resume.pt", "cpu")["step"] == 14


def test_data_that_moved_is_found_again_and_other_data_is_refused(tmp_path):
    for name, count in (("first", 24), ("other", 60)):
        (tmp_path / name).mkdir()
        for i in range(count):
            Image.new("L", (28, 28), i).save(tmp_path / name / f"{i}.png")
    flags = ["--epochs", 1, "--width", 8, "--batch-size", 8, "--name", "x"]
    assert run("gan", "--data", "first", *flags, cwd=tmp_path)[0] == 0
    (tmp_path / "first").rename(tmp_path / "moved")
    code, _, err = run("gan", "--resume", "runs/x", "--data", "moved", "--epochs", 2, cwd=tmp_path)
    assert code == 0, err
    code, _, err = run("gan", "--resume", "runs/x", "--data", "other", "--epochs", 3, cwd=tmp_path)
    assert code == 2 and "The run started with 2 steps an epoch, and the data now gives 6" in err


def test_a_second_process_does_not_write_into_a_run_that_is_under_way(tmp_path):
    fcntl = pytest.importorskip("fcntl")
    flags = ["--data", FASHION, "--epochs", 1, "--width", 8, "--name", "x"]
    assert run("gan", *flags, cwd=tmp_path)[0] == 0
    with open(tmp_path / "runs" / "x" / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, _, err = run("gan", "--resume", "--name", "x", "--epochs", 2, cwd=tmp_path)
        assert code == 2 and "runs/x" in err and "--name" in err
    assert run("gan", "--resume", "--name", "x", "--epochs", 2, cwd=tmp_path)[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
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
        (["gan", "--data", "facades"], "train/pix2pix.py --data facades"),
        (["gan", "--data", b"\xa4\xa4".decode(errors="surrogateescape")], "is not a folder"),
    ],
)
def test_what_used_to_be_a_traceback_is_a_sentence(tmp_path, monkeypatch, capsys, words, said):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GANZOO_DATA", raising=False)
    script = importlib.import_module(f"train.{words[0]}")
    assert recipes.guarded(lambda: script.main([str(word) for word in words[1:]])) == 2
    err = capsys.readouterr().err
    assert said in err and err.count("\n") == 1 and "Traceback" not in err, err
    assert not list(tmp_path.glob("runs/*/*"))  # and nothing is left behind


def test_lines_that_nobody_reads_any_more_end_the_run_with_a_save(tmp_path):
    words = [ROOT / "train" / "gan.py", "--data", FASHION, "--epochs", 400, "--width", 8, "--name", "x"]
    command = [*quick.PYTHON, *map(str, words)]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.readline()
    process.stdout.close()
    err = process.stderr.read().decode()
    assert process.wait(240) in (0, 130, 141) and "Traceback" not in err, err
    assert (tmp_path / "runs" / "x" / "resume.pt").is_file()
