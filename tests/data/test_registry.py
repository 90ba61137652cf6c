"""The known words of --data: their revisions on the Hub, and the official test pictures of sets that are not split there."""

import io
import json

from PIL import Image

import ganzoo
from ganzoo import model_card
from ganzoo.data import fingerprints, registry
from ganzoo.data.fingerprints import fingerprint
from tests.fake_hub.fixtures import NOWHERE
from tests.fake_hub.pictures import columns, saved
from tests.support.raises_code import raises_code


def test_every_word_says_what_a_recipe_needs():
    for word, known in registry.SETS.items():
        assert registry.data_word(word) == (known.name or word)
        assert known.hub or word == "aerial-map"
        if known.kind == "paired":
            assert sorted(known.direction.split("->")) == sorted(known.sides)
        if known.kind != "labeled":
            assert len(set(known.sides)) == 2 and "A" not in known.sides
    assert set(registry.PINS) <= set(registry.HUB_IDS.values())
    assert all(len(sha) == 40 and int(sha, 16) for sha in registry.PINS.values())


def test_a_run_is_named_after_both_of_two_sets(tmp_path, monkeypatch):
    for data in ("horses,zebras", "my/horses, my/zebras", "me/horses@v1,me/zebras:500", "horses/,./zebras"):
        assert registry.data_word(data) == "horses-zebras"
    assert registry.data_word("fashion-mnist,horses") == "fashion-horses"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my" / "cats,dogs").mkdir(parents=True)
    assert registry.data_word("my/cats,dogs") == "cats-dogs"  # one folder of this name


def test_a_word_is_read_at_its_pinned_revision_or_says_that_it_has_none(hub, machine, monkeypatch, caplog):
    def read(**pins):
        monkeypatch.setattr(registry, "PINS", {"huggan/facades": pins["at"]} if pins else {})
        found = ganzoo.load_pairs("facades", image_size=16)
        return found.direction, len(found.train), found.test_target[:, 2, 0, 0].tolist()

    pairs = {"data/train-00000-of-00001.parquet": columns(10)}
    pairs["data/test-00000-of-00001.parquet"] = columns(2, first=20)
    old = hub.add_repo("datasets", "huggan/facades", pairs).head.id
    hub.change("datasets", "huggan/facades", {"data/test-00000-of-00001.parquet": columns(2, first=70)})
    assert read(at=old) == ("label->photo", 10, [20, 21]) and "not pinned" not in caplog.text
    assert read() == ("label->photo", 10, [70, 71])
    assert "facades is huggan/facades on the Hub, not pinned" in caplog.text
    machine.asks(NOWHERE)  # and out of the cache, which has both
    assert read(at=old)[2] == [20, 21] and read()[2] == [70, 71]
    with raises_code("data_hub_unavailable"):
        read(at="1" * 40)


def test_pictures_have_a_revision_where_they_come_from_one_set_of_the_hub(tmp_path, monkeypatch):
    """Else a card would name the pin of the Hub for pictures that came from a folder."""
    monkeypatch.setattr(registry, "PINS", {"huggan/facades": "1" * 40, "huggan/horse2zebra": "2" * 40})
    monkeypatch.setenv("GANZOO_DATA", str(tmp_path))
    assert registry.revision_of("facades") == "1" * 40 and registry.revision_of("horse2zebra") == "2" * 40
    (tmp_path / "facades").mkdir()
    assert registry.revision_of("facades") is None and registry.revision_of("horse2zebra") == "2" * 40
    monkeypatch.chdir(tmp_path)
    (tmp_path / "zebras").mkdir()
    assert registry.revision_of("me/horses@v1:500") == registry.revision_of("me/horses@v1:500, zebras") == "v1"
    assert registry.revision_of("me/horses@v1,you/zebras@v2") is None  # neither is that of both
    assert model_card.hub_datasets("me/horses@v1, you/zebras:500") == ["me/horses", "you/zebras"]


def written(bits) -> str:
    return f"{int(''.join('1' if bit else '0' for bit in bits.tolist()), 2):064x}"


def photo(seed: int) -> Image.Image:
    values = bytes((seed * 7919 + i * i * 31 + i * seed * 13) % 256 for i in range(12 * 12 * 3))
    return Image.frombytes("RGB", (12, 12), values).resize((128, 128), Image.Resampling.BICUBIC)


def again(picture: Image.Image, quality: int, size: int) -> Image.Image:
    """Stored anew: as JPEG, at another size."""
    stored = saved(picture.resize((size, size), Image.Resampling.BICUBIC), "JPEG", quality=quality)
    return Image.open(io.BytesIO(stored)).convert("RGB")


def test_a_fingerprint_outlives_what_happens_to_pictures_and_those_that_come_along_are_whole():
    facades, maps = fingerprints.known("facades"), fingerprints.known("maps")
    assert [len(set(marks)) for marks in (facades["test"], facades["val"], maps["test"])] == [106, 100, 50]
    assert not set(facades["test"]) & set(facades["val"])
    for seed in range(5):
        marks = fingerprint(photo(seed))
        assert written(marks) == written(fingerprints.bits(written(marks)))
        for quality, size in ((95, 128), (50, 128), (80, 64), (80, 300)):
            assert int((fingerprint(again(photo(seed), quality, size)) != marks).sum()) <= fingerprints.NEAR
        assert int((fingerprint(photo(seed + 1)) != marks).sum()) > 2 * fingerprints.NEAR


def test_official_test_pictures_are_recognised_where_a_set_is_not_split(tmp_path, monkeypatch):
    official = {"test": [written(fingerprint(photo(i))) for i in (3, 5, 90)], "val": [written(fingerprint(photo(7)))]}
    (tmp_path / "marks.json").write_text(json.dumps({"facades": official}))
    monkeypatch.setattr(fingerprints, "FILE", tmp_path / "marks.json")
    monkeypatch.setenv("GANZOO_DATA", str(tmp_path))
    for place in ("facades", "others"):
        (tmp_path / place).mkdir()
        for i in range(14):
            sheet = Image.new("RGB", (256, 128), (0, 0, 250))
            sheet.paste(again(photo(i), 80, 128))
            sheet.save(tmp_path / place / f"{i:02d}.jpg", quality=90)
    pairs = ganzoo.load_pairs("facades", image_size=32)
    assert pairs.test_names == ["03.jpg", "05.jpg"] and len(pairs.train) == 11 and pairs.direction == "label->photo"
    assert any("2 of the 3 official test pairs and 1 of the 1 official val pairs" in note for note in pairs.notes)
    assert len(ganzoo.load_pairs(str(tmp_path / "others"), image_size=32).test_names) == 1  # a tenth, as ever
    for i in (3, 5, 7):
        (tmp_path / "facades" / f"{i:02d}.jpg").unlink()
    assert any("a fixed tenth" in note for note in ganzoo.load_pairs("facades", image_size=32).notes)
