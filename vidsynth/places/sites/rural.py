"""A mountain road: tarmac with a dashed line, guard rail, meadows, firs, hills far away."""

from __future__ import annotations

import numpy as np

from vidsynth.places.sites.fronts import house_door, posters
from vidsynth.places.sites.furniture import bush, market_stall, shelter, traffic_sign
from vidsynth.places.sites.pieces import (
    METAL,
    bench,
    car,
    fence,
    fir,
    house,
    street_lamp,
    street_light,
)
from vidsynth.places.sites.site import Block, Site, Surface


def rural(rng: np.random.Generator) -> Site:
    """People walk on and beside the road (along x), which little traffic uses."""
    dry = float(rng.uniform(0.0, 0.16))
    meadow = Surface("grass", (0.20 + dry, 0.31 + 0.4 * dry, 0.11), (0.13 + dry, 0.21, 0.07))
    tone = float(rng.uniform(0.18, 0.30))
    tarmac = Surface("asphalt", (tone, tone, tone), (1.3 * tone,) * 3)
    gravel = Surface("asphalt", (0.46, 0.43, 0.38), (0.36, 0.33, 0.29))
    line = Surface("lines", (tone, tone, tone), (0.74, 0.73, 0.70), 4.0)
    edge = Surface("plain", (0.72, 0.71, 0.68))
    blocks = [
        Block((0, 0, 0.0), (140, 8.4, 0.002), gravel),
        Block((0, 0, 0.002), (140, 6.4, 0.003), tarmac),
        Block((0, 0, 0.005), (140, 0.12, 0.002), line),
        *(Block((0, y, 0.005), (140, 0.1, 0.002), edge) for y in (-2.95, 2.95)),
    ]
    rail = float(rng.choice([-1.0, 1.0]))
    blocks.append(Block((0, rail * 4.5, 0.45), (120, 0.06, 0.30), METAL))
    blocks += [
        Block((float(x), rail * 4.5, 0.0), (0.1, 0.12, 0.55), METAL) for x in range(-30, 31, 3)
    ]
    blocks += fence((-40, -rail * 6.4), (40, -rail * 6.4), height=1.0, wood=True)
    for _ in range(34):
        x, y = float(rng.uniform(-45, 45)), float(rng.uniform(8, 34)) * float(rng.choice([-1, 1]))
        blocks += fir(rng, (x, y))
    for _ in range(9):
        x = float(rng.uniform(-20, 20))
        size = float(rng.uniform(0.4, 1.4))
        rock = Surface("concrete", (0.44, 0.43, 0.41), (0.34, 0.33, 0.32), 0.8)
        blocks.append(
            Block(
                (x, rail * float(rng.uniform(5.3, 9)), 0.0),
                (size, size, 0.6 * size),
                rock,
                shape="sphere",
            )
        )
    for k in range(10):
        angle = 2 * np.pi * k / 10 + float(rng.uniform(-0.2, 0.2))
        away, wide = float(rng.uniform(80, 105)), float(rng.uniform(45, 80))
        far = Surface("grass", (0.24, 0.31, 0.22), (0.33, 0.37, 0.33), 9.0)
        tall = float(rng.uniform(18, 46))
        blocks.append(
            Block(
                (away * np.cos(angle), away * np.sin(angle), 0.0),
                (wide, wide, tall),
                far,
                shape="hill",
            )
        )
    homes: list[tuple[float, float]] = []
    if rng.random() < 0.6:
        at = (float(rng.uniform(-18, 18)), -rail * 14.0)
        blocks += house(rng, at, 9.0, 7.0)
        homes.append(at)
    post = (float(rng.uniform(-3, 3)), -rail * 4.6)
    posts = [(post[0] + away, post[1]) for away in (0.0, -11.0, 11.0, -5.5, 5.5)]
    warmth = float(rng.uniform(0, 1))
    for spot in posts:
        blocks += street_lamp(spot)
    marker = Surface("plain", (0.84, 0.84, 0.82))
    obstacles = [Block((float(x), -rail * 3.9, 0.0), (0.12, 0.12, 1.0), marker) for x in (-10, 10)]
    blocks += _at_eye_level(rng, rail, homes)
    return Site(
        name="rural",
        indoor=False,
        walk_area=(-9.0, -3.5, 9.0, 3.5),
        camera_area=(-17.0, -8.0, 17.0, 8.0),
        camera_heights=(2.2, 7.0),
        ground=meadow,
        blocks=tuple(blocks),
        lamps=tuple(street_light(spot, warmth) for spot in posts),
        obstacles=tuple(obstacles),
    )


def _at_eye_level(
    rng: np.random.Generator, rail: float, homes: list[tuple[float, float]]
) -> list[Block]:
    """A bus stop, a farm's stand, cars on the verge, shrubs; the guard rail is on the other side,
    ``rail``."""
    blocks: list[Block] = []
    near, towards = -rail, float(np.pi) if rail > 0 else 0.0  # the side without a rail, and its way
    for x, y in homes:
        blocks += house_door(rng, (x, y + rail * 3.5), towards)
    side = float(rng.choice([-1.0, 1.0]))
    blocks += shelter(rng, (side * 6.5, near * 5.6), towards)
    blocks += market_stall(rng, (-side * 7.0, near * 7.4), towards)
    blocks += bench((-side * 3.4, near * 5.4), towards + np.pi)
    for end in (-1.0, 1.0):
        if rng.random() < 0.7:
            blocks += car(
                rng,
                (end * 13.0, float(rng.choice([-1.0, 1.0])) * 2.6),
                float(rng.choice([0.0, np.pi])),
            )
        blocks += traffic_sign(rng, (end * 11.0, near * 4.5), -end * np.pi / 2)
    hay = Surface("wood", (0.66, 0.54, 0.28), (0.52, 0.42, 0.20), 0.6)
    for x in (-14.0, -11.8, 3.0, 16.0):
        if rng.random() < 0.6:
            at = (x, rail * float(rng.uniform(7.5, 11.0)), 0.0)
            blocks.append(Block(at, (1.3, 1.2, 1.3), hay, float(rng.uniform(-0.3, 0.3)), "disc"))
    logs = Surface("display", (0.46, 0.34, 0.22), (0.20, 0.14, 0.10), 0.4)
    blocks.append(Block((side * 12.0, near * 7.8, 0.0), (3.2, 0.9, 1.3), logs))
    blocks += posters(rng, (-side * 10.5, near * 5.0), towards, (0.0,), (1.4, 1.0), 0.9)
    for _ in range(16):
        x, y = float(rng.uniform(-18, 18)), float(rng.uniform(6.9, 12.0))
        blocks += bush(rng, (x, y * float(rng.choice([-1.0, 1.0]))))
    return blocks
