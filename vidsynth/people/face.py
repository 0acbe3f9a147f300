"""Colours of the face on the skin: brows, lips, eye sockets, cheeks, beard shadows."""

from __future__ import annotations

import numpy as np

from vidsynth.people.figure import Figure
from vidsynth.people.person import Person
from vidsynth.wardrobe.hair import beard_field, shaved


def skin_tint(person: Person, figure: Figure) -> np.ndarray:
    """(N, 4) linear RGBA that multiplies the skin colour."""
    x, y, z = figure.rest.T
    colour = np.ones((len(x), 4), np.float32)
    front = y < -0.055
    side = np.abs(x)

    def paint(mask: np.ndarray, rgb: tuple[float, float, float]) -> None:
        colour[mask, :3] = np.array(rgb)

    # Heights in statures on the average head: mouth .895, eyes .937, brows .947.
    paint(
        front & (side < 0.030) & (np.abs(z - 0.9375) < 0.005) & (side > 0.009), (0.62, 0.55, 0.55)
    )
    lips = (0.86, 0.55, 0.55) if person.sex == "male" else (0.85, 0.42, 0.45)
    paint(front & (side < 0.0145) & (np.abs(z - 0.8985) < 0.0045), lips)
    brow = (front & (side > 0.007) & (side < 0.031)) & (np.abs(z - 0.9495) < 0.0032)
    hair = np.clip(np.array(person.hair) * 1.2, 0.05, 0.7) / np.maximum(person.skin, 0.1)
    paint(brow, tuple(np.clip(hair, 0.1, 0.8)))
    cheeks = front & (np.abs(z - 0.915) < 0.010) & (side > 0.015)
    paint(cheeks, (1.0, 0.93, 0.92))
    shade = np.minimum(0.45 * np.array(tuple(np.clip(hair, 0.1, 0.8))) + 0.42, 0.92)
    if not person.hair_asset:
        colour[:, :3] *= 1 + shaved(person.hair_style, figure.rest)[:, None] * (shade - 1)
    if person.beard in ("stubble", "full"):
        # Under a full beard too: skin shines through at its edge.
        grown = np.clip(beard_field("full", figure.rest) / 0.004, 0, 1) * (
            (y < -0.026) & (z > 0.85)
        )
        colour[:, :3] *= 1 + grown[:, None] * (shade - 1)
    elif person.sex == "male":
        jaw = (y < -0.03) & (z < 0.8945) & (z > 0.872)
        paint(jaw, (0.88, 0.86, 0.86))
    return colour
