"""The Hub's calls of a pull: a file's content, and what a folder holds."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, quote, urlencode

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
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("range", ""))
    if not match or not any(match.groups()):
        return Response(data, 200, headers)
    first, last = match.groups()
    start = int(first) if first else max(0, len(data) - int(last))
    end = min(int(last), len(data) - 1) if first and last else len(data) - 1
    if start > end:
        raise HubError(416, "Requested range not satisfiable", headers={"Content-Range": f"bytes */{len(data)}"})
    headers["Content-Range"] = f"bytes {start}-{end}/{len(data)}"
    return Response(data[start : end + 1], 206, headers)


def entry(commit: Commit, path: str, expand: bool) -> dict:
    """A file or folder as the two listings below write it."""
    blob = commit.files.get(path)
    if blob:
        item = {"type": "file", "path": path, "oid": blob.oid, **sizes(blob, "oid")}
    else:
        listing = json.dumps({name: inside.oid for name, inside in commit.under(path).items()})
        item = {"type": "directory", "path": path, "oid": git_oid("tree", listing.encode()), "size": 0}
    if expand:
        last = commit.last_change(path)
        item["lastCommit"] = {"id": last.id, "title": last.title, "date": last.date}
    return item


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
    start = int(request.get("cursor", "0"))
    end = start + store.page_size
    headers = {}
    if end < len(names):
        query = urlencode({**{key: values[0] for key, values in request.query.items()}, "cursor": end})
        headers["Link"] = f'<{store.url}{quote(request.path, safe="/%")}?{query}>; rel="next"'
    return answer([entry(commit, name, request.flag("expand")) for name in names[start:end]], headers=headers)


@route("POST", REPO + "/paths-info" + REV)
def paths_info(store: Store, request: Request) -> Response:
    """The named files and folders; those that are not there are left out."""
    commit = get_repo(store, request).find(request.args["rev"])
    form = parse_qs(request.body.decode())
    expand = form.get("expand", [""])[0].lower() in ("1", "true")
    paths = [path.strip("/") for path in form.get("paths", [])]
    return answer([entry(commit, path, expand) for path in paths if path and commit.under(path)])
