"""The Hub's calls about collections: a titled list of repositories under a user's name."""

from __future__ import annotations

import re

from tests.fake_hub.routes import Request, Response, answer, require_write, route
from tests.fake_hub.store import HubError, Store, now


def described(store: Store, slug: str) -> dict:
    found = store.collections.get(slug)
    if found is None:
        raise HubError(404, "Collection not found")
    rest = {"position": 0, "theme": "indigo", "upvotes": 0, "shareUrl": f"{store.url}/collections/{slug}"}
    return {"slug": slug, "owner": {"name": slug.split("/")[0]}, "lastUpdated": now(), **rest, **found}


@route("POST", "/api/collections")
def create(store: Store, request: Request) -> Response:
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
def read(store: Store, request: Request) -> Response:
    return answer(described(store, request.args["slug"]))


@route("POST", "/api/collections/(?P<slug>[^/]+/[^/]+)/items?")
def add(store: Store, request: Request) -> Response:
    slug, item = request.args["slug"], request.json()["item"]
    require_write(request.access, slug.split("/")[0])
    items = store.collections[slug]["items"]
    if any(there["id"] == item["id"] for there in items):
        raise HubError(409, "It is in the collection already")
    items.append({**item, "_id": f"{len(items):024x}", "position": len(items)})
    return answer(described(store, slug))
