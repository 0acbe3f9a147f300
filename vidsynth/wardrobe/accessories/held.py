"""What a hand holds: a phone, an open umbrella."""

from __future__ import annotations

import numpy as np

from vidsynth.body.anatomy import BODY, anatomy
from vidsynth.body.hands import hand_axes
from vidsynth.colour import Colour
from vidsynth.wardrobe.accessories.clothed import Clothed, Part
from vidsynth.wardrobe.accessories.solids import loft, pillow, tube
from vidsynth.wardrobe.accessories.worn import Finish

_RIBS = 8


def grip(clothed: Clothed, side: str) -> np.ndarray:
    """(3,) the middle of what the bent fingers close around, metres."""
    weight = anatomy().bone_weight(f"{side.capitalize()}HandFinger1")[BODY]
    middle: np.ndarray = clothed.body[np.flatnonzero(weight > 0.9)].mean(0).astype(float)
    return middle


def phone(clothed: Clothed, colour: Colour, side: str) -> list[Part]:
    """A phone on the palm, its screen away from it."""
    name = side.capitalize()
    fingers, palm = hand_axes(clothed.heads, clothed.body, name)
    across = np.cross(fingers, palm)
    frame = np.stack([across, palm, np.cross(across, palm)], 1)
    size = (0.074, 0.010, 0.152)
    knuckles = clothed.joint(f"{name}HandFinger1")
    place = knuckles + 0.026 * palm + 0.028 * fingers
    screen = pillow((0.068, 0.003, 0.142), 8.0).moved((0, 0.0045, 0))
    bound = f"{side}-hand"
    return [
        Part(pillow(size, 8.0).turned(frame).moved(place), Finish("plastic", colour), bound),
        Part(screen.turned(frame).moved(place), Finish("screen", (0.10, 0.12, 0.16)), bound),
    ]


def umbrella(clothed: Clothed, colour: Colour, side: str) -> list[Part]:
    """An open umbrella, its stick in the fist and its canopy over the head."""
    held = grip(clothed, side)
    # The stick goes past the cheek, not in front of the face.
    tip = np.array([0.85 * held[0], held[1] * 0.55, clothed.at(1.0) + 0.24])
    up = (tip - held) / np.linalg.norm(tip - held)
    stick = tube(np.stack([held - 0.10 * up, tip + 0.05 * up]), 0.006)
    handle = tube(np.stack([held - 0.12 * up, held - 0.06 * up, held + 0.05 * up]), 0.013)
    share = np.linspace(0.02, 1, 8)
    around = np.linspace(0, 2 * np.pi, 6 * _RIBS, endpoint=False)
    # Between the ribs cloth is drawn inwards and hangs higher at the rim.
    between = np.abs(np.sin(_RIBS * around / 2))
    radius = 0.50 * share[:, None] * (1 - 0.07 * share[:, None] * between)
    height = -0.20 * share[:, None] ** 1.8 + 0.012 * share[:, None] * between
    rings = np.stack(
        [radius * np.cos(around), radius * np.sin(around), height * np.ones_like(radius)], -1
    )
    side_way = np.cross([0, 1.0, 0], up)
    side_way /= np.linalg.norm(side_way)
    frame = np.stack([side_way, np.cross(up, side_way), up], 1)
    canopy = loft(rings, caps=False).turned(frame).moved(tip)
    bound = f"{side}-hand/chest"
    return [
        Part(stick, Finish("metal", (0.45, 0.45, 0.46)), bound, overhead=True),
        Part(handle, Finish("plastic", (0.08, 0.07, 0.06)), bound),
        Part(canopy, Finish("canopy", colour), bound, overhead=True),
    ]
