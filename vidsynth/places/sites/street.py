"""A shopping street: wide pavement, kerb, carriageway with parked cars, houses on both sides."""

from __future__ import annotations

import numpy as np

from vidsynth.places.sites.fronts import house_door, shop_front
from vidsynth.places.sites.furniture import (
    advertising_column,
    bicycle,
    bollards,
    cafe,
    kiosk,
    litter_bin,
    shelter,
    traffic_sign,
)
from vidsynth.places.sites.pieces import car, house, street_lamp, street_light, tree
from vidsynth.places.sites.site import Block, Site, Surface


def street(rng: np.random.Generator) -> Site:
    """People keep to the pavement between the house fronts (y = 4.5) and the kerb (y = -3)."""
    asphalt = Surface("asphalt", (0.17, 0.17, 0.18), (0.24, 0.24, 0.24))
    tone = float(rng.uniform(0.42, 0.60))
    slabs = Surface("paving", (tone, tone, tone), (0.30, 0.29, 0.28), float(rng.uniform(0.8, 1.4)))
    kerb = Surface("concrete", (0.60, 0.60, 0.58), (0.48, 0.48, 0.47))
    paint = Surface("lines", (0.17, 0.17, 0.18), (0.72, 0.72, 0.70), 5.0)
    # The pavement is the floor people walk on; the carriageway lies beside it, a step lower
    # than it looks, as a thin dark sheet.
    blocks = [
        Block((0, -9.2, 0.0), (120, 12.0, 0.004), asphalt),
        Block((0, -9.2, 0.004), (120, 0.14, 0.003), paint),
        Block((0, -3.15, 0.0), (120, 0.18, 0.012), kerb),
        Block((0, -15.3, 0.0), (120, 0.18, 0.012), kerb),
    ]
    fronts: list[tuple[float, float, float, float]] = []
    for side, front in ((1, 4.6), (-1, -18.5)):
        at = -42.0
        while at < 42:
            width = float(rng.uniform(7, 13))
            blocks += house(rng, (at + width / 2, front + side * 5.0), width, 10.0)
            if abs(at + width / 2) < _FURNISHED:
                fronts.append((at + width / 2, front, width, 0.0 if side > 0 else float(np.pi)))
            at += width + 0.05
    at = -24.0
    while at < 24:
        if rng.random() < 0.55:
            blocks += car(rng, (at, -4.3), float(rng.choice([0.0, np.pi])))
        at += 5.6
    obstacles: list[Block] = []
    warmth = float(rng.uniform(0, 1))
    posts = [(x, -2.7) for x in (-17.0, -8.5, 0.0, 8.5, 17.0)]
    for spot in posts:
        blocks += street_lamp(spot)
    for x in (-13.0, -4.5, 4.5, 13.0):
        if rng.random() < 0.6:
            blocks += tree(rng, (x, -2.6))
    blocks += _at_eye_level(rng, fronts)
    return Site(
        name="street",
        indoor=False,
        walk_area=(-9.0, -1.9, 9.0, 3.6),
        camera_area=(-18.0, -14.0, 18.0, 4.2),
        camera_heights=(2.6, 6.0),
        ground=slabs,
        blocks=tuple(blocks),
        obstacles=tuple(obstacles),
        lamps=tuple(street_light(spot, warmth) for spot in posts),
    )


_FURNISHED = 30.0


def _at_eye_level(
    rng: np.random.Generator, fronts: list[tuple[float, float, float, float]]
) -> list[Block]:
    """Shop fronts of houses at (x, y), so wide, that face where their turn says; what stands
    about; cars on the other side."""
    blocks: list[Block] = []
    for x, y, width, turn in fronts:
        if rng.random() < 0.75:
            blocks += shop_front(rng, (x, y), width - 0.5, turn, goods=y > 0)
        else:
            blocks += house_door(rng, (x, y), turn)
    for x in np.arange(-21.0, 21.1, 5.6):
        if rng.random() < 0.6:
            blocks += car(rng, (float(x), -14.1), float(rng.choice([0.0, np.pi])))
    for x in (-6.4, 2.2, 6.6):
        pick = rng.random()
        if pick < 0.4:
            for aside in (-1.0, 1.0):  # along the kerb: there is no room across
                blocks += bicycle(rng, (x + aside, -2.6), float(rng.uniform(-0.1, 0.1)))
        elif pick < 0.6:
            blocks += bollards((x - 1.4, -2.7), (x + 1.4, -2.7))
        elif pick < 0.8:
            blocks += litter_bin((x, -2.6)) + traffic_sign(rng, (x + 1.0, -2.8), np.pi / 2)
    for end in (-1.0, 1.0):
        # Beyond where people walk, so that who looks along the street sees more than stones.
        inward = -end * np.pi / 2
        blocks += kiosk(rng, (end * 15.5, 1.6), inward) if rng.random() < 0.5 else []
        blocks += cafe(rng, (end * 12.4, 3.2), 0.0, 2) if rng.random() < 0.6 else []
        blocks += (
            shelter(rng, (end * 12.6, -2.2), np.pi)
            if rng.random() < 0.5
            else advertising_column(rng, (end * 11.4, -2.3))
        )
    return blocks
