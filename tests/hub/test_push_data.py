"""Sharing pictures: a folder becomes a data set on the Hub that trains like the folder. The real clients over real HTTP."""

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ganzoo.hub.push_data import encoded
from ganzoo.hub.push_data import push_data as push
from ganzoo.images import open_picture
from tests.fake_hub.fixtures import SECRET
from tests.fake_hub.pictures import a, ab, many, put, read, two
from tests.fake_hub.repos import front_matter
from tests.support.raises_code import raises_code

LAYOUTS = {
    "AB files": ("pairs", many("train/{i}.png", ab, 10) | many("test/{i}.png", ab, 3, 20)),
    "A and B": ("pairs", two("?/{i}.png")),
    "A and B unpaired": ("sides", two("?/{i}.png")),
    "two sets": ("sides", two("train?/{i}.png", counts=(12, 9)) | two("test?/{i}.png", counts=(3, 2), first=20)),
    "two classes": ("sides", two("train/?/{i}.png", ("horse", "zebra"), (12, 9))),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_was_pushed_trains_like_the_folder(hub, tmp_path, layout):
    kind, files = LAYOUTS[layout]
    put(tmp_path / "mine", files)
    name = f"alice/{layout.replace(' ', '-')}"
    domains = "" if layout == "two classes" else "photo,label"
    told = {"domains": domains, "license": "cc-by-4.0", "unpaired": layout.endswith("unpaired")}
    assert f"/datasets/{name}" in push(tmp_path / "mine", name, **told)
    there, here = read(kind, name), read(kind, tmp_path / "mine")
    assert there[:2] == here[:2] and there[4] == here[4]  # as many, and the same pictures
    assert there[2] in ("photo->label", ["photo", "label"], ["horse", "zebra"])
    repo = hub.store.repos["datasets", name]
    card = repo.head.files["README.md"].data.decode()
    assert front_matter(card)["license"] == "cc-by-4.0" and "path: data/train-*" in card
    assert f"ganzoo train {'pix2pix' if kind == 'pairs' else 'cyclegan'} --data {name}" in card
    assert [commit.title for commit in repo.head.history()].count("Pictures, shared with ganzoo") == 1


def test_pushed_again_it_is_replaced_and_an_edited_card_stays(hub, tmp_path):
    put(tmp_path / "mine", two("?/{i}.png"))
    push(tmp_path / "mine", "alice/mine")
    put(tmp_path / "mine", two("?/{i}.png", counts=(2, 2), first=50))
    push(tmp_path / "mine", "alice/mine")
    assert sum(read("pairs", "alice/mine")[:2]) == 12
    repo = hub.store.repos["datasets", "alice/mine"]
    assert len([name for name in repo.head.files if name.endswith(".parquet")]) == 1
    written = repo.head.files["README.md"].data
    hub.change("datasets", "alice/mine", {"README.md": written.replace(b"Pairs of", b"My own pairs of")})
    push(tmp_path / "mine", "alice/mine")
    assert b"My own pairs of" in repo.head.files["README.md"].data


def test_where_a_photo_was_taken_is_not_shared(hub, tmp_path):
    put(tmp_path / "mine", two("?/{i}.jpg"))
    for path in tmp_path.rglob("*.jpg"):
        exif = Image.Exif()
        exif[0x010F] = "SecretCamera"
        Image.open(path).save(path, "JPEG", exif=exif)
    push(tmp_path / "mine", "alice/mine")
    content = b"".join(blob.data for blob in hub.store.repos["datasets", "alice/mine"].head.files.values())
    assert b"SecretCamera" not in content


def saved(path, **more):
    Image.new("RGB", (16, 16), (200, 30, 90)).save(path, **more)
    return path


def test_what_a_file_says_beside_its_pixels_is_not_shared(tmp_path):
    author = PngInfo()
    author.add_text("Author", "Alice of Taipei")
    iptc = b"Photoshop 3.0\0008BIM\4\4\0\0\0\0\0\x0c\x1c\2\x5a\0\6Taipei\0"  # its city
    jpeg = saved(tmp_path / "iptc.jpg").read_bytes()
    part = b"\xff\xed" + (len(iptc) + 2).to_bytes(2, "big") + iptc
    (tmp_path / "iptc.jpg").write_bytes(jpeg[:2] + part + jpeg[2:])
    saved(tmp_path / "author.png", pnginfo=author)
    saved(tmp_path / "exif.png", exif=b"Exif\0\0II*\0")  # torn: Pillow does not read it
    for path in sorted(tmp_path.iterdir()):
        stored = encoded(open_picture(path), path)
        assert stored != path.read_bytes() and b"Taipei" not in stored and b"eXIf" not in stored, path
        assert open_picture(stored).tobytes() == open_picture(path).tobytes()
    for name in ("a.png", "a.jpg", "a.webp"):  # of pixels alone, which is shared as it is
        path = saved(tmp_path / name)
        assert encoded(open_picture(path), path) == path.read_bytes()


def test_what_cannot_be_shared_leaves_nothing_on_the_hub(hub, machine, tmp_path):
    put(tmp_path / "broken", two("?/{i}.png") | {"A/003.png": b"no picture"})
    put(tmp_path / "single", many("{i}.png", a, 9))
    put(tmp_path / "good", two("?/{i}.png"))
    (tmp_path / "none").mkdir()
    for folder, name, token, code in (
        ("broken", "alice/x", SECRET, "push_data_unreadable"),
        ("single", "alice/x", SECRET, "push_data_unreadable"),
        ("none", "alice/x", SECRET, "no_two_sets"),
        ("nowhere", "alice/x", SECRET, "folder_not_found"),
        ("good", "bob/x", SECRET, "push_data_failed"),
        ("good", "x", SECRET, "push_data_failed"),
        ("good", "alice/x", "", "push_data_needs_token"),
        ("good", "alice/x", "hf_wrong", "push_data_failed"),
    ):
        machine.has(token)
        with raises_code(code):
            push(tmp_path / folder, name)
        assert not hub.store.repos, (folder, name)
    with raises_code("bad_domains"):
        push(tmp_path / "good", "alice/x", domains="one")
