"""A Hugging Face Hub on 127.0.0.1 for the tests: the real huggingface_hub and datasets talk to it over real HTTP.

    with LocalHub() as hub:
        hub.add_user("alice", token="hf_alice")
        hub.add_repo("datasets", "alice/digits", {"data/train.parquet": content})
        subprocess.run([sys.executable, "script.py"], env=hub.env(tmp_path))    # the client reads these once, at import

By hand: `python -m tests.fake_hub.server --port 8900` prints the lines to export and serves until Ctrl-C.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import sys
import tempfile
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

from tests.fake_hub import contents, repos  # noqa: F401  (their calls)
from tests.fake_hub.routes import Request, Response, answer, dispatch
from tests.fake_hub.store import Access, HubError, Repo, Store
from tests.fake_hub.trouble import Trouble

# What keeps the clients from asking any other host, and quiet.
QUIET = {
    "HF_HUB_DISABLE_XET": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "HF_UPDATE_DOWNLOAD_COUNTS": "0",
    "DO_NOT_TRACK": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
}


class Handler(BaseHTTPRequestHandler):
    """Bytes to Request and Response to bytes."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else headers and body, two writes, cost 40 ms on a kept connection

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    def handle_one(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))  # the clients always say the length
        hub: LocalHub = self.server.hub
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, path, parse_qs(query), headers, body)
        trouble = hub.trouble_for(request)
        response = (trouble.instead(request) if trouble else None) or hub.handle(request)
        if hub.verbose:
            print(response.status, self.command, path.replace(hub.store.secret, "..."), file=sys.stderr)
        if trouble and trouble.send(self, response):
            return
        self.begin(response)
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def begin(self, response: Response) -> None:
        """Send all of an answer but its body."""
        self.send_response(response.status)
        for name, value in {**response.headers, "Content-Length": str(len(response.body))}.items():
            self.send_header(name, value)
        self.end_headers()

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_CONNECT = handle_one

    def log_message(self, format: str, *args: object) -> None:
        pass  # tests read hub.requests instead


class Server(ThreadingHTTPServer):
    def __init__(self, port: int, hub: LocalHub) -> None:
        self.hub = hub
        self.connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):  # a client that left is no error
            traceback.print_exc()


class LocalHub(contextlib.AbstractContextManager):
    """The Hub as tests use it, up until `stop` or the end of its `with`. Without `port` a free one is taken."""

    def __init__(self, port: int = 0, verbose: bool = False) -> None:
        self.requests: list[tuple[str, str]] = []  # (method, path) of every request, without host and query
        self.outside: list[tuple[str, str]] = []  # what a client wanted of any other host
        self.verbose = verbose
        self.store = Store()
        self.troubles: list[Trouble] = []
        self._lock = threading.Lock()
        self._server = Server(port, self)
        self.port = self._server.server_port
        self.url = self.store.url = f"http://127.0.0.1:{self.port}"
        self.store.files_url = f"http://localhost:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Take the Hub down: new connections are refused and the kept ones end."""
        self._server.shutdown()
        self._server.server_close()
        for connection in list(self._server.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def add_user(self, name: str, token: str, write: bool = True) -> None:
        """A token for a user, new or known."""
        self.store.tokens[token] = Access(name, write)

    def add_repo(self, kind: str, id: str, files: dict[str, bytes], private=False, gated: str | bool = False) -> Repo:
        """A repository with these files in one commit; `kind` is models, datasets or spaces; gated: auto, manual."""
        with self._lock:
            return self.store.add_repo(kind, id, files, private, "auto" if gated is True else gated)

    def env(self, home: Path | str, token: str | None = None) -> dict[str, str]:
        """The environment of a client whose cache is under `home`. Token: None the first user's, "" a stranger's.

        No setting of the person at the keyboard passes, above all no token. As proxy for all other hosts the Hub names
        itself: such a request ends here in 404 and in `outside` and never reaches the network.
        """
        mine = ("HF_", "HUGGING_FACE_", "HUGGINGFACE", "TRANSFORMERS_OFFLINE")
        env = {k: v for k, v in os.environ.items() if not k.startswith(mine) and not k.lower().endswith("_proxy")}
        env.update(QUIET, HF_ENDPOINT=self.url, HF_HOME=str(Path(home) / "hf"))
        env.update(HTTP_PROXY=self.url, HTTPS_PROXY=self.url, NO_PROXY="127.0.0.1,localhost,0.0.0.0,::1")
        env.update({name.lower(): env[name] for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")})
        token = next(iter(self.store.tokens), "") if token is None else token
        return {**env, "HF_TOKEN": token} if token else env

    def fail_next(self, what: int | str, count: int = 1, path_contains: str = "", **more) -> None:
        """The next `count` requests whose path contains a text meet this trouble: a status, or one of trouble.KINDS."""
        self.troubles.append(Trouble(what, count, path_contains, **more))

    def trouble_for(self, request: Request) -> Trouble | None:
        with self._lock:
            found = next((trouble for trouble in self.troubles if trouble.meets(request)), None)
            if found:
                self.requests.append((request.method, request.path))
            return found

    def reset(self) -> None:
        """As new, for the next test: no repositories, no collections, no troubles; the users stay."""
        with self._lock:
            store = self.store
            store.repos, store.collections, store.moved, store.paying = {}, {}, {}, None
            self.troubles, self.requests, self.outside = [], [], []

    def change(self, kind: str, id: str, files: dict[str, bytes], ref: str = "refs/heads/main") -> None:
        """Somebody commits these files to main, or the Hub does to another branch."""
        with self._lock:
            self.store.repos[kind, id].put(files, "Change", ref)

    def rename(self, kind: str, old: str, new: str) -> None:
        """Somebody renames a repository: the old name redirects from now on."""
        with self._lock:
            repo = self.store.repos[kind, new] = self.store.repos.pop((kind, old))
            repo.id = new
            self.store.moved[kind, old] = new

    def handle(self, request: Request) -> Response:
        # One call at a time: the store needs no locks of its own, and a commit is all or nothing.
        with self._lock:
            if not request.path.startswith("/"):
                self.outside.append((request.method, request.path))
                return answer({"error": "The local Hub reaches no other host"}, 404)
            self.requests.append((request.method, request.path))
            try:
                return dispatch(self.store, request)
            except HubError as error:
                return answer(error.body, error.status, error.headers)
            except Exception:  # a server answers, whatever happens; the traceback is for who writes the test
                traceback.print_exc()
                return answer({"error": "Internal error of the local Hub"}, 500)


def main() -> None:
    parser = argparse.ArgumentParser(description="A local Hugging Face Hub, empty at start and forgotten at the end.")
    parser.add_argument("--port", type=int, default=8900)
    with tempfile.TemporaryDirectory(prefix="local-hub-") as home, LocalHub(parser.parse_args().port, True) as hub:
        hub.add_user("alice", token="hf_local_alice")  # good for nothing but this server
        print("# A Hub of your own, where you are alice. Paste these lines into a second terminal and push there;")
        print("# Ctrl-C here ends it, and what it holds is gone.")
        for name in ("HF_ENDPOINT", "HF_TOKEN", "HF_HOME", "NO_PROXY", *QUIET):
            print(f"export {name}={hub.env(home)[name]}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
