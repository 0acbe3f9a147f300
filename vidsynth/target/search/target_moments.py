"""What a search compares with: moments of a target's features, out of its file or its folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from vidsynth.errors import TargetError
from vidsynth.target.crops import TargetTracklet
from vidsynth.target.distances import (
    Moments,
    frechet_distance,
    half_split_floor,
    moments,
    tracklet_weights,
)
from vidsynth.target.estimators import Estimators
from vidsynth.target.statistics import TargetStatistics


@dataclass(frozen=True)
class Sought:
    """A target's ``moments``; ``floor`` is their distance between halves of it, None where it is
    too small to be parted."""

    moments: Moments
    floor: float | None


def of_statistics(statistics: TargetStatistics, estimators: Estimators) -> Sought:
    """Those in a statistics file. Raises TargetError: it has none, or those of other features."""
    found = statistics.pooled.moments
    if found is None:
        raise TargetError(
            "Expected moments of features in the target's statistics, found none: it was measured "
            "without estimators, or has too few tracklets. Measure it with --estimators, or search "
            "at the owner's with the target's own folder in place of the file."
        )
    if statistics.features != estimators.features_mark:
        raise TargetError(
            f"Expected a target measured with these estimators ({estimators.features_mark}), "
            f"found features {statistics.features}. Give the file that it was measured with."
        )
    count = float(statistics.source.tracklets)
    return Sought(Moments(found.vector(), found.matrix(), count), statistics.floors.get("fd"))


def of_tracklets(
    tracklets: Iterable[TargetTracklet], estimators: Estimators, camera: str | None = None
) -> Sought:
    """Those of a target's crops, or one camera's. Raises TargetError where there are too few."""
    features, groups, cameras = [], [], set()
    for number, tracklet in enumerate(tracklets):
        cameras.add(tracklet.camera)
        if camera is None or tracklet.camera == camera:
            features.append(estimators.features(list(tracklet.crops)))
            groups += [number] * len(features[-1])
    if len(features) < 2:
        named = "" if camera is None else f" of camera {camera}"
        raise TargetError(
            f"Expected two tracklets or more{named}, found {len(features)}; cameras are "
            f"{', '.join(sorted(cameras)) or 'none'}."
        )
    seen, of = np.concatenate(features), np.array(groups)
    weights = tracklet_weights(of)

    def between(one: np.ndarray, other: np.ndarray) -> float:
        parts = (moments(seen[r], tracklet_weights(of[r]), of[r]) for r in (one, other))
        return frechet_distance(*parts)

    floor = half_split_floor(between, of).mean if len(features) >= 4 else None
    return Sought(moments(seen, weights, of), floor)
