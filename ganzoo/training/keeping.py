"""A second place for a run where the machine's own disk is lost at its end: $GANZOO_KEEP, a folder that outlives it.

train/jobs.py mounts a bucket of the Hub there. After every save the run's new files are copied to $GANZOO_KEEP/NAME; a command
that finds its run there brings it back and goes on with it. Files are written whole, one after the other, because a mounted
bucket takes nothing else: no appending and no writing in the middle.
"""

import logging
import os
import shutil
from pathlib import Path

log = logging.getLogger("ganzoo")


def place(name: str) -> Path | None:
    """Where the run of this name is kept; None where nothing is."""
    home = os.environ.get("GANZOO_KEEP")
    return Path(home) / name if home else None


def bring_back(folder: Path) -> bool:
    """Whether a kept run stands in `folder` now, to go on with. A run that is in `folder` already stays as it is."""
    kept = place(folder.name)
    if not kept or not (kept / "resume.pt").is_file():
        return False
    if not (folder / "resume.pt").is_file():
        folder.parent.mkdir(parents=True, exist_ok=True)
        whole = folder.with_name(f".{folder.name}.{os.getpid()}")
        shutil.copytree(kept, whole, ignore=shutil.ignore_patterns(".*"))
        try:
            whole.rename(folder)  # of several processes the first one wins
        except OSError:
            shutil.rmtree(whole, ignore_errors=True)
    return (folder / "resume.pt").is_file()


class Keeper:
    """Copies what is new in a run folder to where it is kept, resume.pt last: whoever finds it finds the rest."""

    def __init__(self, folder: Path):
        self.folder, self.kept = folder, place(folder.name)
        self.seen: dict[Path, int] = {}  # file -> its time when it was copied

    def keep(self) -> None:
        """A disk that refuses costs nothing but this copy: the next save tries again."""
        if not self.kept:
            return
        files = (path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())
        names = [name for name in files if not name.parts[0].startswith(".")]
        try:
            for name in sorted(names, key=lambda name: (name.name == "resume.pt", name)):
                path, target = self.folder / name, self.kept / name
                time = path.stat().st_mtime_ns
                if self.seen.get(path) != time:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    temporary = target.with_name(f".{target.name}.tmp")
                    shutil.copyfile(path, temporary)
                    os.replace(temporary, target)
                    self.seen[path] = time
        except OSError as error:
            log.warning("The run was not kept in %s (%s); the next save tries again.", self.kept, error.strerror)
