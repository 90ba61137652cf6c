"""What a visitor takes along: the model folder as a zip, a run that this machine keeps, a repository on the Hub.

A token is used for one push and then forgotten: it is in no log, no file, no address, no answer.
"""

import json
import os
import re
import shutil
from pathlib import Path

from huggingface_hub import HfApi

from ganzoo import GanzooError
from ganzoo.files import save_json
from ganzoo.hub.model_card import write_card
from ganzoo.hub.upload import Push
from ganzoo.hub_client import TROUBLE, reachable

from ...catalog import local
from ...ui.words import Trouble
from .run import DATA
from .session import Session

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", re.ASCII)
REPO = re.compile(r"([A-Za-z0-9][\w.-]{0,95}/)?[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
TOKEN = re.compile(r"[\x21-\x7e]{4,300}")


def zipped(work: Session, loss: str) -> Path:
    """The model folder of a finished run, beside it; unpacked, `ganzoo.load(FOLDER)` opens it."""
    work.opened(loss)
    run = work.runs[loss]
    return local.zipped(run.model, run.folder.parent / f"pix2pix-{DATA}-{loss.replace('+', '-')}.zip")


def on_this_machine(request) -> bool:
    """Whether the visitor sits at the machine that runs the pages: only then may runs/ and the machine's token be used."""
    host = getattr(getattr(request, "client", None), "host", "")
    forwarded = {k.lower() for k in dict(request.headers)} & {"x-forwarded-for", "forwarded", "x-real-ip"}
    return host in ("127.0.0.1", "::1") and not forwarded and not os.environ.get("SPACE_ID")


def keep(work: Session, loss: str, name: str) -> str:
    """The run as runs/NAME, where Zoo and Compare find it. Returns the name in the catalog."""
    work.opened(loss)
    name = str(name or "").strip()
    if not NAME.fullmatch(name):
        raise Trouble("own_name")
    target = local.RUNS / name
    if target.exists():
        raise Trouble("own_taken", name=name)
    try:
        local.RUNS.mkdir(exist_ok=True)
        aside = local.RUNS / f".{name}.{os.getpid()}"
        shutil.rmtree(aside, ignore_errors=True)
        shutil.copytree(work.runs[loss].folder, aside)
        _rename(aside / "model", name)
        aside.rename(target)
    except OSError:
        raise Trouble("own_disk") from None
    return f"runs/{name}"


def _rename(model: Path, name: str) -> None:
    """The model says its own name: in config.json and on its card."""
    path = model / "config.json"
    said = json.loads(path.read_text(encoding="utf-8")) | {"name": name}
    said["settings"]["name"] = name
    save_json(path, said)
    write_card(model)


def push(work: Session, loss: str, repo: str, token: str | None, private: bool) -> str:
    """The model folder in one commit to the visitor's own repository. `token` None: the machine's. Returns the address."""
    work.opened(loss)
    repo = str(repo or "").strip()
    if not REPO.fullmatch(repo):
        raise Trouble("own_repo")
    if token is not None and not TOKEN.fullmatch(token):
        raise Trouble("own_token")
    if not reachable():
        raise Trouble("own_no_hub")
    copy = work.folder / "push"
    try:
        user = HfApi(token=token).whoami()["name"] if "/" not in repo else ""
        pushing = Push(f"{user}/{repo}" if user else repo, repo, bool(private), token)
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(work.runs[loss].model, copy)
        _rename(copy, repo.split("/")[-1])
        return pushing.upload(str(copy), f"{repo.split('/')[-1]}, trained on the page of ganzoo")
    except GanzooError as error:
        raise _told(error) from None
    except (*TROUBLE, ValueError):  # whatever the client says may hold what was sent to it
        raise Trouble("own_token") from None
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def _told(error: GanzooError) -> Trouble:
    known = {"push_needs_token": "own_token", "push_token_refused": "own_token", "push_not_allowed": "own_not_allowed"}
    return Trouble(known.get(error.code, "own_push_failed"))
