"""Data sets to put on the local Hub: tiny pictures as files, in zip files and in parquet tables."""

import hashlib
import io
import zipfile

import pytest
from PIL import Image

import ganzoo


def digest(*tensors) -> str:
    return hashlib.sha256(b"".join(t.contiguous().numpy().tobytes() for t in tensors)).hexdigest()[:12]


def read(kind: str, data, **more) -> list:
    """What is found in a set read as pictures, pairs or sides: how many, names, notes, and a digest of the pixels."""
    if kind == "pictures":
        p = ganzoo.load_pictures(str(data), image_size=16, **more)
        return [len(p.train), len(p.test), list(p.classes), p.notes, digest(p.train, p.test)]
    if kind == "pairs":
        p = ganzoo.load_pairs(str(data), image_size=16, **more)
        whole = digest(p.train.original, p.train.target, p.test_input, p.test_target)
        return [len(p.train), len(p.test_input), p.direction, p.notes, whole]
    p = ganzoo.load_unpaired(str(data), image_size=16, **more)
    counts = [[len(p.train[s]), len(p.test[s])] for s in "ab"]
    return [*counts, list(p.domains), p.notes, digest(*p.train.values(), *p.test.values())]


def saved(picture: Image.Image, form: str = "PNG", **options) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def png(*colour, size=(24, 24)) -> bytes:
    return saved(Image.new("RGB", size, colour))


def ab(i: int) -> bytes:
    """A pair side by side: red at the left, green at the right, both marked with i."""
    picture = Image.new("RGB", (48, 24), (200, 0, i))
    picture.paste((0, 200, i), (24, 0, 48, 24))
    return saved(picture)


def a(i: int) -> bytes:
    return png(200, 0, i)


def b(i: int) -> bytes:
    return png(0, 200, i)


def many(pattern: str, picture, count: int, first: int = 0) -> dict[str, bytes]:
    return {pattern.format(i=f"{i:03d}"): picture(i) for i in range(first, first + count)}


def two(pattern: str, names=("A", "B"), counts=(10, 10), first: int = 0) -> dict[str, bytes]:
    sides = zip(names, (a, b), counts, strict=True)
    return {k: v for name, side, n in sides for k, v in many(pattern.replace("?", name), side, n, first).items()}


def zipped(files: dict[str, bytes], how=zipfile.ZIP_STORED, **said) -> bytes:
    """`said`: what the list at the end says of every file. With flag_bits=1 it has a password, with LINK it is one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
        for entry in packed.filelist:
            for name, value in said.items():
                setattr(entry, name, value)
    return out.getvalue()


LINK = {"external_attr": 0o120777 << 16}


def put(folder, files):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def table(columns: dict[str, list], classes=(), features=None) -> bytes:
    """Columns of pictures (bytes), of class numbers or of texts -> a parquet file."""
    datasets = pytest.importorskip("datasets")
    label = datasets.ClassLabel(names=list(classes) or ["x"])
    kinds = {bytes: datasets.Image(), int: label, str: datasets.Value("string")}
    kinds = {name: kinds[type(values[0])] for name, values in columns.items()} | (features or {})
    rows = {}
    for name, values in columns.items():
        stored = isinstance(values[0], bytes) and not isinstance(kinds[name], datasets.Value)
        rows[name] = [{"bytes": v, "path": None} for v in values] if stored else values
    out = io.BytesIO()
    datasets.Dataset.from_dict(rows, features=datasets.Features(kinds)).to_parquet(out)
    return out.getvalue()


def columns(count: int, x: str = "imageA", y: str = "imageB", first: int = 0, stored: str = "") -> bytes:
    """Pairs in two columns; `stored` as many sets of 2022 are, without the word that says that they are pictures."""
    datasets = pytest.importorskip("datasets")
    binary, numbers = datasets.Value("binary"), range(first, first + count)
    feature = {"struct": {"bytes": binary, "path": datasets.Value("string")}, "binary": binary}.get(stored)
    features = {x: feature, y: feature} if feature else None
    return table({x: [a(i) for i in numbers], y: [b(i) for i in numbers]}, features=features)


def classes(names, each: int, kind=int, first: int = 0, missing: bool = False, **more) -> bytes:
    """`each` pictures of every class; `missing`: the last one's is unknown."""
    numbers = [i for i in range(len(names)) for _ in range(each)]
    pictures = [png(200 * (i % 2), 200 - 200 * (i % 2), j) for j, i in enumerate(numbers, first)]
    labels = numbers if kind is int else [names[i] for i in numbers]
    return table({"image": pictures, "label": labels[:-1] + [None] if missing else labels}, names, **more)
