"""A parking garage: concrete, bays in white lines, banded pillars, cars, pipes, low lamps."""

from __future__ import annotations

import numpy as np

from vidsynth.places.sites.fronts import house_door, posters
from vidsynth.places.sites.furniture import bicycle_rack, bollards, machine
from vidsynth.places.sites.pieces import METAL, car
from vidsynth.places.sites.site import Block, Lamp, Site, Surface, Window

_BANDS = ((0.80, 0.62, 0.10), (0.12, 0.30, 0.62), (0.16, 0.44, 0.26), (0.66, 0.16, 0.12))


def garage(rng: np.random.Generator) -> Site:
    """34 by 18 metres, 2.9 m high: people walk down the lane between two rows of bays."""
    tone = float(rng.uniform(0.36, 0.50))
    ground = Surface("concrete", (tone, tone, tone), (0.8 * tone,) * 3, 1.6, 0.5)
    wall = Surface("concrete", (0.52, 0.52, 0.50), (0.42, 0.42, 0.41))
    ceiling = Surface("concrete", (0.46, 0.46, 0.45), (0.38, 0.38, 0.37))
    band = Surface("plain", _BANDS[int(rng.integers(len(_BANDS)))])
    white = Surface("plain", (0.74, 0.74, 0.70))
    blocks = [
        Block((0, 0, 2.9), (38, 20, 0.2), ceiling),
        *(Block((0, y, 0), (38, 0.4, 2.9), wall) for y in (-9.4, 9.4)),
        *(Block((0, y * 0.977, 1.0), (38, 0.05, 0.35), band) for y in (-9.4, 9.4)),
        *(Block((x, 0, 0), (0.4, 19, 2.9), wall) for x in (-17.5, 17.5)),
        *(Block((x, y, 2.55), (34, 0.14, 0.14), METAL) for x, y in ((0, -3.9), (0, 3.6))),
    ]
    for x in np.arange(-15.0, 15.1, 2.5):
        for y in (-6.6, 6.6):
            blocks.append(Block((float(x), y, 0.0), (0.1, 4.8, 0.003), white))
    for x in np.arange(-13.75, 14, 2.5):
        for y, turn in ((-6.7, np.pi / 2), (6.7, -np.pi / 2)):
            if rng.random() < 0.6:
                blocks += car(rng, (float(x), y), turn + float(rng.choice([0.0, np.pi])))
    for x in (-10.0, 0.0, 10.0):
        for y in (-4.35, 4.35):
            blocks += [
                Block((x, y, 0.0), (0.5, 0.5, 2.9), wall),
                Block((x, y, 0.9), (0.52, 0.52, 0.5), band),
            ]
    for x in (-6.0, 6.0):  # arrows of the lane
        blocks.append(Block((x, 0.0, 0.0), (2.2, 0.16, 0.003), white))
        for turn in (-0.7, 0.7):
            blocks.append(
                Block((x + 0.85, 0.33 * np.sign(-turn), 0.0), (0.9, 0.16, 0.003), white, turn)
            )
    lamps = tuple(
        Lamp((x, y, 2.75), float(rng.uniform(70, 110)), 1.1)
        for x in (-12.5, -7.5, -2.5, 2.5, 7.5, 12.5)
        for y in (-1.8, 1.8)
    )
    blocks += _at_eye_level(rng)
    return Site(
        name="garage",
        indoor=True,
        walk_area=(-10.0, -3.2, 10.0, 3.2),
        camera_area=(-16.8, -3.9, 16.8, 3.9),
        camera_heights=(2.1, 2.6),
        ground=ground,
        blocks=tuple(blocks),
        lamps=lamps,
        windows=(Window((16.9, 0.0, 1.4), 7.0, 2.4, float(-np.pi / 2)),),
    )


def _at_eye_level(rng: np.random.Generator) -> list[Block]:
    """At the ends a door, signs and the machine one pays at; bollards and bicycles on the way."""
    blocks: list[Block] = []
    for end in (-1.0, 1.0):
        inward = -end * np.pi / 2
        blocks += posters(
            rng, (end * 17.3, 0.0), inward, (-5.0, -3.4, 3.4, 5.0), (1.2, 1.0), 1.1, 0.15
        )
        blocks += house_door(rng, (end * 17.3, 0.0), inward) if rng.random() < 0.5 else []
    blocks += machine(rng, (-16.8, float(rng.choice([-3.0, 3.0]))), np.pi / 2)
    blocks += bollards((15.5, -3.6), (15.5, 3.6), 1.8)
    if rng.random() < 0.6:
        blocks += bicycle_rack(rng, (-15.6, float(rng.choice([-5.6, 5.6]))), np.pi / 2, 4)
    return blocks
