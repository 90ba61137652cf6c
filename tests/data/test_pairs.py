"""Picture pairs: found in every layout that users have, read from every format, made of plain photos, refused in one sentence."""

import json
import os
import struct

import pytest
import torch
from PIL import Image, ImageChops, ImageDraw

import ganzoo
from ganzoo.data import complete, drawings, paired_sources
from ganzoo.data.made_pairs import KINDS, edges, hole, made, small
from ganzoo.data.paired import PairBatches, Streamed
from ganzoo.data.paired_sources import made_up_pairs
from ganzoo.images import to_uint8
from tests.fake_hub.pictures import ab, b, many, png, put, saved, two
from tests.hostile.made import bomb
from tests.support.raises_code import raises_code
from tests.train.test_recipes import trained


def write_ab(folder, count=10, start=0):
    put(folder, many("{i}.png", ab, count, start))


def load(folder, **more):
    return ganzoo.load_pairs(str(folder), image_size=32, **more)


def colour(pictures) -> str:
    return "A" if pictures[0, 0].float().mean() > pictures[0, 1].float().mean() else "B"


def test_a_pair_stays_a_pair_and_the_test_split_is_never_trained_on(tmp_path):
    write_ab(tmp_path, 20)
    pairs = load(tmp_path)
    assert pairs.test_input.shape == pairs.test_target.shape == (2, 3, 32, 32)
    assert pairs.train.original.shape == (18, 3, 36, 36)  # 286 / 256 of 32: room to crop
    assert (colour(pairs.test_input), colour(pairs.test_target)) == ("A", "B")
    marks, tested = ({int(x) for x in part[:, 2, 0, 0]} for part in (pairs.train.original, pairs.test_input))
    assert not marks & tested
    assert torch.equal(pairs.test_input[:, 2], pairs.test_target[:, 2])  # both halves carry the same mark
    assert torch.equal(pairs.test_input, load(tmp_path).test_input)  # the same tenth every time


def test_the_split_to_test_on_can_be_named(tmp_path):
    for split, start in (("train", 0), ("val", 10), ("test", 20), ("holdout", 30)):
        write_ab(tmp_path / split, 10, start)
    for split, first in (("", "020.png"), ("val", "010.png"), ("holdout", "030.png")):
        pairs = load(tmp_path, split_test=split)
        assert (pairs.test_names[0], len(pairs.train)) == (first, 10)
    notes = load(tmp_path, split_test="train").notes
    assert any("--split-test train is what it learns from: a fixed tenth" in note for note in notes), notes
    with raises_code("test_split_unknown", known=["train", "test", "val"]):
        load(tmp_path, split_test="dev")


def test_direction_turns_the_pair_and_is_said(tmp_path):
    write_ab(tmp_path)
    pairs = load(tmp_path, domains="photo,label", direction="label->photo")
    assert pairs.direction == "label->photo"
    assert (colour(pairs.test_input), colour(pairs.train.target)) == ("B", "A")
    unknown = load(tmp_path)
    assert unknown.direction == "A->B"
    assert any("--direction 'B->A'" in note for note in unknown.notes)


def test_pictures_of_another_shape_are_named(tmp_path):
    larger = many("B/{i}.png", lambda i: png(0, 9, i, size=(48, 48)), 2)  # one may be held out
    wide = {f"{side}/wide.png": png(9, 9, 9, size=(48, 24)) for side in "AB"}
    put(tmp_path, two("?/{i}.png") | larger | wide)
    notes = load(tmp_path).notes
    assert any("not square" in note and "wide" in note for note in notes)
    (note,) = [note for note in notes if "2 train pairs are not 24x24 like most" in note]
    assert "(24x24 with 48x48)" in note and "wide (48x24)" in note


def test_channels_are_each_side_s_own(tmp_path):
    put(tmp_path, many("B/{i}.png", b, 10) | many("A/{i}.png", lambda i: saved(Image.new("L", (24, 24), i), "PNG"), 10))
    pairs = load(tmp_path)
    assert (pairs.in_channels, pairs.out_channels) == (1, 3)
    config = complete(ganzoo.pix2pix.Config(image_size=32, width=4, critic_width=4), pairs)
    made = ganzoo.pix2pix.build(config)["generator"](torch.zeros(2, 1, 32, 32))
    assert made.shape == (2, 3, 32, 32)
    assert load(tmp_path, channels=3).in_channels == 3


def bad_pictures() -> dict[str, bytes]:
    nan = saved(Image.frombytes("F", (80, 40), struct.pack("<f", float("nan")) * 3200), "TIFF")
    return {
        "zero.png": b"",
        "text.png": b"this is no picture at all\n" * 20,
        "bomb.png": bomb(20_000, 20_000),
        "cut.jpg": saved(Image.new("RGB", (48, 24)), "JPEG")[:200],
        "cut.png": ab(1)[:90],
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
    bad = {f"train/zz-{name}": content for name, content in bad_pictures().items() if name != "nan.tif"}
    bad = dict(list(bad.items())[:9] if first else list(bad.items())[9:])  # ten are named at most
    put(tmp_path, many("train/{i}.png", ab, 12) | many("test/{i}.png", ab, 2, 20) | bad)
    pairs = load(tmp_path)
    assert len(pairs.train) == 12
    (note,) = [note for note in pairs.notes if f"9 of {12 + len(bad)}" in note]
    assert all(name.removeprefix("train/") in note for name in bad)


def test_an_unreadable_pair_is_not_what_is_held_out(tmp_path):
    write_ab(tmp_path, 10)
    (tested,) = load(tmp_path).test_names
    (tmp_path / tested).write_bytes(b"broken")
    pairs = load(tmp_path)
    assert (len(pairs.train), len(pairs.test_input)) == (8, 1) and pairs.test_names != [tested]
    assert any("1 of 9 train pairs cannot be read" in note and tested in note for note in pairs.notes), pairs.notes


def test_a_small_machine_streams_sooner(monkeypatch):
    for pages, wanted in ((2**19, 2**31 // 3), (2**25, paired_sources.MEMORY)):  # of 2 GiB and of 128 GiB
        monkeypatch.setattr(os, "sysconf", {"SC_PHYS_PAGES": pages, "SC_PAGE_SIZE": 4096}.__getitem__)
        assert paired_sources.room() == wanted


def test_pipes_folders_and_links_to_nowhere_do_not_stop_anybody(tmp_path):
    write_ab(tmp_path, 10)
    os.mkfifo(tmp_path / "pipe.png")  # opening it would wait for ever
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "link.png").symlink_to(tmp_path / "nowhere.png")
    pairs = load(tmp_path)
    assert len(pairs.train) + len(pairs.test_input) == 10
    assert [note for note in pairs.notes if "link.png" in note] and "pipe" not in str(pairs.notes)


def test_both_sides_of_a_pair_are_cropped_and_mirrored_alike():
    batches = PairBatches(made_up_pairs(12, 32).train, 4, 5, 32, "cpu")
    for step in (3, 7, 0, 5):
        batch = batches(step)
        # the made-up photo is a function of the label, pixel by pixel: so crops and mirrors must agree
        assert torch.equal(to_uint8(batch["target"]), to_uint8(batch["input"])[:, [2, 0, 1]] // 2 + 60)


def test_streamed_pairs_are_the_same_batches(tmp_path):
    write_ab(tmp_path, 14)
    put(tmp_path, {f"{i:03d}x{name}": content for i, (name, content) in enumerate(bad_pictures().items())})
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


def photo(i: int, size=(90, 70)) -> Image.Image:
    picture = Image.new("RGB", size, (200, 220, 40 + i))
    ImageDraw.Draw(picture).ellipse((20, 15, 60, 55), fill=(90, 30, 10 * i))
    return picture


def photos(folder, count=12):
    folder.mkdir(parents=True)
    for i in range(count):
        photo(i).save(folder / f"{i:02d}.png")


@pytest.mark.parametrize("kind", KINDS)
def test_photos_become_pairs_that_belong_together(tmp_path, kind):
    photos(tmp_path / "mine" / "a trip")
    pairs = ganzoo.load_pairs(str(tmp_path / "mine"), image_size=32, pairs_from=kind)
    assert pairs.direction == f"{kind}->photo" and (len(pairs.train), len(pairs.test_input)) == (11, 1)
    assert (pairs.in_channels, pairs.out_channels) == (1 if kind in ("edges", "grey") else 3, 3)
    made_of, whole = (x[0].permute(1, 2, 0).numpy() for x in (pairs.test_input, pairs.test_target))
    again = made(kind, Image.fromarray(whole))
    again = torch.frombuffer(bytearray(again.tobytes()), dtype=torch.uint8).view(made_of.shape)
    assert torch.equal(torch.from_numpy(made_of), again)
    turned = ganzoo.load_pairs(str(tmp_path / "mine"), image_size=32, pairs_from=kind, direction=f"photo->{kind}")
    assert torch.equal(turned.test_input, pairs.test_target)


def test_edges_run_round_a_shape_and_nowhere_else():
    line = edges(photo(3, (80, 70)))
    assert line.mode == "L" and set(line.tobytes()) == {0, 255}
    ring = [(x, y) for x in range(80) for y in range(70) if not line.getpixel((x, y))]
    away = [abs(((x - 40) ** 2 + (y - 35) ** 2) ** 0.5 - 20) for x, y in ring]
    assert len(ring) > 80 and max(away) < 3
    assert set(edges(Image.new("RGB", (40, 40), "grey")).tobytes()) == {255}  # nothing to draw


def test_small_loses_detail_and_a_hole_stays_where_it_is():
    fine = Image.effect_noise((64, 64), 90).convert("RGB")
    assert small(fine).size == fine.size and sum(small(fine).convert("L").histogram()[:40]) == 0
    holed, whole = hole(photo(4)), photo(4)
    changed = ImageChops.difference(holed, whole).convert("L").point(lambda v: 255 * (v > 0)).getbbox()
    assert (changed[2] - changed[0], changed[3] - changed[1]) == (28, 28)
    assert holed.tobytes() == hole(photo(4)).tobytes()


def test_a_recipe_trains_on_photos_and_the_model_knows_it(tmp_path):
    photos(tmp_path / "trip")
    words = "--data trip --pairs-from grey --epochs 1 --image-size 32 --width 4 --device cpu"
    trained(tmp_path, *words.split(), "--set", "critic_width=4", "patch=16", script="pix2pix")
    folder = next((tmp_path / "runs").iterdir())
    assert folder.name == "pix2pix-trip-gan-mae-grey"
    config = json.loads((folder / "model" / "config.json").read_text())["settings"]
    assert (config["pairs_from"], config["direction"], config["in_channels"]) == ("grey", "grey->photo", 1)
    out = ganzoo.load(str(folder / "model")).translate(photo(1).convert("L"))
    assert out.mode == "RGB" and out.size == (90, 70)


@pytest.mark.parametrize("size", [0, -1, 10**6, "wide"])
def test_a_drawing_of_no_size_is_one_sentence(size):
    with raises_code("bad_whole_number"):
        drawings.draw("label", 1, size)
    with raises_code("bad_whole_number"):
        drawings.draw("map", 1, size)
