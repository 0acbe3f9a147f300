"""Passers-by whom nobody labels: a pool of people, the same in every shot of a data set."""

from __future__ import annotations

import numpy as np

from vidsynth.people.person import Person
from vidsynth.people.sampling import sample_person
from vidsynth.seeds import Purpose, stream

POOL = 24
"""People there are; they are dressed once, and then again and again in other shots."""


def draw_bystanders(
    rng: np.random.Generator, seed: int, first_id: int, density: float, area: float
) -> list[Person]:
    """Passers-by for a shot: ``density`` for each 100 m2 of ``area``, m2, the part of a person by
    chance. All of the pool are there before one is there twice. Their ids count from ``first_id``.
    """
    wanted = density * area / 100
    count = int(wanted) + bool(rng.random() < wanted % 1)
    rounds = [rng.permutation(POOL) for _ in range(-(-count // POOL))]
    chosen = np.concatenate([*rounds, np.empty(0, int)])[:count]
    return [_bystander(seed, int(number), first_id) for number in chosen]


def _bystander(seed: int, number: int, first_id: int) -> Person:
    return sample_person(stream(seed, Purpose.BYSTANDER, number), first_id + number)
