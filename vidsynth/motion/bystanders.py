"""Draws passers-by, whom nobody labels, from a pool that all shots of a data set share."""

from __future__ import annotations

import numpy as np

POOL = 24
"""People there are; they are dressed once, and then again and again in other shots."""


def draw_bystanders(rng: np.random.Generator, density: float, area: float) -> list[int]:
    """Numbers, from 0, of the people of the pool who pass by.

    ``density`` people for each 100 m2 of ``area``, m2; a fraction of a person is one by chance. At
    most the whole pool.
    """
    wanted = density * area / 100
    count = int(wanted) + bool(rng.random() < wanted % 1)
    return [int(number) for number in rng.permutation(POOL)[:count]]
