"""Named colours of cloth in sRGB, how often each is worn, and palettes of them."""

from __future__ import annotations

from collections.abc import Mapping

from vidsynth.colour import Colour, difference

CLOTH: dict[str, tuple[Colour, float]] = {
    # name: (sRGB, how often it is worn)
    "black": ((0.06, 0.06, 0.07), 5.0),
    "white": ((0.86, 0.86, 0.84), 3.0),
    "grey": ((0.42, 0.43, 0.45), 3.0),
    "light-grey": ((0.65, 0.66, 0.67), 1.5),
    "navy": ((0.09, 0.12, 0.26), 3.0),
    "blue": ((0.14, 0.30, 0.62), 2.5),
    "light-blue": ((0.52, 0.68, 0.82), 1.5),
    "red": ((0.66, 0.10, 0.11), 1.8),
    "dark-red": ((0.36, 0.07, 0.11), 1.0),
    "green": ((0.13, 0.40, 0.22), 1.2),
    "olive": ((0.32, 0.33, 0.19), 1.2),
    "yellow": ((0.85, 0.70, 0.18), 0.8),
    "orange": ((0.82, 0.39, 0.11), 0.6),
    "pink": ((0.84, 0.52, 0.60), 0.8),
    "purple": ((0.36, 0.18, 0.43), 0.7),
    "brown": ((0.33, 0.21, 0.14), 1.2),
    "beige": ((0.72, 0.63, 0.49), 1.8),
    "teal": ((0.10, 0.42, 0.44), 0.6),
}
DENIM: dict[str, tuple[Colour, float]] = {
    "navy": ((0.13, 0.17, 0.27), 3.0),
    "blue": ((0.24, 0.33, 0.47), 3.0),
    "light-blue": ((0.47, 0.57, 0.67), 1.5),
    "black": ((0.07, 0.07, 0.08), 1.5),
    "grey": ((0.36, 0.37, 0.39), 1.0),
}
LEGWEAR: dict[str, float] = {
    "black": 5.0, "navy": 4.0, "blue": 3.5, "grey": 2.5, "beige": 2.0, "brown": 1.0, "olive": 1.0,
    "white": 0.8, "light-blue": 1.0, "light-grey": 0.8, "dark-red": 0.3,
}  # fmt: skip
OUTER: dict[str, float] = {
    "black": 4.0, "beige": 2.5, "navy": 2.5, "grey": 2.0, "brown": 1.2, "olive": 1.0, "red": 0.7,
    "dark-red": 0.6, "light-grey": 0.6, "white": 0.5, "teal": 0.3, "pink": 0.3,
}  # fmt: skip
"""Of coats."""
SUIT: dict[str, float] = {"black": 4.0, "navy": 3.0, "grey": 2.5, "brown": 0.5, "beige": 0.4}
FOOTWEAR: dict[str, float] = {
    "black": 5.0, "white": 3.5, "brown": 2.0, "grey": 1.5, "navy": 1.0, "red": 0.6, "beige": 0.8,
}  # fmt: skip
PALETTES: dict[str, tuple[str, ...]] = {
    "everyday": (),
    "dark": ("black", "navy", "grey", "dark-red", "olive", "brown", "purple"),
    "bright": (
        "red", "yellow", "orange", "green", "blue", "light-blue", "pink", "purple", "teal", "white",
    ),
    "pastel": ("pink", "light-blue", "beige", "white", "light-grey", "yellow"),
    "earth": ("brown", "beige", "olive", "dark-red", "orange", "grey"),
    "black": ("black",),
}  # fmt: skip
"""Colours that clothes have, by name, as often as among all of them; of none: any."""


def in_palette(shares: Mapping[str, float], palette: str) -> dict[str, float]:
    """The shares of the colours that are in the palette; where none is, those of all cloth."""
    names = PALETTES[palette]
    if not names:
        return dict(shares)
    kept = {name: share for name, share in shares.items() if name in names}
    return kept or {name: CLOTH[name][1] for name in names}


def nearest(colour: Colour) -> str:
    """The name of the cloth colour that looks most like it."""
    return min(CLOTH, key=lambda name: difference(CLOTH[name][0], colour))
