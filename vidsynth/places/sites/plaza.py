"""A paved square between town houses, with trees in troughs and benches."""

from __future__ import annotations

import numpy as np

from vidsynth.places.sites.fronts import house_door, shop_front
from vidsynth.places.sites.furniture import (
    advertising_column,
    bicycle_rack,
    cafe,
    kiosk,
    litter_bin,
    market_stall,
)
from vidsynth.places.sites.pieces import bench, house, planter, street_lamp, street_light, tree
from vidsynth.places.sites.site import Block, Site, Surface


def plaza(rng: np.random.Generator) -> Site:
    """Open to all sides: cameras look down from house fronts and masts."""
    tone = float(rng.uniform(0.36, 0.56))
    ground = Surface(
        "paving", (tone * 1.04, tone, tone * 0.93), (tone * 0.6,) * 3, float(rng.uniform(0.8, 2.0))
    )
    blocks: list[Block] = []
    fronts: list[tuple[float, float, float]] = []
    for side in range(4):
        turn = side * np.pi / 2
        at = -22.0
        while at < 20:
            width = float(rng.uniform(8, 14))
            along, away = at + width / 2, 24.0
            centre = (
                along * np.cos(turn) - away * np.sin(turn),
                along * np.sin(turn) + away * np.cos(turn),
            )
            blocks += house(rng, centre, width, 8.0, turn)
            fronts.append((along, width, turn))
            at += width + 0.05
    obstacles: list[Block] = []
    for x, y in ((-8.5, -6.5), (8.5, 6.5), (-8.5, 6.5), (8.5, -6.5)):
        if rng.random() < 0.5:
            blocks += tree(rng, (x, y))
        obstacles += planter(rng, (x, y), 1.4)
    for x in (-3.5, 3.5):
        obstacles += bench((x, 6.2), np.pi)
    posts = ((0.0, 7.0), (0.0, -7.5), (-7.6, 0.0), (7.6, 0.0))
    warmth = float(rng.uniform(0, 1))
    for spot in posts:
        blocks += street_lamp(spot)
    blocks += _at_eye_level(rng, fronts)
    return Site(
        name="plaza",
        indoor=False,
        walk_area=(-7.0, -5.0, 7.0, 5.0),
        camera_area=(-17.0, -17.0, 17.0, 17.0),
        camera_heights=(2.4, 6.0),
        ground=ground,
        blocks=tuple(blocks),
        obstacles=tuple(obstacles),
        lamps=tuple(street_light(spot, warmth) for spot in posts),
    )


def _at_eye_level(
    rng: np.random.Generator, fronts: list[tuple[float, float, float]]
) -> list[Block]:
    """Shop fronts all around, of houses so far along their side, so wide and so turned; and what
    stands between them and the people."""
    blocks: list[Block] = []
    for aside, width, turn in fronts:
        at = _around(aside, 20.0, turn)
        if rng.random() < 0.7:
            blocks += shop_front(rng, at, width - 0.5, turn, goods=False)
        else:
            blocks += house_door(rng, at, turn)
    sides = rng.permutation(4) * np.pi / 2
    for number, turn in enumerate(sides.tolist()):
        if number == 0:
            for aside in (-3.6, 0.0, 3.6):
                blocks += market_stall(rng, _around(aside, 11.0, turn), turn)
        elif number == 1:
            blocks += cafe(rng, _around(float(rng.uniform(-3, 3)), 10.5, turn), turn, 3)
            blocks += cafe(rng, _around(float(rng.uniform(-3, 3)), 13.0, turn), turn, 3)
        elif number == 2:
            blocks += kiosk(rng, _around(float(rng.uniform(2, 5)), 11.5, turn), turn)
            blocks += advertising_column(rng, _around(-4.0, 10.5, turn))
        else:
            blocks += bicycle_rack(rng, _around(float(rng.uniform(-4, 4)), 10.5, turn), turn, 5)
            blocks += advertising_column(rng, _around(5.5, 12.0, turn))
    return blocks + litter_bin((-5.6, 6.2)) + litter_bin((5.6, -6.6))


def _around(aside: float, away: float, turn: float) -> tuple[float, float]:
    """A place ``away`` from the middle on the side that ``turn`` is, and ``aside`` of it."""
    c, s = float(np.cos(turn)), float(np.sin(turn))
    return aside * c - away * s, aside * s + away * c
