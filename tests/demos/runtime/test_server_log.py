"""The server's log: a line a broken call, with the way through our code and without what the visitor sent."""

import json
import re

import pytest
from PIL import Image

from demos.runtime.server_log import brief
from demos.ui import pictures
from demos.ui.words import Trouble

SECRET = "visitor-7f3a91"


def test_an_error_leaves_its_way_through_our_modules_where_a_library_raised_or_its_code():
    def no_such_code():
        raise Trouble("bad_page", page=SECRET)

    for call, said in (
        (no_such_code, "Trouble bad_page"),
        (lambda: json.loads(SECRET), r"JSONDecodeError, decoder\.py:\d+ raw_decode"),
        (
            lambda: pictures.square(Image.new("RGB", (8, 8)), SECRET),
            r"TypeError, demos/ui/pictures\.py:\d+ square, ganzoo/images\.py:\d+ from_pil",
        ),
    ):
        with pytest.raises(Exception) as caught:
            call()
        assert re.fullmatch(said, brief(caught.value))
