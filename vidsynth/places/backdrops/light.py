"""Estimates the light in which a photograph was taken from its colours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from vidsynth.colour import luminance
from vidsynth.places.backdrops.backdrop import load, scene_light

_ALBEDO = 0.22
"""What the world reflects on the average."""

_TINT = 0.5
"""How much of a picture's cast is its light's, the rest being the colour of things."""

_DIMMEST, _BRIGHTEST = 0.08, 2.0


@dataclass(frozen=True)
class Ambience:
    """The light of a photograph.

    sky: linear RGB radiance from all around.
    key: linear RGB irradiance of the direct light.
    softness: degrees across the direct light.
    side: degrees right of the camera from which it comes.
    """

    sky: tuple[float, float, float]
    key: tuple[float, float, float]
    softness: float
    side: float


@lru_cache(maxsize=64)
def ambience(path: Path) -> Ambience:
    """The light of a photograph by the grey-world assumption.

    Its mean brightness is that of the light times 0.22, and half of its colour cast is the light's.
    The more the brightest parts stand out, the harder and stronger the direct light, which comes
    from the brighter side.
    """
    small = load(path).resize((48, 36), Image.Resampling.BOX)
    light = scene_light(np.asarray(small))
    mean = light.reshape(-1, 3).mean(0)
    bright = luminance(light)
    level = float(np.clip(bright.mean() / _ALBEDO, _DIMMEST, _BRIGHTEST))
    tint = (mean / max(float(luminance(mean)), 1e-4)) ** _TINT
    standing_out = float(np.quantile(bright, 0.97) / max(float(bright.mean()), 1e-4))
    direct = float(np.interp(standing_out, (1.5, 4.0), (0.35, 0.65)))
    upper = bright[: len(bright) // 2]
    left, right = float(upper[:, :20].mean()), float(upper[:, -20:].mean())
    side = 100 * (right - left) / max(right + left, 1e-4)
    return Ambience(
        sky=_rgb((1 - direct) * level * tint),
        # Met at 45 degrees, as most of a standing person meets it.
        key=_rgb(direct * level * tint * np.pi / np.cos(np.pi / 4)),
        softness=float(np.interp(standing_out, (1.5, 4.0), (30.0, 6.0))),
        side=float(np.clip(side, -80, 80)),
    )


def _rgb(values: np.ndarray) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])
