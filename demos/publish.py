"""Put the pages on the Hub as a Space of your own.

    python demos/publish.py YOU/ganzoo --dry-run                   # what would go: no token, no network
    python demos/publish.py YOU/ganzoo                             # with all bundled models, on ZeroGPU, free
    python demos/publish.py YOU/ganzoo --models gan-mnist YOU/my-model
    python demos/publish.py YOU/ganzoo --out /tmp/space            # only the folder: try it with `python app.py` there

The same command again sends only what changed.
"""

import argparse
import signal
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    if not __package__:  # started by its path: look for modules in the checkout, so that `demos` is a package
        __package__ = "demos"
        sys.path[0] = str(Path(__file__).resolve().parent.parent)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C while torch loads ends without a traceback

from huggingface_hub import HfApi, SpaceHardware, constants, logging
from huggingface_hub.errors import HFValidationError, LocalTokenNotFoundError, RepositoryNotFoundError

from ganzoo.errors import GanzooError
from ganzoo.hub.upload import REFUSALS, check_repo_id, retry, root
from ganzoo.hub_client import reachable, short
from ganzoo.recipes import guarded
from ganzoo.settings import Parser

from .space import staging

OURS = "ganzoo/__init__.py"  # in every Space that this command made


def main(argv: list[str] | None = None) -> int:
    args = _command_line(argv)
    try:
        check_repo_id(args.space)
    except HFValidationError:
        raise GanzooError("bad_space_name", space=args.space) from None
    flavors = [flavor.value for flavor in SpaceHardware]
    if args.hardware and args.hardware not in flavors:
        raise GanzooError("hardware_unknown", hardware=args.hardware, known=flavors)
    models = staging.choose(args.models)
    files = staging.stage(models, args.hardware or staging.FREE, args.space)
    what = f"{len(files)} files, {sum(map(len, files.values())) / 2**20:.1f} MB, for {args.space}."
    if args.dry_run:
        for name, content in files.items():
            print(f"{len(content):>12,}  {name}")
        print(f"\nREADME.md:\n{files['README.md'].decode().split('---')[1].strip()}")
        print(f"\nrequirements.txt:\n{files['requirements.txt'].decode()}\n{what} Nothing was sent.")
        return 0
    if args.out:
        return _leave(files, Path(args.out))
    print(what, flush=True)
    with tempfile.TemporaryDirectory(prefix="ganzoo-space-") as folder:
        staging.write(files, Path(folder))
        try:
            address = push(args.space, folder, models.hub, args.hardware, args.private)
        except KeyboardInterrupt:
            print("\nStopped. The same command goes on: what is there already is not sent again.", file=sys.stderr)
            return 130
    print(f"Published: {address} (it builds now, in a few minutes)")
    return 0


def _command_line(argv: list[str] | None) -> argparse.Namespace:
    parser = Parser(description=__doc__)
    parser.add_argument("space", help="YOUR_NAME/SPACE")
    parser.add_argument("--dry-run", action="store_true", help="list the files and the requirements, send nothing")
    parser.add_argument("--out", default="", help="stage the Space into this new folder, send nothing")
    parser.add_argument(
        "--models",
        nargs="+",
        default=[],
        help="bundled names (default: all bundled), runs/NAME, and USER/MODEL on the Hub, pulled when the Space is "
        "built",
    )
    parser.add_argument("--private", action="store_true", help="only you see the Space")
    parser.add_argument(
        "--hardware", default="", help=f"for example cpu-basic, t4-small (default: {staging.FREE}, free)"
    )
    return parser.parse_args(argv)


def _leave(files: dict, folder: Path) -> int:
    try:
        if folder.exists() and any(folder.iterdir()):
            raise GanzooError("space_folder_not_empty", folder=folder)
        staging.write(files, folder)
    except OSError as error:
        raise GanzooError("space_folder_not_writable", folder=folder, reason=error.strerror) from None
    print(f"Staged in {folder}; try it: cd {folder} && python app.py")
    return 0


def push(space: str, folder: str, models: list[str], hardware: str, private: bool) -> str:
    """Make the Space if it is not there, and its content exactly that of `folder`, in one commit. Returns its address."""
    if not reachable():
        raise GanzooError("publish_hub_unavailable", endpoint=constants.ENDPOINT)
    api = HfApi()
    try:
        api.whoami()
        for name in models:
            _may_be_pulled(api, name)
        _prepare(api, space, hardware, private)
        logging.set_verbosity_error()  # the client advises another command for more than 200 files
        how = {"repo_type": "space", "commit_message": "Published with ganzoo"}
        how["delete_patterns"] = "*"  # what an earlier version had and this one has not
        retry(lambda: api.upload_folder(repo_id=space, folder_path=folder, **how))
    except LocalTokenNotFoundError:
        raise GanzooError("publish_needs_token") from None
    except (*REFUSALS, ValueError) as error:
        raise _refusal(space, root(error), hardware or staging.FREE) from None
    return f"{constants.ENDPOINT}/spaces/{space}"


def _may_be_pulled(api: HfApi, name: str) -> None:
    """The build pulls models without a token; a model that it cannot see would break it."""
    try:
        gated = api.model_info(name, token=False).gated
    except RepositoryNotFoundError:
        gated = True
    if gated:
        raise GanzooError("space_model_not_public", name=name)


def _prepare(api: HfApi, space: str, hardware: str, private: bool) -> None:
    """The Space is there, may be written, is ours, and as private and strong as args."""
    try:
        there = api.space_info(space)
    except RepositoryNotFoundError:
        new = {"space_sdk": "gradio", "space_hardware": hardware or staging.FREE, "private": private}
        api.create_repo(space, repo_type="space", exist_ok=True, **new)
        return
    names = {file.rfilename for file in there.siblings or []} - {".gitattributes", "README.md"}
    if names and OURS not in names:
        raise GanzooError("space_of_another_kind", space=space)
    api.auth_check(space, repo_type="space", write=True)
    if private and not there.private:  # before anything new is sent
        api.update_repo_settings(space, repo_type="space", private=True)
    if hardware:
        api.request_space_hardware(space, hardware)


def _refusal(space: str, error: Exception, hardware: str) -> GanzooError:
    """An error of the client as one sentence with its remedy."""
    status = getattr(getattr(error, "response", None), "status_code", 0)
    if status == 402 and hardware == staging.FREE:
        return GanzooError("space_quota_used_up", space=space, endpoint=constants.ENDPOINT)
    if status == 402:
        return GanzooError(
            "space_hardware_not_free", space=space, hardware=hardware, endpoint=constants.ENDPOINT, free=staging.FREE
        )
    if status == 401:
        return GanzooError("publish_token_refused")
    if status == 403:
        return GanzooError("publish_not_allowed", space=space, endpoint=constants.ENDPOINT)
    return GanzooError("publish_failed", space=space, reason=short(error))


if __name__ == "__main__":
    sys.exit(guarded(main))
