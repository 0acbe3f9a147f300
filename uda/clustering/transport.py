"""Labels as an optimal transport: every item to a group, every group its share of the items.

Asano et al., Self-labelling via simultaneous clustering and representation learning, ICLR 2020,
Eq. 5 to 7, as GLT (Zheng et al., CVPR 2021) refines pseudo labels by it.
"""

from __future__ import annotations

import logging
import math
from typing import NamedTuple

import torch

log = logging.getLogger(__name__)

ITERATIONS = 1000
"""Of Sinkhorn and Knopp, at most."""
LOOKS = 10
"""Iterations from one look at the error to the next, as in GLT's code."""


class Plan(NamedTuple):
    """``logarithm`` (N, K) float64 of the share of all mass that goes from item to group, and after
    how many iterations it was found. Its rows sum up to 1/N."""

    logarithm: torch.Tensor
    iterations: int

    def labels(self) -> torch.Tensor:
        """The group that gets most of each item (N,)."""
        return self.logarithm.argmax(dim=1)


def transported(scores: torch.Tensor, *, sharpness: float = 25.0, tolerance: float = 1e-2) -> Plan:
    """The plan between N items and K groups by the scores (N, K) of a classifier.

    With P = softmax(scores) ** ``sharpness``, it is diag(c) P diag(r) whose rows sum up to 1/N and
    whose columns to 1/K: r = 1/K / (c P), c = 1/N / (P r), in turn, from c = 1/N on. That ends when
    sum |c / c' - 1| over the items is at most ``tolerance``. It is computed in logarithms: P itself
    is 0 in any arithmetic where a classifier is sure.
    """
    items, groups = scores.shape
    powers = sharpness * scores.detach().double().log_softmax(dim=1)
    rows = powers.new_full((items, 1), -math.log(items))
    for number in range(ITERATIONS):
        columns = -math.log(groups) - (powers + rows).logsumexp(dim=0, keepdim=True)
        before, rows = rows, -math.log(items) - (powers + columns).logsumexp(dim=1, keepdim=True)
        if number % LOOKS == 0:
            error = float((before - rows).expm1().abs().sum())
            if error <= tolerance:
                break
    else:
        log.warning(
            "a transport of %d items to %d groups has an error of %.3g after %d iterations",
            items, groups, error, ITERATIONS,
        )  # fmt: skip
    return Plan(powers + rows + columns, number + 1)
