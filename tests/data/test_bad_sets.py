"""Folders that cannot be trained on: one sentence each. What only the Hub can do to a set is in test_hub_hostile.py."""

import shutil

import pytest

from ganzoo.data.labeled import read_data
from ganzoo.models import cgan
from tests.data.test_data import FASHION
from tests.fake_hub.pictures import a, ab, many, png, put, read, two
from tests.support.raises_code import raises_code


def broken(i: int) -> bytes:
    return b"no picture"


AB, SIDES, PAIRS, NONE = many("{i}.png", ab, 10), two("?/{i}.png"), two("?/{i}.png", counts=(9, 9)), {}
TALL = PAIRS | many("B/{i}.png", lambda i: png(0, 9, i, size=(9, 27)), 9)
FEW_PAIRS = many("train/{i}.png", ab, 2) | many("train/{i}.png", broken, 8, 2) | many("test/{i}.png", ab, 10, 20)
FEW_OF_B = two("train?/{i}.png", counts=(10, 3)) | many("trainB/{i}.png", broken, 7, 3) | two("test?/{i}.png", first=20)
EXTRA = ", ".join(f"A/{i:03d}.png" for i in range(9, 19)) + ", ..."  # the first ten by name
TURNED = {"domains": "photo,label", "direction": "A->B"}
BAD = {  # kind of set and what is wrong with it: (files, settings, the code, values of the error)
    "pairs: nothing": (NONE, NONE, "no_pairs", NONE),
    "pairs: one": (many("{i}.png", ab, 1), NONE, "too_few_pairs", {"count": 1, "least": 9}),
    "pairs: eight": (many("{i}.png", ab, 8), NONE, "too_few_pairs", {"count": 8, "least": 9}),  # one would be held out
    "pairs: few to train on": (many("train/{i}.png", ab, 3), NONE, "too_few_pairs", NONE),
    "pairs: few that can be read": (FEW_PAIRS, NONE, "too_few_readable_pairs", {"count": 2}),
    "pairs: single pictures": (many("{i}.png", a, 9), NONE, "no_readable_pairs", NONE),
    "pairs: no readable one": (many("{i}.png", broken, 9), NONE, "no_readable_pairs", NONE),
    "pairs: no two of a shape": (TALL, NONE, "no_readable_pairs", NONE),
    "pairs: alone": (PAIRS | many("A/{i}.png", a, 12, 9), NONE, "pairs_without_partner", {"count": 12, "names": EXTRA}),
    "pairs: two of one name": (PAIRS | {"A/001.jpg": a(1)}, NONE, "same_stem_twice", NONE),
    "pairs: no such split": (AB, {"split_test": "dev"}, "test_split_unknown", {"known": ["train"]}),
    **{f"pairs: {names}": (AB, {"domains": names}, "bad_domains", NONE) for names in ("photo", "a,a", "a,", "a>b,c")},
    **{f"pairs: {way}": (AB, {"direction": way}, "bad_pair_direction", NONE) for way in ("x->y", "B", "A->A")},
    "pairs: a direction of other names": (AB, TURNED, "bad_pair_direction", NONE),
    "pairs: few photos": (many("{i}.png", a, 3), {"pairs_from": "grey"}, "too_few_pairs", {"count": 3}),
    "pairs: no photos": (NONE, {"pairs_from": "grey"}, "folder_empty", NONE),
    "pairs: made in an unknown way": (many("{i}.png", a, 3), {"pairs_from": "red"}, "bad_choice", NONE),
    "sides: one": (two("?/{i}.png", counts=(1, 1)), NONE, "too_few_of_a_domain", {"domain": "A", "count": 1}),
    "sides: eight": (two("?/{i}.png", counts=(8, 30)), NONE, "too_few_of_a_domain", {"count": 8, "least": 9}),
    "sides: few that can be read": (FEW_OF_B, NONE, "too_few_usable_of_a_domain", {"domain": "B", "count": 3}),
    "sides: one alone": (many("trainA/{i}.png", a, 10), NONE, "no_two_sets", NONE),
    "sides: empty ones": ({"A/list.txt": b"", "B/list.txt": b""}, NONE, "side_without_pictures", NONE),
    "sides: no readable one": (dict.fromkeys(PAIRS, b"no picture"), NONE, "no_readable_pictures", NONE),
    "sides: one domain": (SIDES, {"domains": "one"}, "bad_domains", NONE),
    "sides: crops of less than a picture": (SIDES, {"load_size": 8}, "load_size_too_small", NONE),
    "pictures: nothing": (NONE, NONE, "data_folder_empty", NONE),
    "pictures: one": (many("{i}.png", a, 1), NONE, "too_few_pictures", NONE),
    "pictures: no readable one": (many("{i}.png", broken, 9), NONE, "no_readable_pictures_in_folder", NONE),
}


@pytest.mark.parametrize("name", BAD)
def test_a_set_that_cannot_be_trained_on_is_one_sentence(tmp_path, name):
    files, settings, code, values = BAD[name]
    put(tmp_path, files)
    with raises_code(code, **values) as caught:
        read(name.split(":")[0], tmp_path, **settings)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 700


NAMES = {  # code: kind of set and name
    "data_not_found": [("pairs", "nowhere"), ("pairs", "no such thing"), ("pictures", "./nowhere")],
    "data_is_a_file": [(kind, "file.txt") for kind in ("pairs", "sides", "pictures")],
    "data_only_local": [("pairs", "aerial-map")],
    "unpaired_data_not_found": [("sides", "nowhere")],
    "data_side_not_found": [("sides", "A,nowhere at all")],
    "data_of_other_recipe": [("pictures", "facades"), ("pairs", "horse2zebra"), ("sides", "mnist")],
}


@pytest.mark.parametrize("code", NAMES)
def test_a_name_that_is_no_set_is_one_sentence(tmp_path, monkeypatch, code):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GANZOO_DATA", raising=False)
    put(tmp_path, many("A/{i}.png", a, 10) | {"file.txt": b"x"})
    for kind, data in NAMES[code]:
        with raises_code(code):
            read(kind, data)


def test_labels_are_there_and_belong_to_the_pictures(tmp_path):
    put(tmp_path / "flat", many("{i}.png", a, 20))
    for folder in ("unlabelled", "mixed"):
        (tmp_path / folder).mkdir()
        shutil.copy(FASHION / "train-images-idx3-ubyte.gz", tmp_path / folder)
    shutil.copy(FASHION / "t10k-labels-idx1-ubyte.gz", tmp_path / "mixed" / "train-labels-idx1-ubyte.gz")
    for folder, code in (
        ("flat", "data_without_labels"),
        ("unlabelled", "data_without_labels"),
        ("mixed", "idx_labels_count"),
    ):
        with raises_code(code):
            read_data(cgan.Config(data=str(tmp_path / folder)))
