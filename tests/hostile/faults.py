"""Faults of the Hub, on a local one over real HTTP: what is loaded is right, or one sentence says why not; the next try,
with the Hub sound again, is right; no token is shown."""

from pathlib import Path

from tests.fake_hub.models import WEIGHTS, model_files
from tests.fake_hub.server import LocalHub

from . import LEAKS

SECRET = "hf_secret_of_alice_0123456789"
PULL = """
import hashlib
model = ganzoo.load(words[0])
files = [hashlib.sha256((model.folder / name).read_bytes()).hexdigest() for name in words[1:]]
model.critique(model.sample(2))
print("whole", *files)
"""
PUSH = """
from ganzoo.hub.upload import Push
Push(words[0], "x").upload(words[1])
print("whole")
"""
NETWORKS = ("model.safetensors", "discriminator.safetensors")

# name -> (pull | push | die, the troubles that meet it). The quick ones are the core; the client's own patience with a
# broken line makes others last for half a minute.
FAULTS = {
    "one file damaged": ("pull", [("flip", 1, "/lfs/")]),
    "two files damaged": ("pull", [("flip", 2, "/lfs/")]),
    "every file damaged": ("pull", [("flip", 99, "/lfs/")]),
    "the config damaged": ("pull", [("flip", 1, "/config.json")]),
    "the config cut": ("pull", [("truncate", 99, "config.json")]),
    "the weights cut once": ("pull", [("truncate", 1, "/lfs/")]),
    "the weights in drops": ("pull", [("drip", 1, "/lfs/", {"seconds": 2.0})]),
    "the config in drops": ("pull", [("drip", 1, "config.json", {"seconds": 2.0})]),
    "a slow first answer": ("pull", [("slow", 1, "/api/models/", {"seconds": 3.0})]),
    "slow weights": ("pull", [("slow", 2, "/lfs/", {"seconds": 2.0})]),
    "another hash announced": ("pull", [("hash", 99, "/resolve/")]),
    "a loop of redirects to the files": ("pull", [("loop", 99, "/resolve/")]),
    "a loop of redirects to the API": ("pull", [("loop", 999, "/api/models/")]),
    "files redirected to another host": ("pull", [("away", 99, "/resolve/")]),
    "the API redirected to another host": ("pull", [("away", 999, "/api/models/")]),
    "weights redirected to another host": ("pull", [("away", 99, "/lfs/")]),
    "a hotel's page for the API": ("pull", [("page", 99, "/api/models/")]),
    "a hotel's page for the weights": ("pull", [("page", 99, "/lfs/")]),
    "too many requests": ("pull", [(429, 99, "/api/models/")]),
    "a refused token": ("pull", [(401, 99, "/api/models/")]),
    "a storage that refuses": ("pull", [(403, 99, "/lfs/")]),
    "weights that are gone": ("pull", [(404, 99, "/lfs/")]),
    "a push with one error": ("push", [(500, 1, "/commit/")]),
    "a push that somebody overtakes": ("push", [(412, 1, "/commit/")]),
    "a push without rights": ("push", [(403, 99, "/commit/")]),
    "a push into a full storage": ("push", [(413, 99, "/commit/")]),
    "a push through slow answers": ("push", [("slow", 2, "/preupload/", {"seconds": 2.0})]),
    "a push to a hotel's page": ("push", [("page", 99, "/preupload/")]),
    "a push with damaged answers": ("push", [("flip", 1, "/preupload/")]),
    "a push that is redirected away": ("push", [("away", 99, "/commit/")]),
    "the line cut at the weights": ("pull", [("drop", 2, "/lfs/")]),
    "the line cut at the API": ("pull", [("drop", 1, "/api/models/")]),
    "a push cut at the commit": ("push", [("drop", 1, "/commit/")]),
    "a Hub that dies at the weights": ("die", [("stop", 1, "/lfs/")]),
    "a Hub that dies at the commit": ("die push", [("stop", 1, "/commit/")]),
}
# The core: tests/hub/test_hub_pull.py and test_hub_push.py meet the others that are quick.
CORE = (
    "the weights in drops",
    "another hash announced",
    "files redirected to another host",
    "a hotel's page for the weights",
)


def tried(hub, client, folder: Path, names=tuple(FAULTS)) -> list[str]:
    """Meet the named faults, one after the other, each with an empty cache -> what went wrong with which."""
    wrong = []
    for number, name in enumerate(names):
        what, troubles = FAULTS[name]
        problem = (_died if what.startswith("die") else _met)(hub, client, folder / f"home-{number}", what, troubles)
        if problem:
            wrong.append(f"{name}: {problem}")
    return wrong


def _met(hub, client, home: Path, what: str, troubles) -> str:
    hub.reset()
    _set(hub, what, troubles)
    first = _asked(client, home, what)
    away = [path for _, path in hub.outside]
    hub.troubles.clear()
    second = _asked(client, home, what)
    if problem := _odd(first, what):
        return problem
    if not second.out.startswith("whole"):
        return "the next try, with a sound Hub: " + second.all[-200:]
    if problem := _odd(second, what):
        return problem
    return "the token was sent to another host" if any(SECRET in path for path in away) else ""


def _died(hub, client, home: Path, what: str, troubles) -> str:
    """The Hub dies in the middle; another one at another address takes its place, the cache stays."""
    what = "push" if "push" in what else "pull"
    with LocalHub() as dying:
        dying.add_user("alice", token=SECRET)
        _set(dying, what, troubles)
        first = _asked(client, home, what, dying.url)
    hub.reset()
    _set(hub, what, [])
    second = _asked(client, home, what)
    return _odd(first, what) or _odd(second, what) or second.all[-200:] * (not second.out.startswith("whole"))


def _set(hub, what: str, troubles) -> None:
    if what == "pull":
        hub.add_repo("models", "alice/mine", model_files())
    for kind, count, path, *more in troubles:
        hub.fail_next(kind, count, path, **(more[0] if more else {}))


def _asked(client, home: Path, what: str, endpoint: str = ""):
    if what == "push":
        return client.run(PUSH, "alice/gan-mnist", WEIGHTS, token=SECRET, home=home, endpoint=endpoint)
    return client.run(PULL, "alice/mine", *NETWORKS, token=SECRET, home=home, endpoint=endpoint)


def _odd(said, what: str) -> str:
    """What is wrong with an answer: neither the right model nor one sentence."""
    import hashlib

    if SECRET in said.all:
        return "the token is shown"
    if "Traceback" in said.all:
        return said.all[-300:]
    if said.out.startswith("whole"):
        right = [hashlib.sha256((WEIGHTS / name).read_bytes()).hexdigest() for name in NETWORKS]
        return "other weights were loaded" if what == "pull" and said.out.split()[1:] != right else ""
    lines = said.err.strip().splitlines()
    if said.code != 2 or not lines or not lines[-1].startswith("Error: ") or LEAKS.search(said.err):
        return f"exit {said.code}: {said.all[-300:]!r}"
    return ""
