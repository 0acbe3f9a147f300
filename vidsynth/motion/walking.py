"""From a gait to a walk over the ground: the foot that carries the body does not slide.

At each phase the lowest point of the standing foot is the contact. The body advances by what that
point moves backwards relative to the hips, so it stays where it was set down, and the hips are as
high as the standing leg makes them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vidsynth.body.anatomy import TIGHTS, anatomy
from vidsynth.body.model import BodyShape, body_model
from vidsynth.geometry.polylines import lengths, points_at
from vidsynth.motion.gait import joint_rotations
from vidsynth.people.gait import Gait

_SAMPLES = 48
# A foot takes over a little after its heel strike, once the other has pushed off (share of cycle).
_TAKES_OVER = 0.08


@dataclass(frozen=True, eq=False)
class Stride:
    """One person's gait cycle on the ground.

    ``phases`` and ``advance`` (N + 1,): metres covered since phase 0; ``leg_swing`` the amplitude
    that makes speed and cadence agree; ``lift`` (N + 1,) metres of the lowest sole above ground,
    all 0 in a walk; ``grounded`` the share of the cycle, from its strike, that each foot stands.
    """

    phases: np.ndarray
    advance: np.ndarray
    leg_swing: float
    lift: np.ndarray | None = None
    grounded: float = 0.6

    @property
    def length(self) -> float:
        """Metres covered in one cycle (two steps)."""
        return float(self.advance[-1])

    def phase_at(self, distance: np.ndarray, start: float) -> np.ndarray:
        """Phase (T,) after walking ``distance`` (T,) metres from phase ``start``."""
        begun = np.interp(start % 1.0, self.phases, self.advance)
        cycles, rest = np.divmod(np.asarray(distance) + begun, self.length)
        return cycles + np.interp(rest, self.advance, self.phases)

    def distance_at(self, phase: np.ndarray, start: float) -> np.ndarray:
        """Metres (T,) walked from phase ``start`` to ``phase`` (T,): the inverse of phase_at."""
        begun = np.interp(start % 1.0, self.phases, self.advance)
        cycles, rest = np.divmod(np.asarray(phase), 1.0)
        return cycles * self.length + np.interp(rest, self.phases, self.advance) - begun

    def lift_at(self, phase: np.ndarray) -> np.ndarray:
        """Metres (T,) of the lowest sole above ground."""
        if self.lift is None:
            return np.zeros(len(phase))
        return np.interp(np.asarray(phase) % 1.0, self.phases, self.lift)


def sole_rows() -> np.ndarray:
    """Vertices of the tights helper under both feet."""
    rest = anatomy().rest
    rows = np.arange(TIGHTS.start, TIGHTS.stop)
    return rows[rest[rows, 2] < 0.02]


def measure_stride(gait: Gait, shape: BodyShape) -> Stride:
    """Walk one cycle on the spot and measure how far the standing foot carries the body."""
    model, rows = body_model(), sole_rows()
    wanted = gait.speed * 120 / gait.cadence
    swing = gait.leg_swing
    phases = np.arange(_SAMPLES + 1) / _SAMPLES
    left = anatomy().rest[rows, 0] > 0
    standing = (((phases[:-1] - _TAKES_OVER) % 1) < 0.5)[:, None] != left[None]
    steps = np.arange(_SAMPLES)
    for _ in range(4):
        soles = model.pose(shape, joint_rotations(gait, phases, swing), rows)
        lowest = np.where(standing, soles[:-1, :, 2], np.inf).argmin(1)
        # Facing -y: a planted foot moves towards +y relative to the hips.
        moved = soles[steps + 1, lowest, 1] - soles[steps, lowest, 1]
        # One foot hands over to the other: without smoothing the hips would jerk.
        moved = (np.roll(moved, 1) + 2 * moved + np.roll(moved, -1)) / 4
        advance = np.concatenate([[0], np.cumsum(np.maximum(moved, 1e-4))])
        if abs(advance[-1] / wanted - 1) < 0.01:
            break
        # Past this range legs look like a march; the cadence gives way instead.
        swing = float(np.clip(swing * wanted / advance[-1], 0.75, 1.3))
    return Stride(phases, advance, swing)


@dataclass(frozen=True, eq=False)
class Placement:
    """Where a walker is at each of T frames: ``position`` (T, 2) metres, ``heading`` (T,) radians
    (0 looks along -y, as the body does at rest), ``phase`` (T,) of the gait."""

    position: np.ndarray
    heading: np.ndarray
    phase: np.ndarray


def placement(
    path: tuple[tuple[float, float], ...],
    start: float,
    phase: float,
    cycle: Stride,
    covered: np.ndarray,
) -> Placement:
    """Where a walker is who has covered ``covered`` (T,) metres of a path of way-points.

    At ``start`` metres on the path the gait is at ``phase``; ``cycle`` is their stride.
    """
    position, heading = position_and_heading(path, start + covered)
    return Placement(position, heading, cycle.phase_at(covered, phase))


def position_and_heading(
    path: tuple[tuple[float, float], ...], distance: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Position (T, 2) and heading (T,), as in Placement, at ``distance`` (T,) metres along a path.

    Corners are rounded over a step; beyond its ends the path goes straight on.
    """
    points = np.asarray(path, float)
    reached = lengths(points)

    def at(d: np.ndarray) -> np.ndarray:
        # Beyond the path's ends the walk goes straight on.
        first = (points[1] - points[0]) / reached[1]
        last = (points[-1] - points[-2]) / (reached[-1] - reached[-2])
        before = np.minimum(d, 0)[..., None] * first
        after = np.maximum(d - reached[-1], 0)[..., None] * last
        return points_at(points, d) + before + after

    spread = np.linspace(-0.45, 0.45, 7)
    smooth = at(distance[:, None] + spread)
    direction = smooth[:, -1] - smooth[:, 0]
    return smooth.mean(1), np.arctan2(direction[:, 0], -direction[:, 1])
