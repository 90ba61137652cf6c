"""The Hub's calls about Spaces alone: secrets, variables, hardware, and who has to pay."""

from __future__ import annotations

from tests.fake_hub.routes import REPO, Request, Response, answer, get_repo, route
from tests.fake_hub.store import HubError, Repo, Store

SPACE = REPO.replace("models|datasets|spaces", "spaces")
FLAVORS = [
    "zero-a10g",
    "cpu-basic",
    "cpu-upgrade",
    "t4-small",
    "t4-medium",
    "l4x1",
    "l4x4",
    "a10g-small",
    "a10g-large",
    "a100-large",
]


def entries(repo: Repo, what: str) -> dict[str, dict]:
    """The secrets or variables of a Space by name; create_repo gave them as a list."""
    found = repo.space.setdefault(what, {})
    if isinstance(found, list):
        found = repo.space[what] = {item["key"]: item for item in found}
    return found


@route("GET POST DELETE", SPACE + "/(?P<what>secrets|variables)")
def settings(store: Store, request: Request) -> Response:
    repo, what = get_repo(store, request, write=True), request.args["what"]
    found = entries(repo, what)
    if request.method == "POST":
        found[request.json()["key"]] = request.json()
    elif request.method == "DELETE":
        found.pop(request.json()["key"], None)
    shown = ("description",) if what == "secrets" else ("value", "description")  # no secret is ever given back
    return answer({key: {k: item[k] for k in shown if k in item} for key, item in found.items()})


def runtime(repo: Repo) -> Response:
    flavor = repo.space.get("hardware")
    stage = repo.space.get("stage") or ("BUILDING" if "app.py" in repo.head.files else "NO_APP_FILE")
    hardware = {"current": None if stage == "BUILDING" else flavor, "requested": flavor}
    return answer({"stage": stage, "hardware": hardware, "gcTimeout": repo.space.get("seconds")})


@route("GET", SPACE + "/runtime")
def get_runtime(store: Store, request: Request) -> Response:
    return runtime(get_repo(store, request))


@route("POST", SPACE + "/hardware")
def request_hardware(store: Store, request: Request) -> Response:
    repo, flavor = get_repo(store, request, write=True), request.json()["flavor"]
    if flavor not in FLAVORS:
        raise HubError(400, f"Invalid flavor: {flavor}")
    store.bill(request.access.user, repo.space.get("sdk", ""), flavor)
    repo.space["hardware"] = flavor
    return runtime(repo)


@route("POST", SPACE + "/(?P<what>restart|pause|sleeptime)")
def run_or_rest(store: Store, request: Request) -> Response:
    repo, what = get_repo(store, request, write=True), request.args["what"]
    if what == "sleeptime":
        repo.space["seconds"] = request.json()["seconds"]
    else:
        repo.space["stage"] = {"restart": "BUILDING", "pause": "PAUSED"}[what]
    return runtime(repo)
