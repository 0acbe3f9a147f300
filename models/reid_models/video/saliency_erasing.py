"""Temporal saliency erasing. Hou et al., Temporal Complementary Learning for Video Person
Re-identification, ECCV 2020."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F


class SaliencyErasing(nn.Module):
    """TSE: a frame without the horizontal block in which another frame's feature lies.

    The other frame's final map, averaged and reduced to the channels here, is multiplied with every
    position. The ``block`` adjacent rows whose scores are highest together are set to zero.
    What remains is averaged by a softmax of the same scores, mapped, normalised and added to every
    position: through it alone the scores learn, since a block's choice has no gradient. That
    normalisation starts at zero.
    """

    def __init__(self, channels: int = 1024, final_channels: int = 2048, block: int = 3) -> None:
        super().__init__()
        self.block = block
        self.reduction = nn.Conv2d(final_channels, channels, 1, bias=False)
        self.mapping = nn.Conv2d(channels, channels, 1)
        self.norm = nn.BatchNorm2d(channels)
        for convolution in (self.reduction, self.mapping):
            nn.init.kaiming_normal_(convolution.weight, mode="fan_out", nonlinearity="relu")
        nn.init.zeros_(self.norm.weight)

    def forward(self, maps: torch.Tensor, final: torch.Tensor | None) -> torch.Tensor:
        """Frames ``(N, C, h, w)`` to the same shape.

        ``final`` ``(N, C', h', w')`` is what the network made of the other frame. Without it
        nothing is erased, and the plain mean is what goes through the mapping.
        """
        if final is None:
            scores = maps.new_zeros(maps.shape[0], *maps.shape[2:])
            kept = torch.ones_like(scores, dtype=torch.bool)
        else:
            scores = self.scores(maps, final)
            kept = self.kept(scores)
        share = scores.masked_fill(~kept, torch.finfo(scores.dtype).min).flatten(1).softmax(1)
        rest = maps.flatten(2) @ share[:, :, None].to(maps.dtype)
        return maps * kept[:, None] + self.norm(self.mapping(rest[..., None]))

    def scores(self, maps: torch.Tensor, final: torch.Tensor) -> torch.Tensor:
        """How much of the other frame's feature is found at each position ``(N, h, w)``."""
        wanted = self.reduction(final.detach().mean((2, 3), keepdim=True)).flatten(1)
        found = (wanted[:, None] @ maps.flatten(2))[:, 0] / maps.shape[1] ** 0.5
        return found.unflatten(1, maps.shape[2:])

    def kept(self, scores: torch.Tensor) -> torch.Tensor:
        """False in the block's rows ``(N, h, w)``. A block may reach past the upper or lower edge,
        where its rows count as zero."""
        height = scores.shape[1]
        rows = scores.detach().mean(2)
        margin = self.block // 2
        together = F.pad(rows, (margin, margin)).unfold(1, self.block, 1).sum(2)
        centre = together.argmax(1, keepdim=True)
        row = torch.arange(height, device=scores.device)
        return ((row - centre).abs() > margin)[..., None].expand_as(scores)
