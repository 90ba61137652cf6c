"""The Hub's calls of a pull: a file's content, and what a folder holds."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from tests.fake_hub.repos import sizes
from tests.fake_hub.routes import PAGE, REPO, REV, Request, Response, answer, get_repo, lfs_address, route
from tests.fake_hub.store import Commit, HubError, Store, git_oid


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
