"""Data sets of the Hub, read by the real `datasets` over real HTTP: pinned, streamed, slow, missing, out of the cache."""

import datasets
from huggingface_hub import constants
from PIL import Image

import ganzoo
from ganzoo.data import hub_datasets, hub_lookup
from tests.fake_hub.fixtures import NOWHERE
from tests.fake_hub.pictures import a, many, read, saved, table
from tests.support.raises_code import raises_code


def grey(value: int, **more) -> bytes:
    return saved(Image.new("L", (28, 28), value), **more)


def digits(count: int, first: int = 0) -> bytes:
    pictures = [grey(first + i) for i in range(count)]
    return table({"img": pictures, "label": [i % 2 for i in range(count)]}, ["zero", "one"])


def pairs(*columns: str, count: int = 12, first: int = 0) -> bytes:
    return table({name: [a(i) for i in range(first, first + count)] for name in columns})


def values(name: str) -> list[int]:
    """The greys of the pictures to train on."""
    return ganzoo.load_pictures(name, image_size=28).train[:, 0, 0, 0].tolist()


def test_a_picture_with_damaged_exif_is_read_as_in_a_folder(hub):
    torn = grey(99, exif=b"Exif\0\0garbage")
    rows = {"img": [grey(i) for i in range(15)] + [torn] * 5, "label": [i % 2 for i in range(20)]}
    hub.add_repo("datasets", "alice/scans", {"data/train-0.parquet": table(rows, ["zero", "one"])})
    for name in ("alice/scans", "alice/scans:20"):
        assert 99 in values(name) and sum(read("pictures", name)[:2]) == 20


def test_a_slow_hub_is_waited_for_where_the_set_is_not_in_the_cache(hub, monkeypatch, caplog):
    monkeypatch.setattr(hub_lookup, "PATIENCE", 0.3)
    hub.add_repo("datasets", "alice/slow", {"data/train-0.parquet": digits(20)})
    hub.fail_next("slow", 1, "", method="HEAD", seconds=0.5)  # the sign of life
    assert read("pictures", "alice/slow")[0] == 18 and "The Hub is slow" in caplog.text
    caplog.clear()
    hub.fail_next("slow", 1, "", method="HEAD", seconds=0.5)
    assert read("pictures", "alice/slow")[0] == 18 and "The Hub" not in caplog.text  # from the cache, and nobody waited


def test_a_revision_is_pinned(hub):
    repo = hub.add_repo("datasets", "alice/moving", {"data/train-0.parquet": digits(20)})
    repo.refs["refs/tags/v1"] = old = repo.head
    hub.change("datasets", "alice/moving", {"data/train-0.parquet": digits(20, first=100)})
    for revision, low in (("v1", True), (old.id, True), ("main", False)):
        assert (max(values(f"alice/moving@{revision}")) < 50) is low
    with raises_code("data_revision_not_among", revision="v9", known=["main", "v1"]):
        values("alice/moving@v9")


def test_two_of_three_columns_are_named_and_turned(hub):
    three = {k: [a(10 * j) for _ in range(12)] for j, k in enumerate(("depth", "rgb", "mask"))}
    hub.add_repo("datasets", "alice/three", {"data/train-0.parquet": table(three)})
    with raises_code("pair_columns_unclear"):
        read("pairs", "alice/three")
    with raises_code("domains_not_columns"):
        ganzoo.load_pairs("alice/three", image_size=16, domains="photo,rgb")
    for stream in (False, True):
        more = {"domains": "mask,rgb", "direction": "rgb->mask", "stream": stream}
        found = ganzoo.load_pairs("alice/three@main", image_size=16, **more)
        assert found.direction == "rgb->mask" and found.test_input[:, :, 0, 0].tolist() == [[200, 0, 10]]


def test_each_side_may_be_a_set_of_its_own_and_no_picture_stands_in_train_and_test(hub):
    files = {"data/train-0.parquet": pairs("A", "B"), "data/test-0.parquet": pairs("A", "B", count=3, first=9)}
    hub.add_repo("datasets", "alice/two", files)
    hub.add_repo("datasets", "alice/one", {"data/train-0.parquet": digits(20)})
    assert read("sides", "alice/two")[:2] == [[9, 3], [9, 3]]
    assert read("sides", "alice/two,alice/one:9")[:2] == [[9, 3], [8, 1]]


def test_of_a_big_set_the_first_rows_are_streamed(hub, monkeypatch, caplog):
    """Many files: those that are not needed are never asked for."""
    parts = {f"data/train-{i:05d}-of-00008.parquet": digits(16, first=16 * i) for i in range(8)}
    hub.add_repo("datasets", "alice/huge", parts | {"data/test-00000-of-00001.parquet": digits(4)})
    found = ganzoo.load_pictures("alice/huge@main:20", image_size=28)
    assert (found.train[:, 0, 0, 0].tolist(), len(found.test)) == (list(range(20)), 4)
    assert (found.classes, found.name) == (("zero", "one"), "huge")
    assert "is streamed, not downloaded: the first 20 rows of train" in caplog.text
    fetched = {path.rsplit("/", 1)[1] for _, path in hub.requests if "/resolve/" in path and "train-" in path}
    assert len(fetched) <= 3, fetched  # of eight
    hub.add_repo("datasets", "alice/hugepairs", {"data/train-0.parquet": pairs("A", "B", count=40)})
    assert read("pairs", "alice/hugepairs:20")[0] == 18  # a tenth is held out
    # without a number, when the set is larger than is downloaded
    monkeypatch.setattr(hub_datasets, "LARGE", 1000)
    monkeypatch.setattr(hub_datasets, "FIRST", 10)
    assert len(values("alice/huge")) == 10 and "the first 10 rows of train" in caplog.text


def test_a_dead_id_gives_the_nearest(hub):
    for name in ("alice/mnist-digits", "bob/facades-labels", "bob/facades", "alice/other"):
        hub.add_repo("datasets", name, {"data/train-0.parquet": b""})
    for kind in ("pictures", "pairs", "sides"):
        with raises_code("data_not_on_hub_but_near", near=["bob/facades", "bob/facades-labels"]):
            read(kind, "bob/facade")
    with raises_code("data_not_on_hub_but_near", near=["alice/mnist-digits"]):
        read("pictures", "someone/mnist_digit")
    with raises_code("data_not_on_hub"):
        read("pictures", "someone/quite-different")


def test_without_the_hub_what_was_loaded_before_is_loaded_again(hub, machine, monkeypatch):
    hub.add_repo("datasets", "alice/kept", {"data/train-0.parquet": digits(20)})
    hub.add_repo("datasets", "alice/files", many("{i}.png", a, 9))
    seen, encoded = [], hub_datasets._encoded

    def watched(rows):
        seen.append((constants.HF_HUB_OFFLINE, datasets.config.HF_HUB_OFFLINE))
        return encoded(rows)

    monkeypatch.setattr(hub_datasets, "_encoded", watched)
    for endpoint in (hub.url, NOWHERE):
        machine.asks(endpoint)
        assert [read("pictures", name)[0] for name in ("alice/kept", "alice/files")] == [18, 8]
    assert set(seen) == {(False, False)}  # other threads stay online
    with raises_code("data_hub_unavailable"):
        read("pictures", "alice/never-seen")
