"""The Hub's calls about accounts, cards, repositories, the hardware of Spaces, and collections of repositories."""

from __future__ import annotations

import re

import yaml

from tests.fake_hub.routes import REPO, REV, Request, Response, answer, get_repo, require_write, route
from tests.fake_hub.store import Blob, Commit, HubError, Repo, Store, now

# What of a card becomes a tag to filter by, and what is put before it.
TAGS = {"tags": "", "library_name": "", "pipeline_tag": "", "license": "license:", "datasets": "dataset:"}


@route("GET", "/api/whoami-v2")
def whoami(store: Store, request: Request) -> Response:
    if request.access is None:
        raise HubError(401, "Invalid username or password.")
    name, role = request.access.user, "write" if request.access.write else "read"
    token = {"type": "access_token", "accessToken": {"displayName": role, "role": role}}
    return answer({"type": "user", "id": name, "name": name, "fullname": name, "orgs": [], "auth": token})


def front_matter(text: str) -> dict:
    """The YAML at the top of a card; {} where there is none."""
    parts = text.split("---\n", 2)
    return yaml.safe_load(parts[1]) if len(parts) == 3 and not parts[0] else {}


@route("POST", "/api/validate-yaml")
def validate_yaml(store: Store, request: Request) -> Response:
    """Takes every card; tests/demos/test_publish.py holds that of a Space to the Hub's rules."""
    return answer({"errors": [], "warnings": []})


@route("POST", "/api/repos/create")
def create_repo(store: Store, request: Request) -> Response:
    asked = request.json()
    owner = asked.get("organization") or (request.access.user if request.access else "")
    require_write(request.access, owner)
    kind, id = asked.get("type", "model") + "s", f"{owner}/{asked['name']}"
    if (kind, id) in store.repos:
        # With exist_ok=True the client reads the address out of the refusal.
        raise HubError(409, "You already created this repo", url=f"{store.url}/{store.repos[kind, id].name}")
    if kind == "spaces":
        store.bill(owner, asked.get("hardware"))
    repo = store.add_repo(kind, id, {}, asked.get("visibility") == "private", False)
    repo.space = {key: asked[key] for key in ("sdk", "hardware") if key in asked}
    return answer({"url": f"{store.url}/{repo.name}", "name": id, "id": id})


@route("PUT", REPO + "/settings")
def settings(store: Store, request: Request) -> Response:
    repo = get_repo(store, request, write=True)
    repo.private = request.json()["visibility"] == "private"
    return answer({"private": repo.private})


@route("POST", REPO + "/hardware")
def request_hardware(store: Store, request: Request) -> Response:
    repo, flavor = get_repo(store, request, write=True), request.json()["flavor"]
    store.bill(repo.owner, flavor)
    repo.space["hardware"] = flavor
    return answer({"stage": "BUILDING", "hardware": {"current": None, "requested": flavor}, "gcTimeout": None})


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
    return answer(describe(repo, repo.find(request.args.get("rev", "main")), blobs=request.flag("blobs")))


@route("GET", "/api/(?P<kind>models|datasets|spaces)")
def list_repos(store: Store, request: Request) -> Response:
    user, author = request.access.user if request.access else None, request.get("author")
    wanted, search = set(request.query.get("filter", [])), request.get("search").lower()
    hidden = {"siblings", "sha", "author", "lastModified"}  # what the Hub tells only of a single repository
    found = []
    # The Hub lists by what is trending; here that is what changed last.
    for repo in sorted(store.repos.values(), key=lambda repo: repo.head.date, reverse=True):
        info = describe(repo, repo.head)
        if repo.kind != request.args["kind"] or (repo.private and repo.owner != user):
            continue
        if author in ("", repo.owner) and search in repo.id.lower() and wanted <= set(info["tags"]):
            found.append({key: value for key, value in info.items() if key not in hidden})
    return answer(found[: int(request.get("limit") or len(found))])


@route("GET", REPO + "/refs")
def list_refs(store: Store, request: Request) -> Response:
    found = {"branches": [], "tags": [], "converts": [], "pullRequests": []}
    for ref, commit in get_repo(store, request).refs.items():
        _, folder, name = ref.split("/", 2)
        kind = {"heads": "branches", "convert": "converts"}.get(folder, "tags")
        found[kind].append({"name": name, "ref": ref, "targetCommit": commit.id})
    return answer(found)


def described(store: Store, slug: str) -> dict:
    found = store.collections.get(slug)
    if found is None:
        raise HubError(404, "Collection not found")
    rest = {"position": 0, "theme": "indigo", "upvotes": 0, "shareUrl": f"{store.url}/collections/{slug}"}
    return {"slug": slug, "owner": {"name": slug.split("/")[0]}, "lastUpdated": now(), **rest, **found}


@route("POST", "/api/collections")
def create_collection(store: Store, request: Request) -> Response:
    asked = request.json()
    if store.collections is None:
        raise HubError(404, "Sorry, we can't find the page you are looking for.")
    require_write(request.access, asked["namespace"])
    words = re.sub("[^a-z0-9]+", "-", asked["title"].lower()).strip("-")
    slug = f"{asked['namespace']}/{words}-{len(words):024x}"  # the Hub ends a slug with 24 hexadecimal digits
    if slug in store.collections:
        raise HubError(409, "This collection is already there", slug=slug)
    store.collections[slug] = {"title": asked["title"], "private": asked.get("private", False), "items": []}
    return answer(described(store, slug))


@route("GET", "/api/collections/(?P<slug>[^/]+/[^/]+)")
def read_collection(store: Store, request: Request) -> Response:
    return answer(described(store, request.args["slug"]))


@route("POST", "/api/collections/(?P<slug>[^/]+/[^/]+)/items?")
def add_to_collection(store: Store, request: Request) -> Response:
    slug, item = request.args["slug"], request.json()["item"]
    require_write(request.access, slug.split("/")[0])
    items = store.collections[slug]["items"]
    if any(there["id"] == item["id"] for there in items):
        raise HubError(409, "It is in the collection already")
    items.append({**item, "_id": f"{len(items):024x}", "position": len(items)})
    return answer(described(store, slug))
