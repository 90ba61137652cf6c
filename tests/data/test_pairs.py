"""Picture pairs: found in every layout that users have, read from every format, refused in one sentence."""

import io
import os
import struct

import pytest
import torch
from PIL import Image

import ganzoo
from ganzoo.data import complete, drawings
from ganzoo.data.paired import PairBatches, Streamed, crop
from ganzoo.data.paired_sources import made_up_pairs
from ganzoo.images import to_uint8
from tests.hostile.made import bomb
from tests.support.raises_code import raises_code

SIDE = 40


def sides(i: int, size=SIDE):
    """A pair that can be told apart: A is reddish, B is bluish, both with a mark of their own number."""
    return tuple(Image.new("RGB", (size, size), colour) for colour in ((200, 10 * i % 256, 0), (0, 10 * i % 256, 200)))


def ab(i: int, size=SIDE) -> Image.Image:
    sheet = Image.new("RGB", (2 * size, size))
    for place, side in zip((0, size), sides(i, size), strict=True):
        sheet.paste(side, (place, 0))
    return sheet


def write_ab(folder, count=10, start=0):
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(start, start + count):
        ab(i).save(folder / f"{i:03d}.png")


def write_two(a, b, count=10):
    for folder, side in ((a, 0), (b, 1)):
        folder.mkdir(parents=True, exist_ok=True)
        for i in range(count):
            sides(i)[side].save(folder / f"p{i}.{'png' if side else 'webp'}", **({} if side else {"lossless": True}))


def load(folder, **more):
    return ganzoo.load_pairs(str(folder), image_size=32, **more)


def colour(pictures) -> str:
    return "A" if pictures[0, 0].float().mean() > pictures[0, 2].float().mean() else "B"


# --- layouts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "layout", ["ab splits", "ab flat", "two folders", "two in splits", "two in valid", "trainA trainB", "val only"]
)
def test_every_layout_is_found(tmp_path, layout):
    if layout == "ab splits":
        for split, start in (("train", 0), ("val", 10), ("test", 20)):
            write_ab(tmp_path / split, 10, start)
    elif layout == "ab flat":
        write_ab(tmp_path, 10)
    elif layout == "val only":
        write_ab(tmp_path / "val", 10)
    elif layout == "two folders":
        write_two(tmp_path / "A", tmp_path / "B")
    elif layout in ("two in splits", "two in valid"):
        for split in ("train", "test" if layout == "two in splits" else "valid"):
            write_two(tmp_path / split / "A", tmp_path / split / "B")
    else:
        for split in ("train", "test"):
            write_two(tmp_path / f"{split}A", tmp_path / f"{split}B")
    pairs = load(tmp_path)
    has_test = layout in ("ab splits", "two in splits", "two in valid", "trainA trainB")
    assert len(pairs.train) == (10 if has_test else 9)
    assert len(pairs.test_input) == (10 if has_test else 1)
    assert any("held out" in note for note in pairs.notes) != has_test
    assert pairs.test_input.shape[1:] == pairs.test_target.shape[1:] == (3, 32, 32)
    assert pairs.train.original.shape[2:] == (36, 36)  # 286 / 256 of 32: room to crop
    assert (colour(pairs.test_input), colour(pairs.test_target)) == ("A", "B")
    # a pair stays a pair: both halves carry the same mark
    assert (pairs.test_input[:, 1].float() - pairs.test_target[:, 1].float()).abs().max() <= 2
    if layout == "ab splits":
        assert pairs.test_names[0] == "020.png"  # test, not val


def test_the_split_to_test_on_can_be_named(tmp_path):
    for split, start in (("train", 0), ("val", 10), ("test", 20), ("holdout", 30)):
        write_ab(tmp_path / split, 10, start)
    for split, first in (("", "020.png"), ("val", "010.png"), ("holdout", "030.png")):
        pairs = load(tmp_path, split_test=split)
        assert (pairs.test_names[0], len(pairs.train)) == (first, 10)
    notes = load(tmp_path, split_test="train").notes
    assert any("--split-test train is what it learns from: a fixed tenth" in note for note in notes), notes
    with raises_code("test_split_unknown") as caught:
        load(tmp_path, split_test="dev")
    assert caught.value.values["known"] == ["train", "test", "val"]


def test_direction_turns_the_pair_and_is_said(tmp_path):
    write_ab(tmp_path)
    pairs = load(tmp_path, domains="photo,label", direction="label->photo")
    assert pairs.direction == "label->photo"
    assert (colour(pairs.test_input), colour(pairs.train.target)) == ("B", "A")
    unknown = load(tmp_path)
    assert unknown.direction == "A->B"
    assert any("--direction 'B->A'" in note for note in unknown.notes)


def test_an_alias_carries_its_domains(tmp_path, monkeypatch):
    write_ab(tmp_path / "facades" / "train")
    monkeypatch.setenv("GANZOO_DATA", str(tmp_path))
    pairs = ganzoo.load_pairs("facades", image_size=32)
    assert pairs.direction == "label->photo"
    assert colour(pairs.test_input) == "B"
    assert ganzoo.load_pairs("facades", image_size=32, direction="photo->label").direction == "photo->label"


def test_the_test_split_is_never_trained_on(tmp_path):
    write_ab(tmp_path, 20)
    pairs = load(tmp_path)
    marks = {int(x) for x in pairs.train.original[:, 1, 0, 0]}
    assert not marks & {int(x) for x in pairs.test_input[:, 1, 0, 0]}
    assert torch.equal(pairs.test_input, load(tmp_path).test_input)  # the same tenth every time


# --- formats ----------------------------------------------------------------------------------------------------


def test_pictures_of_another_shape_are_named(tmp_path):
    write_two(tmp_path / "A", tmp_path / "B")
    for side in "AB":
        Image.new("RGB", (2 * SIDE, SIDE), (9, 9, 9)).save(tmp_path / side / "wide.bmp")
    notes = load(tmp_path).notes
    assert any("not square" in note and "wide" in note for note in notes)
    assert any("1 train pairs are not 40x40 like most" in note and "wide (80x40)" in note for note in notes), notes


def test_channels_are_each_side_s_own(tmp_path):
    (tmp_path / "A").mkdir()
    (tmp_path / "B").mkdir()
    for i in range(10):
        Image.new("L", (SIDE, SIDE), 20 * i).save(tmp_path / "A" / f"{i}.png")
        Image.new("RGB", (SIDE, SIDE), (20 * i, 0, 0)).save(tmp_path / "B" / f"{i}.png")
    pairs = load(tmp_path)
    assert (pairs.in_channels, pairs.out_channels) == (1, 3)
    config = ganzoo.pix2pix.Config(image_size=32, width=4, critic_width=4)
    config = complete(config, pairs)
    nets = ganzoo.pix2pix.build(config)
    made = nets["generator"](torch.zeros(2, 1, 32, 32))
    assert made.shape == (2, 3, 32, 32)
    assert load(tmp_path, channels=3).in_channels == 3


# --- hostile ----------------------------------------------------------------------------------------------------


def saved(picture, form, **options) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def bad_pictures() -> dict[str, bytes]:
    nan = saved(Image.frombytes("F", (80, 40), struct.pack("<f", float("nan")) * 3200), "TIFF")
    return {
        "zero.png": b"",
        "text.png": b"this is no picture at all\n" * 20,
        "bomb.png": bomb(20_000, 20_000),
        "cut.jpg": saved(ab(1), "JPEG")[:200],
        "cut.png": saved(ab(1), "PNG")[:90],
        "one.png": saved(Image.new("RGB", (1, 1)), "PNG"),
        "oblong.png": saved(Image.new("RGB", (300, 200)), "PNG"),
        "odd.png": saved(Image.new("RGB", (81, 40)), "PNG"),
        "html.jpg": b"<!doctype html><title>404</title>",
        "zip.png": b"PK\x03\x04" + b"\0" * 64,
        "gif.gif": b"GIF89a" + b"\xff" * 20,
        "huge.webp": b"RIFF\xff\xff\xff\xffWEBPVP8 " + b"\0" * 30,
        "nan.tif": nan,
        "postscript.png": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 80 40\nshowpage\n",
        "svg.png": b'<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"/>',
        "pdf.jpg": b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n",
        "wide.bmp": b"BM" + struct.pack("<IHHIIiiHHIIiiII", 90, 0, 0, 54, 40, 2**31 - 1, 40, 1, 24, 0, 0, 0, 0, 0, 0),
        "circle.tif": b"II*\0\x08\0\0\0" + struct.pack("<HHHIII", 1, 256, 4, 1, 80, 8),  # its only page follows itself
        "exif.jpg": b"\xff\xd8\xff\xe1\x00\x10Exif\0\0" + b"\xff" * 30,
    }


@pytest.mark.parametrize("first", [True, False])
def test_bad_files_among_good_ones_are_left_out_and_named(tmp_path, first):
    write_ab(tmp_path / "train", 12)
    write_ab(tmp_path / "test", 2, 20)
    names = [name for name in bad_pictures() if name != "nan.tif"]
    names = names[:9] if first else names[9:]  # ten are named at most
    for name in names:
        (tmp_path / "train" / f"zz-{name}").write_bytes(bad_pictures()[name])
    pairs = load(tmp_path)
    assert len(pairs.train) == 12
    (note,) = [note for note in pairs.notes if f"9 of {12 + len(names)}" in note]
    assert all(f"zz-{name}" in note for name in names)


def test_nan_in_a_float_picture_is_black_and_an_animation_its_first_frame(tmp_path):
    write_ab(tmp_path, 9)
    (tmp_path / "nan.tif").write_bytes(bad_pictures()["nan.tif"])
    frames = [ab(i) for i in (3, 4, 5)]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    pairs = load(tmp_path)
    assert len(pairs.train) + len(pairs.test_input) == 11
    assert torch.isfinite(pairs.train.original.float()).all()


def test_an_unreadable_pair_is_not_what_is_held_out(tmp_path):
    write_ab(tmp_path, 10)
    (tested,) = load(tmp_path).test_names
    (tmp_path / tested).write_bytes(b"broken")
    pairs = load(tmp_path)
    assert (len(pairs.train), len(pairs.test_input)) == (8, 1) and pairs.test_names != [tested]
    assert any("1 of 9 train pairs cannot be read" in note and tested in note for note in pairs.notes), pairs.notes


def test_sides_of_different_sizes_are_named(tmp_path):
    write_two(tmp_path / "A", tmp_path / "B", 10)
    for name in ("p2", "p3"):  # not both can be the held-out one
        Image.new("RGB", (2 * SIDE, 2 * SIDE)).save(tmp_path / "B" / f"{name}.png")
    assert any("(40x40 with 80x80)" in note for note in load(tmp_path).notes)


def test_a_small_machine_streams_sooner(monkeypatch):
    from ganzoo.data import paired_sources

    monkeypatch.setattr(os, "sysconf", {"SC_PHYS_PAGES": 2**19, "SC_PAGE_SIZE": 4096}.__getitem__)  # 2 GiB
    assert paired_sources.room() == 2**31 // 3
    monkeypatch.setattr(os, "sysconf", {"SC_PHYS_PAGES": 2**25, "SC_PAGE_SIZE": 4096}.__getitem__)  # 128 GiB
    assert paired_sources.room() == paired_sources.MEMORY


def bad_sets(tmp_path):
    """name -> (argument of load_pairs, more arguments, words that the sentence must hold)."""
    write_ab(tmp_path / "good", 10)
    write_ab(tmp_path / "few", 3)
    (tmp_path / "empty").mkdir()
    write_two(tmp_path / "alone" / "A", tmp_path / "alone" / "B")
    for i in range(12):
        sides(i)[0].save(tmp_path / "alone" / "A" / f"extra{i:02d}.png")
    write_two(tmp_path / "shapes" / "A", tmp_path / "shapes" / "B", 9)
    for i in range(9):
        Image.new("RGB", (SIDE, 3 * SIDE)).save(tmp_path / "shapes" / "B" / f"p{i}.png")
    (tmp_path / "single").mkdir()
    (tmp_path / "broken").mkdir()
    for i in range(10):
        sides(i)[0].save(tmp_path / "single" / f"{i}.png")
        (tmp_path / "broken" / f"{i}.png").write_bytes(b"")
    (tmp_path / "file.txt").write_text("x")
    write_two(tmp_path / "twins" / "A", tmp_path / "twins" / "B", 9)
    sides(1)[0].save(tmp_path / "twins" / "A" / "p1.jpg")
    write_ab(tmp_path / "emptytest" / "train", 3)
    good = tmp_path / "good"
    return {
        "missing": (tmp_path / "nowhere", {}, "data_not_found"),
        "a file": (tmp_path / "file.txt", {}, "data_is_a_file"),
        "empty": (tmp_path / "empty", {}, "no_pairs"),
        "few": (tmp_path / "few", {}, "too_few_pairs"),
        "no such split": (good, {"split_test": "dev"}, "test_split_unknown"),
        "twins": (tmp_path / "twins", {}, "same_stem_twice"),
        "few to train on": (tmp_path / "emptytest", {}, "too_few_pairs"),
        "unmatched": (tmp_path / "alone", {}, "pairs_without_partner"),
        "shapes": (tmp_path / "shapes", {}, "no_readable_pairs"),
        "single pictures": (tmp_path / "single", {}, "no_readable_pairs"),
        "all broken": (tmp_path / "broken", {}, "no_readable_pairs"),
        "one domain": (good, {"domains": "photo"}, "bad_domains"),
        "same domains": (good, {"domains": "a,a"}, "bad_domains"),
        "empty domain": (good, {"domains": "a,"}, "bad_domains"),
        "arrow in a domain": (good, {"domains": "a>b,c"}, "bad_domains"),
        "direction of strangers": (good, {"direction": "x->y"}, "bad_pair_direction"),
        "direction without arrow": (good, {"direction": "B"}, "bad_pair_direction"),
        "direction to itself": (good, {"direction": "A->A"}, "bad_pair_direction"),
        "alias of another name": (good, {"domains": "photo,label", "direction": "A->B"}, "bad_pair_direction"),
        "an alias that is not here": ("aerial-map", {}, "data_only_local"),
        "nonsense": ("no such thing", {}, "data_not_found"),
    }


def test_pipes_folders_and_links_to_nowhere_do_not_stop_anybody(tmp_path):
    write_ab(tmp_path, 10)
    os.mkfifo(tmp_path / "pipe.png")  # opening it would wait for ever
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "link.png").symlink_to(tmp_path / "nowhere.png")
    pairs = load(tmp_path)
    assert len(pairs.train) + len(pairs.test_input) == 10
    assert [note for note in pairs.notes if "link.png" in note] and "pipe" not in str(pairs.notes)


def test_hostile_sets_get_one_sentence(tmp_path, monkeypatch):
    monkeypatch.delenv("GANZOO_DATA", raising=False)
    for name, (data, more, code) in bad_sets(tmp_path).items():
        with raises_code(code) as caught:
            load(data, **more)
        said = str(caught.value)
        assert "\n" not in said and len(said) < 700, name
    with raises_code("pairs_without_partner") as caught:
        load(tmp_path / "alone")
    assert caught.value.values["count"] == 12
    names = caught.value.values["names"]
    assert "extra09.png, ..." in names and "extra10" not in names  # the first ten by name


# --- batches ----------------------------------------------------------------------------------------------------


def test_batches_are_a_function_of_seed_and_step_and_crop_both_sides_alike():
    pairs = made_up_pairs(12, 32)
    one, two = (PairBatches(pairs.train, 4, 5, 32, "cpu") for _ in range(2))
    for step in (3, 7, 0, 5):
        a, b = one(step), two(step)
        assert torch.equal(a["input"], b["input"]) and torch.equal(a["target"], b["target"])
        # the made-up photo is a function of the label, pixel by pixel: so crops and mirrors must agree
        expected = to_uint8(a["input"])[:, [2, 0, 1]] // 2 + 60
        assert torch.equal(to_uint8(a["target"]), expected)
    assert not torch.equal(one(3)["input"], PairBatches(pairs.train, 4, 6, 32, "cpu")(3)["input"])


def test_crop_against_slices():
    pictures = torch.arange(2 * 3 * 6 * 6, dtype=torch.uint8).view(2, 3, 6, 6)
    made = crop(pictures, torch.tensor([[1, 2], [0, 0]]), torch.tensor([False, True]), 4)
    assert torch.equal(made[0], pictures[0, :, 1:5, 2:6])
    assert torch.equal(made[1], pictures[1, :, 0:4, 0:4].flip(2))


def test_two_processes_share_one_large_batch():
    pairs = made_up_pairs(12, 32)
    whole = PairBatches(pairs.train, 4, 5, 32, "cpu")
    parts = [PairBatches(pairs.train, 2, 5, 32, "cpu", rank, 2) for rank in (0, 1)]
    assert whole.per_epoch == parts[0].per_epoch == 3
    for step in (0, 2, 4):
        assert torch.equal(whole(step)["input"], torch.cat([part(step)["input"] for part in parts]))


def test_streamed_pairs_are_the_same_batches(tmp_path):
    write_ab(tmp_path, 14)
    for i, name in enumerate(bad_pictures()):
        if name not in ("nan.tif",):
            (tmp_path / f"{i:03d}x{name}").write_bytes(bad_pictures()[name])
    kept, streamed = load(tmp_path), load(tmp_path, stream=True)
    assert isinstance(streamed.train, Streamed) and len(kept.train) == len(streamed.train)
    assert kept.notes == streamed.notes and any("cannot be read" in note for note in kept.notes)
    assert "read from disk" in streamed.where(torch.device("cpu"))
    for batch_size in (4, 20):  # also a batch larger than the set
        a, b = (PairBatches(p.train, batch_size, 5, 32, "cpu") for p in (kept, streamed))
        for step in (0, 1, 2, 5):
            for side in ("input", "target"):
                assert torch.equal(a(step)[side], b(step)[side])


def test_drawings_are_new_with_each_seed_and_hold_only_palette_colours():
    for domain in drawings.PALETTES:
        one, two = drawings.draw(domain, 1), drawings.draw(domain, 2)
        assert one.tobytes() == drawings.draw(domain, 1).tobytes() != two.tobytes()
    colours = {c for _, c in drawings.facade(3).getcolors()}
    assert colours <= set(drawings.FACADE.values()) and len(colours) >= 4
    assert len({c for _, c in drawings.town(3, 64).getcolors(64 * 64)} & set(drawings.MAP.values())) >= 3
