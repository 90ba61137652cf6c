"""Hostile inputs to the library: `cases(folder)` gives (name, call). Each call must raise a GanzooError in one sentence;
those whose name begins with "good:" must not raise at all."""

import io
import pickle
from pathlib import Path

import numpy
import torch
from PIL import Image

import ganzoo
from ganzoo import recipes, settings
from ganzoo.models import cyclegan, gan, pix2pix
from ganzoo.training import trainer

from . import sentence
from .files import data_folders, model_folders, runs
from .made import Evil, bomb, png, tiny


def tried(folder: Path) -> tuple[int, list[str]]:
    """Try every case -> (how many, what went wrong with which)."""
    count, wrong = 0, []
    for name, call in cases(folder):
        count += 1
        try:
            call()
            problem = "" if name.startswith("good:") else "nothing was said"
        except Exception as error:
            problem = f"raised {error!r}" if name.startswith("good:") else sentence(error)
        if problem:
            wrong.append(f"{name}: {problem}")
    return count, wrong


def cases(folder: Path):
    yield from command_lines(folder)
    yield from names(folder)
    yield from pictures(folder)
    yield from calls(folder)
    yield from model_folders(folder / "models")
    yield from data_folders(folder / "data")
    yield from runs(folder / "runs")


# --- the command line -------------------------------------------------------------------------------------------------

WORDS = [
    *("--epochs many", "--epochs 0", "--epochs -1", "--epochs 1.5", "--epochs 1e9", "--epochs", "--epochs inf"),
    *("--batch-size 1", "--batch-size -3", "--batch-size 1e3", "--batch-size 99999999", "--batch-size x"),
    *("--lr nan", "--lr inf", "--lr -1", "--lr 2", "--lr quick", "--beta1 1", "--beta1 -0.1", "--beta1 nan"),
    *("--seed -1", "--seed 99999999999", "--seed x", "--seed 1.0", "--decay 2", "--decay nan", "--decay -1"),
    *("--ema 1", "--ema nan", "--r1 -1", "--r1 inf", "--r1-every 0", "--image-size 0", "--image-size -28"),
    *("--image-size 99999", "--image-size 28.5", "--channels 2", "--channels rgb", "--precision fp8"),
    *(
        "--adversarial wgan",
        "--norm layer",
        "--activation gelu",
        "--set save_every=0",
        "--set push_every=-1",
        "--set lr=1",
        "--set",
        "--save-every 5",
        "--colour red",
    ),
    *("--data=", "--device", "--batch_size 8", "--epoch 3", "--push a b", "unexpected", "--width 0", "--noise-size 0"),
]
PREPARED = [
    *("--name a/b", "--name ..", "--name .", "--device tpu", "--device cuda:99", "--device cpu:x", "--device mps:7"),
    *("--resume nowhere", "--resume", "--init nowhere", "--init ../..", "--out /proc/nowhere", "--out /dev/null"),
]
TRANSLATING = [
    *(
        "--loss l2",
        "--loss gan+",
        "--pixel l1",
        "--set patch=71",
        "--set patch=0",
        "--upsample nearest",
        "--set dropout=1",
    ),
    *(
        "--set dropout=nan",
        "--variations often",
        "--halvings 11",
        "--set weight=-1",
        "--set weight=nan",
        "--set decay=2",
        "--patch 70",
    ),
    *("--image-size 33", "--image-size 8 --set patch=70", "--accumulate 2"),
    *("--set most=0", "--set critic_width=0", "--batch-size 0"),
]


def command_lines(folder: Path):
    def prepared(module, words: str):
        out = [] if "--out" in words else ["--out", str(folder / "out")]
        config, given = settings.parse(module.Config, [*words.split(), *out])
        config = trainer.prepare(config, given)
        recipes.find_init(config)
        return config

    for words in (*WORDS, *PREPARED):
        yield f"gan {words}", lambda w=words: prepared(gan, w)
    for words in TRANSLATING:
        yield f"pix2pix {words}", lambda w=words: prepared(pix2pix, w)
    for words in ("--identity -1", "--cycle nan", "--blocks 0", "--set pool=-1", "--width x"):
        yield f"cyclegan {words}", lambda w=words: prepared(cyclegan, w)


# --- names of models ------------------------------------------------------------------------------------------------


def names(folder: Path):
    mark = folder / "run-by-a-pickle"
    evil = folder / "evil.pt"
    evil.write_bytes(pickle.dumps(Evil(mark)))
    (folder / "text.txt").write_text("no model")
    (folder / "empty").mkdir()
    for name in ("", " ", "\0", "gan-mnis", "~nobody9/x", "x" * 5000, "../..", "a/b/c/d", "gan-mnist/", "/", "💣"):
        yield f"load {name[:20]!r}", lambda n=name: ganzoo.load(n)
    for path in (evil, folder / "text.txt", folder / "empty"):
        yield f"load {path.name}", lambda p=path: ganzoo.load(p)
    yield "load on no device", lambda: ganzoo.load("gan-mnist", device="abacus")

    def opened():
        assert not mark.exists(), "a pickle was opened"

    yield "good: no pickle was opened", opened


# --- pictures ---------------------------------------------------------------------------------------------------------


def pictures(folder: Path):
    model = ganzoo.load(tiny(folder / "tiny-pix2pix"))
    (folder / "a-folder.png").mkdir()
    sources = {
        "nothing": b"",
        "text": b"hello",
        "HTML": b"<html><img src=x></html>",
        "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        "a bomb of 4 gigapixels": bomb(65000, 65000),
        "a bomb of 1 line": bomb(2**31 - 1, 1),
        "no pixels": bomb(0, 0),
        "a cut PNG": png()[:60],
        "a PNG with a broken middle": png((256, 256))[:100] + b"\xff" * 20,
        "a GIF of a header": b"GIF89a\xff\xff\xff\xff\x80\0\0",
        "a TIFF without an end": b"II*\0\x08\0\0\0\xff\xff",
        "a pickle": pickle.dumps([1]),
        "a missing file": folder / "nowhere.png",
        "a folder": folder / "a-folder.png",
        "a name with a zero": "a\0b.png",
        "a long name": "x" * 5000 + ".png",
        "None": None,
        "a number": 7,
        "a list": [png()],
        "a dict": {"path": "/etc/passwd"},
        "an array": numpy.zeros((3, 3, 7), numpy.uint8),
        "true": True,
    }
    for name, source in sources.items():
        yield f"translate {name}", lambda s=source: model.translate(s)
    yield "critique None", lambda: model.critique(None, None)
    yield "critique a bomb", lambda: model.critique(bomb(65000, 65000), png())
    for mode in ("1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F"):
        yield f"good: translate {mode}", lambda m=mode: model.translate(Image.new(m, (9, 5)))
    for size in ((1, 1), (1, 300), (2, 3), (31, 33)):
        yield f"good: translate {size}", lambda s=size: model.translate(Image.new("RGB", s))

    def twice():
        """A JPEG with damaged EXIF and good pixels gives the same answer each time."""
        buffer = io.BytesIO()
        exif = b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\xee" * 40
        Image.new("RGB", (32, 32), (200, 10, 10)).save(buffer, "JPEG", exif=exif)
        picture = Image.open(io.BytesIO(buffer.getvalue()))
        answers = {model.translate(source).tobytes() for source in (buffer.getvalue(), picture, picture)}
        assert len(answers) == 1

    yield "good: damaged EXIF", twice


# --- calls ------------------------------------------------------------------------------------------------------------


def calls(folder: Path):
    plain, labelled = ganzoo.load("gan-mnist"), ganzoo.load("cgan-mnist")
    pix = ganzoo.load(folder / "tiny-pix2pix")
    cycle = ganzoo.load(tiny(folder / "tiny-cycle", cyclegan, blocks=1, direction="horse->zebra"))
    square = Image.new("RGB", (32, 32))
    for n in (-1, 0, 1.5, True, 10**9, "8", float("nan"), [3]):
        yield f"sample n={n!r}", lambda n=n: plain.sample(n)
    for seed in (-1, 2**63, 1.5, "7", None, float("inf")):
        yield f"sample seed={seed!r}", lambda s=seed: plain.sample(1, seed=s)
    for labels in ([10], [-1], ["ten"], [None], [1.5], [True], "cat", [[1, 2], [3, 4]], torch.zeros(2, 2), [10**30]):
        yield f"sample labels={str(labels)[:20]}", lambda v=labels: labelled.sample(labels=v)
    yield "labels for a GAN", lambda: plain.sample(labels=[1])
    yield "three labels for two", lambda: labelled.sample(2, labels=[1, 2, 3])
    for name, shape in {"1-D": (100,), "3-D": (1, 100, 1), "too short": (2, 7), "none": (0, 100)}.items():
        yield f"tensor {name}", lambda s=shape: plain.tensor(torch.zeros(s))
    yield "tensor of whole numbers", lambda: plain.tensor(torch.zeros(1, 100, dtype=torch.long))
    yield "tensor of a list", lambda: plain.tensor([[0.0] * 100])
    yield "translate with a GAN", lambda: plain.translate(square)
    yield "sample with a Pix2Pix", lambda: pix.sample(2)
    yield "another direction", lambda: cycle.translate(square, direction="cow->horse")
    yield "a direction that is none", lambda: cycle.translate(square, direction=7)
    yield "a variation of a CycleGAN", lambda: cycle.translate(square, variation=1)
    for variation in (-1, 1.5, "x", True, 2**63):
        yield f"variation={variation!r}", lambda v=variation: pix.translate(square, variation=v)
    for shape in ((3, 32, 32), (1, 1, 32, 32), (1, 3, 32), (1, 3, 0, 32), (0, 3, 32, 32)):
        yield f"translate_tensor {shape}", lambda s=shape: pix.translate_tensor(torch.zeros(s))
    yield "translate_tensor of bytes", lambda: pix.translate_tensor(torch.zeros(1, 3, 32, 32, dtype=torch.uint8))
    yield "translate_tensor of a picture", lambda: pix.translate_tensor(square)
    yield "critique without an original", lambda: pix.critique(square)
    yield "critique of another size", lambda: pix.critique(square, Image.new("RGB", (32, 16)))
    yield "critique of one with two", lambda: pix.critique([square], [square, square])
    yield "critique without a label", lambda: labelled.critique([square])
    yield "critique of numbers", lambda: plain.critique([1, 2])
    yield "critique of a wrong tensor", lambda: plain.critique(torch.zeros(2, 3, 5, 5))
    for strides in ([2, 0], "222", [1.5], [-2]):
        yield f"receptive_field {strides!r}", lambda s=strides: ganzoo.receptive_field(s)
    yield "receptive_field of a negative kernel", lambda: ganzoo.receptive_field([2], kernel=-1)
    for words in ({"levels": 0}, {"width": -1}, {"norm": "x"}, {"upsample": "x"}, {"dropout": 1}, {"in_channels": 1.5},
                  {"dropout": float("nan")}):  # fmt: skip
        yield f"UNetGenerator {words}", lambda w=words: pix2pix.UNetGenerator(**{"levels": 2, "width": 2} | w)
    for words in ({"patch": 7}, {"norm": "x"}, {"width": 0}, {"channels": "6"}):
        yield f"PatchDiscriminator {words}", lambda w=words: pix2pix.PatchDiscriminator(**w)
