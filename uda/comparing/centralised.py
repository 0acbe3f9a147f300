"""Features moved towards those of their mutual nearest neighbours. Yuan et al., From Poses to
Identity: Training-Free Person Re-Identification via Feature Centralization, CVPR 2025 (NFC)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import torch
from torch.nn import functional as F

from uda.clustering.k_reciprocal import nearest, reciprocal
from uda.clustering.spaces import SquaredEuclidean, as_tensor
from uda.comparing.contract import Comparison, Side
from uda.comparing.distance import Array


@dataclass
class Centralised(Comparison):
    """Another comparison, of `centralised` features: queries among themselves, and the gallery.

    Transductive: what a feature becomes depends on what else is tested.
    """

    name: ClassVar[str] = "centralised"
    within: Comparison
    k: int = 2

    def blocks(self, query: Side, gallery: Side) -> Iterator[Array]:
        moved = (
            replace(side, features=centralised(side.features, self.k)) for side in (query, gallery)
        )
        return self.within.blocks(*moved)


def centralised(features: np.ndarray | torch.Tensor, k: int = 2) -> torch.Tensor:
    """Each of features ``(N, D)`` plus those among its ``k`` nearest that have it among theirs,
    of length 1 again. ValueError: they are not finite."""
    own = F.normalize(as_tensor(features), dim=1)
    near = reciprocal(
        nearest(SquaredEuclidean(own), k + 1).indices
    )  # an item is its own first neighbour
    total = torch.zeros_like(own)
    for place in range(near.indices.shape[1]):
        total += own[near.indices[:, place]] * near.kept[:, place, None]
    return F.normalize(total, dim=1)
