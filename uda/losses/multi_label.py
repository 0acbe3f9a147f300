"""Unlabelled clips told apart from each other, and from what is remembered of them.

Li and Zhang, Joint Visual and Temporal Consistency for Unsupervised Domain Adaptive Person
Re-Identification, ECCV 2020.
"""

from __future__ import annotations

import torch
from torch.nn import functional as F

from uda.exact import exact_products


def local_one_hot(
    features: torch.Tensor, tracklets: torch.Tensor, temperature: float = 0.1
) -> torch.Tensor:
    """- log softmax_v(f . v / temperature) of a clip's own tracklet, mean over clips.

    ``features`` (B, D) of clips of ``tracklets`` (B,); v are the means of the clips of one tracklet
    in the batch, of length 1. A tracklet with several clips counts as one.
    """
    unit = F.normalize(features.float(), dim=1)
    same = tracklets[:, None] == tracklets[None, :]
    with exact_products(features.device):
        # A row a clip: equal for equal tracklets.
        centres = F.normalize(same.float() @ unit, dim=1)
        scores = unit @ centres.T / temperature
    times = same.sum(1).to(scores)  # so often is each centre among the columns
    return -(scores.diagonal() - torch.logsumexp(scores - times.log(), dim=1)).mean()


def global_multi_label(
    features: torch.Tensor,
    memory: torch.Tensor,
    groups: torch.Tensor,
    tracklets: torch.Tensor,
    temperature: float = 0.05,
) -> torch.Tensor:
    """Cross-entropy of softmax(f . m / temperature) over N remembered tracklets against an even
    share for each of the clip's group, mean over clips.

    ``memory`` (N, D), ``groups`` (N,) of all tracklets; ``features`` (B, D) of ``tracklets`` (B,).
    """
    with exact_products(features.device):
        scores = F.normalize(features.float(), dim=1) @ memory.T.float() / temperature
    wanted = (groups[tracklets][:, None] == groups[None, :]).float()
    wanted = wanted / wanted.sum(1, keepdim=True)
    return -(wanted * scores.log_softmax(dim=1)).sum(1).mean()
