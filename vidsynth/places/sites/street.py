"""A shopping street: wide pavement, kerb, carriageway with parked cars, houses on both sides."""

from __future__ import annotations

import numpy as np

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
    for side, front in ((1, 4.6), (-1, -18.5)):
        at = -42.0
        while at < 42:
            width = float(rng.uniform(7, 13))
            blocks += house(rng, (at + width / 2, front + side * 5.0), width, 10.0)
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
