"""The tab Translate: there and back, what it refuses, a folder in and a zip out, and the whole tab in a real browser.

Small networks with random weights stand in for trained ones: nothing here depends on how well a model translates.
"""

import io
import re
import zipfile
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest
from gradio.data_classes import FileData, ListFiles
from PIL import Image

import ganzoo
from demos.catalog import hub, local
from demos.tabs.translate import inference
from demos.tabs.translate.tab import Translate
from demos.ui.words import Words
from ganzoo import GanzooError
from ganzoo.hub.bundled import WEIGHTS
from tests.demos.tabs.test_compare import followed, shown
from tests.fake_hub.pictures import saved, zipped
from tests.hostile.made import cycle
from tests.support.raises_code import raises_code

NAME = "runs/tiny"
HORSE, ZEBRA = "horse->zebra", "zebra->horse"


@pytest.fixture
def pages(tmp_path, monkeypatch):
    """The modules of the tab, in a folder with one small CycleGAN."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "cache"))
    cycle(tmp_path / "runs" / "tiny" / "model")
    yield inference
    local.FETCHED.clear()
    local._opened.cache_clear()
    inference._example.cache_clear()


@cache
def tab(language="en"):
    with gr.Blocks():
        return Translate(Words(language))


def named(language, answer) -> SimpleNamespace:
    """An answer of the tab by the names of its components."""
    parts = {name: part for name, part in vars(tab(language)).items() if isinstance(part, gr.components.Component)}
    return SimpleNamespace(**{name: answer[part] for name, part in parts.items() if part in answer})


def own(path, model=NAME, way=0, times=1, language="en") -> SimpleNamespace:
    """What the tab shows of a visitor's picture."""
    return named(language, tab(language)._own(path, model, way, times))


def photo(width=60, height=40, seed=1) -> Image.Image:
    noise = np.random.default_rng(seed).integers(0, 255, (6, 9, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)


def kept(picture: Image.Image, path: Path) -> str:
    picture.save(path)
    return str(path)


def values(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture.convert("RGB")).astype(float)


def notes(html: str) -> list[str]:
    return re.findall(r'<p class="gz-quiet" role="status">([^<]*)</p>', html)


def test_the_row_is_what_the_model_translates_in_both_directions(pages, tmp_path):
    model, picture = ganzoo.load(NAME), photo(30, 20)
    path = kept(picture, tmp_path / "mine.png")
    for way, direction in enumerate((HORSE, ZEBRA)):
        shown = own(path, way=way)
        there, back = (Image.open(part["value"]) for part in (shown.there, shown.back))
        assert (values(there) == values(model.translate(picture, direction=direction))).all()
        original, made = shown.slider
        assert made == shown.there["value"] and (values(Image.open(original)) == values(picture)).all()
        changed, lost = (float(x) for x in re.findall(r"by (0\.\d{3})", shown.report))
        assert changed == pytest.approx(np.abs(values(there) - values(picture)).mean() / 255, abs=0.003)
        assert lost == pytest.approx(np.abs(values(back) - values(picture)).mean() / 255, abs=0.003)
        assert shown.way["value"] == way and shown.example == ""


def test_the_size_is_the_model_s_own_a_multiple_or_the_picture_s(pages, tmp_path, monkeypatch):
    model = inference.find(NAME)  # learned at 32 pixels
    for size, times, made in (((200, 50), 1, (32, 8)), ((200, 50), 2, (64, 16)), ((200, 50), 0, (200, 50)),
                              ((20, 10), 4, (20, 10)), ((1, 1), 1, (1, 1)), ((5, 90), 1, (2, 32))):  # fmt: skip
        assert inference.there_and_back(model, photo(*size), HORSE, times).there.size == made
    path = kept(photo(200, 50), tmp_path / "large.png")
    assert "200 × 50 pixels and is translated at 32 × 8" in notes(own(path).report)[0]
    assert "sees only details" in notes(own(path, times=0).report)[0]
    monkeypatch.setattr(inference, "LONGEST", 100)
    assert inference.there_and_back(model, photo(200, 50), HORSE, 0).there.size == (100, 25)


def test_examples_follow_the_direction(pages):
    first = pages.first("")
    assert (first.example, first.direction) == ("horses", HORSE)
    assert pages.turned("horses", NAME, 1, 1).example == "zebra"  # a horse need not become a horse
    assert pages.turned("cow", NAME, 1, 1).example == "cow"
    assert pages.of_example("zebra", NAME, 0, 1).direction == ZEBRA  # turned by itself
    for name in ("", "horse", "horse-1", "facade-", "facade--1", "../horses", "photo-5", "facade-1e9"):
        with pytest.raises(GanzooError):
            pages.of_example(name, NAME, 0, 1)


def test_a_horse_sent_from_zebra_to_horse_gets_a_sentence(pages, tmp_path):
    horses = kept(inference.example("horses"), tmp_path / "horses.png")
    assert "already looks like a horse" in notes(own(horses, way=1).report)[0]
    assert "already" not in own(horses).report
    cycle(tmp_path / "runs" / "towns" / "model", direction="facade->town", data="towns")  # of these nobody is a judge
    assert not inference.already(inference.find("runs/towns"), photo(), "facade->town")


def test_an_address_brings_its_picture_and_a_broken_one_the_usual(pages):
    link = f"?tab=translate&model={NAME}&direction=zebra-%3Ehorse&example=zebra"
    made = pages.first(link)
    assert (made.model.name, made.direction, made.example, made.trouble) == ("tiny", ZEBRA, "zebra", None)
    sizes = [pages.first(f"{link}&size={size}").times for size in ("0", "4", "7", "x")]
    assert sizes == [0, 4, inference.USUAL, inference.USUAL] and made.times == inference.USUAL
    row = named("en", tab("en")._answer(lambda: pages.first(f"{link}&size=4")))
    assert "example=zebra&amp;size=4" in row.report and row.size["value"] == 4
    assert pages.first("?model=gan-mnist&seed=3").direction  # another tab's address
    broken = pages.first("?tab=translate&model=nothing&direction=AtoB")
    assert broken.trouble and broken.there
    way = pages.first(f"?tab=translate&model={NAME}&direction=AtoB")
    assert "horse->zebra, zebra->horse" in str(way.trouble)


def test_without_any_model_one_calm_line(pages, monkeypatch):
    monkeypatch.setattr(inference, "models", lambda: [])
    for language in ("en", "zh"):
        shown = named(language, tab(language)._first(SimpleNamespace(_data={})))
        line = notes(shown.report)
        assert len(line) == 1 and "train/cyclegan.py" in line[0] and shown.there is None


def test_a_model_with_one_way_only_says_so_where_the_other_one_is_needed(pages, tmp_path):
    (tmp_path / "runs" / "tiny" / "model" / "model_back.safetensors").unlink()
    assert inference.there(inference.find(NAME), photo(), HORSE).size == (60, 40)
    line = notes(own(kept(photo(), tmp_path / "mine.png")).report)
    assert len(line) == 1 and "model_back.safetensors is missing" in line[0]
    cycle(tmp_path / "runs" / "half" / "model", one_way=True)
    path = kept(photo(), tmp_path / "mine.png")
    shown = own(path, "runs/half", 1)
    assert shown.there["value"] and shown.back["value"] is None and shown.error is None
    assert any("only one way" in line for line in notes(shown.report))
    assert notes(judged("original", path, None, None, model="runs/half")[1])


def judged(key, original, there, back, model=NAME, way=0, **event):
    return tab()._judge(key, original, there, back, model, way, 1, SimpleNamespace(_data=event))


def test_each_picture_is_judged_by_the_critic_of_its_own_side(pages, tmp_path):
    model, path = ganzoo.load(NAME), kept(photo(32, 24), tmp_path / "mine.png")
    for key, judge, side in (("there", HORSE, "zebra"), ("back", ZEBRA, "horse"), ("original", ZEBRA, "horse")):
        sheet, said = judged(key, path, path, path)
        scores = model.critique(photo(32, 24), direction=judge)
        row, column = np.unravel_index(scores.argmin(), scores.shape)
        assert f"real {side}? Mean score {scores.mean():.2f}" in said and "16 × 16 pixels" in said
        assert f"Row {row + 1}, column {column + 1}: {scores.min():.2f}" in said  # the least real one
        assert Image.open(sheet).size == (32, 24)
    assert "Row 1, column 1:" in judged("there", path, path, path, index=[0, 0])[1]
    assert judged("else", path, path, path) == (None, "")


def test_the_critic_s_colours_say_real_and_fake(pages):
    model, grey = inference.find(NAME), Image.new("RGB", (16, 16), (100, 100, 100))
    maps = [inference.critic_map(model, grey, np.full((8, 8), score), (4, 4)) for score in (1.0, 0.0, 0.5)]
    real, fake, unsure = (values(shown)[8, 8] for shown in maps)
    assert real[1] > real[0] and fake[1] < fake[0] and (unsure == 100).all()


def test_a_model_that_is_none_is_refused_in_one_line(pages, tmp_path):
    path = kept(photo(), tmp_path / "mine.png")
    for name in ("../../etc", "gan-mnist", "runs/../x", "x" * 900, "nothing"):
        answer = own(path, name)
        assert len(notes(answer.report)) == 1 and answer.there is None
        assert len(notes(judged("there", path, path, path, model=name)[1])) == 1
        assert notes(last([path], model=name).done)


def folder(files, way=0, model=NAME):
    """What the tab gives one after the other: the zip, the preview, what is done."""
    for answer in tab("en")._all(files, model, way, 1, lambda *args, **kwargs: None):
        yield named("en", answer)


def last(files, **how) -> SimpleNamespace:
    return list(folder(files, **how))[-1]


def put(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return str(path)


def result(answer) -> dict[str, Image.Image]:
    with zipfile.ZipFile(answer.zip["value"]) as sheet:
        return {name: Image.open(io.BytesIO(sheet.read(name))).convert("RGB") for name in sheet.namelist()}


def test_pictures_and_a_zip_come_back_as_a_zip(pages, tmp_path):
    a, b = photo(30, 20, 1), photo(20, 32, 2)
    files = {"deep/a.jpg": saved(a, "PNG"), "b.png": saved(b, "PNG"), "notes.txt": b"hello", "c.png": b"no"}
    inside = zipped(files)
    events = list(folder([put(tmp_path / "a.png", saved(a, "PNG")), put(tmp_path / "all.zip", inside)], way=1))
    found, previews = result(events[-1]), [e.preview["value"] for e in events if getattr(e, "preview", {}).get("value")]
    assert list(found) == ["a-horse.png", "a-horse-2.png", "b-horse.png"] and [len(p) for p in previews] == [1, 2, 3]
    assert found["b-horse.png"].tobytes() == ganzoo.load(NAME).translate(b, direction=ZEBRA).tobytes()
    assert "1 left out" in notes(events[-1].done)[0] and "c.png" in notes(events[-1].done)[0]
    assert Path(events[-1].zip["value"]).name == "tiny-zebra-to-horse.zip"


def test_a_wrong_file_is_named_in_the_page_s_own_sentence(pages, tmp_path):
    wrong, good = put(tmp_path / "README.md", b"# text"), put(tmp_path / "a.png", saved(photo(16, 16), "PNG"))
    sent = ListFiles(root=[FileData(path=path, orig_name=Path(path).name) for path in (wrong, good)])
    Path(tab("zh").files.GRADIO_CACHE).mkdir(parents=True, exist_ok=True)
    files = tab("zh").files.preprocess(sent)  # of file types, gradio would refuse the others in English
    done = list(tab("zh")._all(files, NAME, 0, 1, lambda *args, **kwargs: None))[-1][tab("zh").done]
    assert Words("zh")("trl_left_out", count=1, names="README.md") in done


def test_hostile_zips_get_one_sentence_and_unpack_nothing(pages, tmp_path, monkeypatch):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    good = saved(photo(16, 16), "PNG")
    at = tmp_path / "x.zip"
    names = ("../../../slipped.png", "/etc/absolute.png", "..\\..\\windows.png", "c:evil.png")
    slip = zipped(dict.fromkeys(names, good))
    found = result(last([put(at, slip)]))
    assert list(found) == ["slipped-zebra.png", "absolute-zebra.png", "windows-zebra.png", "cevil-zebra.png"]
    bomb = zipped({f"{i}.png": bytes(20 << 20) for i in range(9)}, zipfile.ZIP_DEFLATED)
    lying = zipped({"a.png": bytes(9 << 20)}, zipfile.ZIP_DEFLATED, file_size=1000)
    cases = {
        "ten thousand": (zipped({f"{i}.png": b"x" for i in range(10_000)}), "10,000 files are too many"),
        "bomb": (bomb, "more than 160 MB"),
        "lying": (lying, "cannot be read|no picture"),
        "texts": (zipped({"a.txt": b"x", "__MACOSX/._a.png": good, ".hidden.png": good}), "no picture"),
        "no zip": (b"PK\3\4 and then nothing", "cannot be read"),
    }
    for name, (raw, words) in cases.items():
        said = notes(last([put(at, raw)]).done)
        assert len(said) == 1 and re.search(words, said[0]), (name, said)
    assert "201 files are too many" in notes(last([str(at)] * 201).done)[0]
    large = put(tmp_path / "large.png", bytes(49 << 20))
    assert "more than 48 MB" in notes(last([large]).done)[0]
    assert "Choose the files" in notes(last([str(tmp_path / "gone.png")]).done)[0]
    names = {p.name for p in tmp_path.rglob("*") if p.is_file()}
    assert not {"slipped.png", "absolute.png", "windows.png", "evil.png"} & names and not list(temporary.iterdir())


def test_a_folder_can_be_stopped_between_two_pictures(pages, tmp_path, monkeypatch):
    made, there = [], inference.there
    monkeypatch.setattr(inference, "there", lambda *a: made.append(1) or there(*a))
    events = folder([put(tmp_path / f"{i}.png", saved(photo(16, 16), "PNG")) for i in range(6)])
    for _ in range(3):
        next(events)
    events.close()  # what gradio does when a visitor presses Stop
    assert len(made) == 2 and list(events) == []


def test_a_model_of_the_hub_is_opened_by_its_name(pages, tmp_path, monkeypatch):
    cycle(tmp_path / "towns" / "model", direction="facade->town")
    pulled = {"ann/towns": tmp_path / "towns" / "model", "ann/digits": WEIGHTS / "gan-mnist"}
    monkeypatch.setattr(hub, "_pull", pulled.__getitem__)
    row = pages.turned("horses", "ann/towns", 0, 1)
    found = inference.catalog_name(row.model), row.direction, row.example
    assert found == ("ann/towns", "facade->town", "facade-1") and "ann/towns" in inference.models()
    with raises_code("trl_not_cycle"):
        pages.turned("horses", "ann/digits", 0, 1)


LINK = "?tab=translate&model=runs/tiny-cycle&direction=horse-%3Ezebra&example=horses"
PICTURES = "#trl-there img, #trl-back img, #trl-error img, #trl-change img"
row_followed = partial(followed, pictures=PICTURES, least=4)


@pytest.fixture
def look(surf, site):
    """look(path, link, width, ...) -> a page there; of Translate, with all of its pictures."""

    def go(path="", link=LINK, **how):
        page = surf(site.url + path + link, **how)
        page.wait_for_selector(".gz-card" if "zoo" in link else "#trl-heat img", state="attached")
        return page

    return go


def press(page, selector: str, key: str = "Enter") -> None:
    """Press Tab until an element of that selector has the focus, then the key."""
    for _ in range(120):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            page.keyboard.press(key)
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector}")


def test_a_phone_shows_a_row_that_goes_with_its_picture_and_an_unreadable_one_says_so(look, tmp_path):
    page = look("zh", width=390)
    assert len(shown(page, PICTURES)) == 4 and page.locator("#trl-examples button img").count() == 4
    assert page.locator("#trl-loops svg").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click("#trl-original [aria-label='Remove Image']")
    page.wait_for_selector("#trl-there img", state="detached")
    (tmp_path / "bad.png").write_bytes(b"no picture")
    page.set_input_files("#trl-original input[type=file]", tmp_path / "bad.png")
    page.wait_for_selector("#trl-report .gz-quiet")
    assert page.locator("#trl-there img").count() == 0


def test_the_whole_story_by_keyboard_alone(look, tmp_path):
    page = look(link="?tab=zoo")  # which opens a model here
    press(page, '.gz-card[data-name="runs/tiny-cycle"]')
    page.wait_for_selector("#card h1")
    press(page, "#open-model")
    page.wait_for_function("location.search.includes('tab=translate') && location.search.includes('tiny-cycle')")
    page.wait_for_selector("#trl-heat img", state="attached")
    first = shown(page, PICTURES)
    press(page, "#trl-way label:nth-of-type(2) input", "Space")
    second = row_followed(page, first)
    page.wait_for_function("location.search.includes('direction=zebra-%3Ehorse&example=zebra')")
    press(page, "#trl-size label:nth-of-type(1) input", "Space")
    third = row_followed(page, second)
    photo(90, 50).save(tmp_path / "mine.png")
    press(page, "#trl-original [aria-label='Remove Image']")
    page.wait_for_selector("#trl-there img", state="detached")
    page.set_input_files("#trl-original input[type=file]", tmp_path / "mine.png")  # the system's own window
    mine = row_followed(page, third)
    page.wait_for_function("!location.search.includes('example')")
    with page.expect_download() as download:
        press(page, "#trl-there a")
    assert download.value.suggested_filename.startswith("zebra-to-horse-there")
    press(page, "#trl-examples button")
    row_followed(page, mine)
    page.wait_for_function("location.search.includes('direction=horse-%3Ezebra&example=horses')")
    page.wait_for_function("document.querySelector('#trl-opinion').innerText.includes('real zebra')")
    press(page, "#trl-judged label:nth-of-type(1) input", "Space")
    page.wait_for_function("document.querySelector('#trl-opinion').innerText.includes('real horse')")
    a_folder_goes_in_and_a_zip_comes_out(page, tmp_path)


def a_folder_goes_in_and_a_zip_comes_out(page, tmp_path):
    """By keyboard; the page translates horse->zebra."""
    for i in range(3):
        photo(40, 30, i).save(tmp_path / f"p{i}.png")
    page.set_input_files("#trl-files input[type=file]", [tmp_path / f"p{i}.png" for i in range(3)])
    page.wait_for_selector("#trl-files :text('p2')")
    press(page, "#trl-go")
    page.wait_for_selector("#trl-zip a[href]")
    with page.expect_download() as download:
        press(page, "#trl-zip a")
    with zipfile.ZipFile(download.value.path()) as sheet:
        assert sheet.namelist() == [f"p{i}-zebra.png" for i in range(3)] and sheet.testzip() is None
