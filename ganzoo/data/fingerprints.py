"""The official test pictures of some sets, known by fingerprints: their copies on the Hub are not split, and what a judge has
learned from must not be tested on.

A fingerprint is 256 bits of the photo, not of its label picture: whether each of 16 x 16 places is brighter than its left
neighbour. Measured on facades, aerial-map and maps: stored anew as JPEG of quality 50 to 95, or at half or twice the size, a
photo keeps all but 21 bits; the nearest other photo differs in 41. (Label pictures are too flat: some differ in no bit.)
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from ganzoo.data.decode import UNREADABLE
from ganzoo.images import pixels

FILE = Path(__file__).with_name("fingerprints.json")
SIDE = 16
NEAR = 30  # bits that a photo and its copy may differ in


def fingerprint(picture: Image.Image) -> Tensor:
    values = pixels(picture.convert("L").resize((SIDE + 1, SIDE), Image.Resampling.BOX))[0]
    return (values[:, 1:] > values[:, :-1]).flatten()


def known(data: str) -> dict[str, list[str]]:
    """{split: fingerprints in hexadecimal} of a known set; nothing of others."""
    return json.loads(FILE.read_text(encoding="utf-8")).get(data, {})


def bits(text: str) -> Tensor:
    """A fingerprint in hexadecimal -> 256 booleans."""
    return torch.tensor([bit == "1" for bit in f"{int(text, 16):0256b}"])


def recognised(pairs: list[tuple[str, Callable]], official: dict[str, list[str]]) -> dict[str, list]:
    """Pairs by the split that they officially stand in; those of none are for training."""
    marks = {split: torch.stack([bits(text) for text in texts]).float() for split, texts in official.items()}

    def where(pair) -> str:
        with suppress(*UNREADABLE):  # what cannot be read is named when the split is read
            for picture in pair[1]():
                mark = fingerprint(picture).float()
                for split, known in marks.items():
                    if (known - mark).abs().sum(1).min() <= NEAR:
                        return split
        return "train"

    found: dict[str, list] = {split: [] for split in ("train", *official)}
    with ThreadPoolExecutor(4) as pool:
        for pair, split in zip(pairs, pool.map(where, pairs), strict=True):
            found[split].append(pair)
    return {split: group for split, group in found.items() if group}
