"""The Zoo's question to the Hub in a real browser and through the API: $GANZOO_NAMESPACE, somebody's name, one model fetched."""

import pytest

from demos.ui.words import Trouble, Words
from ganzoo.hub.bundled import WEIGHTS
from tests.fake_hub.fixtures import model_files
from tests.fake_hub.server import LocalHub
from tests.support.serve import serve, with_hub

SECRET = "hf_secret_of_the_host_0123456789"
TAGS = "---\ntags: [ganzoo, gan, {}]\n---\n# {}\n"


def pushed(folder: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (WEIGHTS / folder).iterdir() if path.is_file()}


@pytest.fixture(scope="module")
def zoo(tmp_path_factory):
    """(a local Hub with models of alice and bob, the pages' address); the pages start with GANZOO_NAMESPACE=alice."""
    folder = tmp_path_factory.mktemp("zoo")
    broken = model_files(config__json=b"{", README__md=TAGS.format("gan", "x").encode())
    with LocalHub() as hub:
        hub.add_user("carol", token=SECRET)  # who runs the pages
        hub.add_repo("models", "alice/dcgan-mnist", pushed("dcgan-mnist"))
        hub.add_repo("models", "bob/cgan-clothes", pushed("cgan-fashion"))
        hub.add_repo("models", "bob/broken", broken)
        hub.add_repo("models", "bob/judge", pushed("judge-mnist"))
        hub.add_repo("models", "bob/other", {"README.md": b"---\ntags: [timm]\n---\n"})
        with serve(folder, **with_hub(hub, folder / "home"), GANZOO_NAMESPACE="alice") as served:
            yield hub, served.url
        assert served.asked == "" and "Traceback" not in served.printed and SECRET not in served.printed


def find(page, owner: str) -> None:
    page.fill("#hub-owner input, #hub-owner textarea", owner)
    page.click("#hub-find")


def not_found(page, owner: str, key: str) -> None:
    find(page, owner)
    words = Words("en")(key, owner=owner)
    page.wait_for_function("words => document.querySelector('#hub-found').innerText.includes(words)", arg=words)


def test_the_field_finds_somebodys_models_a_click_fetches_one_and_so_does_a_link(surf, zoo):
    page = surf(zoo[1] + "?tab=zoo", width=390, height=844, scheme="dark")
    page.wait_for_selector("#cards .gz-card[data-name='alice/dcgan-mnist']")  # $GANZOO_NAMESPACE, at the start
    assert page.input_value("#hub-owner input, #hub-owner textarea") == "alice"
    not_found(page, "nobody-at-all", "hub_none")
    not_found(page, "<script>alert(1)</script>", "hub_bad_owner")
    assert page.evaluate("document.documentElement.scrollWidth <= 391")  # fits a phone
    find(page, "https://huggingface.co/bob/broken")  # an address copied from the browser
    page.wait_for_selector("#hub-found .gz-card")
    names = page.eval_on_selector_all("#hub-found .gz-card", "cards => cards.map(card => card.dataset.name)")
    assert names == ["bob/broken", "bob/cgan-clothes"]  # neither the judge nor another library's
    page.click("#hub-found [data-name='bob/broken']")
    page.wait_for_function("document.querySelector('#hub-said').innerText.includes('JSON')")
    assert page.locator("#cards [data-name='bob/broken']").count() == 0
    page.keyboard.press("Tab")
    page.focus("#hub-found [data-name='bob/cgan-clothes']")
    page.keyboard.press("Enter")
    page.wait_for_selector("#card h1")
    assert Words("en")("hub_here") in page.inner_text("#hub-found [data-name='bob/cgan-clothes']")
    page.wait_for_selector("#cards .gz-card[data-name='bob/cgan-clothes'][aria-pressed='true']")
    page.click("#open-model")
    page.wait_for_selector("#grid .gz-cell img")
    page.wait_for_function("document.querySelector('#grid').innerText.includes('cgan-fashion')")
    page.goto(zoo[1] + "?tab=create&model=alice%2Fdcgan-mnist&seed=3")
    page.wait_for_selector("#grid .gz-cell")
    page.wait_for_function("document.querySelector('#grid').innerText.includes('dcgan-mnist')")
    assert page.locator("#grid .gz-cell").count() == 24


def test_the_api_finds_and_fetches(zoo):
    from gradio_client import Client
    from gradio_client.exceptions import AppError

    client = Client(zoo[1], verbose=False)
    assert {m["name"]: m["lesson"] for m in client.predict("bob", api_name="/found")}["bob/cgan-clothes"] == "cgan"
    assert client.predict("bob/cgan-clothes", api_name="/fetch") == {"name": "bob/cgan-clothes"}
    assert "bob/cgan-clothes" in [m["name"] for m in client.predict(api_name="/models")]
    for name, code, more in (
        ("bob/missing", "cmp_no_hub", {}),
        ("bob/judge", "hub_no_page", {"lesson": "judge"}),
        ("../x/y", "no_model", {}),
    ):
        with pytest.raises(AppError) as caught:
            client.predict(name, api_name="/fetch")
        assert str(Trouble(code, name=name, **more)) in str(caught.value)
    zoo[0].fail_next(501, 1, "/api/models")  # unlike 503 nothing that the client tries again for 23 s
    with pytest.raises(AppError) as caught:
        client.predict("bob", api_name="/found")
    assert str(Trouble("hub_no_hub")) in str(caught.value)
    zoo[0].troubles.clear()
