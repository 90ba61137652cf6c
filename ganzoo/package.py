"""What pyproject.toml says of ganzoo as a package, read from where pip keeps it."""

from importlib.metadata import PackageNotFoundError, metadata, requires
from pathlib import Path

from ganzoo.errors import GanzooError

NAME = "ganzoo-family"  # on PyPI, `ganzoo` is another project


HOME = Path(__file__).parent


def words() -> list[Path]:
    """The files of words and data that lie beside the modules: sentences, the card, what is known of data sets."""
    folders = (HOME, HOME / "data", HOME / "training")
    return [HOME / "card.md", *(path for folder in folders for path in folder.glob("*.json"))]


def requirements(*extras: str) -> list[str]:
    """The packages that ganzoo needs, and those of `extras`, as lines of a requirements file."""
    try:
        lines = [line.split(";") for line in requires(NAME) or []]
    except PackageNotFoundError:
        raise GanzooError("not_installed") from None
    markers = {f'extra == "{extra}"' for extra in extras}
    return [need.strip() for need, *marker in lines if not marker or marker[0].strip() in markers]


def install_line() -> str:
    """The command that installs ganzoo from its repository, or "" while pyproject.toml names none."""
    try:
        addresses = metadata(NAME).get_all("Project-URL") or []
    except PackageNotFoundError:  # in a Space, where ganzoo is a folder
        return ""
    named = dict(line.split(", ", 1) for line in addresses)
    return f"pip install git+{named['Repository']}" if "Repository" in named else ""
