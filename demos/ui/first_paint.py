"""What a browser gets before gradio has started: our scripts and styles, so that the language is chosen before anything is
drawn, and the shell: the name, the tabs, and what the first tab opens with, text and pictures, where they will stand.

gradio itself adds a page's head only when its own scripts run, a second or two later; so the middleware `Shell` puts all
this into the two pages on their way out. Screen readers skip the shell and get the page itself.
"""

import re
from functools import lru_cache
from html import escape

from .theme import DEMOS, css
from .words import LANGUAGES, Words

TABS = ("compare", "create", "translate", "live", "lessons", "own", "zoo")
SCRIPTS = ("ui/base.js", "tabs/custom/tab.js")
STYLE = """
.gradio-container .nav-holder, .gradio-container footer { display: none !important; }
/* gradio mounts a page's parts in any order: they are seen when the first ones stand in their places */
.gz-shell ~ * main { visibility: hidden; }
/* gradio's own "Loading" stands in the middle of a page that is still growing: in the middle of the window it stays */
.gradio-container > .main > [data-testid="status-tracker"] { position: fixed !important; pointer-events: none; }
.gz-shell { position: absolute; inset: 0 0 auto 0; max-width: 1280px; margin: 0 auto; padding: 0 clamp(16px, 2.5vw, 24px);
  box-sizing: border-box; color: #191d26; font-family: system-ui, -apple-system, "Segoe UI", "PingFang TC", "Microsoft JhengHei",
  "Noto Sans TC", "Noto Sans CJK TC", sans-serif; pointer-events: none; }
.gz-shell * { margin: 0; } .gz-shell p { color: #515868; }
.gz-shell header { display: flex; flex-wrap: wrap; align-items: baseline; align-content: flex-start; gap: 4px 14px;
  padding: 18px 0 26px; min-height: 77.6px; box-sizing: border-box; }
.gz-shell header b { font-size: 21px; line-height: 1.4; letter-spacing: -0.02em; }
.gz-shell header p { font-size: 15px; line-height: 1.4; }
.gz-shell nav { display: flex; flex-wrap: wrap; padding-bottom: 16px; }
.gz-shell nav span { font-size: 16px; line-height: 40px; padding: 0 4px; margin-inline-end: 22px; white-space: nowrap; }
.gz-shell h2 { font-size: 27px; line-height: 1.2; font-weight: 680; letter-spacing: -0.018em; padding: 14px 0 6px; }
.gz-shell div p { max-width: 68ch; font-size: 16px; line-height: 1.55; text-wrap: pretty; }
.gz-shell h3 { font-size: 16px; font-weight: 650; line-height: 22px; padding-bottom: 8px; }
.gz-shell img { display: block; width: 100%; aspect-ratio: 1; }
.gz-first { display: grid; grid-template-columns: 244px minmax(0, 1fr); gap: 20px; padding-top: 96px; }
.gz-first > div + div { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 16px; }
@media (prefers-color-scheme: dark) { .gz-shell { color: #e6e9f0; } .gz-shell p { color: #a3aabb; } }
@media (max-width: 900px) { .gz-first { grid-template-columns: minmax(0, 360px); } }
@media (max-width: 900px) and (min-width: 561px) { .gz-first > div + div { display: none; } }
@media (max-width: 560px) { .gz-shell h2 { font-size: 20px; } .gz-shell div p { display: none; }
  .gz-first { grid-template-columns: minmax(0, 1fr); gap: 102px; } .gz-first > div:first-child > * { width: 54.3%; }
  .gz-first > div + div { grid-template-columns: 1fr 1fr; gap: 16px 12px; }
  .gz-shell header b { flex-basis: 100%; height: 33.6px; }
  .gz-shell header p { flex-basis: 100%; font-size: 14px; }
  .gz-shell nav span { font-size: 14px; padding: 0 2px; margin-inline-end: 10px; } }
"""
LEAVE = """
(() => { // what another tab asks stands elsewhere; and the page itself takes the shell's place
  const shell = document.querySelector(".gz-shell"), said = new URLSearchParams(location.search);
  if (["tab", "lesson", "set", "model"].some((key) => said.has(key))) shell.querySelector("div").remove();
  const first = shell.querySelector("img") ? "#cmp-results img" : "#tabs h2";
  const watching = new MutationObserver(() => {
    if (!document.querySelector(".gz-top") || !document.querySelector(first)) return;
    watching.disconnect();
    shell.remove();
  });
  watching.observe(document.body, { childList: true, subtree: true });
})();
"""


FETCHING = re.compile(
    r"/(file|proxy)=\W*https?:", re.I
)  # gradio would ask another host on a caller's behalf; no page of ours does


@lru_cache(maxsize=1)
def head() -> bytes:
    texts = ((DEMOS / name).read_text(encoding="utf-8") for name in SCRIPTS)
    # gradio mounts the pages' styles too, after its own, but so late that everything would jump
    return (f"<style>{css()}{STYLE}</style>" + "".join(f"<script>{text}</script>" for text in texts)).encode()


def shell(words: Words, opening: str) -> bytes:
    """`opening`: HTML of the pictures under the first question."""
    first = f"<div><h2>{escape(words('q_compare'))}</h2><p>{escape(words('lead_compare'))}</p>{opening}</div>"
    top = f"<header><b>{escape(words('title'))}</b><p>{escape(words('tagline'))}</p></header>"
    tabs = "".join(f"<span>{escape(words('tab_' + tab))}</span>" for tab in TABS)
    return (
        f'<div class="gz-shell" aria-hidden="true">{top}<nav>{tabs}</nav>{first}</div><script>{LEAVE}</script>'.encode()
    )


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
