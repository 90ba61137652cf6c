"""A GanzooError as a test expects it: by its code, never by the words of its sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ganzoo.errors import GanzooError


@contextmanager
def raises_code(code: str, **values) -> Iterator[pytest.ExceptionInfo]:
    """`with raises_code("weights_missing", name="x") as caught:` as pytest.raises; these are among the error's values."""
    with pytest.raises(GanzooError) as caught:
        yield caught
    assert caught.value.code == code, f"{caught.value.code}: {caught.value}"
    assert {name: caught.value.values[name] for name in values} == values
