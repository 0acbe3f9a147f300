"""The shapes that blocks have, as quads with a place in metres on them.

Each takes a block and returns its corners (F, 4, 3) in the site and their UV (F, 4, 2), metres.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from vidsynth.places.sites.site import Block

_TAPER = (0.72, 0.84)


def _placed(block: Block, quads: np.ndarray) -> np.ndarray:
    """Quads (F, 4, 3) around the origin, turned and put where the block stands."""
    c, s = np.cos(block.turn), np.sin(block.turn)
    return quads @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1.0]]) + block.at


def _box(block: Block) -> tuple[np.ndarray, np.ndarray]:
    x, y, z = block.size[0] / 2, block.size[1] / 2, block.size[2]
    corners = [(-x, -y), (x, -y), (x, y), (-x, y)]
    quads, texture, run = [], [], 0.0
    for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True):
        width = float(np.hypot(bx - ax, by - ay))
        quads.append([(ax, ay, 0), (bx, by, 0), (bx, by, z), (ax, ay, z)])
        texture.append([(run, 0), (run + width, 0), (run + width, z), (run, z)])
        run += width
    quads += [
        [(-x, -y, z), (x, -y, z), (x, y, z), (-x, y, z)],
        [(-x, y, 0), (x, y, 0), (x, -y, 0), (-x, -y, 0)],
    ]
    texture += [[(-x, -y), (x, -y), (x, y), (-x, y)], [(-x, y), (x, y), (x, -y), (-x, -y)]]
    return _placed(block, np.array(quads, float)), np.array(texture, float)


def _taper(block: Block) -> tuple[np.ndarray, np.ndarray]:
    """A box whose top is shorter and narrower than its bottom, as a car's cabin."""
    quads, texture = _box(replace(block, at=(0.0, 0.0, 0.0), turn=0.0))
    top = quads[..., 2] > 0.5 * block.size[2]
    quads[top, :2] *= _TAPER
    return _placed(block, quads), texture


def _disc(block: Block) -> tuple[np.ndarray, np.ndarray]:
    """A round plate that stands upright, as a wheel does: its axis lies along y."""
    x, y, z = block.size
    lying = replace(block, at=(0.0, 0.0, 0.0), size=(x, z, y), turn=0.0)
    quads, texture = _turned(lying, [(0.001, 0), (1, 0), (1, 1), (0.001, 1)])
    stood = np.stack([quads[..., 0], quads[..., 2] - y / 2, z / 2 - quads[..., 1]], -1)
    return _placed(block, stood), texture


def _turned(block: Block, profile: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    """A surface of revolution: ``profile`` (radius share, height share) from bottom to top."""
    angles = np.linspace(0, 2 * np.pi, 17)
    width, depth, height = block.size
    shares, heights = np.array(profile).T
    around = np.stack([width / 2 * np.cos(angles), depth / 2 * np.sin(angles)], -1)
    rings = np.empty((len(profile), len(angles), 3))
    rings[..., :2] = shares[:, None, None] * around
    rings[..., 2] = height * heights[:, None]
    texture = np.empty((*rings.shape[:2], 2))
    texture[..., 0] = width / 2 * angles
    texture[..., 1] = rings[..., 2]
    quads, metres = (
        np.stack([grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]], 2).reshape(
            -1, 4, grid.shape[-1]
        )
        for grid in (rings, texture)
    )
    return _placed(block, quads), metres


def _cylinder(block: Block) -> tuple[np.ndarray, np.ndarray]:
    return _turned(block, [(1, 0), (1, 1), (0.001, 1)])


def _sphere(block: Block) -> tuple[np.ndarray, np.ndarray]:
    steps = np.linspace(-np.pi / 2, np.pi / 2, 9)
    return _turned(block, [(max(np.cos(t), 0.001), (np.sin(t) + 1) / 2) for t in steps])


def _cone(block: Block) -> tuple[np.ndarray, np.ndarray]:
    return _turned(block, [(1, 0), (0.001, 1)])


def _hill(block: Block) -> tuple[np.ndarray, np.ndarray]:
    return _turned(block, [(1, 0), (0.80, 0.22), (0.52, 0.62), (0.26, 0.90), (0.001, 1)])


SHAPES: dict[str, Callable[[Block], tuple[np.ndarray, np.ndarray]]] = {
    "box": _box, "taper": _taper, "cylinder": _cylinder, "disc": _disc, "sphere": _sphere,
    "cone": _cone, "hill": _hill,
}  # fmt: skip
