"""What every call of the Hub shares: a request in, a response out, who asks, and what they may see.

`@route` ties a function to a method and an address pattern; `dispatch` finds it. The calls themselves (as huggingface_hub
2.0 to 2.4 and datasets 5.2 ask) are in `repos.py` and `contents.py`; sockets and injected failures in `server.py` and
`trouble.py`. An error is a HubError whose X-Error-Code decides which exception the client raises. Over plain http a 401
needs that code too: the client guesses it from the address only for https.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote

from tests.fake_hub.store import Access, HubError, Repo, Store


@dataclass
class Request:
    method: str
    path: str  # still quoted: a quoted slash is part of a branch or file name
    query: dict[str, list[str]]
    headers: dict[str, str]  # names in lower case
    body: bytes
    access: Access | None = None
    args: dict[str, str] = field(default_factory=dict)  # the named groups of the route

    def json(self) -> dict:
        return json.loads(self.body or b"{}")

    def get(self, name: str) -> str:
        return self.query.get(name, [""])[0]

    def flag(self, name: str) -> bool:
        return self.get(name).lower() in ("1", "true")


@dataclass
class Response:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def answer(value: dict | list, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(value).encode(), status, {"Content-Type": "application/json", **(headers or {})})


Handler = Callable[[Store, Request], Response]
ROUTES: list[tuple[str, re.Pattern, Handler]] = []
REPO = "/api/(?P<kind>models|datasets|spaces)/(?P<id>[^/]+/[^/]+)"
PAGE = "/(?:(?P<kind>datasets|spaces)/)?(?P<id>[^/]+/[^/]+)"
REV = "/(?P<rev>[^/]+)"


def route(methods: str, pattern: str) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        ROUTES.extend((method, re.compile(pattern), handler) for method in methods.split())
        return handler

    return register


def dispatch(store: Store, request: Request) -> Response:
    for method, pattern, handler in ROUTES:
        match = pattern.fullmatch(request.path)
        if match and method == request.method:
            request.args = {name: unquote(value) for name, value in match.groupdict().items() if value is not None}
            request.access = who(store, request)
            new = store.moved.get((request.args.get("kind", "models"), request.args.get("id", "")))
            if new and (request.args.get("kind", "models"), request.args["id"]) not in store.repos:
                return Response(b"", 307, {"Location": request.path.replace(request.args["id"], new, 1)})
            return handler(store, request)
    raise HubError(404, "Sorry, we can't find the page you are looking for.")


def who(store: Store, request: Request) -> Access | None:
    token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    if token and token not in store.tokens:
        raise HubError(401, "Invalid credentials in Authorization header")
    return store.tokens.get(token)


def get_repo(store: Store, request: Request, write: bool = False, content: bool = False) -> Repo:
    """The repository a request names. For others a private one does not exist; a gated one hides its files."""
    repo, access = store.repos.get((request.args.get("kind", "models"), request.args["id"])), request.access
    owner = repo is not None and access is not None and access.user == repo.owner
    if repo is None or (repo.private and not owner) or (write and access is None):
        raise HubError(404 if access else 401, "Repository not found", "RepoNotFound")
    if write:
        require_write(access, repo.owner)
    if content and repo.gated and not owner:
        raise HubError(403 if access else 401, f"Access to {repo.name} is restricted.", "GatedRepo")
    return repo


def require_write(access: Access | None, owner: str) -> None:
    if access is None:
        raise HubError(401, "Invalid username or password.")
    if not access.write or access.user != owner:
        raise HubError(403, f"Forbidden: you have no right to write under the namespace {owner!r}")


def lfs_address(store: Store, repo: Repo, oid: str) -> str:
    return f"{store.files_url}/lfs/{store.secret}/{repo.kind}/{repo.id}/{oid}"
