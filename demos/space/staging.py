"""What a Space is made of: one self-contained folder, put together from a list of what may go in.

In: demos/app.py and what it imports, scripts, styles and data beside it, the package ganzoo, the chosen models, a card,
requirements, and an app.py that starts the pages.
Everything else stays: other files beside them, runs that were not chosen, .env, .git, caches.
"""

import re
from dataclasses import dataclass, field
from importlib.metadata import version
from modulefinder import ModuleFinder
from pathlib import Path

from huggingface_hub import SpaceCardData, constants, get_token
from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id

import ganzoo
from ganzoo import checkpoint, package
from ganzoo.errors import GanzooError
from ganzoo.hub.bundled import WEIGHTS, bundled
from ganzoo.hub.download import WANTED
from ganzoo.model_card import PAPERS, hub_datasets
from ganzoo.training.run_dir import git_commit

DEMOS = Path(__file__).resolve().parents[1]
GANZOO = Path(ganzoo.__file__).resolve().parent
PYTHON = "3.12.12"  # ZeroGPU has this one and 3.10.13
FREE = "zero-a10g"  # the hardware on which a free account may have a Gradio Space
TORCH = "torch>=2.8,!=2.12.0,<=2.13.0"  # what ZeroGPU supports
THUMBNAIL = DEMOS / "screenshots" / "translate-en.png"  # in a checkout; social sites show it beside a link
SECRETS = re.compile(rb"hf_[A-Za-z0-9]{30,}|-----BEGIN [A-Z ]*PRIVATE KEY-----")

APP = """import os
import runpy

os.environ.setdefault("GANZOO_GIT_COMMIT", "{commit}")  # the cards of what visitors train name it
runpy.run_module("demos.app", run_name="__main__")
"""
TAGS = ["gan", "dcgan", "pix2pix", "cyclegan", "image-to-image", "education", "mcp-server"]
# What pages use besides the models: Your pictures trains with the first, Watch it learn and Create ask others.
HELPERS = (
    "features-efficientnet-lite0",
    *(f"{kind}-{data}" for kind in ("judge", "realness") for data in ("mnist", "fashion")),
)
# What goes along with the modules: files, and the module that runs as a process of its own.
BESIDE = ("*.js", "*.css", "locales/*.json", "custom/worker.py")


@dataclass
class Models:
    """The models that a Space has: bundled names, names of local runs, ids on the Hub."""

    bundled: list[str] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    hub: list[str] = field(default_factory=list)

    @property
    def folders(self) -> dict[str, Path]:
        """Where a model lies in the Space -> where it lies here."""
        found = {f"ganzoo/weights/{name}": WEIGHTS / name for name in self.bundled}
        return found | {f"runs/{name}/model": Path("runs") / name / "model" for name in self.runs}


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
                raise GanzooError("space_model_bad_id", name=name) from None
            models.hub.append(name)
        else:
            raise GanzooError("space_model_not_found", name=name, bundled=bundled())
    models.bundled = models.bundled or bundled()
    for folder in models.folders.values():
        checkpoint.read_config(folder)  # a damaged or missing one is a sentence here, not a broken Space
    return models


def stage(models: Models, hardware: str = FREE, space: str = "") -> dict[str, bytes]:
    """Every file of the Space `space` (USER/NAME): its path there -> its content."""
    beside = [path for pattern in BESIDE for path in DEMOS.rglob(pattern)]
    data = [path for path in (DEMOS / "data").rglob("*") if path.is_file()]
    pages = [*imported(), *beside, *data]
    files = {f"demos/{path.relative_to(DEMOS).as_posix()}": path for path in pages}
    inside = ("demos", "train")  # in an installed ganzoo these lie in its own folder
    code = [path for path in GANZOO.rglob("*.py") if path.relative_to(GANZOO).parts[0] not in inside]
    files |= {f"ganzoo/{path.relative_to(GANZOO).as_posix()}": path for path in [*code, *package.words()]}
    helpers = {f"ganzoo/weights/{name}": WEIGHTS / name for name in HELPERS}
    for place, folder in {**models.folders, **helpers}.items():
        for path in (path for pattern in WANTED for path in folder.glob(pattern)):
            if path.is_file() and not path.is_symlink():
                files[f"{place}/{path.name}"] = path
    for name, path in (("LICENSE", DEMOS.parent / "LICENSE"), ("thumbnail.png", THUMBNAIL)):
        files |= {name: path} if path.is_file() else {}
    picture = f"{constants.ENDPOINT}/spaces/{space}/resolve/main/thumbnail.png" if "thumbnail.png" in files else None
    content = {name: path.read_bytes() for name, path in files.items()} | {
        "app.py": APP.format(commit=git_commit()).encode(),
        "README.md": card(models, hardware, picture if space else None).encode(),
        "requirements.txt": requirements().encode(),
    }
    token = (get_token() or "").encode()
    for name, text in content.items():  # what looks like a token or a key, or is the token in use, goes nowhere
        if SECRETS.search(text) or (len(token) > 8 and token in text):
            raise GanzooError("space_holds_secret", name=name)
    return dict(sorted(content.items()))


def imported() -> list[Path]:
    """The modules of the pages that app.py imports, directly or not."""
    finder = ModuleFinder([str(DEMOS.parent)], excludes=["ganzoo"])
    finder.import_hook("demos.app")
    return [Path(module.__file__) for module in finder.modules.values() if module.__file__]  # not sys, time ..


def card(models: Models, hardware: str, thumbnail: str | None = None) -> str:
    """README.md of the Space. Its front matter is the Space's configuration; `thumbnail` is the address of a picture."""
    learned = [checkpoint.read_config(folder)[1].data for folder in models.folders.values()]
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
        "tags": TAGS,
        "thumbnail": thumbnail,
        "datasets": sorted({name for data in learned for name in hub_datasets(data)}) or None,
        "suggested_hardware": hardware,
        "hf_oauth": True,  # a visitor of Your pictures pushes with their own login, to repositories that this made
        "hf_oauth_scopes": ["contribute-repos"],
    }
    if models.hub:
        data |= {"models": models.hub, "preload_from_hub": list(models.hub)}
    named = [f"`{name}`" for name in [*models.bundled, *(f"runs/{n}" for n in models.runs), *models.hub]]
    papers = ", ".join(PAPERS.values())
    text = Path(__file__).with_name("card.md").read_text(encoding="utf-8")
    return text.format(data=SpaceCardData(**data).to_yaml(), models=", ".join(named), papers=papers)


def requirements() -> str:
    """What ganzoo and its pages need, with the torch that ZeroGPU has, and the package `spaces`."""
    lines = [TORCH if re.match(r"torch\b", line) else line for line in package.requirements("pages")]
    return "\n".join([*lines, "spaces>=0.40,<1"]) + "\n"


def write(files: dict[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
