"""Whether pictures went through a video encoder: blocks of 8 by 8 pixels, and their period."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np

BLOCK = 8
SHORTEST, LONGEST = 4, 250
"""Frames from one picture that is coded whole to the next."""

LEAST_STRENGTH = 0.5
"""Correlation of the blockiness with itself a period later, from which on it is periodic."""

_PACKETS = 600


def blockiness(luma: np.ndarray) -> float:
    """How much steeper luma (H, W), 0 to 255, is across a grid of 8 pixels than elsewhere: 0 for
    no blocks. The grid may begin anywhere; the clearest of the 8 phases counts, both ways."""
    found = []
    for steps in (np.abs(np.diff(luma, axis=1)), np.abs(np.diff(luma, axis=0)).T):
        columns = steps.mean(axis=0)
        if len(columns) < 2 * BLOCK:
            continue
        phases = np.array([columns[phase::BLOCK].mean() for phase in range(BLOCK)])
        rest = (phases.sum() - phases) / (BLOCK - 1)
        found.append(float((phases / np.maximum(rest, 1e-6)).max() - 1))
    return float(np.mean(found)) if found else float("nan")


@dataclass(frozen=True)
class Period:
    """A rhythm of pictures: ``frames`` from one to the next, NaN for none, and how clear it is."""

    frames: float
    strength: float


def period_of(signal: np.ndarray) -> Period:
    """The period of a signal (T,) of consecutive frames, such as their blockiness: pictures coded
    whole differ from those predicted. At least three periods must fit."""
    flat = np.asarray(signal, float)
    flat = flat - np.convolve(np.pad(flat, 12, mode="edge"), np.ones(25) / 25, "valid")
    longest = min(LONGEST, len(flat) // 3)
    if longest < SHORTEST or not flat.any():
        return Period(float("nan"), 0.0)
    lags = np.arange(SHORTEST, longest + 1)
    found = np.array([_correlation(flat[:-lag], flat[lag:]) for lag in lags])
    # A multiple of the period is as good: the shortest that comes near to the best.
    best = int(np.flatnonzero(found >= found.max() - 0.15 * abs(found.max()))[0])
    strength = float(found[best])
    return Period(float(lags[best]) if strength >= LEAST_STRENGTH else float("nan"), strength)


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    one, other = one - one.mean(), other - other.mean()
    return float(one @ other / max(np.sqrt((one @ one) * (other @ other)), 1e-12))


@dataclass(frozen=True)
class Stream:
    """What a video says of itself: frames per second (None: unknown), and ``gop``, frames from one
    picture coded whole to the next; infinite where there is one alone."""

    fps: float | None
    gop: float


def stream_of(path: Path) -> Stream:
    """What the video at ``path`` says, by its first packets; no picture is decoded.

    Raises OSError, av.FFmpegError or IndexError for what is no video.
    """
    import av

    with av.open(str(path)) as container:
        video = container.streams.video[0]
        packets = itertools.islice(container.demux(video), _PACKETS)
        whole = [number for number, packet in enumerate(packets) if packet.is_keyframe]
        rate = video.average_rate
        return Stream(
            float(rate) if rate else None,
            float(np.median(np.diff(whole))) if len(whole) > 1 else float("inf"),
        )
