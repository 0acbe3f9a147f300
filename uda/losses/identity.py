"""Cross-entropy over source identities (Synthetic-to-Real, Eq. 5)."""

from __future__ import annotations

from typing import Literal

import torch
from torch.nn import functional as F


def identity_loss(
    logits: torch.Tensor,
    labels: torch.Tensor,
    *,
    smoothing: float = 0.0,
    over: Literal["all", "others"] = "all",
) -> torch.Tensor:
    """Mean cross-entropy; ``smoothing`` of the mass is spread evenly over all K identities, or
    over the K - 1 ``others`` as in fast-reid's code, where the right one keeps exactly the rest.

    ``logits`` (B, K), ``labels`` (B,) in [0, K). Eq. 5 has no smoothing; the authors' code
    uses 0.15.
    """
    if over == "others":
        identities = logits.shape[1]
        smoothing = min(smoothing * identities / (identities - 1), 1.0)
    return F.cross_entropy(logits.float(), labels, label_smoothing=smoothing)
