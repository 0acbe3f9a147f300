"""Gradient reversal. Ganin and Lempitsky, Domain Adaptation by Backpropagation, ICML 2015."""

from __future__ import annotations

from typing import Any

import torch


class _Reverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, strength: float) -> torch.Tensor:
        ctx.strength = strength
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, None]:
        return -ctx.strength * gradients[0], None


def reverse(x: torch.Tensor, strength: float = 1.0) -> torch.Tensor:
    """``x`` itself on the way forward; its gradient times ``-strength`` on the way back."""
    return _Reverse.apply(x, strength)
