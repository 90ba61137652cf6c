"""Every error has a stable code, and every code one sentence in ganzoo/errors.json."""

import ast
import copy
import json
import pickle
import re
import string
from pathlib import Path

import pytest

from ganzoo import errors
from ganzoo.errors import GanzooError, Stopped

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "ganzoo" / "errors.json"


def codes_of(node: ast.expr) -> list[str]:
    """The code of a call as it stands in the source; two where `if` chooses between them."""
    if isinstance(node, ast.IfExp):
        return codes_of(node.body) + codes_of(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) else []


def raised() -> list[tuple[str, list[str], set[str | None]]]:
    """(where, codes, names of the values) of every error that the source makes."""
    found = []
    for part in ("ganzoo", "train", "demos"):
        for path in sorted((ROOT / part).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("GanzooError", "Stopped"):
                    where = f"{path.relative_to(ROOT)}:{node.lineno}"
                    found.append((where, codes_of(node.args[0]), {value.arg for value in node.keywords}))
    return found


def places(sentence: str) -> set[str]:
    """The names of the values that a sentence needs."""
    return {re.split(r"[.\[]", name)[0] for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_every_error_has_its_sentence_and_the_values_for_it():
    wrong = []
    for where, codes, values in raised():
        if not codes:
            wrong.append(f"{where}: the code is not written out")
        for code in codes:
            if code not in errors.SENTENCES:
                wrong.append(f"{where}: {code} has no sentence")
            elif places(errors.SENTENCES[code]) != values:
                wrong.append(f"{where}: {code} needs {places(errors.SENTENCES[code])}, not {values}")
    assert not wrong, "\n".join(wrong)


def test_every_sentence_is_used_once_in_the_table():
    used = {code for _, codes, _ in raised() for code in codes}
    pairs = json.loads(TABLE.read_text(encoding="utf-8"), object_pairs_hook=list)
    codes = [code for code, _ in pairs]
    assert sorted(set(codes) - used) == [], "no code raises these"
    assert codes == sorted(set(codes)), "the table is sorted, and no code stands in it twice"
    assert all(re.fullmatch("[a-z][a-z0-9_]*", code) for code in codes)


@pytest.mark.parametrize("kind", [GanzooError, Stopped])
def test_an_error_survives_pickle_and_copy(kind):
    error = kind("wrong_shape", path="a/b", name="x", shape=(2, 3), wanted=(3, 2))
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(other) is kind
        assert (other.code, other.values, str(other)) == (error.code, error.values, str(error))
    # a list among the values is written with commas
    assert "left, right" in str(GanzooError("data_without_pictures", repo="a/b", columns=["left", "right"]))
