"""Theta of AOST's algorithm 1: trees that tell an image's distance to the target by its attributes,
their optimum over the whole grid, and the swarm that looks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from vidsynth.errors import ConfigError
from vidsynth.target.aost.attributes import Grid
from vidsynth.target.search.swarm import Found, swarm

Trees = Literal["scikit-learn", "xgboost"]
FOLDS = 5


@dataclass(frozen=True)
class Surrogate:
    """What a set of images with known distances says about the grid.

    ``predicted`` (K,) is the distance of each combination of ``grid``, infinite where there cannot
    be one. ``r2`` is that of images of people it was not fitted to.
    """

    grid: Grid
    predicted: np.ndarray
    r2: float

    @property
    def optimum(self) -> int:
        """The place among the grid's cells of the least distance: all are looked at."""
        return int(self.predicted.argmin())

    def search(
        self, rng: np.random.Generator, particles: int = 30, iterations: int = 60, swarms: int = 3
    ) -> Found:
        """What particle swarms find, the best of a few; the paper's way. ``point`` is the cell's
        codes ``(A,)``.

        Values of an attribute lie along its axis by their mean distance, for a swarm follows
        slopes, and names have none; an axis has those values that the ones before it allow.
        """
        choices = self._choices()

        def cells(points: np.ndarray) -> np.ndarray:
            return np.array([_walk(choices, point) for point in points])

        def values(points: np.ndarray) -> np.ndarray:
            return self.predicted[self.grid.numbers(cells(points))]

        dimensions = len(self.grid.shape)
        found = [swarm(values, dimensions, rng, particles, iterations) for _ in range(swarms)]
        best = min(found, key=lambda one: one.value)
        return Found(cells(best.point[None])[0], best.value, sum(one.evaluations for one in found))

    def _choices(self) -> dict[tuple[int, ...], list[int]]:
        """By the first values of a possible combination, those that can come next, in order."""
        cells = self.grid.cells[self.grid.possible]
        distances = self.predicted[self.grid.possible]
        ranks = []
        for a, size in enumerate(self.grid.shape):
            counts = np.bincount(cells[:, a], minlength=size)
            mean = np.bincount(cells[:, a], distances, size) / np.maximum(counts, 1)
            ranks.append(mean)
        choices: dict[tuple[int, ...], set[int]] = {}
        for cell in cells.tolist():
            for a in range(len(cell)):
                choices.setdefault(tuple(cell[:a]), set()).add(cell[a])
        return {
            above: sorted(below, key=lambda value: ranks[len(above)][value])
            for above, below in choices.items()
        }


def _walk(choices: Mapping[tuple[int, ...], list[int]], point: np.ndarray) -> list[int]:
    """The combination at a point of the unit box."""
    cell: list[int] = []
    for share in point:
        allowed = choices[tuple(cell)]
        cell.append(allowed[int(share * len(allowed))])
    return cell


def fit_surrogate(
    grid: Grid,
    codes: np.ndarray,
    distances: np.ndarray,
    persons: np.ndarray,
    trees: Trees = "scikit-learn",
    seed: int = 0,
) -> Surrogate:
    """Trees from the environment of images ``(N, A)`` to their distances ``(N,)``.

    What a person (``persons`` (N,)) adds to all of their images, clothes above all, is taken off
    first: identities are not chosen. r2 is of folds by person.
    """
    level = distances.mean()
    _, whose, counts = np.unique(persons, return_inverse=True, return_counts=True)
    effect = (np.bincount(whose, distances) / counts - level)[whose]
    flat = distances - effect
    model = regressor(trees, codes.shape[1], seed).fit(codes, flat)
    predicted = np.where(grid.possible, model.predict(grid.cells), np.inf)
    return Surrogate(grid, predicted, _r2(trees, codes, flat, persons, seed))


def importance(
    columns: Mapping[str, np.ndarray],
    distances: np.ndarray,
    trees: Trees = "scikit-learn",
    seed: int = 0,
) -> dict[str, tuple[float, float]]:
    """How much each attribute matters to the distance, greatest first: share and its standard
    deviation.

    With scikit-learn: by how much R^2 falls on images the trees have not seen when the attribute's
    values are shuffled. With XGBoost: its share of the total gain, with no deviation.

    Args:
        columns: values (N,) by attribute, as text; environment and people alike.
        distances: (N,).
    """
    from sklearn.inspection import permutation_importance
    from sklearn.model_selection import KFold

    codes = np.stack([np.unique(v, return_inverse=True)[1] for v in columns.values()], 1)
    names = list(columns)
    if trees == "xgboost":
        model = regressor(trees, len(names), seed).fit(codes, distances)
        gains = model.get_booster().get_score(importance_type="total_gain")
        total = sum(gains.values()) or 1.0
        found = {name: (gains.get(f"f{a}", 0.0) / total, 0.0) for a, name in enumerate(names)}
    else:
        drops = []
        for train, test in KFold(FOLDS, shuffle=True, random_state=seed).split(codes):
            model = regressor(trees, len(names), seed).fit(codes[train], distances[train])
            drops.append(
                permutation_importance(
                    model, codes[test], distances[test], n_repeats=4, random_state=seed
                ).importances
            )
        joined = np.concatenate(drops, 1)
        found = {
            name: (float(joined[a].mean()), float(joined[a].std())) for a, name in enumerate(names)
        }
    return dict(sorted(found.items(), key=lambda item: -item[1][0]))


def regressor(trees: Trees, columns: int, seed: int) -> Any:
    """Trees over ``columns`` attributes of names. Raises ConfigError: XGBoost is not installed."""
    if trees == "scikit-learn":
        from sklearn.ensemble import HistGradientBoostingRegressor

        return HistGradientBoostingRegressor(
            max_iter=150, max_depth=6, categorical_features=list(range(columns)), random_state=seed
        )
    try:
        from xgboost import XGBRegressor
    except ImportError:
        raise ConfigError(
            "Expected the package xgboost for --trees xgboost, found none: "
            "`pip install 'vidsynth-uda[xgboost]'`, or leave the option out."
        ) from None
    return XGBRegressor(
        tree_method="hist", max_depth=6, learning_rate=0.1, n_estimators=300, subsample=0.8,
        feature_types=["c"] * columns, enable_categorical=True, random_state=seed,
    )  # fmt: skip


def _r2(
    trees: Trees, codes: np.ndarray, values: np.ndarray, persons: np.ndarray, seed: int
) -> float:
    """Of predictions for people that the trees have not seen; NaN for a single person."""
    from sklearn.metrics import r2_score
    from sklearn.model_selection import GroupKFold

    folds = min(FOLDS, len(np.unique(persons)))
    if folds < 2:
        return float("nan")
    guessed = np.zeros(len(values))
    for train, test in GroupKFold(folds).split(codes, groups=persons):
        model = regressor(trees, codes.shape[1], seed).fit(codes[train], values[train])
        guessed[test] = model.predict(codes[test])
    return float(r2_score(values, guessed))
