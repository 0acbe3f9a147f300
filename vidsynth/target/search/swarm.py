"""Particle swarm optimisation. Kennedy and Eberhart, ICNN 1995; constants of Clerc and Kennedy's
constriction, IEEE Transactions on Evolutionary Computation 2002.

Each particle is pulled by the best of its neighbours on a ring (Kennedy and Mendes, CEC 2002), at
the same cost as by the best of all, which gathers the swarm before it has looked around.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

INERTIA = 0.729
PULL = 1.494
"""Towards a particle's own best place, and towards the swarm's."""
FASTEST = 0.2
"""Share of an axis that a particle crosses in one iteration at most."""


@dataclass(frozen=True)
class Found:
    """Where a search ended: ``point`` (D,) in the unit box, its ``value``, and ``evaluations``."""

    point: np.ndarray
    value: float
    evaluations: int


def swarm(
    values: Callable[[np.ndarray], np.ndarray],
    dimensions: int,
    rng: np.random.Generator,
    particles: int = 30,
    iterations: int = 60,
    neighbours: int | None = 1,
) -> Found:
    """The least value that a swarm finds in the unit box.

    Args:
        values: points ``(N, dimensions)``, each coordinate in [0, 1), to values ``(N,)``.
        dimensions: of the box.
        rng: draws where particles start, and how strongly they are pulled.
        particles: of the swarm; each is evaluated once at the start and once per iteration.
        iterations: moves of the swarm.
        neighbours: on either side on the ring; None: the whole swarm is one neighbourhood.

    Bounds reflect. Noise in ``values`` is taken for truth: a particle keeps its best value.
    """
    shape = (particles, dimensions)
    place, speed = rng.random(shape), rng.uniform(-FASTEST, FASTEST, shape)
    best, least = place.copy(), values(place)
    near = _ring(particles, neighbours)
    for _ in range(iterations):
        leader = best[near[np.arange(particles), least[near].argmin(1)]]
        own, shared = rng.random(shape), rng.random(shape)
        speed = INERTIA * speed + PULL * (own * (best - place) + shared * (leader - place))
        speed = np.clip(speed, -FASTEST, FASTEST)
        place = place + speed
        outside = (place < 0) | (place >= 1)
        place = np.where(place < 0, -place, np.where(place >= 1, 2 - place, place))
        place = np.clip(place, 0, np.nextafter(1, 0))
        speed = np.where(outside, -speed, speed)
        now = values(place)
        better = now < least
        best[better], least[better] = place[better], now[better]
    at = least.argmin()
    return Found(best[at], float(least[at]), particles * (iterations + 1))


def _ring(particles: int, neighbours: int | None) -> np.ndarray:
    """By particle, who pulls it (particles, n), itself included."""
    reach = range(particles) if neighbours is None else range(-neighbours, neighbours + 1)
    return (np.arange(particles)[:, None] + np.array(reach)) % particles
