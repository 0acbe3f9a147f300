"""What a model costs: its parameters, and the multiply-additions of one forward pass."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode


class Cost(NamedTuple):
    """Millions of parameters, and 10^9 multiply-additions."""

    parameters: float
    multiply_additions: float


def cost(model: nn.Module, length: int, size: tuple[int, int]) -> Cost:
    """For one clip of ``length`` frames of ``size`` (height, width) pixels.

    Counts convolutions, matrix products and attention, as the literature does. The model may lie
    on the meta device, where nothing is computed and everything is counted.
    """
    model.eval()
    device = next(model.parameters()).device
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.zeros(1, length, 3, *size, device=device))
    parameters = sum(parameter.numel() for parameter in model.parameters())
    return Cost(parameters / 1e6, counter.get_total_flops() / 2e9)
