"""Taking a trained model along from Your pictures: a zip of its folder, a run that this machine keeps, a repository on the Hub.

A token is posted once, used for one push and wiped from its field by the answer: it is in no log, no file, no address, no
answer. The machine's own login and runs/ are for a visitor at this very machine only; on a Space there is the visitor's login
of the Hub instead.
"""

import json
import os
import re
import shutil
import tempfile
from html import escape
from importlib.util import find_spec
from pathlib import Path

import gradio as gr

from ganzoo import GanzooError
from ganzoo.files import save_json
from ganzoo.hub.upload import Push
from ganzoo.hub_client import TROUBLE, reachable
from ganzoo.model_card import write_card

from ...catalog import local
from ...ui.components import QUIET, render_or_explain, show
from ...ui.html import prose, quiet
from ...ui.words import Trouble, Words
from ..compare.families import name as loss_name
from ..compare.families import spelled
from . import session
from .run import DATA, LOSSES

SPACE = bool(os.environ.get("SPACE_ID"))
# A Space gives its visitors a login of their own (hf_oauth in its card); without it nobody pastes a token into one.
LOGIN = SPACE and bool(os.environ.get("OAUTH_CLIENT_ID")) and find_spec("authlib") is not None
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", re.ASCII)
REPO = re.compile(r"([A-Za-z0-9][\w.-]{0,95}/)?[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
TOKEN = re.compile(r"[\x21-\x7e]{4,300}")
KNOWN = {"push_needs_token": "own_token", "push_token_refused": "own_token", "push_not_allowed": "own_not_allowed"}


class Take:
    def __init__(self, words: Words):
        say = self.words = words
        show(f"<h3>{escape(say('own_take'))}</h3>")
        with gr.Row(elem_classes="gz-controls"):
            self.which = gr.Radio([], label=say("own_which"), visible=False, elem_id="own-which")
            self.download = gr.DownloadButton(say("own_download"), elem_id="own-download")
        with gr.Row(elem_classes="gz-controls", visible=not SPACE):
            self.name = gr.Textbox(DATA, label=say("own_keep_name"), max_lines=1, elem_id="own-name")
            self.keep = gr.Button(say("own_keep"), elem_id="own-keep")
        with gr.Row(elem_classes="gz-controls", visible=LOGIN or not SPACE):
            self.repo = gr.Textbox(DATA, label=say("own_push_repo"), max_lines=1, elem_id="own-repo")
            if LOGIN:
                gr.LoginButton(say("own_login"), logout_value=say("own_logged_in"), elem_id="own-login", size="md")
            self.token = gr.Textbox(
                label=say("own_push_token"), type="password", max_lines=1, elem_id="own-token", visible=not SPACE,
                placeholder=say("own_push_hint"), html_attributes=gr.InputHTMLAttributes(autocomplete="off"),
            )  # fmt: skip
            self.private = gr.Checkbox(True, label=say("own_push_private"), elem_id="own-private")
            self.push = gr.Button(say("own_push"), elem_id="own-push")
        show(prose(say("own_push_said")), visible=LOGIN or not SPACE)
        self.taken = show("", elem_id="own-taken")
        self.shown = [self.which, self.download, self.taken]
        self.which.input(self._packed, self.which, [self.download, self.taken], **QUIET)
        self.keep.click(self._keep, [self.which, self.name], self.taken, **QUIET)
        push = self._push_logged_in if LOGIN else self._push
        given = [self.which, self.repo, self.token, self.private]
        self.push.click(push, given, [self.taken, self.token], **QUIET)

    def _model(self, which, request) -> tuple:
        """The work of this page and the chosen loss of it."""
        work = session.of(request.session_hash)
        loss = which if which in work.finished else (work.finished or [""])[-1]
        work.opened(loss)  # what cannot be opened is not taken along
        return work, loss

    def offer(self, work) -> dict:
        """The models of a training, the best one chosen."""
        names = work.finished
        best = next(loss for loss in (LOSSES[-1], "gan+mae", names[-1]) if loss in names)
        choices = [(loss_name(self.words, loss), loss) for loss in names]
        which = gr.update(choices=choices, value=best, visible=len(names) > 1)
        return {self.which: which, **self._zip(work, best)}

    def _packed(self, which, request: gr.Request):
        try:
            return self._zip(*self._model(which, request))
        except GanzooError as error:
            return {self.download: None, self.taken: quiet(self.words.explain(error))}

    def _zip(self, work, loss) -> dict:
        path = zipped(work, loss)
        return {self.download: str(path), self.taken: quiet(self.words("own_downloaded", name=path.stem))}

    def _keep(self, which, name, request: gr.Request):
        def kept(words):
            if not on_this_machine(request):
                raise Trouble("own_not_here")
            return quiet(words("own_kept", name=keep(*self._model(which, request), name)))

        return render_or_explain(self.words, kept)

    def _push(self, which, repo, token, private, request: gr.Request):
        """Locally: with the token of the field or, at this machine, its own login."""
        refused = "own_token" if SPACE or (not token and not on_this_machine(request)) else ""
        return self._pushed(which, repo, str(token).strip() if token else None, private, request, refused)

    def _push_logged_in(self, which, repo, _, private, request: gr.Request, login: gr.OAuthToken | None):
        """On a Space: with the visitor's own login, never with the Space's."""
        return self._pushed(which, repo, login and login.token, private, request, "" if login else "own_no_login")

    def _pushed(self, which, repo, token, private, request, refused: str) -> tuple[str, str]:
        """Push, unless that is `refused`, and empty the field of the token."""

        def pushed(words):
            if refused:
                raise Trouble(refused)
            address = push(*self._model(which, request), repo, token, private)
            link = f'<a href="{escape(address)}" rel="noreferrer">{escape(address)}</a>'
            sentence = escape(words("own_pushed", address="\0")).replace("\0", link)
            return f'<p class="gz-quiet" role="status">{sentence}</p>'

        return render_or_explain(self.words, pushed), ""


# --- what is done with it ---------------------------------------------------------------------------------------


def zipped(work: session.Session, loss: str) -> Path:
    """The model folder of a finished run, beside it; unpacked, `ganzoo.load(FOLDER)` opens it."""
    run = work.runs[loss]
    return local.zipped(run.model, run.folder.parent / f"pix2pix-{DATA}-{spelled(loss)}.zip")


def on_this_machine(request) -> bool:
    """Whether the visitor sits at the machine that runs the pages: only then may runs/ and the machine's token be used."""
    host = getattr(getattr(request, "client", None), "host", "")
    forwarded = {k.lower() for k in dict(request.headers)} & {"x-forwarded-for", "forwarded", "x-real-ip"}
    return host in ("127.0.0.1", "::1") and not forwarded and not os.environ.get("SPACE_ID")


def keep(work: session.Session, loss: str, name: str) -> str:
    """The run as runs/NAME, where Zoo and Compare find it. Returns the name in the catalog."""
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
    config = json.loads(path.read_text(encoding="utf-8")) | {"name": name}
    config["settings"]["name"] = name
    save_json(path, config)
    write_card(model)


def push(work: session.Session, loss: str, repo: str, token: str | None, private: bool) -> str:
    """The model folder in one commit to the visitor's own repository. `token` None: the machine's. Returns the address."""
    repo = str(repo or "").strip()
    if not REPO.fullmatch(repo):
        raise Trouble("own_repo")
    if token is not None and not TOKEN.fullmatch(token):
        raise Trouble("own_token")
    if not reachable():
        raise Trouble("own_no_hub")
    name = repo.split("/")[-1]
    try:
        pushing = Push(repo if "/" in repo else "auto", repo, bool(private), token)
        with tempfile.TemporaryDirectory(dir=work.folder) as folder:
            copy = shutil.copytree(work.runs[loss].model, Path(folder) / "model")
            _rename(copy, name)
            return pushing.upload(str(copy), f"{name}, trained on the page of ganzoo")
    except GanzooError as error:
        raise Trouble(KNOWN.get(error.code, "own_push_failed")) from None
    except (*TROUBLE, ValueError):  # whatever the client says may hold what was sent to it
        raise Trouble("own_token") from None
