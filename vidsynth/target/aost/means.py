"""Style and content distances of AOST, equations 1 to 3, to a whole target out of means alone.

The mean of 1/2 |F - P_u|^2 over a target's images u is 1/2 |F - P|^2 + 1/2 (mean |P_u|^2 - |P|^2),
with P the mean of the P_u, and likewise for Gram matrices. A target is one mean map, one mean
Gram matrix for each layer, and two numbers that are the same for every image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

ALPHA, BETA = 0.9, 1.0
"""Of style and content in the total distance, equation 3."""
WEIGHT = 0.2
"""Of each of the five layers of style, equation 2."""


@dataclass(frozen=True)
class Activations:
    """What a network makes of N crops.

    ``content`` (N, C, h, w) is the map P of equation 1. ``grams`` are the Gram matrices of
    equation 2, one (N, C_l, C_l) for each layer, divided by C_l and the size of the map.
    """

    content: np.ndarray
    grams: tuple[np.ndarray, ...]

    def __len__(self) -> int:
        return len(self.content)

    @classmethod
    def joined(cls, parts: Sequence[Activations]) -> Activations:
        """Those of several sets of crops, one after another."""
        return cls(
            np.concatenate([part.content for part in parts]),
            tuple(np.concatenate(grams) for grams in zip(*(p.grams for p in parts), strict=True)),
        )

    def of(self, chosen: np.ndarray) -> Activations:
        """Those of some of the crops."""
        return Activations(self.content[chosen], tuple(gram[chosen] for gram in self.grams))


@dataclass(frozen=True)
class Means:
    """All that the distances see of a target.

    ``content`` (C, h, w) and ``grams`` (C_l, C_l) are means. ``content_spread`` and
    ``style_spread`` are the target's own spread about them, in the distances' units: what is added
    for every image, whatever it is.
    """

    content: np.ndarray
    grams: tuple[np.ndarray, ...]
    content_spread: float
    style_spread: float


@dataclass(frozen=True)
class Distances:
    """Of each of N images, ``style`` (N,) and ``content`` (N,), to a target."""

    style: np.ndarray
    content: np.ndarray

    @property
    def unscaled(self) -> np.ndarray:
        """Equation 3 as it stands. The sum over a map's values, content, outweighs style by orders
        of magnitude."""
        return ALPHA * self.style + BETA * self.content

    def scaled(self, by: Scales | None = None) -> np.ndarray:
        """Equation 3 with each term divided by its standard deviation over the set, or ``by``."""
        by = by or Scales.of(self)
        return ALPHA * self.style / by.style + BETA * self.content / by.content


@dataclass(frozen=True)
class Scales:
    """Standard deviations of the two terms over a rendered set."""

    style: float
    content: float

    @classmethod
    def of(cls, distances: Distances) -> Scales:
        """Of some distances; 1 where all are equal."""
        return cls(float(distances.style.std()) or 1.0, float(distances.content.std()) or 1.0)


def pair_distances(ours: Activations, theirs: Activations) -> Distances:
    """The distances as published, to each image of a target, then averaged over them: the slow
    reference, of len(ours) x len(theirs) pairs."""
    style, content = np.zeros(len(ours)), np.zeros(len(ours))
    for i in range(len(ours)):
        for u in range(len(theirs)):
            content[i] += 0.5 * np.square(ours.content[i] - theirs.content[u]).sum()
            for ours_l, theirs_l in zip(ours.grams, theirs.grams, strict=True):
                style[i] += WEIGHT / 4 * np.square(ours_l[i] - theirs_l[u]).sum()
    return Distances(style / len(theirs), content / len(theirs))


def mean_distances(ours: Activations, means: Means) -> Distances:
    """The same to a target of which only means are known."""
    content = 0.5 * _squares(ours.content - means.content) + means.content_spread
    style = np.full(len(ours), means.style_spread)
    for gram, mean in zip(ours.grams, means.grams, strict=True):
        style += WEIGHT / 4 * _squares(gram - mean)
    return Distances(style, content)


class RunningMeans:
    """Weighted means of activations that come a few at a time."""

    def __init__(self) -> None:
        self.weight = 0.0
        self._content: np.ndarray | None = None
        self._grams: list[np.ndarray] = []
        self._content_squares = 0.0
        self._style_squares = 0.0

    def add(self, seen: Activations, weights: np.ndarray) -> None:
        """Adds crops with a weight (N,) each."""
        if self._content is None:
            self._content = np.zeros(seen.content.shape[1:])
            self._grams = [np.zeros(gram.shape[1:]) for gram in seen.grams]
        self.weight += float(weights.sum())
        self._content += np.tensordot(weights, seen.content, 1)
        self._content_squares += 0.5 * float(weights @ _squares(seen.content))
        for total, gram in zip(self._grams, seen.grams, strict=True):
            total += np.tensordot(weights, gram, 1)
            self._style_squares += WEIGHT / 4 * float(weights @ _squares(gram))

    def means(self) -> Means:
        """The means of what was added. ValueError: nothing was."""
        if self._content is None or self.weight <= 0:
            raise ValueError("expected activations, found none")
        content = self._content / self.weight
        grams = tuple(gram / self.weight for gram in self._grams)
        own = WEIGHT / 4 * sum(float(np.square(gram).sum()) for gram in grams)
        return Means(
            content,
            grams,
            max(self._content_squares / self.weight - 0.5 * float(np.square(content).sum()), 0.0),
            max(self._style_squares / self.weight - own, 0.0),
        )


def _squares(values: np.ndarray) -> np.ndarray:
    """Sum of squares (N,) over all but the first axis."""
    flat = values.reshape(len(values), -1)
    return np.einsum("nd,nd->n", flat, flat)
