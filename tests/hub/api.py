"""The Hub's calls, one function each: a request in, a response out (as huggingface_hub 2.4 and datasets 5.2 ask).

`@route` ties a function to a method and an address pattern; `dispatch` finds it. Everything else (sockets, injected
failures, what was asked) is in `server.py`. An error is a HubError whose X-Error-Code decides which exception the
client raises. Over plain http a 401 needs that code too: the client guesses it from the address only for https.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import parse_qs, quote, unquote, urlencode

from hub.store import Access, Blob, Commit, HubError, Repo, Store, git_oid, make_blob

# What of a card becomes a tag to filter by, and what is put before it.
TAGS = {"tags": "", "library_name": "", "pipeline_tag": "", "license": "license:", "datasets": "dataset:"}
SPACE_COLORS = ("red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray", None)
SPACE_KEYS = {"sdk": ("gradio", "docker", "static"), "colorFrom": SPACE_COLORS, "colorTo": SPACE_COLORS}


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

    def get(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[0]

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
            return handler(store, request)
    raise HubError(404, "Sorry, we can't find the page you are looking for.")


# Who asks, and what may they see -------------------------------------------------------------------------------------


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
    if content and repo.gated and not owner and not (access and access.user in repo.granted):
        raise HubError(403 if access else 401, f"Access to {repo.name} is restricted.", "GatedRepo")
    return repo


def require_write(access: Access | None, owner: str) -> None:
    if access is None:
        raise HubError(401, "Invalid username or password.")
    if not access.write or access.user != owner:
        raise HubError(403, f"Forbidden: you have no right to write under the namespace {owner!r}")


# Accounts and cards --------------------------------------------------------------------------------------------------


@route("GET", "/api/whoami-v2")
def whoami(store: Store, request: Request) -> Response:
    if request.access is None:
        raise HubError(401, "Invalid username or password.")
    name, role = request.access.user, "write" if request.access.write else "read"
    account = {
        "type": "user",
        "id": name,
        "name": name,
        "fullname": name,
        "isPro": name in (store.paying or ()),
        "orgs": [],
    }
    return answer({**account, "auth": {"type": "access_token", "accessToken": {"displayName": role, "role": role}}})


def front_matter(text: str) -> dict[str, str | list[str]]:
    """The flat part of a card's YAML: `key: value`, `key: [a, b]`, `key:` over `- item` lines; no nested parts."""
    data: dict[str, str | list[str]] = {}
    key = ""
    lines = text.lstrip("\ufeff").splitlines()
    if not lines or lines[0].rstrip() != "---":
        return {}
    for line in lines[1:]:
        item = line.strip()
        if line.rstrip() == "---":
            return data
        if item.startswith("- ") and ": " not in item and isinstance(data.get(key), list):
            data[key].append(item[2:].strip(" '\""))
        elif line[:1] in (" ", "-"):
            data.pop(key, None)
        elif ":" in line and not item.startswith("#"):
            key, value = (part.strip() for part in line.split(":", 1))
            if value.startswith("["):
                data[key] = [word.strip(" '\"") for word in value.strip("[]").split(",") if word.strip()]
            else:
                data[key] = value.strip("'\"") if value else []
    return {}


@route("POST", "/api/validate-yaml")
def validate_yaml(store: Store, request: Request) -> Response:
    """A part of the Hub's rules: those for the card of a Space."""
    card = request.json()
    data = front_matter(card["content"])
    warnings = [] if data else ["empty or missing yaml metadata in repo card"]
    errors = []
    if card.get("repoType") == "space" and data:
        errors = [
            f'"{key}" must be one of {values}' for key, values in SPACE_KEYS.items() if data.get(key) not in values
        ]
        if len(data.get("short_description", "")) > 60:
            errors.append('"short_description" length must be less than or equal to 60 characters long')
    found = {"errors": [{"message": text} for text in errors], "warnings": [{"message": text} for text in warnings]}
    return answer(found, 400 if errors else 200)


# Repositories --------------------------------------------------------------------------------------------------------


def named_in_body(request: Request) -> tuple[str, str]:
    """Kind and id of the repository to create or delete; without an owner it is one's own."""
    asked = request.json()
    owner = asked.get("organization") or (request.access.user if request.access else "")
    return asked.get("type", "model") + "s", f"{owner}/{asked['name']}"


@route("DELETE", "/api/repos/delete")
def delete_repo(store: Store, request: Request) -> Response:
    request.args["kind"], request.args["id"] = kind, id = named_in_body(request)
    get_repo(store, request, write=True)
    del store.repos[kind, id]
    return answer({})


@route("POST", "/api/repos/create")
def create_repo(store: Store, request: Request) -> Response:
    asked, (kind, id) = request.json(), named_in_body(request)
    require_write(request.access, id.split("/")[0])
    if (kind, id) in store.repos:
        # With exist_ok=True the client reads the address out of the refusal.
        raise HubError(409, "You already created this repo", url=f"{store.url}/{store.repos[kind, id].name}")
    if kind == "spaces":
        store.bill(request.access.user, asked.get("sdk", ""), asked.get("hardware"))
    repo = store.add_repo(kind, id, {}, asked.get("visibility") == "private", False)
    repo.space = {key: asked[key] for key in ("sdk", "hardware", "secrets", "variables") if key in asked}
    return answer({"url": f"{store.url}/{repo.name}", "name": id, "id": id})


@route("PUT", REPO + "/settings")
def settings(store: Store, request: Request) -> Response:
    repo, asked = get_repo(store, request, write=True), request.json()
    if "visibility" in asked:
        repo.private = asked["visibility"] == "private"
    repo.gated = asked.get("gated", repo.gated)
    return answer({"private": repo.private, "gated": repo.gated})


@route("POST", REPO + "/user-access-request/grant")
def grant_access(store: Store, request: Request) -> Response:
    get_repo(store, request, write=True).granted.add(request.json()["user"])
    return answer({})


@route("GET", REPO + "/auth-check(?P<write>/write)?")
def auth_check(store: Store, request: Request) -> Response:
    get_repo(store, request, write="write" in request.args, content=True)
    return answer({})


def describe(repo: Repo, commit: Commit, blobs: bool = False) -> dict:
    readme = commit.files.get("README.md")
    card = front_matter(readme.data.decode(errors="replace")) if readme else {}
    tags, siblings = [], []
    for key, start in TAGS.items():
        values = card.get(key, [])
        tags += [start + value for value in ([values] if isinstance(values, str) else values)]
    for path, blob in sorted(commit.files.items()):
        siblings.append({"rfilename": path, **({"blobId": blob.oid, **sizes(blob, "sha256")} if blobs else {})})
    info = {"id": repo.id, "author": repo.owner, "sha": commit.id, "private": repo.private, "gated": repo.gated}
    info.update(lastModified=commit.date, createdAt=repo.created, disabled=False, downloads=0, likes=0)
    info.update(tags=tags, cardData=card, siblings=siblings)
    if repo.kind == "models":
        info.update({key: card[key] for key in ("library_name", "pipeline_tag") if key in card})
    if repo.kind == "spaces":
        info["sdk"] = repo.space.get("sdk", card.get("sdk"))
    return info


def sizes(blob: Blob, sha_name: str) -> dict:
    """A file's size fields. The two listings differ in what they call the sha256 of a large file."""
    lfs = {"lfs": {sha_name: blob.sha256, "size": len(blob.data), "pointerSize": blob.pointer_size}} if blob.lfs else {}
    return {"size": len(blob.data), **lfs}


@route("GET", REPO + "(?:/revision" + REV + ")?")
def repo_info(store: Store, request: Request) -> Response:
    repo = get_repo(store, request)
    info = describe(repo, repo.find(request.args.get("rev", "main")), blobs=request.flag("blobs"))
    expand = request.query.get("expand", [])
    return answer({key: value for key, value in info.items() if not expand or key in (*expand, "id")})


@route("GET", "/api/(?P<kind>models|datasets|spaces)")
def list_repos(store: Store, request: Request) -> Response:
    user, author = request.access.user if request.access else None, request.get("author")
    wanted = set(request.query.get("filter", []) + request.query.get("pipeline_tag", []))
    hidden = {"siblings", "sha", "author", "lastModified"} - set(request.query.get("expand", []))
    if request.flag("full"):
        hidden = set()
    found = []
    # The Hub lists by what is trending; here that is what changed last.
    for repo in sorted(store.repos.values(), key=lambda repo: repo.head.date, reverse=True):
        info = describe(repo, repo.head)
        if repo.kind != request.args["kind"] or (repo.private and repo.owner != user):
            continue
        if (
            author in ("", repo.owner)
            and request.get("search").lower() in repo.id.lower()
            and wanted <= set(info["tags"])
        ):
            found.append({key: value for key, value in info.items() if key not in hidden})
    return answer(found[: int(request.get("limit", str(len(found))))])


# Branches, tags, history ---------------------------------------------------------------------------------------------


@route("GET", REPO + "/refs")
def list_refs(store: Store, request: Request) -> Response:
    found = {"branches": [], "tags": [], "converts": [], "pullRequests": []}
    for ref, commit in get_repo(store, request).refs.items():
        _, folder, name = ref.split("/", 2)
        item = {"name": name, "ref": ref, "targetCommit": commit.id}
        found["branches" if folder == "heads" else "tags"].append(item)
    return answer(found)


@route("GET", REPO + "/commits" + REV)
def list_commits(store: Store, request: Request) -> Response:
    items = []
    for commit in get_repo(store, request).find(request.args["rev"]).history():
        item = {"id": commit.id, "title": commit.title, "message": commit.message, "date": commit.date}
        items.append({**item, "authors": [{"user": commit.author}]})
    return answer(items)


@route("POST", REPO + "/(?P<what>branch|tag)" + REV)
def create_ref(store: Store, request: Request) -> Response:
    """A branch is named in the address and starts where the body says; for a tag it is the other way round."""
    repo, asked = get_repo(store, request, write=True), request.json()
    if request.args["what"] == "branch":
        ref, start = "refs/heads/" + request.args["rev"], asked.get("startingPoint", "main")
    else:
        ref, start = "refs/tags/" + asked["tag"], request.args["rev"]
    if ref in repo.refs:
        raise HubError(409, f"Reference already exists: {ref}")
    repo.refs[ref] = repo.find(start)
    return answer({})


@route("DELETE", REPO + "/(?P<what>branch|tag)" + REV)
def delete_ref(store: Store, request: Request) -> Response:
    repo = get_repo(store, request, write=True)
    ref = {"branch": "refs/heads/", "tag": "refs/tags/"}[request.args["what"]] + request.args["rev"]
    if ref == "refs/heads/main":
        raise HubError(403, "Cannot delete the main branch")
    if repo.refs.pop(ref, None) is None:
        raise HubError(404, f"Reference not found: {ref}", "RevisionNotFound")
    return answer({})


# Push ----------------------------------------------------------------------------------------------------------------


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


def lfs_address(store: Store, repo: Repo, oid: str) -> str:
    return f"{store.files_url}/lfs/{store.secret}/{repo.kind}/{repo.id}/{oid}"


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
    if ref not in repo.refs or request.flag("create_pr"):
        raise HubError(400, "The local Hub commits to branches only: to no tag, no commit, no pull request")
    files, header = dict(base.files), {}
    for item in (json.loads(line) for line in request.body.split(b"\n") if line.strip()):
        if item["key"] == "header":
            header = item["value"]
        else:
            change(repo, files, item["key"], item["value"])
    if header.get("parentCommit", base.id) != base.id:
        raise HubError(412, "A commit has happened since. Please refresh and try again.")
    made = repo.commit(ref, files, header["summary"], request.access.user, header.get("description", ""))
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
    elif key in ("deletedFile", "deletedFolder"):
        folder = path.rstrip("/") + "/"
        gone = [p for p in files if p == path or (key == "deletedFolder" and p.startswith(folder))]
        if not gone:
            raise HubError(404, f"{path} does not exist", "EntryNotFound")
        for name in gone:
            del files[name]
    else:
        raise HubError(400, f"Unknown operation {key!r}")


# Pull ----------------------------------------------------------------------------------------------------------------


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
