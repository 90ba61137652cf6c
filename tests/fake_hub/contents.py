"""The Hub's calls about files: a file's content, what a folder holds, which files go as large ones, and the commit."""

from __future__ import annotations

import base64
import json
import re
from hashlib import sha256
from urllib.parse import parse_qs

from tests.fake_hub.repos import sizes
from tests.fake_hub.routes import PAGE, REPO, REV, Request, Response, answer, get_repo, lfs_address, route
from tests.fake_hub.store import Blob, Commit, HubError, Repo, Store, git_oid, make_blob


@route("GET HEAD", PAGE + "/resolve" + REV + "/(?P<path>.+)")
def resolve(store: Store, request: Request) -> Response:
    repo = get_repo(store, request, content=True)
    commit = repo.find(request.args["rev"])
    blob = commit.files.get(request.args["path"])
    headers = {"X-Repo-Commit": commit.id}
    if blob is None:
        raise HubError(404, "Entry not found", "EntryNotFound", headers)  # the client remembers the absence per commit
    if blob.lfs:
        linked = {"X-Linked-Etag": f'"{blob.etag}"', "X-Linked-Size": str(len(blob.data))}
        return Response(b"", 302, {**headers, **linked, "Location": lfs_address(store, repo, blob.sha256)})
    return send_file(request, blob.data, {**headers, "ETag": f'"{blob.etag}"'})


def send_file(request: Request, data: bytes, headers: dict[str, str]) -> Response:
    headers = {**headers, "Content-Type": "application/octet-stream", "Accept-Ranges": "bytes"}
    match = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
    if not match:
        return Response(data, 200, headers)
    start, last = int(match[1]), len(data) - 1
    end = min(int(match[2]), last) if match[2] else last
    if start > end:
        raise HubError(416, "Requested range not satisfiable", headers={"Content-Range": f"bytes */{len(data)}"})
    headers["Content-Range"] = f"bytes {start}-{end}/{len(data)}"
    return Response(data[start : end + 1], 206, headers)


def entry(commit: Commit, path: str) -> dict:
    """A file or folder as the two listings below write it."""
    last = {"lastCommit": {"id": commit.id, "title": commit.title, "date": commit.date}}
    if blob := commit.files.get(path):
        return {"type": "file", "path": path, "oid": blob.oid, **sizes(blob, "oid"), **last}
    return {"type": "directory", "path": path, "oid": git_oid("tree", path.encode()), "size": 0, **last}


@route("GET", REPO + "/tree" + REV + "(?:/(?P<path>.+))?")
def tree(store: Store, request: Request) -> Response:
    commit = get_repo(store, request).find(request.args["rev"])
    folder = request.args.get("path", "").strip("/")
    top = folder + "/" if folder else ""
    folders = {path[:i] for path in commit.files for i, letter in enumerate(path) if letter == "/"}
    names = [name for name in sorted(folders) + sorted(commit.files) if name.startswith(top)]
    if folder and not names:
        raise HubError(404, f"{folder} does not exist", "EntryNotFound")
    if not request.flag("recursive"):
        names = [name for name in names if "/" not in name[len(top) :]]
    return answer([entry(commit, name) for name in names])


@route("POST", REPO + "/paths-info" + REV)
def paths_info(store: Store, request: Request) -> Response:
    """The named files and folders; those that are not there are left out."""
    commit = get_repo(store, request).find(request.args["rev"])
    paths = [path.strip("/") for path in parse_qs(request.body.decode()).get("paths", [])]
    return answer([entry(commit, path) for path in paths if path and commit.has(path)])


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
