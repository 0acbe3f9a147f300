"""Losses over clusters of target tracklets that stand in for identities."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from uda.exact import exact_products


def cluster_scores(
    features: torch.Tensor, centroids: torch.Tensor, temperature: float
) -> torch.Tensor:
    """Cosine similarity to each cluster over ``temperature``: ``(B, D)``, ``(C, D)`` to ``(B, C)``.

    What replaces a classifier when clusters change from epoch to epoch (Ge et al., Self-paced
    Contrastive Learning, NeurIPS 2020, Eq. 1 without its instances). ``centroids`` have length 1.
    """
    with exact_products(features.device):
        return F.normalize(features.float(), dim=1) @ centroids.float().T / temperature


def class_scores(features: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
    """Inner products of features ``(B, D)`` with the weights of classes ``(C, D)``, ``(B, C)``.

    In 32 bits: a feature behind a BNNeck is some 45 long, so that scores of 16 bits (bfloat16) are
    off by a tenth, and what a teacher says of a clip by as much.
    """
    with exact_products(features.device):
        return features.float() @ classes.float().T


def soft_cross_entropy(scores: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """-sum_c softmax(wanted)_c log softmax(scores)_c, mean over clips; ``(B, C)`` each.

    Mutual Mean-Teaching's soft classification loss (Ge et al., ICLR 2020, Eq. 6), ``wanted`` being
    the mean teacher's scores.
    """
    return -(wanted.softmax(dim=1) * scores.log_softmax(dim=1)).sum(dim=1).mean()
