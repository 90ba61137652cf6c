"""A file can be read at one sitting and a function at one look: ganzoo/ and train/."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted(path for folder in ("ganzoo", "train") for path in (ROOT / folder).rglob("*.py"))
LINES, FUNCTION = 300, 60


def long_functions(text: str) -> list[str]:
    functions = [n for n in ast.walk(ast.parse(text)) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return [f"{f.name}: {f.end_lineno - f.lineno + 1} lines" for f in functions if f.end_lineno - f.lineno >= FUNCTION]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_and_its_functions_are_short(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LINES
    assert not long_functions(text)


def test_a_long_function_is_found():
    assert long_functions("def f():\n" + "    pass\n" * FUNCTION) == [f"f: {FUNCTION + 1} lines"]
    assert not long_functions("def f():\n" + "    pass\n" * (FUNCTION - 1))
