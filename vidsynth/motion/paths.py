"""Straight and gently curved paths through a site, as way-points."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from vidsynth.geometry.clearance import inside_any
from vidsynth.places.sites.site import Block, Site

STEP = 0.35
"""Metres between way-points."""

BODY_MARGIN = 0.45
"""Metres a walker's middle keeps from anything solid."""

_SHARPEST = 0.7
_LOOK_AHEAD = 1.3


def draw_path(
    rng: np.random.Generator,
    area: tuple[float, float, float, float],
    length: float,
    obstacles: Iterable[Block] = (),
) -> np.ndarray:
    """Way-points (N, 2), metres, of a walk at least ``length`` long that starts in ``area``.

    It turns towards the middle when the edge or an obstacle is ahead, by at most 0.7 rad per
    metre, so it may still leave the area or graze an obstacle: check with ``stays_clear``.
    """
    obstacles = tuple(obstacles)
    low, high = np.array(area[:2]), np.array(area[2:])
    middle = (low + high) / 2
    point = rng.uniform(low, high)
    heading = rng.uniform(-np.pi, np.pi)
    bend = 0.0 if rng.random() < 0.5 else rng.normal(0.0, 0.12)
    way = [point]
    for _ in range(int(np.ceil(length / STEP))):
        ahead = point + _LOOK_AHEAD * np.array([np.cos(heading), np.sin(heading)])
        turn = bend
        if not stays_clear(ahead[None], area, obstacles):
            to_middle = np.arctan2(*(middle - point)[::-1]) - heading
            turn = _SHARPEST * (1.0 if np.sin(to_middle) >= 0 else -1.0)
        heading += turn * STEP
        point = point + STEP * np.array([np.cos(heading), np.sin(heading)])
        way.append(point)
    return np.array(way)


def in_the_way(site: Site) -> Site:
    """The site with those of its blocks alone that someone in the walk area may come near to: the
    others, most of a site, need no looking at."""
    x0, y0, x1, y1 = site.walk_area

    def near(block: Block) -> bool:
        reach = math.hypot(*block.size[:2]) / 2 + 2 * BODY_MARGIN
        x, y, _ = block.at
        return x0 - reach < x < x1 + reach and y0 - reach < y < y1 + reach

    return replace(site, blocks=tuple(filter(near, site.blocks + site.obstacles)), obstacles=())


def stays_clear(
    points: np.ndarray, area: tuple[float, float, float, float], obstacles: Iterable[Block]
) -> bool:
    """Whether every point (N, 2) lies in the area and off the obstacles, body and all."""
    low, high = np.array(area[:2]), np.array(area[2:])
    if ((points < low) | (points > high)).any():
        return False
    tall = np.concatenate([np.insert(points, 2, z, axis=1) for z in (0.4, 1.2)])
    return not inside_any(tall, obstacles, BODY_MARGIN).any()
