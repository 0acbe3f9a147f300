"""Which groups can be relied on: those that looser and stricter clusterings find, too.

Ge et al., Self-paced Contrastive Learning with Hybrid Memory, NeurIPS 2020, and their code.
"""

from __future__ import annotations

import numpy as np

from uda.clustering.pseudo_identities import OUTLIER

STRICTEST_SHARE = 0.9
"""Of the first epoch's groups are independent enough: sets the limit for all later epochs."""


def each_its_own(groups: np.ndarray) -> np.ndarray:
    """Groups ``(N,)`` in which an outlier is a group of its own, numbered after the others."""
    found = groups.copy()
    alone = np.flatnonzero(groups == OUTLIER)
    found[alone] = groups.max(initial=OUTLIER) + 1 + np.arange(len(alone))
    return found


def disagreement(groups: np.ndarray, others: np.ndarray) -> np.ndarray:
    """1 - IoU of the two groups that a tracklet is in, float64 ``(N,)``: Eq. 5 and 6.

    Sizes of intersections are counts of pairs of labels, so that nothing is N x N.
    """
    _, own, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    _, their, their_sizes = np.unique(others, return_inverse=True, return_counts=True)
    pairs = own.astype(np.int64) * len(their_sizes) + their
    _, which, shared = np.unique(pairs, return_inverse=True, return_counts=True)
    common = shared[which]
    united = sizes[own] + their_sizes[their] - common
    return 1 - common / united


def reliable(
    groups: np.ndarray, stricter: np.ndarray, looser: np.ndarray, limit: float | None = None
) -> tuple[np.ndarray, float]:
    """Groups 0..C-1 ``(N,)`` of which only the reliable have more than one member.

    A group is independent where looser clustering does not merge it with others: its least
    disagreement with it is at most ``limit``. A member belongs to its group where it disagrees with
    stricter clustering no more than the group's best member. All others are groups of their own.

    Args:
        groups: of DBSCAN, with `OUTLIER`; ``stricter`` with a smaller and ``looser`` with a larger
            radius.
        limit: None sets it: `STRICTEST_SHARE` of the groups with several members are independent.

    Returns:
        The groups, and the limit (1 where there was no group to set it by).
    """
    own = each_its_own(groups)
    compact = disagreement(own, each_its_own(stricter))
    independent = disagreement(own, each_its_own(looser))
    count = int(own.max(initial=-1)) + 1
    most_compact, most_independent = np.full(count, np.inf), np.full(count, np.inf)
    np.minimum.at(most_compact, own, compact)
    np.minimum.at(most_independent, own, independent)
    if limit is None:
        several = np.sort(most_independent[np.bincount(own, minlength=count) > 1])
        place = min(len(several) - 1, round(len(several) * STRICTEST_SHARE))
        limit = float(several[place]) if len(several) else 1.0
    kept = (most_independent[own] <= limit) & (compact <= most_compact[own])
    alone = each_its_own(np.where(kept, own, OUTLIER))
    return np.unique(alone, return_inverse=True)[1].astype(np.int64), limit
