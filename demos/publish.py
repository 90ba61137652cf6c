"""Put the pages on the Hub as a Space of your own.

    python demos/publish.py YOU/ganzoo --dry-run                   # what would go: no token, no network
    python demos/publish.py YOU/ganzoo                             # with all bundled models, on ZeroGPU, free
    python demos/publish.py YOU/ganzoo --models gan-mnist YOU/my-model
    python demos/publish.py YOU/ganzoo --out /tmp/space            # only the folder: try it with `python app.py` there

The same command again sends only what changed.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import staging
from huggingface_hub import HfApi, SpaceHardware, constants
from huggingface_hub.errors import (
    HFValidationError,
    LocalTokenNotFoundError,
    RepositoryNotFoundError,
)
from huggingface_hub.utils import validate_repo_id

from ganzoo import hub
from ganzoo.errors import GanzooError
from ganzoo.push import REFUSALS, may_write, patiently, root
from ganzoo.recipe import guarded

OURS = "ganzoo/__init__.py"  # in every Space that this command made


def main(argv: list[str] | None = None) -> int:
    asked = _command_line(argv)
    try:
        validate_repo_id(asked.space)
        if asked.space.count("/") != 1:
            raise HFValidationError
    except HFValidationError:
        raise GanzooError(
            f"{asked.space!r} is no name of a Space: give YOUR_NAME/SPACE, for example alice/ganzoo."
        ) from None
    flavors = [flavor.value for flavor in SpaceHardware]
    if asked.hardware and asked.hardware not in flavors:
        raise GanzooError(f"--hardware knows {', '.join(flavors)}, not {asked.hardware!r}.")
    models = staging.choose(asked.models)
    files = staging.stage(models, asked.hardware or staging.FREE)
    megabytes = sum(map(staging.size, files.values())) / 2**20
    if asked.dry_run:
        for name, source in files.items():
            print(f"{staging.size(source):>12,}  {name}")
        print(f"\nREADME.md:\n{staging.content(files['README.md']).decode().split('---')[1].strip()}")
        print(f"\nrequirements.txt:\n{staging.content(files['requirements.txt']).decode()}")
        print(f"{len(files)} files, {megabytes:.1f} MB, for {asked.space}. Nothing was sent.")
        return 0
    if asked.out:
        return _leave(files, Path(asked.out))
    print(f"{len(files)} files, {megabytes:.1f} MB, for {asked.space}.", flush=True)
    with tempfile.TemporaryDirectory(prefix="ganzoo-space-") as folder:
        staging.write(files, Path(folder))
        try:
            address = push(asked.space, folder, models.hub, asked.hardware, asked.private)
        except KeyboardInterrupt:
            print("\nStopped. The same command goes on: what is there already is not sent again.", file=sys.stderr)
            return 130
    print(f"Published: {address} (it builds now, in a few minutes)")
    return 0


def _command_line(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("space", help="YOUR_NAME/SPACE")
    parser.add_argument("--dry-run", action="store_true", help="list the files and the requirements, send nothing")
    parser.add_argument("--out", default="", help="stage the Space into this new folder, send nothing")
    parser.add_argument(
        "--models",
        nargs="+",
        default=[],
        help="bundled names (default: all bundled), runs/NAME, and USER/MODEL on the Hub, pulled when the Space is built",
    )
    parser.add_argument("--private", action="store_true", help="only you see the Space")
    parser.add_argument(
        "--hardware", default="", help=f"for example cpu-basic, t4-small (default: {staging.FREE}, free)"
    )
    return parser.parse_args(argv)


def _leave(files: dict, folder: Path) -> int:
    try:
        if folder.exists() and any(folder.iterdir()):
            raise GanzooError(f"--out {folder} is not empty: name a new folder.")
        staging.write(files, folder)
    except OSError as error:
        raise GanzooError(f"--out {folder} cannot be written ({error.strerror}): name another folder.") from None
    print(f"Staged in {folder}; try it: cd {folder} && python app.py")
    return 0


def push(space: str, folder: str, models: list[str], hardware: str, private: bool) -> str:
    """Make the Space if it is not there, and its content exactly that of `folder`, in one commit. Returns its address."""
    if not hub.reachable():
        raise GanzooError(
            f"{constants.ENDPOINT} cannot be reached: check the network; --dry-run and --out work without."
        )
    api = HfApi()
    try:
        api.whoami()
        for name in models:
            _may_be_pulled(api, name)
        _prepare(api, space, hardware, private)
        _upload(api, space, folder)
    except LocalTokenNotFoundError:
        raise GanzooError("Publishing needs a token of the Hub: run `hf auth login`, or set HF_TOKEN.") from None
    except (*REFUSALS, ValueError) as error:
        raise GanzooError(_why(space, root(error), hardware or staging.FREE)) from None
    return f"{constants.ENDPOINT}/spaces/{space}"


def _may_be_pulled(api: HfApi, name: str) -> None:
    """The build pulls models without a token; a model that it cannot see would break it."""
    try:
        gated = api.model_info(name, token=False).gated
    except RepositoryNotFoundError:
        gated = True
    if gated:
        raise GanzooError(
            f"--models: {name} is not on the Hub for everybody (missing, private or gated), so a Space cannot pull it when "
            "it is built: make it public, or train or download it to runs/NAME and give that."
        )


def _prepare(api: HfApi, space: str, hardware: str, private: bool) -> None:
    """The Space is there, may be written, is ours, and as private and strong as asked."""
    try:
        there = api.space_info(space)
    except RepositoryNotFoundError:
        api.create_repo(
            space,
            repo_type="space",
            space_sdk="gradio",
            space_hardware=hardware or staging.FREE,
            private=private,
            exist_ok=True,
        )
        return
    names = {file.rfilename for file in there.siblings or []} - {".gitattributes", "README.md"}
    if names and OURS not in names:
        raise GanzooError(f"{space} is another Space, whose files would be lost: publish under another name.")
    may_write(api, space, "spaces")
    if private and not there.private:  # before anything new is sent
        api.update_repo_settings(space, repo_type="space", private=True)
    if hardware:
        api.request_space_hardware(space, hardware)


def _upload(api: HfApi, space: str, folder: str) -> None:
    patiently(
        lambda: api.upload_folder(
            repo_id=space,
            repo_type="space",
            folder_path=folder,
            delete_patterns="*",  # what an earlier version had and this one has not
            commit_message="Published with ganzoo",
        )
    )


def _status(error: Exception) -> int:
    return getattr(getattr(error, "response", None), "status_code", 0)


def _why(space: str, error: Exception, hardware: str) -> str:
    """An error of the client as one sentence with its remedy."""
    status = _status(error)
    if status == 402 and hardware == staging.FREE:
        return (
            f"{space}: the Hub asks for payment even on ZeroGPU, so your free Spaces there are used up: delete one, or take "
            f"a PRO account ({constants.ENDPOINT}/pro)."
        )
    if status == 402:
        return (
            f"{space}: on {hardware} the Hub gives a Gradio Space only to PRO accounts ({constants.ENDPOINT}/pro) or for "
            f"money; the free way is ZeroGPU: leave --hardware out, or say --hardware {staging.FREE}."
        )
    if status == 401:
        return "The Hub does not accept the token: run `hf auth login`, or set HF_TOKEN to one that is valid."
    if status == 403:
        return (
            f"The token may not write to {space}: publish under your own name, with a token whose role is write "
            f"({constants.ENDPOINT}/settings/tokens)."
        )
    return f"{space} was not published ({hub.short(error)}): run the same command again, it sends only what is missing."


if __name__ == "__main__":
    sys.exit(guarded(main))
