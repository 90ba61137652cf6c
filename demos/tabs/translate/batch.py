"""A folder of pictures in, a zip out: all in memory, one picture after the other, so it can be watched and stopped.

Nothing is unpacked to disk: of a zip only the names' last parts and the bytes of its pictures are ever used.
"""

import base64
import binascii
import io
import json
import time
import zipfile
from collections.abc import Iterator
from html import escape
from pathlib import PurePosixPath

from ganzoo import GanzooError

from ...ui.html import quiet
from ...ui.pictures import opened
from ...ui.words import Trouble, Words
from . import inference, render

MOST, MB = 200, 48  # pictures at a time; megabytes that come in
MB_OUT = 160  # megabytes that go out
MB_EACH = 24  # megabytes of one picture, unpacked
ENDINGS = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".ppm"}
SHOWN = 10  # names in a sentence


def answer(words: Words, payload) -> Iterator[str]:
    """A request {"model", "direction", "files": [{"name", "data"}]} -> HTML after every picture, at last with the zip."""
    yield render.progress(words("trl_reading"), 0, 1)
    try:
        request = parsed(payload)
        model = inference.find(request["model"])
        direction = inference.way(model, request["direction"])
        pictures = unpacked(request["files"])
        began, sheet, left_out = time.perf_counter(), io.BytesIO(), []
        with zipfile.ZipFile(sheet, "w", zipfile.ZIP_STORED) as packed:
            for i, (name, raw) in enumerate(pictures):
                yield render.progress(
                    words("trl_progress", done=i + 1, count=len(pictures), name=name), i, len(pictures)
                )
                try:
                    made = translated(model, raw, direction)
                except GanzooError:
                    left_out.append(name)
                    continue
                packed.writestr(_free(packed, name, direction, made[1]), made[0])
                if sheet.tell() > MB_OUT << 20:
                    raise Trouble("trl_zip_large", most=MB_OUT)
            count = len(packed.namelist())
        if not count:
            raise Trouble("trl_zip_empty")
    except GanzooError as error:
        yield quiet(words.explain(error))
        return
    seconds = time.perf_counter() - began
    file = f"{model.name}-{direction.replace('->', '-to-')}.zip"
    size = f"{len(sheet.getvalue()) / 2**20:.1f}"
    link = words("trl_zip", count=count, size=size)
    note = words("trl_zip_took", direction=words.direction(direction), seconds=f"{seconds:.1f}")
    lines = f'<p class="gz-note">{escape(note)}</p>'
    if left_out:
        names = ", ".join(left_out[:SHOWN]) + (", ..." if len(left_out) > SHOWN else "")
        lines += quiet(words("trl_left_out", count=len(left_out), names=names))
    data = base64.b64encode(sheet.getvalue()).decode()
    yield (
        f'<div class="gz-trl-done"><a class="gz-button primary" href="#" download="{escape(file)}" data-zip="{data}">'
        f"{escape(link)}</a>{lines}</div>"
    )


def parsed(payload) -> dict:
    """The request, its fields checked."""
    if not isinstance(payload, str):
        raise Trouble("cmp_request")
    if len(payload) > (MB << 20) * 1.4:
        raise Trouble("trl_zip_large", most=MB)
    try:
        said = json.loads(payload)
        files = [(str(f["name"]), f["data"]) for f in said["files"]]
        request = {key: said.get(key) or "" for key in ("model", "direction")}
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        raise Trouble("cmp_request") from None
    if not all(isinstance(v, str) and len(v) <= 300 for v in request.values()):
        raise Trouble("cmp_request")
    if len(files) > MOST:
        raise Trouble("trl_zip_many", count=f"{len(files):,}", most=MOST)
    return request | {"files": [(name, _bytes(data)) for name, data in files]}


def _bytes(text) -> bytes:
    if not isinstance(text, str):
        raise Trouble("cmp_request")
    try:
        return base64.b64decode(text.split(",", 1)[1] if text.startswith("data:") else text, validate=True)
    except (binascii.Error, ValueError, IndexError):
        raise Trouble("cmp_request") from None


def unpacked(files: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Pictures and zips -> [(the last part of a name, the bytes of a picture)]."""
    found: list[tuple[str, bytes]] = []
    for name, raw in files:
        if name.lower().endswith(".zip") or raw[:4] in (b"PK\3\4", b"PK\5\6"):
            found += _members(raw)
        else:
            found.append((last_part(name), raw))
        if len(found) > MOST:
            raise Trouble("trl_zip_many", count=f"{len(found):,}", most=MOST)
    if not found:
        raise Trouble("trl_zip_empty")
    return found


def _members(raw: bytes) -> list[tuple[str, bytes]]:
    """The pictures of a zip. What its list says is checked before anything is unpacked, and no more than that is read."""
    found = []
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            members = [m for m in packed.infolist() if not m.is_dir() and not hidden(m.filename)]
            if len(members) > MOST:
                raise Trouble("trl_zip_many", count=f"{len(members):,}", most=MOST)
            members = [m for m in members if PurePosixPath(m.filename).suffix.lower() in ENDINGS]
            if sum(m.file_size for m in members) > MB_OUT << 20:
                raise Trouble("trl_zip_large", most=MB_OUT)
            for member in members:
                if member.flag_bits & 1:
                    raise Trouble("trl_zip_locked")
                with packed.open(member) as file:
                    content = file.read(MB_EACH << 20)
                    found.append((last_part(member.filename), b"" if file.read(1) else content))
    except Trouble:
        raise
    except Exception as error:  # hostile archives bring out every kind of error; none of them helps a visitor
        raise Trouble("trl_zip_bad") from error
    return found


def hidden(name: str) -> bool:
    return any(
        part.startswith((".", "__MACOSX")) and part != ".." for part in PurePosixPath(name.replace("\\", "/")).parts
    )


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


def translated(model, raw: bytes, direction: str) -> tuple[bytes, str]:
    """One picture there -> (its file, its ending)."""
    picture = opened(base64.b64encode(raw).decode())
    made = inference.there(model, picture, direction)
    buffer, exact = io.BytesIO(), made.width * made.height <= inference.EXACT
    made.save(buffer, **({"format": "PNG", "compress_level": 3} if exact else {"format": "JPEG", "quality": 95}))
    return buffer.getvalue(), "png" if exact else "jpg"
