"""Modules made for a fixed number of frames, applied to clips of any length."""

from __future__ import annotations

import torch
from torch import nn


def continued(clips: torch.Tensor, size: int) -> torch.Tensor:
    """Clips ``(B, T, ...)``, continued from their beginning to the next multiple of ``size``."""
    length = clips.shape[1]
    missing = -length % size
    if missing == 0:
        return clips
    frames = torch.arange(length + missing, device=clips.device) % length
    return clips[:, frames]


class FrameGroups(nn.Module):
    """Applies ``module`` to consecutive groups of ``size`` frames, each by itself.

    A clip whose length is no multiple of ``size`` is continued from its beginning until it is; the
    repeated frames are dropped afterwards. A clip of ``size`` frames is one group.
    """

    def __init__(self, module: nn.Module, size: int) -> None:
        super().__init__()
        self.module = module
        self.size = size

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        """``(B, T, C, H, W)`` to the same shape."""
        length = clips.shape[1]
        groups = continued(clips, self.size).unflatten(1, (-1, self.size))
        out = self.module(groups.flatten(0, 1))
        return out.unflatten(0, groups.shape[:2]).flatten(1, 2)[:, :length]
