"""Learnable weights of several losses (Synthetic-to-Real, Eq. 17) that cannot drift to zero."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import nn


class LearnedWeights(nn.Module):
    """Sum of exp(-s_i) L_i + s_i, with s_i learned (Kendall et al., CVPR 2018).

    The paper learns a weight for each loss and gives no regulariser: such weights fall to zero.
    Here s_i settles at ln L_i. A loss that reaches zero would send its weight to infinity, so s_i
    stays within ``reach`` of its start (`project` after each step).

    ``initial``: the weight exp(-s_i) each named loss starts from; 0 leaves a loss out for good.
    """

    start: torch.Tensor

    def __init__(self, initial: Mapping[str, float], *, reach: float, learn: bool = True) -> None:
        super().__init__()
        self.names = tuple(name for name, weight in initial.items() if weight > 0)
        start = torch.tensor([-math.log(initial[name]) for name in self.names])
        self.reach = reach
        self.learn = learn
        self.register_buffer("start", start)
        self.log_scales = nn.Parameter(start.clone(), requires_grad=learn)

    def forward(self, losses: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """The weighted sum over the losses that are present and have a weight; scalar."""
        terms = []
        for name, s in zip(self.names, self.log_scales, strict=True):
            if name in losses:
                terms.append(torch.exp(-s) * losses[name] + (s if self.learn else 0.0))
        return torch.stack(terms).sum()

    @torch.no_grad()
    def project(self) -> None:
        self.log_scales.copy_(
            torch.minimum(
                torch.maximum(self.log_scales, self.start - self.reach), self.start + self.reach
            )
        )

    def weights(self) -> dict[str, torch.Tensor]:
        """The current exp(-s_i) by name, for logging."""
        return dict(zip(self.names, torch.exp(-self.log_scales.detach()), strict=True))
