"""The Hub's calls about buckets and jobs: a bucket takes files by Xet, whose storage is a folder here, and a job is only noted.

`hub.store.buckets` holds {id: {"private", "files": {path: xet hash}}}, `hub.store.jobs` what was posted."""

from __future__ import annotations

import json
import tempfile

from tests.fake_hub.routes import Request, Response, answer, require_write, route
from tests.fake_hub.store import HubError, Store, now

BUCKET = "/api/buckets/(?P<id>[^/]+/[^/]+)"


def get_bucket(store: Store, request: Request, write: bool = False) -> dict:
    id = request.args["id"]
    if write:
        require_write(request.access, id.split("/")[0])
    if id not in store.buckets:
        raise HubError(404, "Bucket not found", "RepoNotFound")
    return store.buckets[id]


@route("POST", BUCKET)
def create(store: Store, request: Request) -> Response:
    id = request.args["id"]
    require_write(request.access, id.split("/")[0])
    url = {"url": f"{store.url}/buckets/{id}"}
    if id in store.buckets:
        return answer({"error": "You already created this bucket", **url}, 409)
    store.buckets[id] = {"private": request.json().get("visibility") == "private", "files": {}}
    return answer(url)


@route("GET", BUCKET)
def info(store: Store, request: Request) -> Response:
    found = get_bucket(store, request)
    about = {"id": request.args["id"], "private": found["private"], "createdAt": now()}
    return answer(about | {"size": 0, "totalFiles": len(found["files"])})


@route("GET", BUCKET + "/tree(?:/(?P<path>.+))?")
def tree(store: Store, request: Request) -> Response:
    get_bucket(store, request)
    return answer([])  # nothing is known to be there, so a client sends everything


@route("GET", BUCKET + "/xet-write-token")
def storage(store: Store, request: Request) -> Response:
    get_bucket(store, request, write=True)
    if not store.xet:
        store.xet = tempfile.TemporaryDirectory(prefix="local-hub-xet-")
    said = {"casUrl": f"local://{store.xet.name}", "exp": 4_000_000_000, "accessToken": "xet"}
    names = {"casUrl": "X-Xet-Cas-Url", "exp": "X-Xet-Token-Expiration", "accessToken": "X-Xet-Access-Token"}
    return answer(said, headers={names[key]: str(value) for key, value in said.items()})


@route("POST", BUCKET + "/batch")
def batch(store: Store, request: Request) -> Response:
    files = get_bucket(store, request, write=True)["files"]
    for item in (json.loads(line) for line in request.body.split(b"\n") if line.strip()):
        files[item["path"]] = item["xetHash"]
    return answer({"success": True, "failed": []})


@route("POST", "/api/jobs/(?P<user>[^/]+)")
def start(store: Store, request: Request) -> Response:
    require_write(request.access, request.args["user"])
    asked = request.json()
    for volume in asked.get("volumes", []):
        if volume["type"] == "bucket" and volume["source"] not in store.buckets:
            raise HubError(404, f"Bucket {volume['source']} not found")
    store.jobs.append(asked)
    return answer(described(request.args["user"], len(store.jobs), asked))


@route("GET", "/api/jobs/(?P<user>[^/]+)/(?P<number>[^/]+)")
def inspect(store: Store, request: Request) -> Response:
    number = int(request.args["number"])
    return answer(described(request.args["user"], number, store.jobs[number - 1]))


@route("GET", "/api/jobs/(?P<user>[^/]+)/(?P<number>[^/]+)/logs")
def logs(store: Store, request: Request) -> Response:
    return Response(b"", 200, {"Content-Type": "text/event-stream"})


def described(user: str, number: int, asked: dict) -> dict:
    said = {"id": str(number), "createdAt": now(), "status": {"stage": "COMPLETED"}, "secrets": {}}
    return asked | said | {"owner": {"id": user, "name": user, "type": "user"}}
