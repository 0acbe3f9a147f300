"""Paths of straight lines between points: how long they are, and where one is on them."""

from __future__ import annotations

import numpy as np


def lengths(path: np.ndarray) -> np.ndarray:
    """(N,) distance of each of the points (N, D) from the first, along the path."""
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    return np.concatenate([[0.0], np.cumsum(steps)])


def points_at(
    path: np.ndarray, distances: np.ndarray, values: np.ndarray | None = None
) -> np.ndarray:
    """Points (..., D) at ``distances`` (...) from the first of the points (N, D), along the path;
    or ``values`` (N, D) there, linear in between. Beyond the ends it is the end's."""
    reached = lengths(path)
    columns = (path if values is None else values).T
    return np.stack([np.interp(distances, reached, column) for column in columns], axis=-1)
