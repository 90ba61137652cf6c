"""Imports point one way (pyproject.toml, [tool.importlinter]), those inside functions included; no file or function is long."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LINES, FUNCTION = 300, 60  # a file can be read at one sitting and a function at one look


def test_imports_point_one_way():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def long_functions(text: str) -> list[str]:
    functions = [n for n in ast.walk(ast.parse(text)) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return [f"{f.name}: {f.end_lineno - f.lineno + 1} lines" for f in functions if f.end_lineno - f.lineno >= FUNCTION]


def test_a_file_and_its_functions_are_short():
    files = [path for folder in ("ganzoo", "train", "demos") for path in (ROOT / folder).rglob("*.py")]
    texts = {path: path.read_text(encoding="utf-8") for path in files}
    assert len(texts) > 100
    assert not [path for path, text in texts.items() if len(text.splitlines()) > LINES]
    assert not {path: found for path, text in texts.items() if (found := long_functions(text))}
