"""A mountain road: tarmac with a dashed line, guard rail, meadows, firs, hills far away."""

from __future__ import annotations

import numpy as np

from vidsynth.places.sites.pieces import METAL, fence, fir, house, street_lamp, street_light
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
    if rng.random() < 0.6:
        blocks += house(rng, (float(rng.uniform(-18, 18)), -rail * 14.0), 9.0, 7.0)
    post = (float(rng.uniform(-3, 3)), -rail * 4.6)
    posts = [post, (post[0] - 11.0, post[1]), (post[0] + 11.0, post[1])]
    warmth = float(rng.uniform(0, 1))
    for spot in posts:
        blocks += street_lamp(spot)
    marker = Surface("plain", (0.84, 0.84, 0.82))
    obstacles = [Block((float(x), -rail * 3.9, 0.0), (0.12, 0.12, 1.0), marker) for x in (-10, 10)]
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
