"""Settings of `render-tracklets` by which a target's videos are rendered back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from vidsynth.target.statistics import Distribution
from vidsynth.target.video.speed import RUNNING

WALKING = (0.75, 1.9)
"""Metres a second, of `motion.speed`."""

LONGEST = 64
"""Frames of a rendered tracklet; longer ones of a target are rendered as parts."""

_WHOLE = 0.05
"""Share of a box outside the frame that nobody calls cut."""
_USUAL = (1.30, 0.18)
_OVERLAPS, _LED = (0.02, 0.22, 0.49), (0.0, 0.5, 1.0)
"""Share of frames in which somebody is behind another, at values of crowd.occlusion."""


def tracklet_settings(
    quantities: Mapping[str, Distribution], fps: float | None = None, defensive: float = 0.2
) -> dict[str, Any]:
    """Settings, by section, for what of a target is known.

    Args:
        quantities: by name, pooled over the target's cameras.
        fps: frames per second of the target.
        defensive: share of how people walk that is as broad as without a target.
    """
    known = {name: d for name, d in quantities.items() if d.verdict != "refuse"}
    found: dict[str, Any] = {}
    motion = _motion(known, defensive)
    if motion:
        found["motion"] = motion
    boxes: dict[str, Any] = {}
    if "box_jitter" in known:
        boxes["jitter"] = round(min(quantile(known["box_jitter"], 0.5), 0.5), 3)
    if "truncation" in known:
        boxes["max_truncation"] = round(max(quantile(known["truncation"], 0.98), _WHOLE), 2)
    elif "truncated_share" in known and mean(known["truncated_share"]) < 0.02:
        boxes["max_truncation"] = _WHOLE
    if boxes:
        found["boxes"] = boxes
    if "occluded_share" in known:
        share = mean(known["occluded_share"])
        found["crowd"] = {"occlusion": round(float(np.interp(share, _OVERLAPS, _LED)), 2)}
    if "codec_period" in known and 1 - known["codec_period"].shares()[0] > 0.5:
        found["camera"] = {"codec": "h264"}
    if "log_frames" in known:
        frames = round(float(np.exp(quantile(known["log_frames"], 0.5))))
        found["frames"] = min(max(frames, 4), LONGEST)
    if fps:
        found["fps"] = round(min(max(fps, 1.0), 60.0), 3)
    return found


def _motion(known: Mapping[str, Distribution], defensive: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    stands = mean(known["standing"]) if "standing" in known else 0.0
    if "standing" in known:
        found["stand_share"] = round(stands, 3)
    if "gait_frequency" in known:
        runs = share_above(known["gait_frequency"], RUNNING)
        found["run_share"] = round(min(runs * (1 - stands), 1 - stands), 3)
    if "speed" in known:
        edges, counts = within(known["speed"], *WALKING)
        if counts.sum() > 0:
            usual = np.exp(-((((edges[1:] + edges[:-1]) / 2 - _USUAL[0]) / _USUAL[1]) ** 2) / 2)
            found["speed"] = _histogram(edges, mixed(counts, usual * np.diff(edges), defensive))
    if "heading" in known:
        measured = known["heading"]
        even = np.ones(len(measured.counts))
        counts = mixed(measured.shares(), even, defensive)
        found["azimuth"] = _histogram(np.array(measured.edges), counts)
    if "companion" in known:
        found["group_share"] = round(min(mean(known["companion"]), 0.8), 3)
    return found


def _histogram(edges: np.ndarray, counts: np.ndarray) -> dict[str, Any]:
    return {"histogram": {"edges": edges.round(4).tolist(), "counts": counts.round(4).tolist()}}


def mixed(counts: np.ndarray, broad: np.ndarray, share: float) -> np.ndarray:
    """Shares of bins, of which ``share`` are those of ``broad`` instead."""
    return (1 - share) * counts / counts.sum() + share * broad / broad.sum()


def within(found: Distribution, low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    """Edges and shares of the bins between two values; those at the ends are cut there, evenly."""
    edges, shares = np.array(found.edges), found.shares()
    cut = np.unique(np.clip(edges, low, high))
    reached = np.interp(cut, edges, np.concatenate([[0], np.cumsum(shares)]))
    return cut, np.diff(reached)


def mean(found: Distribution) -> float:
    """Of a share that is 0 or 1 for a tracklet: how many have 1; of others, the mean."""
    edges = np.array(found.edges)
    centres = (edges[1:] + edges[:-1]) / 2
    # What is exactly at an end lies in the bin there, not in its middle.
    centres[0], centres[-1] = edges[0], edges[-1]
    return float(centres @ found.shares())


def share_above(found: Distribution, value: float) -> float:
    """Share of the distribution above a value."""
    reached = np.concatenate([[0], np.cumsum(found.shares())])
    return float(1 - np.interp(value, found.edges, reached))


def quantile(found: Distribution, share: float) -> float:
    """The value below which a share of the distribution lies; evenly spread within bins."""
    reached = np.concatenate([[0], np.cumsum(found.shares())])
    return float(np.interp(share, reached, found.edges))
