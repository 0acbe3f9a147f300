"""A captured loop, walked by a body over the ground so that planted feet do not slide.

The hips move as in the file, in proportion to the legs, corrected so that the foot which the
captured person stood on does not move: our thigh, shank and foot are not in the same proportion to
each other. What repeats of the correction is sway about an even walk, which then follows a planned
path.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.transform import Rotation

from vidsynth.body.anatomy import BONES
from vidsynth.body.model import BodyShape
from vidsynth.motion.capture import LEG, Capture
from vidsynth.motion.captured_path import captured_loop, smooth_path
from vidsynth.motion.retarget import retarget
from vidsynth.motion.retargeted_feet import level_feet, lift_swinging_feet, soles

_RATE = 60.0
_CLOSING = (0.2, 1.5)
"""Seconds before a loop's end in which it turns into its beginning: at least, and per radian."""

# A foot slower than the first stands, one faster than the second does not; metres per second for
# a leg of 0.84 m. Feet swing at 3 to 5.
_PLANTED = (0.5, 1.2)
_RESTING = 0.25
_TRUST = 0.05


@dataclass(frozen=True, eq=False)
class Replay:
    """N moments of a loop that begins anew after ``seconds``, at ``speed`` m/s along -y.

    ``rotations`` (N, 31, 3, 3) as of retarget, heading 0; ``sway`` (N, 2) metres of the hips from
    where an even walk has them; ``lift`` (N,) metres of the lowest sole above ground, 0 but in
    flight; ``turned`` radians, anticlockwise, from where the walk goes to where hips face on the
    average: about 0, but for who goes sideways or backwards.
    """

    seconds: float
    speed: float
    rotations: np.ndarray
    sway: np.ndarray
    lift: np.ndarray
    turned: float = 0.0

    def at(self, phase: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rotations (T, 31, 3, 3), sway (T, 2) and lift (T,) at phases (T,), 1 a whole loop."""
        count = len(self.rotations)
        spot = (np.asarray(phase, float) % 1.0) * count
        before = np.floor(spot).astype(int) % count
        after, share = (before + 1) % count, spot - np.floor(spot)
        start, end = self.rotations[before], self.rotations[after]
        change = Rotation.from_matrix((start.swapaxes(-1, -2) @ end).reshape(-1, 3, 3))
        part = Rotation.from_rotvec(change.as_rotvec() * np.repeat(share, len(BONES))[:, None])
        turned = start @ part.as_matrix().reshape(start.shape)
        mixed = [(1 - share) * v[before].T + share * v[after].T for v in (self.sway, self.lift)]
        return turned, mixed[0].T, mixed[1]


def replay(path: Path, shape: BodyShape, joint_map: Path | None = None) -> Replay:
    """The file's loop on a body; ``joint_map`` may name its joints. Raises MotionError."""
    capture, loop = captured_loop(path, joint_map)
    heads = shape.heads
    step = max(1, round(capture.fps / _RATE))
    count = max(1, round((loop.last - loop.first) / step))
    frames = np.linspace(loop.first, loop.last, count + 1).round().astype(int)
    seconds = max(loop.last - loop.first, 1) / capture.fps
    heading, way, aside = smooth_path(capture, loop, frames)
    rotations = retarget(capture, heads, frames)
    back = Rotation.from_euler("z", -heading[:, None]).as_matrix()
    rotations[:, 0] = back @ rotations[:, 0]
    turned = np.angle(np.exp(1j * (capture.facing[frames] - heading)).mean())
    planted, flat = _planted(capture, frames)
    rotations = _closed(level_feet(rotations, flat), seconds)
    rotations[:-1] = lift_swinging_feet(rotations[:-1], shape, planted[:-1], count / seconds)
    rotations[-1] = rotations[0]
    scale = _leg(heads) / capture.leg
    hips = scale * np.column_stack([aside[:, 0], aside[:, 1] - way, capture.hips[frames, 2]])
    feet = soles(shape, rotations)
    steps = _steps(feet, planted, np.diff(hips[:, :2], axis=0))
    length = -steps[:, 1].sum() if loop.walks else 0.0
    mean = np.array([0.0, -length]) / count
    sway = np.concatenate([np.zeros((1, 2)), np.cumsum(steps - steps.mean(0), axis=0)[:-1]])
    if loop.walks:
        sway -= sway.mean(0)
    else:
        # Nobody walks on the spot: the drift of the measurement is spread over the loop.
        sway -= sway.mean(0) + mean
    return Replay(
        seconds,
        max(float(length), 0.0) / seconds,
        rotations[:-1],
        sway,
        _lift(hips[:, 2], feet, planted),
        float(turned),
    )


def _leg(heads: np.ndarray) -> float:
    hip, knee, ankle = (heads[BONES.index(f"Left{b}")] for b in ("UpLeg", "Leg", "Foot"))
    return float(np.linalg.norm(hip - knee) + np.linalg.norm(knee - ankle))


def _closed(rotations: np.ndarray, seconds: float) -> np.ndarray:
    """(N + 1, 31, 3, 3) whose last moment is its first: towards the end every bone is turned on by
    a growing part of what it lacks."""
    count = len(rotations) - 1
    if count < 2:
        return rotations[[0] * (count + 1)]
    lacking = Rotation.from_matrix(rotations[-1].swapaxes(-1, -2) @ rotations[0]).as_rotvec()
    most = float(np.linalg.norm(lacking, axis=1).max())
    closing = min(_CLOSING[0] + _CLOSING[1] * most, seconds / 2)
    share = np.clip((np.arange(count + 1) / count - 1) * seconds / closing + 1, 0, 1)
    share = share**2 * (3 - 2 * share)
    part = Rotation.from_rotvec((share[:, None, None] * lacking).reshape(-1, 3))
    return rotations @ part.as_matrix().reshape(rotations.shape)


def _planted(capture: Capture, frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N + 1, 2) how surely the left and the right foot stand, 0 to 1: by the slower of ankle and
    toes, for a foot rolls. And whether (N + 1, 2) both ankle and toes rest."""
    if len(capture.feet) < 2:
        return np.ones((len(frames), 2)), np.ones((len(frames), 2), bool)
    speed = np.linalg.norm(np.gradient(capture.feet, 1 / capture.fps, axis=0), axis=2)
    speed = gaussian_filter1d(speed, 0.02 * capture.fps, axis=0, mode="nearest")
    speed = speed.reshape(-1, 2, 2)[frames] * LEG / capture.leg
    share = np.clip((_PLANTED[1] - speed.min(2)) / (_PLANTED[1] - _PLANTED[0]), 0, 1)
    share[-1] = share[0]
    return share, speed.max(2) < _RESTING


def _steps(soles: list[np.ndarray], planted: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """(N, 2) metres the hips move from moment to moment: against what stands, else as ``wanted``
    (N, 2)."""
    now = np.arange(len(wanted))
    total, weight = _TRUST * wanted, np.full(len(wanted), _TRUST)
    for side, points in enumerate(soles):
        lowest = (points[:-1, :, 2] + points[1:, :, 2]).argmin(1)
        moved = points[now + 1, lowest, :2] - points[now, lowest, :2]
        sure = np.minimum(planted[:-1, side], planted[1:, side])
        total = total - sure[:, None] * moved
        weight = weight + sure
    steps = total / weight[:, None]
    return gaussian_filter1d(steps, 1.0, axis=0, mode="wrap")


def _lift(height: np.ndarray, soles: list[np.ndarray], planted: np.ndarray) -> np.ndarray:
    """(N,) metres of the lowest sole above ground: where no foot stands, the hips keep to the
    file's ``height`` (N + 1,), metres, joined to the grounded moments on both sides."""
    standing = planted.max(1)[:-1] > 0.3
    count = len(standing)
    if standing.all() or not standing.any():
        return np.zeros(count)
    lowest = np.minimum(*(points[:-1, :, 2].min(1) for points in soles))
    drift = (height[-1] - height[0]) * np.arange(count) / count
    raised = -lowest - (height[:-1] - drift)
    moments = np.flatnonzero(standing)
    raised = np.interp(np.arange(count), moments, raised[moments], period=count)
    return np.where(standing, 0, np.maximum(height[:-1] - drift + raised + lowest, 0))
