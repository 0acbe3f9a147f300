"""Whether points lie in solids, and whether solids block a line of sight."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np


class Block(Protocol):
    """A solid of ``size`` (x, y, z) metres whose bottom centre stands at ``at``, turned about z by
    ``turn`` radians: a box, or where ``shape`` is another an elliptic column around it."""

    @property
    def at(self) -> tuple[float, float, float]: ...
    @property
    def size(self) -> tuple[float, float, float]: ...
    @property
    def turn(self) -> float: ...
    @property
    def shape(self) -> str: ...


def inside_any(points: np.ndarray, blocks: Iterable[Block], margin: float = 0.0) -> np.ndarray:
    """Which points (..., 3), metres, lie in a block grown sideways by ``margin``: bool (...)."""
    points = np.asarray(points, dtype=float)
    hit = np.zeros(points.shape[:-1], dtype=bool)
    low, high = points.reshape(-1, 3).min(0), points.reshape(-1, 3).max(0)
    for block in blocks:
        reach = np.hypot(block.size[0], block.size[1]) / 2 + 2 * margin
        near = np.array([block.at[0] - reach, block.at[1] - reach, block.at[2]])
        far = np.array([block.at[0] + reach, block.at[1] + reach, block.at[2] + block.size[2]])
        if (near > high).any() or (far < low).any():
            continue
        offset = points - np.asarray(block.at)
        cos, sin = np.cos(block.turn), np.sin(block.turn)
        x = np.abs(cos * offset[..., 0] + sin * offset[..., 1])
        y = np.abs(-sin * offset[..., 0] + cos * offset[..., 1])
        half_x, half_y = block.size[0] / 2 + margin, block.size[1] / 2 + margin
        if block.shape == "box":
            beside = (x < half_x) & (y < half_y)
        else:
            beside = (x / half_x) ** 2 + (y / half_y) ** 2 < 1
        hit |= beside & (offset[..., 2] > 0) & (offset[..., 2] < block.size[2])
    return hit


def in_sight(
    position: tuple[float, float, float], points: np.ndarray, blocks: Iterable[Block]
) -> np.ndarray:
    """Which points (N, 3) a camera at ``position`` sees past the blocks: bool (N,).

    Looks every 2 % of the way, so that a thin post may go unnoticed.
    """
    steps = np.linspace(0.0, 0.98, 50)[:, None, None]
    rays = np.asarray(position) + steps * (np.asarray(points) - np.asarray(position))
    return ~inside_any(rays, blocks).any(axis=0)
