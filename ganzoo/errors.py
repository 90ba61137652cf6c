"""The one kind of error that a user can cause: a stable code, and a clear sentence with its remedy, never a traceback.

Library code raises `GanzooError(code, **values)`, and errors.json holds the sentence of every code. A recipe prints the
sentence and exits with 2, a page shows it as a notice. Code and tests decide by the code, never by the sentence's words.
"""

import json
from pathlib import Path

SENTENCES: dict[str, str] = json.loads(Path(__file__).with_name("errors.json").read_text(encoding="utf-8"))


class GanzooError(Exception):
    """Something the user can put right. str() is one sentence that says what is wrong and what to do.

    code: a short word for what is wrong, which stays the same when the sentence is edited.
    values: what the places in the sentence hold, by name; a list is written with commas, an empty one as "none".
    """

    def __init__(self, code: str, /, **values):
        super().__init__(code)
        self.code, self.values = code, values

    def __str__(self) -> str:
        written = {n: ", ".join(map(str, v)) or "none" if isinstance(v, list) else v for n, v in self.values.items()}
        return SENTENCES[self.code].format(**written)


class Stopped(GanzooError):
    """Ctrl-C came before the end. The sentence says what is whole and how to go on."""
