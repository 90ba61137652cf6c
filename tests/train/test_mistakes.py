"""What goes wrong around a run: the wrong folder resumed, files exchanged, data changed, Ctrl-C once more. Each gets one
sentence, and nothing that was there is damaged."""

import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import torch
from PIL import Image

import ganzoo
from ganzoo import checkpoint, model_card, recipes
from ganzoo.models import pretrained
from tests.data.test_pairs import write_ab
from tests.hostile.made import Evil
from tests.support import quick
from tests.train.test_recipes import refused as recipe_refused
from train import pix2pix as pix2pix_script

ROOT = Path(__file__).parent.parent.parent
TINY = ["--image-size", "32", "--width", "4", "--set", "critic_width=4", "patch=16", "--device", "cpu"]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder with ten colour pairs and a run of one epoch on them."""
    folder = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write_ab(folder / "pairs", 10)
        assert train("--data", "pairs", "--name", "own", *TINY, "--epochs", 1) == 0
    return folder


@pytest.fixture
def trained(finished, tmp_path, monkeypatch):
    """A copy of that run, to spoil; the working folder is the one above runs/."""
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "runs" / "own"


def train(*flags) -> int:
    return recipes.guarded(lambda: pix2pix_script.main([str(flag) for flag in flags]))


refused = partial(recipe_refused, ".", "pix2pix")  # the one sentence with which these flags are refused


def files(folder: Path) -> dict:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_model_is_not_resumed_and_three_losses_go_on_only_where_they_were_begun(trained):
    before = files(trained / "model")
    said = refused("--resume", trained / "model")
    assert f"--resume {trained}" in said and "--init" in said
    assert files(trained / "model") == before
    assert "takes no folder" in refused("--loss", "all", "--resume", trained)
    said = refused("--loss", "all", "--data", "pairs", "--name", "other", *TINY, "--resume")
    assert "nothing to resume" in said and not list(trained.parent.glob("other*"))


def test_a_smoke_run_does_not_go_on_with_a_real_one(trained):
    before = files(trained)
    assert "--smoke was False" in refused("--resume", trained, "--smoke")
    assert files(trained) == before


def test_missing_features_are_said_before_anything_is_trained(trained, monkeypatch):
    folder = Path("nowhere")
    monkeypatch.setattr(pretrained, "load", partial(pretrained.load, folder))
    assert "pretrained features" in refused("--loss", "all", "--data", "pairs", *TINY)
    assert [path.name for path in trained.parent.iterdir()] == ["own"]


def test_another_shape_of_the_model_to_start_from_is_said_in_words_to_type(trained):
    again = ["--init", "runs/own/model", "--data", "pairs", "--name", "next", "--device", "cpu"]
    said = refused(*again, "--image-size", 32, "--set", "patch=16")
    assert "was trained with --width 4 --set critic_width=4: use the same" in said
    assert "--halvings 5" in refused(*again, *TINY, "--halvings", 4)
    assert "without --no-skips" in refused(*again, *TINY, "--no-skips")


def test_data_that_became_grey_is_refused(trained):
    for path in Path("pairs").iterdir():
        Image.open(path).convert("L").save(path)
    assert "data of (3, 3) channels, and the data now has (1, 1)" in refused("--resume", trained, "--epochs", 2)
    assert "put back the pairs" in recipe_refused(".", "evaluate", trained)


def test_a_torn_line_and_half_files_of_a_killed_run_are_removed(trained, monkeypatch, capsys):
    """By a resume of the folder one stands in."""
    before = (trained / "log.jsonl").read_text()
    (trained / "log.jsonl").write_bytes(
        before.encode() + b'{"event": "step"}\nnull\n{"event": "advice", "text": "\xe2\x80'
    )
    samples = trained / "samples"
    (samples / "notes.png").write_text("mine")
    half = [trained / place / ".curves.png.4711.tmp" for place in (".", "samples", "model")]
    for path in half:
        path.write_text("half")
    monkeypatch.chdir(trained)
    assert train("--data", "../../pairs", "--resume", ".", "--epochs", 2) == 0 and not list(trained.glob("pix2pix-*"))
    assert ganzoo.load(trained).said["training"]["step"] == 18 and not capsys.readouterr().err
    assert not any(path.exists() for path in half) and (samples / "notes.png").is_file()
    log = [json.loads(line) for line in (trained / "log.jsonl").read_text().splitlines()]
    assert log[: before.count("\n")] == [json.loads(line) for line in before.splitlines()]
    story = json.loads((trained / "model" / "film.json").read_text())
    with Image.open(trained / "model" / "film.webp") as film:
        assert film.n_frames <= len(story["steps"]) and 18 in story["steps"]


def test_a_resume_file_that_is_not_this_runs_is_refused(trained):
    path, mark = trained / "resume.pt", trained / "a-pickle-was-opened"
    whole = path.read_bytes()

    sound = torch.load(path, weights_only=True)
    nets, optimizers = sound["nets"], sound["optimizers"]
    odd = [{"step": "soon"}, {"step": torch.zeros(3)}, {"counted": float("nan")}, {"seconds": "long"}, {"per_epoch": 7}]
    odd += [{"sums": "many"}, {"nets": {}}, {"nets": {"generator": nets["generator"]}}]
    odd += [{"nets": nets | {"generator": dict.fromkeys(nets["generator"], torch.zeros(3))}}]
    odd += [{"optimizers": optimizers | {"generator": optimizers["generator"] | {"param_groups": []}}}]
    again = ["--resume", trained, "--epochs", 2]
    for number, change in enumerate(odd):
        torch.save(sound | change, path)
        said = refused(*again)
        assert "resume.pt" in said or "epoch" in said, number
    torch.save(Evil(mark), path)
    for content in (path.read_bytes(), pickle.dumps(Evil(mark)), b"", b"hello"):
        path.write_bytes(content)
        assert "resume.pt" in refused(*again) and not mark.exists()
    path.unlink()
    path.mkdir()
    assert "resume.pt" in refused(*again)
    path.rmdir()
    path.write_bytes(whole)
    config = (trained / "config.json").read_bytes()
    (trained / "config.json").write_bytes(b"{")
    refused(*again)
    (trained / "config.json").unlink()
    refused(*again)
    (trained / "config.json").write_bytes(config)
    assert train(*again) == 0


def test_a_third_ctrl_c_ends_the_process_with_a_word():
    """Twice it asks for a save; whoever insists is let go, without a traceback."""
    code = """
import os, signal
from ganzoo import recipes, session
def main():
    session.stop_on_signals([])
    for _ in range(3):
        os.kill(os.getpid(), signal.SIGINT)
    return 0
raise SystemExit(recipes.guarded(main))
"""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([quick.PYTHON, "-c", code], env=env, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (130, "Stopped.\n"), signal.Signals(2)


SCRIPTS = sorted(path for folder in ("train", "demos") for path in (ROOT / folder).rglob("*.py")
                 if '__name__ == "__main__"' in path.read_text(encoding="utf-8"))  # fmt: skip
COMMAND = "import sys\nfrom ganzoo.__main__ import main\nsys.exit(main())\n"  # as pip writes it
LOADING = "import time; print('loading', flush=True); time.sleep(60)\n"


@pytest.mark.parametrize("words", [*([path] for path in SCRIPTS), ["-m", "ganzoo", "demo"], ["ganzoo", "demo"]],
                         ids=lambda words: Path(words[0]).stem)  # fmt: skip
def test_ctrl_c_while_a_script_loads_is_no_traceback(words, tmp_path):
    """torch and gradio take seconds; here, as long as we like."""
    for name in ("torch", "gradio"):
        (tmp_path / f"{name}.py").write_text(LOADING)
    (tmp_path / "ganzoo").write_text(COMMAND)
    env = os.environ | {"PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT)))}
    job = ['{"pairs": "x", "out": "x", "losses": []}'] if Path(words[0]).stem == "worker" else []
    process = subprocess.Popen([sys.executable, *words, *job], env=env, cwd=tmp_path, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
    assert process.stdout.readline() == "loading\n", process.communicate()
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60)[1] == ""
    assert process.returncode in (-signal.SIGINT, 0)  # the pages tidy up and go


def test_a_closed_output_is_no_traceback(tmp_path):
    """Nobody listens (>&-), and the run is what it would have been."""
    code = "import os, runpy, sys; os.close(1); sys.stdout = None; sys.argv[:] = sys.argv[1:]"  # as Python finds it
    code += '; runpy.run_path(sys.argv[0], run_name="__main__")'
    command = [quick.PYTHON, "-c", code, str(ROOT / "train" / "gan.py"), "--smoke"]
    done = subprocess.run(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, timeout=300)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    assert (tmp_path / "runs" / "gan-mnist-smoke" / "model" / "config.json").is_file()


def test_a_config_with_foreign_facts_still_gets_a_card(trained):
    path = trained / "model" / "config.json"
    said = json.loads(path.read_text())
    said["training"] |= {"before": 5, "changed": "x", "step": "many"}
    for name in ("channels", "in_channels", "loss", "direction"):  # a model loads without them
        del said["settings"][name]
    said["training"]["versions"] = 3
    path.write_text(json.dumps(said))
    model_card.record(trained / "model", {"l1": 0.5})
    assert "many steps" in (trained / "model" / "README.md").read_text()
    assert checkpoint.read_config(trained / "model")[0]["metrics"] == {"l1": 0.5}
