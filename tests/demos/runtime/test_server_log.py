"""The server's log: a line a broken call, with the way through our code and without what the visitor sent."""

import json
import re

import pytest
from PIL import Image

from demos.runtime.server_log import brief
from demos.ui import pictures
from demos.ui.words import Trouble

SECRET = "visitor-7f3a91"


def caught(call) -> BaseException:
    with pytest.raises(Exception) as caught:
        call()
    return caught.value


def test_an_unexpected_error_leaves_its_way_through_our_modules():
    said = brief(caught(lambda: pictures.square(Image.new("RGB", (8, 8)), SECRET)))
    assert re.fullmatch(r"TypeError, demos/ui/pictures\.py:\d+ square, ganzoo/images\.py:\d+ from_pil", said)


def test_where_a_library_raised_stands_last():
    assert re.fullmatch(r"JSONDecodeError, decoder\.py:\d+ raw_decode", brief(caught(lambda: json.loads(SECRET))))


def test_an_error_with_a_code_leaves_its_code():
    assert brief(Trouble("bad_page", page=SECRET)) == "Trouble bad_page"
