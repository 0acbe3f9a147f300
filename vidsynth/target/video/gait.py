"""How often somebody steps, from their crops alone.

A walk repeats itself every two steps, and nearly every step. So the legs' pixels are explained,
each by a slow course and by waves once a stride, once a step and twice a step, at all frequencies
that people walk at; the one that explains most is the gait's. Neither a box that jumps about the
person nor ground that passes by behind them comes back once a stride. Waves twice a step keep a
gait from being taken for one of twice its frequency.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 32, 64
"""Pixels to which crops are reduced."""

STEPS = (1.2, 3.2)
"""Steps a second that are looked for, hertz: a stroll to a run."""

ACCEPTED = 0.2
"""Share of the legs' changes that a gait explains, from which on it is taken for one: beyond that
of the same number of other waves."""

STANDING = 0.017
"""Share of the legs' contrast that comes and goes with the best gait, below which nobody goes: of
rendered people who stand 0.001 to 0.009, of walkers 0.031 and more."""

LEAST_STEPS = 4
LEAST_FRAMES = 12
LEAST_RATE = 2.2
"""Frames a step of the fastest gait, below which its waves alias."""

_LEGS = 0.5
_NARROW = 0.25
_APART = 0.01
_HARMONICS = (0.5, 1.0, 2.0)
_USUAL, _SPREAD, _BELIEF = 1.9, 0.22, 0.05
"""Steps a second of most people, and ln of their spread; and how much is explained less by a gait
one spread off, which settles what explains as much."""
_EDGE = 0.03
_EIGHTHS = 8
_SLOW = 3
"""Terms of the slow course: a parabola in time."""


@dataclass(frozen=True)
class Steps:
    """What a tracklet says of its person's steps.

    frequency: steps a second, hertz, of the best gait; NaN where the tracklet does not reach.
    explained: share of the legs' changes that it explains, 0 for as much as other waves would.
    swing: the same as a share of the legs' contrast in a picture.
    count: steps within the tracklet.
    accepted: whether it is taken for a gait.
    """

    frequency: float
    explained: float
    swing: float
    count: float
    accepted: bool

    @property
    def stands(self) -> bool | None:
        """Whether the person stands; None where the tracklet is too short or sparse to tell."""
        return None if np.isnan(self.explained) else self.swing < STANDING


UNKNOWN = Steps(float("nan"), float("nan"), float("nan"), 0.0, False)


def reduced(crops: Sequence[np.ndarray]) -> np.ndarray:
    """Luma (T, 64, 32) float32, 0 to 1, of crops (H, W, 3) uint8 of any sizes."""
    size = (WIDTH, HEIGHT)
    small = [
        np.asarray(Image.fromarray(crop).convert("L").resize(size, Image.Resampling.BILINEAR))
        for crop in crops
    ]
    return np.stack(small).astype(np.float32) / 255


def steps(frames: np.ndarray, numbers: np.ndarray, fps: float) -> Steps:
    """The steps of who is seen in ``frames`` (T, H, W), luma of crops, whose numbers ``numbers``
    (T,) count the frames of a camera that films ``fps`` of them a second; some may be missing."""
    times = np.asarray(numbers, float) / fps
    seconds = float(times[-1] - times[0]) if len(times) else 0.0
    usual = float(np.median(np.diff(times))) if len(times) > 1 else np.inf
    fastest = min(STEPS[1], 1 / (LEAST_RATE * usual))
    if len(times) < LEAST_FRAMES or seconds * STEPS[0] < 2 or fastest <= STEPS[0] + 0.5:
        return UNKNOWN
    grid = np.arange(STEPS[0], fastest + _APART / 2, _APART)
    changes, waves = _changes(_legs(frames), times - times.mean(), grid)
    gain = _shares(changes, waves)
    unusual = (np.log(grid / _USUAL) / _SPREAD) ** 2 / 2
    best = int((gain - _BELIEF * unusual).argmax())
    lower = _lower_half(frames)
    contrast = max(float(lower.var(axis=(1, 2)).mean()), 1e-12)
    swing = float(gain[best] * lower.var(axis=0).mean() / contrast)
    found, count = float(grid[best]), float(grid[best]) * seconds
    inside = STEPS[0] + _EDGE < found < fastest - _EDGE
    accepted = gain[best] >= ACCEPTED and swing >= STANDING and count >= LEAST_STEPS and inside
    return Steps(found, float(gain[best]), swing, count, bool(accepted))


def phase_coverage(phases: np.ndarray) -> float:
    """Share of the eighths of a stride, 0 to 1 and around again, in which ``phases`` (T,) are."""
    return len(np.unique(np.floor(np.asarray(phases, float) % 1 * _EIGHTHS))) / _EIGHTHS


def explained(frames: np.ndarray, times: np.ndarray, frequencies: np.ndarray) -> np.ndarray:
    """Share of the legs' changes in ``frames`` (T, H, W) at ``times`` (T,), seconds, that gaits of
    ``frequencies`` (F,), steps a second, explain (F,)."""
    return _shares(*_changes(_legs(frames), times - times.mean(), frequencies))


def _lower_half(frames: np.ndarray) -> np.ndarray:
    return frames[:, int(_LEGS * frames.shape[1]) :]


def _legs(frames: np.ndarray) -> np.ndarray:
    """The lower half's pixels (T, N), those at the sides counting little."""
    lower = _lower_half(frames)
    across = np.linspace(-0.5, 0.5, lower.shape[2])
    narrowed: np.ndarray = lower * np.exp(-((across / _NARROW) ** 2) / 2)
    return narrowed.reshape(len(frames), -1).astype(np.float64)


def _changes(
    pixels: np.ndarray, times: np.ndarray, frequencies: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What changes of ``pixels`` (T, N) off their slow course: products of all pairs of frames
    (T, T); and the waves of gaits of ``frequencies`` (F,) as orthonormal columns (F, T, W)."""
    slow, _ = np.linalg.qr(np.stack([times**power for power in range(_SLOW)], axis=1))
    left = pixels - slow @ (slow.T @ pixels)
    phase = 2 * np.pi * frequencies[:, None, None] * np.array(_HARMONICS) * times[:, None]
    waves = np.concatenate([np.cos(phase), np.sin(phase)], axis=2)
    basis, _ = np.linalg.qr(waves - slow @ (slow.T @ waves))
    return left @ left.T, basis


def _shares(changes: np.ndarray, waves: np.ndarray) -> np.ndarray:
    """Share of ``changes`` (T, T) that each gait's ``waves`` (F, T, W) explain (F,), adjusted for
    how many waves they are."""
    total = max(float(np.trace(changes)), 1e-12)
    share = ((changes @ waves) * waves).sum(axis=(1, 2)) / total
    many, free = waves.shape[2], len(changes) - _SLOW
    chance = many / max(free, many + 1)
    adjusted: np.ndarray = (share - chance) / (1 - chance)
    return adjusted
