"""Data sets of the Hub, read by the real `datasets` over real HTTP: digits, pairs, two sides, streamed, pinned, missing."""

import io
import json

import pytest
from PIL import Image

from tests.fake_hub.server import LocalHub

DIGITS = """
import json
p = ganzoo.load_pictures(words[0], image_size=28)
print(json.dumps([list(p.train.shape), list(p.test.shape), p.classes, p.train_labels is not None, p.notes,
                  p.train[:, 0, 0, 0].tolist(), p.name]))
"""
PAIRS = """
import json
p = ganzoo.load_pairs(words[0], image_size=16, domains=(words[1:] or [""])[0])
a, b = p.test_input[:, :, 8, 8].tolist(), p.test_target[:, :, 8, 8].tolist()
print(json.dumps([len(p.train), a, b, p.direction, p.name]))
"""
SIDES = """
import json
from ganzoo.data.unpaired_sources import load_unpaired
p = load_unpaired(words[0], image_size=16)
print(json.dumps([{k: list(v.shape) for k, v in p.train.items()}, {k: list(v.shape) for k, v in p.test.items()}]))
"""


@pytest.fixture
def ask(running):
    def one(code, *words, **how):
        said = running[1].run(code, *words, **how)
        assert "Traceback" not in said.all, said.all
        one.aside = said.err
        return json.loads(said.out.splitlines()[-1]) if said.code == 0 else said.err

    return one


def png(value, size=(28, 28)):
    out = io.BytesIO()
    Image.new("L" if isinstance(value, int) else "RGB", size, value).save(out, "PNG")
    return out.getvalue()


def parquet(columns: dict[str, list], names=()) -> bytes:
    """Columns of PNG bytes or of labels -> a parquet file whose features the Hub's reader knows."""
    datasets = pytest.importorskip("datasets")
    features = {
        k: datasets.Image() if isinstance(v[0], bytes) else datasets.ClassLabel(names=names) for k, v in columns.items()
    }
    rows = {k: [{"bytes": b, "path": None} for b in v] if isinstance(v[0], bytes) else v for k, v in columns.items()}
    out = io.BytesIO()
    datasets.Dataset.from_dict(rows, features=datasets.Features(features)).to_parquet(out)
    return out.getvalue()


def digits(count: int, first: int = 0) -> bytes:
    return parquet(
        {"img": [png(first + i) for i in range(count)], "label": [i % 2 for i in range(count)]}, ["zero", "one"]
    )


def pairs(a: str, b: str, count: int = 12, blue: int = 0) -> bytes:
    reds, greens = ([png((*((i, 0) if k else (0, i)), blue), (16, 16)) for i in range(count)] for k in (1, 0))
    columns = {a: reds, b: greens}
    return parquet(columns)


def refused(said) -> str:
    assert isinstance(said, str) and said.startswith("Error: ") and said.count("\n") == 1, said
    return said


def test_digits_and_folders_of_classes(hub, ask):
    hub.add_repo("datasets", "alice/digits", {"data/train-0.parquet": digits(20), "data/test-0.parquet": digits(4)})
    train, test, classes, labelled, notes, values, _ = ask(DIGITS, "alice/digits@main")
    assert (train, test, classes, labelled) == ([20, 1, 28, 28], [4, 1, 28, 28], ["zero", "one"], True)
    assert "'img'" in notes[0] and values == list(range(20))
    folder = {f"train/{c}/{i}.png": png(10 * i, (40, 28)) for c in ("cat", "dog") for i in range(10)}
    hub.add_repo("datasets", "alice/pets", folder)
    train, test, classes, *_ = ask(DIGITS, "alice/pets")
    assert (train, test, classes) == ([18, 1, 28, 28], [2, 1, 28, 28], ["cat", "dog"])
    hub.add_repo("datasets", "alice/words", {"train.csv": b"text,n\nhello,1\nworld,2\n"})
    assert "no image column" in refused(ask(DIGITS, "alice/words"))


def test_a_picture_with_damaged_exif_is_read_as_in_a_folder(hub, ask):
    out = io.BytesIO()
    Image.new("L", (28, 28), 99).save(out, "PNG", exif=b"Exif\0\0garbage")
    rows = {"img": [png(i) for i in range(15)] + [out.getvalue()] * 5, "label": [i % 2 for i in range(20)]}
    hub.add_repo("datasets", "alice/scans", {"data/train-0.parquet": parquet(rows, ["zero", "one"])})
    for name in ("alice/scans", "alice/scans:20"):
        train, test, *_, values, _ = ask(DIGITS, name)
        assert train[0] + test[0] == 20 and 99 in values


def test_a_slow_hub_is_waited_for_where_the_set_is_not_in_the_cache(hub, ask):
    hub.add_repo("datasets", "alice/slow", {"data/train-0.parquet": digits(20)})
    hub.fail_next("slow", 2, "", method="HEAD", seconds=2.5)  # the sign of life, asked for twice
    assert len(ask(DIGITS, "alice/slow")) == 7 and "The Hub is slow" in ask.aside
    hub.fail_next("slow", 1, "", method="HEAD", seconds=2.5)
    assert len(ask(DIGITS, "alice/slow")) == 7 and not ask.aside  # from the cache, and nobody waited


def test_a_revision_is_pinned(hub, ask):
    repo = hub.add_repo("datasets", "alice/moving", {"data/train-0.parquet": digits(20)})
    repo.refs["refs/tags/v1"] = old = repo.head
    hub.change("datasets", "alice/moving", {"data/train-0.parquet": digits(20, first=100)})
    for revision, low in (("v1", True), (old.id, True), ("main", False)):
        found = ask(DIGITS, f"alice/moving@{revision}")
        assert not isinstance(found, str), found
        values = found[5]
        assert (max(values) < 50) is low
    said = refused(ask(DIGITS, "alice/moving@v9"))
    assert "revision 'v9'" in said and "main, v1" in said, said


@pytest.mark.parametrize(("a", "b"), [("imageA", "imageB"), ("input_image", "edited_image"), ("sketch", "photo")])
def test_pairs_under_many_names(hub, ask, a, b):
    hub.add_repo(
        "datasets", f"alice/p-{a.lower()}", {"data/train-0.parquet": pairs(a, b), "data/test-0.parquet": pairs(a, b, 3)}
    )
    count, left, right, direction, _ = ask(PAIRS, f"alice/p-{a.lower()}")
    assert count == 12 and [x[0] for x in left] == [0, 1, 2] and [x[1] for x in right] == [0, 1, 2]
    assert direction == f"{a}->{b}"


def test_two_of_three_columns_are_named(hub, ask):
    three = {k: [png((i, i, j), (16, 16)) for i in range(12)] for j, k in enumerate(("depth", "rgb", "mask"))}
    hub.add_repo("datasets", "alice/three", {"data/train-0.parquet": parquet(three)})
    assert "--domains" in refused(ask(PAIRS, "alice/three"))
    assert ask(PAIRS, "alice/three", "mask,rgb")[3] == "mask->rgb"


def test_two_sides_without_pairs(hub, ask):
    hub.add_repo(
        "datasets", "alice/two", {"data/train-0.parquet": pairs("A", "B"), "data/test-0.parquet": pairs("A", "B", 3, 9)}
    )
    train, test = ask(SIDES, "alice/two")
    assert train["a"][0] == train["b"][0] == 12 and test["a"][0] == test["b"][0] == 3
    hub.add_repo("datasets", "alice/one", {"data/train-0.parquet": digits(20)})
    train, _ = ask(SIDES, "alice/two,alice/one:9")
    assert train["a"][0] == 12 and train["b"][0] <= 9


def test_of_a_big_set_the_first_rows_are_streamed(hub, ask, running):
    """Many files: those that are not needed are never asked for."""
    many = {f"data/train-{i:05d}-of-00008.parquet": digits(16, first=16 * i) for i in range(8)}
    hub.add_repo("datasets", "alice/huge", many | {"data/test-00000-of-00001.parquet": digits(4)})
    train, test, classes, labelled, _, values, name = ask(DIGITS, "alice/huge@main:20")
    assert (train[0], test[0], labelled, classes) == (20, 4, True, ["zero", "one"]) and values == list(range(20))
    assert name == "huge" and "is streamed, not downloaded: the first 20 rows of train" in ask.aside
    fetched = {path.rsplit("/", 1)[1] for _, path in hub.requests if "/resolve/" in path and "train-" in path}
    assert len(fetched) <= 3, fetched  # of eight
    # without a number, when the set is larger than is downloaded
    code = (
        "from ganzoo.data import hub_datasets\n"
        "before = hub_datasets.LARGE, hub_datasets.FIRST; hub_datasets.LARGE, hub_datasets.FIRST = 1000, 10\n"
    )
    said = ask(code + DIGITS + "\nhub_datasets.LARGE, hub_datasets.FIRST = before", "alice/huge")
    assert said[0][0] == 10 and "the first 10 rows of train" in ask.aside
    hub.add_repo("datasets", "alice/hugepairs", {"data/train-0.parquet": pairs("A", "B", 40)})
    assert ask(PAIRS, "alice/hugepairs:20")[0] == 18  # a tenth is held out
    for wrong in ("alice/huge:0", "alice/huge:-3", "alice/huge:x:y", "alice/huge:default:3:4"):
        assert "user/name:5000" in refused(ask(DIGITS, wrong))
    said = refused(ask(DIGITS, "alice/huge:x"))
    assert "configuration 'x'" in said and "alice/huge:default" in said, said


def test_a_dead_id_gives_the_nearest(hub, ask):
    for name in ("alice/mnist-digits", "bob/facades-labels", "bob/facades", "alice/other"):
        hub.add_repo("datasets", name, {"data/train-0.parquet": digits(2)})
    said = refused(ask(DIGITS, "bob/facade"))
    assert "bob/facades, bob/facades-labels" in said, said
    assert "alice/mnist-digits" in refused(ask(DIGITS, "someone/mnist_digit"))
    assert "hf auth login" in refused(ask(DIGITS, "someone/quite-different"))
    hub.add_repo("datasets", "bob/secret", {"data/train-0.parquet": digits(2)}, private=True)
    assert "or private" in refused(ask(DIGITS, "bob/secret"))
    hub.add_repo("datasets", "bob/asks", {"data/train-0.parquet": digits(2)}, gated="manual")
    assert "gated" in refused(ask(DIGITS, "bob/asks"))
    assert "bob/facades" in refused(ask(PAIRS, "bob/facade"))
    assert "bob/facades" in refused(ask(SIDES, "bob/facade"))


def test_without_the_hub_what_was_loaded_before_is_loaded_again(hub, ask):
    hub.add_repo("datasets", "alice/kept", {"data/train-0.parquet": digits(20)})
    assert ask(DIGITS, "alice/kept")[0][0] == 18
    down = LocalHub()
    down.stop()
    assert ask(DIGITS, "alice/kept", endpoint=down.url)[0][0] == 18
    said = refused(ask(DIGITS, "alice/never-seen", endpoint=down.url))
    assert "cannot be reached" in said and "GANZOO_DATA" in said


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


def test_reading_the_cache_leaves_other_threads_online(hub, ask):
    hub.add_repo("datasets", "alice/calm", {"data/train-0.parquet": digits(20)})
    assert ask(DIGITS, "alice/calm")[0][0] == 18
    down = LocalHub()
    down.stop()
    assert ask(WATCHED, "alice/calm", endpoint=down.url) == [[False, False]]
