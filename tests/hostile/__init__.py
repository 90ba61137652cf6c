"""What a hostile but fair outsider tries: inputs, kills, threads, raw calls. Faults of the Hub are in tests/hub/."""

import re

# What no user and no visitor should ever read.
LEAKS = re.compile(
    r"Traceback|File \\?\"|object at 0x|\[Errno|site-packages|KeyError|TypeError|AttributeError|NoneType"
)


def sentence(error: BaseException) -> str:
    """Why an error is not what a user should meet; nothing if it is one clear sentence."""
    from ganzoo import GanzooError

    text = str(error)
    if not isinstance(error, GanzooError):
        return f"a raw {type(error).__name__}: {text[:100]}"
    if LEAKS.search(text) or "\n" in text:
        return f"no clean sentence: {text[:200]!r}"
    return "" if 10 < len(text) < 700 else f"{len(text)} letters: {text[:100]!r}"
