"""Settings of methods that group the target's tracklets by density."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import torch
from pydantic import Field

from uda.clustering.processes import of_first_process
from uda.clustering.pseudo_identities import OUTLIER, pseudo_identities
from uda.config import MethodSettings


class Clusters(MethodSettings):
    """DBSCAN on Jaccard distances of k-reciprocal encodings."""

    k1: int = Field(default=30, ge=1, description="neighbours that must be reciprocal")
    k2: int = Field(default=6, ge=1, description="neighbours whose encodings are averaged")
    jaccard: Literal["k_reciprocal", "spcl"] = Field(
        default="k_reciprocal",
        description="distances to cluster by: of the published encoding, or of SpCL's code (k1 "
        "counts the tracklet itself, distances are not scaled)",
    )
    eps: float = Field(
        default=0.6, gt=0, lt=1, description="DBSCAN: largest Jaccard distance between neighbours"
    )
    min_samples: int = Field(
        default=4, ge=1, description="DBSCAN: tracklets, itself included, around a core tracklet"
    )

    def most(self, tracklets: int) -> int:
        """As many clusters as `grouped` finds among so many tracklets: buffers of one size fit
        every state."""
        return max(tracklets // self.min_samples, 1)

    def grouped(
        self, features: torch.Tensor, radii: Sequence[float] | None = None
    ) -> list[np.ndarray]:
        """Groups (N,) of features (N, D) of length 1, with -1 for none, for each of the radii; by
        default for ``eps`` alone. The same in all processes.

        Clusters have ``min_samples`` members, but for those whose outermost members are within eps
        of another cluster, too, and were given to that one. Should there be more than `most`, the
        smallest are left out."""
        found = pseudo_identities(
            features,
            k1=self.k1,
            k2=self.k2,
            eps=[self.eps] if radii is None else radii,
            min_samples=self.min_samples,
            spcl=self.jaccard == "spcl",
        )
        most = self.most(len(features))
        return [of_first_process(_largest(groups, most), features.device) for groups in found]


def _largest(groups: np.ndarray, most: int) -> np.ndarray:
    """Groups 0..C-1 (N,) of which the ``most`` largest remain, in their order; -1 for none."""
    sizes = np.bincount(groups[groups != OUTLIER])
    if len(sizes) <= most:
        return groups
    kept = np.sort(np.argsort(-sizes, kind="stable")[:most])
    renamed = np.full(len(sizes) + 1, OUTLIER)  # the last is where OUTLIER points
    renamed[kept] = np.arange(most)
    return renamed[groups]
