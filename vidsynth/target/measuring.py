"""From a target's tracklets to its statistics."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from vidsynth.target.crops import TargetTracklet
from vidsynth.target.statistics import TargetStatistics

if TYPE_CHECKING:
    from vidsynth.target.estimators import Estimators


def measure(
    tracklets: Iterable[TargetTracklet], layout: str, estimators: Estimators | None = None
) -> TargetStatistics:
    """Statistics of all tracklets, of which one at a time is in memory.

    Without ``estimators`` there are no regressed quantities and no features. Raises TargetError
    for fewer tracklets than statistics can hide one in.
    """
    raise NotImplementedError
