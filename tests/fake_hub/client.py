"""A client of the local Hub in a process of its own, that stays: it imports torch and the Hub's client once, not per test.

    client = Client(hub, home)
    said = client.run("print(ganzoo.load('alice/mine').folder)")      # said.out, said.err, said.code
    said = client.recipe("gan", "--smoke", "--push", token="hf_x", home=another)

Token, cache and endpoint may change with every call. `pauses` holds the seconds that the client meant to wait.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support import quick

LOOP = """
import contextlib, importlib, io, json, os, sys, time, traceback
pauses, sleep = [], time.sleep  # what a client waits between two tries: noted here, and passed faster
time.sleep = lambda seconds: (pauses.append(seconds), sleep(seconds / 20))
import ganzoo, ganzoo.hub.download, ganzoo.hub.upload, ganzoo.recipes
import huggingface_hub as hf
from huggingface_hub import constants
answers = sys.stdout
sys.path.append(os.path.dirname(os.path.dirname(ganzoo.__file__)))  # where train/ lies
for line in sys.stdin:
    asked = json.loads(line)
    os.environ.pop("HF_TOKEN", None)
    if asked["token"]:
        os.environ["HF_TOKEN"] = asked["token"]
    constants.HF_HUB_CACHE = asked["home"] + "/hf/hub"
    constants.ENDPOINT = asked["endpoint"]
    constants.HUGGINGFACE_CO_URL_TEMPLATE = asked["endpoint"] + "/{repo_id}/resolve/{revision}/{filename}"
    constants.HF_TOKEN_PATH = asked["home"] + "/hf/token"
    os.makedirs(asked["home"], exist_ok=True)
    os.chdir(asked["home"])
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            if asked["recipe"]:
                sys.argv = ["train/" + asked["recipe"] + ".py", *asked["words"]]
                code = ganzoo.recipes.guarded(importlib.import_module("train." + asked["recipe"]).main)
            else:
                code = ganzoo.recipes.guarded(lambda: exec(asked["code"], {**globals(), "words": asked["words"]}))
        except BaseException as error:
            traceback.print_exc()
            code = getattr(error, "code", 1)
    print(json.dumps([out.getvalue(), err.getvalue(), code or 0]), file=answers, flush=True)
"""


@dataclass
class Said:
    out: str
    err: str
    code: int

    @property
    def all(self) -> str:
        return self.out + self.err


class Client:
    def __init__(self, hub, home: Path):
        self.hub, self.home = hub, Path(home)
        words, pipe = [*quick.PYTHON, "-c", LOOP], subprocess.PIPE
        self.process = subprocess.Popen(words, env=hub.env(home), cwd=home, text=True, stdin=pipe, stdout=pipe)

    def run(self, code: str, *words, token: str | None = None, home=None, recipe="", endpoint="") -> Said:
        """Run `code` with these `words`; token None is the first user's, "" a stranger's; a new home is an empty cache;
        another endpoint is another Hub."""
        token = next(iter(self.hub.store.tokens), "") if token is None else token
        asked = {"code": code, "words": list(map(str, words)), "recipe": recipe, "token": token}
        asked |= {"endpoint": endpoint or self.hub.url, "home": str(home or self.home)}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the client died"
        return Said(*json.loads(line))

    def recipe(self, name: str, *words, **how) -> Said:
        return self.run("", *words, recipe=name, **how)

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=30)
