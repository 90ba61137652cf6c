"""The Hub's calls of a push: which files go as large ones, their content, and the commit."""

from __future__ import annotations

import base64
import json
from hashlib import sha256

from tests.fake_hub.pull import send_file
from tests.fake_hub.routes import PAGE, REPO, REV, Request, Response, answer, get_repo, lfs_address, route
from tests.fake_hub.store import Blob, HubError, Repo, Store, make_blob


@route("POST", REPO + "/preupload" + REV)
def preupload(store: Store, request: Request) -> Response:
    repo = get_repo(store, request, write=True)
    present = repo.find(request.args["rev"]).files
    files = []
    for file in request.json()["files"]:
        path, lfs = file["path"], repo.wants_lfs(file["path"], file["size"])
        item = {"path": path, "uploadMode": "lfs" if lfs else "regular", "shouldIgnore": False}
        if path in present:
            item["oid"] = present[path].etag  # the client leaves the file out when it has the same
        files.append(item)
    return answer({"files": files})


@route("POST", PAGE + r"\.git/info/lfs/objects/batch")
def lfs_batch(store: Store, request: Request) -> Response:
    repo = get_repo(store, request, write=True)
    objects = []
    for wanted in request.json()["objects"]:
        item = {"oid": wanted["oid"], "size": wanted["size"]}
        if wanted["oid"] not in repo.objects:  # no action: nothing to do, it is here
            item["actions"] = {"upload": {"href": lfs_address(store, repo, wanted["oid"]), "header": {}}}
        objects.append(item)
    return answer({"transfer": "basic", "objects": objects})


@route("GET HEAD PUT", "/lfs/(?P<secret>[^/]+)/(?P<kind>[^/]+)/(?P<id>[^/]+/[^/]+)/(?P<oid>[^/]+)")
def lfs_object(store: Store, request: Request) -> Response:
    repo, oid = store.repos.get((request.args["kind"], request.args["id"])), request.args["oid"]
    if repo is None or request.args["secret"] != store.secret:
        raise HubError(403, "Request has expired")
    if request.headers.get("authorization"):
        raise HubError(400, "Only one auth mechanism allowed")  # as the real storage: no token may come this far
    if request.method == "PUT":
        if sha256(request.body).hexdigest() != oid:
            raise HubError(400, "The content does not have the sha256 it was announced with")
        repo.objects[oid] = request.body
        return Response()
    if oid not in repo.objects:
        raise HubError(404, "No such object")
    return send_file(request, repo.objects[oid], {"ETag": f'"{oid}"'})


@route("POST", REPO + "/commit" + REV)
def commit(store: Store, request: Request) -> Response:
    repo = get_repo(store, request, write=True)
    base, ref = repo.find(request.args["rev"]), f"refs/heads/{request.args['rev']}"
    files, header = dict(base.files), {}
    for item in (json.loads(line) for line in request.body.split(b"\n") if line.strip()):
        if item["key"] == "header":
            header = item["value"]
        else:
            change(repo, files, item["key"], item["value"])
    if header.get("parentCommit", base.id) != base.id:
        raise HubError(412, "A commit has happened since. Please refresh and try again.")
    made = repo.commit(ref, files, header["summary"])
    return answer({"success": True, "commitUrl": f"{store.url}/{repo.name}/commit/{made.id}", "commitOid": made.id})


def change(repo: Repo, files: dict[str, Blob], key: str, value: dict) -> None:
    """Apply one line of a commit to the files."""
    path = value["path"]
    if key == "file":
        files[path] = make_blob(base64.b64decode(value["content"]), lfs=False)
    elif key == "lfsFile":
        if value["oid"] not in repo.objects:
            raise HubError(400, f"LFS pointer pointed to a file that does not exist: {path}")
        files[path] = make_blob(repo.objects[value["oid"]], lfs=True)
    elif key == "deletedFile":
        del files[path]
    else:
        raise HubError(400, f"Unknown operation {key!r}")
