"""Taking a trained model along from Your pictures: download, keep in runs/, push to the Hub. Components and events.

A token is posted once, used once and wiped from its field by the answer. The machine's own login and runs/ are for a
visitor at this very machine only; on a Space there is the visitor's login of the Hub instead.
"""

import os
from html import escape
from importlib.util import find_spec

import gradio as gr

from ganzoo import GanzooError

from ...ui.components import QUIET, render_or_explain, show
from ...ui.html import prose, quiet
from ...ui.words import Trouble, Words
from ..compare.families import name
from . import export, run, sessions
from .run import DATA

SPACE = bool(os.environ.get("SPACE_ID"))
# A Space gives its visitors a login of their own (hf_oauth in its card); without it nobody pastes a token into one.
LOGIN = SPACE and bool(os.environ.get("OAUTH_CLIENT_ID")) and find_spec("authlib") is not None


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
        self._wire()

    def _wire(self):
        self.shown = [self.which, self.download, self.taken]
        self.which.input(self._packed, self.which, [self.download, self.taken], **QUIET)
        self.keep.click(self._keep, [self.which, self.name], self.taken, **QUIET)
        self.push.click(
            self._push_logged_in if LOGIN else self._push,
            [self.which, self.repo, self.token, self.private],
            [self.taken, self.token],
            **QUIET,
        )

    def _model(self, which, request) -> tuple:
        """The work of this page and the chosen loss of it."""
        work = sessions.of(request.session_hash)
        return work, which if which in work.finished else (work.finished or [""])[-1]

    def offer(self, work) -> dict:
        """The models of a training, the best one chosen."""
        names = work.finished
        best = next(loss for loss in (run.LOSSES[-1], "gan+mae", names[-1]) if loss in names)
        choices = [(name(self.words, loss), loss) for loss in names]
        which = gr.update(choices=choices, value=best, visible=len(names) > 1)
        return {self.which: which, **self._zip(work, best)}

    def _packed(self, which, request: gr.Request):
        try:
            return self._zip(*self._model(which, request))
        except GanzooError as error:
            return {self.download: None, self.taken: quiet(self.words.explain(error))}

    def _zip(self, work, loss) -> dict:
        path = export.zipped(work, loss)
        return {self.download: str(path), self.taken: quiet(self.words("own_downloaded", name=path.stem))}

    def _keep(self, which, name, request: gr.Request):
        def keep(words):
            if not export.on_this_machine(request):
                raise Trouble("own_not_here")
            return quiet(words("own_kept", name=export.keep(*self._model(which, request), name)))

        return render_or_explain(self.words, keep)

    def _push(self, which, repo, token, private, request: gr.Request):
        """Locally: with the token of the field or, at this machine, its own login. Also empties the field."""

        def push(words):
            if SPACE or (not token and not export.on_this_machine(request)):
                raise Trouble("own_token")
            return self._pushed(which, repo, str(token).strip() if token else None, private, request)

        return render_or_explain(self.words, push), ""

    def _push_logged_in(self, which, repo, _, private, request: gr.Request, login: gr.OAuthToken | None):
        """On a Space: with the visitor's own login, never with the Space's."""

        def push(words):
            if login is None:
                raise Trouble("own_no_login")
            return self._pushed(which, repo, login.token, private, request)

        return render_or_explain(self.words, push), ""

    def _pushed(self, which, repo, token, private, request) -> str:
        address = export.push(*self._model(which, request), repo, token, private)
        link = f'<a href="{escape(address)}" rel="noreferrer">{escape(address)}</a>'
        said = escape(self.words("own_pushed", address="\0")).replace("\0", link)
        return f'<p class="gz-quiet" role="status">{said}</p>'
