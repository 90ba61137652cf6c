"""Two models side by side from the same inspirations: with and without Batch Normalization, dots and strokes.

The numbers come from the models' own cards (10,000 samples each); the sentences say what they say, whatever it is.
"""

from html import escape

from ganzoo.evaluation import metrics
from ganzoo.images import to_pil

from ...catalog import local
from ...ui.html import image, prose, share_bars
from ...ui.words import Words

COUNT = 18
EASY = 0.05  # a creator that writes only the easy digits has some that are rarer than this


def _panel(title: str, pictures: list, alt: str, below: str) -> str:
    cells = "".join(image(p, f"{alt} {i + 1}") for i, p in enumerate(pictures))
    return f'<section><h3>{escape(title)}</h3><div class="gz-tiles">{cells}</div>{below}</section>'


def _draw(name: str, seed: int):
    made = local.open_model(name)
    return made.tensor(made.noise(COUNT, seed))


# --- lesson 4: with and without Batch Normalization -------------------------------------------------------------


def normalization(words: Words, seed: int) -> str:
    panels, shares = [], {}
    for key, name in (("with_bn", "gan-mnist"), ("without_bn", "gan-mnist-nobn")):
        shares[key] = _shares(local.entry(name))
        pictures = to_pil(_draw(name, seed))
        panels.append(_panel(words(key), pictures, words(key), _share_bars(words, shares[key])))
    return f'<div class="gz-pair">{"".join(panels)}</div>{prose(_measured(words, shares))}'


def _shares(entry: local.Entry) -> dict[str, float]:
    found = entry.metric("class-share-")
    numbers = isinstance(found, dict) and all(isinstance(v, (int, float)) for v in found.values())
    return found if numbers else {}


def _share_bars(words: Words, shares: dict[str, float]) -> str:
    if not shares:
        return f'<p class="gz-note">{escape(words("not_measured"))}</p>'
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


# --- lesson 7: dots and strokes ---------------------------------------------------------------------------------


BOTH = {"mlp": "gan", "convolutions": "dcgan"}


def beside(words: Words, data: str, seed: int) -> str:
    """The same inspirations through both creators, with the speckle of what they made."""
    panels = []
    for key, lesson in BOTH.items():
        tensor = _draw(local.name_of(lesson, data), seed)
        here = words("speckle_here", value=f"{metrics.speckle(tensor):.2f}")
        panels.append(_panel(words(key), to_pil(tensor), words(key), f'<p class="gz-note">{escape(here)}</p>'))
    return f'<div class="gz-pair">{"".join(panels)}</div>'
