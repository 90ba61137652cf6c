"""Push a model folder to the Hub, file for file: checked before training, done after it, now and then while it runs.

push = Push("auto", "pix2pix-facades-gan-mae")    # second 0: is there a token, may it write there?
push.upload(model_folder)                          # one commit
"""

import logging
import random
import re
import shlex
import shutil
import threading
import time
from pathlib import Path

from huggingface_hub import HfApi, constants, hf_hub_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalTokenNotFoundError
from huggingface_hub.utils import validate_repo_id

from ganzoo import model_card
from ganzoo.errors import GanzooError, Stopped
from ganzoo.hub.download import WANTED
from ganzoo.hub_client import TROUBLE, reachable, short

TRIES = 4  # of a commit: the client does not repeat it by itself
PASSING = (408, 412, 429, 500, 502, 503, 504)  # states of the Hub that pass
REFUSALS = (*TROUBLE, RuntimeError)
LONGEST_NAME = 80  # letters; the Hub takes 96

log = logging.getLogger("ganzoo")


def repo_name(name: str) -> str:
    """A run's name as the Hub takes one: ASCII letters, digits, - _ . alone; what is not becomes one hyphen."""
    plain = re.sub(r"[^A-Za-z0-9._]+", "-", name.replace("..", "."))
    return re.sub("-{2,}", "-", plain)[:LONGEST_NAME].strip("-.") or "ganzoo-model"


def check_repo_id(repo_id: str) -> None:
    """Raise the client's error for what is no USER/NAME."""
    validate_repo_id(repo_id)
    if repo_id.count("/") != 1:
        raise HFValidationError("a user and a name with a slash between are needed")


def prepare_repo(api: HfApi, repo_id: str, private: bool, repo_type: str = "model") -> str:
    """Create the repository if it is missing, and check that it may be written. `private`: a public one is made private before
    anything is uploaded. Returns its name, which is new if it was renamed. Raises the client's errors."""
    made = api.create_repo(repo_id, repo_type=repo_type, private=private, exist_ok=True).repo_id
    api.auth_check(made, repo_type=repo_type, write=True)
    if private and not api.repo_info(made, repo_type=repo_type).private:
        api.update_repo_settings(made, repo_type=repo_type, private=True)
    return made


class Push:
    """A push that is checked before training and done after it: token, name and right to write at second 0. `token` is
    somebody's own, for this push alone; without it the machine's (HF_TOKEN, `hf auth login`)."""

    def __init__(self, wish: str, name: str, private: bool = False, token: str | None = None):
        self.api, self.name = HfApi(token=token), name
        try:
            user = self.api.whoami()["name"]
        except LocalTokenNotFoundError:
            raise GanzooError("push_needs_token") from None
        except (*TROUBLE, ValueError) as error:
            raise GanzooError("push_token_refused", reason=short(error, token)) from None
        self.repo_id = f"{user}/{repo_name(name)}" if wish == "auto" else wish
        try:
            check_repo_id(self.repo_id)
            self.repo_id = retry(lambda: prepare_repo(self.api, self.repo_id, private))
        except (*TROUBLE, HFValidationError, ValueError) as error:
            if _passes(error) or _broken(error):
                raise GanzooError("push_hub_busy", repo_id=self.repo_id, reason=short(error, token)) from None
            raise GanzooError("push_not_allowed", repo_id=self.repo_id, reason=short(error, token)) from None
        self._pushing: threading.Thread | None = None
        self._copy: Path | None = None

    def upload(self, folder: str, message: str = "", quiet: bool = False) -> str:
        """Upload a model folder in one commit; returns its address. A failure leaves the folder and says how to retry. What
        passes (a busy Hub, a broken line, somebody else's commit in between) is tried again for about a quarter of a minute.
        A README.md that was edited on the Hub stays as it is there."""
        model_card.write_notebook(Path(folder))
        kept = False  # the card there, because a person edited it

        def commit():
            nonlocal kept
            info = self.api.model_info(self.repo_id)
            if any(file.rfilename == "README.md" for file in info.siblings or []):
                card = hf_hub_download(self.repo_id, "README.md", revision=info.sha, token=self.api.token)
                kept = model_card.edited(Path(card).read_text(encoding="utf-8", errors="replace"))
            self.api.upload_folder(
                repo_id=self.repo_id,
                folder_path=folder,
                allow_patterns=[*WANTED, model_card.NOTEBOOK],
                ignore_patterns=["README.md"] if kept else None,
                commit_message=message or f"{self.name}, trained with ganzoo",
                parent_commit=info.sha,  # an edit that comes in between is seen at the next try
            )

        try:
            retry(commit)
        except (*REFUSALS, ValueError, KeyboardInterrupt) as error:
            by_hand = ["hf", "upload", self.repo_id, str(folder), *(["--exclude", "README.md"] if kept else [])]
            repo_id, again = self.repo_id, shlex.join(by_hand)
            if isinstance(error, KeyboardInterrupt):
                raise Stopped("push_stopped", repo_id=repo_id, folder=folder, retry=again) from None
            reason = short(root(error), self.api.token)
            raise GanzooError("push_failed", repo_id=repo_id, reason=reason, folder=folder, retry=again) from None
        if kept and not quiet:
            log.warning("The card on the Hub was edited by hand and stays; the new one is %s/README.md.", folder)
        return f"{constants.ENDPOINT}/{self.repo_id}"

    def upload_later(self, folder: str, step: int) -> bool:
        """Push the model as it is now, in the background. False while the last such push still runs: training never waits
        for the Hub. What goes wrong is said in a line and costs nothing but that push."""
        if self._pushing and self._pushing.is_alive():
            return False
        place = Path(folder).parent
        for old in place.glob(".push-*"):  # of a process that was killed
            shutil.rmtree(old, ignore_errors=True)
        self._copy = place / f".push-{step}"  # a folder that is rewritten while it is read would be torn
        try:
            shutil.copytree(folder, self._copy)
        except OSError as error:
            log.warning("The push at step %s was left out (%s).", f"{step:,}", error.strerror or "the copy failed")
            shutil.rmtree(self._copy, ignore_errors=True)
            return False
        self._pushing = threading.Thread(target=self._later, args=(folder, str(self._copy), step), daemon=True)
        self._pushing.start()
        return True

    def _later(self, folder: str, copy: str, step: int) -> None:
        try:
            self.upload(copy, f"step {step:,}", quiet=True)
        except GanzooError as error:
            log.warning("%s", str(error).replace(copy, folder))
        finally:
            shutil.rmtree(copy, ignore_errors=True)

    def finish(self) -> None:
        """Wait for a push in the background. Ctrl-C gives it up."""
        if not self._pushing:
            return
        try:
            self._pushing.join()
        except KeyboardInterrupt:
            log.warning("The push in the background was given up.")
            shutil.rmtree(self._copy, ignore_errors=True)


def collect(title: str, repo_ids: list[str], private: bool = False) -> str | None:
    """Put pushed models into one collection of the user. Returns its address, or None where the server knows no collections."""
    api = HfApi()
    try:
        made = api.create_collection(title, private=private, exists_ok=True)
        for repo_id in repo_ids:
            api.add_collection_item(made.slug, repo_id, "model", exists_ok=True)
        return made.url
    except (*TROUBLE, ValueError, KeyError, TypeError) as error:  # a convenience: nothing depends on it
        log.warning("The models are pushed, but a collection of them could not be made (%s).", short(error))
        return None


def retry(call):
    """Call it again while what refuses it is something that passes."""
    for attempt in range(TRIES):
        try:
            return call()
        except REFUSALS as error:
            if attempt == TRIES - 1 or not _passes(root(error), attempt):
                raise
            # what the Hub asks for, up to half a minute, else 1, 2, 4 seconds with a little chance
            response = getattr(root(error), "response", None)
            delay = response.headers.get("Retry-After", "") if response is not None else ""
            usual = 2.0**attempt * (0.75 + random.random() / 2)
            time.sleep(min(30.0, float(delay)) if delay.isdecimal() else usual)


def root(error: Exception) -> Exception:
    """The client wraps what stopped the upload of one file into a RuntimeError."""
    return error.__cause__ if isinstance(error, RuntimeError) and isinstance(error.__cause__, TROUBLE) else error


def _passes(error: Exception, attempt: int = 0) -> bool:
    """Whether another try may help. A line that broke is tried once more, if there is still a Hub at its other end: the
    client has repeated those calls itself, for 23 seconds."""
    if isinstance(error, HfHubHTTPError) and error.response is not None:
        return error.response.status_code in PASSING
    return _broken(error) and attempt == 0 and reachable()


def _broken(error: Exception) -> bool:
    return isinstance(error, TROUBLE) and not isinstance(error, (HfHubHTTPError, FileNotFoundError, PermissionError))
