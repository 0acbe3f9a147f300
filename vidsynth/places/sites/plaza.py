"""A paved square between town houses, with trees in troughs and benches."""

from __future__ import annotations

import numpy as np

from vidsynth.places.sites.pieces import bench, house, planter, street_lamp, street_light, tree
from vidsynth.places.sites.site import Block, Site, Surface


def plaza(rng: np.random.Generator) -> Site:
    """Open to all sides: cameras look down from house fronts and masts."""
    tone = float(rng.uniform(0.36, 0.56))
    ground = Surface(
        "paving", (tone * 1.04, tone, tone * 0.93), (tone * 0.6,) * 3, float(rng.uniform(0.8, 2.0))
    )
    blocks: list[Block] = []
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
