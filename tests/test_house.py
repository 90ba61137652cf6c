"""The one direction in which imports point (pyproject.toml, [tool.importlinter]), those inside functions included."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def linted(folder: Path) -> subprocess.CompletedProcess:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_imports_point_one_way():
    done = linted(ROOT)
    assert done.returncode == 0, done.stdout


def test_an_import_in_a_function_that_points_back_is_found(tmp_path):
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "__init__.py").touch()
    (tmp_path / "tiny" / "models.py").write_text("def f():\n    import tiny.training\n")
    (tmp_path / "tiny" / "training.py").touch()
    layers = (
        '[tool.importlinter]\nroot_package = "tiny"\n[[tool.importlinter.contracts]]\nname = "x"\ntype = "layers"\n'
    )
    (tmp_path / "pyproject.toml").write_text(layers + 'layers = ["tiny.training", "tiny.models"]\n')
    done = linted(tmp_path)
    assert done.returncode == 1 and "tiny.models -> tiny.training" in done.stdout, done.stdout
