"""A transformer over the frames of a clip."""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional as F

SINUSOIDS = 64
"""Numbers that say which frame of the clip one is, before they are mapped to features."""
SLOWEST = 1000.0
"""The longest wave is 2 pi times as many frames."""


class TemporalTransformer(nn.Module):
    """Frames attend to each other in pre-norm transformer blocks; the mean over frames follows.

    With f_t the feature of frame t and p(t) sinusoids of its number in the clip,

        x_t = f_t + W p(t)
        x = x + Attention(LayerNorm(x)),   x = x + MLP(LayerNorm(x))      for every block
        video = mean over t of x_t

    W and the last linear layer of each branch start at zero, so that the model starts as the mean
    over frames, the control (`TemporalAverage`), whatever weights its backbone has. Sinusoids
    rather than a table, so that clips may have any length. It is the usual temporal encoder on top
    of a frame encoder (ViViT's model 2, Arnab et al., ICCV 2021; CLIP4Clip's seqTransf, Luo et al.,
    2021), without their class token and final norm: the BNNeck follows.
    """

    def __init__(self, features: int, layers: int = 1) -> None:
        super().__init__()
        self.position = nn.Linear(SINUSOIDS, features, bias=False)
        nn.init.zeros_(self.position.weight)
        self.blocks = nn.Sequential(*(_Block(features) for _ in range(layers)))

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Frames ``(B, T, D)`` to videos ``(B, D)``."""
        where = self.position(_sinusoids(frames.shape[1], frames))
        mixed: torch.Tensor = self.blocks(frames + where)
        return mixed.mean(1)


class _Block(nn.Module):
    """Attention and an MLP of four times the width, each on top of what it gets."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.heads = _heads(features)
        self.norm1, self.norm2 = nn.LayerNorm(features), nn.LayerNorm(features)
        self.qkv = nn.Linear(features, 3 * features)
        self.proj = nn.Linear(features, features)
        self.fc1 = nn.Linear(features, 4 * features)
        self.fc2 = nn.Linear(4 * features, features)
        for linear in (self.qkv, self.fc1):
            nn.init.trunc_normal_(linear.weight, std=0.02)
            nn.init.zeros_(linear.bias)
        for linear in (self.proj, self.fc2):
            nn.init.zeros_(linear.weight)
            nn.init.zeros_(linear.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        query, key, value = (
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for part in self.qkv(self.norm1(x)).chunk(3, dim=-1)
        )
        attended = F.scaled_dot_product_attention(query, key, value)
        x = x + self.proj(attended.transpose(1, 2).flatten(2))
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


def _heads(features: int) -> int:
    """About one for 64 features, as in ViTs; their number has to divide that of features."""
    return max(heads for heads in range(1, max(1, features // 64) + 1) if features % heads == 0)


def _sinusoids(length: int, like: torch.Tensor) -> torch.Tensor:
    """Sine and cosine of each frame's number at geometric rates, ``(T, SINUSOIDS)``."""
    steps = torch.arange(SINUSOIDS // 2, device=like.device, dtype=torch.float32)
    rates = torch.exp(-math.log(SLOWEST) * steps / (SINUSOIDS // 2 - 1))
    angles = torch.arange(length, device=like.device, dtype=torch.float32)[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], dim=1).to(like.dtype)
