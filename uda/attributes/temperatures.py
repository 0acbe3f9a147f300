"""Probabilities that can be believed: scores divided by a temperature before the softmax.

Guo et al., On Calibration of Modern Neural Networks, ICML 2017.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from scipy.optimize import minimize_scalar

COLDEST, HOTTEST = 0.05, 20.0


def fit(scores: torch.Tensor, labels: np.ndarray, people: np.ndarray) -> float:
    """The temperature T of an attribute, from people that no loss has seen.

    Minimised is the sum over people of the mean of - log softmax(scores / T)[label] over their
    tracklets, which all show the same person, plus (log T)^2 / 2: with few people T stays near 1.

    Args:
        scores: (N, C) of N tracklets.
        labels: (N,) in [0, C), -1 where unknown.
        people: (N,) whose tracklet each is.

    Returns:
        T between `COLDEST` and `HOTTEST`; 1 where no label is known.
    """
    known = labels >= 0
    if not known.any():
        return 1.0
    seen, wanted = scores[torch.from_numpy(known)].double(), torch.from_numpy(labels[known])
    _, owner, tracklets = np.unique(people[known], return_inverse=True, return_counts=True)
    weights = torch.from_numpy(1 / tracklets[owner])

    def loss(logarithm: float) -> float:
        answers = torch.log_softmax(seen / math.exp(logarithm), dim=1)
        of_each = -answers.gather(1, wanted[:, None])[:, 0]
        return float((weights * of_each).sum()) + logarithm**2 / 2

    bounds = math.log(COLDEST), math.log(HOTTEST)
    return math.exp(minimize_scalar(loss, bounds=bounds, method="bounded").x)
