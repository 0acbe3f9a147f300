"""Passers-by whom nobody labels: a pool of people, the same in every shot of a data set."""

from __future__ import annotations

import numpy as np

POOL = 24
"""People there are; they are dressed once, and then again and again in other shots."""


def draw_bystanders(rng: np.random.Generator, density: float, area: float) -> list[int]:
    """Who of the pool, counted from 0, passes by: ``density`` people for each 100 m2 of ``area``,
    m2, the part of a person by chance. At most the whole pool."""
    wanted = density * area / 100
    count = int(wanted) + bool(rng.random() < wanted % 1)
    return [int(number) for number in rng.permutation(POOL)[:count]]
