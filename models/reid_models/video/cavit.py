"""CAViT: three vision transformers for patches of three shapes, whose frames look at the next one.

Wu et al., CAViT: Contextual Alignment Vision Transformer for Video Object Re-identification, ECCV
2022, after the released code (github.com/KimWu1994/CAViT).
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F
from torchvision.ops import StochasticDepth

from reid_models.clip_model import ClipModel
from reid_models.heads import BNNeck
from reid_models.outputs import Features
from reid_models.video import cavit_weights

PATCHES = (((16, 16), (12, 12)), ((32, 16), (28, 12)), ((16, 32), (12, 28)))
"""(height, width) and stride of patches in pixels: squares, upright and lying ones."""
SIZE = (256, 128)


class Cavit(ClipModel):
    """Tokens of all three branches are averaged to a frame's feature, frames to the clip's.

    The BNNeck normalises frame by frame, and what is compared and classified is their mean.
    ``width`` is D, ``layers`` of a ViT's ``depth`` blocks are there: the last two of ViT-B are left
    out, and stochastic depth grows as if they were not.
    """

    def __init__(
        self,
        num_classes: int | None,
        *,
        width: int = 768,
        heads: int = 12,
        layers: int = 10,
        depth: int = 12,
    ) -> None:
        super().__init__()
        self.backbone = CavitBackbone(width, heads, layers, depth)
        self.feature_size = self.frame_size = width
        self.input_size = SIZE
        self.head = BNNeck(width, num_classes)

    def features(self, clips: torch.Tensor) -> Features:
        """Clips ``(B, T, 3, H, W)``, normalised with ImageNet's statistics; any T of at least 1."""
        frames = self.backbone(clips)
        normed = self.head.norm(frames.flatten(0, 1)).unflatten(0, frames.shape[:2])
        embedding = normed.mean(1)
        logits = None if self.head.classifier is None else self.head.classifier(embedding)
        return Features(frames, frames.mean(1), embedding, logits)


class CavitBackbone(nn.Module):
    """Clips ``(B, T, 3, H, W)`` to frames ``(B, T, D)``."""

    shift: torch.Tensor
    spread: torch.Tensor

    def __init__(self, width: int, heads: int, layers: int, depth: int) -> None:
        super().__init__()
        first = Branch(*PATCHES[0], width, heads, layers, depth)
        others = [Branch(*shape, width, heads, layers, depth) for shape in PATCHES[1:]]
        for branch in others:  # of other patches; blocks start alike
            branch.blocks = copy.deepcopy(first.blocks)
        self.branches = nn.ModuleList([first, *others])
        self.norm = nn.LayerNorm(width, eps=1e-6)
        # Clips come with ImageNet's mean and deviation, the network wants 0.5 and 0.5.
        mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
        self.register_buffer("shift", ((mean - 0.5) / 0.5).view(3, 1, 1), persistent=False)
        self.register_buffer("spread", (std / 0.5).view(3, 1, 1), persistent=False)

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        batch, length = clips.shape[:2]
        clips = clips * self.spread + self.shift
        change = torch.cat([clips[:, :1], clips[:, :-1]], dim=1) - clips  # 0 in the first frame
        change = change.flatten(3).softmax(-1).view_as(clips)
        images, change = clips.flatten(0, 1), change.flatten(0, 1)
        tokens = [branch(images, change, length) for branch in self.branches]
        return self.norm(torch.cat(tokens, dim=1)).mean(1).unflatten(0, (batch, length))

    def parameters_by_layer(self) -> list[list[nn.Parameter]]:
        """Embeddings of all branches, their first blocks, and so on; the norm is with the last."""
        branches = [branch for branch in self.branches if isinstance(branch, Branch)]
        embeddings = [
            weight
            for branch in branches
            for weight in (
                branch.position,
                *branch.patches.parameters(),
                *branch.change.parameters(),
            )
        ]
        together = zip(*(branch.blocks for branch in branches), strict=True)
        layers = [[w for block in blocks for w in block.parameters()] for blocks in together]
        return [embeddings, *layers, list(self.norm.parameters())]


class Branch(nn.Module):
    """A vision transformer without class token for patches of one shape.

    The residual position embedding says where a frame differs from the one before: the softmax over
    its pixels of that difference becomes tokens by an embedding of its own, and they, after a
    softmax over channels, are added.
    """

    def __init__(
        self,
        patch: tuple[int, int],
        stride: tuple[int, int],
        width: int,
        heads: int,
        layers: int,
        depth: int,
    ) -> None:
        super().__init__()
        self.grid = tuple(
            (side - length) // step + 1
            for side, length, step in zip(SIZE, patch, stride, strict=True)
        )
        self.patches, self.change = (nn.Conv2d(3, width, patch, stride) for _ in range(2))
        self.position = nn.Parameter(torch.zeros(1, self.grid[0] * self.grid[1], width))
        self.blocks = nn.ModuleList(
            TemporalShiftBlock(width, heads, 0.1 * number / max(1, depth - 1))
            for number in range(layers)
        )
        nn.init.trunc_normal_(self.position, std=0.02)
        for convolution in (self.patches, self.change):
            nn.init.kaiming_normal_(convolution.weight, mode="fan_out")

    def forward(self, images: torch.Tensor, change: torch.Tensor, length: int) -> torch.Tensor:
        """Images and their changes ``(B T, 3, H, W)`` to tokens ``(B T, N, D)``."""
        maps = self.patches(images)
        tokens = maps.flatten(2).transpose(1, 2) + self._positions(maps.shape[2], maps.shape[3])
        tokens = tokens + self.change(change).flatten(2).transpose(1, 2).softmax(-1)
        for block in self.blocks:
            tokens = block(tokens, length)
        return tokens

    def _positions(self, rows: int, columns: int) -> torch.Tensor:
        """Made for 256x128 pixels; bilinear in between for crops of another size."""
        if (rows, columns) == self.grid:
            return self.position
        grid = self.position.transpose(1, 2).unflatten(2, self.grid)
        resized = F.interpolate(grid, (rows, columns), mode="bilinear")
        return resized.flatten(2).transpose(1, 2)


class TemporalShiftBlock(nn.Module):
    """A ViT's block, by its names, with a temporal shift attention."""

    def __init__(self, width: int, heads: int, drop: float) -> None:
        super().__init__()
        self.norm1, self.norm2 = (nn.LayerNorm(width, eps=1e-6) for _ in range(2))
        self.attn = TemporalShiftAttention(width, heads)
        self.mlp = nn.Sequential(
            OrderedDict(
                fc1=nn.Linear(width, 4 * width), act=nn.GELU(), fc2=nn.Linear(4 * width, width)
            )
        )
        self.drop = StochasticDepth(drop, "row")
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02)
                nn.init.zeros_(module.bias)

    def forward(self, tokens: torch.Tensor, length: int) -> torch.Tensor:
        """Tokens ``(B T, N, D)`` of clips of ``length`` frames to the same shape."""
        tokens = tokens + self.drop(self.attn(self.norm1(tokens), length))
        return tokens + self.drop(self.mlp(self.norm2(tokens)))


class TemporalShiftAttention(nn.Module):
    """Queries look at the keys and values of their own frame and of the next one.

    The clip's last frame looks at its first, as published.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, tokens: torch.Tensor, length: int) -> torch.Tensor:
        query, key, value = self.qkv(tokens).chunk(3, dim=-1)
        # The projection sees tokens one by one: shifted afterwards, they are projected once.
        key, value = (torch.cat([own, _next(own, length)], dim=1) for own in (key, value))
        query, key, value = (
            x.unflatten(-1, (self.heads, -1)).transpose(1, 2) for x in (query, key, value)
        )
        attended = F.scaled_dot_product_attention(query, key, value)
        projected: torch.Tensor = self.proj(attended.transpose(1, 2).flatten(2))
        return projected


def _next(tokens: torch.Tensor, length: int) -> torch.Tensor:
    """Those of the next frame in each frame's place."""
    clips = tokens.unflatten(0, (-1, length))
    return torch.cat([clips[:, 1:], clips[:, :1]], dim=1).flatten(0, 1)


@dataclass(frozen=True)
class CavitArchitecture:
    """What is known of it. ``load`` puts weights, "imagenet" or a file's, into its backbone."""

    title: str
    paper: str
    make: Callable[[int | None], Cavit]
    input_size: tuple[int, int]
    clip_length: int
    load: Callable[[nn.Module, str | Path], None]
    published: tuple[float, float] | None = None


ARCHITECTURE = CavitArchitecture(
    title="CAViT, three ViT-B of ten blocks",
    paper="Wu et al., ECCV 2022",
    make=Cavit,
    input_size=SIZE,
    clip_length=8,
    load=cavit_weights.load,
)
