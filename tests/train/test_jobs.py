"""train/jobs.py: the command carries ganzoo to a job, and a recipe runs there from exactly what the command carries."""

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from ganzoo import checkpoint
from ganzoo.training.run_dir import RunFolder, bring_back
from tests.fake_hub.fixtures import SECRET
from tests.hub.test_hub import ROOT
from tests.support import quick
from tests.support.clean import clean_python, name_of, pip
from tests.support.raises_code import raises_code
from tests.support.waiting import until
from train import jobs as script

# One recipe: the others are carried alike (tests/test_package.py), and each costs seconds of imports.
RECIPE, SMALL = "pix2pix", ["--width", "4", "--image-size", "64"]


def line(*words: str) -> list[str]:
    """The words of the command that is printed."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert script.main(list(words)) == 0
    return shlex.split(out.getvalue().splitlines()[-1])


@pytest.fixture(scope="module")
def container(tmp_path_factory):
    """What a job has: the mounted folder, an environment with the wheel and what it needs, an empty place to work in."""
    folder = tmp_path_factory.mktemp("job")
    words = line("gan", "--", "--push")
    source, mount = words[words.index("-v") + 1].split(":")
    shutil.copytree(source, folder / mount.strip("/"))
    wheel = folder / words[words.index("--with") + 1].strip("/")
    with zipfile.ZipFile(wheel) as archive:
        meta = archive.read(next(n for n in archive.namelist() if n.endswith("METADATA"))).decode()
        assert not [n for n in archive.namelist() if "weights" in n and "judge-" not in n and "features-" not in n]
        assert [n for n in archive.namelist() if "features-" in n and n.endswith(".safetensors")]
    needs = [name_of(text.split(": ")[1]) for text in meta.splitlines() if text.startswith("Requires-Dist")]
    assert "torch" in needs and not {"gradio", "pytest", "playwright"} & set(needs)
    python = clean_python(folder, needs)
    pip(python, "--no-index", str(wheel))  # fails if a requirement is missing or does not fit
    return folder, python


def test_a_recipe_runs_in_a_job(container, running, tmp_path):
    running.reset()
    folder, python = container
    words = line(RECIPE, "--flavor", "t4-small", "--", "--smoke", "--push", *SMALL)
    at = next(i for i, word in enumerate(words) if word.endswith(f"{RECIPE}.py"))
    (folder / "data").mkdir(exist_ok=True)
    copy = shutil.copy(words[at], folder / "data")  # the client uploads a local script, and only that
    env = {k: v for k, v in running.env(tmp_path).items() if k not in ("PYTHONPATH", "VIRTUAL_ENV", "GANZOO_DATA")}
    run = [str(python), copy, *words[at + 1 :]]
    done = subprocess.run(run, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    (pushed,) = running.store.repos.items()
    assert pushed[0][0] == "models" and pushed[0][1].startswith(f"alice/{RECIPE}-")
    assert {"config.json", "model.safetensors", "README.md"} <= pushed[1].head.files.keys()
    where = [str(python), "-c", "import importlib.util as util; print(util.find_spec('ganzoo').origin)"]
    said = subprocess.run(where, cwd=tmp_path, env=env, capture_output=True, text=True).stdout
    assert str(folder / "venv") in said and str(ROOT) not in said


def test_the_client_takes_the_command(tmp_path, monkeypatch):
    """`hf` itself reads it, offline; several GPUs start by torchrun; a folder of pictures travels."""
    first, second = (script.wheel(tmp_path / name).read_bytes() for name in ("a", "b"))
    assert first == second and len(first) < 24 << 20  # the same each time, and it holds no model
    with raises_code("job_without_push"):  # it would lose its model
        line("gan", "--", "--epochs", "3")
    (tmp_path / "my pairs").mkdir()
    monkeypatch.setenv("TRACKIO_SPACE_ID", "alice/board")
    recipe = ["--data", str(tmp_path / "my pairs"), "--push", "me/it"]
    words = line("pix2pix", "--bucket", "me/runs", "--flavor", "l4x4", "--timeout", "2h", "--", *recipe)
    assert words[:4] == ["hf", "jobs", "uv", "run"] and SECRET not in words
    env = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "NO_COLOR": "1", "HF_TOKEN": SECRET}
    hf = str(Path(sys.executable).with_name("hf"))
    done = subprocess.run([hf, *words[1:4], "--dry-run", *words[4:]], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    said = dict(re.findall(r"^  (\w+) +(.+)$", done.stdout, re.M))
    assert said["script"] == "torchrun" and "--nproc_per_node 4" in said["args"] and said["flavor"] == "l4x4"
    assert "--data /inputs/my pairs --push me/it" in said["args"].replace("'", "")
    assert said["with"].startswith("/ganzoo/ganzoo_family-") and ":/ganzoo" in said["volumes"]
    assert ":/inputs/my pairs" in done.stdout and "hf://buckets/me/runs:/runs" in done.stdout, done.stdout
    assert "GANZOO_KEEP" in done.stdout and "GANZOO_GIT_COMMIT" in done.stdout and "TRACKIO_SPACE_ID" in done.stdout
    assert "HF_TOKEN" in said["secrets"] and SECRET not in done.stdout + done.stderr


@pytest.mark.parametrize(("recipe", "track"), [("gan", ["--track"]), ("pix2pix", ["--set", "track"])])
def test_a_job_that_tracks_has_trackio(recipe, track):
    wheel = Path("build", "ganzoo.whl")
    assert "trackio" in script.command(recipe, "t4-small", "1h", "me/runs", ["--push", *track], wheel)
    assert "trackio" not in script.command(recipe, "t4-small", "1h", "me/runs", ["--push"], wheel)


def test_run_makes_the_bucket_and_calls_the_client(monkeypatch):
    asked = []
    monkeypatch.setattr(script.HfApi, "create_bucket", lambda _, name, **how: asked.append((name, how)))
    client = SimpleNamespace(run=lambda words: asked.append(words[1:]) or SimpleNamespace(returncode=3))
    monkeypatch.setattr(script, "subprocess", client)
    words = ["gan", "--bucket", "alice/runs", "--", "--push"]
    assert script.main(["--run", *words]) == 3
    assert asked == [("alice/runs", {"private": True, "exist_ok": True}), line(*words)[1:]]


def test_a_job_that_was_killed_goes_on_from_its_bucket(running, tmp_path):
    """Run twice as the Hub runs it: each time on an empty disk, with the bucket mounted."""
    running.reset()
    kept = tmp_path / "bucket" / "gan-fashion"
    recipe = ["--data", "fashion", "--epochs", "40", "--set", "save_every=40", "--width", "8", "--push", "alice/it"]
    inside = running.env(tmp_path) | {"GANZOO_KEEP": str(kept.parent), "GANZOO_DATA": str(ROOT / "tests" / "samples")}

    def start(disk: Path) -> subprocess.Popen:
        disk.mkdir()
        run, pipe = [quick.PYTHON, str(ROOT / "train" / "gan.py"), *recipe], subprocess.PIPE
        return subprocess.Popen(run, cwd=disk, env=inside, text=True, stdout=pipe, stderr=pipe)

    first = start(tmp_path / "first")
    assert until((kept / "resume.pt").is_file, first), first.communicate()
    first.kill()
    first.communicate()
    assert not [repo for repo in running.store.repos.values() if "model.safetensors" in repo.head.files]
    second = start(tmp_path / "second")
    said, wrong = second.communicate(timeout=300)
    assert second.returncode == 0 and "going on from step" in said, said + wrong
    assert "model.safetensors" in running.store.repos["models", "alice/it"].head.files
    steps = [row["step"] for row in checkpoint.read_log(kept / "log.jsonl") if row["event"] == "step"]
    assert steps == sorted(set(steps)) and steps[-1] == checkpoint.read_resume(kept / "resume.pt", "cpu")["step"]
    there = {p.relative_to(kept) for p in kept.rglob("*") if p.is_file()}
    run = tmp_path / "second" / "runs" / "gan-fashion"
    assert there == {p.relative_to(run) for p in run.rglob("*") if p.is_file() and not p.name.startswith(".")}


def test_a_bucket_that_refuses_stops_nothing(tmp_path, monkeypatch, caplog):
    run = tmp_path / "runs" / "mine"
    run.mkdir(parents=True)
    (run / "resume.pt").write_bytes(b"1")
    monkeypatch.setenv("GANZOO_KEEP", str(tmp_path / "bucket"))
    (tmp_path / "bucket").write_text("in the way")
    folder = RunFolder(run, {})
    folder.keep()
    assert "was not kept" in caplog.text and not bring_back(run)
    (tmp_path / "bucket").unlink()
    folder.keep()
    assert (tmp_path / "bucket" / "mine" / "resume.pt").read_bytes() == b"1" and bring_back(run)
