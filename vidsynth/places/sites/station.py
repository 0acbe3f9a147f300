"""An underground station: a platform between two tracks, pillars, tiled walls, signs, benches."""

from __future__ import annotations

import numpy as np

from vidsynth.places.sites.fronts import posters
from vidsynth.places.sites.furniture import kiosk, machine
from vidsynth.places.sites.pieces import METAL, bench, choose
from vidsynth.places.sites.site import Block, Lamp, Site, Surface

_FLOORS = ((0.50, 0.49, 0.47), (0.36, 0.36, 0.38), (0.58, 0.54, 0.48))
_WALLS = ((0.72, 0.70, 0.64), (0.30, 0.42, 0.44), (0.62, 0.44, 0.26), (0.46, 0.20, 0.20))


def station(rng: np.random.Generator) -> Site:
    """38 by 9 metres of platform, 4 m high; beyond yellow lines the tracks, and perhaps a train."""
    floor, tone = choose(rng, _FLOORS), choose(rng, _WALLS)
    ground = Surface("tiles", floor, tuple(0.75 * c for c in floor), 1.0, 0.4)  # type: ignore[arg-type]
    tiles = Surface("tiles", tone, tuple(0.7 * c for c in tone), 0.35, 0.3)  # type: ignore[arg-type]
    dark = Surface("concrete", (0.10, 0.10, 0.10), (0.07, 0.07, 0.07))
    rail = Surface("plain", (0.32, 0.30, 0.28), roughness=0.3)
    yellow = Surface("tiles", (0.80, 0.64, 0.12), (0.62, 0.50, 0.10), 0.5)
    ceiling = Surface("concrete", (0.58, 0.57, 0.55), (0.50, 0.50, 0.48))
    blocks = [Block((0, 0, 4.0), (46, 20, 0.2), ceiling)]
    for side in (-1, 1):
        # Tracks lie level with the platform here, as dark bands: people stay off them.
        blocks += [
            Block((0, side * 6.3, 0.0), (46, 3.4, 0.004), dark),
            Block((0, side * 4.25, 0.0), (46, 0.35, 0.006), yellow),
            Block((0, side * 5.6, 0.004), (46, 0.08, 0.10), rail),
            Block((0, side * 7.0, 0.004), (46, 0.08, 0.10), rail),
            Block((0, side * 8.3, 0.0), (46, 0.5, 4.0), tiles),
        ]
        for x in (-15.0, -5.0, 5.0, 15.0):
            poster = Surface("plain", tuple(float(c) for c in rng.uniform(0.1, 0.9, 3)))  # type: ignore[arg-type]
            blocks.append(Block((x, side * 8.02, 1.0), (3.0, 0.06, 1.7), poster))
    for x in (-19.0, 19.0):
        blocks.append(Block((x, 0, 0.0), (0.4, 17.0, 4.0), tiles))
    if rng.random() < 0.6:
        blocks += _train(rng, float(rng.choice([-1.0, 1.0])))
    pillar = Surface("tiles", tuple(0.9 * c for c in tone), (0.4, 0.4, 0.4), 0.4, 0.3)  # type: ignore[arg-type]
    round_ = rng.random() < 0.5
    for x in (-12.0, 12.0):
        shape = "cylinder" if round_ else "box"
        blocks.append(Block((x, 0, 0), (0.7, 0.7, 4.0), pillar, shape=shape))
    sign = Surface("plain", (0.06, 0.10, 0.34) if rng.random() < 0.5 else (0.05, 0.05, 0.05))
    letters = Surface("lines", (0.06, 0.10, 0.34), (0.85, 0.85, 0.85), 0.5)
    for x in (-7.0, 7.0):
        blocks += [
            Block((x, 0, 3.0), (0.1, 2.6, 0.5), sign),
            Block((x, 0, 3.15), (0.12, 1.8, 0.14), letters),
            Block((x, 0, 3.5), (0.04, 0.04, 0.5), METAL),
        ]
    obstacles = bench((-10.2, 0.0), -np.pi / 2) + bench((10.2, 0.0), np.pi / 2)
    obstacles += [
        Block((x, 0.0, 0.0), (0.45, 0.45, 0.9), METAL, shape="cylinder") for x in (-10.8, 10.8)
    ]
    lamps = tuple(
        Lamp((x, y, 3.9), float(rng.uniform(110, 150)), 1.2)
        for x in (-14.0, -8.4, -2.8, 2.8, 8.4, 14.0)
        for y in (-2.6, 2.6)
    )
    blocks += _at_eye_level(rng)
    return Site(
        name="station",
        indoor=True,
        walk_area=(-9.2, -3.6, 9.2, 3.6),
        camera_area=(-18.0, -4.0, 18.0, 4.0),
        camera_heights=(2.3, 3.6),
        ground=ground,
        blocks=tuple(blocks),
        lamps=lamps,
        obstacles=tuple(obstacles),
    )


def _at_eye_level(rng: np.random.Generator) -> list[Block]:
    """Posters beyond the tracks and on the ends, machines, a kiosk."""
    blocks: list[Block] = []
    walls = (-17.2, -12.6, -10.0, -7.6, -5.0, -2.4, 0.0, 2.4, 5.0, 7.6, 10.0, 12.6, 17.2)
    for y, turn in ((7.97, 0.0), (-7.97, float(np.pi))):
        chosen = [x for x in walls if rng.random() < 0.75]
        blocks += posters(rng, (0.0, y), turn, chosen, (2.1, 1.6), 1.0, 0.25)
    for end in (-1.0, 1.0):
        inward = -end * np.pi / 2
        blocks += posters(
            rng, (end * 18.8, 0.0), inward, (-3.0, -1.0, 1.0, 3.0), (1.3, 1.9), 0.6, 0.25
        )
        if rng.random() < 0.5:
            blocks += machine(rng, (end * 13.0, 0.6), inward) + machine(
                rng, (end * 13.0, -0.6), inward
            )
        else:
            blocks += kiosk(rng, (end * 14.4, 0.0), inward, glow=0.3)
    return blocks


def _train(rng: np.random.Generator, side: float) -> list[Block]:
    """Cars at the platform, doors and windows in a band."""
    stripe = tuple(float(c) for c in rng.uniform(0.1, 0.8, 3))
    body = Surface("plain", (0.66, 0.67, 0.69), roughness=0.3)
    windows = Surface("shop", (0.08, 0.10, 0.12), (0.62, 0.63, 0.65), 0.55, 0.2)
    blocks = []
    for x in (-18.0, 0.0, 18.0):
        blocks += [
            Block((x, side * 6.3, 0.1), (17.4, 2.8, 1.0), body),
            Block((x, side * 6.3, 1.1), (17.4, 2.8, 1.3), windows),
            Block((x, side * 6.3, 2.4), (17.4, 2.8, 1.0), body),
            Block((x, side * 4.885, 0.75), (17.4, 0.02, 0.22), Surface("plain", stripe)),  # type: ignore[arg-type]
        ]
    return blocks
