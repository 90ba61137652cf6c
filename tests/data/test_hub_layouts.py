"""Data sets as people lay them out on the Hub: read over HTTP by the real clients, picture files exactly as on disk."""

import json

import pytest

from tests.fake_hub.pictures import (
    READ,
    a,
    ab,
    b,
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


SPLIT = two("train?/{i}.png") | two("test?/{i}.png", counts=(3, 3), first=20)
UNEVEN = two("train?/{i}.png", counts=(12, 9)) | two("test?/{i}.png", counts=(3, 2), first=20)
CLASSES = two("{i}.png".join(("train/?/", "")), ("cat", "dog")) | two("test/?/{i}.png", ("cat", "dog"), (2, 2), 20)
FOLDERS = {  # name: (kind, files, what is found: counts and names)
    "AB files": ("pairs", many("{i}.png", ab, 10), [9, 1, "A->B"]),
    "AB files in splits": ("pairs", many("train/{i}.png", ab, 10) | many("test/{i}.png", ab, 3, 20), [10, 3, "A->B"]),
    "AB files in train and val": (
        "pairs",
        many("train/{i}.png", ab, 9) | many("val/{i}.png", ab, 2, 20),
        [9, 2, "A->B"],
    ),
    "AB files in Train and Test": (
        "pairs",
        many("Train/{i}.png", ab, 9) | many("Test/{i}.png", ab, 2, 20),
        [9, 2, "A->B"],
    ),
    "pairs in A B": ("pairs", two("?/{i}.png"), [9, 1, "A->B"]),
    "pairs in trainA trainB": ("pairs", SPLIT, [10, 3, "A->B"]),
    "pairs in train_A train_B": (
        "pairs",
        {k.replace("A/", "_A/").replace("B/", "_B/"): v for k, v in SPLIT.items()},
        [10, 3, "A->B"],
    ),
    "pairs in train/A": (
        "pairs",
        {k.replace("A/", "/A/").replace("B/", "/B/"): v for k, v in SPLIT.items()},
        [10, 3, "A->B"],
    ),
    "pairs in A/train": (
        "pairs",
        two("?/train/{i}.png") | two("?/test/{i}.png", counts=(3, 3), first=20),
        [10, 3, "A->B"],
    ),
    "pairs in input target": ("pairs", two("?/{i}.png", ("input", "target")), [9, 1, "A->B"]),
    "pairs under a folder": ("pairs", {f"facades/{k}": v for k, v in SPLIT.items()}, [10, 3, "A->B"]),
    "sides in trainA trainB": ("sides", UNEVEN, [[12, 3], [9, 2], ["A", "B"]]),
    "sides in train_A train_B": (
        "sides",
        {k.replace("A/", "_A/").replace("B/", "_B/"): v for k, v in UNEVEN.items()},
        [[12, 3], [9, 2], ["A", "B"]],
    ),
    "sides in A B": ("sides", two("?/{i}.png", counts=(12, 9)), [[11, 1], [8, 1], ["A", "B"]]),
    "sides in train/A": (
        "sides",
        {k.replace("A/", "/A/").replace("B/", "/B/"): v for k, v in UNEVEN.items()},
        [[12, 3], [9, 2], ["A", "B"]],
    ),
    "sides in two classes": ("sides", two("train/?/{i}.png", ("horse", "zebra")), [[9, 1], [9, 1], ["horse", "zebra"]]),
    "sides in two classes with test": ("sides", CLASSES, [[10, 2], [10, 2], ["cat", "dog"]]),
    "labelled": ("pictures", two("?/{i}.png", ("cat", "dog")), [18, 2, ["cat", "dog"]]),
    "labelled in splits": ("pictures", CLASSES, [20, 4, ["cat", "dog"]]),
    "labelled in train and val": (
        "pictures",
        {k.replace("test/", "val/"): v for k, v in CLASSES.items()},
        [20, 4, ["cat", "dog"]],
    ),
    "labelled in train alone": ("pictures", two("train/?/{i}.png", ("cat", "dog")), [18, 2, ["cat", "dog"]]),
    "labelled with a list beside each": (
        "pictures",
        two("?/{i}.png", ("cat", "dog")) | {k[:-3] + "json": b"{}" for k in two("?/{i}.png", ("cat", "dog"))},
        [18, 2, ["cat", "dog"]],
    ),
    "flat": ("pictures", many("{i}.png", a, 20), [18, 2, []]),
}


@pytest.mark.parametrize("layout", FOLDERS)
def test_picture_files_are_read_as_on_disk(hub, ask, tmp_path, layout):
    kind, files, expected = FOLDERS[layout]
    hub.add_repo("datasets", "alice/set", files | {"README.md": b"---\nlicense: mit\n---\nA set.\n"})
    put(tmp_path / "set", files)
    inside = tmp_path / "set" / "facades"
    there, here = ask(kind, "alice/set", str(inside if inside.exists() else tmp_path / "set"))
    assert there[:3] == expected and there == here
    assert (
        f"{sum(name.endswith('png') for name in files)} pictures" in ask.aside
        and hub.store.repos["datasets", "alice/set"].head.id[:8] in ask.aside
    )


@pytest.mark.parametrize(
    "pack", ["one zip", "one zip with a folder around it", "a zip for each split", "zips beside examples"]
)
def test_zip_files_are_read_as_what_is_in_them(hub, ask, pack):
    files = {"data.zip": zipped(CLASSES)}
    if pack == "one zip with a folder around it":
        litter = {"__MACOSX/pets/._x.png": b"no picture", "pets/.DS_Store": b"", "pets/readme.txt": b"hello"}
        files = {"data.zip": zipped({f"pets/{k}": v for k, v in CLASSES.items()} | litter)}
    elif pack != "one zip":
        parts = {
            s: {k.removeprefix(s + "/"): v for k, v in CLASSES.items() if k.startswith(s)} for s in ("train", "test")
        }
        files = {
            f"data/{s}.zip": zipped({f"{s}/{k}": v for k, v in part.items()} if s == "test" else part)
            for s, part in parts.items()
        }
        if pack == "zips beside examples":
            files |= {"example.png": a(1), "dataset_infos.json": b"{}"}
    hub.add_repo("datasets", "alice/set", files)
    assert ask("pictures", "alice/set")[0][:3] == [20, 4, ["cat", "dog"]]
    assert ask("sides", "alice/set")[0][:3] == [[10, 2], [10, 2], ["cat", "dog"]] and "fetched" not in ask.aside


def fetched(hub) -> int:
    return sum(1 for method, path in hub.requests if method == "GET" and path.startswith("/lfs/"))


def test_a_broken_fetch_goes_on_where_it_stopped_and_nothing_half_is_read(hub, ask, tmp_path):
    hub.add_repo("datasets", "alice/broken", SPLIT)
    hub.fail_next(403, 1, "testB/021.png")
    said = ask("pairs", "alice/broken")
    assert "files of the data set" in said and "the download continues" in said
    assert "cannot be reached" in ask("pairs", "alice/broken", endpoint="http://127.0.0.1:9")
    hub.requests.clear()
    assert ask("pairs", "alice/broken")[0][:2] == [10, 3]
    assert 0 < fetched(hub) < 26
    hub.requests.clear()
    assert ask("pairs", "alice/broken")[0][:2] == [10, 3] and not fetched(hub)
    assert ask("pairs", "alice/broken", endpoint="http://127.0.0.1:9")[0][:2] == [10, 3]  # and without the Hub


def assert_said(sentence, *values):
    """The sentence names these, in whatever words."""
    assert isinstance(sentence, str) and all(value in sentence for value in values), sentence


def test_a_revision_a_folder_and_the_first_rows_of_picture_files(hub, ask):
    files = {f"one/{k}": v for k, v in SPLIT.items()} | {f"two/{k}": v for k, v in UNEVEN.items()}
    old = hub.add_repo("datasets", "alice/rows", files).head.id
    assert ask("pairs", "alice/rows:one:9")[0][:2] == [9, 3] and fetched(hub) == 9 + 9 + 3 + 3
    hub.change("datasets", "alice/rows", {f"two/trainA/{i:03d}.png": a(i) for i in range(50, 55)})
    assert ask("sides", f"alice/rows@{old}:two")[0][:2] == [[12, 3], [9, 2]]
    assert ask("sides", "alice/rows:two")[0][:2] == [[17, 3], [9, 2]]
    assert_said(ask("pairs", "alice/rows:three"), "folder 'three'", "one, two")


TABLES = {  # name: (kind, name after the repository's, files as functions, what is found, words of a note)
    "two columns": (
        "pairs",
        "",
        lambda: {"train.parquet": columns("imageA", "imageB", 10), "test.parquet": columns("imageA", "imageB", 3, 20)},
        [10, 3, "imageA->imageB"],
        "",
    ),
    "two columns without train": (
        "pairs",
        "",
        lambda: {"data/validation.parquet": columns("sketch", "photo", 10)},
        [9, 1, "sketch->photo"],
        "held out",
    ),
    "AB pictures in one column": (
        "pairs",
        "",
        lambda: {"train.parquet": table({"image": [ab(i) for i in range(10)]})},
        [9, 1, "A->B"],
        "held out",
    ),
    "columns of bytes and path": (
        "pairs",
        "",
        lambda: {
            "train.parquet": columns(
                "imageA", "imageB", 10, features={"imageA": raw("struct"), "imageB": raw("struct")}
            )
        },
        [9, 1, "imageA->imageB"],
        "",
    ),
    "columns of plain bytes": (
        "pairs",
        "",
        lambda: {"train.parquet": columns("A", "B", 10, features={"A": raw("binary"), "B": raw("binary")})},
        [9, 1, "A->B"],
        "",
    ),
    "two sides padded": (
        "sides",
        "",
        lambda: {"train.parquet": padded(), "test.parquet": columns("imageA", "imageB", 2, 50)},
        [[9, 2], [12, 2], ["A", "B"]],
        "3 of 12 train pictures of imageA repeat others",
    ),
    "classes trainA to testB": (
        "sides",
        "",
        lambda: {"train.parquet": classes(("testA", "testB", "trainA", "trainB"), 9)},
        [[9, 9], [9, 9], ["A", "B"]],
        "",
    ),
    "two classes": (
        "sides",
        "",
        lambda: {
            "train.parquet": classes(("horse", "zebra"), 10),
            "test.parquet": classes(("horse", "zebra"), 2, first=90),
        },
        [[10, 2], [10, 2], ["horse", "zebra"]],
        "",
    ),
    "two classes in words": (
        "sides",
        "",
        lambda: {"train.parquet": classes(("horse", "zebra"), 10, str)},
        [[9, 1], [9, 1], ["horse", "zebra"]],
        "held out",
    ),
    "splits trainA to testB": (
        "sides",
        "",
        lambda: {
            f"data/{s}{x}-00000-of-00001.parquet": table(
                {"image": [p(i + 40 * (s == "test")) for i in range(9 - 6 * (s == "test"))]}
            )
            for s in ("train", "test")
            for x, p in (("A", a), ("B", b))
        },
        [[9, 3], [9, 3], ["A", "B"]],
        "",
    ),
    "labelled": (
        "pictures",
        "",
        lambda: {"train.parquet": classes(("cat", "dog", "emu"), 10)},
        [27, 3, ["cat", "dog", "emu"]],
        "held out",
    ),
    "a configuration": ("pictures", ":large", lambda: configurations(), [18, 2, ["cat", "dog"]], ""),
    "a configuration and rows": ("pictures", ":small:10", lambda: configurations(), [9, 1, ["cat", "dog"]], ""),
    "a configuration of digits": ("pictures", ":64:0", lambda: configurations("64"), [18, 2, ["cat", "dog"]], ""),
    "a script with a parquet copy": (
        "pictures",
        "",
        lambda: {"t.py": b"raise SystemExit"},
        [18, 2, ["cat", "dog"]],
        "",
    ),
}


@pytest.mark.parametrize("layout", TABLES)
def test_tables_are_read_as_they_come(hub, ask, layout):
    kind, after, files, expected, note = TABLES[layout]
    name = f"alice/t{list(TABLES).index(layout)}"
    files = {k.replace("t.py", f"{name[6:]}.py"): v for k, v in files().items()}
    hub.add_repo("datasets", name, files)
    if "script" in layout:
        hub.convert(name, {"default/train/0000.parquet": classes(("cat", "dog"), 10)})
    found = ask(kind, name + after)[0]
    assert found[:3] == expected and note in str(found[3]), found
    if "script" in layout:
        assert "its parquet copy on the Hub is read (refs/convert/parquet)" in ask.aside


def test_pairs_in_one_column_are_split_in_the_middle(hub, ask, tmp_path):
    hub.add_repo("datasets", "alice/ab", {"train.parquet": table({"image": [ab(i) for i in range(10)]})})
    hub.add_repo("datasets", "alice/two", {"train.parquet": columns("A", "B", 10)})
    assert ask("pairs", "alice/ab")[0] == ask("pairs", "alice/two")[0]


@pytest.mark.parametrize("place", ["files", "table", "disk"])
def test_wide_photos_are_not_taken_for_pairs(hub, ask, tmp_path, place):
    files = many("{i}.png", wide, 16)
    if place == "table":
        files = {"train.parquet": table({"image": list(files.values())})}
    put(tmp_path / "wide", files)
    hub.add_repo("datasets", "alice/wide", files)
    said = ask("pairs", str(tmp_path / "wide") if place == "disk" else "alice/wide")
    assert "contains wide photos, not pairs" in said and "--pairs-from" in said, said


def test_tables_that_do_not_fit_are_refused_in_one_sentence(hub, ask):
    hub.add_repo("datasets", "alice/many", configurations("64"))
    assert_said(ask("pictures", "alice/many"), "configurations", "small, 64", "alice/many:small")
    assert_said(ask("pictures", "alice/many:big"), "configuration 'big'", "small, 64")
    hub.add_repo("datasets", "alice/old", {"old.py": b"raise SystemExit", "README.md": b""})
    assert_said(ask("pictures", "alice/old"), "script", "owner")
    hub.convert("alice/old", {f"{c}/train/0000.parquet": classes(("cat", "dog"), 10) for c in ("one", "two")})
    assert_said(ask("pictures", "alice/old"), "configurations", "one, two")
    assert ask("pictures", "alice/old:two")[0][:2] == [18, 2]
    revision = hub.store.repos["datasets", "alice/old"].head.id
    assert "leave out @" in ask("pictures", f"alice/old@{revision}")
    hub.add_repo("datasets", "alice/single", {"train.parquet": classes(("cat", "dog", "emu"), 9)})
    assert_said(ask("pairs", "alice/single"), "(24x24)", "--pairs-from")
    assert_said(ask("sides", "alice/single"), "3 classes", "two sides")
