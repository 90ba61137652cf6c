"""Data sets of the Hub, read by the real `datasets` over real HTTP: pinned, streamed, slow, missing, out of the cache."""

import io
import json

import pytest
from PIL import Image

from tests.fake_hub.pictures import a, many, table

DIGITS = """
import json
p = ganzoo.load_pictures(words[0], image_size=28)
print(json.dumps([len(p.train), len(p.test), p.classes, p.train[:, 0, 0, 0].tolist(), p.notes, p.name]))
"""
PAIRS = """
import json
p = ganzoo.load_pairs(words[0], image_size=16, **json.loads(words[1]))
print(json.dumps([len(p.train), len(p.test_input), p.direction, p.test_input[0, :, 0, 0].tolist()]))
"""
SIDES = """
import json
p = ganzoo.load_unpaired(words[0], image_size=16)
print(json.dumps([[len(p.train[side]), len(p.test[side])] for side in "ab"]))
"""
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def ask(running):
    """What the code prints, or the one sentence with which it ends."""

    def one(code, *words, **how):
        said = running[1].run(code, *words, **how)
        one.aside = said.err
        if said.code == 0:
            return json.loads(said.out.splitlines()[-1])
        assert said.err.startswith("Error: ") and said.err.count("\n") == 1, said.all
        return said.err

    return one


def grey(value: int, **more) -> bytes:
    out = io.BytesIO()
    Image.new("L", (28, 28), value).save(out, "PNG", **more)
    return out.getvalue()


def digits(count: int, first: int = 0) -> bytes:
    pictures = [grey(first + i) for i in range(count)]
    return table({"img": pictures, "label": [i % 2 for i in range(count)]}, ["zero", "one"])


def pairs(*columns: str, count: int = 12, first: int = 0) -> bytes:
    return table({name: [a(i) for i in range(first, first + count)] for name in columns})


def test_a_picture_with_damaged_exif_is_read_as_in_a_folder(hub, ask):
    torn = grey(99, exif=b"Exif\0\0garbage")
    rows = {"img": [grey(i) for i in range(15)] + [torn] * 5, "label": [i % 2 for i in range(20)]}
    hub.add_repo("datasets", "alice/scans", {"data/train-0.parquet": table(rows, ["zero", "one"])})
    for name in ("alice/scans", "alice/scans:20"):
        train, test, _, values, *_ = ask(DIGITS, name)
        assert train + test == 20 and 99 in values


def test_a_slow_hub_is_waited_for_where_the_set_is_not_in_the_cache(hub, ask):
    hub.add_repo("datasets", "alice/slow", {"data/train-0.parquet": digits(20)})
    hub.fail_next("slow", 2, "", method="HEAD", seconds=2.5)  # the sign of life, asked for twice
    assert ask(DIGITS, "alice/slow")[0] == 18 and "The Hub is slow" in ask.aside
    hub.fail_next("slow", 1, "", method="HEAD", seconds=2.5)
    assert ask(DIGITS, "alice/slow")[0] == 18 and not ask.aside  # from the cache, and nobody waited


def test_a_revision_is_pinned(hub, ask):
    repo = hub.add_repo("datasets", "alice/moving", {"data/train-0.parquet": digits(20)})
    repo.refs["refs/tags/v1"] = old = repo.head
    hub.change("datasets", "alice/moving", {"data/train-0.parquet": digits(20, first=100)})
    for revision, low in (("v1", True), (old.id, True), ("main", False)):
        assert (max(ask(DIGITS, f"alice/moving@{revision}")[3]) < 50) is low
    said = ask(DIGITS, "alice/moving@v9")
    assert "revision 'v9'" in said and "main, v1" in said, said


def test_two_of_three_columns_are_named_and_turned(hub, ask):
    three = {k: [a(10 * j) for _ in range(12)] for j, k in enumerate(("depth", "rgb", "mask"))}
    hub.add_repo("datasets", "alice/three", {"data/train-0.parquet": table(three)})
    assert "--domains" in ask(PAIRS, "alice/three", "{}")
    assert "only one of these is an image column" in ask(PAIRS, "alice/three", '{"domains": "photo,rgb"}')
    for stream in (False, True):
        more = json.dumps({"domains": "mask,rgb", "direction": "rgb->mask", "stream": stream})
        assert ask(PAIRS, "alice/three@main", more)[1:] == [1, "rgb->mask", [200, 0, 10]]


def test_each_side_may_be_a_set_of_its_own_and_no_picture_stands_in_train_and_test(hub, ask):
    files = {"data/train-0.parquet": pairs("A", "B"), "data/test-0.parquet": pairs("A", "B", count=3, first=9)}
    hub.add_repo("datasets", "alice/two", files)
    hub.add_repo("datasets", "alice/one", {"data/train-0.parquet": digits(20)})
    assert ask(SIDES, "alice/two") == [[9, 3], [9, 3]]
    assert ask(SIDES, "alice/two,alice/one:9") == [[9, 3], [8, 1]]


def test_of_a_big_set_the_first_rows_are_streamed(hub, ask):
    """Many files: those that are not needed are never asked for."""
    parts = {f"data/train-{i:05d}-of-00008.parquet": digits(16, first=16 * i) for i in range(8)}
    hub.add_repo("datasets", "alice/huge", parts | {"data/test-00000-of-00001.parquet": digits(4)})
    train, test, classes, values, _, name = ask(DIGITS, "alice/huge@main:20")
    assert (train, test, classes, values, name) == (20, 4, ["zero", "one"], list(range(20)), "huge")
    assert "is streamed, not downloaded: the first 20 rows of train" in ask.aside
    fetched = {path.rsplit("/", 1)[1] for _, path in hub.requests if "/resolve/" in path and "train-" in path}
    assert len(fetched) <= 3, fetched  # of eight
    # without a number, when the set is larger than is downloaded
    code = "from ganzoo.data import hub_datasets as h\nbefore = h.LARGE, h.FIRST\nh.LARGE, h.FIRST = 1000, 10\n"
    assert ask(code + DIGITS + "\nh.LARGE, h.FIRST = before", "alice/huge")[0] == 10
    assert "the first 10 rows of train" in ask.aside
    hub.add_repo("datasets", "alice/hugepairs", {"data/train-0.parquet": pairs("A", "B", count=40)})
    assert ask(PAIRS, "alice/hugepairs:20", "{}")[0] == 18  # a tenth is held out
    for wrong in ("alice/huge:0", "alice/huge:-3", "alice/huge:x:y", "alice/huge:default:3:4"):
        assert "user/name:5000" in ask(DIGITS, wrong)
    said = ask(DIGITS, "alice/huge:x")
    assert "configuration 'x'" in said and "alice/huge:default" in said, said


def test_a_dead_id_gives_the_nearest(hub, ask):
    for name in ("alice/mnist-digits", "bob/facades-labels", "bob/facades", "alice/other"):
        hub.add_repo("datasets", name, {"data/train-0.parquet": b""})
    assert "bob/facades, bob/facades-labels" in ask(DIGITS, "bob/facade")
    assert "bob/facades" in ask(PAIRS, "bob/facade", "{}") and "bob/facades" in ask(SIDES, "bob/facade")
    assert "alice/mnist-digits" in ask(DIGITS, "someone/mnist_digit")
    assert "hf auth login" in ask(DIGITS, "someone/quite-different")


WATCHED = """
import json
import datasets
from ganzoo.data import hub_datasets
from huggingface_hub import constants
seen, encoded = [], hub_datasets._encoded
def watched(*given):
    seen.append([constants.HF_HUB_OFFLINE, datasets.config.HF_HUB_OFFLINE])
    return encoded(*given)
hub_datasets._encoded = watched
try:
    hub_datasets.open_dataset(words[0])
finally:
    hub_datasets._encoded = encoded
print(json.dumps(seen))
"""


def test_without_the_hub_what_was_loaded_before_is_loaded_again(hub, ask):
    hub.add_repo("datasets", "alice/kept", {"data/train-0.parquet": digits(20)})
    hub.add_repo("datasets", "alice/files", many("{i}.png", a, 9))
    for endpoint in ("", NOWHERE):
        assert ask(DIGITS, "alice/kept", endpoint=endpoint)[0] == 18
        assert ask(DIGITS, "alice/files", endpoint=endpoint)[0] == 8
    assert ask(WATCHED, "alice/kept", endpoint=NOWHERE) == [[False, False]]  # other threads stay online
    said = ask(DIGITS, "alice/never-seen", endpoint=NOWHERE)
    assert "cannot be reached" in said and "GANZOO_DATA" in said
