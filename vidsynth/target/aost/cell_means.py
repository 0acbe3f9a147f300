"""What the mean image of every combination of attributes activates: ours, in place of trees.

The distance of single images to a target's mean is least for the images with the least in them,
dark, foggy, seen from behind: 1/2 |F - P|^2 of a combination's images is 1/2 |E F - P|^2 plus half
their own variance, and what a target has most of is no reason to have less variance. So people and
chance are averaged away first: activations are told by attributes, one effect for each value
(ridge regression), and distances are those of these means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vidsynth.target.aost.attributes import Grid
from vidsynth.target.aost.means import WEIGHT, Activations, Distances, Means
from vidsynth.target.aost.surrogate import Surrogate

PENALTY = 5.0
"""Images' worth of doubt about the effect of a value, or of a person."""
_MOST_PEOPLE = 200
"""Beyond, clothes are even enough over values without an effect for every person."""


@dataclass
class CellMeans:
    """Sums over images that come a few at a time: designs ``(P, P)`` and designs times values.

    Columns are a constant, each value of each attribute, and people.
    """

    grid: Grid
    people: np.ndarray

    def __post_init__(self) -> None:
        known = np.unique(self.people)
        self._known = known if len(known) <= _MOST_PEOPLE else known[:0]
        self._size = 1 + sum(self.grid.shape) + len(self._known)
        self._inner = np.zeros((self._size, self._size))
        self._content: np.ndarray | None = None
        self._grams: list[np.ndarray] = []

    def add(self, seen: Activations, codes: np.ndarray, persons: np.ndarray) -> None:
        """Adds images with their values ``(N, A)`` and people ``(N,)``."""
        design = self._design(codes, persons)
        if self._content is None:
            self._content = np.zeros((self._size, seen.content[0].size))
            self._grams = [np.zeros((self._size, gram[0].size)) for gram in seen.grams]
        self._inner += design.T @ design
        self._content += design.T @ seen.content.reshape(len(seen), -1)
        for total, gram in zip(self._grams, seen.grams, strict=True):
            total += design.T @ gram.reshape(len(seen), -1)

    def distances(self, targets: Sequence[Means]) -> list[Distances]:
        """Of all combinations (K,) to each target, without the targets' own spread."""
        assert self._content is not None, "nothing was added"
        cells = self._design(self.grid.cells, None)
        penalty = np.full(self._size, PENALTY)
        penalty[0] = 1e-6
        inverse = np.linalg.inv(self._inner + np.diag(penalty))
        content = _quadratic(cells, inverse @ self._content, [t.content for t in targets])
        style = np.zeros_like(content)
        for layer, sums in enumerate(self._grams):
            grams = [target.grams[layer] for target in targets]
            style += WEIGHT / 4 * _quadratic(cells, inverse @ sums, grams)
        return [Distances(s, 0.5 * c) for s, c in zip(style, content, strict=True)]

    def _design(self, codes: np.ndarray, persons: np.ndarray | None) -> np.ndarray:
        """Columns ``(N, P)``; without people, of nobody in particular."""
        columns = [np.ones((len(codes), 1))]
        columns += [np.eye(size)[codes[:, a]] for a, size in enumerate(self.grid.shape)]
        if persons is None:
            share = 1 / max(len(self._known), 1)
            columns.append(np.full((len(codes), len(self._known)), share))
        else:
            columns.append((persons[:, None] == self._known).astype(float))
        return np.concatenate(columns, 1)


def cell_surrogates(grid: Grid, distances: Sequence[Distances], scaled: bool) -> list[Surrogate]:
    """The distances of all combinations as surrogates; ``scaled`` by standard deviations over
    those that can be."""
    found = []
    for part in distances:
        possible = Distances(part.style[grid.possible], part.content[grid.possible])
        total = np.full(len(grid.cells), np.inf)
        total[grid.possible] = possible.scaled() if scaled else possible.unscaled
        found.append(Surrogate(grid, total, float("nan")))
    return found


def _quadratic(cells: np.ndarray, effects: np.ndarray, targets: Sequence[np.ndarray]) -> np.ndarray:
    """|cells @ effects - target|^2, (T, K), without making the means of cells."""
    own = np.einsum("kp,pq,kq->k", cells, effects @ effects.T, cells)
    rows = []
    for target in targets:
        flat = target.reshape(-1)
        rows.append(own - 2 * cells @ (effects @ flat) + flat @ flat)
    return np.maximum(np.stack(rows), 0)
