"""A GanzooError as a test expects it: by its code, never by the words of its sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ganzoo.errors import GanzooError


@contextmanager
def raises_code(code: str) -> Iterator[pytest.ExceptionInfo]:
    """`with raises_code("weights_missing") as caught:` as pytest.raises; `caught.value.values` are the error's values."""
    with pytest.raises(GanzooError) as caught:
        yield caught
    assert caught.value.code == code, f"{caught.value.code}: {caught.value}"
