"""A model that sees nothing but colour, and how it is asked."""

from __future__ import annotations

from dataclasses import replace

import torch
from reid_models.outputs import Features
from torch import nn

from uda.features.extraction import Extraction

ALL = Extraction(size=(32, 16), clip_length=4, batch=5)
FOUR = replace(ALL, frames=4)


class MeanColour(nn.Module):
    """Embeds a clip as its mean colour; counts the frames it saw."""

    def __init__(self) -> None:
        super().__init__()
        self.lengths: list[int] = []

    def forward(self, clips: torch.Tensor) -> Features:
        assert not self.training
        assert torch.is_inference_mode_enabled()
        self.lengths += [clips.shape[1]] * len(clips)
        frames = clips.mean((3, 4))
        video = frames.mean(1)
        return Features(frames, video, video, None)
