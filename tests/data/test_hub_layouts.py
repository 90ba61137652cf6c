"""Data sets as people lay them out on the Hub: read over HTTP by the real clients, picture files exactly as on disk."""

import json

import pytest

from tests.data.test_hub_data import NOWHERE
from tests.fake_hub.pictures import (
    READ,
    a,
    ab,
    classes,
    columns,
    configurations,
    many,
    padded,
    put,
    raw,
    table,
    two,
    wide,
    zipped,
)


@pytest.fixture
def ask(running):
    """Read places as one kind -> what was found in each, or the one line that was said."""

    def one(kind, *places, **how):
        said = running[1].run(READ, kind, *places, **how)
        assert "Traceback" not in said.all, said.all
        one.aside = said.err
        return json.loads(said.out.splitlines()[-1]) if said.code == 0 else said.err.splitlines()[-1]

    return one


def parts(train: str, test: str, names=("A", "B"), counts=(10, 10)) -> dict[str, bytes]:
    return two(f"{train}/{{i}}.png", names, counts) | two(f"{test}/{{i}}.png", names, (3, 3), first=20)


def table_parts() -> dict[str, bytes]:
    files = {f"train{side}": [picture(i) for i in range(9)] for side, picture in (("A", a), ("B", ab))}
    files |= {f"test{side}": [picture(i) for i in range(40, 43)] for side, picture in (("A", a), ("B", ab))}
    return {f"data/{name}-00000-of-00001.parquet": table({"image": pictures}) for name, pictures in files.items()}


PETS = ("cat", "dog")
SPLIT, LABELLED = parts("train?", "test?"), parts("train/?", "test/?", PETS)
UNEVEN = parts("train?", "test?", counts=(12, 9))
FOLDERS = {  # name: (kind, files, what is found: counts and names)
    "AB files": ("pairs", many("{i}.png", ab, 10), [9, 1, "A->B"]),
    "AB files in splits": (
        "pairs",
        many("Train/{i}.png", ab, 10) | many("val/{i}.png", ab, 3, 20),
        [10, 3, "A->B"],
    ),
    "pairs in train_A": ("pairs", parts("train_?", "test_?"), [10, 3, "A->B"]),
    "pairs in train/A": ("pairs", parts("train/?", "test/?"), [10, 3, "A->B"]),
    "pairs in A/train": ("pairs", parts("?/train", "?/test"), [10, 3, "A->B"]),
    "pairs in input and target": ("pairs", two("?/{i}.png", ("input", "target")), [9, 1, "A->B"]),
    "pairs under a folder": ("pairs", parts("facades/train?", "facades/test?"), [10, 3, "A->B"]),
    "sides in trainA": ("sides", UNEVEN, [[12, 3], [9, 3], ["A", "B"]]),
    "sides in two classes": ("sides", LABELLED, [[10, 3], [10, 3], ["cat", "dog"]]),
    "labelled": ("pictures", two("?/{i}.png", PETS), [18, 2, ["cat", "dog"]]),
    "labelled in train and val": ("pictures", parts("train/?", "val/?", PETS), [20, 6, ["cat", "dog"]]),
    "labelled with lists": (
        "pictures",
        two("?/{i}.png", PETS) | {"cat/000.json": b"{}", "dog/000.json": b"{}"},
        [18, 2, ["cat", "dog"]],
    ),
    "flat": ("pictures", many("{i}.png", a, 20), [18, 2, []]),
}


@pytest.mark.parametrize("layout", FOLDERS)
def test_picture_files_are_read_as_on_disk(hub, ask, tmp_path, layout):
    kind, files, expected = FOLDERS[layout]
    repo = hub.add_repo("datasets", "alice/set", files | {"README.md": b"---\nlicense: mit\n---\nA set.\n"})
    put(tmp_path / "set", files)
    inside = tmp_path / "set" / "facades"
    there, here = ask(kind, "alice/set", str(inside if inside.exists() else tmp_path / "set"))
    assert there[:3] == expected and there == here
    pictures = sum(name.endswith("png") for name in files)
    assert f"{pictures} pictures" in ask.aside and repo.head.id[:8] in ask.aside


@pytest.mark.parametrize("pack", ["one zip", "one zip with a folder around it", "a zip for each split"])
def test_zip_files_are_read_as_what_is_in_them(hub, ask, pack):
    files = {"data.zip": zipped(LABELLED)}
    if pack == "one zip with a folder around it":
        litter = {"__MACOSX/pets/._x.png": b"no picture", "pets/.DS_Store": b"", "pets/readme.txt": b"hello"}
        files = {"data.zip": zipped({f"pets/{k}": v for k, v in LABELLED.items()} | litter)}
    elif pack == "a zip for each split":
        train = zipped(two("?/{i}.png", PETS))  # this one names its split alone, the other one's folders do, too
        test = zipped({k: v for k, v in LABELLED.items() if k.startswith("test")})
        files = {"data/train.zip": train, "data/test.zip": test, "example.png": a(1), "dataset_infos.json": b"{}"}
    hub.add_repo("datasets", "alice/set", files)
    assert ask("pictures", "alice/set")[0][:3] == [20, 6, ["cat", "dog"]]
    assert ask("sides", "alice/set")[0][:3] == [[10, 3], [10, 3], ["cat", "dog"]] and "fetched" not in ask.aside


def fetched(hub) -> int:
    return sum(1 for method, path in hub.requests if method == "GET" and path.startswith("/lfs/"))


def test_a_broken_fetch_goes_on_where_it_stopped_and_nothing_half_is_read(hub, ask):
    hub.add_repo("datasets", "alice/broken", SPLIT)
    hub.fail_next(403, 1, "testB/021.png")
    said = ask("pairs", "alice/broken")
    assert "files of the data set" in said and "the download continues" in said
    assert "cannot be reached" in ask("pairs", "alice/broken", endpoint=NOWHERE)
    hub.requests.clear()
    assert ask("pairs", "alice/broken")[0][:2] == [10, 3]
    assert 0 < fetched(hub) < 26
    hub.requests.clear()
    assert ask("pairs", "alice/broken")[0][:2] == [10, 3] and not fetched(hub)


def assert_said(sentence, *values):
    """The sentence names these, in whatever words."""
    assert isinstance(sentence, str) and all(value in sentence for value in values), sentence


def test_a_revision_a_folder_and_the_first_rows_of_picture_files(hub, ask):
    files = {f"one/{k}": v for k, v in SPLIT.items()} | {f"two/{k}": v for k, v in UNEVEN.items()}
    old = hub.add_repo("datasets", "alice/rows", files).head.id
    assert ask("pairs", "alice/rows:one:9")[0][:2] == [9, 3] and fetched(hub) == 9 + 9 + 3 + 3
    hub.change("datasets", "alice/rows", {f"two/trainA/{i:03d}.png": a(i) for i in range(50, 55)})
    assert ask("sides", f"alice/rows@{old}:two")[0][:2] == [[12, 3], [9, 3]]
    assert ask("sides", "alice/rows:two")[0][:2] == [[17, 3], [9, 3]]
    assert_said(ask("pairs", "alice/rows:three"), "folder 'three'", "one, two")


def with_test(train: bytes, test: bytes) -> dict[str, bytes]:
    return {"train.parquet": train, "test.parquet": test}


FOUR = ("testA", "testB", "trainA", "trainB")
HORSES = ("horse", "zebra")
TABLES = {  # name: (kind, files as functions, what is found)
    "two columns": (
        "pairs",
        lambda: with_test(columns("imageA", "imageB", 10), columns("imageA", "imageB", 3, 20)),
        [10, 3, "imageA->imageB"],
    ),
    "two columns without train": (
        "pairs",
        lambda: {"data/validation.parquet": columns("sketch", "photo", 10)},
        [9, 1, "sketch->photo"],
    ),
    "columns of bytes and path": (
        "pairs",
        lambda: {"train.parquet": columns("A", "B", 10, features={"A": raw("struct"), "B": raw("struct")})},
        [9, 1, "A->B"],
    ),
    "columns of plain bytes": (
        "pairs",
        lambda: {"train.parquet": columns("A", "B", 10, features={"A": raw("binary"), "B": raw("binary")})},
        [9, 1, "A->B"],
    ),
    "two sides padded": (
        "sides",
        lambda: with_test(padded(), columns("imageA", "imageB", 2, 50)),
        [[9, 2], [12, 2], ["A", "B"]],
    ),
    "classes trainA to testB": (
        "sides",
        lambda: {"train.parquet": classes(FOUR, 9)},
        [[9, 9], [9, 9], ["A", "B"]],
    ),
    "two classes": (
        "sides",
        lambda: with_test(classes(HORSES, 10), classes(HORSES, 2, first=90)),
        [[10, 2], [10, 2], ["horse", "zebra"]],
    ),
    "two classes in words": (
        "sides",
        lambda: {"train.parquet": classes(HORSES, 10, str)},
        [[9, 1], [9, 1], ["horse", "zebra"]],
    ),
    "splits trainA to testB": ("sides", table_parts, [[9, 3], [9, 3], ["A", "B"]]),
    "labelled": (
        "pictures",
        lambda: {"train.parquet": classes(("cat", "dog", "emu"), 10)},
        [27, 3, ["cat", "dog", "emu"]],
    ),
}


@pytest.mark.parametrize("layout", TABLES)
def test_tables_are_read_as_they_come(hub, ask, layout):
    kind, files, expected = TABLES[layout]
    hub.add_repo("datasets", "alice/table", files())
    found = ask(kind, "alice/table")[0]
    assert found[:3] == expected
    if layout == "two sides padded":
        assert "3 of 12 train pictures of imageA repeat others" in str(found[3])


def test_pairs_in_one_column_are_split_in_the_middle(hub, ask):
    hub.add_repo("datasets", "alice/ab", {"train.parquet": table({"image": [ab(i) for i in range(10)]})})
    hub.add_repo("datasets", "alice/two", {"train.parquet": columns("A", "B", 10)})
    assert ask("pairs", "alice/ab")[0] == ask("pairs", "alice/two")[0]


def test_a_configuration_is_named_after_the_repository(hub, ask):
    hub.add_repo("datasets", "alice/many", configurations("64"))
    for after, expected in (("small", [18, 2]), ("small:10", [9, 1]), ("64:0", [18, 2])):
        assert ask("pictures", f"alice/many:{after}")[0][:2] == expected
    assert_said(ask("pictures", "alice/many"), "configurations", "small, 64", "alice/many:small")
    assert_said(ask("pictures", "alice/many:big"), "configuration 'big'", "small, 64")


def test_of_a_set_with_a_script_its_parquet_copy_is_read(hub, ask):
    hub.add_repo("datasets", "alice/old", {"old.py": b"raise SystemExit", "README.md": b""})
    assert_said(ask("pictures", "alice/old"), "script", "owner")
    hub.convert("alice/old", {f"{c}/train/0000.parquet": classes(PETS, 10) for c in ("one", "two")})
    assert_said(ask("pictures", "alice/old"), "configurations", "one, two")
    assert ask("pictures", "alice/old:two")[0][:2] == [18, 2] and "(refs/convert/parquet)" in ask.aside
    revision = hub.store.repos["datasets", "alice/old"].head.id
    assert "leave out @" in ask("pictures", f"alice/old@{revision}")


@pytest.mark.parametrize("place", ["files", "table", "disk"])
def test_wide_photos_are_not_taken_for_pairs(hub, ask, tmp_path, place):
    files = many("{i}.png", wide, 16)
    if place == "table":
        files = {"train.parquet": table({"image": list(files.values())})}
    put(tmp_path / "wide", files)
    hub.add_repo("datasets", "alice/wide", files)
    said = ask("pairs", str(tmp_path / "wide") if place == "disk" else "alice/wide")
    assert "contains wide photos, not pairs" in said and "--pairs-from" in said, said
