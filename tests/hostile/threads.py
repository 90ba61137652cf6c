"""What a model is asked and what is trained, in several threads at once: each answer is the one that the call gives alone."""

import tempfile
from pathlib import Path

import torch

import ganzoo
from ganzoo.data import complete, drawings
from ganzoo.data.labeled import made_up_pictures
from ganzoo.data.paired_sources import made_up_pairs
from ganzoo.data.unpaired_sources import made_up_unpaired
from ganzoo.evaluation import judges
from ganzoo.images import to_float, whole_tensor
from ganzoo.models import cyclegan, gan, pix2pix

from .made import tiny


def calls(folder: Path) -> dict:
    """name -> a public call without arguments."""
    pix = ganzoo.load(tiny(folder / "pix", upsample="deconv"))
    cycle = ganzoo.load(tiny(folder / "cycle", cyclegan, blocks=1, direction="horse->zebra"))
    plain, labelled, conv = (ganzoo.load(name) for name in ("gan-mnist", "cgan-mnist", "dcgan-fashion"))
    square, photo = drawings.facade(3, 32), drawings.facade(4, 33)
    tensor, digits = to_float(whole_tensor(square, 3)), plain.sample(4, seed=1)

    def fitted(module, pictures, **more):
        base = {"device": "cpu", "smoke": True, "ema": 0.9} | more

        def call():
            out = tempfile.mkdtemp(dir=folder)
            events = list(ganzoo.fit(ganzoo.prepare(module.Config(out=out, **base)), pictures()))
            found = ganzoo.load(events[-1]["model"])
            return [found.generator.state_dict(), [e for e in events if e["event"] == "samples"]]

        return call

    small = {"image_size": 16, "width": 4, "critic_width": 4, "patch": 16, "data": "x"}

    def judged():
        config = judges.Config(smoke=True, device="cpu", data="mnist", batch_size=16)
        pictures = made_up_pictures(64)
        config = complete(config, pictures)
        *_, last = judges.fit(config, pictures, torch.device("cpu"))
        return last["net"].state_dict()

    return {
        "load": lambda: ganzoo.load("gan-mnist").generator.state_dict(),
        "load a folder": lambda: ganzoo.load(folder / "pix").said,
        "sample": lambda: plain.sample(5, seed=3),
        "sample with labels": lambda: labelled.sample(labels=[3, 1, 4], seed=7),
        "sample a DCGAN": lambda: conv.sample(3, seed=9),
        "tensor": lambda: plain.tensor(plain.noise(3, 5)),
        "critique": lambda: plain.critique(digits),
        "critique with labels": lambda: labelled.critique(digits, [0, 1, 2, 3]),
        "critique patches": lambda: pix.critique(square, square).tolist(),
        "critique a side": lambda: cycle.critique(square, direction="zebra->horse").tolist(),
        "translate": lambda: pix.translate(photo),
        "translate_tensor": lambda: pix.translate_tensor(tensor),
        "a variation": lambda: pix.translate(photo, variation=1),
        "there": lambda: cycle.translate(photo),
        "back": lambda: cycle.translate(photo, direction="zebra->horse"),
        "fit a GAN": fitted(gan, lambda: made_up_pictures(40), width=8, data="mnist", batch_size=8),
        "fit a Pix2Pix": fitted(pix2pix, lambda: made_up_pairs(4, 16), **small),
        "fit a CycleGAN": fitted(cyclegan, lambda: made_up_unpaired(4, 16), blocks=1, **small),
        "fit a judge": judged,
    }
