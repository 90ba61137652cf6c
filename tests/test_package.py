"""ganzoo as a package: what it needs, what its wheel carries, and the command `ganzoo`."""

import json
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from setuptools import Distribution

import ganzoo
from ganzoo import __main__ as command_line
from ganzoo import model_card, package
from ganzoo.hub import locate
from ganzoo.hub.bundled import LEFT_OUT, WEIGHTS
from tests.support.raises_code import raises_code

try:
    import tomllib
except ImportError:  # Python 3.10, where pytest brings the same parser
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FIXED = {"gradio", "torch", "torchvision", "huggingface_hub", "datasets", "pillow", "pytest"}


def named(lines) -> dict[str, Requirement]:
    return {need.name: need for need in map(Requirement, lines)}


def test_requirements_name_everything_for_a_checkout_and_what_is_installed_knows_its_own():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = named(line for line in lines if line and not line.startswith("#"))
    extras = PROJECT["optional-dependencies"]
    everything = [*PROJECT["dependencies"], *(need for name in extras for need in extras[name])]
    assert wanted == named(everything) and wanted.keys() >= FIXED
    core, pages = named(PROJECT["dependencies"]), named(PROJECT["optional-dependencies"]["pages"])
    assert named(package.requirements()).keys() == core.keys()
    assert named(package.requirements("pages")).keys() == core.keys() | pages.keys()


def test_a_card_says_how_to_install_ganzoo_once_it_has_an_address(monkeypatch, tmp_path):
    folder = WEIGHTS / "gan-mnist"
    said = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert "pip install" not in model_card.card_text(said, folder)
    info = tmp_path / f"{package.NAME.replace('-', '_')}-1.dist-info"
    info.mkdir()
    address = "https://example.org/me/ganzoo"
    (info / "METADATA").write_text(f"Name: {package.NAME}\nVersion: 1\nProject-URL: Repository, {address}\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert f"`pip install git+{address}`" in model_card.card_text(said, folder)


def test_the_wheel_carries_the_package_and_a_model_that_it_leaves_out_is_named(monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    wheel = Distribution({"script_name": "setup.py"})
    wheel.parse_config_files()
    build = wheel.get_command_obj("build_py")
    build.ensure_finalized()
    files = {Path(path).relative_to(build.build_lib) for path in build.get_outputs(include_bytecode=False)}
    assert {path.parts[0] for path in files} == {"ganzoo"}
    models = {path.parts[2] for path in files if path.parts[1] == "weights"}
    assert models == {folder.name for folder in WEIGHTS.iterdir()} - set(LEFT_OUT)
    left_out = {"weights", "screenshots", "benchmark", "__pycache__"}
    for folder, name in (("ganzoo", "ganzoo"), ("demos", "ganzoo/demos"), ("train", "ganzoo/train")):
        there = [path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob("*") if path.is_file()]
        wanted = {name / path for path in there if path.suffix != ".md" and not left_out & set(path.parts)}
        assert wanted <= files, wanted - files
    monkeypatch.setattr(locate, "WEIGHTS", tmp_path)
    with raises_code("model_left_out"):
        ganzoo.load(LEFT_OUT[-1])


def ganzoo_command(monkeypatch, *words: str) -> int:
    """The exit code of `ganzoo WORDS`, run in this process."""
    monkeypatch.setattr(sys, "argv", ["ganzoo", *words])
    try:
        return command_line.main()
    except SystemExit as end:
        return end.code


def test_a_command_is_its_script_and_an_unknown_one_is_one_sentence(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    assert ganzoo_command(monkeypatch, "train", "gan", "--smoke") == 0
    assert (tmp_path / "runs" / "gan-mnist-smoke" / "model" / "config.json").is_file()
    assert ganzoo_command(monkeypatch, "translate", "gan-mnist", ".", "out") == 2
    assert "Error: " in capsys.readouterr().err
    assert ganzoo_command(monkeypatch, "demo", "--port", "0") == 2
    assert ganzoo_command(monkeypatch, "train", "vae") == 2
    assert "'train vae'" in capsys.readouterr().err


@pytest.mark.parametrize("words", [command.split() for command in command_line.COMMANDS])
def test_every_command_explains_itself(monkeypatch, capsys, words):
    assert ganzoo_command(monkeypatch, *words, "--help") == 0
    assert f"usage: ganzoo {' '.join(words)}" in capsys.readouterr().out
