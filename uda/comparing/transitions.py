"""How long people take from one camera to another, learned from groups of tracklets.

Li and Zhang, Joint Visual and Temporal Consistency for Unsupervised Domain Adaptive Person
Re-Identification, ECCV 2020, after Wang et al., Spatial-Temporal Person Re-identification, AAAI
2019.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from scipy.ndimage import gaussian_filter1d

UNKNOWN = -1
WIDTH, BINS, SPREAD = 4.0, 3000, 50.0
"""Seconds of a bin (the authors' 100 frames at 25 a second), bins, and bins of smoothing."""


@dataclass(frozen=True)
class Transitions:
    """From one of C cameras to another, how likely people take a time for the way.

    ``cameras`` int64 (C,), ascending; ``likelihood`` float32 (C, C, bins), of [to, from, gap]: the
    camera that saw them later comes first. It is 1 at the likeliest gap of a way and 0 throughout
    for a way that nobody went; ``width`` of a bin in seconds.
    """

    cameras: np.ndarray
    likelihood: np.ndarray
    width: float = WIDTH

    def __bool__(self) -> bool:
        """Whether anybody was seen twice."""
        return bool((self.likelihood > 0).any())

    def state(self) -> dict[str, Any]:
        return {
            "cameras": torch.from_numpy(self.cameras),
            "likelihood": torch.from_numpy(self.likelihood),
            "width": self.width,
        }

    @classmethod
    def of_state(cls, state: dict[str, Any]) -> Transitions:
        return cls(
            state["cameras"].cpu().numpy(), state["likelihood"].cpu().numpy(), float(state["width"])
        )


def learned(
    groups: np.ndarray,
    cameras: np.ndarray,
    times: np.ndarray,
    *,
    width: float = WIDTH,
    bins: int = BINS,
    spread: float = SPREAD,
) -> Transitions:
    """Transitions of tracklets (N,) of ``groups`` taken for people, -1 for none, ``cameras`` and
    ``times`` in milliseconds, `UNKNOWN` where they are not known.

    As in the authors' code, a group counts once for each pair of its cameras, from the one with the
    earlier mean time to the other, by the difference of both. Under a camera that has several of
    its tracklets each of these counts as often as there are, by its time since the first. Smoothed
    by a Gaussian of ``spread`` bins and divided by the largest (theirs by the sum, as in Wang et
    al.: then 3,000 bins tell gaps apart by a hundredth).
    """
    known = (groups >= 0) & (cameras != UNKNOWN) & (times != UNKNOWN)
    names, place = np.unique(cameras[known], return_inverse=True)
    counts = np.zeros((len(names), len(names), bins))
    seconds = times[known] / 1000
    # Tracklets of a group under a camera, one cell each.
    cells, which = np.unique(np.stack([groups[known], place]), axis=1, return_inverse=True)
    size = np.bincount(which, minlength=cells.shape[1])
    mean = np.bincount(which, seconds, minlength=cells.shape[1]) / np.maximum(size, 1)
    earliest = np.full(cells.shape[1], np.inf)
    np.minimum.at(earliest, which, seconds)
    several = size[which] > 1
    within = _bins(seconds - earliest[which], width, bins)[several]
    np.add.at(counts, (place[several], place[several], within), size[which][several])
    starts = np.flatnonzero(np.diff(cells[0]) > 0) + 1
    for own in np.split(np.arange(cells.shape[1]), starts):
        first, second = (own[index] for index in np.triu_indices(len(own), 1))
        took = mean[second] - mean[first]
        # At the same time: to the camera with the higher number, as `Likelihood` asks.
        to, start = (np.where(took >= 0, *pair) for pair in ((second, first), (first, second)))
        np.add.at(counts, (cells[1][to], cells[1][start], _bins(np.abs(took), width, bins)), 1)
    smooth = gaussian_filter1d(counts, spread, axis=2, mode="constant") if counts.size else counts
    largest = smooth.max(axis=2, keepdims=True, initial=0)
    likelihood = np.divide(smooth, largest, out=np.zeros_like(smooth), where=largest > 0)
    return Transitions(names, likelihood.astype(np.float32), width)


def _bins(gaps: np.ndarray, width: float, bins: int) -> np.ndarray:
    """The bins of gaps in seconds; longer ones are in the last."""
    return np.minimum(gaps // width, bins - 1).astype(np.int64)


class Likelihood:
    """`Transitions` as a table on a device, for tracklets of two sides."""

    def __init__(self, transitions: Transitions, device: torch.device) -> None:
        self.transitions = transitions
        count, _, bins = transitions.likelihood.shape
        # One camera more, of whom nothing is known, and nothing is likely.
        table = torch.zeros(count + 1, count + 1, bins, device=device)
        table[:count, :count] = torch.from_numpy(transitions.likelihood)
        self.table = table

    def places(self, cameras: np.ndarray, times: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        """Rows of the table (N,), and seconds (N,), of tracklets."""
        names = self.transitions.cameras
        row = np.searchsorted(names, cameras)
        known = times != UNKNOWN
        if len(names):
            known &= names[np.minimum(row, len(names) - 1)] == cameras
        row = np.where(known, row, len(names))
        device = self.table.device
        seconds = torch.from_numpy(times / 1000).to(device)
        return torch.from_numpy(row).to(device), seconds

    def between(
        self,
        some: tuple[torch.Tensor, torch.Tensor],
        others: tuple[torch.Tensor, torch.Tensor],
    ) -> torch.Tensor:
        """Likelihood in 0..1, of the shape that the places of both sides broadcast to."""
        took = some[1] - others[1]
        gap = took.abs().div_(self.transitions.width).long().clamp_(max=self.table.shape[2] - 1)
        same = (took == 0) & (some[0] > others[0])
        later = (took > 0) | same
        to = torch.where(later, some[0], others[0])
        return self.table[to, torch.where(later, others[0], some[0]), gap]


def joint_similarity(
    cosine: torch.Tensor, likelihood: torch.Tensor, gain: float = 5.0
) -> torch.Tensor:
    """sigmoid(g cos) / (1 + 2 exp(-g p)), in 0..1: how alike, times how likely (JVTC's code)."""
    return torch.sigmoid(gain * cosine) / (1 + 2 * torch.exp(-gain * likelihood))
