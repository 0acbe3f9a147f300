"""Distributions of quantities, as statistics hold them, out of plain values."""

from __future__ import annotations

from typing import Any

import numpy as np

from vidsynth.target.quantities import QUANTITIES
from vidsynth.target.statistics import Distribution


def spread(name: str, values: np.ndarray, **more: Any) -> Distribution:
    """How ``values`` of a quantity, one a tracklet, are distributed."""
    quantity = QUANTITIES[name]
    counts = np.bincount(quantity.bins(values), minlength=len(quantity.centres)) / len(values)
    return Distribution(
        unit=quantity.unit,
        per=quantity.per,
        how=quantity.how,
        edges=tuple(quantity.edges),
        counts=tuple(counts),
        **more,
    )
