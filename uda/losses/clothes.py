"""Features that do not tell what somebody wears (Gu et al., Clothes-Changing Person
Re-identification with RGB Modality Only, CVPR 2022)."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from uda.exact import exact_products


def clothes_scores(
    features: torch.Tensor, weights: torch.Tensor, scale: float = 16.0
) -> torch.Tensor:
    """Scaled cosines of features ``(B, D)`` and clothes ``(C, D)``: ``(B, C)``."""
    unit = F.normalize(features.float(), dim=1)
    with exact_products(features.device):
        return scale * (unit @ F.normalize(weights.float(), dim=1).T)


def clothes_adversarial_loss(
    scores: torch.Tensor,
    clothes: torch.Tensor,
    labels: torch.Tensor,
    owners: torch.Tensor,
    *,
    epsilon: float = 0.1,
) -> torch.Tensor:
    """L_CA: all clothes of a person are to be as likely as the ones worn (Eq. 3 and 4).

    ``scores`` (B, C) against all clothes, ``clothes`` (B,) worn, ``labels`` (B,) identities,
    ``owners`` (C,) the identity that wears each. The likelihood of one of a person's clothes is
    taken against those of other people alone: exp(s_c) / (exp(s_c) + sum_{j of others} exp(s_j)).
    The wanted distribution puts ``epsilon`` / K on each of the person's K clothes and the rest
    on those worn. Mean over clips.
    """
    own = owners[None, :] == labels[:, None]
    others = scores.masked_fill(own, -torch.inf).logsumexp(dim=1, keepdim=True)
    log_likelihood = scores - torch.logaddexp(scores, others)
    wanted = epsilon * own / own.sum(dim=1, keepdim=True)
    worn = clothes[:, None] == torch.arange(scores.shape[1], device=clothes.device)
    wanted = wanted + (1 - epsilon) * worn
    return -(wanted * log_likelihood).sum(dim=1).mean()
