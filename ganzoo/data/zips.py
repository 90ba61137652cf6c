"""What is in a stranger's zip file, looked at before anything is unpacked (a leaf of the readers).

with zipfile.ZipFile(path) as archive:
    for entry in zips.pictures(archive):
        if zips.safe(entry.filename) and entry.file_size <= limit:
            archive.extract(entry, folder)   # never more bytes than `file_size` says
"""

import lzma
import stat
import struct
import zipfile
import zlib
from pathlib import PurePosixPath

from ganzoo.data.folders import SUFFIXES

# What a damaged or hostile zip file makes `zipfile` raise; RuntimeError also for a password.
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error)
DAMAGED += (EOFError, RuntimeError, ValueError, ArithmeticError)


def files(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of an archive, with / between their folders; without links and hidden files."""
    for entry in archive.infolist():
        entry.filename = entry.filename.replace("\\", "/")  # as Windows writes it; zipfile reads by `orig_filename`
    found = [entry for entry in archive.infolist() if not entry.is_dir() and not hidden(entry.filename)]
    return [entry for entry in found if not stat.S_ISLNK(entry.external_attr >> 16)]


def pictures(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [entry for entry in files(archive) if PurePosixPath(entry.filename).suffix.lower() in SUFFIXES]


def hidden(name: str) -> bool:
    """Whether a path is one of those that a system adds: .DS_Store, __MACOSX/._picture.png."""
    return any(part.startswith((".", "__MACOSX")) and part != ".." for part in PurePosixPath(name).parts)


def safe(name: str) -> bool:
    """Whether a stranger's path stays inside the folder that it is written into."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and not set(name) & set("\\:")
