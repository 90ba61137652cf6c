"""Raw HTTP calls to the page: every event of it with junk, broken bodies, paths of files. No answer holds a traceback, a path
of the server or another visitor's picture, and the server's log holds at most one error a call, without the input."""

import http.client
import io
import json
import random
import re
import urllib.error
import urllib.request
from pathlib import Path

import httpx

# What no user and no visitor should ever read.
LEAKS = re.compile(r"Traceback|File \\?\"|object at 0x|\[Errno|site-packages|(Key|Type|Attribute)Error|NoneType")
MARK = "visitor-7f3a91"  # in every junk text: it must never stand in the server's log
ROOT = Path(__file__).resolve().parent.parent.parent
HOME = re.compile(rf"{re.escape(str(ROOT))}|site-packages|/tmp/ganzoo-|/proc/self|/usr/lib/python")
# Where gradio serves a picture of an answer; the hash in it is not to be guessed.
CACHED = re.compile(r"/tmp/ganzoo-uploads-\d+/[0-9a-f]{64}/[\w.-]+")
JUNK = (
    None, True, -5, 1e308, 10**30, "", MARK, [], {}, [[]], {"a": MARK}, "x" * 3000 + MARK, "\0" + MARK, "[" * 50_000,
    {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}, {"path": "../../app.py"}, "data:image/png;base64," + MARK,
    '{"id": 1, "do": "draw", "family": "../../x", "drawing": "data:"}', f'{{"do": "{MARK}"}}',
    '{"id": 1, "do": "upload", "file": "data:image/png;base64,iVBORw0KGgo="}', "<script>alert(1)</script>",
)  # fmt: skip
BODIES = (
    b"", b"{", b"null", b"\xff\xfe", b"[" * 50_000, b'{"data": 7}', b'{"data": [], "fn_index": -1}',
    b'{"data": [], "api_name": "../x"}', b'{"data": {}, "session_hash": ["x"]}', b'{"data": [1], "trigger_id": {}}',
)  # fmt: skip
PATHS = (
    "gradio_api/file=/etc/passwd", "gradio_api/file=../../etc/passwd", "gradio_api/file=demos/app.py", "file=/etc/passwd",
    f"gradio_api/file={ROOT}/README.md", "gradio_api/file=/proc/self/environ", "gradio_api/file=%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "gradio_api/file=http://127.0.0.1:1/x", "gradio_api/proxy=http://127.0.0.1:1/x", "gradio_api/call/none/x",
    "gradio_api/queue/data?session_hash=" + MARK, "theme.css?v=../../x", "static/../../../etc/passwd", "assets/%00",
    "zh/../../etc/passwd", "?tab=<script>", "?tab=compare&family=../../x", "gradio_api/vibe-edit/",
)  # fmt: skip


class Page:
    """The page as a raw client sees it."""

    def __init__(self, url: str):
        self.url = url
        text = self.ask("")[1]
        config = json.loads(re.search(r"window\.gradio_config = (\{.*?\});</script>", text, re.DOTALL)[1])
        # all but the search for a name on the Hub: most junk could be one
        searches = {part["id"] for part in config["components"] if part["props"].get("elem_id") == "hub-owner"}
        self.events = [e for e in config["dependencies"] if e["backend_fn"] and not searches & set(e["inputs"])]

    def ask(self, path: str, body: bytes | None = None, seconds: float = 60) -> tuple[int, str]:
        """(status, text), whatever the server says; status 0 where it says nothing."""
        request = urllib.request.Request(self.url + path, body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=seconds) as answer:
                return answer.status, answer.read(1 << 22).decode(errors="replace")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")
        except (OSError, ValueError, http.client.HTTPException):  # no end of a stream, a body refused in the middle
            return 0, ""

    def event(self, event: dict, body: bytes) -> tuple[int, str]:
        """What an event answers: at once, or where it has a queue, at the end of its stream."""
        if event["queue"] is False:
            return self.ask("gradio_api/run/predict", body)
        status, said = self.ask("gradio_api/queue/join", body)
        if status != 200:
            return status, said
        session = json.loads(body)["session_hash"]
        return self.ask(f"gradio_api/queue/data?session_hash={session}", seconds=2)  # some streams only beat


def tried(url: str, printed) -> list[str]:
    """Raw calls of the page at `url`: each path, each broken body, each event at once and half of those that
    have a queue; `printed()` is what its server has written -> what went wrong."""
    page, dice, wrong = Page(url), random.Random(0), []
    before, foreign, count = len(printed().splitlines()), _secret(page), 0

    def check(name: str, answer: tuple[int, str]) -> None:
        nonlocal count
        count += 1
        said = CACHED.sub("", answer[1])
        own = said.replace(MARK, "").replace(name.rpartition("file=")[2], "")  # what it asked for it may hear again
        if found := LEAKS.search(own) or HOME.search(own):
            wrong.append(f"{name}: says {own[max(0, found.start() - 60) : found.end() + 60]!r}")
        if any(piece in said for piece in foreign):
            wrong.append(f"{name}: another visitor's picture")

    for path in PATHS:
        check(path, page.ask(path, seconds=3))
    for route in ("gradio_api/run/predict", "gradio_api/queue/join", "gradio_api/call/sample"):
        for body in BODIES:
            check(f"{route} {body[:20]}", page.ask(route, body))
    for event in page.events:
        if event["queue"] is not False and dice.random() < 0.5:
            continue
        junk, length = dice.choice(JUNK), dice.choice((len(event["inputs"]), len(event["inputs"]), 0, 1, 40))
        asked = {"data": [junk] * length, "fn_index": event["id"], "session_hash": f"{MARK}-{dice.randint(1, 9)}"}
        body = json.dumps(asked | {"event_data": dice.choice((None, {"query": MARK}, 7))}).encode()
        answer = page.event(event, body)
        check(f"event {event['id']} {str(junk)[:20]}", answer)
        assert answer[0] != 500 or json.loads(answer[1])["error"], (event["id"], junk)  # a sentence, not null
    lines = printed().splitlines()[before:]
    errors = [line for line in lines if not line.startswith(" ")]  # below each of them the calls that led to it
    if any("Traceback" in line or MARK in line for line in lines) or len(errors) > count:
        odd = next((line for line in lines if "Traceback" in line or MARK in line), f"{len(errors)} errors")
        wrong.append(f"the log: {odd[:200]}")
    if _secret(page) != foreign:
        wrong.append("afterwards the page answers otherwise")
    return wrong


def _secret(page: Page) -> list[str]:
    """A visitor has a picture translated -> the addresses of what was made of it, which nobody else may see."""
    from ganzoo.data.drawings import facade

    drawing = io.BytesIO()
    facade(424_242, 128).save(drawing, "PNG")
    path = uploaded(page.url, "a.png", drawing.getvalue())
    asked = {"data": [{"path": path, "meta": {"_type": "gradio.FileData"}}, "facades", None]}
    event = json.loads(page.ask("gradio_api/call/translate", json.dumps(asked).encode())[1])["event_id"]
    _, said = page.ask(f"gradio_api/call/translate/{event}")
    found = re.findall(r'"path": "([^"]+)"', said)
    assert len(found) >= 3, said[:300]
    return found


def uploaded(url: str, name: str, content: bytes) -> str:
    """A file goes to the server -> where it lies there."""
    (path,) = httpx.post(
        url + "gradio_api/upload", files={"files": (name, content)}, timeout=60, trust_env=False
    ).json()
    return path
