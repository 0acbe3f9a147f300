"""Temporal lifting: who is seen near a query is seen near its match, too.

Liao and Shao, Interpretable and Generalizable Person Re-Identification with Query-Adaptive
Convolution and Temporal Lifting, ECCV 2020 (TLift), after their code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from reid_datasets.labels import columns
from reid_datasets.records import Tracklet

from uda.comparing.contract import UNKNOWN, Comparison, Side
from uda.comparing.distance import Array


@dataclass(frozen=True)
class Lift:
    """Settings of temporal lifting; defaults are the authors', of hours of video.

    ``near`` and ``spread`` in seconds: queries of one camera less than the first apart were seen
    together (tau); how far a gallery tracklet may be from a pivot (sigma). ``pivots`` of each
    camera (K); ``floor``: the least that a similarity is multiplied by (alpha).
    """

    near: float = 100.0
    spread: float = 200.0
    pivots: int = 10
    floor: float = 0.2


@dataclass
class Lifted(Comparison):
    """Another comparison's similarities, times a + mean over pivots of exp(-(t - t_p)^2 / sigma^2).

    The pivots of a query under a gallery camera are the K best pairs of a gallery tracklet of that
    camera with any query seen together with this one. Transductive: queries tell of each other.
    Distances are compared twice: pivots are found first. Distances are similarities with a minus.
    """

    name: ClassVar[str] = "lifted"
    within: Comparison
    lift: Lift = Lift()

    def blocks(self, query: Side, gallery: Side) -> Iterator[Array]:
        _require_known([np.stack([side.cameras, side.times]) for side in (query, gallery)])
        device = query.features.device
        cameras, place = np.unique(gallery.cameras, return_inverse=True)
        places = torch.from_numpy(place).to(device)
        times = torch.from_numpy(gallery.times / 1000).to(device)
        pivots = self._pivots(query, gallery, places, times, len(cameras))
        row = 0
        for distances in self.within.blocks(query, gallery):
            alike = self.within.similarities(torch.as_tensor(distances).double())
            for own in alike:
                gaps = times[:, None] - pivots[row][places]
                weights = torch.exp(-((gaps / self.lift.spread) ** 2))
                own *= self.lift.floor + weights.nanmean(dim=1)
                row += 1
            yield -alike

    def _pivots(
        self,
        query: Side,
        gallery: Side,
        places: torch.Tensor,
        times: torch.Tensor,
        cameras: int,
    ) -> torch.Tensor:
        """Times of each query's pivots under each camera in seconds, (Q, C, K); NaN where there are
        fewer."""
        count, kept = len(query), self.lift.pivots
        best = times.new_full((count, cameras, kept), -torch.inf)
        when = times.new_full((count, cameras, kept), torch.nan)
        start = 0
        for distances in self.within.blocks(query, gallery):
            alike = self.within.similarities(torch.as_tensor(distances).double())
            rows = slice(start, start := start + len(alike))
            for camera in range(cameras):
                members = torch.nonzero(places == camera).squeeze(1)
                most = alike[:, members].topk(min(kept, len(members)), dim=1)
                best[rows, camera, : most.values.shape[1]] = most.values
                when[rows, camera, : most.values.shape[1]] = times[members][most.indices]
        found = torch.empty_like(when)
        for row in range(count):
            together = (query.cameras == query.cameras[row]) & (
                np.abs(query.times - query.times[row]) < 1000 * self.lift.near
            )
            others = torch.from_numpy(np.flatnonzero(together)).to(times.device)
            scores, seen = (part[others].transpose(0, 1).flatten(1) for part in (best, when))
            found[row] = seen.gather(1, scores.topk(kept, dim=1).indices)
        return found


def require_cameras_and_times(*sides: Sequence[Tracklet]) -> None:
    """ValueError: a camera or a time of a tracklet is not known."""
    seen = []
    for tracklets in sides:
        known = columns(tracklets)
        unknown = np.full(len(tracklets), UNKNOWN)
        seen.append(np.stack([known["camera"], known.get("time", unknown)]))
    _require_known(seen)


def _require_known(sides: Sequence[np.ndarray]) -> None:
    """ValueError: of the cameras and times (2, N) of each side one is not known."""
    unknown = sum(int((side == UNKNOWN).any(0).sum()) for side in sides)
    if unknown:
        raise ValueError(
            f"temporal lifting needs a camera and a time of each tracklet, and {unknown} of "
            f"{sum(side.shape[1] for side in sides)} queries and gallery tracklets are without: "
            "leave --lift out"
        )
