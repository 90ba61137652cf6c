"""Reading pictures: every kind of source, every common picture mode, and batches that depend on (seed, step) alone."""

import gzip
import struct
import subprocess
import tracemalloc
from pathlib import Path

import pytest
import torch
from PIL import Image

from ganzoo import images
from ganzoo.data import labeled
from ganzoo.data.folders import read_idx
from ganzoo.data.labeled import Batches, load_pictures, made_up_pictures
from ganzoo.data.paired import PairBatches
from ganzoo.data.paired_sources import made_up_pairs
from ganzoo.data.unpaired import UnpairedBatches
from ganzoo.data.unpaired_sources import made_up_unpaired
from ganzoo.evaluation import judges
from ganzoo.images import from_pil, open_picture, to_float, to_pil, to_uint8
from ganzoo.models import gan
from tests.fake_hub.pictures import png, put, two
from tests.support import quick
from tests.support.raises_code import raises_code
from tests.training.test_trainer import same

FASHION = Path(__file__).parent.parent / "samples" / "fashion"
PETS = ("cat", "dog")


def test_idx_folder_has_its_split_labels_names_and_alias(tmp_path, monkeypatch):
    pictures = load_pictures(str(FASHION))
    assert pictures.train.shape == (480, 1, 28, 28)
    assert pictures.test.shape == (160, 1, 28, 28)
    assert pictures.train.dtype == torch.uint8
    assert pictures.train_labels[:4].tolist() == [9, 0, 0, 3]  # the first labels of Fashion-MNIST
    assert pictures.classes[9] == "ankle boot"
    # an alias is looked for under $GANZOO_DATA first
    (tmp_path / "fashion").symlink_to(FASHION)
    monkeypatch.setenv("GANZOO_DATA", str(tmp_path))
    assert len(load_pictures("fashion-mnist").train) == 480


def test_class_folder_gives_labels_and_the_same_held_out_tenth_to_every_run_and_judge(tmp_path):
    put(tmp_path, two("?/{i}.png", PETS, (15, 15)))
    pictures = load_pictures(str(tmp_path))
    assert pictures.classes == PETS and (len(pictures.train), len(pictures.test)) == (27, 3)
    assert any("held out" in note for note in pictures.notes)
    train = {p.numpy().tobytes() for p in pictures.train}
    assert not train & {p.numpy().tobytes() for p in pictures.test}
    data = str(tmp_path)
    for config in (gan.Config(data=data, seed=0), gan.Config(data=data, seed=1), judges.Config(data=data, seed=5)):
        assert torch.equal(labeled.read_data(config).test, pictures.test)


@pytest.mark.parametrize(("mode", "channels", "expected"), [("L", 0, 1), ("RGB", 0, 3), ("RGB", 1, 1), ("L", 3, 3)])
def test_channels_follow_the_data_unless_asked(tmp_path, mode, channels, expected):
    for i in range(8):
        Image.new(mode, (32, 24)).save(tmp_path / f"{i}.png")
    assert load_pictures(str(tmp_path), image_size=16, channels=channels).train.shape[1:] == (expected, 16, 16)


def test_unreadable_files_are_named_and_left_out(tmp_path):
    broken = {"cat/broken.png": b"\x89PNG not really", "dog/cut.png": png(1, 2, 3)[:40]}
    put(tmp_path, two("?/{i}.png", PETS) | broken)
    pictures = load_pictures(str(tmp_path))
    assert len(pictures.train) + len(pictures.test) == 20
    assert all(name in " ".join(pictures.notes) for name in ("broken.png", "cut.png"))


def test_every_picture_mode_becomes_eight_bits():
    lab = Image.merge("LAB", [Image.new("L", (1, 1), value) for value in (136, 208, 195)])  # L 53, a 80, b 67 is red
    nan = Image.frombytes("F", (3, 1), struct.pack("<3f", float("inf"), 0.25, float("nan")))
    for picture, seen in (
        (Image.new("1", (1, 1), 1), 255),
        (Image.new("LA", (1, 1), (100, 255)), 100),
        (Image.new("RGBA", (1, 1), (255, 0, 0, 0)), 255),  # transparent is white
        (Image.new("RGBA", (1, 1), (200, 0, 0, 255)), (200, 0, 0)),
        (Image.new("I;16", (1, 1), 32768), 128),
        (Image.new("RGB", (1, 1), (0, 0, 255)).quantize(4), (0, 0, 255)),
        (Image.new("CMYK", (1, 1), (0, 255, 255, 0)), (255, 0, 0)),
        (Image.new("YCbCr", (1, 1), (76, 85, 255)), (254, 0, 0)),
        (Image.new("HSV", (1, 1), (0, 255, 255)), (255, 0, 0)),
        (lab, (255, 0, 0)),
        (nan, 255),
    ):
        found = open_picture(picture).getpixel((0, 0))
        assert torch.allclose(torch.tensor(found), torch.tensor(seen), atol=12), (picture.mode, found)
    assert list(open_picture(nan).tobytes()) == [255, 64, 0]
    for value, top, seen in ((200, 255, 200), (32768, 65535, 128), (2**30, 2**31 - 1, 128)):  # not black
        whole = Image.new("I", (2, 1), value)
        whole.putpixel((1, 0), top)
        assert list(open_picture(whole).tobytes()) == [seen, 255]


def test_exif_turns_a_picture(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    Image.new("RGB", (40, 20)).save(tmp_path / "side.jpg", exif=exif)
    assert open_picture(tmp_path / "side.jpg").size == (20, 40)


EXIF = b"Exif\0\0MM\0*\0\0\0\x08"  # the header of big-endian EXIF whose only directory follows
DAMAGED = {
    "cut in its header": EXIF[:10],
    "cut in a directory": EXIF + b"\0\2\1\x12\0\3\0\0\0\1\0\6\0\0\1\x0f",
    "no EXIF at all": b"Exif\0\0garbage",
    "a directory beyond its end": EXIF[:10] + b"\x7f\xff\xff\xff",
    "a value beyond its end": EXIF + b"\0\1\1\x12\0\3\0\1\0\0\xff\xff\xff\xff" + bytes(4),
}


@pytest.mark.parametrize("kind", DAMAGED)
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.filterwarnings("ignore::UserWarning")  # pytest sets filters of its own; the next test asks a process
def test_of_a_picture_with_damaged_exif_the_pixels_count(tmp_path, kind, form):
    """However often it is opened, and whoever opens it."""
    path = tmp_path / f"p.{form.lower()}"
    Image.new("RGB", (20, 20), (200, 10, 10)).save(path, form, exif=DAMAGED[kind])
    picture = open_picture(path)
    assert picture.size == (20, 20) and "exif" not in picture.info
    assert open_picture(picture).tobytes() == picture.tobytes() == open_picture(path.read_bytes()).tobytes()
    assert from_pil([picture, path], 20, 3)[1].float().mean((1, 2)).tolist() == pytest.approx([200, 10, 10], abs=4)


def test_damaged_exif_prints_no_warning(tmp_path):
    for number, exif in enumerate(DAMAGED.values()):
        Image.new("RGB", (20, 20), (200, 10, 10)).save(tmp_path / f"{number}.jpg", exif=exif)
    code = "import pathlib; from ganzoo.images import open_picture; [open_picture(p) for p in pathlib.Path().iterdir()]"
    done = subprocess.run([quick.PYTHON, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_pictures_of_other_formats_and_beyond_the_limit_are_refused(tmp_path, monkeypatch):
    """Pillow by itself would open other formats, too, and one of them starts another program."""
    Image.new("RGB", (8, 8)).save(tmp_path / "000001.png", format="PCX")
    with raises_code("picture_damaged"):
        open_picture(tmp_path / "000001.png")
    monkeypatch.setattr(images, "MOST_PIXELS", 400)
    for side in (20, 21):
        Image.new("L", (side, 20)).save(tmp_path / f"{side}.png")
    assert open_picture(tmp_path / "20.png").size == (20, 20)
    with raises_code("picture_too_large"):
        open_picture(tmp_path / "21.png")


def test_tensor_and_pil_are_inverse():
    pictures = torch.arange(256, dtype=torch.uint8).view(1, 1, 16, 16)
    assert torch.equal(to_uint8(to_float(pictures)), pictures)
    assert torch.equal(from_pil(to_pil(pictures), 16, 1), pictures)


HEAD = struct.pack(">4B3I", 0, 0, 8, 3, 2, 2, 2)
BAD_IDX = {
    "not gzip": (b"hello", "idx_damaged"),
    "cut gzip": (gzip.compress(HEAD + bytes(8))[:-6], "idx_damaged"),
    "wrong magic": (gzip.compress(b"\0\0\x09\3" + HEAD[4:] + bytes(8)), "not_an_idx_file"),
    "too short": (gzip.compress(HEAD + bytes(5)), "idx_wrong_length"),
    "too long": (gzip.compress(HEAD + bytes(50)), "idx_wrong_length"),
    "empty": (b"", "not_an_idx_file"),
    "no pictures": (gzip.compress(struct.pack(">4B3I", 0, 0, 8, 3, 0, 2, 2)), "idx_empty"),
    "promises terabytes": (gzip.compress(struct.pack(">4B3I", 0, 0, 8, 3, *[2**31] * 3)), "idx_wrong_length"),
}


@pytest.mark.parametrize("kind", BAD_IDX)
def test_a_damaged_idx_file_is_named(tmp_path, kind):
    path = tmp_path / "train-images-idx3-ubyte.gz"
    content, code = BAD_IDX[kind]
    path.write_bytes(content)
    with raises_code(code, path=path):
        read_idx(path, 3)


@pytest.mark.parametrize(("head", "code"), [(bytes(16), "not_an_idx_file"), (HEAD, "idx_wrong_length")])
def test_a_gz_is_never_unpacked_beyond_what_its_header_promises(tmp_path, head, code):
    path = tmp_path / "train-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(head + bytes(64 << 20), 1))
    tracemalloc.start()
    with raises_code(code):
        read_idx(path, 3)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 4 << 20


DIGITS, PAIRS, SIDES = made_up_pictures(15), made_up_pairs(12, 32), made_up_unpaired(9, 32)
BATCHES = {
    "labeled": lambda size, seed, *process: Batches(DIGITS.train, DIGITS.train_labels, size, seed, "cpu", *process),
    "pairs": lambda size, seed, *process: PairBatches(PAIRS.train, size, seed, 32, "cpu", *process),
    "unpaired": lambda size, seed, *process: UnpairedBatches(SIDES.train, size, seed, 32, "cpu", *process),
    "masked": lambda *given: masked(BATCHES["unpaired"](*given)),
}


def masked(batches: UnpairedBatches) -> UnpairedBatches:
    """Each picture with masks of its own."""
    batches.masks = {
        side: torch.arange(len(p)).view(-1, 1, 1, 1).repeat(1, 2, 2, 2) / 9 for side, p in SIDES.train.items()
    }
    return batches


@pytest.mark.parametrize("kind", BATCHES)
def test_batches_are_a_function_of_seed_and_step_and_two_processes_share_one(kind):
    def at(batches, step) -> list[torch.Tensor]:
        batch = batches(step)
        return [*batch.values()] if isinstance(batch, dict) else [*batch]

    make = BATCHES[kind]
    one, two, first, second = make(4, 5), make(4, 5), make(2, 5, 0, 2), make(2, 5, 1, 2)
    assert one.per_epoch == first.per_epoch
    for step in (3, 11, 0, 7):  # in any order, and across the end of a lap
        assert same(at(one, step), at(two, step))
        halves = zip(at(first, step), at(second, step), strict=True)
        assert same(at(one, step), [torch.cat(both) for both in halves])
    assert not same(at(one, 3), at(make(4, 6), 3))


def test_an_epoch_shows_every_picture_at_most_once_and_a_small_set_still_gives_whole_batches():
    rows = torch.arange(50, dtype=torch.uint8).view(50, 1, 1, 1)
    batches = Batches(rows, None, 8, 0, "cpu")
    seen = torch.cat([to_uint8(batches(step)[0]).flatten() for step in range(batches.per_epoch)])
    assert len(seen) == 48 == len(seen.unique())
    pictures, labels = Batches(rows[:10], torch.arange(10), 64, 0, "cpu")(0)
    assert pictures.shape == (64, 1, 1, 1) and len(labels.unique()) == 10
