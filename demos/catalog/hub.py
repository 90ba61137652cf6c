"""Models on the Hub: whose they are, and one fetched into the catalog. Used by the Zoo, by Compare and by links.

$GANZOO_NAMESPACE names a user or an organisation whose models are put into the catalog when the pages start.
"""

import logging
import os
import re
import shutil
import threading
from pathlib import Path

from huggingface_hub import HfApi

from ganzoo import GanzooError, checkpoint
from ganzoo.hub import download
from ganzoo.hub_client import TROUBLE, reachable
from ganzoo.models.registry import KINDS

from ..ui.words import Trouble
from . import local

NAME = re.compile(r"[\w][\w.-]{0,95}/[\w][\w.-]{0,95}", re.ASCII)
OWNER = re.compile(r"[\w][\w.-]{0,95}", re.ASCII)
SECONDS, MEGABYTES, MOST, FIRST = 4, 300, 30, 12  # of an answer, of a model, in the catalog, at the start
FETCHING = threading.Lock()  # one download at a time, whoever asks

log = logging.getLogger("ganzoo")


def token():
    """A Space shows its visitors nothing of its owner's; at home the pages see what you see."""
    return False if os.environ.get("SPACE_ID") else None


def of(owner: str) -> dict[str, str]:
    """What somebody pushed with ganzoo: user/name -> its lesson. An address of the Hub or one model's name will do."""
    name = re.sub(r"^https?://[^/]+/", "", str(owner or "").strip()[:200]).strip("/")
    if NAME.fullmatch(name):
        name = name.split("/")[0]
    if not OWNER.fullmatch(name):
        raise Trouble("hub_bad_owner")
    try:
        found = download.models_of(name, token())
    except GanzooError:
        raise Trouble("hub_no_hub") from None
    lessons = {}
    for name, tags in found.items():
        lesson = next((kind for kind in reversed(KINDS) if kind in tags), "")  # every card has the tag gan, too
        if NAME.fullmatch(name) and lesson not in ("judge", "segmenter"):
            lessons[name] = lesson
    return lessons


def fetch(name: str) -> Path:
    """Put one model of the Hub into the catalog, once. Its files are safetensors, JSON and pictures, MEGABYTES at most."""
    name = str(name)[:200]
    if name in local.FETCHED:
        return local.FETCHED[name]
    if not NAME.fullmatch(name) or name.startswith("runs/"):
        raise Trouble("no_model", name=name[:80])
    with FETCHING:
        folder = _pull(name)
        lesson = checkpoint.read_config(folder)[1].lesson
        if lesson not in local.PAGES:
            raise Trouble("hub_no_page", name=name, lesson=lesson)
        while len(local.FETCHED) >= MOST:
            oldest = local.FETCHED.pop(next(iter(local.FETCHED)))
            if os.environ.get("SPACE_ID") and oldest.parent.name == "snapshots":  # its disk is small
                shutil.rmtree(oldest.parents[1], ignore_errors=True)
        local.FETCHED[name] = folder
        return folder


def _pull(name: str) -> Path:
    """The Hub is asked with a short time-out first: without an answer its client would try for 23 seconds."""
    if not reachable():
        raise Trouble("cmp_no_hub", name=name)
    try:
        info = HfApi(token=token()).model_info(name, files_metadata=True, timeout=SECONDS)
        size = sum(file.size or 0 for file in info.siblings or [] if file.rfilename.endswith(".safetensors"))
        if size <= MEGABYTES << 20:
            return download.pull(name, token=token())
    except (GanzooError, *TROUBLE, ValueError) as error:  # of its client or the network: one line for the visitor
        raise Trouble("cmp_no_hub", name=name) from error
    raise Trouble("cmp_hub_large", name=name, most=MEGABYTES)


def fetch_at_start() -> None:
    """Fetch the models of $GANZOO_NAMESPACE; what cannot be fetched is a line in the log."""
    owner = os.environ.get("GANZOO_NAMESPACE", "").strip()
    try:
        names = list(of(owner))[:FIRST] if owner else []
    except GanzooError as error:
        log.warning("$GANZOO_NAMESPACE=%s: %s", owner[:80], error)
        return
    for name in names:
        try:
            fetch(name)
        except GanzooError as error:
            log.warning("%s is not shown (%s).", name, error)
