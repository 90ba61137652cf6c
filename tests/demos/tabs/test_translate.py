"""The tab Translate: there and back, what it refuses, a folder in and a zip out, and the whole tab in a real browser.

Small networks with random weights stand in for trained ones: nothing here depends on how well a model translates.
"""

import io
import json
import re
import subprocess
import tempfile
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from ganzoo import GanzooError
from ganzoo.data import drawings
from tests.demos.tabs.test_compare import UNREADABLE, hostile, quiet, saved, state, uri
from tests.demos.test_pages import PAGES
from tests.fake_hub.server import LocalHub
from tests.support import quick
from tests.support.serve import DEMOS, cycle

NAME = "runs/tiny"
HORSE, ZEBRA = "horse->zebra", "zebra->horse"


@pytest.fixture
def pages(tmp_path, monkeypatch):
    """The answers of the tab, in a folder with one small CycleGAN."""
    monkeypatch.chdir(tmp_path)
    cycle(tmp_path / "runs" / "tiny" / "model")
    from demos.tabs.translate import handlers as translate_handlers

    yield translate_handlers
    from demos.catalog import local

    local.FETCHED.clear()
    local._opened.cache_clear()
    translate_handlers._example.cache_clear()


def ask(pages, language="en", **said):
    from demos.ui.words import Words

    return pages.answer(Words(language), json.dumps({"id": 3, "model": NAME} | said))


def row(answer: str) -> dict[str, np.ndarray]:
    """The pictures of an answer: original, there, back, error."""
    import base64

    found = re.findall(r'<img class="gz-trl-pic" data-key="(\w+)" src="data:image/\w+;base64,([^"]+)"', answer)
    pictures = {k: Image.open(io.BytesIO(base64.b64decode(v))).convert("RGB") for k, v in found}
    return {k: np.asarray(p).astype(float) for k, p in pictures.items()}


def failed(answer: str) -> str:
    return state(answer).get("failed", "")


def photo(width=60, height=40, seed=1) -> Image.Image:
    noise = np.random.default_rng(seed).integers(0, 255, (6, 9, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)


# --- there and back ---------------------------------------------------------------------------------------------


def test_the_row_is_what_the_model_translates_in_both_directions(pages):
    import ganzoo

    model, picture = ganzoo.load(NAME), photo()
    for direction, back in ((HORSE, ZEBRA), (ZEBRA, HORSE)):
        answer = ask(pages, do="upload", file=uri(picture), direction=direction)
        seen, said = row(answer), state(answer)
        assert list(seen) == ["original", "there", "back", "error"] and (seen["original"] == np.asarray(picture)).all()
        assert (seen["there"] == np.asarray(model.translate(picture, direction=direction))).all()
        assert (said["direction"], said["back"], said["model"], said["example"]) == (direction, back, NAME, "")
        shown = float(re.search(r"cycle error.*?<b>([\d.]+)</b>", answer)[1])
        assert shown == pytest.approx(np.abs(seen["back"] - seen["original"]).mean() / 255, abs=0.003)
        apart = np.abs(seen["there"] - seen["original"]).mean() / 255
        assert float(re.search(r"[\d.]+$", said["apart"])[0]) == pytest.approx(apart, abs=0.001)


def test_the_error_s_picture_is_dark_where_nothing_is_lost(pages):
    import torch

    from demos.tabs.translate import inference as translate_inference

    lost = torch.tensor([[0.0, 0.1], [0.25, 0.9]])
    colours = np.asarray(translate_inference.heat(lost).convert("RGB")).astype(int).sum(2)
    assert tuple(translate_inference.HEAT[0]) == translate_inference.heat(lost).convert("RGB").getpixel((0, 0))
    assert colours[0, 0] < colours[0, 1] < colours[1, 0] < colours[1, 1] == 3 * 255


def test_pictures_keep_their_size_and_too_large_ones_say_so(pages, monkeypatch):
    from demos.tabs.translate import inference as translate_inference
    from demos.tabs.translate import render as translate_render

    for size in ((1, 1), (5, 90), (131, 47)):
        assert {p.shape[:2] for p in row(ask(pages, do="upload", file=uri(photo(*size)))).values()} == {size[::-1]}
    assert "keeps its size" in quiet(ask(pages, do="upload", file=uri(photo(131, 47))))[0]  # larger than it learned
    monkeypatch.setattr(translate_inference, "LONGEST", 100)
    monkeypatch.setattr(translate_render, "LONGEST", 100)
    answer = ask(pages, do="upload", file=uri(photo(200, 50)))
    assert row(answer)["there"].shape[:2] == (25, 100) and "larger than 100 pixels" in quiet(answer)[0]


def test_a_large_picture_travels_as_a_jpeg(pages, monkeypatch):
    from demos.tabs.translate import inference as translate_inference

    monkeypatch.setattr(translate_inference, "EXACT", 500)
    answer = ask(pages, do="upload", file=uri(photo()))
    assert 'src="data:image/jpeg' in answer and 'download="horse-to-zebra-there.jpg"' in answer
    assert row(answer)["there"].shape == (40, 60, 3)


def test_the_facade_is_drawn_as_large_as_its_model_met_them(monkeypatch):
    from demos.tabs.translate import inference as translate_inference

    model = SimpleNamespace(config=SimpleNamespace(image_size=64), translate=lambda drawing: drawing)
    monkeypatch.setattr(translate_inference.local, "open_translator", lambda name: model)
    assert translate_inference.example.__wrapped__(translate_inference.PHOTO).size == (64, 64)


def test_examples_follow_the_direction(pages):
    first = state(ask(pages))
    assert (first["example"], first["direction"]) == ("horse-9", HORSE)
    turned = state(ask(pages, do="again", direction=ZEBRA, example="horse-0"))
    assert turned["example"] == "zebra-33"  # a horse need not become a horse
    assert state(ask(pages, do="example", direction=HORSE, example="photo-4"))["example"] == "photo-4"
    assert "made by pix2pix-facades-gan-mae" in ask(pages) and "drawn by code" in ask(pages)
    assert failed(ask(pages, do="example", example="horse-99999")) and failed(ask(pages, do="example", example="cow-1"))


def test_drawn_animals_differ_and_are_the_same_every_time(pages):
    from demos.tabs.translate import animals

    horse, zebra = (np.asarray(animals.draw(a, 0, 64)).astype(float) for a in animals.ANIMALS)
    animals.draw.cache_clear()
    assert (np.asarray(animals.draw("horse", 0, 64)) == horse).all()
    trunk = (slice(28, 36), slice(28, 46))
    brown = horse[trunk].mean((0, 1))
    assert brown[0] > brown[2] + 25  # a coat of one colour
    assert zebra[trunk].std() > 2 * horse[trunk].std()  # stripes


def test_an_address_brings_its_picture_and_a_broken_one_the_usual(pages):
    from demos.ui.words import Words

    def first(query):
        return pages.first(Words("en"), query)

    said = state(first(f"?tab=translate&model={NAME}&direction=zebra-%3Ehorse&example=zebra-1"))
    assert (said["model"], said["direction"], said["example"]) == (NAME, ZEBRA, "zebra-1")
    assert state(first("?model=gan-mnist&seed=3"))["direction"]  # another tab's address
    broken = first("?tab=translate&model=nothing&direction=AtoB")
    assert len(quiet(broken)) == 1 and len(row(broken)) == 4


def test_without_any_model_one_calm_line(pages, monkeypatch):
    from demos.tabs.translate import inference as translate_inference
    from demos.ui.words import Words

    monkeypatch.setattr(translate_inference, "models", lambda: [])
    for language in ("en", "zh"):
        answer = pages.first(Words(language), "")
        assert len(quiet(answer)) == 1 and "train/cyclegan.py" in quiet(answer)[0] and not row(answer)


def test_only_the_way_that_is_asked_for_is_needed(pages, tmp_path):
    from demos.tabs.translate import batch as translate_batch
    from demos.tabs.translate import inference as translate_inference

    (tmp_path / "runs" / "tiny" / "model" / "model_back.safetensors").unlink()
    model = translate_inference.find(NAME)
    assert translate_batch.translated(model, saved(photo(), "PNG"), HORSE)[1] == "png"
    line = failed(ask(pages, do="upload", file=uri(photo())))
    assert "model_back.safetensors is missing" in line and "\n" not in line


def test_a_model_with_one_way_only_says_so(pages, tmp_path):
    cycle(tmp_path / "runs" / "half" / "model", one_way=True)
    answer = ask(pages, model="runs/half", do="upload", file=uri(photo()))
    assert list(row(answer)) == ["original", "there"] and "only one way" in quiet(answer)[0]
    assert failed(critic(pages, model="runs/half", picture="original", file=uri(photo())))


def test_the_page_s_own_direction_never_a_to_b(pages):
    for direction in ("AtoB", "zebra", "horse->horse"):
        line = failed(ask(pages, do="again", direction=direction))
        assert "horse->zebra, zebra->horse" in line
    assert "AtoB" not in ask(pages)


# --- the critic -------------------------------------------------------------------------------------------------


def critic(pages, language="en", **said):
    from demos.ui.words import Words

    return pages.critic(Words(language), json.dumps({"id": 3, "model": NAME} | said))


def test_each_picture_is_judged_by_the_critic_of_its_own_side(pages):
    import base64

    import ganzoo

    model, picture = ganzoo.load(NAME), photo()
    for key, judge, side in (("there", HORSE, "zebra"), ("back", ZEBRA, "horse"), ("original", ZEBRA, "horse")):
        said = state(critic(pages, do="again", direction=HORSE, picture=key, file=uri(picture)))
        grid = model.critique(picture, direction=judge)
        sent = np.asarray(Image.open(io.BytesIO(base64.b64decode(said["scores"].split(",")[1])))) / 255
        assert np.abs(sent - grid.clip(0, 1)).max() < 0.003 and said["shape"] == list(grid.shape)
        assert f"real {side}" in said["asked"] and said["field"] == 16 and said["jump"] == 2
    assert failed(critic(pages, picture="else", file=uri(picture)))


# --- what it refuses --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ("en", "zh"))
def test_every_hostile_picture_is_translated_or_refused_in_one_line(pages, language):
    for name, raw in hostile().items():
        answer = ask(pages, language, do="upload", file=uri(raw))
        line = failed(answer)
        if name in UNREADABLE | {"postscript"}:
            assert 8 < len(line) < 200 and not re.search("Traceback|Error|0x|/", line.replace("/PNG", "")), (name, line)
            assert bool(re.search("[一-鿿]", line)) == (language == "zh"), line
        else:
            assert not line and len(row(answer)) == 4, (name, line)


def test_nonsense_is_answered_in_one_line(pages):
    from demos.ui.words import Words

    junk = ["NaN", None, -5, "x" * 1000, [1], {}, "[]", "{", '{"do": 7}', '{"model": ["x"]}', '{"do": "explode"}', "[" * 5000,
            '{"file": {"a": 1}}', '{"model": "../../etc"}', '{"model": "gan-mnist"}', '{"model": "runs/../x", "do": "model"}',
            '{"direction": "' + "x" * 900 + '"}', "x" * 40_000_000]  # fmt: skip
    for payload in junk:
        for answer in (pages.answer(Words("en"), payload), pages.critic(Words("en"), payload)):
            assert failed(answer) or row(answer), str(payload)[:60]
            assert not re.search("Traceback|KeyError|TypeError", answer)
        assert quiet(list(folder(payload, raw=True))[-1]), str(payload)[:60]


# --- a folder ---------------------------------------------------------------------------------------------------


def folder(files, direction=HORSE, raw=False):
    from demos.tabs.translate import batch as translate_batch
    from demos.ui.words import Words

    if not raw:
        files = [{"name": name, "data": uri(data)} for name, data in files]
        files = json.dumps({"model": NAME, "direction": direction, "files": files})
    return translate_batch.answer(Words("en"), files)


def packed(files, **options) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", **options) as sheet:
        for name, content in files:
            sheet.writestr(name, content)
    return buffer.getvalue()


def result(html: str) -> dict[str, Image.Image]:
    import base64

    raw = base64.b64decode(re.search(r'data-zip="([^"]*)"', html)[1])
    with zipfile.ZipFile(io.BytesIO(raw)) as sheet:
        return {name: Image.open(io.BytesIO(sheet.read(name))).convert("RGB") for name in sheet.namelist()}


def test_pictures_and_a_zip_come_back_as_a_zip(pages):
    import ganzoo

    a, b = photo(30, 20, 1), photo(20, 44, 2)
    inside = packed(
        [("deep/a.jpg", saved(a, "PNG")), ("b.png", saved(b, "PNG")), ("notes.txt", b"hello"), ("c.png", b"no")]
    )
    events = list(folder([("a.png", saved(a, "PNG")), ("all.zip", inside)], ZEBRA))
    assert sum("gz-trl-progress" in e for e in events) == 5 and "2 of 4: a.jpg" in events[2]
    found = result(events[-1])
    assert list(found) == ["a-horse.png", "a-horse-2.png", "b-horse.png"]
    model = ganzoo.load(NAME)
    assert found["b-horse.png"].tobytes() == model.translate(b, direction=ZEBRA).tobytes()
    assert "1 left out" in quiet(events[-1])[0] and "c.png" in quiet(events[-1])[0]
    assert 'download="tiny-zebra-to-horse.zip"' in events[-1]


def test_hostile_zips_get_one_sentence_and_write_nothing(pages, tmp_path, monkeypatch):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    good = saved(photo(16, 16), "PNG")
    before = {str(p) for p in tmp_path.rglob("*")}
    slip = packed(
        [
            ("../../../slipped.png", good),
            ("/etc/absolute.png", good),
            ("..\\..\\windows.png", good),
            ("c:evil.png", good),
        ]
    )
    found = result(list(folder([("x.zip", slip)]))[-1])
    assert list(found) == ["slipped-zebra.png", "absolute-zebra.png", "windows-zebra.png", "cevil-zebra.png"]
    bomb = packed([(f"{i}.png", bytes(20 << 20)) for i in range(9)], compression=zipfile.ZIP_DEFLATED)
    locked = bytearray(packed([("a.png", good)]))
    locked[6] |= 1
    locked[locked.index(b"PK\1\2") + 8] |= 1
    lying = bytearray(packed([("a.png", bytes(9 << 20))], compression=zipfile.ZIP_DEFLATED))
    lying[lying.index(b"PK\1\2") + 24 : lying.index(b"PK\1\2") + 28] = (1000).to_bytes(4, "little")
    cases = {
        "ten thousand": (packed([(f"{i}.png", b"x") for i in range(10_000)]), "10,000 files are too many"),
        "bomb": (bomb, "more than 160 MB"),
        "locked": (bytes(locked), "password"),
        "cut": (packed([("a.png", good)])[:-30], "cannot be read"),
        "lying": (bytes(lying), "cannot be read|no pictures"),
        "empty": (packed([]), "no pictures"),
        "texts": (packed([("a.txt", b"x"), ("__MACOSX/._a.png", good), (".hidden.png", good)]), "no pictures"),
        "no zip": (b"PK\3\4 and then nothing", "cannot be read"),
        "a zip in a zip": (packed([("inner.zip", packed([("a.png", good)]))]), "no pictures"),
    }
    for name, (raw, words) in cases.items():
        last = list(folder([("x.zip", raw)]))[-1]
        assert len(quiet(last)) == 1 and re.search(words, quiet(last)[0]), (name, quiet(last))
    last = list(folder([(f"{i}.png", b"x") for i in range(201)]))[-1]
    assert "201 files are too many" in quiet(last)[0]
    assert {str(p) for p in tmp_path.rglob("*")} == before


def test_a_folder_can_be_stopped_between_two_pictures(pages, monkeypatch):
    from demos.tabs.translate import inference as translate_inference

    made, there = [], translate_inference.there
    monkeypatch.setattr(translate_inference, "there", lambda *a: made.append(1) or there(*a))
    events = folder([(f"{i}.png", saved(photo(16, 16), "PNG")) for i in range(6)])
    for _ in range(4):
        next(events)
    events.close()  # what gradio does when a visitor presses Stop
    assert len(made) == 2 and list(events) == []


# --- the Hub ----------------------------------------------------------------------------------------------------

FETCH = """
import json, sys
sys.path.insert(0, sys.argv[1])
from demos.tabs.translate import handlers
from demos.ui.words import Words
for name in sys.argv[2:]:
    print(json.dumps(handlers.answer(Words("en"), json.dumps({"id": 1, "do": "model", "model": name}))))
"""


def test_a_model_of_the_hub_is_opened_by_its_name(tmp_path):
    cycle(tmp_path / "pushed" / "model", direction="facade->town")
    files = {p.name: p.read_bytes() for p in (tmp_path / "pushed" / "model").iterdir()}
    config = json.loads(files["config.json"])
    gan = json.loads(json.dumps(config)) | {"lesson": "gan", "settings": {"channels": 1}}
    with LocalHub() as hub:
        hub.add_user("ann")
        hub.add_repo("models", "ann/towns", files)
        hub.add_repo("models", "ann/digits", files | {"config.json": json.dumps(gan).encode()})
        command = [*quick.PYTHON, "-c", FETCH, str(DEMOS.parent), "ann/towns", "ann/none", "ann/digits"]
        done = subprocess.run(command, env=hub.env(tmp_path), cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    towns, none, digits = (json.loads(line) for line in done.stdout.splitlines())
    said = state(towns)
    assert (said["model"], said["direction"], said["example"]) == ("ann/towns", "facade->town", "facade-1")
    assert len(row(towns)) == 4 and "ann/towns" in said["models"]
    assert "could not be fetched" in failed(none) and "does not translate there and back" in failed(digits)


def test_an_unknown_kind_of_example_is_refused(pages):
    from demos.tabs.translate import inference as translate_inference

    for name in ("", "horse", "horse-", "horse--1", "../horse-1", "photo-5", "cow-1", "horse-1e9"):
        with pytest.raises(GanzooError):
            translate_inference.example(name)
    assert translate_inference.example("town-3").tobytes() == drawings.town(3, 256).tobytes()


# --- in the browser ---------------------------------------------------------------------------------------------

LINK = "?tab=translate&model=runs/tiny-cycle&direction=horse-%3Ezebra&example=horse-0"


@pytest.fixture
def look(surf, site):
    """look(path, width, ...) -> a page that shows Translate."""

    def go(path="", link=LINK, **how):
        page = surf(site.url + path + link, **how)
        if "translate" in link:
            page.wait_for_function("document.querySelector('#trl-heat img')?.src && !ganzoo.translate.busy")
        return page

    return go


def pictures(page) -> list[str]:
    return page.locator("#trl-results .gz-trl-pic").evaluate_all("images => images.map(image => image.src)")


def followed(page, before: list[str]) -> list[str]:
    page.wait_for_function(
        """before => { const now = [...document.querySelectorAll('#trl-results .gz-trl-pic')].map(i => i.src);
           return now.length === 4 && now[1] !== before[1] && !ganzoo.translate.busy; }""",
        arg=before,
    )
    return pictures(page)


@pytest.mark.parametrize("language", PAGES)
def test_it_opens_with_a_row_of_four_a_slider_and_the_critic_s_patches(look, language):
    page = look(PAGES[language], locale={"en": "en-US", "zh": "zh-TW"}[language])
    assert len(pictures(page)) == 4 and page.locator("#trl-results .gz-trl-examples button").count() == 5
    assert (
        page.locator("#s-translate h2").inner_text().startswith({"en": "There, and back", "zh": "翻譯過去"}[language])
    )
    assert page.locator("#s-translate .gz-quiet:visible").count() == 0 and page.locator("img:not([alt])").count() == 0
    if language == "en":
        the_slider_and_the_patches(page)


def test_directions_examples_and_links(look):
    page = look()
    first = pictures(page)
    page.focus('#trl-results [data-direction="zebra->horse"]')
    page.keyboard.press("Enter")
    second = followed(page, first)
    assert second[0] != first[0]  # a zebra now
    page.wait_for_function("location.search.includes('direction=zebra-%3Ehorse&example=zebra-33')")
    assert (
        page.evaluate("document.activeElement.dataset.direction") == "zebra->horse"
    )  # the keyboard stays where it was
    page.click('#trl-results [data-example="horse-19"]')
    third = followed(page, second)
    assert page.locator('[data-direction="horse->zebra"][aria-pressed="true"]').count() == 1  # turned by itself
    again = look(link=page.url[page.url.index("?") :])
    assert pictures(again) == third


def test_own_pictures_a_bad_file_and_a_folder_of_which_nothing_is_written_to_disk(look, tmp_path):
    page = look()
    before = pictures(page)
    photo(90, 50).save(tmp_path / "mine.png")
    mine_png, began = (tmp_path / "mine.png").read_bytes(), (tmp_path / "mine.png").stat().st_mtime
    page.set_input_files("#trl-bench input[type=file]", tmp_path / "mine.png")
    mine = followed(page, before)
    assert page.locator("#trl-results dd").first.inner_text() == "90 × 50" and "example" not in page.url
    page.click('#trl-results [data-direction="zebra->horse"]')  # the picture stays
    turned = followed(page, mine)
    assert turned[0] == mine[0]
    (tmp_path / "text.png").write_text("no picture")
    page.set_input_files("#trl-bench input[type=file]", tmp_path / "text.png")
    page.wait_for_selector("#trl-bench .gz-trl-said >> text=no picture that can be read")
    assert pictures(page) == turned
    page.evaluate(
        """async () => { const sheet = document.createElement('canvas'); sheet.width = 40; sheet.height = 64;
           const blob = await new Promise(done => sheet.toBlob(done)), bag = new DataTransfer();
           bag.items.add(new File([blob], 'black.png', { type: 'image/png' }));
           document.querySelector('.gz-trl-row').dispatchEvent(new DragEvent('drop', { dataTransfer: bag, bubbles: true })); }"""
    )
    page.wait_for_selector("#trl-results dd >> text=40 × 64")
    with page.expect_download() as download:
        page.locator('[data-cell="there"] .gz-save').click()
    assert download.value.suggested_filename == "zebra-to-horse-there.png"
    assert uri(download.value.path().read_bytes()) == pictures(page)[1]
    page.click("[data-trl=webcam]")
    page.wait_for_selector("#trl-bench .gz-trl-said >> text=No camera")
    a_folder_goes_in_and_a_zip_comes_out(page, tmp_path)

    # neither an upload nor a folder leaves a file: not in gradio's cache, wherever the app has put it
    caches = [p for p in Path(tempfile.gettempdir()).glob("*") if p.name == "gradio" or p.name.startswith("ganzoo-")]
    assert caches  # the app's own is among them
    new = [f for cache in caches for f in cache.rglob("*") if f.is_file() and f.stat().st_mtime >= began]
    assert not [f for f in new if f.suffix == ".zip" or f.read_bytes() == mine_png]


def the_slider_and_the_patches(page):
    page.focus("#trl-two input[type=range]")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    cut = "getComputedStyle(document.querySelector('#trl-two .gz-line')).getPropertyValue('--cut')"
    assert page.evaluate(cut) == "53%"
    assert page.locator("#trl-two [data-side=there]").get_attribute("src") == pictures(page)[1]
    assert re.search(r"0\.\d{3}", page.locator("#trl-two [data-apart]").inner_text())
    stack, said = page.locator("#trl-heat .gz-stack"), page.locator("#trl-heat [data-said]")
    stack.scroll_into_view_if_needed()
    stack.click(position={"x": 3, "y": 3})
    assert "Row 1, column 1:" in said.inner_text() and "16 × 16 pixels" in said.inner_text()
    stack.focus()
    page.keyboard.press("ArrowRight")
    assert "Row 1, column 2:" in said.inner_text()
    assert "real zebra" in page.locator("#trl-heat [data-asked]").inner_text()
    page.locator("#trl-heat [data-picture]").select_option("original")
    page.wait_for_selector("#trl-heat [data-asked] >> text=real horse")
    assert page.locator("#trl-heat img").get_attribute("src") == pictures(page)[0]
    page.locator("#trl-heat [data-layer]").uncheck()
    assert page.locator("#trl-heat .gz-layer").is_hidden()


def a_folder_goes_in_and_a_zip_comes_out(page, tmp_path):
    """The page translates zebra->horse."""
    for i in range(3):
        photo(40, 30, i).save(tmp_path / f"p{i}.png")
    page.set_input_files("#trl-folder input[type=file]", [tmp_path / f"p{i}.png" for i in range(3)])
    page.wait_for_selector("#trl-zip a[data-zip]")
    with page.expect_download() as download:
        page.click("#trl-zip a[data-zip]")
    with zipfile.ZipFile(download.value.path()) as sheet:
        assert sheet.namelist() == [f"p{i}-horse.png" for i in range(3)] and sheet.testzip() is None
    assert page.locator("#trl-folder [data-trl=stop]").is_hidden()
    for i in range(60):
        photo(512, 512, 1).save(tmp_path / f"q{i}.jpg")
    page.set_input_files("#trl-folder input[type=file]", [tmp_path / f"q{i}.jpg" for i in range(60)])
    page.wait_for_selector("#trl-zip progress[max='60']")
    page.click("#trl-folder [data-trl=stop]")
    page.wait_for_selector("#trl-folder .gz-quiet >> text=Stopped")
    page.locator("#trl-zip a, #trl-zip progress").first.wait_for(state="detached")


def test_the_zoo_opens_a_model_here(look):
    page = look(link="?tab=zoo")
    page.wait_for_selector('.gz-card[data-name="runs/tiny-cycle"]')
    page.click('.gz-card[data-name="runs/tiny-cycle"]')
    page.click("#open-model")
    page.wait_for_function("location.search.includes('tab=translate') && location.search.includes('tiny-cycle')")
    page.wait_for_selector("#trl-results")
