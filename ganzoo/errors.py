"""The one kind of error that a user can cause: a clear sentence with its remedy, never a traceback.

Library code raises `GanzooError`; a recipe prints it and exits with 2, a page shows it as a notice.
"""


class GanzooError(Exception):
    """Something the user can put right. The message is one sentence that says what is wrong and what to do."""


class Stopped(GanzooError):
    """Ctrl-C came before the end. The message says what is whole and how to go on."""
