"""Damaged, odd and harmful data sets on the Hub: each is read, or refused in one sentence, and nothing half is left.

The real clients over real HTTP, as in test_hub_layouts.py."""

import zipfile

import pytest

from ganzoo.data import hub_files
from ganzoo.errors import GanzooError
from tests.fake_hub.pictures import LINK, a, ab, b, classes, columns, many, png, read, table, two, zipped

PETS = two("?/{i}.png", ("cat", "dog"))
TORN = zipped(PETS).replace(a(0), bytes(len(a(0))))
BOMB = {"cat/bomb.png": png(1, 2, 3) + bytes(100_000)}  # few bytes in a zip, many unpacked
NO_PICTURES = {"A": [b"x" * i for i in range(1, 10)], "B": [b(i) for i in range(9)]}
SETS = {  # name: (kind, files, what is answered: the error's code, or "read")
    "empty": ("pictures", {}, "hub_nothing_to_read"),
    "a card alone": ("pictures", {"README.md": b"# soon"}, "hub_nothing_to_read"),
    "hidden pictures alone": ("pictures", many(".cache/{i}.png", a, 9), "hub_nothing_to_read"),
    "texts": ("pictures", {"train.csv": b"text,n\nhello,1\nworld,2\n"}, "data_without_pictures"),
    "folders that differ by case": ("pictures", PETS | many("Cat/{i}.png", b, 9), "hub_names_differ_by_case"),
    "files that differ by case": ("pairs", many("{i}.png", ab, 9) | {"001.PNG": ab(30)}, "hub_names_differ_by_case"),
    "some links of git": ("pictures", PETS | {"cat/link.png": b"../dog/000.png"}, "read"),
    "links of git alone": ("pictures", many("{i}.png", lambda i: b"../x.png", 9), "no_readable_pictures_in_folder"),
    "odd names": ("pictures", {f"{'ü' * 40} {i}\n#?%[{i}].png": a(i) for i in range(9)}, "read"),
    "pictures beside classes": ("pictures", PETS | {"stray.png": a(90)}, "pictures_beside_classes"),
    "a zip of texts": ("pictures", {"a.zip": zipped({"readme.txt": b"hello"})}, "hub_zip_no_pictures"),
    "a zip that is none": ("pictures", {"a.zip": b"PK, said the file"}, "hub_zip_damaged"),
    "half a zip": ("pictures", {"a.zip": zipped(PETS)[:-200]}, "hub_zip_damaged"),
    "a zip with a damaged picture": ("pictures", {"a.zip": TORN}, "hub_zip_damaged"),
    "a zip with a password": ("pictures", {"a.zip": zipped(PETS, flag_bits=1)}, "hub_zip_password"),
    "a zip that climbs out": ("pictures", {"a.zip": zipped(many("../{i}.png", a, 9))}, "hub_zip_no_pictures"),
    "a zip of links": (
        "pictures",
        {"a.zip": zipped(dict.fromkeys(PETS, b"/etc/passwd"), **LINK)},
        "hub_zip_no_pictures",
    ),
    "a zip with a bomb": ("pictures", {"a.zip": zipped(PETS | BOMB, zipfile.ZIP_DEFLATED)}, "read"),
    "a damaged table": ("pictures", {"train.parquet": b"PAR1 no PAR1"}, "data_not_loaded"),
    "a table of no pictures": ("pairs", {"train.parquet": table(NO_PICTURES)}, "no_readable_pairs"),
    "a label missing": ("pictures", {"train.parquet": classes("xy", 9, missing=True)}, "data_label_missing"),
    "one column of photos": ("pairs", {"train.parquet": classes("xy", 9)}, "hub_not_pairs"),
    "three classes": ("sides", {"train.parquet": classes("xyz", 9)}, "hub_not_two_sides"),
    "a script": ("pictures", {"odd.py": b"raise SystemExit"}, "hub_script"),
}


@pytest.fixture
def answered(hub, machine, monkeypatch):
    """answered(kind, data): what was found, or [code, sentence]; nothing half is left."""
    monkeypatch.setattr(hub_files, "LARGEST", 5000)

    def one(kind: str, data: str) -> list:
        try:
            found = ["read", *read(kind, data)]
        except GanzooError as error:
            found, said = [error.code], str(error)
            assert "\n" not in said and 30 < len(said) < 700 and said[-1] in ".?", said
            assert str(machine.home) not in said, said
        half = [p for p in machine.home.glob("hf/hub/*/ganzoo/*/.*") if p.is_dir()]
        assert not half and not list(machine.home.parent.glob("*.png")), half
        return found

    return one


@pytest.mark.parametrize("name", SETS)
def test_every_set_is_read_or_refused_in_one_sentence(hub, answered, name):
    kind, files, code = SETS[name]
    hub.add_repo("datasets", "alice/odd", files)
    found = answered(kind, "alice/odd")
    assert found[0] == code, found
    if name == "some links of git":
        assert "link.png" in str(found)
    if name == "a zip with a bomb":
        assert found[1:3] == [18, 2]


def test_what_the_hub_refuses_is_told(hub, answered):
    hub.add_repo("datasets", "bob/asks", PETS, gated="manual")
    hub.add_repo("datasets", "bob/table", {"train.parquet": columns(9)}, gated="manual")
    hub.add_repo("datasets", "bob/hidden", PETS, private=True)
    hub.add_repo("models", "bob/model", {"config.json": b"{}"})
    for data, code in (
        ("bob/asks", "data_gated"),
        ("bob/table", "data_gated"),
        ("bob/hidden", "data_not_on_hub"),
        ("bob/model", "data_not_on_hub"),
        ("bob/nobody", "data_not_on_hub"),
        ("bob/ü", "bad_hub_dataset_id"),
        *((f"bob/asks:{rows}", "bad_hub_dataset_name") for rows in ("1:2:3", "0", "-3", "x:y", "default:3:4")),
        ("bob/asks@v9", "data_revision_not_among"),
    ):
        assert answered("pictures", data)[0].startswith(code), data
    hub.rename("datasets", "bob/asks", "bob/told")
    hub.store.repos["datasets", "bob/told"].gated = False
    assert answered("pictures", "bob/asks")[:3] == ["read", 18, 2]


@pytest.mark.parametrize("trouble", ["truncate", "drop", "page", 500, 429])
def test_a_bad_line_costs_a_try_and_leaves_nothing_half(hub, answered, trouble):
    name = f"alice/line{trouble}"  # what is in the cache is not fetched
    hub.add_repo("datasets", name, many("{i}.png", lambda i: png(i, 7, 9), 9))
    hub.fail_next(trouble, 1, "/lfs/" if trouble != "page" else "/api/datasets/")
    first = answered("pictures", name)[0]
    assert first in ("read", "hub_came_in_part", "data_hub_unavailable", "data_not_loaded")
    assert answered("pictures", name)[:3] == ["read", 8, 1]
