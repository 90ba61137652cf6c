"""Data sets as people lay them out on the Hub: read over HTTP by the real clients, picture files exactly as on disk."""

import random

import pytest
from PIL import Image

from tests.fake_hub.fixtures import NOWHERE
from tests.fake_hub.pictures import a, ab, b, classes, columns, many, put, read, saved, table, two, zipped
from tests.support.raises_code import raises_code


def parts(train: str, test: str, names=("A", "B"), counts=(10, 10)) -> dict[str, bytes]:
    return two(f"{train}/{{i}}.png", names, counts) | two(f"{test}/{{i}}.png", names, (3, 3), first=20)


def table_parts() -> dict[str, bytes]:
    files = {f"train{side}": [picture(i) for i in range(9)] for side, picture in (("A", a), ("B", ab))}
    files |= {f"test{side}": [picture(i) for i in range(40, 43)] for side, picture in (("A", a), ("B", ab))}
    return {f"data/{name}-00000-of-00001.parquet": table({"image": pictures}) for name, pictures in files.items()}


def padded() -> bytes:
    """As huggan's sets: the shorter side is filled up with repeats."""
    return table({"imageA": [a(i % 9) for i in range(12)], "imageB": [b(i) for i in range(12)]})


def wide(i: int) -> bytes:
    """A photo of 2:1: a soft landscape, with nothing in the middle."""
    hills = bytes(random.Random(i).choices(range(256), k=12 * 6))
    soft = Image.frombytes("L", (12, 6), hills).resize((48, 24), Image.Resampling.BICUBIC)
    return saved(soft.convert("RGB"))


PETS = ("cat", "dog")
SPLIT, LABELLED = parts("train?", "test?"), parts("train/?", "test/?", PETS)
UNEVEN = parts("train?", "test?", counts=(12, 9))
SPLITS = many("train/{i}.png", ab, 10) | many("val/{i}.png", ab, 9, 20) | many("test/{i}.png", ab, 3, 40)
LISTED = two("?/{i}.png", PETS) | {"cat/000.json": b"{}", "dog/000.json": b"{}"}
FOLDERS = {  # kind: layout: (files, what is found: counts and names)
    "pairs: AB files": (many("{i}.png", ab, 10), [9, 1, "A->B"]),
    "pairs: AB files in splits": (many("Train/{i}.png", ab, 10) | many("val/{i}.png", ab, 3, 20), [10, 3, "A->B"]),
    "pairs: AB files in three splits": (SPLITS, [10, 3, "A->B"]),
    "pairs: AB files in val alone": (many("val/{i}.png", ab, 10), [9, 1, "A->B"]),
    "pairs: in valid": (parts("train/?", "valid/?"), [10, 3, "A->B"]),
    "pairs: in train_A": (parts("train_?", "test_?"), [10, 3, "A->B"]),
    "pairs: in train/A": (parts("train/?", "test/?"), [10, 3, "A->B"]),
    "pairs: in A/train": (parts("?/train", "?/test"), [10, 3, "A->B"]),
    "pairs: in input and target": (two("?/{i}.png", ("input", "target")), [9, 1, "A->B"]),
    "pairs: under a folder": (parts("facades/train?", "facades/test?"), [10, 3, "A->B"]),
    "sides: in trainA": (UNEVEN, [[12, 3], [9, 3], ["A", "B"]]),
    "sides: in A and B": (two("?/{i}.png", counts=(12, 9)), [[11, 1], [8, 1], ["A", "B"]]),
    "sides: in two classes": (LABELLED, [[10, 3], [10, 3], ["cat", "dog"]]),
    "pictures: labelled": (two("?/{i}.png", PETS), [18, 2, ["cat", "dog"]]),
    "pictures: labelled in train and val": (parts("train/?", "val/?", PETS), [20, 6, ["cat", "dog"]]),
    "pictures: labelled with lists": (LISTED, [18, 2, ["cat", "dog"]]),
    "pictures: flat": (many("{i}.png", a, 20), [18, 2, []]),
}


@pytest.mark.parametrize("layout", FOLDERS)
def test_picture_files_are_read_as_on_disk(hub, caplog, tmp_path, layout):
    kind, (files, expected) = layout.split(":")[0], FOLDERS[layout]
    repo = hub.add_repo("datasets", "alice/set", files | {"README.md": b"---\nlicense: mit\n---\nA set.\n"})
    put(tmp_path / "set", files)
    inside = tmp_path / "set" / "facades"
    found = read(kind, "alice/set")
    pictures = sum(name.endswith("png") for name in files)
    assert f"{pictures} pictures" in caplog.text and repo.head.id[:8] in caplog.text
    assert found[:3] == expected and found == read(kind, inside if inside.exists() else tmp_path / "set")


@pytest.mark.parametrize("pack", ["one zip", "one zip with a folder around it", "a zip for each split"])
def test_zip_files_are_read_as_what_is_in_them(hub, caplog, pack):
    files = {"data.zip": zipped(LABELLED)}
    if pack == "one zip with a folder around it":
        litter = {"__MACOSX/pets/._x.png": b"no picture", "pets/.DS_Store": b"", "pets/readme.txt": b"hello"}
        files = {"data.zip": zipped({f"pets/{k}": v for k, v in LABELLED.items()} | litter)}
    elif pack == "a zip for each split":
        train = zipped(two("?/{i}.png", PETS))  # this one names its split alone, the other one's folders do, too
        test = zipped({k: v for k, v in LABELLED.items() if k.startswith("test")})
        files = {"data/train.zip": train, "data/test.zip": test, "example.png": a(1), "dataset_infos.json": b"{}"}
    hub.add_repo("datasets", "alice/set", files)
    assert read("pictures", "alice/set")[:3] == [20, 6, ["cat", "dog"]]
    caplog.clear()
    assert read("sides", "alice/set")[:3] == [[10, 3], [10, 3], ["cat", "dog"]] and "fetched" not in caplog.text


def fetched(hub) -> int:
    return sum(1 for method, path in hub.requests if method == "GET" and path.startswith("/lfs/"))


def test_a_broken_fetch_goes_on_where_it_stopped_and_nothing_half_is_read(hub, machine):
    hub.add_repo("datasets", "alice/broken", SPLIT)
    hub.fail_next(403, 1, "testB/021.png")
    with raises_code("hub_came_in_part"):
        read("pairs", "alice/broken")
    machine.asks(NOWHERE)
    with raises_code("data_hub_unavailable"):
        read("pairs", "alice/broken")
    machine.asks(hub.url)
    hub.requests.clear()
    assert read("pairs", "alice/broken")[:2] == [10, 3] and 0 < fetched(hub) < 26
    hub.requests.clear()
    assert read("pairs", "alice/broken")[:2] == [10, 3] and not fetched(hub)


def test_a_revision_a_folder_and_the_first_rows_of_picture_files(hub):
    files = {f"one/{k}": v for k, v in SPLIT.items()} | {f"two/{k}": v for k, v in UNEVEN.items()}
    old = hub.add_repo("datasets", "alice/rows", files).head.id
    assert read("pairs", "alice/rows:one:9")[:2] == [9, 3] and fetched(hub) == 9 + 9 + 3 + 3
    hub.change("datasets", "alice/rows", {f"two/trainA/{i:03d}.png": a(i) for i in range(50, 55)})
    assert read("sides", f"alice/rows@{old}:two")[:2] == [[12, 3], [9, 3]]
    assert read("sides", "alice/rows:two")[:2] == [[17, 3], [9, 3]]
    with raises_code("hub_no_such_folder", folder="three", names="one, two"):
        read("pairs", "alice/rows:three")


def tables(train: bytes, test: bytes = b"") -> dict[str, bytes]:
    return {"train.parquet": train} | ({"test.parquet": test} if test else {})


FOUR = ("testA", "testB", "trainA", "trainB")
HORSES = ["horse", "zebra"]
TABLES = {  # kind: layout: (files as functions, what is found)
    "pairs: two columns": (lambda: tables(columns(10), columns(3, first=20)), [10, 3, "imageA->imageB"]),
    "pairs: without train": (lambda: {"data/validation.parquet": columns(10, "ink", "photo")}, [9, 1, "ink->photo"]),
    "pairs: bytes and path": (lambda: tables(columns(10, "A", "B", stored="struct")), [9, 1, "A->B"]),
    "pairs: plain bytes": (lambda: tables(columns(10, "A", "B", stored="binary")), [9, 1, "A->B"]),
    "sides: padded": (lambda: tables(padded(), columns(2, first=50)), [[9, 2], [12, 2], ["A", "B"]]),
    "sides: classes trainA to testB": (lambda: tables(classes(FOUR, 9)), [[9, 9], [9, 9], ["A", "B"]]),
    "sides: classes": (lambda: tables(classes(HORSES, 10), classes(HORSES, 2, first=90)), [[10, 2], [10, 2], HORSES]),
    "sides: classes in words": (lambda: tables(classes(HORSES, 10, str)), [[9, 1], [9, 1], HORSES]),
    "sides: splits trainA to testB": (table_parts, [[9, 3], [9, 3], ["A", "B"]]),
    "pictures: labelled": (lambda: tables(classes(("cat", "dog", "emu"), 10)), [27, 3, ["cat", "dog", "emu"]]),
}


@pytest.mark.parametrize("layout", TABLES)
def test_tables_are_read_as_they_come(hub, layout):
    kind, (files, expected) = layout.split(":")[0], TABLES[layout]
    hub.add_repo("datasets", "alice/table", files())
    found = read(kind, "alice/table")
    assert found[:3] == expected
    if layout == "sides: padded":
        assert "3 of 12 train pictures of imageA repeat others" in str(found[3])


def test_pairs_in_one_column_are_split_in_the_middle(hub):
    hub.add_repo("datasets", "alice/ab", {"train.parquet": table({"image": [ab(i) for i in range(10)]})})
    hub.add_repo("datasets", "alice/two", {"train.parquet": columns(10, "A", "B")})
    assert read("pairs", "alice/ab") == read("pairs", "alice/two")


def test_a_configuration_is_named_after_the_repository(hub):
    lines = "".join(f"- config_name: '{name}'\n  data_files: {name}/*.parquet\n" for name in ("small", "64"))
    files = {f"{name}/train.parquet": classes(PETS, 10) for name in ("small", "64")}
    hub.add_repo("datasets", "alice/many", files | {"README.md": f"---\nconfigs:\n{lines}---\n".encode()})
    for after, expected in (("small", [18, 2]), ("small:10", [9, 1]), ("64:0", [18, 2])):
        assert read("pictures", f"alice/many:{after}")[:2] == expected
    with raises_code("hub_many_configs", names="small, 64", example="alice/many:small"):
        read("pictures", "alice/many")
    with raises_code("hub_no_such_config", config="big", names="small, 64", example="alice/many:small"):
        read("pictures", "alice/many:big")


def test_of_a_set_with_a_script_its_parquet_copy_is_read(hub, caplog):
    revision = hub.add_repo("datasets", "alice/old", {"old.py": b"raise SystemExit", "README.md": b""}).head.id
    with raises_code("hub_script"):
        read("pictures", "alice/old")
    copy = {f"{c}/train/0000.parquet": classes(PETS, 10) for c in ("one", "two")}
    hub.change("datasets", "alice/old", copy, "refs/convert/parquet")
    with raises_code("hub_many_configs", names="one, two"):
        read("pictures", "alice/old")
    assert read("pictures", "alice/old:two")[:2] == [18, 2] and "(refs/convert/parquet)" in caplog.text
    with raises_code("hub_script_pinned"):
        read("pictures", f"alice/old@{revision}")


@pytest.mark.parametrize("place", ["files", "table", "disk"])
def test_wide_photos_are_not_taken_for_pairs(hub, tmp_path, place):
    files = many("{i}.png", wide, 16)
    if place == "table":
        files = {"train.parquet": table({"image": list(files.values())})}
    put(tmp_path / "wide", files)
    hub.add_repo("datasets", "alice/wide", files)
    with raises_code("halves_of_one_photo"):
        read("pairs", tmp_path / "wide" if place == "disk" else "alice/wide")
