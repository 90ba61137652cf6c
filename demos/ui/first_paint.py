"""What a browser gets before gradio has started: our scripts and styles, so that the language is chosen before anything is
drawn, and the shell: the name, the tabs, and what the first tab opens with, text and pictures, where they will stand.

gradio itself adds a page's head only when its own scripts run, a second or two later; so the middleware `Shell` puts all
this into the two pages on their way out. Screen readers skip the shell and get the page itself.
"""

import re
from functools import lru_cache
from html import escape
from pathlib import Path

from .html import heading
from .theme import css
from .words import LANGUAGES, Words

TABS = ("compare", "create", "translate", "live", "lessons", "own", "zoo")
DEMOS = Path(__file__).resolve().parent.parent
SCRIPTS = ("ui/base.js", "tabs/compare/tab.js", "tabs/custom/tab.js", "tabs/lessons/tab.js")
# gradio would ask another host on a caller's behalf; no page of ours does
FETCHING = re.compile(r"/(file|proxy)=\W*https?:", re.I)


@lru_cache(maxsize=1)
def head() -> bytes:
    scripts = "".join(f"<script>{_text(name)}</script>" for name in SCRIPTS)
    # gradio mounts the pages' styles too, after its own, but so late that everything would jump
    return f"<style>{css()}{_text('ui/shell.css')}</style>{scripts}".encode()


def _text(name: str) -> str:
    return (DEMOS / name).read_text(encoding="utf-8")


def shell(words: Words, opening: str) -> bytes:
    """`opening`: HTML of the pictures under the first question."""
    first = f"<section>{heading(words('q_compare'), words('lead_compare'))}{opening}</section>"
    name = f'<b class="gz-name">{words("title")}</b><span class="gz-tagline">{words("tagline")}</span>'
    tabs = "".join(f"<span>{escape(words('tab_' + tab))}</span>" for tab in TABS)
    page = f'<div class="gz-shell" aria-hidden="true"><div class="gz-top">{name}</div><nav>{tabs}</nav>{first}</div>'
    return f"{page}<script>{_text('ui/shell.js')}</script>".encode()


class Shell:
    """ASGI middleware: every HTML page of the app gets its head and its shell. `opening(words)`: what `shell` takes."""

    def __init__(self, app, opening):
        self.app = app
        self.shells = {language: shell(Words(language), opening(Words(language))) for language in LANGUAGES}

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http" and FETCHING.search(scope["path"]):
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        last = scope["path"].rstrip("/").rsplit("/", 1)[-1]
        language = last if last in LANGUAGES else LANGUAGES[0]
        start, body = None, b""

        async def sent(message):
            nonlocal start, body
            if message["type"] == "http.response.start":
                headers = dict(message["headers"])
                if headers.get(b"content-type", b"").startswith(b"text/html") and b"content-encoding" not in headers:
                    start = message
                    return
            elif start is not None:
                body += message.get("body", b"")
                if message.get("more_body"):
                    return
                page = with_shell(body, self.shells[language])
                headers = [(k, v) for k, v in start["headers"] if k != b"content-length"]
                await send({**start, "headers": [*headers, (b"content-length", str(len(page)).encode())]})
                message, start = {"type": "http.response.body", "body": page}, None
            await send(message)

        await self.app(scope, receive, sent)


def with_shell(page: bytes, shell: bytes) -> bytes:
    """The page of a gradio app with ours in it; any other HTML as it is."""
    before, found, after = page.partition(b"<body")
    if not found or b"gradio_config" not in before:
        return page
    opening, _, rest = after.partition(b">")
    top = before.replace(b"<head>", b"<head>" + head(), 1)
    return b"".join([top, b"<body", opening, b">", shell, rest])
