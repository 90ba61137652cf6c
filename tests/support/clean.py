"""A Python environment with nothing in it but named packages: what a Space or a job finds, not what a developer has.

The packages are links to those at hand (torch weighs gigabytes), with all that they need themselves and nothing else.
"""

import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement


def name_of(line: str) -> str:
    """A line of requirements.txt -> the package's name."""
    return re.split(r"[^\w.-]", line.strip())[0].lower().replace("_", "-")


def closure(names: list[str]) -> set[str]:
    """The packages and all that they need, as installed here. Their extras count: torch names CUDA's libraries so."""
    done, left = set(), [(name, "") for name in names]
    while left:
        name, extra = left.pop()
        name = name.lower().replace("_", "-")
        if (name, extra) in done:
            continue
        try:
            needs = distribution(name).requires or []
        except PackageNotFoundError:  # a dependency of another platform, or one that is not at hand
            continue
        done.add((name, extra))
        for need in map(Requirement, needs):
            if need.marker is None or need.marker.evaluate({"extra": extra}):
                left += [(need.name, wanted) for wanted in ("", *need.extras)]
    return {name for name, _ in done}


def clean_python(folder: Path, at_hand: list[str]) -> Path:
    """A new environment in `folder`; returns its interpreter. ganzoo's own checkout cannot be imported from it."""
    links = folder / "at-hand"
    links.mkdir(parents=True)
    for name in closure(at_hand):
        tops = {file.parts[0] for file in distribution(name).files or []}
        for top in tops - {"..", "__pycache__"}:
            source = Path(distribution(name).locate_file(top))
            if source.exists() and not (links / top).exists():
                (links / top).symlink_to(source)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    site = next((folder / "venv" / "lib").glob("python*/site-packages"))
    (site / "at_hand.pth").write_text(f"{links}\n", encoding="utf-8")
    return python


def pip(python: Path, *words: str) -> None:
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-compile", *words]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
