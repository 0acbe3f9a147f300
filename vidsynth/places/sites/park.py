"""A path through grass and trees."""

from __future__ import annotations

import numpy as np

from vidsynth.places.sites.fronts import posters
from vidsynth.places.sites.furniture import bicycle, bush, cafe, kiosk, litter_bin
from vidsynth.places.sites.pieces import METAL, bench, street_lamp, street_light, tree
from vidsynth.places.sites.site import Block, Site, Surface


def park(rng: np.random.Generator) -> Site:
    """Gravel in the middle, lawn around it, trees thick enough to close the horizon."""
    dry = float(rng.uniform(0.0, 0.12))
    lawn = Surface("grass", (0.18 + dry, 0.30 + 0.4 * dry, 0.10), (0.11, 0.20, 0.06))
    tone = float(rng.uniform(0.45, 0.62))
    gravel = Surface("asphalt", (tone, tone * 0.92, tone * 0.78), (tone * 0.8,) * 3)
    blocks = [Block((0, 0, 0.0), (120, 7.6, 0.003), gravel)]
    for _ in range(46):
        reach, angle = float(rng.uniform(9, 30)), float(rng.uniform(0, 2 * np.pi))
        x, y = reach * np.cos(angle), reach * np.sin(angle)
        if abs(y) > 5.5:
            blocks += tree(rng, (x, y))
    hedge = Surface("leaves", (0.13, 0.22, 0.08), (0.05, 0.11, 0.04), 0.8)
    for x, y, turn in ((0, 34, 0.0), (0, -34, 0.0), (40, 0, np.pi / 2), (-40, 0, np.pi / 2)):
        blocks.append(Block((x, y, 0), (90, 2.0, float(rng.uniform(5, 9))), hedge, turn))
    warmth = float(rng.uniform(0, 1))
    posts = [(x, 3.9 * (-1) ** k) for k, x in enumerate((-9.0, -3.0, 3.0, 9.0))]
    for spot in posts:
        blocks += street_lamp(spot)
    obstacles = bench((-4.0, 4.3), np.pi) + bench((5.0, -4.3), 0.0)
    blocks += _at_eye_level(rng)
    return Site(
        name="park",
        indoor=False,
        walk_area=(-8.0, -3.2, 8.0, 3.2),
        camera_area=(-16.0, -8.0, 16.0, 8.0),
        camera_heights=(2.2, 5.5),
        ground=lawn,
        blocks=tuple(blocks),
        obstacles=tuple(obstacles),
        lamps=tuple(street_light(spot, warmth) for spot in posts),
    )


def _at_eye_level(rng: np.random.Generator) -> list[Block]:
    """Shrubs, seats and stands along the path."""
    blocks: list[Block] = []
    for _ in range(26):
        x, y = float(rng.uniform(-20, 20)), float(rng.uniform(5.0, 13.0))
        blocks += bush(rng, (x, y * float(rng.choice([-1.0, 1.0]))))
    for x, y in ((-6.4, 4.3), (7.4, -4.3)):
        blocks += litter_bin((x, y))
    for x, turn in ((-11.0, np.pi), (9.6, np.pi)):
        blocks += bench((x, 4.4), turn)
    for x in (-1.6, 0.4):
        if rng.random() < 0.6:
            blocks += bicycle(rng, (x, -4.5), float(rng.uniform(-0.3, 0.3)))
    side = float(rng.choice([-1.0, 1.0]))
    if rng.random() < 0.7:
        blocks += kiosk(rng, (side * 12.5, 6.2), 0.0)
        blocks += cafe(rng, (side * 8.8, 6.6), 0.0, 2)
    for x, turn in ((-side * 9.2, 0.0), (-side * 13.0, 0.4)):
        blocks += posters(rng, (x, 4.9), turn, (0.0,), (1.6, 1.1), 0.8)
        blocks += [Block((x + d, 4.95, 0.0), (0.08, 0.08, 2.0), METAL) for d in (-0.75, 0.75)]
    return blocks
