"""The Hub's calls about accounts, cards, repositories, branches and tags."""

from __future__ import annotations

from tests.fake_hub.routes import REPO, REV, Request, Response, answer, get_repo, require_write, route
from tests.fake_hub.store import Blob, Commit, HubError, Repo, Store

# What of a card becomes a tag to filter by, and what is put before it.
TAGS = {"tags": "", "library_name": "", "pipeline_tag": "", "license": "license:", "datasets": "dataset:"}
SPACE_COLORS = ("red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray", None)
SPACE_KEYS = {"sdk": ("gradio", "docker", "static"), "colorFrom": SPACE_COLORS, "colorTo": SPACE_COLORS}


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


def private(asked: dict) -> bool:
    """As the clients from 2.0 on say it, and as those before do."""
    return asked.get("visibility") == "private" or asked.get("private") is True


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
    repo = store.add_repo(kind, id, {}, private(asked), False)
    repo.space = {key: asked[key] for key in ("sdk", "hardware", "secrets", "variables") if key in asked}
    return answer({"url": f"{store.url}/{repo.name}", "name": id, "id": id})


@route("PUT", REPO + "/settings")
def settings(store: Store, request: Request) -> Response:
    repo, asked = get_repo(store, request, write=True), request.json()
    if "visibility" in asked or "private" in asked:
        repo.private = private(asked)
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
        found[{"heads": "branches", "convert": "converts"}.get(folder, "tags")].append(item)
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
