"""Where groups of features begin: the means of their members."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from uda.clustering.pseudo_identities import OUTLIER


def group_means(features: torch.Tensor, groups: torch.Tensor, count: int) -> torch.Tensor:
    """Means (C, D), made of length 1, of the features (N, D) of groups 0..C-1.

    ``groups`` (N,) are numbers below ``count``, which is C, or `OUTLIER`. A group without members
    is all zeros.
    """
    members = groups != OUTLIER
    sums = features.new_zeros(count, features.shape[1])
    sums.index_add_(0, groups[members], features[members])
    return F.normalize(sums, dim=1)
