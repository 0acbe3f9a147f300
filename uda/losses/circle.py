"""Circle loss: many positives and negatives at once, each as much as it is away from its optimum.

Sun et al., Circle Loss: A Unified Perspective of Pair Similarity Optimization, CVPR 2020, Eq. 6.
"""

from __future__ import annotations

import torch
from torch.nn import functional as F

EXCLUDED = -1e9
"""The exponent of what takes no part: finite, so that nobody's slope is no number."""


def circle_loss(
    similarities: torch.Tensor,
    positive: torch.Tensor,
    negative: torch.Tensor,
    *,
    margin: float = 0.25,
    scale: float = 128.0,
) -> torch.Tensor:
    """log(1 + sum_n exp(g a_n (s_n - m)) sum_p exp(- g a_p (s_p - 1 + m))), mean over B queries.

    ``similarities`` (B, M) are cosines to M others, ``positive`` and ``negative`` (B, M) say which
    of those are; m is the margin, g the scale, a_p = [1 + m - s_p]+ and a_n = [s_n + m]+ are
    constants to the gradient. A query without either adds nothing.
    """
    s = similarities.float()
    near = -scale * (1 + margin - s.detach()).clamp(min=0) * (s - (1 - margin))
    far = scale * (s.detach() + margin).clamp(min=0) * (s - margin)
    drawn = near.masked_fill(~positive, EXCLUDED).logsumexp(dim=1)
    pushed = far.masked_fill(~negative, EXCLUDED).logsumexp(dim=1)
    return F.softplus(drawn + pushed).mean()
