"""The pages as a program: they answer every public endpoint and every event of theirs, whatever they are asked."""

import socket
import tempfile
from pathlib import Path

import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image, ImageDraw

from demos import app
from ganzoo import GanzooError
from tests.support.serve import LEAKS


@pytest.fixture(scope="module")
def client(site):
    return Client(site.url, verbose=False)


def test_a_taken_port_moves_to_the_next_and_a_bad_one_is_one_line(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert port < app.free_port("127.0.0.1", port) < port + app.PORTS
    for port in (99999999, 65536, 0, -1):
        assert app.main(["--port", str(port)]) == 2
        assert capsys.readouterr().err == f"Error: {GanzooError('no_free_port', port=port, host='127.0.0.1')}\n"


FILES = tempfile.TemporaryDirectory()


def drawing(size=280, ink=True, form="png", wide=1) -> dict:
    """A stroke in white on black, as a client sends a file."""
    picture = Image.new("L", (size * wide, size))
    if ink:
        ImageDraw.Draw(picture).line([(size * 0.5, size * 0.2), (size * 0.5, size * 0.8)], fill=255, width=size // 12)
    path = Path(FILES.name) / f"{size}-{ink}-{wide}.{form}"
    picture.save(path)
    return handle_file(str(path))


def no_picture(content: bytes) -> dict:
    path = Path(FILES.name) / f"{len(content)}.png"
    path.write_bytes(content)
    return handle_file(str(path))


NO_FILES = (None, 7, [], "", "data:image/png;base64,aGVsbG8=", {"path": "/etc/passwd"})
NO_PICTURES = (no_picture(b""), no_picture(b"hello"), no_picture(b"\x89PNG\r\n\x1a\n" + b"A" * 5000))


def opened(path: str) -> Image.Image:
    """A picture as a client gets it: a path to its own copy."""
    with Image.open(path) as picture:
        return picture.convert("RGB")


HUGE = 10**30
BAD_SEEDS = ["NaN", "Infinity", -1, HUGE, None, "seven", [7], {"a": 1}, 1.5, True, "", "7; rm -rf /"]
BAD_NAMES = ["", None, "../../etc", "judge", 7, [], "gan-mnist-nobn/../x", "x" * 5000, "user/name"]
GOOD = {  # arguments -> what the answer must satisfy
    "/models": [((), lambda out: {"gan-mnist", "runs/mine"} <= {m["name"] for m in out})],
    "/found": [],  # what the Hub has: test_zoo_hub.py
    "/fetch": [],
    "/card": [(("gan-mnist",), lambda out: "gan-mnist" in out and "ganzoo.load" in out)],
    "/sample": [
        ((), lambda out: len(out[0]) == 24 == len(out[1]["scores"])),
        (("gan", "mnist", 7, 64, None), lambda out: all(0 <= s <= 1 for s in out[1]["scores"])),
        (("dcgan", "mnist", 0, 1, []), lambda out: opened(out[0][0]["image"]).size == (28, 28)),
        (("cgan", "mnist", 2**31 - 1, 4, [2, 0, 2, 6]), lambda out: [p["caption"] for p in out[0]] == ["2", "0", "2", "6"]),
    ],
    "/morph": [
        (("gan", "mnist", 7, 8, 0.5), lambda out: 0 <= out[1]["score"] <= 1),
        (("cgan", "mnist", 7, 7, 1), lambda out: out[1]["share"] == 1 and opened(out[0]).size == (28, 28)),
    ],
    "/grow": [
        (("gan", "mnist", 7), lambda out: (out["creator"], out["critic"][-1]) == ([[100], [256], [512], [1, 28, 28]], [1])),
        (("cgan", "mnist", 7), lambda out: len(out["creator"]) == 5),
        (("dcgan", "mnist", 7), lambda out: [s[-1] for s in out["creator"]] == [100, 7, 14, 28]),
    ],
    "/filters": [(("mnist",), lambda out: (len(out["creator"]), len(out["critic"][0])) == (10, 784))],
    "/speckles": [(("mnist", 7), lambda out: out["gan"] > 0 and out["dcgan"] > 0)],
    "/frame": [(("gan", "mnist", 0), lambda out: (opened(out[0]).width, out[1]["step"]) == (238, 0))],
    "/judge": [
        ((drawing(), "gan", "mnist"), lambda out: opened(out[0]).size == (28, 28) and 0 <= out[1]["real_share"] <= 1),
        ((drawing(28), "cgan", "mnist"), lambda out: len(out[1]["scores"]) == 10),
        ((drawing(28, form="bmp"), "dcgan", "mnist"), lambda out: len(out[1]["scores"]) == 1),
    ],
    "/translate": [
        ((drawing(64),), lambda out: {p["caption"] for p in out[0]} == set(out[1]["models"]) >= {"gan", "mae", "gan+mae"}
            and out[1]["l1"] == {}),
        ((drawing(64, wide=2), "aerial-map"), lambda out: len(out[1]["l1"]) == len(out[1]["models"]) == 4
            and max(out[1]["l1"].values()) <= 1),
        ((drawing(64), "pix2pix-facades-mae"), lambda out: set(out[1]["models"]) == {"mae"}
            and opened(out[0][0]["image"]).width == 256),
    ],
    "/cycle": [
        ((drawing(50), "zebra->horse", "runs/tiny-cycle"), lambda out: opened(out[0]).size == (50, 50)
            and opened(out[0]) != opened(out[1]) and 0 < out[2]["cycle_l1"] < 1),
        ((drawing(50), "", "runs/tiny-cycle"), lambda out: out[2]["direction"] == "horse->zebra" == out[2]["directions"][0]),
    ],
}  # fmt: skip
HOSTILE = {
    "/models": [],
    # names that are none: no Hub is asked about them
    "/found": [(name,) for name in ("", None, [], "../..", "a b", "<script>", {"a": 1})],
    "/fetch": [(name,) for name in BAD_NAMES if name != "user/name"],
    "/card": [(name,) for name in (*BAD_NAMES, "runs/broken", "runs/../runs/mine")],
    "/sample": [
        *(("gan", "mnist", seed, 4, None) for seed in BAD_SEEDS),
        *((name, "mnist", 7, 4, None) for name in BAD_NAMES),
        *(("gan", name, 7, 4, None) for name in BAD_NAMES),
        *(("gan", "mnist", 7, count, None) for count in (0, -1, 65, HUGE, "NaN", None)),
        *(("cgan", "mnist", 7, 2, labels) for labels in ([10, 0], [0], [-1, 0], ["a", "b"], "01", [None, None], [HUGE, 0])),
        ("gan", "mnist", 7, 2, [0, 1]),
    ],
    "/morph": [
        *(("gan", "mnist", 7, seed, 0.5) for seed in BAD_SEEDS),
        *(("gan", "mnist", 7, 8, share) for share in ("NaN", -0.1, 1.1, HUGE, None, "half", [0.5])),
    ],
    "/grow": [("gan", "mnist", seed) for seed in BAD_SEEDS],
    "/filters": [(name,) for name in BAD_NAMES],
    "/speckles": [(name, 7) for name in BAD_NAMES],
    "/frame": [("gan", "mnist", number) for number in (-1, 1000, "NaN", None, HUGE)],
    "/judge": [
        ((value, "gan", "mnist"))
        for value in (*NO_FILES, *NO_PICTURES, drawing(ink=False), drawing(1100))
    ],
    "/translate": [
        *((drawing(64), name) for name in (*BAD_NAMES, "gan-mnist", "judge-mnist", "runs/mine")),
        *((value,) for value in (*NO_FILES, *NO_PICTURES)),
        (drawing(64), "facades", NO_PICTURES[1]),
        (drawing(64), "facades", 7),
    ],
    "/cycle": [
        *((drawing(64), "", name) for name in (*BAD_NAMES[1:], "gan-mnist", "judge-mnist", "pix2pix-facades-mae", "runs/mine")
          if name),
        *((drawing(64), way, "runs/tiny-cycle") for way in ("AtoB", "zebra", 7, ["horse->zebra"], "x" * 9000)),
        *((value, "", "runs/tiny-cycle") for value in (*NO_FILES, *NO_PICTURES)),
    ],
}  # fmt: skip


def test_every_endpoint_is_known_and_tried(client):
    published = client.view_api(return_format="dict")["named_endpoints"]
    assert set(published) == set(GOOD) == set(HOSTILE)
    for endpoint in ("/judge", "/translate", "/cycle"):  # picture files in and out, plain values beside them
        picture, *others = published[endpoint]["parameters"]
        assert picture["parameter_name"] == "picture" and picture["python_type"]["type"].startswith("filepath")
        assert all(other["parameter_has_default"] for other in others)
        assert "filepath" in published[endpoint]["returns"][0]["python_type"]["type"]


@pytest.mark.parametrize("endpoint", GOOD)
def test_good_values(client, endpoint):
    for given, holds in GOOD[endpoint]:
        answer = client.predict(*given, api_name=endpoint)
        assert holds(answer), (endpoint, given, str(answer)[:300])


@pytest.mark.parametrize("endpoint", [e for e in HOSTILE if HOSTILE[e]])
def test_hostile_values_are_answered_in_one_sentence(client, endpoint):
    for given in HOSTILE[endpoint]:
        with pytest.raises(AppError) as caught:
            client.predict(*given, api_name=endpoint)
        said = str(caught.value)
        assert 10 < len(said) < 400 and not LEAKS.search(said), (endpoint, str(given)[:80], said)
