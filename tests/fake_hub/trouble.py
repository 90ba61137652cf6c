"""What can go wrong on the way to the Hub, on purpose: a number is an answer of that status, a word one of `KINDS`."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from time import sleep  # the real one, whatever a test makes of time.sleep

from tests.fake_hub.routes import Request, Response, answer

KINDS = {
    "drop": "the line is cut without an answer",
    "stop": "the whole Hub dies at this request",
    "slow": "the answer takes its time",
    "truncate": "the line is cut in the middle of the content",
    "flip": "the content comes with one byte changed",
    "away": "a redirect to another host",
    "loop": "a redirect to the same address, for ever",
    "page": "an answer of 200 that is somebody else's page (a hotel's login)",
}


@dataclass
class Trouble:
    what: int | str
    count: int = 1  # requests that it meets
    path: str = ""  # a text in their path
    method: str = ""
    seconds: float = 3.0  # of a slow answer
    headers: dict[str, str] = field(default_factory=dict)  # of a status
    met: int = 0

    def meets(self, request: Request) -> bool:
        if self.met >= self.count or self.path not in request.path or self.method not in ("", request.method):
            return False
        self.met += 1
        return True

    def instead(self, request: Request) -> Response | None:
        """What is answered in place of the Hub's own answer, if so."""
        if isinstance(self.what, int):
            return answer({"error": "An injected failure"}, self.what, self.headers)
        if self.what == "loop":
            return Response(b"", 302, {"Location": request.path})
        if self.what == "away":
            return Response(b"", 302, {"Location": "http://elsewhere.example" + request.path})
        if self.what == "page":
            return Response(b"<html>Welcome to our hotel</html>", 200, {"Content-Type": "text/html"})
        return Response() if self.what in ("drop", "stop") else None

    def send(self, handler, response: Response) -> bool:
        """Spoil the sending of an answer. False: it goes out as usual."""
        if self.what == "slow":
            sleep(self.seconds)
        if self.what == "flip" and response.body:
            middle = len(response.body) // 2
            response.body = response.body[:middle] + bytes([response.body[middle] ^ 1]) + response.body[middle + 1 :]
        if self.what == "stop":
            threading.Thread(target=handler.server.hub.stop, daemon=True).start()
        if self.what in ("drop", "stop") or (self.what == "truncate" and response.body):
            if self.what == "truncate":
                handler.begin(response)
                handler.wfile.write(response.body[: len(response.body) // 2])
                handler.wfile.flush()
            handler.close_connection = True
            return True
        return False
