"""Push and pull through the real client of the Hub. A model folder is a Hub repository, file for file.

push = Push("auto", "pix2pix-facades-gan-mae")    # second 0: is there a token, may it write there?
push.upload(model_folder)                          # one commit
folder = pull("user/name", revision="v1")          # into the cache; Hub down: from the cache, else bundled
"""

import logging
import os
import random
import shutil
import time
import urllib.error
import urllib.request
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from huggingface_hub import HfApi, constants, get_collection, hf_hub_download, snapshot_download
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    HTTPError,
    LocalTokenNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import validate_repo_id

from ganzoo import card
from ganzoo.errors import GanzooError

# HTTPError is the client's own transport library's (httpx or httpx2): refusals by the Hub and broken connections alike.
TROUBLE = (HTTPError, OSError)
WANTED = ["config.json", "*.safetensors", "README.md", "*.png", "film.webp", "film.json"]
LARGEST = 2 << 30  # bytes of one model repository that a pull takes
PATIENCE = 2.0  # seconds to wait for a sign of life; the client's own retries take 23
TRIES = 4  # of a commit: the client does not repeat it by itself
PASSING = (408, 412, 429, 500, 502, 503, 504)  # states of the Hub that pass

log = logging.getLogger("ganzoo")


class Push:
    """A push that is checked before training and done after it: token, name and right to write at second 0."""

    def __init__(self, wish: str, name: str, private: bool = False):
        self.api = HfApi()
        try:
            user = self.api.whoami()["name"]
        except LocalTokenNotFoundError:
            raise GanzooError("--push needs a token of the Hub: run `hf auth login`, or set HF_TOKEN.") from None
        except (*TROUBLE, ValueError) as error:
            raise GanzooError(
                f"--push: the Hub does not accept the token or cannot be reached ({short(error)}): "
                "run `hf auth login`, check the network, or train without --push."
            ) from None
        self.repo_id = f"{user}/{name}" if wish == "auto" else wish
        try:
            validate_repo_id(self.repo_id)
            if self.repo_id.count("/") != 1:
                raise HFValidationError("a user and a name with a slash between are needed")
            made = self.api.create_repo(self.repo_id, private=private, exist_ok=True)
            self.repo_id = made.repo_id  # a renamed repository answers with its new name
            self.api.auth_check(self.repo_id, write=True)
        except (*TROUBLE, HFValidationError, ValueError) as error:
            raise GanzooError(
                f"--push {self.repo_id}: not allowed or not a name for a repository ({short(error)}): "
                "use --push YOUR_NAME/MODEL and a token that can write."
            ) from None
        self._background: ThreadPoolExecutor | None = None
        self._pushing: Future | None = None

    def upload(self, folder: str, message: str = "") -> str:
        """Upload a model folder in one commit; returns its address. A failure leaves the folder and says how to retry.

        What passes (a busy Hub, somebody else's commit in between) is tried again for about a quarter of a minute. A
        README.md that was edited on the Hub stays as it is there.
        """
        named = Path(folder).parent.name if Path(folder).name == "model" else Path(folder).name
        try:
            for attempt in range(TRIES):
                try:
                    self.api.upload_folder(
                        repo_id=self.repo_id,
                        folder_path=folder,
                        allow_patterns=WANTED,
                        ignore_patterns=["README.md"] if self._edited_there() else None,
                        commit_message=message or f"{named}, trained with ganzoo",
                    )
                    break
                except HfHubHTTPError as error:
                    if attempt == TRIES - 1 or error.response is None or error.response.status_code not in PASSING:
                        raise
                    time.sleep(_pause(error, attempt))
        except (*TROUBLE, ValueError) as error:
            raise GanzooError(
                f"The push to {self.repo_id} failed ({short(error)}); the model is safe in {folder}. Try again: "
                f"hf upload {self.repo_id} {folder}"
            ) from None
        return f"{constants.ENDPOINT}/{self.repo_id}"

    def _edited_there(self) -> bool:
        """Whether the card on the Hub was edited by hand (the marker of ours is gone)."""
        try:
            path = hf_hub_download(self.repo_id, "README.md", force_download=False)
        except (EntryNotFoundError, RepositoryNotFoundError):
            return False
        return card.MARKER not in Path(path).read_text(encoding="utf-8", errors="replace")

    def upload_later(self, folder: str, step: int) -> bool:
        """Push a copy of the model as it is now, in the background. False while the last such push still runs: training
        never waits for the Hub. What goes wrong is said in a line and costs nothing but that push."""
        if self._pushing and not self._pushing.done():
            return False
        self._background = self._background or ThreadPoolExecutor(1, thread_name_prefix="push")
        copy = Path(folder).parent / f".push-{step}"  # a folder that is rewritten while it is read would be torn
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy)

        def work():
            try:
                self.upload(str(copy), f"step {step:,}")
            except GanzooError as error:
                log.warning("%s", str(error).replace(str(copy), folder))
            finally:
                shutil.rmtree(copy, ignore_errors=True)

        self._pushing = self._background.submit(work)
        return True

    def finish(self) -> None:
        """Wait for a push in the background."""
        if self._background:
            self._background.shutdown(wait=True)


def collect(title: str, repo_ids: list[str]) -> str | None:
    """Put pushed models into one collection of the user. Returns its slug, or None where the server knows no collections."""
    api = HfApi()
    try:
        made = api.create_collection(title, exists_ok=True)
        for repo_id in repo_ids:
            api.add_collection_item(made.slug, repo_id, "model", exists_ok=True)
        return get_collection(made.slug).slug
    except (*TROUBLE, ValueError, KeyError, TypeError) as error:  # a convenience: nothing depends on it
        log.warning("The three are pushed; a collection of them was not made (%s).", short(error))
        return None


def pull(repo_id: str, revision: str | None = None) -> Path:
    """Fetch a model repository (JSON, safetensors and pictures only) into the cache; returns its folder.

    With the Hub down: the copy in the cache, else the bundled model of the same name, and a quiet line that says so.
    """
    try:
        validate_repo_id(repo_id)
    except HFValidationError as error:
        raise GanzooError(f"{repo_id!r} is not a name of a repository on the Hub ({short(error)}).") from None
    if not reachable():
        return _without_hub(repo_id, revision)
    try:
        size = sum(
            f.size or 0 for f in HfApi().model_info(repo_id, revision=revision, files_metadata=True).siblings or []
        )
        if size > LARGEST:
            raise GanzooError(
                f"{repo_id} holds {size / 2**30:.1f} GB, more than the {LARGEST >> 30} GB that a ganzoo model may have: "
                "it is not one."
            )
        return Path(snapshot_download(repo_id, revision=revision, allow_patterns=WANTED))
    except GatedRepoError:
        raise GanzooError(
            f"{repo_id} is gated: ask for access on {constants.ENDPOINT}/{repo_id} and log in with `hf auth login`."
        ) from None
    except RevisionNotFoundError:
        raise GanzooError(f"{repo_id} has no revision {revision!r}: check the branch, tag or commit.") from None
    except RepositoryNotFoundError:
        raise GanzooError(
            f"{repo_id} could not be fetched from the Hub: it does not exist or is private; check the name and your "
            "token (`hf auth login`)."
        ) from None
    except HfHubHTTPError as error:
        if error.response is not None and error.response.status_code >= 500:
            return _without_hub(repo_id, revision)
        raise GanzooError(f"{repo_id} could not be fetched from the Hub ({short(error)}): try again later.") from None
    except (*TROUBLE, ValueError) as error:
        raise GanzooError(
            f"{repo_id} could not be fetched from the Hub ({short(error)}): check the name, your token "
            "(`hf auth login`) and the network."
        ) from None


def reachable() -> bool:
    """Whether the Hub gives a sign of life within two seconds. Any answer is one, a refusal too."""
    if constants.HF_HUB_OFFLINE:
        return False
    try:
        request = urllib.request.Request(constants.ENDPOINT, method="HEAD")
        urllib.request.urlopen(request, timeout=PATIENCE).close()
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError):
        return False
    return True


def _without_hub(repo_id: str, revision: str | None) -> Path:
    from ganzoo.model import WEIGHTS

    try:
        folder = Path(snapshot_download(repo_id, revision=revision, allow_patterns=WANTED, local_files_only=True))
        if (folder / "config.json").is_file():
            log.warning("The Hub cannot be reached: %s comes from the cache.", repo_id)
            return folder
    except (*TROUBLE, ValueError):
        pass
    bundled = WEIGHTS / repo_id.split("/")[-1]
    if revision is None and (bundled / "config.json").is_file():
        log.warning("The Hub cannot be reached: the bundled %s is used instead of %s.", bundled.name, repo_id)
        return bundled
    raise GanzooError(
        f"{repo_id} could not be fetched: {constants.ENDPOINT} cannot be reached and it is not in the cache; check the "
        "network, or name a bundled model."
    )


def models_of(namespace: str) -> list[str]:
    """The ids of a user's or organisation's models tagged ganzoo, by name; [] if the Hub does not answer."""
    if not namespace or not reachable():
        return []
    try:
        return sorted(m.id for m in HfApi().list_models(author=namespace, filter="ganzoo", limit=200))
    except (*TROUBLE, ValueError):
        return []


def namespace() -> str:
    """Whose models the pages show besides the bundled ones: $GANZOO_NAMESPACE, or nobody's."""
    return os.environ.get("GANZOO_NAMESPACE", "").strip()


def _pause(error: HfHubHTTPError, attempt: int) -> float:
    """Seconds before the next try: what the Hub asks for, up to half a minute, else 1, 2, 4 with a little chance."""
    asked = error.response.headers.get("Retry-After", "") if error.response is not None else ""
    return min(30.0, float(asked)) if asked.isdigit() else 2.0**attempt * (0.75 + random.random() / 2)


def short(error: Exception) -> str:
    """The first line of an error, with no token in it."""
    text = str(error).strip().splitlines()[0][:160] if str(error).strip() else "no more is known"
    token = os.environ.get("HF_TOKEN") or ""
    return f"{type(error).__name__}: {text.replace(token, '***') if token else text}"
