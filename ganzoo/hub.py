"""Push and pull through the real client of the Hub. A model folder is a Hub repository, file for file."""

from pathlib import Path

from huggingface_hub import HfApi, constants, snapshot_download
from huggingface_hub.errors import HFValidationError, HTTPError, LocalTokenNotFoundError

from ganzoo.errors import GanzooError

# HTTPError is the client's own transport library's (httpx or httpx2): refusals by the Hub and broken connections alike.
TROUBLE = (HTTPError, OSError)

WANTED = ["config.json", "*.safetensors", "README.md", "*.png", "film.webp", "film.json"]


class Push:
    """A push that is checked before training and done after it: token and name at second 0, one commit at the end."""

    def __init__(self, wish: str, name: str, private: bool = False):
        self.api = HfApi()
        try:
            user = self.api.whoami()["name"]
        except LocalTokenNotFoundError:
            raise GanzooError("--push needs a token of the Hub: run `hf auth login`, or set HF_TOKEN.") from None
        except TROUBLE as error:
            raise GanzooError(
                f"--push: the Hub does not accept the token or cannot be reached ({_short(error)}): "
                "run `hf auth login`, check the network, or train without --push."
            ) from None
        self.repo_id = f"{user}/{name}" if wish == "auto" else wish
        try:
            self.api.create_repo(self.repo_id, private=private, exist_ok=True)
        except (*TROUBLE, HFValidationError) as error:
            raise GanzooError(
                f"--push {self.repo_id}: not allowed or not a name for a repository ({_short(error)}): "
                "use --push YOUR_NAME/MODEL and a token that can write."
            ) from None

    def upload(self, folder: str) -> str:
        """Upload a model folder in one commit; returns its address. A failure leaves the folder and says how to retry."""
        try:
            self.api.upload_folder(
                repo_id=self.repo_id,
                folder_path=folder,
                allow_patterns=WANTED,
                commit_message=f"{Path(folder).parent.name}, trained with ganzoo",
            )
        except (*TROUBLE, ValueError) as error:
            raise GanzooError(
                f"The push to {self.repo_id} failed ({_short(error)}); the model is safe in {folder}. Try again: "
                f"hf upload {self.repo_id} {folder}"
            ) from None
        return f"{constants.ENDPOINT}/{self.repo_id}"


def pull(repo_id: str, revision: str | None = None) -> Path:
    """Fetch a model repository (JSON, safetensors and pictures only) into the cache; returns its folder."""
    try:
        return Path(snapshot_download(repo_id, revision=revision, allow_patterns=WANTED))
    except HFValidationError as error:
        raise GanzooError(f"{repo_id!r} is not a name of a repository on the Hub ({_short(error)}).") from None
    except TROUBLE as error:
        raise GanzooError(
            f"{repo_id} could not be fetched from the Hub ({_short(error)}): check the name, your token "
            "(`hf auth login`) and the network."
        ) from None


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).strip().splitlines()[0][:120] if str(error).strip() else 'no more is known'}"
