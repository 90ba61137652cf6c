"""Your pictures in a real browser: an example trains to a grid, four losses are compared, a visitor's files and token stay
theirs, and nothing is left when the page or the server is gone."""

import zipfile
from pathlib import Path

import pytest

import ganzoo
from tests.demos.tabs.test_own import AB, SECRET, SIDES, packed, picture, wait
from tests.demos.tabs.test_translate import press
from tests.fake_hub.server import LocalHub
from tests.hostile.raw import uploaded
from tests.support.serve import serve, with_hub

LIMIT = 240_000  # milliseconds for a training where the machine is busy; alone it takes seconds


@pytest.fixture(scope="module")
def hub():
    with LocalHub() as running:
        running.add_user("alice", token=SECRET)
        yield running


@pytest.fixture(scope="module")
def app(tmp_path_factory, hub):
    folder = tmp_path_factory.mktemp("own")
    variables = with_hub(hub, folder / "home", token="") | {"GANZOO_OWN_STEPS": "4,3000,6000", "GANZOO_TRAININGS": "1"}
    (folder / "tmp").mkdir()
    with serve(folder, **variables, TMPDIR=str(folder / "tmp")) as running:
        yield running
        uploads, own = temporary("uploads", running), temporary("own", running)
        assert own.is_dir() and uploads.is_dir() and not kept(uploads)  # no copies of gradio's
        uploaded(running.url, "a.txt", b"mine")
        assert kept(uploads) == [b"mine"]
    assert not own.exists() and not uploads.exists()  # the server stopped: nothing is left
    assert running.asked == "" and "Traceback" not in running.printed, running.printed[-2000:]
    assert SECRET not in running.printed
    assert not [path for path in folder.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]


def temporary(kind: str, app) -> Path:
    return next((app.folder / "tmp").glob(f"ganzoo-{kind}-*"))


def kept(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.stat().st_size]


@pytest.fixture
def visit(surf, app):
    surf.secrets.append(SECRET)

    def go(path="?tab=own", **look):
        page = surf(app.url + path, **look)
        page.wait_for_selector("#own-pairs img", state="visible")
        page.wait_for_selector("#own-said .gz-prose")
        return page

    return go


EMPTY = """(() => { const board = document.querySelector('#own-boards canvas[data-board=b]'), size = board.width;
    return board.getContext("2d").getImageData(0, 0, size, size).data.every((value) => value === 255); })()"""


def pairs(page, count: int) -> None:
    page.wait_for_function("count => document.querySelectorAll('#own-pairs img').length === count", arg=count)


def draw(page, board: str, across: int = 160) -> None:
    canvas = page.locator(f"canvas[data-board={board}]")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 40 + across, box["y"] + 150, steps=4)
    page.mouse.up()


def upload(page, files, said: str) -> str:
    """Choose files; what the page says of them, once it says `said`."""
    page.locator("#own-source input[value=upload]").check()
    page.wait_for_selector("#own-files", state="visible")
    with page.expect_file_chooser() as chooser:
        page.click("#own-files")
    chooser.value.set_files(files)
    page.wait_for_selector(f":is(#own-said, #own-trouble) :text('{said}')")
    return page.inner_text("#own-trouble")


def choose(page, source: str) -> str:
    """Another source; what the page says of its pairs."""
    before = page.inner_text("#own-said .gz-prose")
    page.locator(f"#own-source input[value={source}]").check()
    page.wait_for_function("said => document.querySelector('#own-said .gz-prose')?.innerText !== said", arg=before)
    return page.inner_text("#own-said .gz-prose")


def test_pairs_drawn_on_a_phone_four_losses_side_by_side_a_zip_a_kept_run_and_a_push(visit, app, hub, tmp_path):
    page = visit(width=390)
    assert page.locator("#own-pairs img").count() == 12 and page.locator("#own-after").is_hidden()
    pairs_can_be_drawn(page, tmp_path)
    towns = choose(page, "towns")  # each example has its own words
    assert "water" in towns and "light" in choose(page, "houses")
    page.locator("#own-steps input").first.check()
    page.locator("#own-loss input[value=all]").check()
    page.wait_for_selector("#own-estimate :text(' 4 steps'), #own-estimate :text-matches('^4 steps')", timeout=LIMIT)
    page.click("#own-train")
    page.wait_for_selector("#own-after", state="visible", timeout=LIMIT)
    assert page.locator('#own-live [data-step="4"]').count() == 1  # as many as were estimated
    pictures = page.locator("#own-results button img")
    assert pictures.count() == 6 * 6  # input, four losses and target of each held-out pair
    assert page.locator("#own-verdict .gz-cmp-verdict").inner_text().count("\n") >= 2  # a sentence, why, and its rule
    assert "labels" not in page.inner_text("#own-table") and page.locator("#own-table th").count() >= 5
    page.wait_for_selector("#own-tried img")
    assert page.locator("#own-tried img").count() == 4

    choose(page, "towns")  # what was trained on houses is not shown under towns
    page.wait_for_selector("#own-after", state="hidden")
    assert pictures.count() == 0 and page.inner_text("#own-live").strip() == ""
    choose(page, "houses")
    page.wait_for_selector("#own-tried img")
    assert pictures.count() == 6 * 6
    before = page.inner_html("#own-tried")
    draw(page, "try")
    page.wait_for_function("before => document.querySelector('#own-tried').innerHTML !== before", arg=before)

    with page.expect_download() as download:
        page.click("#own-download")
    download.value.save_as(tmp_path / "model.zip")
    zipfile.ZipFile(tmp_path / "model.zip").extractall(tmp_path)
    assert ganzoo.load(tmp_path / "pix2pix-my-pictures-gan-mae-perceptual").config.image_size == 64

    page.fill("#own-name input", "from-the-page")
    page.click("#own-keep")
    page.wait_for_selector("#own-taken :text('runs/from-the-page')")
    assert (app.folder / "runs" / "from-the-page" / "model" / "model.safetensors").is_file()

    for token, said in (("hf_wrong", "did not accept"), (SECRET, "Pushed to")):
        page.fill("#own-token input", token)
        page.click("#own-push")
        page.wait_for_selector(f"#own-taken :text('{said}')")
        assert page.input_value("#own-token input") == "" and SECRET not in page.content()
    assert "model.safetensors" in hub.store.repos["models", "alice/my-pictures"].head.files
    assert not [path for _, path in hub.requests if SECRET in path]


def pairs_can_be_drawn(page, tmp_path) -> None:
    choose(page, "draw")
    page.wait_for_selector("#own-boards canvas", state="visible")
    for number in range(3):
        for board in "ab":
            draw(page, board, 20 + 50 * number)
        page.click("#own-add")
        pairs(page, number + 1)
        page.wait_for_function(EMPTY)  # ready for the next pair
    assert page.locator("#own-train").is_enabled() and page.locator("#own-remove").is_disabled()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#own-pairs button").nth(1).click()
    page.click("#own-remove:enabled")
    pairs(page, 2)
    page.wait_for_selector("#own-remove:disabled")  # nothing is picked any more
    assert page.locator("#own-train").is_disabled()
    (tmp_path / "photo.png").write_bytes(picture(80, 60))
    page.click("#own-drawing button:has-text('photo')")
    page.set_input_files("#own-photo input[type=file]", tmp_path / "photo.png")
    page.wait_for_function(f"!({EMPTY})")


def test_a_training_can_be_stopped_and_ends_with_its_page(visit, app, tmp_path):
    page = visit("zh?tab=own")
    upload(page, packed(tmp_path, {"notes.txt": b"text"}), "裡面沒有")  # refused in the page's language
    second = visit()
    uploads_are_read_or_refused_in_words(second, app, tmp_path)
    choose(page, "houses")
    page.locator("#own-loss input[value=mae]").check()
    page.click("#own-train")
    page.wait_for_selector('#own-live [data-step]:not([data-step="0"])', timeout=LIMIT)
    # another visitor sees nothing of it
    assert second.locator("#own-after").is_hidden() and second.inner_text("#own-live").strip() == ""
    second.click("#own-train")
    second.wait_for_selector("#own-live :text('queue: 1')")
    second.wait_for_selector("#own-source input:disabled", state="attached")  # until then its pairs stay as they are
    folders = temporary("own", app)
    assert len(list(folders.iterdir())) >= 2
    second.close()  # whose turn comes next begins: tests/demos/tabs/test_own.py
    page.click("#own-stop")
    page.wait_for_selector("#own-after", state="visible", timeout=LIMIT)
    assert "停止" in page.inner_text("#own-live [role=status]")
    page.close()
    wait(lambda: not list(folders.iterdir()))


def uploads_are_read_or_refused_in_words(page, app, tmp_path) -> None:
    for name, data in AB.items():
        (tmp_path / name).write_bytes(data)
    upload(page, [tmp_path / name for name in AB], "12 pairs")
    pairs(page, 12)
    said = upload(page, packed(tmp_path, SIDES | {"A/lonely.jpg": picture()}), "no partner of the same name")
    assert "A/lonely.jpg" in said and str(temporary("own", app)) not in said
    assert page.locator("#own-pairs img").count() == 12 and page.locator("#own-train").is_enabled()  # still there
    page.locator("#own-kind input[value=grey]").check()  # another kind wants other files
    page.wait_for_selector("#own-said :text('photos of anything')")
    pairs(page, 0)
    upload(page, packed(tmp_path, {"notes.txt": b"text"}, "none.zip"), "contains no pictures")
    assert page.locator("#own-train").is_disabled()
    photos = {f"{i:02d}.png": picture(40, 40, (200, 10 * i, 40)) for i in range(9)}
    upload(page, packed(tmp_path, photos, "photos.zip"), "9 pairs")


def test_the_story_by_keyboard_alone(visit, tmp_path):
    page = visit()
    press(page, "#own-source input[value=upload]", "Space")
    page.wait_for_selector("#own-files", state="visible")
    with page.expect_file_chooser() as chooser:
        press(page, "#own-files")
    sides = {f"{side}/{i}.png": picture(40, 40, (20 * i, 99 * (side == "A"), 0)) for side in "AB" for i in range(12)}
    chooser.value.set_files(packed(tmp_path, sides))
    pairs(page, 12)
    before = page.locator("#own-pairs img").first.get_attribute("src")
    press(page, "#own-swap")
    page.wait_for_function("before => document.querySelector('#own-pairs img').src !== before", arg=before)
    press(page, "#own-pairs button.thumbnail-item")
    page.wait_for_selector("#own-remove:enabled")
    press(page, "#own-remove")
    pairs(page, 11)
    press(page, "#own-loss input[value=mae]", "Space")
    press(page, "#own-steps input", "Space")
    press(page, "#own-train")
    page.wait_for_selector("#own-after", state="visible", timeout=LIMIT)
    assert page.locator("#own-curves svg").count() == 1
    assert page.locator("#own-results button img").count() == 3  # one held-out pair lies in one row
    assert len({round(box.bounding_box()["y"]) for box in page.locator("#own-results button").all()}) == 1
    with page.expect_download() as download:
        press(page, "#own-download")
    zipfile.ZipFile(download.value.path()).extractall(tmp_path)
    assert ganzoo.load(tmp_path / "pix2pix-my-pictures-mae").config.image_size == 64
    press(page, "#own-swap")  # what was learned from the pairs as they were is gone
    page.wait_for_selector("#own-after", state="hidden")
    assert page.locator("#own-results img").count() == 0
