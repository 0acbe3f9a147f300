"""Whether renders say anything about a target: estimates by two kinds of places, and who is who.

A ball around the pool's features is blind: no real crop lies outside, while a linear classifier
tells all of them. So each quantity is estimated twice, by nets that learnt at built sites and in
front of photographs; where these disagree about the target by more than they err on the pool, the
estimate is of the domain and not of the quantity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vidsynth.target.calibrating import apart
from vidsynth.target.estimators import Estimators, Reading
from vidsynth.target.quantities import QUANTITIES
from vidsynth.target.unfolding import mean_of_tracklet


@dataclass(frozen=True, slots=True)
class Agreement:
    """``difference`` between a quantity's mean estimates by the two nets, in its unit; ``allowed``
    the pool's mean absolute error; ``agrees`` whether the former is within the latter."""

    difference: float
    allowed: float

    @property
    def agrees(self) -> bool:
        return self.difference <= self.allowed


def agreements(estimators: Estimators, reading: Reading) -> dict[str, Agreement]:
    """How far two kinds of places agree about these crops, by quantity; empty for estimators of a
    pool without photographs."""
    if len(reading.halves) < 2:
        return {}
    sites, photographs = reading.halves["sites"], reading.halves["photographs"]
    found = {}
    for name in estimators.names:
        quantity = QUANTITIES[name]
        means = [mean_of_tracklet(half[name], quantity) for half in (sites, photographs)]
        difference = abs(float(apart(quantity, np.array(means[0]), np.array(means[1]))))
        found[name] = Agreement(difference, estimators.trust[name].mae)
    return found


def auc(a: np.ndarray, b: np.ndarray, groups_a: np.ndarray, groups_b: np.ndarray) -> float:
    """How well a linear classifier tells features a (N, D) from b (M, D): 0.5 not at all, 1 always.

    Logistic regression, five-fold; rows of a group, a tracklet, are never on both sides. 0.5 where
    there are fewer than two groups on a side.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import GroupKFold, cross_val_predict

    x = np.concatenate([a, b])
    y = np.repeat([0, 1], [len(a), len(b)])
    _, first = np.unique(groups_a, return_inverse=True)
    _, second = np.unique(groups_b, return_inverse=True)
    least = min(first.max(initial=-1), second.max(initial=-1)) + 1
    if least < 2:
        return 0.5
    groups = np.concatenate([first, first.max() + 1 + second])
    model = LogisticRegression(C=0.1, max_iter=500)
    said = cross_val_predict(
        model, x, y, groups=groups, cv=GroupKFold(min(5, least)), method="decision_function"
    )
    return float(roc_auc_score(y, said))
