"""What a Space is made of: one self-contained folder, put together from a list of what may go in.

In: app.py and the pages it imports, their scripts and styles, the package ganzoo, the chosen models, a card, requirements.
Everything else stays: other files beside them, runs that were not chosen, .env, .git, caches.
"""

import ast
import re
from dataclasses import dataclass, field
from fnmatch import fnmatch
from importlib.metadata import version
from pathlib import Path

from huggingface_hub import SpaceCardData, get_token
from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id

from ganzoo import checkpoint
from ganzoo.errors import GanzooError
from ganzoo.hub import WANTED

ROOT = Path(__file__).resolve().parent.parent
PYTHON = "3.12.12"  # ZeroGPU has this one and 3.10.13
FREE = "zero-a10g"  # the hardware on which a free account may have a Gradio Space
TORCH = {"torch": "torch>=2.8,<2.12", "torchvision": "torchvision>=0.23,<0.27"}  # what ZeroGPU supports
SECRETS = re.compile(rb"hf_[A-Za-z0-9]{30,}|-----BEGIN [A-Z ]*PRIVATE KEY-----")

CARD = """---
{data}
---

# ganzoo

The GAN family to run, train, share and understand: GAN, conditional GAN, DCGAN, Pix2Pix, CycleGAN. Open the App tab; in
Chinese at `/zh`. Everything is computed here, with {models}.

Small pictures are made on the processor, in milliseconds; a GPU is asked for only where a picture is larger than 512 x 512.
To show a model of your own, add its id to `preload_from_hub` at the top of this file.
"""


@dataclass
class Models:
    """The models that a Space has: bundled names, names of local runs, ids on the Hub."""

    bundled: list[str] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    hub: list[str] = field(default_factory=list)

    @property
    def folders(self) -> dict[str, Path]:
        """Where a model lies in the Space -> where it lies here."""
        found = {f"ganzoo/weights/{name}": weights() / name for name in self.bundled}
        return found | {f"runs/{name}/model": Path("runs") / name / "model" for name in self.runs}


def weights() -> Path:
    return ROOT / "ganzoo" / "weights"


def bundled() -> list[str]:
    """The models in the checkout that pages show: all but the judges."""
    return sorted(
        f.parent.name for f in weights().glob("*/config.json") if f.is_file() and not f.parent.name.startswith("judge-")
    )


def choose(wishes: list[str]) -> Models:
    """What --models names, separated by spaces or commas -> the models. Without a bundled name among them: all bundled."""
    models = Models()
    for name in dict.fromkeys(" ".join(wishes).replace(",", " ").split()):
        if name in bundled():
            models.bundled.append(name)
        elif name.startswith("runs/"):
            models.runs.append(name.removeprefix("runs/").split("/")[0])
        elif name.count("/") == 1:
            try:
                validate_repo_id(name)
            except HFValidationError:
                raise GanzooError(f"--models: {name!r} is no name on the Hub: give USER/MODEL.") from None
            models.hub.append(name)
        else:
            raise GanzooError(
                f"--models: there is no model {name!r}: bundled are {', '.join(bundled()) or 'none'}; else give USER/MODEL "
                "on the Hub or runs/NAME."
            )
    models.bundled = models.bundled or bundled()
    for folder in models.folders.values():
        checkpoint.read_config(folder)  # a damaged or missing one is a sentence here, not a broken Space
    return models


def stage(models: Models, hardware: str = FREE) -> dict[str, Path | bytes]:
    """Every file of the Space: its path there -> the file here, or its content."""
    demos, package = ROOT / "demos", ROOT / "ganzoo"
    beside = [path for path in demos.iterdir() if path.suffix in (".js", ".css")]
    files: dict[str, Path | bytes] = {path.name: path for path in [*imported(demos / "app.py"), *beside]}
    files |= {path.relative_to(demos).as_posix(): path for path in (demos / "data").rglob("*") if path.is_file()}
    files |= {f"ganzoo/{path.name}": path for path in package.glob("*.py")}
    for place, folder in models.folders.items():
        for path in folder.iterdir():
            if any(fnmatch(path.name, pattern) for pattern in WANTED) and path.is_file() and not path.is_symlink():
                files[f"{place}/{path.name}"] = path
    licence = ROOT / "LICENSE"
    files |= {"LICENSE": licence} if licence.is_file() else {}
    files |= {"README.md": card(models, hardware).encode(), "requirements.txt": requirements().encode()}
    _no_secrets(files)
    return dict(sorted(files.items()))


def imported(start: Path) -> list[Path]:
    """A script and all that it imports from its own folder, directly or not."""
    found, left = [], [start]
    while left:
        path = left.pop()
        if path in found or not path.is_file():
            continue
        found.append(path)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            left += [path.parent / f"{name.split('.')[0]}.py" for name in names]
    return found


def card(models: Models, hardware: str) -> str:
    """README.md of the Space. Its front matter is the Space's configuration."""
    data = {
        "title": "ganzoo",
        "emoji": "🦓",
        "colorFrom": "yellow",
        "colorTo": "red",
        "sdk": "gradio",
        "sdk_version": version("gradio"),
        "python_version": PYTHON,
        "app_file": "app.py",
        "pinned": False,
        "license": "mit",
        "short_description": "The GAN family to run, train, share and understand",
        "suggested_hardware": hardware,
        "hf_oauth": True,  # a visitor of Your pictures pushes with their own login, to repositories that this made
        "hf_oauth_scopes": ["contribute-repos"],
    }
    if models.hub:
        data |= {"models": models.hub, "preload_from_hub": list(models.hub)}
    named = [f"`{name}`" for name in [*models.bundled, *(f"runs/{n}" for n in models.runs), *models.hub]]
    return CARD.format(data=SpaceCardData(**data).to_yaml(), models=", ".join(named))


def requirements() -> str:
    """The project's requirements without those of its tests, torch as ZeroGPU has it, and the package `spaces`."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8").split("# tests")[0]
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    lines = [TORCH.get(re.split(r"[^\w-]", line)[0], line) for line in lines]
    return "\n".join([*lines, "spaces>=0.40,<1"]) + "\n"


def content(source: Path | bytes) -> bytes:
    return source if isinstance(source, bytes) else source.read_bytes()


def size(source: Path | bytes) -> int:
    return len(source) if isinstance(source, bytes) else source.stat().st_size


def write(files: dict[str, Path | bytes], folder: Path) -> None:
    for name, source in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content(source))


def _no_secrets(files: dict[str, Path | bytes]) -> None:
    """What looks like a token or a key, or is the token in use, goes nowhere."""
    token = (get_token() or "").encode()
    for name, source in files.items():
        text = content(source)
        if SECRETS.search(text) or (len(token) > 8 and token in text):
            raise GanzooError(f"{name} holds what looks like a token or a private key: take it out; nothing was sent.")
