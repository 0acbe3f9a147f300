"""Backpacks, bags with a strap across the chest, and handbags."""

from __future__ import annotations

import numpy as np
from scipy.spatial import ConvexHull

from vidsynth.colour import Colour
from vidsynth.geometry.polylines import lengths, points_at
from vidsynth.geometry.vectors import unit
from vidsynth.wardrobe.accessories.clothed import Clothed, Part
from vidsynth.wardrobe.accessories.held import grip
from vidsynth.wardrobe.accessories.solids import Solid, join, pillow, ribbon, tube
from vidsynth.wardrobe.accessories.worn import Finish

_CLEAR = 0.004
"""Metres between cloth and what lies on it."""


def backpack(clothed: Clothed, colour: Colour) -> list[Part]:
    """A pack on the back, its straps over the shoulders and under the arms."""
    scale = clothed.size / 1.72
    width, depth, height = 0.29 * scale, 0.15 * scale, 0.43 * scale
    slope, back = _back_plane(clothed)
    middle = clothed.at(0.80) - height / 2
    tilt = np.arctan(slope)
    cos, sin = np.cos(tilt), np.sin(tilt)
    lean = np.array([[1, 0, 0], [0, cos, sin], [0, -sin, cos]])
    centre = np.array([0, back + slope * middle + 0.5 * depth + 0.006, middle])
    body = pillow((width, depth, height), 4.0, 0.86)
    pocket = pillow((0.78 * width, 0.45 * depth, 0.46 * height), 4.0, 0.95)
    pocket = pocket.moved((0, 0.42 * depth, -0.20 * height))
    loop = np.linspace(0, np.pi, 9)
    handle = tube(
        np.stack(
            [
                0.035 * np.cos(loop),
                np.full(9, -0.35 * depth),
                0.49 * height + 0.03 * np.sin(loop),
            ],
            1,
        ),
        0.005,
    )
    cloth, strap = Finish("fabric", colour), Finish("strap", _darker(colour))
    seam = pillow((0.60 * width, 0.06 * depth, 0.012), 3.0).moved(
        (0, 0.655 * depth, -0.06 * height)
    )
    parts = [
        Part(join(body, pocket).turned(lean).moved(centre), cloth, "chest"),
        Part(join(handle, seam).turned(lean).moved(centre), strap, "chest"),
    ]
    for sign in (1.0, -1.0):
        upper = centre + lean @ (sign * 0.22 * width, -0.45 * depth, 0.44 * height)
        lower = centre + lean @ (sign * 0.46 * width, -0.30 * depth, -0.40 * height)
        parts.append(Part(_shoulder_strap(clothed, sign, upper, lower), strap, "cloth"))
    return parts


def _darker(colour: Colour) -> Colour:
    return (0.6 * colour[0], 0.6 * colour[1], 0.6 * colour[2])


def _back_plane(clothed: Clothed) -> tuple[float, float]:
    """Slope and start of the plane y = slope z + start that leans on the back from behind."""
    heights = np.linspace(clothed.at(0.60), clothed.at(0.79), 9)
    across = np.linspace(-0.055, 0.055, 5) * clothed.size
    chest = clothed.joint("Spine1")
    start = np.array([(x, chest[1], z) for z in heights for x in across])
    hits = clothed.outermost(start, np.tile([0.0, 1.0, 0.0], (len(start), 1)))
    back = hits[:, 1].reshape(len(heights), -1).max(1)
    slope = float(np.clip(np.polyfit(heights[3:], back[3:], 1)[0], -0.12, 0.12))
    return slope, float((back - slope * heights).max())


def _shoulder_strap(clothed: Clothed, sign: float, upper: np.ndarray, lower: np.ndarray) -> Solid:
    size, middle = clothed.size, clothed.joint("Spine1")[1] - 0.004 * clothed.size
    # From the pack over the shoulder and down the chest, seen from the side.
    angle = np.radians(np.linspace(48, 212, 17))
    aside = np.interp(np.degrees(angle), (48, 100, 212), (0.046, 0.060, 0.072)) * size * sign
    over = np.stack([np.zeros(17), np.cos(angle), np.sin(angle)], 1)
    centre = np.array([0, middle, clothed.at(0.745)])
    first = clothed.outermost(centre + aside[:, None] * [1.0, 0, 0], over)
    # On under the arm and back to the pack, seen from above.
    turn = np.radians(np.linspace(38, 128, 10))
    under = np.stack([sign * np.sin(turn), -np.cos(turn), np.zeros(10)], 1)
    fall = np.linspace(first[-1, 2] - 0.018 * size, lower[2] + 0.01 * size, 10)
    second = clothed.outermost(
        np.stack([np.full(10, 0.02 * size * sign), np.full(10, middle), fall], 1), under
    )
    path = np.vstack([upper[None], first, second, lower[None]])
    outward = np.vstack([over[:1], over, under, under[-1:]])
    clear = np.concatenate([[0], np.full(27, _CLEAR), [0]])
    path, outward = _even(path + clear[:, None] * outward, outward, 44)
    share = np.linspace(0, 1, 44)
    return ribbon(path, outward, np.where(share < 0.58, 0.050, 0.024), 0.010)


def _even(path: np.ndarray, outward: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The path smoothed, at ``count`` points evenly apart, and the ways outward there."""
    for _ in range(3):
        path[1:-1] = 0.25 * path[:-2] + 0.5 * path[1:-1] + 0.25 * path[2:]
    wanted = np.linspace(0, lengths(path)[-1], count)
    return points_at(path, wanted), unit(points_at(path, wanted, outward))


def shoulder_bag(clothed: Clothed, colour: Colour, side: str) -> list[Part]:
    """A bag at the hip on that side; its strap crosses the trunk from the other shoulder."""
    sign, size = (1.0 if side == "left" else -1.0), clothed.size
    middle = clothed.joint("Spine1")[1]
    shoulder = np.array([-sign * 0.056 * size, middle, clothed.at(0.82)])
    hip = np.array([sign * 0.095 * size, middle + 0.012 * size, clothed.at(0.535)])
    down = (hip - shoulder) / np.linalg.norm(hip - shoulder)
    front = np.array([0.0, -1.0, 0.0]) - down * -down[1]
    front /= np.linalg.norm(front)
    centre = shoulder + 0.45 * (hip - shoulder)
    angle = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    ways = np.cos(angle)[:, None] * down + np.sin(angle)[:, None] * front
    loop = clothed.outermost(centre, ways) + _CLEAR * ways
    # A taut strap bridges hollows: the convex hull within its plane.
    flat = np.stack([(loop - centre) @ down, (loop - centre) @ front], 1)
    corner = flat[ConvexHull(flat).vertices]
    closed = np.vstack([corner, corner[:1]])
    flat = points_at(closed, np.linspace(0, lengths(closed)[-1], 64, endpoint=False))
    path = centre + flat[:, :1] * down + flat[:, 1:] * front
    strap = ribbon(path, path - centre, 0.034, 0.005, closed=True)
    width, depth, height = 0.32, 0.095, 0.235
    # Where the strap is lowest the bag hangs, flat against the hip and a little behind it.
    turn = np.radians(100.0)
    out = np.array([sign * np.sin(turn), -np.cos(turn), 0.0])
    levels = np.linspace(clothed.at(0.455), clothed.at(0.54), 5)
    start = np.stack([np.zeros(5), np.full(5, middle), levels], 1)
    reach = ((clothed.outermost(start, np.tile(out, (5, 1))) - start) @ out).max()
    place = np.array([0, middle, clothed.at(0.495)]) + (reach + 0.5 * depth) * out
    frame = np.stack([np.cross([0, 0, 1.0], out), out, [0, 0, 1.0]], 1)
    body = pillow((width, depth, height), 4.5, 0.94)
    flap = pillow((1.02 * width, 0.5 * depth, 0.62 * height), 4.5)
    flap = flap.moved((0, 0.30 * depth, 0.21 * height))
    leather = Finish("fabric", colour)
    return [
        Part(strap, Finish("strap", _darker(colour)), "cloth"),
        Part(body.turned(frame).moved(place), leather, "hips"),
        Part(flap.turned(frame).moved(place), Finish("fabric", _shade(colour)), "hips"),
    ]


def _shade(colour: Colour) -> Colour:
    return (0.88 * colour[0], 0.88 * colour[1], 0.88 * colour[2])


def handbag(clothed: Clothed, colour: Colour, side: str) -> list[Part]:
    """A bag whose two handles hang in the hand."""
    sign = 1.0 if side == "left" else -1.0
    held = grip(clothed, side)
    width, depth, height, bow = 0.31, 0.12, 0.22, 0.13
    top = held[2] - bow
    levels = np.linspace(top - height, top, 4)
    start = np.stack([np.zeros(4), np.full(4, held[1]), levels], 1)
    leg = np.abs(clothed.outermost(start, np.tile([sign, 0.0, 0.0], (4, 1)))[:, 0]).max()
    aside = max(abs(held[0]), min(leg + depth / 2 + 0.01, abs(held[0]) + 0.06))
    place = np.array([sign * aside, held[1], top - height / 2])
    swap = np.array([[0, -1.0, 0], [1, 0, 0], [0, 0, 1]])
    body = pillow((width, depth, height), 4.0, 0.78).turned(swap).moved(place)
    angle = np.linspace(0, np.pi, 15)
    handles = []
    for half in (-1.0, 1.0):
        # Both handles lean together into the hand.
        share = np.sin(angle)[:, None]
        foot = np.stack(
            [
                np.full(15, place[0] + half * 0.35 * depth),
                held[1] + 0.085 * np.cos(angle),
                np.full(15, top - 0.03),
            ],
            1,
        )
        peak = np.stack(
            [np.full(15, held[0]), held[1] + 0.085 * np.cos(angle), np.full(15, held[2])], 1
        )
        handles.append(tube(foot + share * (peak - foot), 0.006))
    clasp = (
        pillow((0.02, 0.03, 0.02), 4.0).moved((sign * 0.46 * depth, 0, 0.36 * height)).moved(place)
    )
    bound = f"{side}-hand/hips"
    return [
        Part(body, Finish("leather", colour), bound),
        Part(join(*handles), Finish("leather", _darker(colour)), bound),
        Part(clasp, Finish("metal", (0.75, 0.68, 0.45)), bound),
    ]
