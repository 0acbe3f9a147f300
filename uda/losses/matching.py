"""Losses on scores of pairs, the larger the more alike. Liao and Shao, QAConv (ECCV 2020) and Graph
Sampling Based Deep Metric Learning (CVPR 2022)."""

from __future__ import annotations

import torch
from torch.nn import functional as F

Found = tuple[torch.Tensor, torch.Tensor]
"""The loss, and the share of clips that are nearer to their own identity than to any other (a
metric, no gradient)."""


def class_matching(
    scores: torch.Tensor, identities: torch.Tensor, known: torch.Tensor, focus: float = 2.0
) -> Found:
    """Clips against a memory of K identities: is it that one or not, hard cases before easy ones.

    ``scores`` (B, K), ``identities`` (B,), ``known`` (K,) bool: those that the memory has. With p =
    sigmoid(score) for the own identity and 1 - p for others,

        - sum_k (1 - p_k)^focus log p_k,  mean over clips.
    """
    own = (identities[:, None] == torch.arange(scores.shape[1], device=scores.device)).to(scores)
    wrong = (scores.sigmoid() - own).abs()
    terms = F.binary_cross_entropy_with_logits(scores, own, reduction="none") * wrong**focus
    right = scores.masked_fill(~known, -torch.inf).argmax(dim=1) == identities
    return terms.where(known, 0).sum(1).mean(), right.float().mean()


def pairwise_matching(scores: torch.Tensor, identities: torch.Tensor) -> Found:
    """All pairs of a batch: the same person or not.

    ``scores`` (B, B), ``identities`` (B,). The sum of binary cross-entropies of each row, itself
    included, mean over rows.
    """
    same = identities[:, None] == identities
    terms = F.binary_cross_entropy_with_logits(scores, same.to(scores.dtype), reduction="none")
    least, most = hardest(scores, same)
    return terms.sum(1).mean(), (least > most).float().mean()


def batch_hard_matching(
    scores: torch.Tensor, identities: torch.Tensor, margin: float = 16.0
) -> Found:
    """Each clip's least score with its own identity against its largest with others, mean of
    [largest - least + margin]_+; ``scores`` (B, B), ``identities`` (B,).

    A clip without another of its identity, or of another one, in the batch is no anchor.
    """
    same = identities[:, None] == identities
    least, most = hardest(scores, same)
    anchors = least.isfinite() & most.isfinite()
    gaps = (most.where(anchors, 0) - least.where(anchors, 0) + margin).clamp(min=0)
    count = anchors.sum().clamp(min=1)
    right = ((least > most) & anchors).sum() / count
    return gaps.where(anchors, 0).sum() / count, right


def hardest(scores: torch.Tensor, same: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Of each row the least score among the same identity but itself, inf for none, and the largest
    among others, -inf for none."""
    itself = torch.eye(len(scores), dtype=torch.bool, device=scores.device)
    least = scores.masked_fill(~same | itself, torch.inf).min(dim=1).values
    return least, scores.masked_fill(same, -torch.inf).max(dim=1).values
