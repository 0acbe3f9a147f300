"""Cross-entropy over the values of attributes, some of them rare and some unknown."""

from __future__ import annotations

import torch
from torch.nn import functional as F

LEAST, MOST = 0.1, 10.0
"""Of the weight of a value."""


def class_weights(labels: torch.Tensor, classes: int) -> torch.Tensor:
    """What each value of an attribute counts, (C,): N / (C n_c), within `LEAST` and `MOST`.

    ``labels`` (S,) are in [0, C), -1 where unknown; N of them are known, n_c of value c. With equal
    counts all weights are 1; a value that nobody has weighs most.
    """
    counts = torch.bincount(labels[labels >= 0], minlength=classes).float()
    return (counts.sum() / (classes * counts)).nan_to_num(1.0).clamp(LEAST, MOST)


def attribute_loss(
    scores: torch.Tensor, labels: torch.Tensor, weights: torch.Tensor
) -> torch.Tensor:
    """Weighted mean of - log p(label) over clips whose label is known; 0 where none is.

    Weights are divided by their mean over these clips: they move the balance between values, not
    the size of the loss.

    Args:
        scores: (B, C).
        labels: (B,) in [0, C), -1 where unknown.
        weights: (C,), of `class_weights`.
    """
    known = labels >= 0
    values = labels.clamp(min=0)
    each = weights[values] * known
    terms = F.cross_entropy(scores.float(), values, reduction="none")
    return (each * terms).sum() / each.sum().clamp(min=torch.finfo(each.dtype).tiny)
