"""Which images of a rendered set make L*: algorithm 1 in the three ways that it can be read.

A  ``clusters``: an optimum V* for every cluster u of the target, as the loop over its images says;
   together they are a distribution, and each cluster gets its share of every identity's images.
B  ``global``: one V*, and of each identity the images of the cells with the least distance. The
   paper's 124,200 images are 108 for each of 1,150 identities; so is this, at any scale.
C  ``random``: as many of each identity's images, drawn: the paper's control.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vidsynth.target.aost.surrogate import Surrogate

Way = Literal["clusters", "global", "random"]
KEPT, OF = 108, 1764
"""Images of an identity in the paper's cut, and in all of FineGPR."""


@dataclass(frozen=True)
class Choice:
    """``numbers`` (M,) of the chosen images among a set's, in order, ``predicted`` (M,) distances
    of their cells, NaN where drawn, and ``part`` (M,) the cluster each was chosen for."""

    numbers: np.ndarray
    predicted: np.ndarray
    part: np.ndarray


def cut(images: int) -> int:
    """The paper's cut of one identity's images at another scale: 108 of 1,764, at least one."""
    return max(1, round(images * KEPT / OF))


def of_each(persons: np.ndarray) -> list[np.ndarray]:
    """The images of every person (``persons`` (N,)), by their numbers, in order of the people."""
    ends = np.cumsum(np.unique(persons, return_counts=True)[1])
    return np.split(np.argsort(persons, kind="stable"), ends[:-1])


def choose_random(persons: np.ndarray, each: int, rng: np.random.Generator) -> Choice:
    """``each`` images of every person (``persons`` (N,)), drawn without replacement; all of those
    who have less."""
    chosen = []
    for mine in of_each(persons):
        chosen.append(rng.permutation(mine)[:each])
    numbers = np.sort(np.concatenate(chosen))
    return Choice(numbers, np.full(len(numbers), np.nan), np.zeros(len(numbers), int))


def choose(
    persons: np.ndarray,
    cells: np.ndarray,
    surrogates: Sequence[Surrogate],
    shares: Sequence[float],
    each: int,
) -> Choice:
    """``each`` images of every person, those for each part of the target by its own surrogate.

    Args:
        persons: (N,) whose images they are.
        cells: (N,) their places in the surrogates' grid.
        surrogates: one for each part of the target; one alone is reading B.
        shares: of the target in each part.
        each: images of a person. Those who have less give all.

    Over all people the parts get their shares, if not with each person: what a person's images
    leave over, the next ones' have more. Of equal cells the first image is taken.
    """
    weights = np.array(shares, float) / sum(shares)
    scores = np.stack([surrogate.predicted[cells] for surrogate in surrogates])
    owed = np.zeros(len(weights))
    numbers: list[int] = []
    parts: list[int] = []
    for mine in of_each(persons):
        owed += weights * min(each, len(mine))
        free = np.ones(len(mine), bool)
        for _ in range(min(each, len(mine))):
            part = int(owed.argmax())
            owed[part] -= 1
            best = np.flatnonzero(free)[scores[part, mine[free]].argmin()]
            free[best] = False
            numbers.append(int(mine[best]))
            parts.append(part)
    order = np.argsort(numbers, kind="stable")
    found, chosen_for = np.array(numbers)[order], np.array(parts)[order]
    return Choice(found, scores[chosen_for, found], chosen_for)
