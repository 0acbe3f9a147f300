"""Temporal saliency boosting. Hou et al., Temporal Complementary Learning for Video Person
Re-identification, ECCV 2020."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

TEMPERATURE = 5.0


class SaliencyBoosting(nn.Module):
    """TSB: each frame receives what the other frames show of what it shows itself.

    A frame's mean feature asks; every position of the other frames answers by the cosine with its
    2x2 average, times 5, through a softmax. The answers' weighted mean, linearly mapped and
    normalised, is added to every position. The normalisation starts at zero: the module starts as
    the identity. A clip of one frame asks itself, so that its parameters are always in use.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.mapping = nn.Conv2d(channels, channels, 1)
        self.norm = nn.BatchNorm2d(channels)
        nn.init.kaiming_normal_(self.mapping.weight, mode="fan_out", nonlinearity="relu")
        nn.init.zeros_(self.norm.weight)

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        """``(B, T, C, h, w)`` to the same shape."""
        batch, length, channels = clips.shape[:3]
        questions = F.normalize(clips.mean((3, 4)), dim=2)
        # Padding above and to the left keeps the size: each position is averaged with those two
        # sides' neighbours, zeros counted.
        averages = F.avg_pool2d(F.pad(clips.flatten(0, 1), (1, 0, 1, 0)), 2, stride=1)
        averages = F.normalize(averages, dim=1).unflatten(0, (batch, length))
        alike = questions @ averages.permute(0, 2, 1, 3, 4).flatten(2)
        alike = TEMPERATURE * alike.unflatten(2, (length, -1))
        if length > 1:
            same = torch.eye(length, dtype=torch.bool, device=clips.device)[None, :, :, None]
            alike = alike.masked_fill(same, torch.finfo(alike.dtype).min)
        share = F.softmax(alike.flatten(2), dim=2)
        answers = share @ clips.permute(0, 1, 3, 4, 2).flatten(1, 3)
        boost = self.norm(self.mapping(answers.reshape(batch * length, channels, 1, 1)))
        return clips + boost.unflatten(0, (batch, length))
