"""What goes wrong around a run: the wrong folder resumed, files exchanged, data changed, Ctrl-C once more. Each gets one
sentence, and nothing that was there is damaged."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from PIL import Image
from test_pairs import write_ab

import ganzoo
from ganzoo import checkpoint, pix2pix, recipe
from ganzoo.errors import GanzooError

ROOT = Path(__file__).parent.parent
TINY = ["--image-size", "32", "--width", "4", "--critic-width", "4", "--patch", "16", "--device", "cpu"]


@pytest.fixture
def trained(tmp_path, monkeypatch):
    """A finished run of one epoch on ten colour pairs; the working folder is the one above runs/."""
    monkeypatch.chdir(tmp_path)
    write_ab(tmp_path / "pairs", 10)
    assert train("--data", "pairs", "--name", "own", *TINY, "--epochs", 1) == 0
    return tmp_path / "runs" / "own"


def train(*flags) -> int:
    return recipe.run(pix2pix, "test", [str(flag) for flag in flags])


def refused(capsys, *flags) -> str:
    """The one sentence with which these flags are refused."""
    capsys.readouterr()
    assert train(*flags) == 2
    said = capsys.readouterr().err
    assert said.startswith("Error: ") and said.count("\n") == 1, said
    return said


def files(folder: Path) -> dict:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_model_is_not_resumed_and_stays_as_it_is(trained, capsys):
    before = files(trained / "model")
    said = refused(capsys, "--resume", trained / "model")
    assert f"--resume {trained}" in said and "--init" in said
    assert files(trained / "model") == before


def test_resume_takes_the_folder_one_stands_in(trained, monkeypatch):
    monkeypatch.chdir(trained)
    assert train("--data", "../../pairs", "--resume", ".", "--epochs", 2) == 0
    assert ganzoo.load(trained).said["training"]["step"] == 18
    assert not list(trained.glob("pix2pix-*"))


def test_data_that_became_grey_is_refused(trained, capsys):
    for path in Path("pairs").iterdir():
        Image.open(path).convert("L").save(path)
    assert "channels (3, 3) then, (1, 1) now" in refused(capsys, "--resume", trained, "--epochs", 2)
    done = subprocess.run(
        [sys.executable, ROOT / "train" / "evaluate.py", trained], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 2 and "put the pairs back" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("kind", ["of another width", "without a critic", "of a step that is a text", "a folder"])
def test_a_resume_file_that_is_not_this_runs_is_refused(trained, capsys, kind):
    path = trained / "resume.pt"
    if kind == "of another width":
        assert train("--data", "pairs", "--name", "wide", *TINY, "--epochs", 1, "--width", 6) == 0
        path.write_bytes((trained.parent / "wide" / "resume.pt").read_bytes())
    elif kind == "a folder":
        path.unlink()
        path.mkdir()
    else:
        state = torch.load(path, weights_only=True)
        if kind == "without a critic":
            del state["nets"]["discriminator"]
        else:
            state["step"] = "soon"
        torch.save(state, path)
    assert "resume.pt" in refused(capsys, "--resume", trained, "--epochs", 2)


def test_three_losses_go_on_only_where_they_were_begun(trained, capsys):
    assert "takes no folder" in refused(capsys, "--loss", "all", "--resume", trained)
    said = refused(capsys, "--loss", "all", "--data", "pairs", "--name", "other", *TINY, "--resume")
    assert "nothing to resume" in said and not list(trained.parent.glob("other*"))


def test_foreign_lines_pictures_and_half_files_cost_nothing(trained):
    with open(trained / "log.jsonl", "a") as log:
        log.write('{}\n{"step": 1}\n{"event": "step", "step": 9}\n[]\nnonsense\n')
    (trained / "samples" / "000003.png").write_text("no picture")
    left = [trained / place / ".curves.png.4711.tmp" for place in (".", "samples", "model")]
    for path in left:
        path.write_text("half")
    assert train("--resume", trained, "--epochs", 2) == 0
    assert ganzoo.load(trained).said["training"]["step"] == 18
    assert not any(path.exists() for path in left)
    assert all("event" in row for row in map(json.loads, (trained / "log.jsonl").read_text().splitlines()))


def test_too_few_that_can_be_read_are_too_few(tmp_path):
    for split in ("train", "test"):
        write_ab(tmp_path / split, 10)
    for path in sorted((tmp_path / "train").iterdir())[2:]:
        path.write_text("no picture")
    with pytest.raises(GanzooError, match=r"holds 2 pair\(s\) to train on that can be read.*8 of 10 train pairs"):
        ganzoo.load_pairs(str(tmp_path), 32)


def test_where_no_pair_can_be_read_ten_are_named(tmp_path):
    for i in range(12):
        (tmp_path / f"{i:02d}.png").write_text("no picture")
    with pytest.raises(GanzooError, match=r"None of the 12 train pairs can be read \(00.png, .*09.png, \.\.\.\)"):
        ganzoo.load_pairs(str(tmp_path), 32)


@pytest.mark.parametrize("name", ["~nobody9/x", "x" * 5000, "gan-mnist/"])
def test_what_is_no_model_is_said(name):
    with pytest.raises(GanzooError):
        ganzoo.load(name)


def test_a_third_ctrl_c_ends_the_process_with_a_word():
    """Twice it asks for a save; whoever insists is let go, without a traceback."""
    code = """
import os, signal
from ganzoo import recipe
def main():
    recipe.heed_ctrl_c([])
    for _ in range(3):
        os.kill(os.getpid(), signal.SIGINT)
    return 0
raise SystemExit(recipe.guarded(main))
"""
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (130, "Stopped.\n"), signal.Signals(2)


@pytest.mark.parametrize(
    "flags",
    [
        ["gan", "--runs", "0"],
        ["gan", "--batches", "-1"],
        ["pix2pix", "--image-size", "7"],
        ["pix2pix", "--width", "9999"],
        ["cyclegan", "--image-size", "30"],
        ["compare", "--runs", "0"],
        ["load", "--visitors", "x"],
        ["nope"],
        [],
    ],
)
def test_speed_refuses_numbers_that_make_no_sense(flags):
    command = [sys.executable, ROOT / "train" / "speed.py", *flags]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2 and done.stderr.startswith("Error: ") and done.stderr.count("\n") == 1, done.stderr


@pytest.mark.parametrize(
    "call",
    [
        lambda: ganzoo.receptive_field([2, 0]),
        lambda: ganzoo.receptive_field("222"),
        lambda: ganzoo.receptive_field([2], kernel=-1),
        lambda: pix2pix.PatchDiscriminator(patch=7),
        lambda: pix2pix.PatchDiscriminator(norm="foo"),
        lambda: pix2pix.PatchDiscriminator(width=0),
        lambda: pix2pix.UNetGenerator(levels=0),
        lambda: pix2pix.UNetGenerator(upsample="foo", levels=2, width=2),
        lambda: pix2pix.UNetGenerator(dropout=float("nan")),
        lambda: ganzoo.load("pix2pix-facades-mae").translate([1, 2]),
        lambda: ganzoo.load("pix2pix-facades-mae").translate_tensor(torch.zeros(3, 64, 64)),
        lambda: ganzoo.load("gan-mnist").tensor(torch.zeros(2, 7)),
    ],
)
def test_functions_say_what_they_take(call):
    with pytest.raises(GanzooError):
        call()


def test_what_is_no_picture_is_said_in_words_of_a_user(tmp_path):
    for source, words in (
        (b"text", "not of a format"),
        (b"", "not of a format"),
        (tmp_path / "none.png", "No such file"),
    ):
        with pytest.raises(GanzooError, match=words) as caught:
            ganzoo.load("pix2pix-facades-mae").translate(source)
        assert "object at" not in str(caught.value) and "Errno" not in str(caught.value)


def test_a_config_with_foreign_facts_still_gets_a_card(trained):
    path = trained / "model" / "config.json"
    said = json.loads(path.read_text())
    said["training"] |= {"before": 5, "changed": "x", "step": "many"}
    path.write_text(json.dumps(said))
    from ganzoo import card

    card.record(trained / "model", {"l1": 0.5})
    assert "many steps" in (trained / "model" / "README.md").read_text()
    assert checkpoint.read_config(trained / "model")[0]["metrics"] == {"l1": 0.5}
