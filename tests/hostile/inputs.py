"""Hostile inputs to the library: `cases(folder)` gives (name, call). Each call must raise a GanzooError in one sentence;
those whose name begins with "good:" must not raise at all."""

import pickle
from pathlib import Path

import numpy
import torch
from PIL import Image

import ganzoo
from ganzoo import recipes, settings
from ganzoo.models import cyclegan, gan, pix2pix
from ganzoo.training import trainer

from .made import Evil, bomb, png, tiny


def cases(folder: Path):
    yield from command_lines(folder)
    yield from names(folder)
    yield from pictures(folder)
    yield from calls(folder)
    yield from tensors(folder)


# --- the command line -------------------------------------------------------------------------------------------------

GAN = """
--epochs many|--epochs 0|--epochs -1|--epochs 1.5|--epochs 1e9|--epochs|--epochs inf|--batch-size 1|--batch-size -3
--batch-size 1e3|--batch-size 99999999|--batch-size x|--lr nan|--lr inf|--lr -1|--lr 2|--lr quick|--beta1 1|--beta1 -0.1
--beta1 nan|--seed -1|--seed 99999999999|--seed x|--seed 1.0|--decay 2|--decay nan|--decay -1|--ema 1|--ema nan|--r1 -1
--r1 inf|--r1-every 0|--image-size 0|--image-size -28|--image-size 99999|--image-size 28.5|--channels 2|--channels rgb
--precision fp8|--adversarial wgan|--norm layer|--activation gelu|--set save_every=0|--set push_every=-1|--set lr=1|--set
--save-every 5|--colour red|--data=|--device|--batch_size 8|--epoch 3|--push a b|unexpected|--width 0|--noise-size 0
--name a/b|--name ..|--name .|--device tpu|--device cuda:99|--device cpu:x|--device mps:7|--resume nowhere|--resume
--upsample resize|--init nowhere|--init ../..|--out /proc/nowhere|--out /dev/null
"""
PIX2PIX = """
--loss l2|--loss gan+|--pixel l1|--set patch=71|--set patch=0|--set patch=half|--upsample nearest|--set dropout=1
--set dropout=nan|--set diffaugment=yes|--variations often|--halvings 11|--set weight=-1|--set weight=nan|--set decay=2
--patch 70|--image-size 33|--image-size 16|--image-size 30 --halvings 3|--image-size 8 --set patch=70|--accumulate 2
--set most=0|--set critic_width=0|--batch-size 0|--perceptual -1|--perceptual nan|--perceptual inf|--critic patch
--loss gan --perceptual 5
"""
CYCLEGAN = "--critic nobody|--identity -1|--cycle nan|--blocks 0|--set pool=-1|--width x|--set gate|--residual --generator unet"


def command_lines(folder: Path):
    def prepared(module, words: str):
        out = [] if "--out" in words else ["--out", str(folder / "out")]
        config, given = settings.parse(module.Config, [*words.split(), *out])
        recipes.find_init(trainer.prepare(config, given))

    for module, lines in ((gan, GAN), (pix2pix, PIX2PIX), (cyclegan, CYCLEGAN)):
        for words in lines.strip().replace("\n", "|").split("|"):
            yield f"{module.Config.lesson} {words}", lambda m=module, w=words: prepared(m, w)


# --- names of models and of data --------------------------------------------------------------------------------------


def names(folder: Path):
    mark, evil = folder / "run-by-a-pickle", folder / "evil.pt"
    evil.write_bytes(pickle.dumps(Evil(mark)))
    (folder / "text.txt").write_text("no model")
    (folder / "empty").mkdir()
    for name in ("", " ", "\0", "gan-mnis", "~nobody9/x", "x" * 5000, "../..", "a/b/c/d", "gan-mnist/", "/", "💣"):
        yield f"load {name[:20]!r}", lambda n=name: ganzoo.load(n)
    for path in (evil, folder / "text.txt", folder / "empty"):
        yield f"load {path.name}", lambda p=path: ganzoo.load(p)
    for device in ("abacus", "toaster", "cuda:99"):
        yield f"load on {device}", lambda d=device: ganzoo.load("gan-mnist", device=d)
    yield "load a revision that is a number", lambda: ganzoo.load("alice/x", revision=5)

    def opened():
        assert not mark.exists(), "a pickle was opened"

    yield "good: no pickle was opened", opened
    for data in ("no/such/set/at/all", "\0", None, ",", "a,b,c"):
        yield f"load_pictures {data!r}", lambda d=data: ganzoo.load_pictures(d, 28)
        yield f"load_pairs {data!r}", lambda d=data: ganzoo.load_pairs(d, 32)
        yield f"load_unpaired {data!r}", lambda d=data: ganzoo.load_unpaired(d, 32)
    for size in (0, -1, 2.5, "x"):
        yield f"load_pictures of size {size}", lambda s=size: ganzoo.load_pictures(folder, image_size=s)
        yield f"load_pairs of size {size}", lambda s=size: ganzoo.load_pairs(folder, image_size=s)
        yield f"load_unpaired of size {size}", lambda s=size: ganzoo.load_unpaired(folder, image_size=s)
    yield "load_pictures of two channels", lambda: ganzoo.load_pictures(folder, channels=2)


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


# --- calls ------------------------------------------------------------------------------------------------------------

LABELS = ([10], [-1], ["ten"], [None, 1], [1.5], [True], "cat", [[1, 2], [3, 4]], [[1], [2]], [], {}, [10**5000, 1],
          torch.zeros(2, 2), torch.zeros(2, 1, dtype=torch.int64), [torch.tensor([1, 2]), 3], torch.tensor([1.5, 2.0]),
          torch.tensor([True, False]), numpy.zeros((2, 2), int), [numpy.array([1, 2]), 3], numpy.array([1.0, 2.0]))  # fmt: skip


def calls(folder: Path):
    plain, labelled = ganzoo.load("gan-mnist"), ganzoo.load("cgan-mnist")
    pix = ganzoo.load(folder / "tiny-pix2pix")
    cycle = ganzoo.load(tiny(folder / "tiny-cycle", cyclegan, blocks=1, direction="horse->zebra"))
    square, digits = Image.new("RGB", (32, 32)), labelled.sample(2)
    for n in (-1, 0, 1.5, True, 10**9, 10**5000, "8", float("nan"), [3], numpy.array([1, 2]), torch.tensor([1, 2])):
        yield f"sample n={type(n)!s}", lambda n=n: plain.sample(n)
    for seed in (-1, 2**63, 1.5, "7", None, float("inf")):
        yield f"sample seed={seed!r}", lambda s=seed: plain.sample(1, seed=s)
    yield "no noise", lambda: plain.noise(0)
    for number, labels in enumerate(LABELS):
        yield f"sample labels {number}", lambda v=labels: labelled.sample(labels=v)
        yield f"tensor labels {number}", lambda v=labels: labelled.tensor(labelled.noise(2), v)
        yield f"critique labels {number}", lambda v=labels: labelled.critique(digits, v)
    yield "labels for a GAN", lambda: plain.sample(labels=[1])
    yield "three labels for two", lambda: labelled.sample(2, labels=[1, 2, 3])
    yield "translate with a GAN", lambda: plain.translate(square)
    yield "sample with a Pix2Pix", lambda: pix.sample(2)
    yield "another direction", lambda: cycle.translate(square, direction="cow->horse")
    yield "a direction that is none", lambda: cycle.translate(square, direction=7)
    yield "a variation of a CycleGAN", lambda: cycle.translate(square, variation=1)
    for variation in (-1, 1.5, "x", True, 2**63):
        yield f"variation={variation!r}", lambda v=variation: pix.translate(square, variation=v)
    yield "critique without an original", lambda: pix.critique(square)
    yield "critique of another size", lambda: pix.critique(square, Image.new("RGB", (32, 16)))
    yield "critique of one with two", lambda: pix.critique([square], [square, square])
    yield "critique without a label", lambda: labelled.critique([square])
    yield "critique of numbers", lambda: plain.critique([1, 2])
    yield "critique of a file that is none", lambda: plain.critique("nowhere.png")
    for strides in ([2, 0], "222", [1.5], [-2]):
        yield f"receptive_field {strides!r}", lambda s=strides: ganzoo.receptive_field(s)
    yield "receptive_field of a negative kernel", lambda: ganzoo.receptive_field([2], kernel=-1)
    for words in ({"levels": 0}, {"width": -1}, {"norm": "x"}, {"upsample": "x"}, {"dropout": 1}, {"in_channels": 1.5},
                  {"dropout": float("nan")}):  # fmt: skip
        yield f"UNetGenerator {words}", lambda w=words: pix2pix.UNetGenerator(**{"levels": 2, "width": 2} | w)
    for words in ({"patch": 7}, {"norm": "x"}, {"width": 0}, {"channels": "6"}):
        yield f"PatchDiscriminator {words}", lambda w=words: pix2pix.PatchDiscriminator(**w)


SHAPES = ((), (3, 32, 32), (1, 1, 3, 32, 32), (1, 7, 32, 32), (0, 3, 32, 32), (1, 3, 0, 32), (1, 3, 32, 0), (100,), (2, 7),
          (0, 100))  # fmt: skip
KINDS = (torch.int64, torch.uint8, torch.bool, torch.complex64)
ODD = {  # what is no tensor of floats of the asked shape
    "a number": 5,
    "a list": [1.0, 2.0],
    "a picture": Image.new("RGB", (32, 32)),
    "an array": numpy.zeros((1, 3, 32, 32), numpy.float32),
    **{str(shape): torch.zeros(shape) for shape in SHAPES},
    **{str(kind): torch.zeros(1, 3, 32, 32).to(kind) for kind in KINDS},
}
UNASKED = (
    "a picture",
    "(0, 3, 32, 32)",
    "(0, 100)",
)  # a picture is taken, nobody's opinion of nothing is an empty list


def tensors(folder: Path):
    plain, pix, fine = ganzoo.load("gan-mnist"), ganzoo.load(folder / "tiny-pix2pix"), torch.zeros(1, 3, 32, 32)
    for name, odd in ODD.items():
        yield f"tensor of {name}", lambda x=odd: plain.tensor(x)
        yield f"translate_tensor of {name}", lambda x=odd: pix.translate_tensor(x)
        yield f"patch_map of {name}", lambda x=odd: pix.patch_map(x)
        if name in UNASKED:
            continue
        yield f"critique of {name}", lambda x=odd: plain.critique(x)
        yield f"critique of {name} beside a tensor", lambda x=odd: pix.critique(x, fine)
        yield f"critique of a tensor beside {name}", lambda x=odd: pix.critique(fine, x)
