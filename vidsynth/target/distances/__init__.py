"""How far two sets of crops are apart, and how much of that is noise.

Everything takes weights, so that each tracklet counts once however many frames it has
(`tracklet_weights`). A distance says little without its floor (`half_split_floor`): what it is
between two halves of the target itself.
"""

from __future__ import annotations

from reid_models.frechet import Moments, frechet_distance, moments

from vidsynth.target.distances.features import (
    RandomFourier,
    domain_auc,
    kernel_mean_distance,
    kid,
    mmd2,
)
from vidsynth.target.distances.floors import Floor, half_split_floor, tracklet_weights
from vidsynth.target.distances.wasserstein import (
    binned_sd,
    binned_wasserstein,
    circular_wasserstein,
    sliced_wasserstein,
    wasserstein,
)

__all__ = [
    "Floor",
    "Moments",
    "RandomFourier",
    "binned_sd",
    "binned_wasserstein",
    "circular_wasserstein",
    "domain_auc",
    "frechet_distance",
    "half_split_floor",
    "kernel_mean_distance",
    "kid",
    "mmd2",
    "moments",
    "sliced_wasserstein",
    "tracklet_weights",
    "wasserstein",
]
