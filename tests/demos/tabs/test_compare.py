"""The tab Compare: what its wishes make, what it refuses, and the whole tab in a real browser.

In process, small networks with random weights stand in for trained ones: nothing here depends on how well a model draws.
"""

import io
import json
import re
import shutil
from html import escape
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

import ganzoo
from demos import publish
from demos.catalog import hub, local
from demos.space import staging
from demos.tabs.compare import critic, families, handlers, inference, metrics, render
from demos.tabs.compare.blind import Blind
from demos.tabs.compare.board import Board, BoardState
from demos.ui import pictures
from demos.ui.html import uri
from demos.ui.words import Trouble, Words
from ganzoo import GanzooError
from ganzoo.data import drawings
from ganzoo.models import pix2pix
from ganzoo.models.pix2pix import PatchDiscriminator
from ganzoo.models.receptive_field import PATCHES, patch_box
from tests.data.test_pairs import write_ab
from tests.fake_hub.pictures import saved
from tests.hostile.made import bomb, tiny

SIZE = 32
METRICS = {"l1-test": 0.2, "sharpness-test": 0.9, "tone-lab-test": 0.1,
           "label-recovery-pixel-accuracy-test": 0.4}  # fmt: skip


def model(folder, loss, seed, name=None, **more):
    """A model folder with random weights that differ from loss to loss."""
    settings = {"data": "facades", "direction": "label->photo", "halvings": 3, "dropout": 0.0, "loss": loss} | more
    name = name or f"pix2pix-{settings['data']}-{pix2pix.Config(**settings).variant}"
    metrics = {name: value + seed / 100 for name, value in METRICS.items()}
    tiny(folder / "runs" / name / "model", seed=seed, metrics=metrics, **settings)
    return name


@pytest.fixture
def pages(tmp_path, monkeypatch):
    """The modules of the pages, beside the runs of a small family."""
    monkeypatch.chdir(tmp_path)
    for seed, loss in enumerate(pix2pix.LOSSES):
        model(tmp_path, loss, seed)
    yield handlers
    local.FETCHED.clear()
    local._opened.cache_clear()


FAMILY = "runs/pix2pix-facades"
BEYOND = "gan+mae+perceptual"
HOUSE = uri(drawings.facade(1, SIZE))


def job(pages, wish="drawn", *more, language="en", **state):
    """The Job of a wish of a visitor whose board holds `state`."""
    return getattr(pages, wish)(Words(language), BoardState(**{"family": FAMILY, **state}), *more)


def made(job) -> dict[str, np.ndarray]:
    """Its pictures, by loss or truth."""
    found = inference.translate(job.family, job.drawing, job.truth).pictures
    return {key: picture.permute(1, 2, 0).numpy().astype(float) for key, picture in found.items()}


def sheet(job) -> np.ndarray:
    return job.drawing[0].permute(1, 2, 0).numpy()


def test_three_pictures_that_differ_and_follow_the_drawing(pages):
    drawing = drawings.facade(1, SIZE)
    first = made(job(pages, drawing=uri(drawing)))
    assert set(first) == {"gan", "mae", "gan+mae"} and all(p.shape == (SIZE, SIZE, 3) for p in first.values())
    assert all(np.abs(first[a] - first[b]).mean() > 1 for a, b in (("gan", "mae"), ("mae", "gan+mae")))
    expected = np.asarray(ganzoo.load("runs/pix2pix-facades-mae").translate(drawing)).astype(float)
    assert (first["mae"] == expected).all()
    ImageDraw.Draw(drawing).rectangle((4, 4, 20, 20), fill=drawings.FACADE["door"])
    after = made(job(pages, drawing=uri(drawing)))
    assert all((after[k] != first[k]).any() for k in first)


def test_a_pair_is_split_and_its_l1_is_right(pages):
    label, photo = drawings.facade(3, 64), Image.effect_noise((64, 64), 80).convert("RGB")
    pair = Image.fromarray(np.hstack([photo, label]))  # facades are photo|label, and label->photo is trained
    answer = job(pages, "uploaded", pair)
    assert colours(answer) <= set(drawings.FACADE.values())
    drawn, truth = (np.asarray(p.resize((SIZE, SIZE), Image.Resampling.BICUBIC)).astype(float) for p in (label, photo))
    assert np.abs(sheet(answer) - drawn).mean() < 12
    shown = made(answer)
    assert (shown["truth"] == truth).all() and "right half is the drawing" in answer.notes[0]
    errors = inference.translate(answer.family, answer.drawing, answer.truth).errors
    assert errors == pytest.approx({k: np.abs(shown[k] - truth).mean() / 255 for k in ("gan", "mae", "gan+mae")})


def test_the_half_that_is_drawn_depends_on_the_direction(pages, tmp_path):
    model(tmp_path, "gan", 9, name="shoes-gan", data="shoes", direction="A->B")
    pair = Image.new("RGB", (64, 32), "white")
    pair.paste((0, 0, 0), (32, 0, 64, 32))
    answer = job(pages, "uploaded", pair, family="runs/shoes")
    assert "left half" in answer.notes[0] and answer.family.palette == "plain" and (sheet(answer) == 255).all()
    found = inference.translate(answer.family, answer.drawing, answer.truth)
    assert list(found.errors) == ["gan"] and not found.missing
    assert "no model trained with MAE or GAN\u00a0+\u00a0MAE" in render.notes(Words("en"), answer)


def test_a_real_pair_comes_from_data_that_lies_on_this_machine(pages, tmp_path, monkeypatch):
    monkeypatch.delenv("GANZOO_DATA", raising=False)
    name = model(tmp_path, "gan", 7, name="mine", data="mine")
    with pytest.raises(GanzooError) as refused:
        job(pages, "example", family=f"runs/{name}")
    assert refused.value.code == "cmp_no_example" and not families.real_pairs(families.find(f"runs/{name}"))
    photo, label = Image.new("RGB", (64, 64), (9, 200, 30)), drawings.facade(7, 64)
    for split in ("train", "test"):
        (tmp_path / "data" / "facades" / split).mkdir(parents=True)
    Image.fromarray(np.hstack([photo, label])).save(tmp_path / "data" / "facades" / "test" / "1.png")
    (tmp_path / "data" / "facades" / "test" / "2.png").write_text("no picture")
    monkeypatch.setenv("GANZOO_DATA", str(tmp_path / "data"))
    answer = job(pages, "example", "1.png")
    assert (made(answer)["truth"] == np.array([9, 200, 30])).all()
    assert (sheet(answer) == np.asarray(label.resize((SIZE, SIZE), Image.Resampling.BICUBIC))).all()
    with pytest.raises(GanzooError):
        job(pages, "example", "2.png")  # a file that is no picture


def test_what_a_stranger_s_model_says_about_its_data_opens_nothing(pages, tmp_path):
    write_ab(tmp_path / "mine" / "test")
    name = model(tmp_path, "gan", 3, name="theirs", data=str(tmp_path / "mine"), direction="A->B")
    assert len(families.real_pairs(families.find(f"runs/{name}"))) == 10
    (tmp_path / "runs" / "theirs").rename(tmp_path / "fetched")
    local.FETCHED["eve/theirs"] = tmp_path / "fetched" / "model"
    assert not families.real_pairs(families.find("eve/theirs"))


def test_the_command_of_a_space_names_what_does_not_come_along_anyway(pages):
    command = families.publishing(families.find(FAMILY))
    assert command.startswith("python demos/publish.py YOU/ganzoo --models runs/pix2pix-facades-gan ")
    asked = publish._command_line(command.split()[2:])  # the real parser understands it, and the models are found
    assert staging.choose(asked.models).runs == [f"pix2pix-facades-{loss}" for loss in ("gan", "gan-mae", "mae")]
    assert families.publishing(families.find("facades")) == "python demos/publish.py YOU/ganzoo"


def table(family=FAMILY) -> list[list[str]]:
    return metrics.table(Words("en"), families.find(family))[2]


def test_numbers_come_from_the_models_and_missing_ones_are_left_out(pages, tmp_path):
    rows = table()
    assert rows[0][:4] == ["error (L1) ↓", "<b>0.200</b>", "0.210", "0.220"]
    assert rows[1][0] == "sharpness (best: 100%)"
    assert rows[3][:4] == ["labels read back ↑", "40.0%", "41.0%", "42.0%"]  # what is real is not known
    path = tmp_path / "runs" / "pix2pix-facades-gan" / "model" / "config.json"
    said = json.loads(path.read_text())
    path.write_text(json.dumps(said | {"metrics": {"l1-test": "x", "tone-lab-test": float("inf")}}))
    assert table()[0][1:3] == ["<b>0.210</b>", "0.220"]  # no column without a number


def measured(**numbers) -> families.Family:
    """A family of the three losses with these numbers: metric=(of GAN, of MAE, of GAN + MAE)."""
    members = {}
    for i, loss in enumerate(("gan", "mae", "gan+mae")):
        said = {f"{name.replace('_', '-')}-n4-test": values[i] for name, values in numbers.items()}
        members[loss] = local.Entry(loss, Path(), True, {"metrics": said})
    return families.Family("mine", None, members)


READ = "label_recovery_pixel_accuracy"
CLEAR = {"tone_lab": (0.3, 0.2, 0.1), READ: (0.4, 0.5, 0.6), "l1": (0.3, 0.2, 0.21)}
OWN = {"tone_lab": (9, 8, 5), "sharpness": (1.4, 0.2, 0.9), "l1": (0.3, 0.2, 0.21)}
BOTH = families.NAMES["gan+mae"]
WINNER = {"winner": BOTH}


def test_the_verdict_follows_from_the_numbers():
    for by, numbers, ending, values in (
        ("cmp", CLEAR, "wins", WINNER),
        ("cmp", CLEAR | {"l1": (0.3, 0.2, 0.23)}, "close", {**WINNER, "over": "15%", "margin": "10%"}),
        ("cmp", CLEAR | {"tone_lab": (0.1, 0.2, 0.3)}, "split", {"first": BOTH, "tone": "GAN"}),
        ("cmp", CLEAR | {"tone_lab": (0.1578, 0.3, 0.1588)}, "wins", WINNER),
        ("cmp", CLEAR | {READ: (0.4, 0.5, None)}, "", {}),  # one is missing
        ("own", OWN, "wins", WINNER),
        ("own", OWN | {"l1": (0.3, 0.2, 0.30)}, "close", {**WINNER, "over": "50%", "margin": "10%"}),
        ("own", OWN | {"tone_lab": (9, 4, 5)}, "split", {"first": BOTH, "tone": "MAE"}),
    ):
        family = measured(**numbers, **{metrics.REAL: (0.62,) * 3})
        verdict, words = metrics.verdict(Words("en"), family, by), Words("en")
        if ending:
            assert f"<p>{escape(words(f'{by}_verdict_{ending}', **values))}</p>" in verdict
            assert words(f"{by}_verdict_rule", count=4, margin="10%") in verdict
        else:
            assert verdict == ""


def test_what_is_said_of_a_picture_is_of_this_picture_and_what_is_said_of_all_names_them(pages):
    answer = job(pages, "example", "52.jpg", family="facades")
    found = inference.translate(answer.family, answer.drawing, answer.truth)
    captions = {key: render.column(Words("en"), answer.family, found, key)[1] for key in answer.family.keys}
    assert all("%" not in caption and f"{found.errors[key]:.3f}<" in caption for key, caption in captions.items())
    nearest = min(found.errors, key=found.errors.get)
    assert [key for key, caption in captions.items() if "<b>" in caption] == [nearest]
    numbers = CLEAR | {metrics.REAL: (0.62,) * 3}
    verdict = metrics.verdict(Words("en"), measured(**numbers, sharpness=(0.8, 0.03, 0.5)))
    assert f"On the 4 test pictures, sharpness compared with real photos: GAN 80%, MAE 3% and {BOTH} 50%." in verdict
    assert "test pictures" not in metrics.verdict(Words("en"), measured(**numbers))


def test_the_page_opens_on_a_real_pair_that_is_cited(pages):
    answer, found = pages.first()
    assert answer.pair == "23.jpg" and answer.cited and set(found.pictures) >= {"gan", "mae", "gan+mae", "truth"}
    other = job(pages, "example", "52.jpg", family="facades")
    assert other.pair == "52.jpg" and other.cited and (sheet(other) != sheet(answer)).any()


def test_the_critic_grades_every_patch(pages):
    drawing = drawings.facade(2, SIZE)
    answer = job(pages, drawing=uri(drawing))
    found = inference.translate(answer.family, answer.drawing)
    opinion = critic.ask(answer.family, found, "mae")
    assert opinion.critics == ["gan+mae", "gan"] and opinion.critic == "gan+mae" and opinion.picture == "mae"
    picture = Image.fromarray(made(answer)["mae"].astype(np.uint8))
    grid = ganzoo.load("runs/pix2pix-facades-gan-mae").critique(picture, drawing)
    assert np.abs(opinion.scores - grid).max() < 1e-6
    assert (critic.ask(answer.family, found, "mae", "gan").scores != opinion.scores).any()
    framed, _, _, said = critic.drawn(Words("en"), found, opinion, [0, 2], False)
    assert f"the critic gives {grid[0][2]:.2f}" in said and "from 0.00" in said and framed.size == (SIZE, SIZE)
    left, top, right, bottom = patch_box(16, 0, 2, SIZE)
    assert f"{right - left} × {bottom - top} pixels" in said
    ends = critic.edges(opinion, SIZE)
    for cell in (0, len(grid) // 2, len(grid) - 1):  # a click in a cell finds that cell
        assert pictures.score_at((ends[cell] + ends[cell + 1]) / 2, SIZE, 16, len(grid)) == cell
    low = f"{opinion.scores.min():.2f}"
    assert low in critic.drawn(Words("en"), found, opinion, [0, 0], True)[3]


def test_variations_only_where_dropout_was_trained(pages, tmp_path):
    answer = job(pages, drawing=uri(drawings.facade(2, SIZE)))
    still = [inference.translate(answer.family, answer.drawing, None, v).pictures["gan"] for v in (1, 2)]
    assert (still[0] == still[1]).all() and not answer.family.varies
    model(tmp_path, "gan", 5, name="noisy-gan", dropout=0.5)
    noisy = job(pages, family="runs/noisy", drawing=uri(drawings.facade(2, SIZE)))
    one, two, again = (inference.translate(noisy.family, noisy.drawing, None, v).pictures["gan"] for v in (1, 2, 1))
    assert (one != two).any() and (one == again).all() and noisy.family.varies


def test_models_find_their_families(pages, tmp_path):
    model(tmp_path, "gan+mae", 4, name="pix2pix-facades-gan-mae-noskip", no_skips=True)
    model(tmp_path, "mae", 4, name="mine")
    model(tmp_path, "mae", 4, name="towns-mae", data="aerial-map", direction="map->aerial")
    found = families.families()
    assert list(found)[:2] == ["facades", "aerial-map"]  # the bundled ones first
    assert set(found[FAMILY].members) == {"gan", "mae", "gan+mae"}
    assert set(found["runs/pix2pix-facades-noskip"].members) == {"gan+mae"} and "runs/mine" in found
    assert found["runs/towns"].palette == "map" and found["runs/towns"].flipped
    assert families.find("pix2pix-facades-mae").name == families.find("facades").name == "facades"


def test_the_step_beyond_the_course_stands_beside_the_three(pages, tmp_path):
    words = Words("zh")
    assert model(tmp_path, "gan+mae", 3, perceptual=10.0) == "pix2pix-facades-gan-mae-perceptual"
    answer = job(pages, drawing=HOUSE, language="zh")
    found = inference.translate(answer.family, answer.drawing)
    assert list(found.pictures) == ["gan", "mae", "gan+mae", BEYOND] and not render.notes(words, answer)
    picture, caption = render.column(words, answer.family, found, BEYOND)
    assert words("cmp_graded_perceptual") in caption
    assert picture.orig_name == "runs-pix2pix-facades-gan-mae-perceptual.png"
    assert table()[0][1:5] == ["<b>0.200</b>", "0.210", "0.220", "0.230"]
    assert set(critic.ask(answer.family, found).critics) == {"gan+mae", "gan", BEYOND}
    assert critic.ask(answer.family, found, BEYOND, BEYOND).picture == BEYOND


def test_a_family_of_the_fourth_alone_and_one_of_mae_with_features(pages, tmp_path):
    name = model(tmp_path, "gan+mae", 3, data="shoes", direction="A->B", perceptual=10.0)
    assert list(made(job(pages, family=f"runs/{name}", drawing=HOUSE))) == [BEYOND]
    model(tmp_path, "mae", 4, perceptual=10.0)
    family = families.find(FAMILY)
    assert list(family.keys) == ["gan", "mae", "gan+mae", "mae+perceptual"]
    assert family.members["mae"].name == "runs/pix2pix-facades-mae"  # the two do not stand for each other


def test_another_family_keeps_a_drawing_that_means_something_to_it(pages, tmp_path):
    model(tmp_path, "mae", 4, name="large-mae", image_size=64)
    drawing, truth = drawings.facade(7, SIZE), Image.new("RGB", (SIZE, SIZE), "teal")
    said = {"drawing": uri(drawing), "truth": uri(truth), "seed": 7}
    kept = job(pages, "opened", "runs/large", **said)
    assert kept.family.size == 64 and kept.seed == 7 and kept.truth is not None
    assert abs(sheet(kept).mean() - np.asarray(drawing).mean()) < 4
    other = job(pages, "opened", "aerial-map", **said)
    assert other.family.palette == "map" and other.truth is None


def test_a_model_of_the_hub_brings_its_family(pages, tmp_path, monkeypatch):
    def pull(name):
        folder = tmp_path / "runs" / name.split("/")[1] / "model"
        if not folder.is_dir() or not name.startswith("ann/"):
            raise hub.Trouble("cmp_no_hub", name=name)
        return folder

    monkeypatch.setattr(hub, "_pull", pull)
    model(tmp_path, "gan+mae", 3, perceptual=10.0)
    for loss, seed in (("mae", 0), ("gan+mae", 1)):
        model(tmp_path, loss, seed, pixel="mse")
    for name, family, members in (
        ("ann/pix2pix-facades-mae", "ann/pix2pix-facades", 4),
        ("ann/pix2pix-facades-gan-mae-perceptual", "ann/pix2pix-facades", 4),
        ("ann/pix2pix-facades-gan-mse", "ann/pix2pix-facades-mse", 2),
    ):
        local.FETCHED.clear()
        found = job(pages, "opened", name).family
        assert (found.name, len(found.members)) == (family, members)
    for name in ("bob/none", "../etc/passwd"):
        with pytest.raises(GanzooError):
            families.find_or_fetch(name)


def test_the_blind_round_is_shuffled_and_holds_the_truth_if_known(pages, tmp_path, monkeypatch):
    def order(seed, **said):
        return pages.blind(Words("en"), BoardState(FAMILY, **said), seed)[2]

    orders = [order(s) for s in range(12)]
    assert len({tuple(o) for o in orders}) > 2 and all(sorted(o) == ["gan", "gan+mae", "mae", "truth"] for o in orders)
    assert order(3) == order(3)
    assert pages.blind(Words("en"), BoardState("facades"), 3)[0].cited  # the round says whose photo it shows
    assert "truth" in order(1, drawing=HOUSE, truth=HOUSE)
    monkeypatch.setattr("demos.tabs.compare.families.SAMPLES", {})
    monkeypatch.delenv("GANZOO_DATA", raising=False)
    assert "truth" not in order(1, drawing=HOUSE)  # a drawing by code
    model(tmp_path, "gan+mae", 3, perceptual=10.0)
    assert sorted(order(1, drawing=HOUSE, truth=HOUSE)) == ["gan", "gan+mae", BEYOND, "mae", "truth"]


def test_the_blind_round_follows_the_board_s_family_and_says_whether_a_photo_is_there(pages, monkeypatch):
    words = Words("en")
    with gr.Blocks() as demo:
        blind = Blind(demo, words, Board(words, render.board_state(pages.first()[0])))
    facades, towns = BoardState("facades"), BoardState("aerial-map")
    assert blind._followed(towns, "") == gr.skip()  # the first round comes when it is seen
    first = blind._round(facades)
    assert first[blind.family] == "facades" and words("cmp_blind_truth") in first[blind.among]
    assert blind._followed(facades, "facades") == gr.skip()
    monkeypatch.delenv("GANZOO_DATA", raising=False)
    other = blind._followed(towns, "facades")
    assert other[blind.family] == "aerial-map" and other[blind.drawing].orig_name == "aerial-map-drawing.png"
    assert "truth" not in other[blind.order] and words("cmp_blind_made") in other[blind.among]
    none = blind._followed(BoardState("runs/gone"), "aerial-map")
    assert none[blind.order] == [] and none[blind.round]["visible"] is False


def test_an_upload_of_any_kind_is_read_or_refused_in_one_sentence(pages, tmp_path):
    """Other kinds of files: tests/hostile/inputs.py, and tests/data/."""
    photo, frame = Image.effect_noise((60, 40), 60).convert("RGB"), Image.new("RGB", (40, 40), "red")
    moving = saved(frame, "GIF", save_all=True, append_images=[Image.new("RGB", (40, 40), "blue")])
    nan = Image.fromarray(np.full((30, 30), np.nan, np.float32))
    strip, glass = Image.new("L", (5000, 1)), Image.new("RGBA", (20, 20), (255, 0, 0, 40))
    read = [moving, *(saved(picture, "PNG") for picture in (photo, strip, glass)), saved(nan, "TIFF")]
    for number, raw in enumerate([*read, b"", bomb(8000, 8000), saved(photo, "PNG")[:300], b"hello, I am a text"]):
        (tmp_path / "upload").write_bytes(raw)
        try:
            answer = job(pages, "uploaded", pictures.read(str(tmp_path / "upload")), drawing=HOUSE, language="zh")
            assert number < len(read) and sheet(answer).shape == (SIZE, SIZE, 3), number
            lines = answer.notes
        except GanzooError as error:
            assert number >= len(read), number
            lines = [Words("zh").explain(error)]
        for line in lines:
            assert 8 < len(line) < 250 and not re.search("Traceback|Error|Exception|0x", line), (number, line)
            assert re.search("[一-鿿]", line), line


def test_nonsense_is_refused_in_words(pages):
    board = Board(Words("en"), {})
    junk = [None, -5, "x" * 1000, [1], {"family": ["x"]}, {"drawing": {"a": 1}}, {"drawing": "data:" + "x" * 40_000_000},
            {"family": "x" * 1000}, {"seed": "7; rm"}, {"seed": 1e400}, {"seed": -1}]  # fmt: skip
    for payload in junk:
        with pytest.raises(Trouble):
            board.preprocess(payload)
    assert board.preprocess({"tracing": "yes", "else": 1}) == BoardState()
    for name in ("../../etc", "gan-mnist", "user/none"):
        with pytest.raises(Trouble):
            job(pages, family=name, drawing="x")


def colours(job) -> set:
    return {colour for _, colour in Image.fromarray(sheet(job)).getcolors(100_000)}


@pytest.mark.parametrize(("family", "domain", "faded"), [(FAMILY, "facade", 0.12), ("aerial-map", "town", 0.04)])
def test_a_picture_near_the_palette_takes_its_colours(pages, family, domain, faded):
    drawn = getattr(drawings, domain)(4, 256)
    palette = set(drawings.PALETTES[{"facade": "label", "town": "map"}[domain]].values())
    exact = job(pages, "uploaded", drawn, family=family)
    assert colours(exact) <= palette and (not exact.notes or domain == "town")  # whose roads have soft edges
    paler = Image.blend(drawn, Image.new("RGB", drawn.size, "grey"), faded)  # map colours lie nearer to each other
    answer = job(pages, "uploaded", Image.open(io.BytesIO(saved(paler, "JPEG", quality=85))), family=family)
    assert "nearest palette colour" in answer.notes[0] and colours(answer) <= palette
    assert (sheet(answer) != sheet(exact)).any(2).mean() < 0.05


def test_a_photo_is_not_translated_but_offered_as_the_real_photo(pages, tmp_path):
    board, photo = HOUSE, Image.merge("RGB", [Image.effect_noise((80, 80), 90) for _ in "RGB"])
    answer = job(pages, "uploaded", photo, drawing=board)
    assert "is a photo" in answer.notes[0] and answer.truth is None and not answer.back
    assert (sheet(answer) == sheet(job(pages, drawing=board))).all()
    said = uri(photo.resize((SIZE, SIZE)))
    kept, traced = (job(pages, wish, drawing=board, photo=said) for wish in ("kept", "traced"))
    assert (sheet(kept) == sheet(answer)).all()
    assert (made(kept)["truth"] == np.asarray(photo.resize((SIZE, SIZE)))).all()
    assert traced.tracing and colours(traced) == {drawings.FACADE["background"]} and traced.truth is not None
    assert "windows" in traced.notes[0]  # what to draw on an empty sheet
    model(tmp_path, "gan", 6, name="back-gan", direction="photo->label")  # now there is one of the other direction
    answer = job(pages, "uploaded", photo, drawing=board)
    assert answer.back == "runs/back"
    assert list(made(job(pages, "back", drawing=board, photo=said))) == ["gan"]


def test_a_picture_of_few_colours_is_not_called_a_photo(pages):
    sketch = Image.new("RGB", (90, 90), "white")
    ImageDraw.Draw(sketch).ellipse((10, 10, 70, 70), outline="black", width=3)
    grey = drawings.facade(3, 90).convert("L").convert("RGB")
    for picture in (sketch, Image.new("RGB", (90, 90)), grey):
        answer = job(pages, "uploaded", picture, drawing=HOUSE)
        assert "not in the palette's colours" in answer.notes[0] and "photo" not in answer.notes[0]
        assert answer.photo is not None and not answer.back  # to be drawn over
    with pytest.raises(Trouble) as refused:
        job(pages, "uploaded", picture=handlers.TOO_LARGE)
    assert refused.value.code == "cmp_too_large"


def test_an_empty_sheet_is_told_what_to_draw(pages):
    for family, word in ((FAMILY, "windows"), ("aerial-map", "roads")):
        white = uri(Image.new("RGB", (SIZE, SIZE), "white"))
        assert word in job(pages, family=family, drawing=white).notes[0]
        assert not job(pages, family=family, drawing=HOUSE).notes


def test_a_model_that_is_broken_or_gone_leaves_the_others_standing(pages, tmp_path):
    (tmp_path / "runs" / "pix2pix-facades-mae" / "model" / "model.safetensors").write_bytes(b"broken")
    answer = job(pages, drawing=HOUSE)
    found = inference.translate(answer.family, answer.drawing)
    picture, why = render.column(Words("en"), answer.family, found, "mae")
    assert set(found.pictures) == {"gan", "gan+mae"} and picture is None and "gz-quiet" in why
    shutil.rmtree(tmp_path / "runs" / "pix2pix-facades-gan-mae")  # between its picture and its critic
    assert critic.ask(answer.family, found).critics == ["gan"]


@pytest.mark.parametrize("patch", PATCHES)
def test_the_patch_box_is_where_the_gradient_is(patch):
    size = (300, 310) if patch == 286 else (72, 95)
    net = PatchDiscriminator(2, 1, patch, norm="none").double()
    for weight in net.parameters():
        torch.nn.init.uniform_(weight, 0.1, 1.0)
    pictures = torch.rand(1, 2, *size, dtype=torch.double, requires_grad=True)
    scores = net(pictures)
    rows, columns = scores.shape[2:]
    for row, column in {(0, 0), (rows - 1, columns - 1), (rows // 2, columns // 3), (rows // 3, columns - 1)}:
        (gradient,) = torch.autograd.grad(scores[0, 0, row, column], pictures, retain_graph=True)
        expected = torch.zeros(size, dtype=torch.bool)
        left, top, right, bottom = patch_box(patch, row, column, size)
        expected[top:bottom, left:right] = True
        assert ((gradient[0].abs().sum(0) != 0) == expected).all(), (row, column)
    with pytest.raises(IndexError):
        patch_box(patch, rows, 0, size)


SHEET = "document.querySelector('#cmp-board canvas').toDataURL()"


@pytest.fixture
def look(surf, site):
    """look(path, width, ...) -> a page that shows Compare."""

    def go(path="", width=1440, **how):
        page = surf(site.url + path, width=width, **how)
        page.wait_for_function("document.querySelectorAll('#cmp-two img').length === 2")
        page.wait_for_selector("#s-compare [data-link]", state="attached")
        return page

    return go


def shown(page, pictures="#cmp-results img") -> list[str]:
    return page.locator(pictures).evaluate_all("images => images.map(image => image.src)")


def followed(page, before: list[str], pictures="#cmp-results img", least=3) -> list[str]:
    """Wait until none of the pictures, so many at least, is what it was."""
    page.wait_for_function(
        """([pictures, least, before]) => { const now = [...document.querySelectorAll(pictures)].map(i => i.src);
           return now.length >= least && now.every(source => !before.includes(source)); }""",
        arg=[pictures, least, before],
    )
    return shown(page, pictures)


def settled(page, before: list[str]) -> list[str]:
    """What is shown when no further answer comes: a brush tells of its first dot, too."""
    seen, now = None, followed(page, before)
    while now != seen:
        page.wait_for_timeout(1000)
        seen, now = now, shown(page)
    return now


def shows(page, pictures: list[str]) -> None:
    page.wait_for_function("first => document.querySelector('#cmp-results img').src === first", arg=pictures[0])


def drag(page, start, end):
    box = page.locator("#cmp-board canvas").bounding_box()
    spots = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    page.mouse.move(*spots[0])
    page.mouse.down()
    page.mouse.move(*spots[1])  # in one step: all answers on the way are of the whole box
    page.mouse.up()


def test_drawing_is_followed_judged_once_it_is_seen_undone_and_carried_by_a_link(look, tmp_path):
    page = look("?family=facades&drawing=4")
    page.wait_for_function("ganzoo.link().includes('drawing=4')")
    page.wait_for_selector("#cmp-reveal", state="hidden")
    first, before, judged = shown(page), page.evaluate(SHEET), page.get_attribute("#cmp-heat img", "src")
    drag(page, (0.2, 0.2), (0.7, 0.6))
    second = followed(page, first)
    page.check("#cmp-board [value=brush]")
    page.click('[data-palette="label"] label:has([value="#00cefc"])')
    drag(page, (0.1, 0.9), (0.9, 0.8))
    third, drawn = settled(page, second), page.evaluate(SHEET)
    colours = page.evaluate(
        """() => { const c = document.querySelector('#cmp-board canvas');
           const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
           const found = new Set(); for (let i = 0; i < d.length; i += 4) found.add(`${d[i]},${d[i+1]},${d[i+2]}`);
           return [...found]; }"""
    )
    assert {tuple(map(int, c.split(","))) for c in colours} <= set(drawings.FACADE.values())  # no in-between colours
    assert page.get_attribute("#cmp-heat img", "src") == judged
    page.locator("#cmp-heat-said").scroll_into_view_if_needed()
    page.wait_for_function("before => document.querySelector('#cmp-heat img').src !== before", arg=judged)
    link = page.url
    assert "&d=" in link
    page.keyboard.press("Control+z")
    shows(page, second)
    page.click("[data-do=undo]")
    shows(page, first)
    assert page.evaluate(SHEET) == before and "drawing=4" in page.url  # untouched again
    page.goto(link)
    page.wait_for_function(f"sheet => document.querySelector('#cmp-board canvas') && {SHEET} === sheet", arg=drawn)
    shows(page, third)
    Image.effect_noise((64, 64), 80).convert("RGB").save(tmp_path / "photo.png")
    page.click("#cmp-upload button >> nth=0")
    page.set_input_files("#cmp-upload input[type=file]", tmp_path / "photo.png")
    page.click("#cmp-keep")  # the real photo of what was drawn
    page.click("#cmp-reveal")
    page.wait_for_selector("#cmp-truth img")


def test_a_phone_shows_large_pictures_and_takes_photos_pairs_and_bad_files(look, tmp_path):
    page = look(width=390, height=844)
    boxes = [image.bounding_box() for image in page.locator("#cmp-results img").all()]
    assert len(boxes) == 4 and all(box["width"] >= 170 for box in boxes)
    assert boxes[0]["y"] + boxes[0]["height"] <= 844  # the whole first one is above the fold
    assert page.locator("#cmp-results button[aria-label]").count() >= 8  # fullscreen and download for every one
    assert page.locator(".gz-quiet:visible").count() == 0
    before = shown(page)
    drop = """async (text) => { const sheet = document.createElement('canvas'); sheet.width = 90; sheet.height = 60;
           const blob = text ? new Blob([text]) : await new Promise(done => sheet.toBlob(done)), bag = new DataTransfer();
           bag.items.add(new File([blob], 'black.png', { type: 'image/png' }));
           document.querySelector('.gz-sheet').dispatchEvent(new DragEvent('drop', { dataTransfer: bag, bubbles: true })); }"""
    page.evaluate(drop, "")
    page.wait_for_selector("#cmp-upload >> text=not in the palette's colours")  # beside the picture itself
    page.wait_for_selector("#cmp-keep", state="hidden")  # nothing that could be the real photo
    assert shown(page) == before  # a photo changes nothing until one says what it is for
    page.click("#cmp-trace")
    before = followed(page, before)
    assert page.locator("#cmp-board .gz-under").is_visible() and page.locator("#cmp-reveal").is_visible()
    pair = np.hstack([Image.new("RGB", (64, 64), "grey"), drawings.facade(8, 64)])
    Image.fromarray(pair).save(tmp_path / "pair.png")
    page.set_input_files("#cmp-upload input[type=file]", tmp_path / "pair.png")
    page.wait_for_selector("#cmp-notes >> text=right half")
    before = followed(page, before)
    page.evaluate(drop, "no picture")
    page.wait_for_selector("#cmp-said >> text=cannot be read as a picture")
    assert shown(page) == before


def test_the_story_by_keyboard_alone(look):
    """Draw a box, see the real photo, another family, the critic, a blind round that is counted, a link."""
    page = look()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    def press(selector, *keys):
        page.focus(selector)
        for key in keys:
            page.keyboard.press(key)

    press("#cmp-reveal", "Enter")
    page.wait_for_selector("#cmp-results #cmp-truth img")  # in line with what was made
    press("#cmp-reveal", "Enter")
    page.wait_for_selector("#cmp-truth img", state="hidden")
    before = shown(page)
    press("#cmp-board canvas", "ArrowLeft", "Enter", *["ArrowRight"] * 3, *["ArrowDown"] * 2, "Enter")
    followed(page, before)
    page.wait_for_selector("#cmp-reveal", state="hidden")  # another drawing has no photo
    page.keyboard.press("Control+z")
    shows(page, before)
    page.wait_for_selector("#cmp-reveal")
    press("#cmp-surprise", "Enter")
    before = followed(page, before)
    page.wait_for_function("location.search.includes('drawing=')")
    press("#cmp-link", "Enter")
    page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('family=facades&drawing='))")
    press("#cmp-controls input[value=aerial-map]", "Space")
    followed(page, before)
    assert page.locator("#cmp-board .gz-colour:visible").count() == len(drawings.MAP)
    press("#s-cmp-heat input[type=range]", "Home")
    page.wait_for_selector("#cmp-heat-said >> text=Row 1,")
    page.locator("#s-cmp-blind").scroll_into_view_if_needed()
    cell = page.locator("#cmp-blind button:visible", has_text="Choose B")
    cell.press("Enter")  # the first round is there without a press
    page.wait_for_selector("#cmp-tally .gz-bar")
    assert page.inner_text("#cmp-blind-said").strip() and page.inner_text("#cmp-tally .gz-bar-number") == "1"
    press("#cmp-blind-next", "Enter")
    cell.press("Enter")
    counts = "[...document.querySelectorAll('#cmp-tally .gz-bar-number')].map((number) => +number.textContent)"
    page.wait_for_function(f"{counts}.reduce((a, b) => a + b) === 2")
    page.reload()
    page.wait_for_selector("#cmp-tally .gz-bar")
