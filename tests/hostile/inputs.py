"""Hostile inputs to the library: `cases(folder)` gives (name, call). Each call must raise a GanzooError in one sentence;
those whose name begins with "good:" must not raise at all."""

import pickle
from functools import partial
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
--loss gan --perceptual 5|--set moments=5|--perceptual 5 --set moments=nan|--perceptual 5 --set moments=-1|--pairs-from red
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


def each(name: str, call, *values):
    """A case for every value that the call is given alone."""
    for number, value in enumerate(values):
        yield f"{name} {number}", partial(call, value)


def names(folder: Path):
    mark, evil = folder / "run-by-a-pickle", folder / "evil.pt"
    evil.write_bytes(pickle.dumps(Evil(mark)))
    (folder / "text.txt").write_text("no model")
    (folder / "empty").mkdir()
    wrong = ("", " ", "\0", "gan-mnis", "~nobody9/x", "x" * 5000, "../..", "a/b/c/d", "gan-mnist/", "/", "💣")
    yield from each("load", ganzoo.load, *wrong, evil, folder / "text.txt", folder / "empty")
    yield from each("load on", lambda device: ganzoo.load("gan-mnist", device=device), "abacus", "toaster", "cuda:99")
    yield "load a revision that is a number", lambda: ganzoo.load("alice/x", revision=5)

    def opened():
        assert not mark.exists(), "a pickle was opened"

    yield "good: no pickle was opened", opened
    for read in (ganzoo.load_pictures, ganzoo.load_pairs, ganzoo.load_unpaired):
        asked, sized = partial(read, image_size=32), lambda size, read=read: read(folder, image_size=size)
        yield from each(read.__name__, asked, "no/such/set/at/all", "\0", None, ",", "a,b,c")
        yield from each(f"{read.__name__} of size", sized, 0, -1, 2.5, "x")
    yield "load_pictures of two channels", lambda: ganzoo.load_pictures(folder, channels=2)


def pictures(folder: Path):
    model = ganzoo.load(tiny(folder / "tiny-pix2pix"))
    (folder / "a-folder.png").mkdir()
    sources = (
        *(b"", b"hello", b"<html><img src=x></html>", b'<svg xmlns="http://www.w3.org/2000/svg"/>', pickle.dumps([1])),
        *(bomb(65000, 65000), bomb(2**31 - 1, 1), bomb(0, 0)),  # of 4 gigapixels, of one line, of nothing
        *(png()[:60], png((256, 256))[:100] + b"\xff" * 20),  # cut, and with a broken middle
        *(b"GIF89a\xff\xff\xff\xff\x80\0\0", b"II*\0\x08\0\0\0\xff\xff"),  # a header alone, a TIFF without an end
        *(folder / "nowhere.png", folder / "a-folder.png", "a\0b.png", "x" * 5000 + ".png"),
        *(None, 7, True, [png()], {"path": "/etc/passwd"}, numpy.zeros((3, 3, 7), numpy.uint8)),
    )
    yield from each("translate", model.translate, *sources)
    yield "critique None", lambda: model.critique(None, None)
    yield "critique a bomb", lambda: model.critique(bomb(65000, 65000), png())
    modes = [Image.new(mode, (9, 5)) for mode in ("1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F")]
    sizes = [Image.new("RGB", size) for size in ((1, 1), (1, 300), (2, 3), (31, 33))]
    yield from each("good: translate", model.translate, *modes, *sizes)


LABELS = ([10], [-1], ["ten"], [None, 1], [1.5], [True], "cat", [[1, 2], [3, 4]], [[1], [2]], [], {}, [10**5000, 1],
          torch.zeros(2, 2), torch.zeros(2, 1, dtype=torch.int64), [torch.tensor([1, 2]), 3], torch.tensor([1.5, 2.0]),
          torch.tensor([True, False]), numpy.zeros((2, 2), int), [numpy.array([1, 2]), 3], numpy.array([1.0, 2.0]))  # fmt: skip


def calls(folder: Path):
    plain, labelled = ganzoo.load("gan-mnist"), ganzoo.load("cgan-mnist")
    pix = ganzoo.load(folder / "tiny-pix2pix")
    cycle = ganzoo.load(tiny(folder / "tiny-cycle", cyclegan, blocks=1, direction="horse->zebra"))
    square, digits = Image.new("RGB", (32, 32)), labelled.sample(2)
    numbers = (-1, 0, 1.5, True, 10**9, 10**5000, "8", float("nan"), [3], numpy.array([1, 2]), torch.tensor([1, 2]))
    yield from each("sample", plain.sample, *numbers)
    yield from each("seed", lambda seed: plain.sample(1, seed=seed), -1, 2**63, 1.5, "7", None, float("inf"))
    yield "no noise", lambda: plain.noise(0)
    yield from each("sample labels", lambda labels: labelled.sample(labels=labels), *LABELS)
    yield from each("tensor labels", lambda labels: labelled.tensor(labelled.noise(2), labels), *LABELS)
    yield from each("critique labels", lambda labels: labelled.critique(digits, labels), *LABELS)
    yield "labels for a GAN", lambda: plain.sample(labels=[1])
    yield "three labels for two", lambda: labelled.sample(2, labels=[1, 2, 3])
    yield "translate with a GAN", lambda: plain.translate(square)
    yield "sample with a Pix2Pix", lambda: pix.sample(2)
    yield from each("direction", lambda way: cycle.translate(square, direction=way), "cow->horse", 7)
    yield "a variation of a CycleGAN", lambda: cycle.translate(square, variation=1)
    yield from each("variation", lambda v: pix.translate(square, variation=v), -1, 1.5, "x", True, 2**63)
    yield "critique without an original", lambda: pix.critique(square)
    yield "critique of another size", lambda: pix.critique(square, Image.new("RGB", (32, 16)))
    yield "critique of one with two", lambda: pix.critique([square], [square, square])
    yield "critique without a label", lambda: labelled.critique([square])
    yield from each("critique", plain.critique, [1, 2], "nowhere.png")
    yield from each("receptive_field", ganzoo.receptive_field, [2, 0], "222", [1.5], [-2])
    yield "receptive_field of a negative kernel", lambda: ganzoo.receptive_field([2], kernel=-1)
    words = [{"levels": 0}, {"width": -1}, {"norm": "x"}, {"upsample": "x"}, {"dropout": 1}, {"dropout": float("nan")}]
    words += [{"in_channels": 1.5}, {"padding": "x"}]
    yield from each("UNetGenerator", lambda more: pix2pix.UNetGenerator(**{"levels": 2, "width": 2} | more), *words)
    words = [{"patch": 7}, {"norm": "x"}, {"width": 0}, {"channels": "6"}]
    yield from each("PatchDiscriminator", lambda more: pix2pix.PatchDiscriminator(**more), *words)


SHAPES = ((), (3, 32, 32), (1, 1, 3, 32, 32), (1, 7, 32, 32), (1, 3, 0, 32), (1, 3, 32, 0), (100,), (2, 7))
KINDS = (torch.int64, torch.uint8, torch.bool, torch.complex64)
ODD = [5, [1.0, 2.0], numpy.zeros((1, 3, 32, 32), numpy.float32), *map(torch.zeros, SHAPES)]
ODD += [torch.zeros(1, 3, 32, 32).to(kind) for kind in KINDS]
# These a critique takes: a picture, and of nothing the opinion is an empty list.
TAKEN = [Image.new("RGB", (32, 32)), torch.zeros(0, 3, 32, 32), torch.zeros(0, 100)]


def tensors(folder: Path):
    """What is no tensor of floats of the right shape."""
    plain, pix, fine = ganzoo.load("gan-mnist"), ganzoo.load(folder / "tiny-pix2pix"), torch.zeros(1, 3, 32, 32)
    for call in (plain.tensor, pix.translate_tensor, pix.patch_map):
        yield from each(call.__name__, call, *ODD, *TAKEN)
    yield from each("critique of", plain.critique, *ODD)
    yield from each("critique beside a tensor of", lambda odd: pix.critique(odd, fine), *ODD)
    yield from each("critique of a tensor beside", lambda odd: pix.critique(fine, odd), *ODD)
