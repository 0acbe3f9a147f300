"""Cross-entropy over source identities (Synthetic-to-Real, Eq. 5)."""

from __future__ import annotations

import torch
from torch.nn import functional as F


def identity_loss(
    logits: torch.Tensor, labels: torch.Tensor, *, smoothing: float = 0.0
) -> torch.Tensor:
    """Mean cross-entropy; ``smoothing`` of the mass is spread evenly over all K identities.

    ``logits`` (B, K), ``labels`` (B,) in [0, K). Eq. 5 has no smoothing; the authors' code
    uses 0.15.
    """
    return F.cross_entropy(logits.float(), labels, label_smoothing=smoothing)
