"""Counts of attributes, from what is told of tracklets to what a file says and what is read of it.

Counts are soft: a tracklet of weight 1 is shared out among values as likely as each is. The means
of probabilities that can be believed are the shares of values, where each tracklet's likeliest
value alone would leave out what is often in doubt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vidsynth.target.distributing import STEP, Noise
from vidsynth.target.privacy import Released, rounded_count
from vidsynth.target.statistics import AttributeShares

HISTOGRAMS = 2
"""Of each attribute that noise is put on, in each of which a tracklet is: the values', and of how
many tracklets the likeliest value is right."""


@dataclass(frozen=True, eq=False)
class Known:
    """Shares (V,) of an attribute's values among all tracklets, and how often the likeliest value
    of a tracklet is expected to be the right one."""

    shares: np.ndarray
    confidence: float


def shares_of(probabilities: np.ndarray, noise: Noise | None = None) -> AttributeShares:
    """What is written of a camera's tracklets, from probabilities (T, V)."""
    count, masses = len(probabilities), probabilities.sum(0)
    right = float(probabilities.max(1).sum())
    if noise is not None:
        masses, right = noise(masses), float(noise(np.array([right, count - right]))[0])
    released = Released.of(masses)
    return AttributeShares(
        counts=tuple(released.counts.tolist()),
        floor=released.floor,
        rest=released.rest,
        tracklets=rounded_count(count),
        confidence=round(min(1.0, STEP * round(right / count / STEP)), 4),
    )


def over_cameras(cameras: Mapping[str, Mapping[str, AttributeShares]]) -> dict[str, Known]:
    """Of all cameras together, out of nothing but what is written of each."""
    found = {}
    for name in {name: None for told in cameras.values() for name in told}:
        parts = [told[name] for told in cameras.values() if name in told]
        weights = np.array([part.tracklets for part in parts], float)
        shares = weights @ np.array([part.shares() for part in parts]) / weights.sum()
        sure = float(weights @ [part.confidence for part in parts] / weights.sum())
        found[name] = Known(shares, sure)
    return found
