"""The tab Compare: what its handler answers, what it refuses, and the whole tab in a real browser.

In process, small networks with random weights stand in for trained ones: nothing here depends on how well a model draws.
"""

import base64
import io
import json
import re
import shutil
import struct
import zlib

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from ganzoo import checkpoint
from ganzoo.data import drawings
from ganzoo.models import pix2pix
from ganzoo.models.pix2pix import PatchDiscriminator
from ganzoo.models.receptive_field import PATCHES, patch_box
from tests.data.test_pairs import write_ab
from tests.demos.test_pages import PAGES
from tests.support.browser import overflowing

SIZE = 32
METRICS = {"l1-test": 0.2, "sharpness-test": 0.9, "tone-lab-test": 0.1, "label-recovery-test": 0.4}


# --- the handler, in process ------------------------------------------------------------------------------------


def model(folder, loss, seed, name=None, **more):
    """A model folder with random weights that differ from loss to loss."""
    settings = {"data": "facades", "direction": "label->photo", "image_size": SIZE, "width": 4, "halvings": 3,
                "critic_width": 4, "patch": 16, "dropout": 0.0, "loss": loss} | more  # fmt: skip
    config = pix2pix.Config(**settings)
    torch.manual_seed(seed)
    nets = pix2pix.build(config)
    for net in nets.values():
        for weight in net.parameters():
            torch.nn.init.normal_(weight, 0, 0.2)
    name = name or f"pix2pix-{config.data}-{config.variant}"
    metrics = {k: v + seed / 100 for k, v in METRICS.items()}
    checkpoint.save_model(folder / "runs" / name / "model", config, nets, {"name": name, "metrics": metrics})
    return name


@pytest.fixture
def pages(tmp_path, monkeypatch):
    """The modules of the pages, beside the runs of a small family."""
    monkeypatch.chdir(tmp_path)
    for seed, loss in enumerate(pix2pix.LOSSES):
        model(tmp_path, loss, seed)
    from demos.tabs.compare import handlers as compare_handlers

    yield compare_handlers
    from demos.catalog import local

    local.FETCHED.clear()
    local._opened.cache_clear()


FAMILY = "runs/pix2pix-facades"


def uri(picture, form="PNG", **options) -> str:
    if not isinstance(picture, bytes):
        buffer = io.BytesIO()
        picture.save(buffer, form, **options)
        picture = buffer.getvalue()
    return "data:image/png;base64," + base64.b64encode(picture).decode()


def ask(pages, language="en", **said):
    from demos.ui.words import Words

    return pages.answer(Words(language), json.dumps({"id": 3, "family": FAMILY} | said))


def made(answer: str) -> dict[str, np.ndarray]:
    """The pictures of an answer, by loss or truth."""
    found = re.findall(r'<img class="gz-made" data-key="([^"]+)" src="data:image/png;base64,([^"]+)"', answer)
    return {k: np.asarray(Image.open(io.BytesIO(base64.b64decode(v)))).astype(float) for k, v in found}


def state(answer: str) -> dict:
    from html import unescape

    return json.loads(unescape(re.search(r'data-answer="([^"]*)"', answer)[1]))


def quiet(answer: str) -> list[str]:
    """What is said: why something was refused, then the notes."""
    refused = state(answer).get("refused") if "data-answer" in answer else ""
    notes = re.findall(r'<p class="gz-quiet" role="status">([^<]*)</p>', answer)
    return [refused, *notes] if refused else notes


def test_three_pictures_that_differ_and_follow_the_drawing(pages):
    drawing = drawings.facade(1, SIZE)
    first = made(ask(pages, drawing=uri(drawing)))
    assert set(first) == {"gan", "mae", "gan+mae"} and all(p.shape == (SIZE, SIZE, 3) for p in first.values())
    assert all(np.abs(first[a] - first[b]).mean() > 1 for a, b in (("gan", "mae"), ("mae", "gan+mae")))
    assert all((made(ask(pages, drawing=uri(drawing)))[k] == first[k]).all() for k in first)  # the same drawing again
    ImageDraw.Draw(drawing).rectangle((4, 4, 20, 20), fill=drawings.FACADE["door"])
    after = made(ask(pages, drawing=uri(drawing)))
    assert all((after[k] != first[k]).any() for k in first)


def test_the_page_shows_what_the_model_translates(pages):
    import ganzoo

    drawing = drawings.facade(5, SIZE)
    expected = np.asarray(ganzoo.load("runs/pix2pix-facades-mae").translate(drawing)).astype(float)
    assert (made(ask(pages, drawing=uri(drawing)))["mae"] == expected).all()


def test_surprise_is_new_each_time_and_a_seed_brings_it_back(pages):
    one, two, again = (state(ask(pages, do="surprise", seed=s)) for s in (1, 2, 1))
    assert one["drawing"] == again["drawing"] != two["drawing"] and one["seed"] == 1 and one["palette"] == "label"


def test_a_pair_is_split_and_its_l1_is_right(pages):
    label, photo = drawings.facade(3, 64), Image.effect_noise((64, 64), 80).convert("RGB")
    pair = Image.new("RGB", (128, 64))
    pair.paste(photo, (0, 0))  # facades are photo|label, and label->photo is trained
    pair.paste(label, (64, 0))
    answer = ask(pages, do="upload", drawing=uri(label), file=uri(pair))
    pictures, said = made(answer), state(answer)
    sent = Image.open(io.BytesIO(base64.b64decode(said["drawing"].split(",")[1])))
    assert {colour for _, colour in sent.getcolors()} <= set(drawings.FACADE.values())
    apart = np.abs(np.asarray(sent).astype(float) - np.asarray(label.resize(sent.size, Image.Resampling.BICUBIC)))
    assert apart.mean() < 12
    truth = np.asarray(photo.resize((SIZE, SIZE), Image.Resampling.BICUBIC)).astype(float)
    assert (pictures["truth"] == truth).all() and "truth" in said
    shown = re.findall(r"<dl><div><dt>[^<]*</dt><dd>(?:<b>)?([\d.]+)", answer)
    assert shown == [f"{np.abs(pictures[k] - truth).mean() / 255:.3f}" for k in ("gan", "mae", "gan+mae")]
    assert "right half is the drawing" in quiet(answer)[0]


def test_the_half_that_is_drawn_depends_on_the_direction(pages, tmp_path):
    model(tmp_path, "gan", 9, name="shoes-gan", data="shoes", direction="A->B")
    pair = Image.new("RGB", (64, 32), "white")
    pair.paste((0, 0, 0), (32, 0, 64, 32))
    answer = ask(pages, family="runs/shoes", do="upload", file=uri(pair))
    assert "left half" in quiet(answer)[0] and state(answer)["palette"] == "plain"
    drawn = Image.open(io.BytesIO(base64.b64decode(state(answer)["drawing"].split(",")[1])))
    assert drawn.getextrema()[0] == (255, 255)
    assert sum("no model trained with MAE or GAN + MAE" in line for line in quiet(answer)) == 1
    assert re.findall(r'data-loss="([^"]+)"', answer) == ["gan"]  # no column for what there is not


def test_a_truth_can_be_added(pages):
    drawing, truth = drawings.facade(3, SIZE), Image.new("RGB", (48, 48), (10, 200, 30))
    answer = ask(pages, do="truth", drawing=uri(drawing), file=uri(truth))
    assert (made(answer)["truth"] == np.array([10, 200, 30])).all() and "truth" in state(answer)
    assert 'data-key="truth"' in ask(pages, drawing=uri(drawing), truth=uri(truth))


def test_a_real_pair_comes_from_data_that_lies_on_this_machine(pages, tmp_path, monkeypatch):
    monkeypatch.delenv("GANZOO_DATA", raising=False)
    board = uri(drawings.facade(1, SIZE))
    name = model(tmp_path, "gan", 7, name="mine", data="mine")
    answer = ask(pages, family=f"runs/{name}", do="example", drawing=board)
    assert not state(answer)["real"] and "no real pair" in quiet(answer)[0] and len(made(answer)) == 1
    photo, label = Image.new("RGB", (64, 64), (9, 200, 30)), drawings.facade(7, 64)
    for split in ("train", "test"):
        (tmp_path / "data" / "facades" / split).mkdir(parents=True)
    pair = Image.new("RGB", (128, 64))
    pair.paste(photo, (0, 0))
    pair.paste(label, (64, 0))
    pair.save(tmp_path / "data" / "facades" / "test" / "1.png")
    (tmp_path / "data" / "facades" / "test" / "2.png").write_text("no picture")
    monkeypatch.setenv("GANZOO_DATA", str(tmp_path / "data"))
    answer = ask(pages, do="example", pair="1.png", drawing=board)
    assert state(answer)["real"] and (made(answer)["truth"] == np.array([9, 200, 30])).all()
    sent = np.asarray(Image.open(io.BytesIO(base64.b64decode(state(answer)["drawing"].split(",")[1]))))
    assert (sent == np.asarray(label.resize((SIZE, SIZE), Image.Resampling.BICUBIC))).all()
    assert (
        "no real pair" in quiet(ask(pages, "en", do="example", pair="2.png", drawing=board))[0]
    )  # a file that is no picture


def test_what_a_stranger_s_model_says_about_its_data_opens_nothing(pages, tmp_path):
    from demos.catalog import local
    from demos.tabs.compare import families as compare_families

    write_ab(tmp_path / "mine" / "test")
    name = model(tmp_path, "gan", 3, name="theirs", data=str(tmp_path / "mine"), direction="A->B")
    assert len(compare_families.real_pairs(compare_families.find(f"runs/{name}"))) == 10
    (tmp_path / "runs" / "theirs").rename(tmp_path / "fetched")
    local.FETCHED["eve/theirs"] = tmp_path / "fetched" / "model"
    assert compare_families.real_pairs(compare_families.find("eve/theirs")) == []


def test_the_command_of_a_space_names_what_does_not_come_along_anyway(pages, monkeypatch):
    from demos import publish
    from demos.space import staging
    from demos.tabs.compare import families as compare_families
    from demos.tabs.compare.render import sharing
    from demos.ui.words import Words

    command = state(ask(pages, drawing=uri(drawings.facade(1, SIZE))))["publish"]
    assert command.startswith("python demos/publish.py YOU/ganzoo --models runs/pix2pix-facades-gan ")
    asked = publish._command_line(command.split()[2:])  # the real parser understands it, and the models are found
    assert staging.choose(asked.models).runs == [f"pix2pix-facades-{loss}" for loss in ("gan", "gan-mae", "mae")]
    assert compare_families.publishing(compare_families.find("facades")) == "python demos/publish.py YOU/ganzoo"
    for language in ("en", "zh"):
        assert "spaces/alice/zoo?duplicate=true" in sharing(Words(language), "alice/zoo")


def test_a_model_removed_between_its_picture_and_its_critic_is_left_out(pages, tmp_path):
    from demos.tabs.compare import families as compare_families
    from demos.tabs.compare import inference as compare_inference

    family = compare_families.find(FAMILY)
    made = compare_inference.translate(family, compare_inference.drawn(family, 1))
    shutil.rmtree(tmp_path / "runs" / "pix2pix-facades-gan-mae")
    compare_inference.judge(family, made)
    assert made.critics == ["gan"] and set(made.opinions) == {"gan", "mae", "gan+mae"}


def test_numbers_come_from_the_models_and_missing_ones_are_left_out(pages, tmp_path):
    answer = ask(pages, drawing=uri(drawings.facade(1, SIZE)))
    rows = [re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr><th scope.*?</tr>", answer)]
    assert rows[0] == ["<b>0.200</b>", "0.210", "0.220"] and rows[3] == [
        "40%",
        "41%",
        "42%",
    ]  # what is real is not known
    path = tmp_path / "runs" / "pix2pix-facades-gan" / "model" / "config.json"
    said = json.loads(path.read_text())
    path.write_text(json.dumps(said | {"metrics": {"l1-test": "x", "tone-lab-test": float("inf")}}))
    answer = ask(pages, drawing=uri(drawings.facade(1, SIZE)))
    rows = [re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr><th scope.*?</tr>", answer)]
    assert rows[0] == ["<b>0.210</b>", "0.220"] and len(made(answer)) == 3  # no column without a number


@pytest.mark.parametrize(
    ("tone", "recovery", "l1", "said"),
    [
        ((0.3, 0.2, 0.1), (0.4, 0.5, 0.6), (0.3, 0.2, 0.21), "cmp_verdict_wins"),
        ((0.3, 0.2, 0.1), (0.4, 0.5, 0.6), (0.3, 0.2, 0.23), "cmp_verdict_close"),
        ((0.1, 0.2, 0.3), (0.4, 0.5, 0.6), (0.3, 0.2, 0.21), "cmp_verdict_split"),
        ((0.3, 0.2, 0.1), (0.4, 0.5, None), (0.3, 0.2, 0.21), ""),  # a number is missing: no verdict
    ],
)
def test_the_verdict_follows_from_the_numbers(pages, tmp_path, tone, recovery, l1, said):
    from demos.tabs.compare.metrics import REAL
    from demos.ui.words import Words

    for i, loss in enumerate(("gan", "mae", "gan-mae")):
        path = tmp_path / "runs" / f"pix2pix-facades-{loss}" / "model" / "config.json"
        numbers = {"l1-test": l1[i], "tone-lab-test": tone[i], "label-recovery-test": recovery[i], f"{REAL}-test": 0.62}
        path.write_text(json.dumps(json.loads(path.read_text()) | {"metrics": numbers}))
    answer = ask(pages, drawing=uri(drawings.facade(1, SIZE)))
    sentence = re.search(r'<div class="gz-cmp-verdict"><p>(.*?)</p>', answer)
    words = Words("en")
    known = {
        "cmp_verdict_wins": words("cmp_verdict_wins", winner="GAN + MAE"),
        "cmp_verdict_close": words("cmp_verdict_close", winner="GAN + MAE", over="15%", margin="10%"),
        "cmp_verdict_split": words("cmp_verdict_split", labels="GAN + MAE", tone="GAN"),
    }
    assert (sentence[1] if sentence else "") == known.get(said, "")


@pytest.mark.parametrize("language", ("en", "zh"))
def test_the_page_opens_on_a_real_pair_that_is_cited(pages, language):
    from demos.ui.words import Words

    answer = pages.first(Words(language))
    said = state(answer)
    assert said["pair"] == "6.jpg" and said["real"] and said["truth"].startswith("data:image/png")
    assert Words(language)("cmp_cited") in answer and set(made(answer)) >= {"gan", "mae", "gan+mae", "truth"}
    other = ask(pages, language, do="example", pair="52.jpg")
    assert state(other)["pair"] == "52.jpg" and state(other)["drawing"] != said["drawing"]


def test_the_critic_grades_every_patch_of_all_three(pages):
    import ganzoo

    drawing = drawings.facade(2, SIZE)
    answer = ask(pages, drawing=uri(drawing))
    said, pictures = state(answer), made(answer)
    assert said["critics"] == ["gan+mae", "gan"] and said["critic"] == "gan+mae" and said["jump"] == 2
    grid = ganzoo.load("runs/pix2pix-facades-gan-mae").critique(
        Image.fromarray(pictures["mae"].astype(np.uint8)), drawing
    )
    assert np.abs(np.array(said["scores"]["mae"]) - grid).max() < 1e-3
    assert said["spans"][0] == [0, 11] and len(said["spans"]) == len(grid)
    assert said["scores"] != state(ask(pages, drawing=uri(drawing), critic="gan"))["scores"]


def test_variations_only_where_dropout_was_trained(pages, tmp_path):
    drawing = uri(drawings.facade(2, SIZE))
    still = [made(ask(pages, drawing=drawing, vary=v)) for v in (1, 2)]
    assert (still[0]["gan"] == still[1]["gan"]).all() and not state(ask(pages, drawing=drawing))["varies"]
    model(tmp_path, "gan", 5, name="noisy-gan", dropout=0.5)
    one, two, again = (made(ask(pages, family="runs/noisy", drawing=drawing, vary=v))["gan"] for v in (1, 2, 1))
    assert (one != two).any() and (one == again).all()
    assert state(ask(pages, family="runs/noisy", drawing=drawing))["varies"]


def test_models_find_their_families(pages, tmp_path):
    from demos.tabs.compare import families as compare_families

    model(tmp_path, "gan+mae", 4, name="pix2pix-facades-gan-mae-noskip", no_skips=True)
    model(tmp_path, "mae", 4, name="mine")
    model(tmp_path, "mae", 4, name="towns-mae", data="aerial-map", direction="map->aerial")
    found = compare_families.families()
    assert list(found)[:2] == ["facades", "aerial-map"]  # the bundled ones first
    assert set(found[FAMILY].members) == {"gan", "mae", "gan+mae"}
    assert set(found["runs/pix2pix-facades-noskip"].members) == {"gan+mae"} and "runs/mine" in found
    assert found["runs/towns"].palette == "map" and found["runs/towns"].flipped
    assert compare_families.find("pix2pix-facades-mae").name == compare_families.find("facades").name == "facades"


BEYOND = "gan+mae+perceptual"


@pytest.mark.parametrize("language", ("en", "zh"))
def test_the_step_beyond_the_course_stands_beside_the_three(pages, tmp_path, language):
    from demos.ui.words import Words

    words, drawing = Words(language), uri(drawings.facade(1, SIZE))
    assert words("cmp_graded_perceptual") not in ask(pages, language, drawing=drawing)
    assert model(tmp_path, "gan+mae", 3, perceptual=10.0) == "pix2pix-facades-gan-mae-perceptual"
    answer = ask(pages, language, drawing=drawing)
    assert list(made(answer)) == ["gan", "mae", "gan+mae", BEYOND] and 'data-count="4"' in answer and not quiet(answer)
    assert answer.count(words("cmp_graded_perceptual")) == 1 and state(answer)["names"][BEYOND].startswith(
        "GAN + MAE +"
    )
    assert 'download="runs-pix2pix-facades-gan-mae-perceptual.png"' in answer
    rows = [re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr><th scope.*?</tr>", answer)]
    assert rows[0] == ["<b>0.200</b>", "0.210", "0.220", "0.230"]
    assert set(state(answer)["critics"]) == {"gan+mae", "gan", BEYOND} and BEYOND in state(answer)["scores"]
    judged = state(ask(pages, language, drawing=drawing, critic=BEYOND))
    assert judged["critic"] == BEYOND and judged["scores"] != state(answer)["scores"]
    assert 'data-count="4"' in ask(pages, language, drawing=drawing, truth=drawing)  # the real photo is no column


def test_with_its_truth_a_blind_round_of_four_has_five_pictures(pages, tmp_path):
    from demos.ui.words import Words

    model(tmp_path, "gan+mae", 3, perceptual=10.0)
    picture = uri(drawings.facade(1, SIZE))
    answer = pages.blind(Words("en"), json.dumps({"family": FAMILY, "drawing": picture, "truth": picture}))
    assert sorted(re.findall(r'data-guess="([^"]+)"', answer)) == ["gan", "gan+mae", BEYOND, "mae", "truth"]
    assert re.findall(r"Choose (\w)", answer) == list("ABCDE")


def test_a_family_of_the_fourth_alone_and_one_of_mae_with_features(pages, tmp_path):
    from demos.tabs.compare import families as compare_families

    name = model(tmp_path, "gan+mae", 3, data="shoes", direction="A->B", perceptual=10.0)
    answer = ask(pages, family=f"runs/{name}", drawing=uri(drawings.facade(1, SIZE)))
    assert list(made(answer)) == [BEYOND] and "with GAN, MAE or GAN + MAE" in quiet(answer)[-1]
    model(tmp_path, "mae", 4, perceptual=10.0)
    family = compare_families.find(FAMILY)
    assert list(family.keys) == ["gan", "mae", "gan+mae", "mae+perceptual"]
    assert family.members["mae"].name == "runs/pix2pix-facades-mae"  # the two do not stand for each other


def test_the_endpoint_translates_with_all_of_a_family_or_one(pages, tmp_path):
    from demos import api

    name = model(tmp_path, "gan+mae", 3, perceptual=10.0)
    picture = uri(drawings.facade(1, SIZE))
    whole, one = (api.translate(picture, family, picture) for family in (FAMILY, f"runs/{name}"))
    assert list(whole["pictures"]) == list(whole["l1"]) == ["gan", "mae", "gan+mae", BEYOND]
    assert list(one["pictures"]) == [BEYOND] and one["pictures"][BEYOND] == whole["pictures"][BEYOND]
    assert one["models"] == {BEYOND: f"runs/{name}"}


def test_another_family_keeps_a_drawing_that_means_something_to_it(pages, tmp_path):
    model(tmp_path, "mae", 4, name="large-mae", image_size=64)
    drawing, truth = drawings.facade(7, SIZE), Image.new("RGB", (SIZE, SIZE), "teal")
    said = {"do": "family", "drawing": uri(drawing), "truth": uri(truth), "palette": "label", "seed": 7}
    kept = state(ask(pages, family="runs/large", **said))
    assert kept["size"] == 64 and kept["seed"] == 7 and "truth" in kept
    pixel = Image.open(io.BytesIO(base64.b64decode(kept["drawing"].split(",")[1]))).resize((1, 1), Image.Resampling.BOX)
    assert (
        max(abs(a - b) for a, b in zip(pixel.getpixel((0, 0)), drawing.resize((1, 1), 4).getpixel((0, 0)), strict=True))
        < 4
    )
    other = state(ask(pages, family="aerial-map", **said))
    assert other["palette"] == "map" and "truth" not in other


def test_a_model_of_the_hub_brings_its_family(pages, tmp_path, monkeypatch):
    from demos.catalog import hub, local
    from demos.tabs.compare import families as compare_families
    from ganzoo import GanzooError

    def pull(name):
        folder = tmp_path / "runs" / name.split("/")[1] / "model"
        if not folder.is_dir() or not name.startswith("ann/"):
            raise hub.Trouble("cmp_no_hub", name=name)
        return folder

    monkeypatch.setattr(hub, "_pull", pull)
    answer = ask(pages, family="ann/pix2pix-facades-mae", do="surprise", seed=1)
    assert state(answer)["family"] == "ann/pix2pix-facades" and len(made(answer)) == 3
    model(tmp_path, "gan+mae", 3, perceptual=10.0)
    for name in ("ben/pix2pix-facades-gan", "ben/pix2pix-facades-gan-mae-perceptual"):
        local.FETCHED.clear()
        monkeypatch.setattr(hub, "_pull", lambda name: pull(name.replace("ben/", "ann/")))
        answer = ask(pages, family=name, do="surprise", seed=1)
        assert state(answer)["family"] == "ben/pix2pix-facades" and len(made(answer)) == 4
    monkeypatch.setattr(hub, "_pull", pull)
    for seed, loss in enumerate(("mae", "gan+mae")):
        model(tmp_path, loss, seed, pixel="mse")
    answer = ask(pages, family="ann/pix2pix-facades-gan-mse", do="surprise", seed=1)
    assert state(answer)["family"] == "ann/pix2pix-facades-mse" and len(made(answer)) == 2
    assert "could not be fetched" in quiet(ask(pages, family="bob/none", do="surprise"))[0]
    with pytest.raises(GanzooError):
        compare_families.find_or_fetch("../etc/passwd")


def test_a_hub_that_is_down_is_one_line(pages, monkeypatch):
    import huggingface_hub

    def down(*args, timeout=None, **kwargs):
        assert timeout and timeout <= 5
        raise ConnectionError("no route")

    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", down)
    answer = ask(pages, "zh", family="ann/model", do="surprise", drawing=uri(drawings.facade(1, SIZE)))
    assert quiet(answer) and "Hub" in quiet(answer)[0]


def test_the_blind_round_is_shuffled_and_holds_the_truth_if_known(pages, monkeypatch):
    from demos.ui.words import Words

    def order(**said):
        return re.findall(r'data-guess="([^"]+)"', pages.blind(Words("en"), json.dumps({"family": FAMILY} | said)))

    orders = [order(seed=s) for s in range(12)]
    assert len({tuple(o) for o in orders}) > 2 and all(sorted(o) == ["gan", "gan+mae", "mae", "truth"] for o in orders)
    assert order(seed=3) == order(seed=3)
    picture = uri(drawings.facade(1, SIZE))
    assert "truth" in order(seed=1, drawing=picture, truth=picture)
    monkeypatch.setattr("demos.tabs.compare.families.SAMPLES", {})
    monkeypatch.delenv("GANZOO_DATA", raising=False)
    assert "truth" not in order(seed=1, drawing=picture)  # a drawing by code


# --- what it refuses --------------------------------------------------------------------------------------------


def bomb(width=20000, height=20000) -> bytes:
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def saved(picture, form, **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def hostile() -> dict[str, bytes]:
    photo = Image.effect_noise((60, 40), 60).convert("RGB")
    frames = [Image.new("RGB", (40, 40), c) for c in ("red", "blue")]
    nan = np.full((30, 30), np.nan, np.float32)
    nan[3:9] = 0.5
    exif = Image.Exif()
    exif[0x0112] = 6
    jpeg = saved(photo.resize((400, 300)), "JPEG")
    return {
        "zero bytes": b"",
        "1x1": saved(Image.new("RGB", (1, 1), "red"), "PNG"),
        "2x1": saved(Image.new("RGB", (2, 1), "red"), "PNG"),
        "header bomb": bomb(),
        "large header": bomb(8000, 8000),
        "wide strip": saved(Image.new("L", (5000, 1)), "PNG"),
        "animated gif": saved(frames[0], "GIF", save_all=True, append_images=frames[1:]),
        "animated webp": saved(frames[0], "WEBP", save_all=True, append_images=frames[1:]),
        "truncated jpeg": jpeg[: len(jpeg) // 3],
        "truncated png": saved(photo, "PNG")[:300],
        "text named png": b"hello, I am a text",
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        "nan tiff": saved(Image.fromarray(nan), "TIFF"),
        "inf tiff": saved(Image.fromarray(nan * 0 + np.inf), "TIFF"),
        "16 bit": saved(Image.fromarray(np.arange(900, dtype=np.uint16).reshape(30, 30) * 70), "PNG"),
        "cmyk": saved(photo.convert("CMYK"), "JPEG"),
        "palette": saved(photo.quantize(16), "PNG"),
        "rgba": saved(Image.new("RGBA", (20, 20), (255, 0, 0, 40)), "PNG"),
        "grey with alpha": saved(Image.new("LA", (20, 20), (9, 40)), "PNG"),
        "one bit": saved(photo.convert("1"), "PNG"),
        "exif rotated": saved(photo, "JPEG", exif=exif),
        "300x200": saved(photo.resize((300, 200)), "PNG"),
        "bmp": saved(photo, "BMP"),
        "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 20 20\nshowpage\n",
    }


UNREADABLE = {"zero bytes", "header bomb", "large header", "truncated jpeg", "truncated png", "text named png", "svg"}


@pytest.mark.parametrize("language", ("en", "zh"))
def test_every_hostile_picture_is_translated_or_refused_in_one_line(pages, language):
    board = uri(drawings.facade(1, SIZE))
    for name, raw in hostile().items():
        answer = ask(pages, language, do="upload", drawing=board, file=uri(raw))
        assert len(made(answer)) >= 3, name  # at worst those of the drawing that was there
        said = state(answer)
        if name in UNREADABLE | {"postscript"}:
            assert "drawing" not in said and len(quiet(answer)) == 1, (name, quiet(answer))
        else:
            assert said["size"] == SIZE and ("drawing" in said) != ("photo" in said), name
        for line in quiet(answer):
            assert 8 < len(line) < 200 and not re.search("Traceback|Error|Exception|0x", line), (name, line)
            assert bool(re.search("[一-鿿]", line)) == (language == "zh"), line


def test_nonsense_is_answered_in_one_line(pages):
    from demos.ui.words import Words

    junk = ["NaN", None, -5, "x" * 1000, [1], {}, "[]", "{", '{"do": 7}', '{"family": ["x"]}', '{"do": "explode"}', "[" * 5000,
            '{"seed": "7; rm"}', '{"seed": 1e400}', '{"vary": -1}', '{"drawing": {"a": 1}}', '{"family": "../../etc"}',
            '{"family": "gan-mnist"}', '{"family": "user/none", "do": "draw"}', "x" * 40_000_000]  # fmt: skip
    for payload in junk:
        for answer in (pages.answer(Words("en"), payload), pages.blind(Words("en"), payload)):
            assert len(quiet(answer)) == 1 or made(answer) or "gz-guess" in answer, str(payload)[:60]
            assert not re.search("Traceback|KeyError|TypeError", answer)


def colours(answer: str) -> set:
    sent = Image.open(io.BytesIO(base64.b64decode(state(answer)["drawing"].split(",")[1])))
    return {colour for _, colour in sent.getcolors()}


@pytest.mark.parametrize(("family", "domain", "faded"), [(FAMILY, "facade", 0.12), ("aerial-map", "town", 0.04)])
def test_a_picture_near_the_palette_takes_its_colours(pages, family, domain, faded):
    sheet = getattr(drawings, domain)(4, 256)
    palette = set(drawings.PALETTES[{"facade": "label", "town": "map"}[domain]].values())
    exact = ask(pages, family=family, do="upload", file=uri(sheet))
    assert colours(exact) <= palette and (not quiet(exact) or domain == "town")  # whose roads have soft edges
    paler = Image.blend(sheet, Image.new("RGB", sheet.size, "grey"), faded)  # map colours lie nearer to each other
    answer = ask(pages, family=family, do="upload", file=uri(saved(paler, "JPEG", quality=85)))
    assert "nearest palette colour" in quiet(answer)[0] and colours(answer) <= palette
    near = np.asarray(Image.open(io.BytesIO(base64.b64decode(state(answer)["drawing"].split(",")[1]))))
    same = np.asarray(Image.open(io.BytesIO(base64.b64decode(state(exact)["drawing"].split(",")[1]))))
    assert (near != same).any(2).mean() < 0.05


def test_a_photo_is_not_translated_but_offered_as_the_real_photo(pages):
    board, photo = uri(drawings.facade(1, SIZE)), uri(Image.effect_noise((80, 80), 90).convert("RGB"))
    answer = ask(pages, do="upload", drawing=board, file=photo)
    said = state(answer)
    assert "is a photo" in quiet(answer)[0] and "drawing" not in said and said["photo"] and not said["back"]
    assert [(made(answer)[k] == v).all() for k, v in made(ask(pages, drawing=board)).items()] == [True] * 3
    assert re.findall(r'data-do="([^"]+)"', answer) == ["keep", "trace"]
    assert "truth" in made(ask(pages, do="truth", drawing=board, file=said["photo"]))


def test_a_photo_is_offered_the_other_direction_where_there_is_one(pages, tmp_path):
    model(tmp_path, "gan", 6, name="back-gan", direction="photo->label")
    photo = uri(Image.effect_noise((80, 80), 90).convert("RGB"))
    answer = ask(pages, do="upload", drawing=uri(drawings.facade(1, SIZE)), file=photo)
    assert state(answer)["back"] == "runs/back" and 'data-do="back"' in answer
    other = ask(pages, family="runs/back", do="upload", file=state(answer)["photo"])
    assert state(other)["drawing"] == state(answer)["photo"] and list(made(other)) == ["gan"]


def test_an_empty_sheet_is_told_what_to_draw(pages):
    for family, word in ((FAMILY, "windows"), ("aerial-map", "roads")):
        sheet = uri(Image.new("RGB", (SIZE, SIZE), "white"))
        assert word in quiet(ask(pages, family=family, drawing=sheet))[0]
        assert not quiet(ask(pages, family=family, drawing=uri(drawings.facade(1, SIZE))))


def test_captions_say_what_the_numbers_say(pages, tmp_path):
    from demos.tabs.compare import families, metrics
    from demos.ui.words import Words

    def said(**numbers):
        for loss, given in zip(("gan", "mae", "gan-mae"), zip(*numbers.values(), strict=True), strict=True):
            path = tmp_path / "runs" / f"pix2pix-facades-{loss}" / "model" / "config.json"
            metric = dict(zip((f"{key.replace('_', '-')}-test" for key in numbers), given, strict=True))
            path.write_text(json.dumps(json.loads(path.read_text()) | {"metrics": metric}))
        family = families.find(FAMILY)
        return [metrics.caption(Words("en"), family, key) for key in ("gan", "mae", "gan+mae")]

    gan, mae, both = said(l1=(0.3, 0.1, 0.2), tone=(0.2, 0.3, 0.1), sharpness=(0.8, 0.03, 0.5))
    assert (
        "80%" in gan
        and "nearest" not in gan
        and "Blurred: 3%" in mae
        and mae.endswith("nearest to real photos in error.")
    )
    assert both.endswith("nearest to real photos in tone.")
    gan, mae, both = said(l1=(0.1, 0.2, 0.2), tone=(0.1, 0.3, 0.2), sharpness=(0.05, 0.9, 0.5))
    assert "Blurred" in gan and gan.endswith("in error and tone.") and "Blurred" not in mae + both
    assert all("%" not in caption and "nearest" not in caption for caption in said(other=(1, 2, 3)))


def test_a_broken_model_leaves_the_others_standing(pages, tmp_path):
    (tmp_path / "runs" / "pix2pix-facades-mae" / "model" / "model.safetensors").write_bytes(b"broken")
    answer = ask(pages, drawing=uri(drawings.facade(1, SIZE)))
    assert set(made(answer)) == {"gan", "gan+mae"} and len(quiet(answer)) == 1


# --- the patch of a score ---------------------------------------------------------------------------------------


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


# --- in the browser ---------------------------------------------------------------------------------------------


@pytest.fixture
def look(surf, site):
    """look(path, width, ...) -> a page that shows Compare."""

    def go(path="", width=1440, **how):
        page = surf(site.url + path, width=width, **how)
        page.wait_for_selector("#cmp-two .gz-line", state="attached")
        page.wait_for_function("ganzoo.compare.state.answer && document.querySelector('#cmp-heat img').src")
        return page

    return go


def pictures(page) -> list[str]:
    return page.locator("#cmp-results [data-loss] img").evaluate_all("images => images.map(image => image.src)")


def followed(page, before: list[str]) -> list[str]:
    """Wait until none of the pictures is what it was."""
    page.wait_for_function(
        """before => { const now = [...document.querySelectorAll('#cmp-results [data-loss] img')].map(i => i.src);
           return now.length >= 3 && now.every(source => !before.includes(source)) && !ganzoo.compare.busy; }""",
        arg=before,
    )
    return pictures(page)


def drag(page, start, end, selector="#cmp-board canvas"):
    box = page.locator(selector).bounding_box()
    spots = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    page.mouse.move(*spots[0])
    page.mouse.down()
    page.mouse.move(*spots[1], steps=6)
    page.mouse.up()


def board(page) -> str:
    return page.evaluate("ganzoo.compare.canvas.toDataURL()")


def opens_with_the_four_results(page, heading: str):
    assert len(pictures(page)) == 4 and page.locator("#cmp-results .gz-cmp-verdict").is_visible()
    assert page.locator("#s-compare h2").inner_text().startswith(heading)
    page.locator("#s-cmp-blind").scroll_into_view_if_needed()  # the first round is asked for when it comes near
    page.wait_for_selector("#cmp-blind [data-guess]")
    assert page.locator("#cmp-blind [data-guess]").count() == 5 and page.locator(".gz-quiet:visible").count() == 0
    assert page.locator("img:not([alt])").count() == 0
    assert page.locator("#cmp-board .gz-colour:visible").count() == len(drawings.FACADE)


def test_it_opens_and_is_shared_in_chinese_on_a_phone(look):
    page = look("zh", width=390, height=844, locale="zh-TW")
    opens_with_the_four_results(page, "同一張圖")
    is_shared_by_one_command(page)


def test_the_results_are_looked_at_downloaded_and_shared(look):
    """All that changes nothing of what is there, one after the other on one page."""
    page = look()
    opens_with_the_four_results(page, "Same drawing")
    one_is_downloaded(page)
    page.click("[data-do=webcam]")
    page.wait_for_selector("#cmp-controls .gz-cmp-said >> text=No camera")
    two_are_compared_with_the_slider(page)
    a_click_on_the_scores_shows_the_patch(page)
    page.set_viewport_size({"width": 390, "height": 844})
    is_shared_by_one_command(page)


def test_drawing_is_followed_and_undone(look):
    page = look("?family=facades&drawing=4")
    page.wait_for_function("ganzoo.compare.state.seed === 4")
    first, sheet = pictures(page), board(page)
    drag(page, (0.2, 0.2), (0.7, 0.6))
    second = followed(page, first)
    assert board(page) != sheet
    page.click("[data-tool=brush]")
    page.click('[data-palette="label"] [data-colour="#00cefc"]')
    drag(page, (0.1, 0.9), (0.9, 0.8))
    followed(page, second)
    colours = page.evaluate(
        """() => { const c = ganzoo.compare.canvas, d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
           const found = new Set(); for (let i = 0; i < d.length; i += 4) found.add(`${d[i]},${d[i+1]},${d[i+2]}`);
           return [...found]; }"""
    )
    assert {tuple(map(int, c.split(","))) for c in colours} <= set(drawings.FACADE.values())  # no in-between colours
    page.keyboard.press("Control+z")
    page.wait_for_function("first => document.querySelector('#cmp-results img').src === first", arg=second[0])
    page.click("[data-do=undo]")
    page.wait_for_function("first => document.querySelector('#cmp-results img').src === first", arg=first[0])
    assert board(page) == sheet
    assert "drawing=" in page.url  # untouched again

    page.focus("#cmp-board canvas")  # and with the keyboard
    for key in ("ArrowLeft", "Enter", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    followed(page, first)


def test_the_real_photo_lies_behind_a_button_until_one_draws(look):
    page = look()
    photo, button = page.locator("#cmp-board .gz-truth"), page.locator("[data-do=reveal]")
    assert photo.is_hidden()
    button.press("Enter")
    assert photo.is_visible() and photo.get_attribute("src") == page.evaluate("ganzoo.compare.state.truth")
    button.press("Enter")
    assert photo.is_hidden()
    before = pictures(page)
    drag(page, (0.2, 0.2), (0.7, 0.6))  # another drawing has no photo
    followed(page, before)
    assert button.is_hidden() and photo.is_hidden()
    page.click("[data-do=undo]")
    page.wait_for_selector("[data-do=reveal]:visible")
    page.click("[data-do=example]")
    page.wait_for_function("location.search.includes('&pair=')")


def test_surprise_families_and_links(look):
    page = look()
    before = pictures(page)
    page.click("[data-do=surprise]")
    before = followed(page, before)
    page.wait_for_function("location.search.startsWith('?family=facades&drawing=')")
    page.click("[data-family=aerial-map]")
    before = followed(page, before)
    assert page.locator("#cmp-board .gz-colour:visible").count() == len(drawings.MAP)
    drag(page, (0.3, 0.3), (0.6, 0.5))
    mine = followed(page, before)
    page.wait_for_function("location.search.includes('&d=')")
    again = look(page.url.split("/", 3)[3])
    again.wait_for_function("first => document.querySelector('#cmp-results img').src === first", arg=mine[0])
    assert board(again) == board(page)


def test_uploads_dropped_pictures_and_a_bad_file(look, tmp_path):
    page = look()
    before = pictures(page)
    pair = Image.new("RGB", (128, 64), "grey")
    pair.paste(drawings.facade(8, 64), (64, 0))
    pair.save(tmp_path / "pair.png")
    page.set_input_files("#cmp-controls input[type=file]", tmp_path / "pair.png")
    page.wait_for_selector("#cmp-results .gz-notes >> text=right half")
    assert page.locator("#cmp-results dl").count() == 4 and page.locator("[data-do=reveal]").is_visible()
    assert "right half" in page.locator("#cmp-results .gz-notes").inner_text()
    before = pictures(page)
    page.evaluate(
        """async () => { const sheet = document.createElement('canvas'); sheet.width = 90; sheet.height = 60;
           const blob = await new Promise(done => sheet.toBlob(done)), bag = new DataTransfer();
           bag.items.add(new File([blob], 'black.png', { type: 'image/png' }));
           document.querySelector('.gz-sheet').dispatchEvent(new DragEvent('drop', { dataTransfer: bag, bubbles: true })); }"""
    )
    page.wait_for_selector("#cmp-results .gz-notes >> text=This is a photo")
    assert pictures(page) == before  # a photo changes nothing until one says what it is for
    page.focus("[data-do=trace]")
    page.keyboard.press("Enter")
    followed(page, before)
    assert page.locator("#cmp-board .gz-truth.gz-faint").is_visible()
    assert page.locator('#cmp-results [data-key="truth"]').count() == 1
    (tmp_path / "text.png").write_text("no picture")
    page.set_input_files("#cmp-controls input[type=file]", tmp_path / "text.png")
    page.wait_for_selector("#cmp-controls .gz-cmp-said >> text=no picture that can be read")
    assert len(pictures(page)) == 4 and "no picture" not in page.locator("#cmp-results").inner_text()
    page.click("#cmp-others summary")
    page.fill("[data-hub] input", "../none")
    page.keyboard.press("Enter")
    page.wait_for_selector("#cmp-controls .gz-cmp-said >> text=none")
    assert len(pictures(page)) == 4  # what was there stays


def one_is_downloaded(page):
    with page.expect_download() as download:
        page.locator("#cmp-results .gz-save").nth(1).click()
    assert download.value.suggested_filename == "facades-mae.png"
    assert uri(download.value.path().read_bytes()) == pictures(page)[1]


def is_shared_by_one_command(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.focus("[data-do=share]")
    page.keyboard.press("Enter")
    dialog = page.locator(".gz-share")
    assert dialog.locator("pre").inner_text() == "python demos/publish.py YOU/ganzoo"
    box = dialog.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["y"] + box["height"] <= 844
    page.click("[data-do=command]")
    page.wait_for_function("navigator.clipboard.readText().then(text => text === 'python demos/publish.py YOU/ganzoo')")
    page.keyboard.press("Escape")
    assert dialog.is_hidden() and page.evaluate("document.activeElement.dataset.do") == "share"


def two_are_compared_with_the_slider(page):
    page.locator("#cmp-two select").first.select_option("drawing")
    page.wait_for_function(
        "document.querySelector('#cmp-two [data-side=left].gz-made').src === ganzoo.compare.canvas.toDataURL()"
    )
    page.wait_for_function("/0[.][0-9]{3}/.test(document.querySelector('#cmp-two [data-apart]').textContent)")
    page.focus("#cmp-two input[type=range]")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('#cmp-two .gz-line')).getPropertyValue('--cut')")
        == "55%"
    )


def a_click_on_the_scores_shows_the_patch(page):
    stack = page.locator("#cmp-heat .gz-stack")
    stack.scroll_into_view_if_needed()
    box = stack.bounding_box()
    said = page.locator("#cmp-heat [data-said]").inner_text()
    stack.click(position={"x": 3, "y": 3})
    assert "Row 1, column 1" in page.locator("#cmp-heat [data-said]").inner_text() != said
    size = page.evaluate("ganzoo.compare.state.answer.size")
    _, _, right, bottom = patch_box(70, 0, 0, size)
    field = page.locator("#cmp-heat .gz-cmp-field").bounding_box()
    assert abs(field["width"] / box["width"] - right / size) < 0.01 and abs(field["x"] - box["x"]) < 1
    assert page.evaluate("[document.querySelector('.gz-patch').width, document.querySelector('.gz-patch').height]") == [
        right,
        bottom,
    ]
    stack.focus()
    page.keyboard.press("ArrowDown")
    assert "Row 2, column 1" in page.locator("#cmp-heat [data-said]").inner_text()
    page.locator("#cmp-heat [data-picture]").select_option("mae")
    page.wait_for_function(
        "document.querySelector('#cmp-heat img').src === document.querySelector('[data-key=mae]').src"
    )
    assert page.locator("#cmp-heat .gz-legend").inner_text().split("\n") == ["0 fake", "1 real"]
    page.locator("#cmp-heat [data-stretch]").check()
    scores = page.evaluate("ganzoo.compare.state.answer.scores.mae.flat()")
    assert page.locator("#cmp-heat [data-low]").inner_text() == f"{min(scores):.2f} lowest"
    page.locator("#cmp-heat [data-layer]").uncheck()
    assert page.locator("#cmp-heat .gz-layer").is_hidden()


def test_the_blind_round_keeps_a_tally(look):
    page = look()
    page.locator("#s-cmp-blind").scroll_into_view_if_needed()
    page.wait_for_selector("#cmp-blind [data-guess]")
    choices = page.locator("#cmp-blind [data-guess] span").all_inner_texts()
    assert choices == ["Choose A", "Choose B", "Choose C", "Choose D", "Choose E"]
    assert page.locator("[data-do=blind]").is_disabled() and page.locator(".gz-tally").is_hidden()
    page.locator("#cmp-blind [data-guess]").nth(1).click()
    names = page.locator("#cmp-blind [data-guess] span").all_inner_texts()
    assert (
        len(set(names)) == 5
        and {"GAN", "GAN + MAE", "MAE"} < set(names)
        and names[1].lower() in page.inner_text("#cmp-tally [data-revealed]").lower()
    )
    page.locator("#cmp-blind [data-guess]").nth(0).click()  # one choice a round
    total = (
        "[...document.querySelectorAll('#cmp-tally .gz-bar-number')].reduce((sum, n) => sum + Number(n.textContent), 0)"
    )
    assert page.evaluate(total) == 1
    before = page.locator("#cmp-blind img").first.get_attribute("src")
    page.click("[data-do=blind]")
    page.wait_for_function("before => document.querySelector('#cmp-blind img').src !== before", arg=before)
    page.wait_for_function("document.activeElement.dataset.guess")  # the keyboard goes on with it
    page.keyboard.press("Enter")
    assert page.evaluate(total) == 2
    page.reload()
    page.wait_for_function(f"{total} === 2")
    page.click("[data-do=forget]")
    assert page.evaluate(total) == 0


@pytest.fixture
def four(site):
    """A family of four at 256 pixels on the running site, named in the address."""
    for seed, loss in enumerate(pix2pix.LOSSES):
        model(site.folder, loss, seed, name=f"tiles-{loss.replace('+', '-')}", image_size=256)
    model(site.folder, "gan+mae", 3, name="tiles-gan-mae-perceptual", image_size=256, perceptual=10.0)
    yield "?family=runs/tiles&drawing=4"
    for folder in (site.folder / "runs").glob("tiles-*"):
        shutil.rmtree(folder)


def four_are_there(page):
    page.wait_for_function(  # the bundled family, which stood there first, has four results, too
        """() => !ganzoo.compare.busy
           && document.querySelector('#cmp-results [data-answer]')?.dataset.answer.includes('runs/tiles')
           && document.querySelectorAll('#cmp-results [data-loss] img').length === 4"""
    )


@pytest.mark.parametrize("path", PAGES.values())
def test_four_results_stand_in_even_rows_and_nothing_overflows(four, look, path):
    page = look(path + four, width=1280)
    four_are_there(page)
    for width, columns in ((1280, 4), (820, 4), (390, 2)):
        page.set_viewport_size({"width": width, "height": 844})
        page.wait_for_function("width => innerWidth === width", arg=width)
        boxes = [image.bounding_box() for image in page.locator("#cmp-results [data-loss] img").all()]
        sheet = page.locator("#cmp-board canvas").bounding_box()
        rows = [boxes[i : i + columns] for i in range(0, 4, columns)]
        for row in rows:
            assert max(abs(box[key] - row[0][key]) for box in row for key in ("y", "width")) < 1.5
            assert all(a["x"] + a["width"] + 8 <= b["x"] for a, b in zip(row, row[1:], strict=False))
        assert all(box["width"] > 150 for box in boxes) and len({round(row[0]["y"]) for row in rows}) == len(rows)
        if width == 1280:  # the drawing beside them, not above
            assert sheet["x"] + sheet["width"] < boxes[0]["x"] and abs(sheet["y"] - boxes[0]["y"]) < 2
        else:
            assert sheet["y"] + sheet["height"] < boxes[0]["y"]
        assert not overflowing(page), width
    assert page.evaluate("ganzoo.compare.canvas.width") == 256  # more than there is room for: smoothed, lines stay
    assert page.evaluate("getComputedStyle(ganzoo.compare.canvas).imageRendering") == "auto"
    page.locator("#s-cmp-blind").scroll_into_view_if_needed()
    page.wait_for_selector('#cmp-blind [data-family="runs/tiles"] [data-guess="gan+mae+perceptual"]')
    assert page.locator("#cmp-blind [data-guess]").count() == 5
    page.locator('#cmp-blind [data-guess="gan+mae+perceptual"]').click()
    page.wait_for_selector('#cmp-tally .gz-bar[data-count="gan+mae+perceptual"]')
    counted = page.locator("#cmp-tally .gz-bar:visible")
    assert counted.evaluate_all("bars => bars.map(bar => bar.dataset.count)") == ["gan", "mae", "gan+mae", BEYOND]
    assert counted.locator(".gz-bar-number").all_inner_texts() == ["0", "0", "0", "1"]
