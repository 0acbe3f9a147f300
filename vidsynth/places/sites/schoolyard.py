"""A school yard: a court with its lines, goals or hoops, a school on one side, a fence around."""

from __future__ import annotations

import numpy as np

from vidsynth.places.sites.fronts import house_door, posters
from vidsynth.places.sites.furniture import bicycle_rack, bush, litter_bin
from vidsynth.places.sites.pieces import (
    METAL,
    bench,
    car,
    choose,
    fence,
    street_lamp,
    street_light,
    tree,
)
from vidsynth.places.sites.site import Block, Site, Surface

_MAST = 6.5
_COURTS = ((0.17, 0.30, 0.22), (0.40, 0.20, 0.15), (0.18, 0.24, 0.36), (0.30, 0.30, 0.31))


def schoolyard(rng: np.random.Generator) -> Site:
    """Children's ground: people cross the court between the school (y = 10) and the fence."""
    asphalt = Surface("asphalt", (0.25, 0.25, 0.26), (0.32, 0.32, 0.32))
    court = choose(rng, _COURTS)
    paint = Surface("concrete", court, tuple(0.85 * c for c in court))  # type: ignore[arg-type]
    white = Surface("plain", (0.78, 0.78, 0.74))
    blocks = [Block((0, -0.5, 0.0), (19.0, 10.6, 0.003), paint)]
    for y in (-5.6, 4.6):
        blocks.append(Block((0, y, 0.003), (18.4, 0.08, 0.002), white))
    for x in (-9.2, 0.0, 9.2):
        blocks.append(Block((x, -0.5, 0.003), (0.08, 10.2, 0.002), white))
    blocks.append(Block((0, -0.5, 0.0), (3.6, 3.6, 0.0045), white, shape="cylinder"))
    blocks.append(Block((0, -0.5, 0.0), (3.44, 3.44, 0.0055), paint, shape="cylinder"))
    for x, hoop in ((-9.9, rng.random() < 0.5), (9.9, rng.random() < 0.5)):
        blocks += _hoop(x) if hoop else _goal(x)
    wall = Surface("brick", (0.52, 0.28, 0.21), (0.62, 0.58, 0.52))
    panel = tuple(float(c) for c in rng.uniform(0.25, 0.75, 3))
    windows = Surface("windows", (0.12, 0.15, 0.18), panel, 1.1, 0.4)  # type: ignore[arg-type]
    blocks += [
        Block((0, 14.0, 0.0), (44, 8.0, 1.1), wall),
        Block((0, 14.0, 1.1), (44, 7.8, float(rng.uniform(5.5, 9.5))), windows),
        Block(
            (float(rng.uniform(-9, 9)), 9.9, 0.0),
            (2.4, 0.4, 2.6),
            Surface("wood", (0.45, 0.18, 0.12), (0.36, 0.14, 0.09)),
        ),
    ]
    blocks += (
        fence((-22, -11), (22, -11)) + fence((-22, -11), (-22, 10)) + fence((22, -11), (22, 10))
    )
    for x in np.arange(-20, 21, 5.0):
        if rng.random() < 0.7:
            blocks += tree(rng, (float(x), float(rng.uniform(-14.5, -12.5))))
    hedge = Surface("leaves", (0.13, 0.22, 0.08), (0.05, 0.11, 0.04), 0.8)
    blocks.append(Block((0, -30, 0), (90, 2.0, float(rng.uniform(6, 10))), hedge))
    obstacles = [
        piece for x in (-6.0, 6.0) if rng.random() < 0.8 for piece in bench((x, 6.4), np.pi)
    ]
    obstacles += _table_tennis((float(rng.choice([-7.0, 7.0])), -7.6))
    posts = [(-11.5, -8.5), (11.5, -8.5), (0.0, 8.2)]
    masts = [(x, y) for x in (-5.6, 5.6) for y in (-8.6, 7.9)]  # to play by in the dark
    warmth = float(rng.uniform(0, 1))
    for spot in posts:
        blocks += street_lamp(spot)
    for spot in masts:
        blocks += street_lamp(spot, _MAST)
    blocks += _at_eye_level(rng)
    return Site(
        name="schoolyard",
        indoor=False,
        walk_area=(-8.8, -5.4, 8.8, 5.2),
        camera_area=(-18.0, -10.5, 18.0, 9.6),
        camera_heights=(2.4, 7.0),
        ground=asphalt,
        blocks=tuple(blocks),
        lamps=(
            *(street_light(spot, warmth) for spot in posts),
            *(street_light(spot, 0.3 * warmth, _MAST, 900.0) for spot in masts),
        ),
        obstacles=tuple(obstacles),
    )


def _at_eye_level(rng: np.random.Generator) -> list[Block]:
    """Doors, notices and bicycles along the school, shrubs and cars along the fence."""
    blocks: list[Block] = []
    for x in (-14.5, -8.0, 0.0, 8.0, 14.5):
        blocks += house_door(rng, (x, 10.0), 0.0) if rng.random() < 0.6 else []
    blocks += posters(rng, (0.0, 10.0), 0.0, (-11.2, -4.2, 4.2, 11.2), (1.8, 1.2), 0.9)
    for x in (-13.5, 13.5):
        blocks += bicycle_rack(rng, (x, 8.6), 0.0, 6) if rng.random() < 0.8 else []
    blocks += litter_bin((-4.0, 7.0)) + litter_bin((10.6, -6.8))
    for x in np.arange(-18.0, 18.1, 6.0):
        if rng.random() < 0.6:
            blocks += car(rng, (float(x), -15.2), float(rng.choice([0.0, np.pi])))
    for x in np.arange(-20.0, 20.1, 2.2):
        if rng.random() < 0.6:
            blocks += bush(rng, (float(x), -11.9))
    blocks += posters(rng, (0.0, -11.0), np.pi, (-6.5, 0.5, 7.5), (2.6, 0.9), 0.6)
    for side in (-1.0, 1.0):
        for y in (-7.0, -2.0, 3.0, 7.0):
            blocks += bush(rng, (side * 22.9, y)) if rng.random() < 0.7 else []
    return blocks


def _goal(x: float) -> list[Block]:
    white = Surface("plain", (0.80, 0.80, 0.78))
    return [
        Block((x, -2.0, 0), (0.1, 0.1, 2.0), white, shape="cylinder"),
        Block((x, 1.0, 0), (0.1, 0.1, 2.0), white, shape="cylinder"),
        Block((x, -0.5, 2.0), (0.1, 3.1, 0.1), white),
    ]


def _hoop(x: float) -> list[Block]:
    inward = -0.6 * np.sign(x)
    board = Surface("plain", (0.82, 0.80, 0.78))
    return [
        Block((x, -0.5, 0), (0.16, 0.16, 3.6), METAL, shape="cylinder"),
        Block((x + inward / 2, -0.5, 3.35), (0.6, 0.08, 0.08), METAL),
        Block((x + inward, -0.5, 2.75), (0.05, 1.5, 1.0), board),
    ]


def _table_tennis(at: tuple[float, float]) -> list[Block]:
    top = Surface("concrete", (0.20, 0.36, 0.30), (0.18, 0.32, 0.27))
    foot = Surface("concrete", (0.55, 0.54, 0.52), (0.46, 0.45, 0.44))
    x, y = at
    return [
        Block((x, y, 0.70), (2.74, 1.5, 0.07), top),
        Block((x, y, 0.77), (0.04, 1.6, 0.15), METAL),
        *(Block((x + d, y, 0.0), (0.3, 1.0, 0.70), foot) for d in (-0.9, 0.9)),
    ]
