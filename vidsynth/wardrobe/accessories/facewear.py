"""Glasses, face masks and scarves."""

from __future__ import annotations

import numpy as np

from vidsynth.colour import Colour
from vidsynth.wardrobe.accessories.clothed import Clothed, Part
from vidsynth.wardrobe.accessories.solids import Solid, join, loft, ribbon, tube
from vidsynth.wardrobe.accessories.worn import Finish


def glasses(clothed: Clothed, colour: Colour, dark: bool) -> list[Part]:
    """Glasses in front of the eyes, their temples over the ears; ``dark``: with dark lenses."""
    eyes, ears = clothed.eyes(), clothed.ears()
    front = eyes[:, 1].min() - (0.022 if dark else 0.020)
    wide, tall = (0.029, 0.022) if dark else (0.026, 0.019)
    around = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    frames: list[Solid] = []
    lenses: list[Solid] = []
    for eye, ear in zip(eyes, ears, strict=True):
        sign = np.sign(eye[0])
        middle = np.array([eye[0] + sign * 0.002, front, eye[2] - 0.003])
        root = np.abs(np.cos(around)) ** 0.7 * np.sign(np.cos(around))
        rise = np.abs(np.sin(around)) ** 0.8 * np.sign(np.sin(around))
        # Frames bow back a little towards the temples.
        ring = middle + np.stack([wide * root, 0.16 * sign * wide * root, tall * rise], 1)
        frames.append(tube(ring, 0.0027, 6, closed=True))
        hinge = middle + np.array([sign * wide, 0.006, 0.35 * tall])
        over = np.array([ear[0] + sign * 0.001, ear[1] - 0.004, eye[2] + 0.004])
        bend = np.array([over[0] - sign * 0.003, over[1] + 0.018, over[2] - 0.016])
        between = 0.5 * (hinge + over) + np.array([sign * 0.004, 0, 0])
        frames.append(tube(np.stack([hinge, between, over, bend]), 0.0024, 6))
        if dark:
            rings = np.stack(
                [ring, middle + 0.5 * (ring - middle), middle + 0.02 * (ring - middle)]
            )
            lenses.append(loft(rings, caps=False))
    nose = np.array([0, front, eyes[:, 2].mean() + 0.002])
    inner = abs(eyes[0, 0]) - wide + 0.002
    frames.append(
        tube(nose + np.array([[-inner, 0, 0], [0, -0.002, 0.003], [inner, 0, 0]]), 0.0025, 6)
    )
    parts = [Part(join(*frames), Finish("plastic", colour), "head")]
    if dark:
        parts.append(Part(join(*lenses), Finish("lens", (0.02, 0.02, 0.02)), "head"))
    return parts


def face_mask(clothed: Clothed, colour: Colour) -> list[Part]:
    """A mask from the bridge of the nose to under the chin, its loops behind the ears."""
    ears, eyes = clothed.ears(), clothed.eyes()
    heights = np.linspace(clothed.at(0.872), eyes[:, 2].mean() - 0.012 * clothed.size, 9)
    widest = np.radians(np.interp(np.linspace(0, 1, 9), (0, 0.4, 0.8, 1), (48, 68, 62, 40)))
    axis = np.array([0, clothed.joint("Head")[1] - 0.012 * clothed.size])
    rows = []
    for z, reach in zip(heights, widest, strict=True):
        angle = np.linspace(-reach, reach, 17)
        ways = np.stack([np.sin(angle), -np.cos(angle), np.zeros(17)], 1)
        start = np.array([*axis, z])
        far = np.linalg.norm(clothed.outermost(start, ways, hair=True) - start, axis=1)
        rows.append(far)
    far = np.array(rows)
    # Drawn tight over the nose: no dent between what stands out.
    for k in range(1, 8):
        far[k] = np.maximum(far[k], 0.5 * (far[k - 1] + far[k + 1]))
    for k in range(1, 16):
        far[:, k] = np.maximum(far[:, k], 0.5 * (far[:, k - 1] + far[:, k + 1]))
    rings, ends = [], []
    for z, reach, row in zip(heights, widest, far, strict=True):
        angle = np.linspace(-reach, reach, 17)
        ways = np.stack([np.sin(angle), -np.cos(angle), np.zeros(17)], 1)
        edge = np.concatenate([[0.001], np.full(15, 0.006), [0.001]])
        line = np.array([*axis, z]) + (row + edge)[:, None] * ways
        rings.append(line)
        ends.append((line[0], line[-1]))
    cover = loft(np.array(rings), caps=False, ring=False)
    loops = []
    for k, ear in enumerate(sorted(ears, key=lambda e: e[0])):
        behind = np.array([ear[0], ear[1] + 0.004, ear[2] + 0.012])
        out = np.array([0.003 * np.sign(ear[0]), 0, 0])
        for row in (1, 7):
            hook = ends[row][k]
            loops.append(
                tube(np.stack([hook, 0.5 * (hook + behind) + 2 * out, behind + out]), 0.0015, 5)
            )
    return [
        Part(cover, Finish("fabric", colour), "head"),
        Part(join(*loops), Finish("fabric", colour), "head"),
    ]


def scarf(clothed: Clothed, colour: Colour) -> list[Part]:
    """A scarf wound around the neck, one end down the chest."""
    size, neck = clothed.size, clothed.joint("Neck")
    around = np.linspace(0, 2 * np.pi, 36, endpoint=False)
    ways = np.stack([np.sin(around), -np.cos(around), np.zeros(36)], 1)
    wound = []
    for height, spread, thick in ((0.838, 0.016, 0.024), (0.855, 0.010, 0.021)):
        tilt = -0.010 * np.cos(around)
        start = np.stack([np.zeros(36), np.full(36, neck[1]), clothed.at(height) + size * tilt], 1)
        # Over hair that hangs down, not through it.
        reach = ((clothed.outermost(start, ways, hair=True) - start) * ways).sum(1)
        reach = np.minimum(reach, np.median(reach) + 0.035)
        reach = np.convolve(np.tile(reach, 3), np.ones(5) / 5, "same")[36:72] + spread
        lumps = thick * (1 + 0.14 * np.sin(5 * around + height * 900) + 0.08 * np.sin(11 * around))
        wound.append(tube(start + reach[:, None] * ways, lumps, 10, closed=True))
    fall = np.linspace(clothed.at(0.835), clothed.at(0.665), 14)
    start = np.stack([np.full(14, 0.022 * size), np.full(14, neck[1]), fall], 1)
    ahead = np.tile([0.0, -1.0, 0.0], (14, 1))
    path = clothed.outermost(start, ahead)
    # An end hangs from the chest: it does not follow the body back in below it.
    path[:, 1] = np.minimum.accumulate(path[:, 1]) - 0.007
    end = ribbon(path, ahead, np.linspace(0.075, 0.105, 14), 0.016)
    knit = Finish("knit", colour)
    return [Part(join(*wound), knit, "chest"), Part(end, knit, "cloth")]
