"""What the local Hub remembers: users, tokens, repositories, commits and files, all in memory.

Nothing here knows HTTP: `routes.py` turns requests into calls on these classes, `server.py` puts them on a port.
Object ids are git's own (sha1 of a blob, sha256 of a large file), because the clients compute the same numbers and
skip what is already there.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timezone

# How a kind of repository is written in /api/KIND/... and in front of its name in a page or file address.
PREFIX = {"models": "", "datasets": "datasets/", "spaces": "spaces/"}

# From this size on a file is a large (LFS) one whatever its name; shorter ones go by .gitattributes.
LFS_SIZE = 10 * 1024 * 1024

# The Hub starts every repository with a .gitattributes; the pictures are large files in data sets only.
LFS_NAMES = "arrow bin ckpt gz h5 joblib msgpack npy npz onnx parquet pb pickle pkl pt pth safetensors tar zip"
LFS_PICTURES = "bmp gif png tiff jpg jpeg webp"


class HubError(Exception):
    """An answer other than 2xx. The client picks its exception by `code`, the X-Error-Code header."""

    def __init__(self, status: int, message: str, code: str = "", headers: dict | None = None, **more: str):
        super().__init__(message)
        self.status = status
        text = message.encode("ascii", "replace").decode()  # a header holds no Chinese file name
        self.headers = {"X-Error-Message": text, **({"X-Error-Code": code} if code else {}), **(headers or {})}
        self.body = {"error": message, **more}


def now() -> str:
    """The time as the Hub writes it; the client accepts this one form only."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def git_oid(kind: str, content: bytes) -> str:
    """The id git gives an object."""
    return hashlib.sha1(f"{kind} {len(content)}\0".encode() + content).hexdigest()


@dataclass(frozen=True)
class Blob:
    """One file's content. For a large file git holds only a pointer, so `oid` is the pointer's id."""

    data: bytes
    lfs: bool
    oid: str
    sha256: str
    pointer_size: int

    @property
    def etag(self) -> str:
        return self.sha256 if self.lfs else self.oid


def make_blob(data: bytes, lfs: bool) -> Blob:
    sha256 = hashlib.sha256(data).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {len(data)}\n".encode()
    return Blob(data, lfs, git_oid("blob", pointer if lfs else data), sha256, len(pointer))


@dataclass(frozen=True)
class Commit:
    """A snapshot of all files; never changed after it is made."""

    id: str
    parent: Commit | None
    title: str
    date: str
    files: dict[str, Blob]

    def history(self) -> list[Commit]:
        return [self] + (self.parent.history() if self.parent else [])

    def has(self, path: str) -> bool:
        """Whether there is such a file or folder."""
        return any(name == path or name.startswith(path + "/") for name in self.files)


@dataclass
class Repo:
    kind: str
    id: str
    private: bool = False
    gated: str | bool = False
    space: dict = field(default_factory=dict)  # what create_repo said of a Space: sdk, hardware
    created: str = field(default_factory=now)
    refs: dict[str, Commit] = field(default_factory=dict)  # "refs/heads/main", "refs/tags/v1"
    commits: dict[str, Commit] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)  # uploaded large files by sha256

    def __post_init__(self) -> None:
        names = LFS_NAMES + (" " + LFS_PICTURES if self.kind == "datasets" else "")
        lines = "".join(f"*.{name} filter=lfs diff=lfs merge=lfs -text\n" for name in names.split())
        self.commit("refs/heads/main", {".gitattributes": make_blob(lines.encode(), False)}, "initial commit")

    @property
    def owner(self) -> str:
        return self.id.split("/")[0]

    @property
    def name(self) -> str:
        """With the prefix: what follows the host in the page's address."""
        return PREFIX[self.kind] + self.id

    @property
    def head(self) -> Commit:
        return self.refs["refs/heads/main"]

    def find(self, revision: str) -> Commit:
        """The commit of a branch, a tag, a full ref or a commit id."""
        for ref in (f"refs/heads/{revision}", f"refs/tags/{revision}", revision):
            if ref in self.refs:
                return self.refs[ref]
        if revision in self.commits:
            return self.commits[revision]
        raise HubError(404, f"Invalid rev id: {revision}", "RevisionNotFound")

    def commit(self, ref: str, files: dict[str, Blob], title: str) -> Commit:
        """Make `files` the whole content of `ref`."""
        parent = self.refs.get(ref)
        date = now()
        listing = {path: blob.oid for path, blob in sorted(files.items())}
        # The commit count keeps two commits of the same millisecond and content apart.
        content = json.dumps([parent.id if parent else "", listing, title, date, len(self.commits)])
        commit = Commit(git_oid("commit", content.encode()), parent, title, date, files)
        self.refs[ref] = self.commits[commit.id] = commit
        return commit

    def put(self, files: dict[str, bytes], title: str, ref: str = "refs/heads/main") -> Commit:
        """Commit these files to `ref`, beside those that are there."""
        blobs = {path: make_blob(data, self.wants_lfs(path, len(data))) for path, data in files.items()}
        self.objects.update({blob.sha256: blob.data for blob in blobs.values() if blob.lfs})
        before = self.refs[ref].files if ref in self.refs else {}
        return self.commit(ref, {**before, **blobs}, title)

    def wants_lfs(self, path: str, size: int) -> bool:
        rules = self.head.files.get(".gitattributes")
        lines = [line.split() for line in rules.data.decode().splitlines()] if rules else []
        patterns = [words[0] for words in lines if "filter=lfs" in words]
        name = path.rsplit("/", 1)[-1]
        return size >= LFS_SIZE or any(fnmatch.fnmatch(path if "/" in p else name, p) for p in patterns)


@dataclass(frozen=True)
class Access:
    """Whom a token stands for and whether it may write."""

    user: str
    write: bool


class Store:
    """All users and repositories of one Hub."""

    def __init__(self) -> None:
        self.url = ""  # where the API is
        # Where large files are. Another origin, as on the real Hub: within one origin the client follows the redirect
        # and never sees the headers that came with it.
        self.files_url = ""
        self.secret = secrets.token_hex(16)  # in the address of a large file, the address being the permission
        self.tokens: dict[str, Access] = {}
        self.repos: dict[tuple[str, str], Repo] = {}
        self.collections: dict[str, dict] | None = {}  # None: a Hub that knows none
        self.moved: dict[tuple[str, str], str] = {}  # (kind, old name) of a renamed repository -> its new name
        self.paying: set[str] | None = None  # who has a PRO account; None: nobody is asked for money

    def bill(self, user: str, hardware: str | None) -> None:
        """A free account has its Spaces on ZeroGPU."""
        if self.paying is not None and user not in self.paying and hardware != "zero-a10g":
            raise HubError(402, "Subscribe to PRO to create a Space on this hardware")

    def add_repo(self, kind: str, id: str, files: dict[str, bytes], private: bool, gated: str | bool) -> Repo:
        repo = self.repos[kind, id] = Repo(kind, id, private, gated)
        if files:
            repo.put(files, "Add files")
        return repo
