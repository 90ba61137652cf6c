"""A folder of pictures in, a zip out: one picture after the other, so it can be watched and stopped.

No zip is unpacked to disk: only the names' last parts and the bytes of its pictures are ever used.
"""

import io
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from PIL import Image

from ganzoo import GanzooError
from ganzoo.data import zips
from ganzoo.data.decode import first_ten

from ...ui.html import prose, quiet
from ...ui.pictures import read
from ...ui.words import Trouble, Words
from . import inference, render

MOST, MB = 200, 48  # pictures at a time; megabytes that come in
MB_OUT = 160  # megabytes that go out
MB_EACH = 24  # megabytes of one picture, unpacked


@dataclass
class Result:
    """A finished folder: the zip's bytes and name, how many pictures it holds, the names that were left out."""

    data: bytes
    name: str
    count: int
    left_out: list[str]
    seconds: float


def translated_all(
    files: list[str], model_name: str, way: int, times: int
) -> Iterator[tuple[int, int, str, Image.Image] | Result]:
    """Paths of pictures and zips -> (done, of how many, name, translation) after every picture, at last the Result. Raises
    Trouble for what cannot be used."""
    model = inference.find(model_name)
    direction = inference.numbered(model, way)
    pictures = _unpacked(files)
    began, sheet, left_out = time.perf_counter(), io.BytesIO(), []
    with zipfile.ZipFile(sheet, "w", zipfile.ZIP_STORED) as packed:
        for i, (name, raw) in enumerate(pictures):
            try:
                made = inference.there(model, read(raw), direction, times)
            except GanzooError:
                left_out.append(name)
                continue
            data, ending = render.encoded(made)
            packed.writestr(_free(packed, name, direction, ending), data)
            if sheet.tell() > MB_OUT << 20:
                raise Trouble("trl_zip_large", most=MB_OUT)
            yield i + 1, len(pictures), name, made
        count = len(packed.namelist())
    if not count:
        raise Trouble("trl_zip_empty")
    name = f"{model.name}-{render.named(direction)}.zip"
    yield Result(sheet.getvalue(), name, count, left_out, time.perf_counter() - began)


def said(words: Words, result: Result) -> str:
    """How long it took, and what was left out."""
    took = words("trl_zip_took", count=result.count, seconds=f"{result.seconds:.1f}")
    if not result.left_out:
        return prose(took)
    return prose(took) + quiet(words("trl_left_out", count=len(result.left_out), names=first_ten(result.left_out)))


def _unpacked(files: list[str]) -> list[tuple[str, bytes]]:
    """Paths of pictures and zips -> [(the last part of a name, the bytes of a picture)], not too many or too large."""
    if len(files) > MOST:
        raise Trouble("trl_zip_many", count=f"{len(files):,}", most=MOST)
    paths, found = [Path(path) for path in files], []
    try:
        if sum(path.stat().st_size for path in paths) > MB << 20:
            raise Trouble("trl_zip_large", most=MB)
        for path in paths:
            raw = path.read_bytes()
            packed = path.suffix.lower() == ".zip" or raw[:4] in (b"PK\3\4", b"PK\5\6")
            found += _members(raw) if packed else [(last_part(path.name), raw)]
            if len(found) > MOST:
                raise Trouble("trl_zip_many", count=f"{len(found):,}", most=MOST)
    except OSError as error:  # half an hour after the upload, gradio has removed it
        raise Trouble("own_gone") from error
    if not found:
        raise Trouble("trl_zip_empty")
    return found


def _members(raw: bytes) -> list[tuple[str, bytes]]:
    """The pictures of a zip. What its list says is checked before anything is unpacked, and no more than that is read."""
    found = []
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            if (count := len(zips.files(packed))) > MOST:
                raise Trouble("trl_zip_many", count=f"{count:,}", most=MOST)
            members = zips.pictures(packed)
            if sum(member.file_size for member in members) > MB_OUT << 20:
                raise Trouble("trl_zip_large", most=MB_OUT)
            for member in members:
                if member.flag_bits & 1:
                    raise Trouble("trl_zip_locked")
                with packed.open(member) as file:
                    content = file.read(MB_EACH << 20)
                    found.append((last_part(member.filename), b"" if file.read(1) else content))
    except (*zips.DAMAGED, OSError) as error:
        raise Trouble("trl_zip_bad") from error
    return found


def last_part(name: str) -> str:
    """../../a/b\\c.png -> c.png: a name that is safe in a zip and short enough for a page."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(c for c in last if c.isprintable() and c not in '<>:"|?*')[-80:] or "picture"


def _free(packed: zipfile.ZipFile, name: str, direction: str, ending: str) -> str:
    """A name that the zip does not have yet: horse.jpg -> horse-zebra.png, horse-zebra-2.png."""
    side = last_part(direction.split("->")[1])
    stem = f"{PurePosixPath(name).stem}-{side}"
    taken, number = set(packed.namelist()), 1
    while (free := f"{stem}{f'-{number}' if number > 1 else ''}.{ending}") in taken:
        number += 1
    return free
