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

ITERATIONS = 5000
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
    sum |c / c' - 1| over the items is at most ``tolerance``.

    Where a classifier is sure, P is 0 in any arithmetic. So the first turn is in logarithms; the
    plan after it has a share of at least 1 / (N K) in every column, and the turns up to the next
    look multiply it.
    """
    items, groups = scores.shape
    powers = sharpness * scores.detach().double().log_softmax(dim=1)
    columns = math.log(items / groups) - powers.logsumexp(dim=0)
    rows = -math.log(items) - (powers + columns).logsumexp(dim=1)
    error, count = float((rows + math.log(items)).neg().expm1().abs().sum()), 1
    while error > tolerance and count < ITERATIONS:
        plan = (powers + rows[:, None] + columns).exp()
        after = plan.new_ones(items)
        for _ in range(LOOKS):
            before = after
            pulled = 1 / groups / (before @ plan)
            after = 1 / items / (plan @ pulled)
        error, count = float((before / after - 1).abs().sum()), count + LOOKS
        rows, columns = rows + after.log(), columns + pulled.log()
    if error > tolerance:
        log.warning(
            "a transport of %d items to %d groups has an error of %.3g after %d iterations",
            items, groups, error, count,
        )  # fmt: skip
    return Plan(powers + rows[:, None] + columns, count)
