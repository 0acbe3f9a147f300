"""Garments cut out of the helper shells, one file a kind; a new kind is named in GARMENTS.

Cuts are made on the average body, in statures, so that a hem lies at the same place of every
body. Tights give tops and trousers, the skirt helper gives shirt tails, skirts and coats.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vidsynth.wardrobe.cloth import Cloth, nothing, trimmed
from vidsynth.wardrobe.garments import (
    bare_legs,
    boots,
    coat,
    dress,
    hoodie,
    jacket,
    jeans,
    leggings,
    long_sleeve,
    sandals,
    shirt,
    shoes,
    shorts,
    skirt,
    sneakers,
    suit_trousers,
    sweater,
    t_shirt,
    tank_top,
    trousers,
)
from vidsynth.wardrobe.garments.kind import Kind
from vidsynth.wardrobe.open_front import opened
from vidsynth.wardrobe.records import Garment

GARMENTS: dict[str, Kind] = {
    module.KIND.name: module.KIND
    for module in (
        t_shirt, long_sleeve, shirt, sweater, jacket, hoodie, coat, tank_top, dress,
        trousers, jeans, shorts, suit_trousers, skirt, leggings, bare_legs,
        sneakers, shoes, boots, sandals,
    )
}  # fmt: skip
"""Every kind of garment, by name."""

UPPER_KINDS, LOWER_KINDS, SHOE_KINDS = (
    tuple(kind.name for kind in GARMENTS.values() if kind.place == place)
    for place in ("upper", "lower", "shoes")
)


def sew_garment(garment: Garment) -> Cloth:
    """The cloth for a garment's kind and lengths. ValueError: it is none of the kinds."""
    if garment.kind not in GARMENTS:
        raise ValueError(f"Expected one of the kinds of garments, found {garment.kind!r}.")
    kind = GARMENTS[garment.kind]
    sewn = kind.cut(garment)
    if garment.open:
        sewn = opened(sewn, garment.open)
    return sewn if kind.add is None else kind.add(sewn)


def sew_inner(garment: Garment) -> Cloth:
    """Of a top worn under an open one what shows: its front, without sleeves."""
    if garment.kind == "none":
        return nothing()
    sewn = sew_garment(replace(garment, sleeve=0.0))
    x, y, z = sewn.piece.rest.T
    # At the shoulders the two layers would lie one in the other, and collars beside the neck.
    wide = np.interp(z, (0.72, 0.80, 0.832, 0.842), (0.1, 0.06, 0.06, 0.044))
    return trimmed(sewn, np.minimum(0.015 - y, wide - np.abs(x)))
