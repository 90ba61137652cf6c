"""Pairs from plain photos: --pairs-from edges, grey, small or hole."""

import json

import pytest
import torch
from PIL import Image, ImageChops, ImageDraw

import ganzoo
from ganzoo.data.made_pairs import KINDS, edges, hole, made, small
from ganzoo.models import pix2pix
from ganzoo.settings import parse
from tests.support.raises_code import raises_code
from tests.train.test_recipes import trained


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
    assert (changed[2] - changed[0], changed[3] - changed[1]) == (28, 28) and holed.tobytes() == hole(
        photo(4)
    ).tobytes()


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


def test_what_does_not_fit_is_refused(tmp_path):
    photos(tmp_path / "few", 3)
    (tmp_path / "none").mkdir()
    for data, kind, code in (
        ("few", "grey", "too_few_pairs"),
        ("none", "grey", "folder_empty"),
        ("few", "red", "bad_choice"),
    ):
        with raises_code(code):
            ganzoo.load_pairs(str(tmp_path / data), image_size=32, pairs_from=kind)
    with raises_code("bad_setting"):
        parse(pix2pix.Config, ["--pairs-from", "red"])
