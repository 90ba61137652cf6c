"""Two models side by side from the same inspirations: with and without Batch Normalization.

The numbers come from the models' own cards (10,000 samples each); the sentences say what they say, whatever it is.
"""

from ganzoo.images import to_pil

from ...catalog import local
from ...ui.html import grid, note, prose, section, share_bars, sheet
from ...ui.words import Words

COUNT = 18
EASY = 0.05  # a creator that writes only the easy digits has some that are rarer than this


def normalization(words: Words, seed: int) -> str:
    panels, shares = [], {}
    for key, name in (("with_bn", "gan-mnist"), ("without_bn", "gan-mnist-nobn")):
        shares[key] = _shares(local.entry(name))
        made = local.open_model(name)
        pictures = to_pil(made.tensor(made.noise(COUNT, seed)))
        panels.append(section(words(key), sheet(pictures, words(key)), _share_bars(words, shares[key])))
    return grid(*panels) + prose(_measured(words, shares))


def _shares(entry: local.Entry) -> dict[str, float]:
    found = entry.metric("class-share-")
    numbers = isinstance(found, dict) and all(isinstance(v, (int, float)) for v in found.values())
    return found if numbers else {}


def _share_bars(words: Words, shares: dict[str, float]) -> str:
    if not shares:
        return note(words("not_measured"))
    return share_bars(words, shares, words("share_label"), "{:.1%}", "digits")


def _measured(words: Words, shares: dict[str, dict]) -> str:
    """What the digit classifier counted, as a sentence that holds for any outcome."""
    if not all(shares.values()):
        return ""
    said = {}
    for key, short in (("with_bn", "a"), ("without_bn", "b")):
        rare = min(shares[key], key=shares[key].get)
        said |= {f"{short}_digit": rare, f"{short}_share": f"{shares[key][rare]:.1%}"}
        said[f"{short}_off"] = f"{50 * sum(abs(v - 1 / len(shares[key])) for v in shares[key].values()):.1f}"
    verdict = "bn_evener" if float(said["a_off"]) < float(said["b_off"]) else "bn_not_evener"
    all_there = min(min(found.values()) for found in shares.values()) >= EASY
    return words.together(words("bn_measured", **said), words(verdict), words("bn_all_there") if all_there else "")
