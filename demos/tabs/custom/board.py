"""The drawing boards of Your pictures as HTML; tab.js makes them draw."""

from html import escape

from ...ui.words import Words

COLOURS = (("own_black", "#000000"), ("own_white", "#ffffff"), ("own_red", "#c8321e"), ("own_orange", "#f0a030"),
           ("own_yellow", "#f8d84a"), ("own_green", "#3c9a4c"), ("own_blue", "#2f62c8"), ("own_brown", "#7a4a34"))  # fmt: skip
BRUSHES = (3, 9, 24)  # pixels of 256
SIDE = 256


def palette(words: Words) -> str:
    """Colours and brushes, one of each pressed."""
    colours = "".join(
        f'<button type="button" class="gz-swatch" data-colour="{hue}" style="--hue:{hue}" aria-pressed="{str(not i).lower()}" '
        f'aria-label="{escape(words(key))}" title="{escape(words(key))}"></button>'
        for i, (key, hue) in enumerate(COLOURS)
    )
    brushes = "".join(
        f'<button type="button" class="gz-swatch gz-dot" data-brush="{width}" style="--dot:{width}px" '
        f'aria-pressed="{str(i == 1).lower()}" aria-label="{escape(words("own_brush"))} {width}"></button>'
        for i, width in enumerate(BRUSHES)
    )
    return (
        f'<div class="gz-swatches" role="group" aria-label="{escape(words("own_colour"))}">{colours}</div>'
        f'<div class="gz-swatches" role="group" aria-label="{escape(words("own_brush"))}">{brushes}</div>'
    )


def board(words: Words, name: str, label: str) -> str:
    """A canvas with its label, and buttons to undo and to clear."""
    return (
        f'<figure class="gz-fig gz-own-board"><figcaption>{escape(label)}</figcaption><div class="gz-own-sheetbox">'
        f'<canvas width="{SIDE}" height="{SIDE}" data-board="{name}" role="img" aria-label="{escape(label)}"></canvas></div>'
        f'<div class="gz-own-buttons"><button type="button" data-undo="{name}">{escape(words("cmp_undo"))}</button>'
        f'<button type="button" data-clear="{name}">{escape(words("cmp_clear"))}</button></div></figure>'
    )
