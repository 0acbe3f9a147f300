"""Whether pictures went through a video encoder: blocks of 8 by 8 pixels, and their period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

BLOCK = 8
SHORTEST, LONGEST = 4, 250
"""Frames from one picture that is coded whole to the next."""

LEAST_STRENGTH = 0.4
"""Correlation of the blockiness with itself a period later, from which on it is periodic."""

STILL = 0.75
"""Levels of 255 by which a block that an encoder skips differs from the last frame, at most."""


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
    found = np.array([np.corrcoef(flat[:-lag], flat[lag:])[0, 1] for lag in lags])
    best = int(np.nanargmax(found))
    # A multiple of the period is as good: the shortest that comes near to the best.
    near = np.flatnonzero(found >= 0.85 * found[best])
    best = int(near[0])
    strength = float(found[best])
    return Period(float(lags[best]) if strength >= LEAST_STRENGTH else float("nan"), strength)


def skipped_share(crops: Sequence[np.ndarray], boxes: np.ndarray) -> float:
    """Share of blocks that are as they were in the frame before: an encoder of video skips still
    ground; in a camera's stills it has noise of its own.

    ``crops`` (H, W, 3) uint8, of consecutive frames, each as large as its box; ``boxes`` (T, 4)
    say where they lie in the frame. NaN where they have no ground in common.
    """
    shares = []
    edges = np.asarray(boxes, int)
    luma = [crop.astype(np.float32) @ (0.299, 0.587, 0.114) for crop in crops]
    for k in range(1, len(crops)):
        x0, y0 = np.maximum(edges[k - 1, :2], edges[k, :2])
        x1, y1 = np.minimum(edges[k - 1, 2:], edges[k, 2:])
        rows, columns = (y1 - y0) // BLOCK, (x1 - x0) // BLOCK
        if rows < 1 or columns < 1:
            continue
        before, now = (
            luma[i][y0 - edges[i, 1] :, x0 - edges[i, 0] :][: rows * BLOCK, : columns * BLOCK]
            for i in (k - 1, k)
        )
        if before.shape != now.shape:
            continue
        apart = np.abs(before - now).reshape(rows, BLOCK, columns, BLOCK).mean(axis=(1, 3))
        shares.append(float((apart < STILL).mean()))
    return float(np.mean(shares)) if shares else float("nan")


@dataclass(frozen=True)
class Stream:
    """What a video file says of itself: its codec, frames per second, and frames from one picture
    coded whole to the next (NaN where there is one alone)."""

    codec: str
    fps: float
    gop: float


def stream_of(path: Path, most: int = 600) -> Stream:
    """What the video at ``path`` says, by its first ``most`` packets; no picture is decoded."""
    import av

    with av.open(str(path)) as container:
        video = container.streams.video[0]
        whole = []
        for number, packet in enumerate(container.demux(video)):
            if number >= most:
                break
            if packet.is_keyframe:
                whole.append(number)
        rate = video.average_rate
        gaps = np.diff(whole)
        return Stream(
            video.codec_context.name,
            float(rate) if rate else float("nan"),
            float(np.median(gaps)) if len(gaps) else float("nan"),
        )
