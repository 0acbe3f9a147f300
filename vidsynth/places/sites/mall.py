"""A mall: tiled floor, shop fronts, columns, planters and benches, rows of ceiling lamps."""

from __future__ import annotations

import numpy as np

from vidsynth.places.sites.fronts import clothes_rail, posters, shop_front
from vidsynth.places.sites.furniture import kiosk, machine, shelves
from vidsynth.places.sites.pieces import bench, choose, planter
from vidsynth.places.sites.site import Block, Lamp, Site, Surface, Window

_FLOORS = ((0.62, 0.60, 0.56), (0.45, 0.44, 0.43), (0.70, 0.64, 0.54), (0.34, 0.35, 0.38))


def mall(rng: np.random.Generator) -> Site:
    """26 by 18 metres, 4.6 m high; cameras hang under the ceiling."""
    floor = choose(rng, _FLOORS)
    ground = Surface("tiles", floor, tuple(0.7 * c for c in floor), 1.2, 0.35)  # type: ignore[arg-type]
    wall = Surface("plain", (0.72, 0.70, 0.66))
    accent = tuple(float(c) for c in rng.uniform(0.2, 0.75, 3))
    front = Surface("shop", (0.22, 0.24, 0.27), accent, float(rng.uniform(0.9, 1.2)), 0.3)  # type: ignore[arg-type]
    sign = Surface("plain", accent)  # type: ignore[arg-type]
    ceiling = Surface("tiles", (0.78, 0.78, 0.76), (0.62, 0.62, 0.61), 1.0)
    column = Surface("concrete", (0.66, 0.65, 0.62), (0.56, 0.55, 0.53))
    blocks = [
        Block((0, 9.2, 0), (26.4, 0.4, 3.3), front),
        Block((0, 9.15, 3.3), (26.4, 0.5, 0.7), sign),
        Block((0, 9.2, 4.0), (26.4, 0.4, 0.7), wall),
        Block((0, -9.2, 0), (26.4, 0.4, 4.7), wall),
        Block(
            (0, -9.0, 0), (26.4, 0.06, 0.9), Surface("wood", (0.40, 0.28, 0.18), (0.30, 0.2, 0.12))
        ),
        Block((13.2, 0, 0), (0.4, 18.8, 4.7), front if rng.random() < 0.5 else wall),
        Block((-13.2, 0, 0), (0.4, 18.8, 4.7), wall),
        Block((0, 0, 4.6), (26.8, 18.8, 0.1), ceiling),
    ]
    for x in (-9.5, 0.0, 9.5):
        for y in (-6.6, 6.6):
            blocks.append(Block((x, y, 0), (0.6, 0.6, 4.6), column, shape="cylinder"))
    for k in range(4):
        if rng.random() < 0.7:
            poster = Surface("plain", tuple(float(c) for c in rng.uniform(0.1, 0.9, 3)))  # type: ignore[arg-type]
            blocks.append(Block((-8.0 + 5.0 * k, -8.96, 1.1), (1.5, 0.05, 2.0), poster))
    lamps = tuple(
        Lamp((x, y, 4.5), float(rng.uniform(150, 190)), 1.6)
        for x in (-9.0, -3.0, 3.0, 9.0)
        for y in (-5.0, 0.0, 5.0)
    )
    side = float(rng.choice([-1.0, 1.0]))
    obstacles = planter(rng, (side * 10.5, 0.0), 1.2)
    blocks += _at_eye_level(rng, side)
    return Site(
        name="mall",
        indoor=True,
        walk_area=(-8.5, -4.5, 8.5, 4.5),
        camera_area=(-12.4, -8.4, 12.4, 8.4),
        camera_heights=(2.4, 4.2),
        ground=ground,
        blocks=tuple(blocks),
        lamps=lamps,
        obstacles=tuple(obstacles),
        windows=(Window((0.0, 8.6, 1.7), 20.0, 2.6),),
    )


def _at_eye_level(rng: np.random.Generator, side: float) -> list[Block]:
    """Shops on both sides, stands before them, seats; the planter is on one ``side``."""
    blocks: list[Block] = []
    for x in (-9.75, -3.25, 3.25, 9.75):
        for y, turn in ((9.0, 0.0), (-9.0, float(np.pi))):
            blocks += shop_front(rng, (x, y), 6.3, turn, glow=0.3, goods=False)
    for x in (-7.6, -2.0, 4.4):
        for y in (-6.9, 6.9):
            pick, at = rng.random(), (x + float(rng.uniform(-0.8, 0.8)), y)
            if pick < 0.3:
                blocks += clothes_rail(rng, at, 0.0)
            elif pick < 0.55:
                blocks += shelves(rng, at, 0.0, float(rng.uniform(1.4, 2.2)))
            elif pick < 0.75:
                blocks += bench(at, 0.0 if y < 0 else np.pi)
    blocks += kiosk(rng, (-side * 10.9, 0.0), side * np.pi / 2, glow=0.3)
    blocks += machine(rng, (12.5, float(rng.choice([-4.0, 4.0]))), -np.pi / 2)
    for end in (-1.0, 1.0):
        blocks += posters(rng, (end * 13.0, 0.0), -end * np.pi / 2, (-6.8, -2.0, 2.0, 6.8),
                          (1.4, 2.0), 0.7, 0.25)  # fmt: skip
    return blocks
