"""An office corridor that opens into a lobby: carpet, doors, glass, notice boards, plants."""

from __future__ import annotations

import numpy as np

from vidsynth.places.sites.fronts import posters
from vidsynth.places.sites.furniture import machine
from vidsynth.places.sites.pieces import METAL, WOOD, choose, planter
from vidsynth.places.sites.site import Block, Lamp, Site, Surface, Window

_CARPETS = ((0.28, 0.31, 0.36), (0.36, 0.32, 0.28), (0.24, 0.34, 0.30), (0.40, 0.24, 0.22))
_DOORS = ((0.46, 0.32, 0.20), (0.62, 0.62, 0.60), (0.24, 0.30, 0.40))


def office(rng: np.random.Generator) -> Site:
    """24 by 6.4 metres, 2.9 m high: people pass doors on one side and glass on the other."""
    carpet = choose(rng, _CARPETS)
    kind = "carpet" if rng.random() < 0.65 else "tiles"
    ground = Surface(kind, carpet, tuple(0.8 * c for c in carpet), 1.0, 0.9)  # type: ignore[arg-type]
    paint = float(rng.uniform(0.66, 0.80))
    wall = Surface("plain", (paint, paint, 0.96 * paint))
    skirting = Surface("plain", (0.30, 0.30, 0.30))
    ceiling = Surface("tiles", (0.80, 0.80, 0.78), (0.60, 0.60, 0.58), 1.0)
    glass = Surface(
        "shop", (0.16, 0.19, 0.21), (0.42, 0.43, 0.44), float(rng.uniform(0.5, 0.8)), 0.15
    )
    blocks = [
        Block((0, 0, 2.9), (27, 8, 0.1), ceiling),
        Block((0, 3.5, 0), (26, 0.3, 2.9), wall),
        Block((0, 3.33, 0), (26, 0.04, 0.1), skirting),
        Block((0, -3.5, 0), (26, 0.3, 0.9), wall),
        Block((0, -3.5, 0.9), (26, 0.24, 2.0), glass),
        Block((12.6, 0, 0), (0.3, 7.2, 2.9), wall),
        Block((-12.6, 0, 0), (0.3, 7.2, 2.9), wall),
    ]
    leaf = choose(rng, _DOORS)
    door = Surface("wood", leaf, tuple(0.78 * c for c in leaf), 0.6, 0.5)  # type: ignore[arg-type]
    for x in np.arange(-10.5, 11, 3.5) + float(rng.uniform(-0.6, 0.6)):
        if rng.random() < 0.75:
            blocks += [
                Block((float(x), 3.32, 0.0), (1.04, 0.06, 2.14), METAL),
                Block((float(x), 3.30, 0.0), (0.92, 0.06, 2.08), door),
                Block((float(x) + 0.36, 3.26, 1.0), (0.12, 0.05, 0.03), METAL),
            ]
        else:
            board = Surface("carpet", (0.48, 0.36, 0.22), (0.42, 0.32, 0.20))
            blocks.append(Block((float(x), 3.32, 1.0), (1.6, 0.05, 1.0), board))
            for k in range(4):
                sheet = Surface("plain", tuple(float(c) for c in rng.uniform(0.55, 0.95, 3)))  # type: ignore[arg-type]
                blocks.append(
                    Block((float(x) - 0.55 + 0.36 * k, 3.285, 1.3), (0.22, 0.02, 0.3), sheet)
                )
    sign = Surface("plain", (0.05, 0.42, 0.20))
    blocks.append(Block((float(rng.uniform(-4, 4)), 0, 2.6), (0.04, 0.5, 0.2), sign))
    obstacles = planter(rng, (-11.4, -2.4), 0.7) + planter(rng, (11.4, 2.4), 0.7)
    side = float(rng.choice([-1.0, 1.0]))
    sofa = Surface("carpet", tuple(float(c) for c in rng.uniform(0.12, 0.5, 3)), (0.2, 0.2, 0.2))  # type: ignore[arg-type]
    obstacles += [
        Block((side * 9.6, -2.75, 0.0), (2.0, 0.8, 0.42), sofa),
        Block((side * 9.6, -3.1, 0.42), (2.0, 0.18, 0.40), sofa),
        Block((-side * 9.2, -2.9, 0.0), (1.6, 0.5, 1.1), WOOD),
    ]
    lamps = tuple(
        Lamp((x, y, 2.85), float(rng.uniform(42, 60)), 0.9)
        for x in (-10.0, -6.0, -2.0, 2.0, 6.0, 10.0)
        for y in (-1.4, 1.4)
    )
    blocks += _at_eye_level(rng)
    return Site(
        name="office",
        indoor=True,
        walk_area=(-8.4, -2.3, 8.4, 2.4),
        camera_area=(-12.2, -3.1, 12.2, 3.1),
        camera_heights=(2.2, 2.7),
        ground=ground,
        blocks=tuple(blocks),
        lamps=lamps,
        obstacles=tuple(obstacles),
        windows=(Window((0.0, -3.3, 1.9), 22.0, 1.7, float(np.pi)),),
    )


def _at_eye_level(rng: np.random.Generator) -> list[Block]:
    """Rooms behind the glass, pictures on the ends, a machine, cupboards."""
    blocks: list[Block] = []
    books = Surface("display", (0.60, 0.58, 0.54), (0.30, 0.28, 0.26), 0.8, glow=0.15)
    for x in (-7.5, -2.5, 2.5, 7.5):
        if rng.random() < 0.6:
            at = (x + float(rng.uniform(-0.8, 0.8)), -3.37, 1.0)
            blocks.append(Block(at, (float(rng.uniform(1.6, 3.0)), 0.02, 1.4), books))
    for end in (-1.0, 1.0):
        inward = -end * np.pi / 2
        blocks += posters(rng, (end * 12.45, 0.0), inward, (-2.2, -0.7, 0.8, 2.2), (0.9, 1.2), 1.0)
    blocks += machine(rng, (10.6, 2.9), 0.0)
    grey = Surface("plain", (0.56, 0.56, 0.55))
    for x in (-11.6, -10.6, -9.6):
        blocks.append(Block((x, 3.05, 0.0), (0.9, 0.5, float(rng.choice([1.2, 1.9]))), grey))
    return blocks
